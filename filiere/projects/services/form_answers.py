"""Answers written for one funder's form alone: several people may fill different questions at once."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from filiere.kernel import services as kernel
from filiere.projects.errors import FormAnswerNotPossible, FormAnswersChanged
from filiere.projects.forms import catalogue
from filiere.projects.models import FormAnswer, FundingSource
from filiere.projects.services.answers import MOST_CHARACTERS
from filiere.projects.services.sources import hold_source
from filiere.rules.funder_forms.shape import FormSpec

type_own = str | bool | None


@transaction.atomic
def save_form_answers(
    *,
    source_id: int,
    form_key: str,
    answers: Mapping[str, type_own],
    editions: Mapping[str, int],
    actor: str,
    at: datetime,
) -> int:
    """Write what one form alone asks, or texts worded otherwise for it. All of it, or nothing.

    Args:
        form_key: of ``forms.catalogue()``.
        answers: field → a text of at most 20,000 characters, or a tick; blank, None or False
            takes the answer away.
        editions: field → the edition that was read, 0 or absent when there was none.

    Returns:
        How many answers changed; the same again changes none.

    Raises:
        ProjectEnded: the file changes no more.
        FormAnswerNotPossible: no such form or field, a value that comes from the project file,
            or one of another kind.
        FormAnswersChanged: somebody wrote one of them since; it carries what is saved.
    """
    spec = catalogue().get(form_key)
    wanted = {field: _sound(spec, field, value) for field, value in answers.items()}
    source = hold_source(source_id)
    present = {
        one.field: one
        for one in source.form_answers.filter(form_key=form_key, field__in=list(wanted))
    }
    changed = {
        field: value
        for field, value in wanted.items()
        if value != (present[field].value if field in present else None)
    }
    theirs = {
        field: present[field] for field in changed
        if field in present and present[field].edition != editions.get(field, 0)
    }  # fmt: skip
    theirs_gone = {field for field in changed if field not in present and editions.get(field, 0)}
    if theirs or theirs_gone:
        raise FormAnswersChanged(theirs={one: theirs.get(one) for one in (*theirs, *theirs_gone)})
    for field, value in changed.items():
        _write(source, form_key, field, value, present.get(field), actor=actor, at=at)
    if changed:
        kernel.record(
            actor=actor, action="projects.form_answered", subject=f"project:{source.project_id}",
            at=at, source=source.pk, fields=len(changed),
        )  # fmt: skip
    return len(changed)


def _sound(spec: FormSpec | None, field: str, value: type_own) -> str | bool | None:
    """Give a value as it is kept, None for nothing."""
    if spec is None or field not in spec.mapping or not spec.is_rewordable(field):
        raise FormAnswerNotPossible(field=field, most=MOST_CHARACTERS)
    if spec.is_tick(field):
        if not isinstance(value, bool | None):
            raise FormAnswerNotPossible(field=field, most=MOST_CHARACTERS)
        return value or None
    text = "" if value is None else value
    if not isinstance(text, str) or len(text) > MOST_CHARACTERS or "\0" in text:
        raise FormAnswerNotPossible(field=field, most=MOST_CHARACTERS)
    return text.replace("\r\n", "\n").strip() or None


def _write(
    source: FundingSource, form_key: str, field: str, value: type_own,
    present: FormAnswer | None, *, actor: str, at: datetime,
) -> None:  # fmt: skip
    if value is None:
        if present is not None:
            present.delete()
        return
    FormAnswer.objects.update_or_create(
        source=source, form_key=form_key, field=field,
        defaults={
            "value": value, "written_at": at, "author": actor,
            "edition": present.edition + 1 if present else 1,
        },
    )  # fmt: skip
