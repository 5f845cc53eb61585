"""What people would pay: asked in a place, without identity, told by kind of place."""

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from filiere.billing import errors, services
from filiere.billing.models import WillingnessAnswer, WillingnessSurvey
from filiere.billing.queries import willingness
from filiere.kernel import checks
from filiere.kernel.errors import NotFound
from tests.agenda.factories import PlaceFactory
from tests.conftest import AT

TODAY = AT.date()
DAY = datetime.timedelta(days=1)
ENDED = TODAY + 11 * DAY

pytestmark = pytest.mark.django_db


def survey(place=None, **fields):
    place = place or PlaceFactory()
    return services.open_survey(
        **{
            "place_id": place.pk, "place_kind": "public", "procedure": "", "starts_on": TODAY,
            "ends_on": TODAY + 10 * DAY, "at": AT, "actor": "test",
        }
        | fields
    )  # fmt: skip


def answer(one, here, elsewhere=None, *, at=AT):
    services.answer_survey(survey_id=one.pk, here_cents=here, elsewhere_cents=elsewhere, at=at)


def test_answer_survey_keeps_two_answers_that_nothing_ties():
    one = survey()
    answer(one, 0, 3_000)
    assert sorted(WillingnessAnswer.objects.values_list("about", "up_to_cents", "answered_on")) == [
        ("public", 0, TODAY),
        ("shop", 3_000, TODAY),
    ]
    columns = {field.name for field in WillingnessAnswer._meta.get_fields()}
    assert columns == {"id", "survey", "about", "up_to_cents", "on_paper", "answered_on"}


@pytest.mark.parametrize(("here", "elsewhere"), [(300, None), (0, 300), (-200, None)])
def test_answer_survey_refuses_a_price_that_was_not_asked(here, elsewhere):
    with pytest.raises(errors.AnswerNotPossible):
        answer(survey(), here, elsewhere)
    assert not WillingnessAnswer.objects.exists()


def test_answer_survey_refuses_before_and_after_its_days():
    one = survey(starts_on=TODAY + DAY)
    with pytest.raises(errors.SurveyNotOpen):
        answer(one, 0)
    answer(one, 0, at=AT + 10 * DAY)
    with pytest.raises(errors.SurveyNotOpen):
        answer(one, 0, at=AT + 11 * DAY)
    with pytest.raises(NotFound):
        services.answer_survey(survey_id=0, here_cents=0, elsewhere_cents=None, at=AT)


@pytest.mark.parametrize(
    "fields",
    [
        {"place_kind": "bank"},
        {"starts_on": TODAY - DAY},
        {"ends_on": TODAY - DAY},
        {"ends_on": TODAY + 181 * DAY},
    ],
)
def test_open_survey_refuses_days_and_kinds_that_cannot_be(fields):
    with pytest.raises(errors.SurveyNotPossible):
        survey(**fields)


def test_open_survey_refuses_what_nobody_knows():
    with pytest.raises(NotFound):
        services.open_survey(
            place_id=0, place_kind="public", procedure="", starts_on=TODAY, ends_on=TODAY, at=AT,
            actor="test",
        )  # fmt: skip
    with pytest.raises(errors.ProcedureUnknown):
        survey(procedure="barber")


def test_open_survey_once_at_a_time_in_one_place():
    place = PlaceFactory()
    first = survey(place)
    with pytest.raises(errors.SurveyAlreadyOpen):
        survey(place, starts_on=TODAY + 5 * DAY, ends_on=TODAY + 20 * DAY)
    services.close_survey(survey_id=first.pk, at=AT, actor="test")
    survey(place, starts_on=TODAY + DAY, ends_on=TODAY + 20 * DAY)
    assert WillingnessSurvey.objects.count() == 2


def test_close_survey_twice_changes_nothing_more():
    one = survey()
    services.close_survey(survey_id=one.pk, at=AT + DAY, actor="test")
    again = services.close_survey(survey_id=one.pk, at=AT + 5 * DAY, actor="test")
    assert again.ends_on == TODAY + DAY


