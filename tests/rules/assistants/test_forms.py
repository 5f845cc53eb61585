"""A34, C20, C37, B53: statuses, derogation, new forms and the fee of a network."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules.assistants.new_form import touring_costs
from filiere.rules.assistants.registry import all_assistants
from filiere.rules.assistants.shape import Verdict

ON = date(2026, 11, 22)
BUS = {"form": "touring", "cost": 30_000_000, "days": 184, "seats": 12, "sessions": 2}
FEE = {
    "entry": 500_000, "yearly": 120_000, "percent": 5, "takings": 8_000_000, "costs": 7_000_000,
    "years": 3,
}  # fmt: skip


def judge(key, on=ON, **answers):
    return all_assistants()[key].judge(answers, on)


def taken(found):
    return [step.key for step in found.path]


@pytest.mark.parametrize("status", ["third_place", "social_life"])
def test_a34_a_wider_place_may_ask_and_the_amount_was_not_found(status):
    found = judge("money_statuses", status=status, other_activities=True, mixed_public=True)
    assert found.verdict == Verdict.CAUTION
    assert "not found here" in found.path[-1].words.words("en")
    assert taken(found)[-1] == f"{status}_unknown"


@pytest.mark.parametrize("lacking", ["other_activities", "mixed_public"])
def test_a34_digital_help_alone_opens_no_such_status(lacking):
    answers = {"other_activities": True, "mixed_public": True} | {lacking: False}
    found = judge("money_statuses", status="third_place", **answers)
    assert found.verdict == Verdict.STOP
    assert f"not_{lacking}" in taken(found)


def test_home_services_and_an_endowment_fund_open_something_that_was_read():
    assert judge("money_statuses", status="home_services", at_home=True).verdict == Verdict.CLEAR
    assert judge("money_statuses", status="home_services", at_home=False).verdict == Verdict.STOP
    fund = judge("money_statuses", status="endowment", renews_equipment=True)
    assert (fund.verdict, taken(fund)) == (Verdict.CLEAR, ["endowment", "endowment_rate"])
    assert judge("money_statuses", status="endowment", renews_equipment=False).verdict == "stop"


@pytest.mark.parametrize(
    ("on", "verdict", "headline"),
    [
        (date(2024, 3, 14), "stop", "The experiment starts on"),
        (date(2024, 3, 15), "caution", "The experiment holds until"),
        (date(2026, 9, 14), "caution", "The experiment holds until"),
        (date(2026, 9, 15), "caution", "The experiment ends on"),
        (date(2027, 3, 14), "caution", "The experiment ends on"),
        (date(2027, 3, 15), "stop", "The experiment ended on"),
    ],
)
def test_c20_three_years_with_an_alert_and_an_end(on, verdict, headline):
    found = judge("derogation", on, agreed=True, starts_on=date(2024, 3, 15))
    assert found.figures["last_on"] == date(2027, 3, 14)
    assert found.figures["alert_on"] == date(2026, 9, 15)
    assert found.verdict == verdict
    assert found.headline.words("en").startswith(headline)


def test_c20_no_derogation_without_a_written_agreement_and_none_was_found():
    found = judge("derogation", agreed=False)
    assert (found.verdict, taken(found)) == (Verdict.STOP, ["envisaged", "not_agreed"])


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        ({"form": "carrying", "carrier_agrees": True}, "caution"),
        ({"form": "carrying", "carrier_agrees": False}, "stop"),
        ({"form": "network", "all_fragile": False}, "caution"),
        ({"form": "network", "all_fragile": True}, "stop"),
        ({"form": "franchise", "written_method": True}, "caution"),
        ({"form": "franchise", "written_method": False}, "stop"),
        (BUS, "caution"),
        ({"form": "home_services", "at_home": True}, "caution"),
        ({"form": "home_services", "at_home": False}, "stop"),
    ],
)
def test_c37_each_of_the_five_forms_asks_one_thing_first(answers, verdict):
    found = judge("new_form", **answers)
    assert (found.verdict, taken(found)[-1]) == (verdict, "support")


@pytest.mark.parametrize(("sessions", "seat_euros"), [(1, 136), (2, 68)])
def test_c37_the_bus_of_centre_val_de_loire(sessions, seat_euros):
    found = judge("new_form", **BUS | {"sessions": sessions})
    assert round(found.figures["day_cents"], -2) == 163_000
    assert round(found.figures["seat_cents"] / 100) == seat_euros


def test_touring_costs_refuses_what_cannot_be():
    with pytest.raises(ValueError, match="out of range"):
        touring_costs(cost_cents=1, days=0, seats=1, sessions=1)


@given(
    cost=st.integers(0, 10**9), days=st.integers(1, 366), seats=st.integers(1, 60),
    sessions=st.integers(1, 6),
)  # fmt: skip
def test_touring_costs_never_add_up_to_more_than_was_paid(cost, days, seats, sessions):
    day, seat = touring_costs(cost_cents=cost, days=days, seats=seats, sessions=sessions)
    assert day * days <= cost < (day + 1) * days
    assert seat * days * seats * sessions <= cost


def test_b53_what_a_place_pays_and_keeps():
    found = judge("network_fee", **FEE)
    assert found.verdict == Verdict.CLEAR
    assert (found.figures["paid_cents"], found.figures["kept_cents"]) == (2_060_000, 940_000)


@pytest.mark.parametrize(("places", "verdict"), [(40, "clear"), (39, "caution")])
def test_b53_forty_places_pay_for_the_head(places, verdict):
    found = judge("network_fee", **FEE, head_cost=20_800_000, places=places)
    assert (found.verdict, found.figures["needed"]) == (verdict, 40)


def test_b53_a_place_that_loses_money_is_a_stop_and_a_head_without_fee_a_warning():
    assert judge("network_fee", **FEE | {"costs": 8_000_000}).verdict == Verdict.STOP
    free = FEE | {"yearly": 0, "percent": 0, "head_cost": 1, "places": 40}
    assert taken(judge("network_fee", **free))[-1] == "head_never"
    assert judge("network_fee", **free).verdict == Verdict.CAUTION


@pytest.mark.parametrize("wrong", [{"percent": 101}, {"years": 0}])
def test_a_fee_that_cannot_be_is_asked_again(wrong):
    found = judge("network_fee", **FEE | wrong)
    assert (found.verdict, [one.key for one in found.still]) == ("unknown", list(wrong))


@pytest.mark.parametrize("key", ["days", "seats", "sessions"])
def test_touring_without_a_day_a_seat_or_a_session_is_asked_again(key):
    found = judge("new_form", **BUS | {key: 0})
    assert (found.verdict, found.still[0].key) == (Verdict.UNKNOWN, key)
