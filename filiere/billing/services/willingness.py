"""Asking people what they would pay, where help is given. Amounts are integer euro cents."""

import secrets
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from django.db import transaction

from filiere.billing.errors import (
    AnswerNotPossible,
    ProcedureUnknown,
    SurveyAlreadyOpen,
    SurveyNotOpen,
    SurveyNotPossible,
)
from filiere.billing.models import (
    COMMERCIAL,
    SellerKind,
    WillingnessAnswer,
    WillingnessSurvey,
)
from filiere.directory.models import Place
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import NotFound
from filiere.kernel.services import record
from filiere.rules.procedures import procedure as known_procedure
from filiere.rules.willingness import PRICES_ASKED_CENTS

MOST_DAYS = 180
PAPER_DELAY = timedelta(days=30)
MOST_SHEETS = 500
# Said aloud and typed from paper: no letter taken for another.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def _new_ref() -> str:
    return "".join(secrets.choice(_LETTERS) for _rank in range(8))


def elsewhere_than(kind: str) -> SellerKind:
    """Give the other kind of place people are asked to imagine: a shop, or a public place."""
    return SellerKind.PUBLIC if kind in COMMERCIAL else SellerKind.SHOP


@transaction.atomic
def open_survey(
    *,
    place_id: int,
    place_kind: str,
    procedure: str,
    starts_on: date,
    ends_on: date,
    at: datetime,
    actor: str,
    ref: Callable[[], str] = _new_ref,
    is_invented: bool = False,
) -> WillingnessSurvey:
    """Ask everybody who comes to a place what they would pay, between two days.

    The place is locked first: it asks the question once at a time.

    Args:
        place_kind: a value of ``SellerKind``: answers are added up by kind, never by place.
        procedure: key of a procedure, or blank for help with any of them.
        starts_on: today or later.
        ends_on: at most 180 days after ``starts_on``.
        ref: gives the 8 letters and figures of the questionnaire's address.

    Raises:
        NotFound: no such place.
        ProcedureUnknown: not a procedure of the list.
        SurveyNotPossible: days or kind that cannot be.
        SurveyAlreadyOpen: the place asks already on some of these days.
    """
    if not Place.objects.select_for_update(of=("self",)).filter(pk=place_id).exists():
        raise NotFound(reference=place_id)
    if procedure and known_procedure(procedure) is None:
        raise ProcedureUnknown(procedure=procedure)
    if (
        place_kind not in SellerKind.values
        or starts_on < legal_day(at)
        or not starts_on <= ends_on <= starts_on + timedelta(days=MOST_DAYS)
    ):
        raise SurveyNotPossible
    if WillingnessSurvey.objects.filter(
        place_id=place_id, starts_on__lte=ends_on, ends_on__gte=starts_on
    ).exists():
        raise SurveyAlreadyOpen
    survey = WillingnessSurvey.objects.create(
        place_id=place_id, ref=ref(), place_kind=place_kind, procedure=procedure,
        starts_on=starts_on, ends_on=ends_on, opened_at=at, opened_by=actor,
        is_invented=is_invented,
    )  # fmt: skip
    record(actor=actor, action="billing.survey_opened", subject=f"survey:{survey.pk}", at=at)
    return survey


@transaction.atomic
def close_survey(*, survey_id: int, at: datetime, actor: str) -> WillingnessSurvey:
    """End a survey today; one that has not begun ends on its first day, one ended stays so.

    Raises:
        NotFound: no such survey.
    """
    survey = _locked(survey_id)
    last = max(legal_day(at), survey.starts_on)
    if last < survey.ends_on:
        survey.ends_on = last
        survey.save(update_fields=["ends_on"])
        record(actor=actor, action="billing.survey_closed", subject=f"survey:{survey.pk}", at=at)
    return survey


@transaction.atomic
def answer_survey(
    *, survey_id: int, here_cents: int, elsewhere_cents: int | None, at: datetime
) -> None:
    """Keep the answers of one person: the day, the highest price here, and perhaps elsewhere.

    Nobody can tell which two answers came together: nothing ties them, no hour is kept.

    Args:
        here_cents: one of the prices asked, for help in this place.
        elsewhere_cents: the same for the other kind of place; None = not answered.

    Raises:
        NotFound: no such survey.
        SurveyNotOpen: before its first day or after its last.
        AnswerNotPossible: not a price that was asked.
    """
    survey = _locked(survey_id)
    today = legal_day(at)
    if not survey.starts_on <= today <= survey.ends_on:
        raise SurveyNotOpen(starts=survey.starts_on, ends=survey.ends_on)
    given = {survey.place_kind: {here_cents: 1}}
    if elsewhere_cents is not None:
        given[elsewhere_than(survey.place_kind)] = {elsewhere_cents: 1}
    _keep(survey, given, on=today, on_paper=False)


@transaction.atomic
def enter_paper_answers(
    *,
    survey_id: int,
    here: Mapping[int, int],
    elsewhere: Mapping[int, int],
    at: datetime,
    actor: str,
) -> int:
    """Keep the answers counted on a pile of paper sheets; until 30 days after the last day.

    Args:
        here: for each price asked, how many sheets tick it as the highest, 500 in all at most.
        elsewhere: the same for the other kind of place.

    Returns:
        Number of answers kept.

    Raises:
        NotFound: no such survey.
        SurveyNotOpen: it has not begun, or ended more than 30 days ago.
        AnswerNotPossible: a price that was not asked, a count under 0, too many, or none at all.
    """
    survey = _locked(survey_id)
    today = legal_day(at)
    if not survey.starts_on <= today <= survey.ends_on + PAPER_DELAY:
        raise SurveyNotOpen(starts=survey.starts_on, ends=survey.ends_on)
    counts = [*here.values(), *elsewhere.values()]
    sheets = max(sum(here.values()), sum(elsewhere.values()))
    if min(counts, default=0) < 0 or not 1 <= sheets <= MOST_SHEETS:
        raise AnswerNotPossible
    given = {survey.place_kind: here, elsewhere_than(survey.place_kind): elsewhere}
    kept = _keep(survey, given, on=min(today, survey.ends_on), on_paper=True)
    record(
        actor=actor, action="billing.survey_paper_entered", subject=f"survey:{survey.pk}", at=at,
        answers=kept,
    )  # fmt: skip
    return kept


def _locked(survey_id: int) -> WillingnessSurvey:
    survey = WillingnessSurvey.objects.select_for_update().filter(pk=survey_id).first()
    if survey is None:
        raise NotFound(reference=survey_id)
    return survey


def _keep(
    survey: WillingnessSurvey,
    given: Mapping[str, Mapping[int, int]],
    *,
    on: date,
    on_paper: bool,
) -> int:
    answers = [
        WillingnessAnswer(
            survey=survey, about=about, up_to_cents=cents, on_paper=on_paper, answered_on=on
        )
        for about, counts in given.items()
        for cents, count in counts.items()
        for _one in range(count)
    ]
    if any(answer.up_to_cents not in PRICES_ASKED_CENTS for answer in answers):
        raise AnswerNotPossible
    WillingnessAnswer.objects.bulk_create(answers)
    return len(answers)
