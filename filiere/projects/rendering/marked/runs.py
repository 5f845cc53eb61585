"""Marks replaced in the XML of a part, and nothing else touched.

Word cuts a sentence in several runs as it likes: the texts of a paragraph are read together, a
mark takes the style of the run where it begins, every other byte stays as it was.
"""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from filiere.rules.funder_forms.marks import MARK, name_of

_ATTRIBUTES = r"""(?:[^<>"']|"[^"]*"|'[^']*')*"""
WORD, DRAWING = "w:", "a:"  # the prefixes that every writer of these formats uses
LINE_END = "\n"
_SPACE = ' xml:space="preserve"'


@dataclass(slots=True)
class _Text:
    """One run of text: where it stands in the XML, its opening tag, what it says."""

    start: int
    end: int
    tag: str
    said: str
    new: str | None = None


@dataclass(slots=True)
class _Block:
    """One paragraph or cell."""

    texts: list[_Text] = field(default_factory=list)

    @property
    def said(self) -> str:
        return "".join(text.said for text in self.texts)


def blocks_of(xml: str, block_names: str) -> list[_Block]:
    """Give the paragraphs of a part with their texts, nested ones apart.

    Args:
        block_names: local names of what holds texts, for a pattern: ``p``, or ``si|is``.
    """
    tokens = re.compile(
        rf"<!--.*?-->|<!\[CDATA\[.*?\]\]>"
        rf"|(?P<open><(?:[\w.-]+:)?(?:{block_names})(?=[\s/>]){_ATTRIBUTES}>)"
        rf"|(?P<close></(?:[\w.-]+:)?(?:{block_names})\s*>)"
        rf"|(?P<skip><(?:[\w.-]+:)?rPh(?=[\s>]){_ATTRIBUTES}>.*?</(?:[\w.-]+:)?rPh\s*>)"
        rf"|(?P<tag><(?:[\w.-]+:)?t(?:\s{_ATTRIBUTES})?(?<!/)>)(?P<said>[^<]*)</(?:[\w.-]+:)?t\s*>",
        re.DOTALL,
    )
    found: list[_Block] = []
    stack: list[_Block] = []
    for token in tokens.finditer(xml):
        if token["open"] and not token["open"].endswith("/>"):
            stack.append(_Block())
            found.append(stack[-1])
        elif token["close"] and stack:
            stack.pop()
        elif token["tag"] and stack:
            said = html.unescape(token["said"])
            stack[-1].texts.append(_Text(token.start(), token.end(), token["tag"], said))
    return found


def replace_marks(
    xml: str, block_names: str, value_of: Callable[[str], str | None], guard: Callable[[str], str]
) -> str:
    """Replace the marks of a part.

    Args:
        value_of: text of a mark by its name; None leaves the mark where it is.
        guard: given the new text of a paragraph or cell that began with a mark, gives it back
            made harmless.

    Returns:
        The XML; what a value holds is never read again as a mark.
    """
    changed: list[_Text] = []
    for block in blocks_of(xml, block_names):
        if "{{" in block.said:
            _replace(block, value_of, guard)
            changed += [text for text in block.texts if text.new is not None]
    for text in sorted(changed, key=lambda one: one.start, reverse=True):
        xml = xml[: text.start] + _written(text) + xml[text.end :]
    return xml


def _replace(
    block: _Block, value_of: Callable[[str], str | None], guard: Callable[[str], str]
) -> None:
    """Replace the marks of one block; a mark that spans runs is written in the first of them."""
    said = block.said
    edits = [
        (mark.start(), mark.end(), value)
        for mark in MARK.finditer(said)
        if (value := value_of(name_of(mark[1]))) is not None
    ]
    place = 0
    for text in block.texts:
        first, place = place, place + len(text.said)
        pieces, cursor = [], first
        for start, end, value in edits:
            if first < end and start < place:
                pieces += [said[cursor:start], value] if start >= first else []
                cursor = min(end, place)
                text.new = ""
        if text.new is not None:
            text.new = "".join(pieces) + said[cursor:place]
    if edits and not said[: edits[0][0]].strip():
        whole = "".join(text.said if text.new is None else text.new for text in block.texts)
        first_changed = next(text for text in block.texts if text.new is not None)
        first_changed.new = guard(whole).removesuffix(whole) + (first_changed.new or "")


def _written(text: _Text) -> str:
    """Write one run again; line ends of a Word text become breaks."""
    said = escape(text.new or "")
    name = re.split(r"[\s>]", text.tag[1:], maxsplit=1)[0]
    prefix = name.removesuffix("t")
    if prefix == DRAWING:  # a drawing's text has no attribute and no break inside
        return f"{text.tag}{said.replace(LINE_END, ' ')}</{name}>"
    tag = text.tag if "xml:space" in text.tag else f"<{name}{_SPACE}{text.tag[len(name) + 1 :]}"
    if prefix == WORD:
        said = said.replace(LINE_END, f"</w:t><w:br/><w:t{_SPACE}>")
    return f"{tag}{said}</{name}>"
