"""What is typed to open a procedure of Démarche numérique with what is already known."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from filiere.rules.funder_forms.prefill import ProcedureField, ProcedureUnreadable, read_procedure
from filiere.rules.funder_forms.shape import FormSpec, Shown
from filiere.web.project_words import said

MOST_CHARACTERS = 1_000_000
MOST_FIELDS = 200


class ProcedureForm(forms.Form):
    """The address of a procedure and its public schema, pasted or sent as a file."""

    start_url = forms.URLField(
        label=_("Address where the procedure begins"),
        help_text=_("Without anything after a question mark."),
        max_length=500,
        assume_scheme="https",
    )
    file = forms.FileField(label=_("Its public schema, as a file"), required=False)
    schema = forms.CharField(
        label=_("Or the schema itself, pasted"),
        help_text=_("JSON, as published with the procedure."),
        required=False,
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        """Read the schema; the fields it holds are ``fields`` afterwards."""
        given = super().clean() or {}
        self.fields_read: tuple[ProcedureField, ...] = ()
        file = given.get("file")
        if file is not None and file.size > MOST_CHARACTERS:
            self.add_error("file", gettext("This file is larger than a schema: 1 MB at most."))
            return given
        text = file.read().decode("utf-8-sig", errors="replace") if file else given.get("schema")
        if not text:
            self.add_error("schema", gettext("Give the schema: a file, or its text."))
            return given
        given["schema"] = text
        try:
            self.fields_read = _read(text)
        except ProcedureUnreadable:
            words = gettext(
                "This is not the schema of a procedure. Copy the whole file, unchanged."
            )
            self.add_error("file" if file else "schema", words)
        return given


def _read(text: str) -> tuple[ProcedureField, ...]:
    """Read a schema that somebody pasted, whatever it is.

    Raises:
        ProcedureUnreadable: not JSON, not a procedure, or one with too many fields.
    """
    try:
        found = read_procedure(json.loads(text))
    except (ValueError, AttributeError, TypeError, RecursionError) as error:
        raise ProcedureUnreadable("not a schema") from error
    if not 0 < len(found) <= MOST_FIELDS:
        raise ProcedureUnreadable("no field, or too many")
    return found


class PairsForm(forms.Form):
    """Which field of our form fills which field of the procedure."""

    def __init__(
        self, *args: Any, read: Sequence[ProcedureField], spec: FormSpec,
        suggested: Mapping[str, str], **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        ours = [(one.key, said(one.label)) for one in spec.fields if one.shown != Shown.TABLE]
        self.ids = {f"pair_{place}": one.id for place, one in enumerate(read)}
        for place, one in enumerate(read):
            self.fields[f"pair_{place}"] = forms.ChoiceField(
                label=one.label or one.id, required=False,
                choices=[("", _("Nothing: to type there")), *ours],
                initial=suggested.get(one.id, ""),
            )  # fmt: skip

    def pairs(self) -> dict[str, str]:
        """Give id of the procedure's field → key of ours."""
        chosen = self.cleaned_data if self.is_bound else self.initial_values()
        return {self.ids[name]: key for name, key in chosen.items() if key}

    def initial_values(self) -> dict[str, str]:
        """Give what is suggested."""
        return {name: str(field.initial) for name, field in self.fields.items()}
