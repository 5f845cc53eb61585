"""A filled form as the page shows it: what is left, each value with where it comes from."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from filiere.projects.rendering import sheet_of
from filiere.projects.rendering.sheets import Line, Table
from filiere.projects.rendering.telling import cut_words, missing_words, problem_words
from filiere.rules.funder_forms.shape import FilledForm, Wanting
from filiere.web.funder_form_words import origin
from filiere.web.project_words import is_french


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One field: its value, where it comes from (blank: this form) and where that is changed.

    Attributes:
        is_own: written for this form alone.
        can_reword: it may be written otherwise for this form.
    """

    line: Line
    origin: str
    origin_url: str
    is_own: bool
    can_reword: bool


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that follow one another, or one table; no other block has the same caption."""

    caption: str
    lines: tuple[ShownLine, ...]
    table: Table | None


@dataclass(frozen=True, slots=True)
class ShownPart:
    """A heading of the form and what stands below."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing left to do: the sentence, and where (``#ask`` on this page)."""

    words: str
    url: str


def language() -> str:
    """Give the language forms are read in: ``fr`` or ``en``."""
    return "fr" if is_french() else "en"


def parts_of(filled: FilledForm, project_id: int, *, own: Collection[str]) -> list[ShownPart]:
    """Lay a filled form out part by part.

    Args:
        own: fields written for this form alone.
    """
    sheet = sheet_of(filled, language=language())
    taken: Counter[str] = Counter()
    found = []
    for part in sheet.parts:
        blocks = [
            replace(one, caption=_once(one.table.label if one.table else part.title, taken))
            for one in _blocks(filled, part.lines, project_id, own)
        ]
        found.append(ShownPart(part.title, tuple(blocks)))
    return found


def _once(caption: str, taken: Counter[str]) -> str:
    """Number a caption that was already given, so that regions are told apart."""
    taken[caption] += 1
    return caption if taken[caption] == 1 else f"{caption} ({taken[caption]})"


def _blocks(
    filled: FilledForm, lines: Iterable[Line | Table], project_id: int, own: Collection[str]
) -> Iterable[Block]:
    waiting: list[ShownLine] = []
    for line in lines:
        if isinstance(line, Table):
            if waiting:
                yield Block("", tuple(waiting), None)
                waiting = []
            yield Block("", (), line)
            continue
        words, url = origin(filled.spec, line.key, project_id)
        waiting.append(
            ShownLine(
                line,
                words,
                url,
                is_own=line.key in own,
                can_reword=filled.spec.is_rewordable(line.key)
                and not filled.spec.is_asked(line.key),
            )
        )
    if waiting:
        yield Block("", tuple(waiting), None)


def wanted_of(filled: FilledForm, project_id: int) -> list[Wanted]:
    """Give what is missing, then what this funder refuses, each with the page where it is mended."""
    found = []
    for one in filled.missing:
        _words, url = origin(filled.spec, one.field, project_id)
        is_here = one.wanting == Wanting.FORM
        found.append(
            Wanted(missing_words(filled, one, language=language()), "#ask" if is_here else url)
        )
    for problem in filled.problems:
        known = problem.field in filled.spec.mapping
        url = origin(filled.spec, problem.field, project_id)[1] if known else ""
        found.append(Wanted(problem_words(filled, problem, language=language()), url or "#ask"))
    return found


def cuts_of(filled: FilledForm) -> list[tuple[str, str]]:
    """Give each text that was shortened: its field and the sentence."""
    return [(one.field, cut_words(filled, one, language=language())) for one in filled.cuts]
