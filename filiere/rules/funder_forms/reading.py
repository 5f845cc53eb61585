"""Reading a question bank and a form from YAML: whatever is wrong is told with its file and line.

Source: our own format; JSON Schema draft 2020-12 judges the values.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from jsonschema import Draft202012Validator, SchemaError

from filiere.rules.funder_forms.facts import LENGTHS
from filiere.rules.funder_forms.lined import Lined, read_lined, type_place
from filiere.rules.funder_forms.mapping import Checker
from filiere.rules.funder_forms.shape import (
    Column,
    Field,
    FormSpec,
    Question,
    Section,
    Shown,
    Words,
)

_TOP = {"key", "version", "funder", "title", "note", "schema", "layout", "mapping"}


def read_questions(text: str, *, origin: str) -> Mapping[str, Question]:
    """Read the question bank: themes, then questions, each in one to three lengths.

    Args:
        text: YAML.
        origin: name of the file, for faults only.

    Raises:
        FormFault: a label without French or English, a length that is not longer than the
            shorter one, a question asked twice.
    """
    lined = read_lined(text, origin)
    found: dict[str, Question] = {}
    for theme, questions in lined.content["questions"].items():
        for key, raw in questions.items():
            place = ("questions", theme, key)
            if key in found:
                raise lined.fault(place, "another theme asks it")
            limits = _limits(lined, (*place, "limits"), raw.get("limits"))
            label = _words(lined, (*place, "label"), raw.get("label"))
            help_ = _words(lined, (*place, "help"), raw.get("help"))
            found[key] = Question(key, theme, label, help_, limits)
    return MappingProxyType(found)


def _limits(lined: Lined, place: type_place, raw: Any) -> Mapping[Any, int]:
    """Read the limits of the lengths, which grow."""
    if not isinstance(raw, dict) or not raw or not raw.keys() <= set(LENGTHS):
        raise lined.fault(place, f"expected some of {', '.join(LENGTHS)}")
    ordered = [raw[length] for length in LENGTHS if length in raw]
    if not all(isinstance(one, int) and one > 0 for one in ordered):
        raise lined.fault(place, "expected numbers of characters")
    if ordered != sorted(set(ordered)):
        raise lined.fault(place, "each length is longer than the one before")
    return MappingProxyType({length: raw[length] for length in LENGTHS if length in raw})


def read_form(text: str, *, origin: str, questions: Mapping[str, Question]) -> FormSpec:
    """Read one funder's form and check all of it.

    Args:
        text: YAML.
        origin: name of the file, for faults only.
        questions: the bank that ``answer`` names.

    Raises:
        FormFault: the schema is no JSON Schema, a field is without layout, label or mapping, or
            a mapping names what does not exist.
    """
    lined = read_lined(text, origin)
    raw = lined.content
    if not isinstance(raw, dict) or raw.keys() != _TOP:
        raise lined.fault((), f"expected exactly: {', '.join(sorted(_TOP))}")
    _check_schema(lined)
    sections = tuple(
        _section(lined, ("layout", number), one) for number, one in enumerate(raw["layout"])
    )
    _check_agreement(lined, [field.key for section in sections for field in section.fields])
    checker = Checker(lined, questions)
    for key, node in raw["mapping"].items():
        checker.check(node, ("mapping", key), top=True)
        _check_columns(lined, key, node)
    return FormSpec(
        key=str(raw["key"]),
        version=str(raw["version"]),
        funder=_words(lined, ("funder",), raw["funder"]),
        title=_words(lined, ("title",), raw["title"]),
        note=_words(lined, ("note",), raw["note"]),
        schema=raw["schema"],
        sections=sections,
        mapping=raw["mapping"],
        limits={key: question.limits for key, question in questions.items()},
    )


def _check_schema(lined: Lined) -> None:
    """Refuse what is no schema, reaches elsewhere, or lets unknown fields in."""
    schema = lined.content["schema"]
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise lined.fault(("schema", *error.absolute_path), error.message) from None
    if _refers(schema):
        raise lined.fault(("schema",), "$ref reaches outside the file: write it in place")
    if schema.get("type") != "object" or schema.get("additionalProperties") is not False:
        raise lined.fault(("schema",), "expected type: object and additionalProperties: false")
    unknown = set(schema.get("required", [])) - schema["properties"].keys()
    if unknown:
        raise lined.fault(("schema", "required"), f"not a property: {min(unknown)}")


def _refers(node: Any) -> bool:
    if isinstance(node, dict):
        return "$ref" in node or "$dynamicRef" in node or any(map(_refers, node.values()))
    return isinstance(node, list) and any(map(_refers, node))


def _section(lined: Lined, place: type_place, raw: Any) -> Section:
    """Read a heading and its lines."""
    if not isinstance(raw, dict) or raw.keys() != {"key", "title", "fields"}:
        raise lined.fault(place, "expected key, title and fields")
    fields = tuple(
        _field(lined, (*place, "fields", number), one) for number, one in enumerate(raw["fields"])
    )
    return Section(str(raw["key"]), _words(lined, (*place, "title"), raw["title"]), fields)


def _field(lined: Lined, place: type_place, raw: Any) -> Field:
    """Read one line of the layout and what the schema says of it."""
    if not isinstance(raw, dict) or not {"key", "label"} <= raw.keys() <= {
        "key", "label", "help", "shown", "columns",
    }:  # fmt: skip
        raise lined.fault(place, "expected key and label, and perhaps help, shown, columns")
    schema = lined.content["schema"]
    key = raw["key"]
    judged = schema["properties"].get(key)
    if judged is None:
        raise lined.fault(place, f"{key!r} is not in the schema")
    columns = tuple(
        _column(lined, (*place, "columns", number), one)
        for number, one in enumerate(raw.get("columns", []))
    )
    if bool(columns) != (judged.get("type") == "array"):
        raise lined.fault(place, "a table has columns, and its schema is an array")
    shown = "table" if columns else raw.get("shown", "text")
    return Field(
        key=str(key),
        label=_words(lined, (*place, "label"), raw["label"]),
        help=_words(lined, (*place, "help"), raw["help"]) if "help" in raw else Words("", ""),
        shown=_shown(lined, place, shown),
        required=key in schema.get("required", []),
        limit=judged.get("maxLength"),
        columns=columns,
    )


def _column(lined: Lined, place: type_place, raw: Any) -> Column:
    if not isinstance(raw, dict) or not {"key", "label"} <= raw.keys() <= {
        "key", "label", "shown", "total",
    }:  # fmt: skip
        raise lined.fault(place, "expected key and label, and perhaps shown, total")
    shown = _shown(lined, place, raw.get("shown", "text"))
    label = _words(lined, (*place, "label"), raw["label"])
    return Column(str(raw["key"]), label, shown, bool(raw.get("total", False)))


def _shown(lined: Lined, place: type_place, raw: object) -> Shown:
    if raw not in set(Shown):
        raise lined.fault(place, f"shown as {raw!r}: expected one of {', '.join(Shown)}")
    return Shown(str(raw))


def _words(lined: Lined, place: type_place, raw: Any) -> Words:
    if not isinstance(raw, dict) or raw.keys() != {"fr", "en"} or not all(raw.values()):
        raise lined.fault(place, "expected fr and en, neither blank")
    return Words(str(raw["fr"]), str(raw["en"]))


def _check_agreement(lined: Lined, laid_out: list[str]) -> None:
    """Refuse a field that one of schema, layout and mapping does not know, or that comes twice."""
    twice = {key for key in laid_out if laid_out.count(key) > 1}
    if twice:
        raise lined.fault(("layout",), f"comes twice: {min(twice)}")
    mapping, properties = lined.content["mapping"], lined.content["schema"]["properties"]
    for key in properties:
        if key not in laid_out:
            raise lined.fault(("schema", "properties", key), "has no place in the layout")
        if key not in mapping:
            raise lined.fault(("schema", "properties", key), "has no mapping")
    for key in mapping:
        if key not in properties:
            raise lined.fault(("mapping", key), "is not in the schema")


def _check_columns(lined: Lined, key: str, node: Any) -> None:
    """Refuse a table whose rows have not the columns of the schema and of the layout."""
    judged = lined.content["schema"]["properties"][key]
    if "rows" not in node:
        return
    expected = set(judged.get("items", {}).get("properties", {}))
    rows = node["rows"]
    each = rows["fixed"] if "fixed" in rows else [rows["each"]]
    shown = next(
        {column["key"] for column in field.get("columns", [])}
        for section in lined.content["layout"]
        for field in section["fields"]
        if field["key"] == key
    )
    if shown != expected or any(row.keys() != expected for row in each):
        raise lined.fault(("mapping", key, "rows"), f"expected the columns {sorted(expected)}")
    if "unless_zero" in rows and rows["unless_zero"] not in expected:
        raise lined.fault(("mapping", key, "rows", "unless_zero"), "is not a column")
