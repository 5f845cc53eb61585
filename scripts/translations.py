"""French from locale/fr/parts/*.po: ``compile`` it for Django, ``check`` that it is complete.

English is the source language, so it is complete by construction. No gettext program is needed:
Babel reads and compiles, and Django's own templatize shows Babel the strings of a template.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
PARTS = ROOT / "locale/fr/parts"
COMPILED = ROOT / "locale/fr/LC_MESSAGES/django.mo"
SOURCES = ("config", "filiere")
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
LITERAL = r"""u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*\""""
TEMPLATE_CALL = re.compile(rf"\b(_|n?p?gettext)\(((?:\s*(?:{LITERAL})\s*,?)+)")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|(?<!%)%[sd]|(?<!\{)\{\w*(?:[.!:][^}]*)?\}")

# A message's key: its context and its singular.
Key = tuple[str, str]


def read_catalogue() -> tuple[Catalog, list[str]]:
    """Merge the parts; return the catalogue and the messages that two parts disagree on."""
    merged = Catalog(locale="fr")
    quarrels = []
    for part in sorted(PARTS.glob("*.po")):
        with part.open("rb") as file:
            found = read_po(file, locale="fr", charset="utf-8")
        for message in found:
            if not message.id or message.fuzzy:
                continue
            known = merged.get(message.id, message.context)
            if known and known.string != message.string:
                quarrels.append(f"{part.name}: {message.id!r} is translated otherwise elsewhere")
            merged.add(message.id, message.string, context=message.context)
    return merged, quarrels


def compile_catalogue() -> None:
    """Write the compiled catalogue, unless it is newer than every part."""
    parts = [PARTS, *PARTS.glob("*.po")]
    newest = max((path.stat().st_mtime for path in parts if path.exists()), default=0.0)
    if COMPILED.exists() and COMPILED.stat().st_mtime > newest:
        return
    COMPILED.parent.mkdir(parents=True, exist_ok=True)
    catalogue, _quarrels = read_catalogue()
    draft = COMPILED.with_suffix(".draft")
    with draft.open("wb") as file:
        write_mo(file, catalogue)
    draft.replace(COMPILED)


def messages_of_code() -> Iterator[tuple[str, str, str | tuple[str, ...]]]:
    """Yield place, context and text (singular, or singular and plural) of each message."""
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            with path.open("rb") as file:
                for line, text, _comments, context in extract("python", file, keywords=KEYWORDS):
                    yield f"{path.relative_to(ROOT)}:{line}", context or "", text
        for suffix in ("html", "txt"):
            for path in sorted((ROOT / folder).rglob(f"templates/**/*.{suffix}")):
                for context, text in messages_of_template(path.read_text(encoding="utf-8")):
                    yield str(path.relative_to(ROOT)), context, text


def messages_of_template(source: str) -> Iterator[tuple[str, str | tuple[str, ...]]]:
    """Yield context and text of each message of one Django template."""
    from django.utils.translation.template import templatize  # noqa: PLC0415

    for call in TEMPLATE_CALL.finditer(templatize(source)):
        words = [ast.literal_eval(word) for word in re.findall(LITERAL, call.group(2))]
        name = call.group(1)
        context = words.pop(0) if "p" in name else ""
        yield context, tuple(words[:2]) if name.startswith("n") else words[0]


def faults() -> list[str]:
    """Return what is missing, left over, or has lost a placeholder."""
    catalogue, found = read_catalogue()
    used: set[Key] = set()
    for place, context, text in messages_of_code():
        singular = text if isinstance(text, str) else text[0]
        if not singular or (context, singular) in used:
            continue
        used.add((context, singular))
        message = catalogue.get(singular, context or None)
        if message is None:
            found.append(f"{place}: no French for {singular!r}")
            continue
        french = message.string or ""
        translations = [french] if isinstance(french, str) else list(french)
        if not all(translations):
            found.append(f"{place}: the French of {singular!r} is empty")
        elif isinstance(text, tuple) and len(translations) < len(text):
            found.append(f"{place}: the French of {singular!r} has no plural")
        elif set(PLACEHOLDER.findall(translations[-1])) != set(
            PLACEHOLDER.findall(text if isinstance(text, str) else text[-1])
        ):
            found.append(f"{place}: the French of {singular!r} has other placeholders")
    return found + leftovers(catalogue, used)


def leftovers(catalogue: Catalog, used: set[Key]) -> list[str]:
    """Return the translations that no code asks for any more."""
    found = []
    for message in catalogue:
        singular = message.id if isinstance(message.id, str) else message.id[0]
        if singular and (message.context or "", singular) not in used:
            found.append(f"locale/fr/parts: nothing uses {singular!r} any more")
    return found


def main() -> None:
    """Compile, or check and exit 1 with one line per fault."""
    if sys.argv[1:] == ["compile"]:
        compile_catalogue()
    elif sys.argv[1:] == ["check"]:
        found = faults()
        sys.exit("\n".join([*found, f"{len(found)} faults in the translations"]) if found else 0)
    else:
        sys.exit("usage: translations.py compile|check")


if __name__ == "__main__":
    main()
