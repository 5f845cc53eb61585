"""A link that opens a procedure of Démarche numérique with what is already known written in it.

Built from the public schema of the procedure, stored beforehand: nothing is fetched here. What a
link must not carry (bank details, files, identity papers) is left out whatever is given.

Source: ``champ_<id>=`` parameters of the prefill link, from memory: to verify on each procedure
before sending a person there. The longest link is our own choice.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode, urlsplit

from filiere.rules.funder_forms.shape import FilledForm, FormSpec, Shown
from filiere.rules.text import similar

# Servers and browsers differ above it; accents take six characters each.
LONGEST_LINK = 6_000
_TEXTS = {
    "Text", "Textarea", "Phone", "Email", "Siret", "Rna", "Rnf", "Address", "Communes",
    "Departements", "Regions", "Epci", "Formatted",
}  # fmt: skip
_NUMBERS = {"IntegerNumber", "DecimalNumber", "Number"}
_TICKS = {"Checkbox", "YesNo"}
_ONE_NAME = {"Siret": "siret", "Rna": "rna", "Email": "email", "Phone": "phone"}
LONGEST_LABEL = 500
ALIKE = 0.45  # two labels below this are not suggested; our own choice
_TYPE_END = "ChampDescriptor"

type_given = str | int | bool | Sequence[Any]


class ProcedureUnreadable(ValueError):
    """The stored schema is not one of a procedure, or its address is not a safe one."""


@dataclass(frozen=True, slots=True)
class ProcedureField:
    """One field of a procedure. ``fields``: those of each block, for a field that repeats."""

    id: str
    label: str
    kind: str
    required: bool
    options: tuple[str, ...]
    fields: tuple["ProcedureField", ...]


@dataclass(frozen=True, slots=True)
class Left:
    """A value that is not in the link. ``why``: a stable code."""

    field: str
    label: str
    why: str


@dataclass(frozen=True, slots=True)
class PrefillLink:
    """The link, what it carries, what it could not, and what stays to be typed there."""

    url: str
    carried: tuple[str, ...]
    left: tuple[Left, ...]
    waiting: tuple[str, ...]


def read_procedure(schema: Mapping[str, Any]) -> tuple[ProcedureField, ...]:
    """Read the fields of a procedure from its public schema.

    Args:
        schema: the JSON as published: a procedure, its revision, its ``champDescriptors``.

    Raises:
        ProcedureUnreadable: no list of fields is found, or a field has no id.
    """
    inner = schema.get("demarche", schema)
    for name in ("revision", "activeRevision", "draftRevision"):
        inner = inner.get(name) or inner
    listed = inner.get("champDescriptors")
    if not isinstance(listed, list):
        raise ProcedureUnreadable("no champDescriptors in this schema")
    return tuple(_field(raw) for raw in listed)


def _field(raw: Mapping[str, Any]) -> ProcedureField:
    if not isinstance(raw, Mapping) or not str(raw.get("id", "")).strip():
        raise ProcedureUnreadable("a field has no id")
    kind = str(raw.get("__typename") or raw.get("type") or "Text").removesuffix(_TYPE_END)
    return ProcedureField(
        id=str(raw["id"]),
        label=str(raw.get("label", ""))[:LONGEST_LABEL],
        kind=kind,
        required=bool(raw.get("required", False)),
        options=tuple(str(one) for one in raw.get("options") or ()),
        fields=tuple(_field(one) for one in raw.get("champDescriptors") or ()),
    )


def suggested_pairs(fields: Sequence[ProcedureField], spec: FormSpec) -> dict[str, str]:
    """Guess which field of a form fills which field of a procedure, for a person to confirm.

    By kind for what has one name only (SIRET, RNA, e-mail, telephone), by likeness of labels for
    the rest; a field of the form is suggested once, where its label is most alike.

    Returns:
        Id of the procedure's field → key of the form's field, in the order of the procedure.
    """
    keys = {field.key for field in spec.fields if field.shown != Shown.TABLE}
    found = {
        field.id: _ONE_NAME[field.kind]
        for field in fields
        if field.kind in _ONE_NAME and _ONE_NAME[field.kind] in keys
    }
    taken = set(found.values())
    likeness = sorted(
        (
            (-similar(field.label, other.label.fr), place, other.key)
            for place, field in enumerate(fields)
            if field.id not in found and field.kind in _TEXTS | _NUMBERS | _TICKS | {"Date"}
            for other in spec.fields
            if other.key in keys
        ),
    )
    for less, place, key in likeness:
        if -less >= ALIKE and key not in taken and fields[place].id not in found:
            found[fields[place].id] = key
            taken.add(key)
    return {field.id: found[field.id] for field in fields if field.id in found}


def values_of(filled: FilledForm, pairs: Mapping[str, str]) -> dict[str, type_given]:
    """Give what a filled form says, as a procedure writes it: amounts in euros with a point.

    Args:
        pairs: id of the procedure's field → key of the form's field.

    Raises:
        LookupError: a key is not of this form.
    """
    found: dict[str, type_given] = {}
    for identifier, key in pairs.items():
        field = filled.spec.field(key)
        value = filled.values.get(key)
        if isinstance(value, bool) or value is None or field.shown == Shown.TABLE:
            if value is not None and field.shown != Shown.TABLE:
                found[identifier] = value
        elif isinstance(value, int) and field.shown in (Shown.EUROS, Shown.EUROS_WHOLE):
            found[identifier] = f"{value // 100}.{value % 100:02}"
        else:
            found[identifier] = value
    return found


def prefill_link(
    start_url: str, fields: Sequence[ProcedureField], values: Mapping[str, type_given]
) -> PrefillLink:
    """Build the link.

    Args:
        start_url: address where the procedure begins; https, without parameters.
        values: id of a field → its value; a repeated block is a list of id → value.

    Returns:
        The link and, for each value left out: ``unknown`` (no such field), ``not_in_a_link``,
        ``not_an_option``, ``not_a_number``, ``not_a_day`` or ``too_long`` (the longest texts go
        first until the link is short enough).

    Raises:
        ProcedureUnreadable: the address is not https, or has parameters already.
    """
    parts = urlsplit(start_url)
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment:
        raise ProcedureUnreadable("the address must be https, without parameters")
    known = {field.id: field for field in fields}
    left = [Left(one, "", "unknown") for one in values if one not in known]
    carried: dict[str, list[tuple[str, str]]] = {}
    for identifier, value in values.items():
        if identifier in known:
            pairs, why = _pairs(known[identifier], value, f"champ_{identifier}")
            if why:
                left.append(Left(identifier, known[identifier].label, why))
            elif pairs:
                carried[identifier] = pairs
    while carried and len(_url(start_url, carried)) > LONGEST_LINK:
        longest = max(carried, key=lambda one: len(urlencode(carried[one])))
        del carried[longest]
        left.append(Left(longest, known[longest].label, "too_long"))
    waiting = tuple(f.label for f in fields if f.required and f.id not in carried)
    return PrefillLink(_url(start_url, carried), tuple(carried), tuple(left), waiting)


def _url(start_url: str, carried: Mapping[str, list[tuple[str, str]]]) -> str:
    query = urlencode([pair for pairs in carried.values() for pair in pairs])
    return f"{start_url}?{query}" if query else start_url


def _pairs(
    field: ProcedureField, value: type_given, name: str
) -> tuple[list[tuple[str, str]], str]:
    """Give the parameters of one field, or why it stays out."""
    if field.kind == "Repetition":
        return _block(field, value, name)
    if field.kind == "MultipleDropDownList":
        chosen = list(value) if isinstance(value, list | tuple) else [value]
        if not chosen or not all(one in field.options for one in chosen):
            return [], "not_an_option"
        return [(f"{name}[]", str(one)) for one in chosen], ""
    text, why = _text(field, value)
    return ([(name, text)] if text else []), why


def _block(
    field: ProcedureField, value: type_given, name: str
) -> tuple[list[tuple[str, str]], str]:
    """Give the parameters of a block that repeats; one wrong value leaves the block out."""
    known = {one.id: one for one in field.fields}
    found: list[tuple[str, str]] = []
    rows: Iterator[Any] = iter(value if isinstance(value, list | tuple) else ())
    for row in rows:
        for identifier, cell in row.items():
            if identifier not in known:
                return [], "unknown"
            pairs, why = _pairs(known[identifier], cell, f"{name}[][champ_{identifier}]")
            if why:
                return [], why
            found += pairs
    return found, ""


def _text(field: ProcedureField, value: type_given) -> tuple[str, str]:
    """Write one value as its kind of field reads it, or tell why not."""
    text = str(value).strip()
    if field.kind in _TICKS:
        return (
            ("true" if value else "false", "") if isinstance(value, bool) else ("", "not_an_option")
        )
    if field.kind in _NUMBERS:
        whole, _point, rest = text.removeprefix("-").partition(".")
        return (
            (text, "")
            if (whole + rest).isdecimal() and not isinstance(value, bool)
            else ("", "not_a_number")
        )
    if field.kind == "Date":
        return (text, "") if _is_day(text) else ("", "not_a_day")
    if field.kind in ("DropDownList", "LinkedDropDownList"):
        return (text, "") if text in field.options else ("", "not_an_option")
    return (text, "") if field.kind in _TEXTS else ("", "not_in_a_link")


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