def test_enter_paper_answers_keeps_a_pile_until_a_month_after():
    one = survey()
    kept = services.enter_paper_answers(
        survey_id=one.pk, here={0: 8, 500: 6}, elsewhere={3_000: 9}, at=AT + 40 * DAY, actor="t"
    )
    assert kept == 23
    assert WillingnessAnswer.objects.filter(on_paper=True, answered_on=one.ends_on).count() == 23
    with pytest.raises(errors.SurveyNotOpen):
        services.enter_paper_answers(
            survey_id=one.pk, here={0: 1}, elsewhere={}, at=AT + 41 * DAY, actor="t"
        )


@pytest.mark.parametrize(
    ("here", "elsewhere"),
    [({}, {}), ({0: -1}, {0: 5}), ({0: 501}, {}), ({250: 1}, {}), ({0: 0}, {})],
)
def test_enter_paper_answers_refuses_counts_that_cannot_be(here, elsewhere):
    with pytest.raises(errors.AnswerNotPossible):
        services.enter_paper_answers(
            survey_id=survey().pk, here=here, elsewhere=elsewhere, at=AT, actor="t"
        )
    assert not WillingnessAnswer.objects.exists()


def test_demand_by_kind_waits_for_the_end_of_the_survey():
    one = survey()
    for _person in range(6):
        answer(one, 500)
    assert willingness.demand_by_kind(on=one.ends_on) == []
    [told] = willingness.demand_by_kind(on=ENDED)
    assert (told.kind, told.imagined, told.answers, told.is_few) == ("public", False, 6, True)
    assert [(p.price_cents, p.accepting) for p in told.points][:4] == [
        (0, 6), (200, 6), (500, 6), (1_000, 0),
    ]  # fmt: skip


def test_demand_by_kind_sets_what_was_imagined_apart_and_hides_a_small_group(
    django_assert_num_queries,
):
    public, garage = survey(), survey(place_kind="shop", procedure="vehicle_registration")
    for _person in range(5):
        answer(public, 0, 2_000)
    for _person in range(4):
        answer(garage, 3_000)
    with django_assert_num_queries(2):
        found = willingness.demand_by_kind(on=ENDED)
    assert [(one.kind, one.imagined, one.answers, len(one.points)) for one in found] == [
        ("public", False, 5, 8),
        ("shop", False, None, 0),
        ("shop", True, 5, 8),
    ]
    only = willingness.demand_by_kind(on=ENDED, procedure="vehicle_registration")
    assert [(one.kind, one.answers) for one in only] == [("shop", None)]


def test_attack_96_a_survey_counts_its_sheets_and_not_its_answers():
    one = survey()
    answer(one, 0, 500)
    answer(one, 0)
    [found] = willingness.surveys_of(one.place.organisation_id)
    assert (found.pk, found.many) == (one.pk, 2)
    assert willingness.survey_by_ref(one.ref) == one
    assert willingness.survey_by_ref("nothing") is None


def _holds():
    return next(one for one in checks.run() if one.name == "billing.answer_was_asked").holds


@pytest.mark.parametrize(
    "planted", [{"up_to_cents": 300}, {"answered_on": TODAY - DAY}, {"answered_on": ENDED}]
)
def test_check_notices_an_answer_that_was_not_asked(planted):
    one = survey()
    answer(one, 500)
    assert _holds()
    WillingnessAnswer.objects.create(
        **{"survey": one, "about": "public", "up_to_cents": 0, "answered_on": TODAY} | planted
    )
    assert not _holds()


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_two_managers_cannot_open_two_surveys_in_one_place():
    place = PlaceFactory()

    def open_one(_rank):
        try:
            survey(place)
        except errors.SurveyAlreadyOpen:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(open_one, range(4))) == [False, False, False, True]
