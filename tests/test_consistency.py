"""What the whole code base must look like, whoever writes the next line."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint

from filiere.kernel.errors import FiliereError
from filiere.kernel.events import LAYERS

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted(
    path
    for folder in ("config", "filiere", "benchmarks", "scripts")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
)
MIGRATIONS = sorted((ROOT / "filiere").glob("*/migrations/*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
OURS = [config for config in apps.get_app_configs() if config.name.startswith("filiere.")]


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("path", SOURCES + TESTS, ids=relative)
def test_no_file_is_too_long(path):
    limit = 600 if path in TESTS else 400
    assert len(path.read_text(encoding="utf-8").splitlines()) <= limit


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_no_function_is_too_long(path):
    long = []
    for node in functions(path):
        body = node.body[1:] if ast.get_docstring(node) else node.body
        if body and body[-1].end_lineno - body[0].lineno + 1 > 50:
            long.append(node.name)
    assert not long


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_only_the_edges_read_the_clock(path):
    edges = ("filiere/web/", "filiere/api/", "filiere/cli/", "config/", "benchmarks/", "scripts/")
    if relative(path).startswith(edges) or path.name in {"tasks.py", "demo.py"}:
        return
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"timezone\.now\(|datetime\.now\(|date\.today\(|time\.time\(", text)


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_no_room_is_called_utils(path):
    assert path.stem not in {"utils", "helpers", "managers", "signals", "common", "misc"}


def test_foreign_keys_go_down():
    upward = []
    for config in OURS:
        for model in config.get_models():
            for field in model._meta.get_fields():
                target = getattr(field, "related_model", None)
                if not field.concrete or target is None or not isinstance(target, type):
                    continue
                below = target._meta.app_label
                if below in LAYERS and LAYERS.index(below) > LAYERS.index(config.label):
                    upward.append(f"{model.__name__}.{field.name} → {below}")
    assert not upward


def test_every_closed_list_is_closed_in_the_database():
    open_lists = []
    for config in OURS:
        for model in config.get_models():
            checked = " ".join(
                str(constraint.condition)
                for constraint in model._meta.constraints
                if isinstance(constraint, CheckConstraint)
            )
            open_lists += [
                f"{model.__name__}.{field.name}"
                for field in model._meta.fields
                if field.choices and f"'{field.name}__in'" not in checked
            ]
    assert not open_lists


@pytest.mark.parametrize("path", MIGRATIONS, ids=relative)
def test_a_migration_reads_on_the_connection_that_migrates(path):
    """Read on another one, a table it has just altered would be waited for, for ever."""
    for function in functions(path):
        body = ast.unparse(function)
        assert "get_model(" not in body or ".using(" in body, function.name


def test_money_is_never_a_float():
    floats = [
        f"{model.__name__}.{field.name}"
        for config in OURS
        for model in config.get_models()
        for field in model._meta.fields
        if isinstance(field, models.FloatField)
        or (field.name.endswith("_cents") and not isinstance(field, models.BigIntegerField))
    ]
    assert not floats


def test_every_constraint_is_named_after_its_model():
    misnamed = [
        constraint.name
        for config in OURS
        for model in config.get_models()
        for constraint in model._meta.constraints
        if not constraint.name.startswith(model.__name__.lower() + "_")
    ]
    assert not misnamed


def every_error(base=FiliereError):
    for error in base.__subclasses__():
        yield error
        yield from every_error(error)


def test_error_codes_are_unique_and_documented():
    documented = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    codes = [error.code for error in every_error() if "code" in error.__dict__]
    assert len(codes) == len(set(codes))
    assert [code for code in codes if f"`{code}`" not in documented] == []


def test_every_error_says_what_to_do():
    silent = [
        error.__name__
        for error in every_error()
        if "code" in error.__dict__ and not {"message", "remedy"} <= set(error.__dict__)
    ]
    assert not silent


def test_every_setting_from_the_environment_is_documented():
    documented = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
    names = set()
    for path in (ROOT / "config").rglob("*.py"):
        names |= set(re.findall(r"[\"']((?:FILIERE|DATABASE)_[A-Z_]+)[\"']", path.read_text()))
    names.add("SECRET_KEY")
    assert sorted(name for name in names if f"`{name}`" not in documented) == []


def test_every_command_is_documented():
    documented = (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    folder = ROOT / "filiere" / "cli" / "management" / "commands"
    names = {path.stem.replace("_", "-") for path in folder.glob("*.py")} - {"--init--"}
    assert (
        sorted(n for n in names if f"filiere {n.replace('verify', 'check')}" not in documented)
        == []
    )


def templates():
    return sorted((ROOT / "filiere" / "web" / "templates").rglob("*.html"))


@pytest.mark.parametrize("path", templates(), ids=relative)
def test_templates_carry_no_inline_script_or_style(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)", text)
    assert "|safe" not in text


@pytest.mark.parametrize("path", templates(), ids=relative)
def test_templates_load_one_sorted_library_per_line(path):
    loads = re.findall(r"{% load ([^%]+) %}", path.read_text(encoding="utf-8"))
    assert all(" " not in name for name in loads)
    assert loads == sorted(loads)


def test_every_template_is_used():
    sources = "\n".join(
        path.read_text(encoding="utf-8")
        for path in [*SOURCES, *templates()]
        if path.name != "__init__.py"
    )
    root = ROOT / "filiere" / "web" / "templates"
    known = {"400.html", "403.html", "404.html", "500.html"}
    foreign = ("account/", "allauth/", "django/")
    unused = [
        name
        for name in (str(path.relative_to(root)) for path in templates())
        if name not in known
        and not name.startswith(foreign)
        and name not in sources
        and not name.startswith("living/_")
    ]
    assert not unused


def test_both_languages_are_offered():
    assert [code for code, _name in settings.LANGUAGES] == ["fr", "en"]
    assert settings.LANGUAGE_CODE == "fr"
