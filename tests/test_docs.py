"""The documents say what the code does: links, commands, words, decisions, settings."""

import re
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import load_command_class
from django.urls import Resolver404, resolve

from filiere.accounts.models import Role

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
# A number, a day, a key: what the words between < > of an address may stand for.
FILLED = ("1", "2026-11-24", "00000000-0000-4000-8000-000000000000")
GUIDES = sorted((DOCS / "guide").glob("*.md"))
OURS = [config for config in apps.get_app_configs() if config.name.startswith("filiere.")]


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def prose(path: Path) -> str:
    """The page without its fenced blocks."""
    return re.sub(
        r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
    )


def anchors(path: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", prose(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def glossary() -> list[tuple[str, str, str]]:
    rows = re.findall(
        r"^\| (.+?) \| `(\w+)` \| (.+?) \|$",
        (DOCS / "glossary.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    return [(french, identifier, meaning) for french, identifier, meaning in rows]


def sources() -> str:
    return "\n".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "filiere").rglob("*.py")
        if "migrations" not in path.parts
    )


@pytest.mark.parametrize("path", PAGES, ids=relative)
def test_every_link_leads_somewhere(path):
    dead = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(path)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _sign, anchor = target.partition("#")
        found = (path.parent / name) if name else path
        if not found.exists() or (anchor and anchor not in anchors(found)):
            dead.append(target)
    assert not dead


@pytest.mark.parametrize("name", ["README.md", "README.fr.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_make_commands_exist(name):
    targets = set(
        re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    text = (ROOT / name).read_text(encoding="utf-8")
    asked = set(re.findall(r"(?:^|`)make ([a-z][a-z0-9-]*)", text, re.MULTILINE))
    assert asked - targets == set()


def test_readmes_name_the_two_commands():
    for name in ("README.md", "README.fr.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "make demo" in text
        assert "make test" in text


def test_the_map_of_the_code_is_complete():
    folders = {
        path.name
        for path in (ROOT / "filiere").iterdir()
        if path.is_dir() and (path / "__init__.py").exists()
    }
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert sorted(folder for folder in folders if f"{folder}/" not in text) == []


def test_every_word_of_the_glossary_is_in_the_code():
    words = set(re.findall(r"\w+", sources()))
    assert [identifier for _f, identifier, _m in glossary() if identifier not in words] == []


def test_one_identifier_for_each_french_term():
    rows = glossary()
    assert len(rows) >= 60
    assert len({french for french, _i, _m in rows}) == len(rows)
    assert len({identifier for _f, identifier, _m in rows}) == len(rows)


def test_the_glossary_knows_every_model_role_and_state():
    known = {identifier for _f, identifier, _m in glossary()}
    models = [model for config in OURS for model in config.get_models()]
    technical = {"AuditEntry", "OutboxMessage", "KeyedAnswer", "Throttle"}
    nouns = {model.__name__ for model in models} - technical
    states = {
        value
        for model in models
        for field in model._meta.fields
        if field.name in {"state", "outcome", "purpose"} and field.choices
        for value, _label in field.choices
    }
    assert sorted((nouns | set(Role.values) | states) - known) == []


@pytest.mark.parametrize("path", sorted((DOCS / "decisions").glob("[0-9]*.md")), ids=relative)
def test_every_decision_says_what_enforces_it(path):
    text = path.read_text(encoding="utf-8")
    assert re.search(r"^(## )?Enforced by", text, re.MULTILINE)
    assert re.match(r"# \d{4}\.? ", text)
    assert text.startswith(f"# {path.name[:4]}")


def test_the_page_of_errors_is_what_the_code_says():
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        import errors_doc
    finally:
        sys.path.pop(0)
    written = (DOCS / "errors.md").read_text(encoding="utf-8")
    assert written == errors_doc.page(), "run: .venv/bin/python scripts/errors_doc.py"


def test_no_documented_setting_is_gone():
    written = set(
        re.findall(
            r"^\| `([A-Z_]+)`",
            (DOCS / "reference/settings.md").read_text(encoding="utf-8"),
            re.MULTILINE,
        )
    )
    read = "\n".join(
        path.read_text(encoding="utf-8")
        for path in [*(ROOT / "config").rglob("*.py"), *(ROOT / "scripts").glob("*.sh")]
    )
    assert sorted(name for name in written if not re.search(rf"\b{name}\b", read)) == []


def test_no_documented_command_is_gone():
    folder = ROOT / "filiere/cli/management/commands"
    ours = {path.stem.replace("_", "-") for path in folder.glob("[a-z]*.py")}
    text = (DOCS / "reference/commands.md").read_text(encoding="utf-8")
    written = set(re.findall(r"^## `filiere ([a-z-]+)", text, re.MULTILINE))
    assert written == {"check" if name == "verify" else name for name in ours}


def options_of(name: str) -> set[str]:
    parser = load_command_class("filiere.cli", name).create_parser("filiere", name)
    return {action.option_strings[-1] for action in parser._actions if action.option_strings}


def test_every_option_of_a_command_is_documented():
    common = {action.split("=")[0] for action in options_of("migrate")} | {"--help"}
    text = (DOCS / "reference/commands.md").read_text(encoding="utf-8")
    sections = dict(
        re.findall(
            r"^## `filiere ([a-z-]+)[^\n]*\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL
        )
    )
    missing = []
    for path in sorted((ROOT / "filiere/cli/management/commands").glob("[a-z]*.py")):
        name = path.stem
        section = "check" if name == "verify" else name.replace("_", "-")
        written = (
            sections[section] + re.search(rf"^## `filiere {section}[^\n]*", text, re.MULTILINE)[0]
        )
        options = set() if name == "migrate" else options_of(name) - common
        missing += [f"{section} {option}" for option in options if option not in written]
    assert not missing


@pytest.mark.parametrize("path", GUIDES, ids=relative)
def test_addresses_in_guides_are_pages(path):
    broken = []
    for address in re.findall(r"`(/[a-z][^`\s]*)`", prose(path)):
        if not address.startswith(("/api/", "/var/", "/usr/", "/tmp/", "/run/")):
            plain = address.partition("?")[0]
            if not any(leads(re.sub(r"<[^>]+>", filled, plain)) for filled in FILLED):
                broken.append(address)
    assert not broken


def leads(address: str) -> bool:
    try:
        resolve(address)
    except Resolver404:
        return False
    return True


def test_the_guides_are_all_in_their_index():
    index = (DOCS / "guide" / "README.md").read_text(encoding="utf-8")
    assert [
        path.name for path in GUIDES if path.name not in index and path.name != "README.md"
    ] == []


def test_threats_name_tests_that_exist():
    written = set(re.findall(r"`(test_\w+)`", (DOCS / "threats.md").read_text(encoding="utf-8")))
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))
    assert sorted(name for name in written if f"def {name}(" not in tests) == []


def test_threats_number_every_attack():
    text = (DOCS / "threats.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+b?) \|", text, re.MULTILINE)
    assert rows == [*map(str, range(1, 33)), "32b", *map(str, range(33, 100))]
    named = {
        int(number)
        for path in (ROOT / "tests").rglob("*.py")
        for number in re.findall(r"def test_attack_(\d+)_", path.read_text(encoding="utf-8"))
    }
    covered = {
        int(row[0])
        for row in re.findall(r"^\| (\d+) \|(.*)$", text, re.MULTILINE)
        if "`test_attack_" in row[1]
    }
    assert named - covered == set()
