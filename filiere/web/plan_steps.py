"""What may be noted next about a funder, the likeliest first."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from filiere.projects.models import FundingSource, MemberRight, SourceState
from filiere.projects.models.sources import BEFORE_ANSWER, GRANTED, TRANSITIONS
from filiere.projects.queries import form_of, may
from filiere.projects.services.sources import SELF_BROUGHT
from filiere.web.project_access import HeldProject


def steps_of(held: HeldProject, one: FundingSource, *, paid: int) -> list[tuple[str, str]]:
    """Give what may be noted next, the likeliest first: words and address.

    Args:
        paid: cents it paid, less what it took back.
    """
    if not may(held.right, MemberRight.EDITOR):
        return []
    found = [*_answers(one, held), *_money(one, paid), *_moves(one), *_changes(one, held)]
    if paid:
        found.append(("project_source_clawback", _("Note that it took money back"), ""))
    elif (one.state, SourceState.WITHDRAWN) in TRANSITIONS:
        found.append(("project_source_move", _("Set it aside"), SourceState.WITHDRAWN.value))
    here = [held.project.pk, one.pk]
    return [
        (words, reverse(name, args=[*here, state] if state else here))
        for name, words, state in found
    ]


Step = tuple[str, str, str]


def _answers(one: FundingSource, held: HeldProject) -> Iterator[Step]:
    is_own = one.kind in SELF_BROUGHT
    is_planned = one.state == SourceState.ENVISAGED
    if is_planned and not is_own and held.can_edit:
        yield "project_form", _("Fill in its form"), form_of(one)
        yield "project_source_ask", _("Note that it was asked"), ""
    if one.state in BEFORE_ANSWER and (is_own or not is_planned):
        words = _("Say that it is sure") if is_own else _("Note its answer")
        yield "project_source_answer", words, ""


def _money(one: FundingSource, paid: int) -> Iterator[Step]:
    if one.state in GRANTED:
        if paid < (one.granted_cents or 0):
            yield "project_source_payment", _("Note money received"), ""
        yield "project_source_schedule", _("Say when it pays"), ""


def _moves(one: FundingSource) -> Iterator[Step]:
    words = {
        SourceState.COMPLETE: _("Its file is complete"),
        SourceState.EXAMINED: _("It is examining the file"),
        SourceState.CONTRACTED: _("The agreement is signed"),
        SourceState.SETTLED: _("Everything is settled"),
    }
    for state, label in words.items():
        is_signed_alone = one.kind in SELF_BROUGHT and state == SourceState.CONTRACTED
        if (one.state, state) in TRANSITIONS and not is_signed_alone:
            yield "project_source_move", label, state.value


def _changes(one: FundingSource, held: HeldProject) -> Iterator[Step]:
    if one.state in BEFORE_ANSWER and held.can_edit:
        is_planned = one.state == SourceState.ENVISAGED
        yield "project_source_edit", _("Change it") if is_planned else _("Change its chances"), ""
