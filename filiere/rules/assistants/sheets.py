"""The reading of an assistant's words: ``data/assistants/<key>.yaml``, French and English.

A sheet has ``title``, ``intro``, ``theme``, ``check_with``, its ordinary ``source``, ``confidence``
and ``from``, ``questions`` and ``sentences``; a sentence may name its own source, confidence and
day. ``same_as`` takes over the questions and sentences of another sheet; ``options_of`` of a
question takes a closed list from another file of the rules. Source: the files themselves.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any

from filiere.rules.assistants.shape import Kind, Option, Question, Sheet, Text, Theme
from filiere.rules.assistants.wording import typeset
from filiere.rules.carriers import Worded
from filiere.rules.parameters import Confidence, load_yaml

COMMON = "common"


def text(raw: Mapping[str, Any] | None) -> Text:
    """Read words in two languages; nothing is two blanks."""
    return Text(typeset(raw["fr"].strip()), raw["en"].strip()) if raw else Text("", "")


def worded(raw: Mapping[str, Any], ordinary: Mapping[str, Any]) -> Worded:
    """Read a sentence; what it does not say of its source is that of the sheet."""
    return Worded(
        fr=typeset(raw["fr"].strip()),
        en=raw["en"].strip(),
        source=raw.get("source", ordinary["source"]),
        confidence=Confidence(raw.get("confidence", ordinary["confidence"])),
        since=raw.get("from", ordinary["from"]),
    )


def _options(raw: Mapping[str, Any]) -> tuple[Option, ...]:
    listed = raw.get("options", {})
    if "options_of" in raw:
        name, part = raw["options_of"]
        listed = load_yaml(name)[part]
    return tuple(Option(key, text(one)) for key, one in listed.items())


def _question(key: str, raw: Mapping[str, Any]) -> Question:
    only_if = raw.get("only_if")
    return Question(
        key=key,
        kind=Kind(raw["kind"]),
        label=text(raw),
        help=text(raw.get("help")),
        options=_options(raw),
        is_optional=raw.get("optional", False),
        only_if=next((name, tuple(wanted)) for name, wanted in only_if.items())
        if only_if
        else None,
    )


@cache
def sheet(key: str) -> Sheet:
    """Read the words of one assistant, once per process.

    Raises:
        FileNotFoundError: no such sheet is shipped.
    """
    raw = load_yaml(f"assistants/{key}.yaml")
    if "same_as" in raw:
        other = load_yaml(f"assistants/{raw['same_as']}.yaml")
        raw = raw | {part: other[part] | raw[part] for part in ("questions", "sentences")}
    common = load_yaml(f"assistants/{COMMON}.yaml")
    shared = {name: worded(one, common) for name, one in common["sentences"].items()}
    own = {name: worded(one, raw) for name, one in raw["sentences"].items()}
    since: date = raw["from"]
    return Sheet(
        key=key,
        theme=Theme(raw["theme"]),
        title=text(raw["title"]),
        intro=text(raw["intro"]),
        questions=tuple(_question(name, one) for name, one in raw["questions"].items()),
        sentences=MappingProxyType({**shared, **own}),
        check_with=worded({**raw["check_with"], "from": since}, raw),
    )
