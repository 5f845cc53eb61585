"""docs/errors.md from the error classes themselves: ``python scripts/errors_doc.py [--check]``.

``--check`` writes nothing and fails when the page does not say what the code says.
"""

import importlib
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "errors.md"
CODE = re.compile(r'^    code = "', re.MULTILINE)
HEAD = """# What Filière refuses, and what to do

Made by `python scripts/errors_doc.py` from the error classes: change the class, then run it again.
Each refusal has a stable code, which pages show last and the API gives as `code`. Words between
‹ › are filled in. Refusals of the database server (`postgres.*`) are in
[operations.md](operations.md#when-it-refuses).

| Code | What happened | What to do |
|---|---|---|
"""


def errors() -> Iterator[type]:
    """Yield each error class that bears its own code. Django must be set up."""
    from filiere.kernel.errors import FiliereError  # noqa: PLC0415

    for path in sorted((ROOT / "filiere").rglob("*.py")):
        if CODE.search(path.read_text(encoding="utf-8")):
            importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    waiting: list[type] = [FiliereError]
    while waiting:
        error = waiting.pop()
        waiting += error.__subclasses__()
        if "code" in error.__dict__ and error.__module__.startswith("filiere."):
            yield error


def cell(text: object) -> str:
    """Write a sentence in a table's cell, its parameters between ‹ ›."""
    words = re.sub(r"%\((\w+)\)[sd]", lambda found: f"‹{found[1].replace('_', ' ')}›", str(text))
    return words.replace("%%", "%").replace("|", "\\|").replace("\n", " ")


def page() -> str:
    """Return the whole page, in English, sorted by code."""
    from django.utils.translation import override  # noqa: PLC0415

    with override("en"):
        rows = {
            error.code: f"| `{error.code}` | {cell(error.message)} | {cell(error.remedy)} |\n"
            for error in errors()
        }
    return HEAD + "".join(rows[code] for code in sorted(rows))


def main() -> None:
    """Write the page, or check it."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django  # noqa: PLC0415

    django.setup()
    text = page()
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(text, encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
        sys.exit("docs/errors.md is out of date. Run: .venv/bin/python scripts/errors_doc.py")


if __name__ == "__main__":
    main()
