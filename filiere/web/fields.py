"""How one form field is drawn: label, help, errors above the input, all tied by ids."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.forms import BaseForm, BoundField
from django.forms.widgets import (
    CheckboxInput,
    CheckboxSelectMultiple,
    FileInput,
    RadioSelect,
    Widget,
)
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

# Forgiving entry of a code: paste allowed, no correction of what is not a word.
CODE_ATTRIBUTES = {
    "autocapitalize": "characters",
    "autocomplete": "off",
    "autocorrect": "off",
    "inputmode": "text",
    "spellcheck": "false",
}


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """One row of a choice, ready to draw."""

    id: str
    value: str
    label: str
    checked: bool
    icon: str
    example: str


@dataclass(frozen=True, slots=True)
class ChoiceGroup:
    """Rows under one name (blank when the choices are not grouped)."""

    id: str
    name: str
    rows: list[ChoiceRow]


@dataclass(frozen=True, slots=True)
class FormError:
    """One line of the summary: what to correct, and the address of the field."""

    label: str
    sentence: str
    target: str


def _described_by(bound: BoundField) -> str:
    names = [f"{bound.auto_id}_helptext"] if bound.help_text else []
    if bound.errors:
        names.append(f"{bound.auto_id}_error")
    return " ".join(names)


def _shape(widget: Widget) -> str:
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "rows"
    return "tick" if isinstance(widget, CheckboxInput) else "input"


def _widget_attributes(bound: BoundField, kind: str) -> dict[str, Any]:
    attributes: dict[str, Any] = {}
    if _shape(bound.field.widget) == "input" and not isinstance(bound.field.widget, FileInput):
        extra = f" input-{kind}" if kind else ""
        attributes["class"] = f"input{extra} {bound.field.widget.attrs.get('class', '')}".strip()
    if kind == "code":
        attributes |= CODE_ATTRIBUTES
    if described := _described_by(bound):
        attributes["aria-describedby"] = described
    if bound.errors:
        attributes["aria-invalid"] = "true"
    return attributes


def render_field(bound: BoundField, *, kind: str, optional: bool) -> SafeString:
    """Draw a field with its label, help and errors; a choice among few becomes rows.

    Args:
        bound: the field of a form.
        kind: "" as its widget says, "code" or "short".
        optional: say beside the label that one may leave it blank.
    """
    if bound.is_hidden:
        return SafeString(bound.as_widget())
    shape = _shape(bound.field.widget)
    if shape == "rows":
        return render_choice_rows(bound, details={}, legend="plain")
    return render_to_string(
        "parts/_field.html",
        {
            "bound": bound,
            "shape": shape,
            "optional": optional,
            "widget": bound.as_widget(attrs=_widget_attributes(bound, kind)),
        },
    )


def _groups(bound: BoundField, details: Mapping[str, tuple[str, str]]) -> Iterator[ChoiceGroup]:
    chosen = bound.value()
    values = {str(value) for value in (chosen if isinstance(chosen, list | tuple) else [chosen])}
    widget: Any = bound.field.widget
    grouped: dict[str, list[ChoiceRow]] = {}
    count = 0
    for value, label in widget.choices:
        is_group = isinstance(label, list | tuple)
        for one, words in label if is_group else [(value, label)]:
            mark, example = details.get(str(one), ("", ""))
            row = ChoiceRow(
                id=f"{bound.auto_id}_{count}",
                value=str(one),
                label=str(words),
                checked=str(one) in values,
                icon=mark,
                example=example,
            )
            grouped.setdefault(str(value) if is_group else "", []).append(row)
            count += 1
    for index, (name, rows) in enumerate(grouped.items()):
        yield ChoiceGroup(id=f"{bound.auto_id}_group_{index}", name=name, rows=rows)


def render_choice_rows(
    bound: BoundField, *, details: Mapping[str, tuple[str, str]], legend: str
) -> SafeString:
    """Draw a choice as rows (see the ``choice_rows`` tag); the first row carries the field's id."""
    groups = list(_groups(bound, details))
    return render_to_string(
        "parts/_choice_rows.html",
        {
            "bound": bound,
            "groups": groups,
            "two": len(groups) > 1,
            "legend": legend,
            "input_type": "checkbox"
            if isinstance(bound.field.widget, CheckboxSelectMultiple)
            else "radio",
            "required": bound.field.required
            and not isinstance(bound.field.widget, CheckboxSelectMultiple),
            "described_by": _described_by(bound),
        },
    )


def render_error_summary(form: BaseForm) -> SafeString:
    """List the errors of a form, each linked to its field (a row of choices: its first row)."""
    lines = [FormError(label="", sentence=str(text), target="") for text in form.non_field_errors()]
    for bound in form:
        suffix = "_0" if _shape(bound.field.widget) == "rows" else ""
        for text in bound.errors:
            target = "" if bound.is_hidden else f"#{bound.auto_id}{suffix}"
            lines.append(FormError(label=str(bound.label), sentence=str(text), target=target))
    return (
        render_to_string("parts/_error_summary.html", {"lines": lines}) if lines else SafeString("")
    )
