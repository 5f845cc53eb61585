"""R4: the threshold of lucrative receipts, year by year; a cliff, and an unconfirmed year."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules import parameters
from filiere.rules.assistants.franchise import threshold_year
from filiere.rules.assistants.registry import all_assistants
from filiere.rules.assistants.shape import Verdict

ON = date(2025, 11, 22)
GOOD = {"disinterested": True, "preponderant": True, "tax": "cet", "year": 2025}


def judge(on=ON, **answers):
    return all_assistants()["franchise"].judge(GOOD | answers, on)


@pytest.mark.parametrize(
    ("year", "euros"),
    [
        (2000, 38_112), (2002, 60_000), (2014, 60_000), (2015, 60_540), (2016, 61_145),
        (2017, 61_634), (2018, 62_250), (2019, 63_059), (2020, 72_000), (2021, 72_432),
        (2022, 73_518), (2023, 76_679), (2024, 78_596), (2025, 80_011),
    ],
)  # fmt: skip
def test_r4_threshold_of_each_year(year, euros):
    assert parameters.value("association.franchise_cents", date(year, 12, 31)) == euros * 100
    assert judge(year=year, receipts=0).figures["threshold_cents"] == euros * 100


@pytest.mark.parametrize(
    ("receipts", "verdict", "margin"),
    [(8_001_100, "clear", 0), (8_001_101, "stop", -1), (0, "clear", 8_001_100)],
)
def test_r4_is_a_cliff_to_the_cent(receipts, verdict, margin):
    found = judge(receipts=receipts)
    assert (found.verdict, found.figures["margin_cents"]) == (verdict, margin)


def test_r4_is_a_cliff_not_an_allowance():
    found = judge(receipts=8_001_101)
    assert "all the lucrative profit is taxable" in found.headline.en
    assert "not an allowance" in found.path[-1].words.en


def test_r4_unconfirmed_2026_gives_the_last_value_and_never_a_green_light():
    found = judge(on=date(2026, 11, 22), year=2026, receipts=1)
    assert (found.verdict, found.is_to_verify) == (Verdict.CAUTION, True)
    assert found.used[0].value == 8_001_100
    assert "2025" in next(one for one in found.path if one.key == "unconfirmed").words.fr


def test_r4_unconfirmed_2026_above_the_last_value_does_not_conclude():
    found = judge(on=date(2026, 11, 22), year=2026, receipts=8_050_000)
    assert (found.verdict, found.headline.en[:28]) == ("stop", "The last confirmed threshold")


def test_r4_value_of_2017_from_memory_is_to_verify():
    assert judge(year=2017, receipts=0).verdict == Verdict.CAUTION
    assert judge(year=2018, receipts=0).verdict == Verdict.CLEAR


@pytest.mark.parametrize(
    ("closed_on", "year"),
    [(date(2024, 12, 31), 2025), (date(2024, 12, 30), 2024), (date(2025, 6, 30), 2025)],
)
def test_r4_corporate_tax_holds_for_years_closed_from_31_december_before(closed_on, year):
    assert threshold_year(closed_on) == year
    found = judge(tax="corporate", closed_on=closed_on, receipts=7_900_000)
    assert found.verdict == ("clear" if year == 2025 else "stop")


@pytest.mark.parametrize(
    ("before", "verdict"), [(8_001_100, "clear"), (8_001_101, "stop"), (0, "clear")]
)
def test_r4_vat_compares_both_years_with_the_threshold_of_the_year(before, verdict):
    assert judge(tax="vat", receipts=0, receipts_before=before).verdict == verdict


def test_r4_local_business_taxes_follow_the_threshold_of_their_year():
    assert judge(year=2024, receipts=7_859_600).verdict == Verdict.CLEAR
    assert judge(year=2024, receipts=7_859_601).verdict == Verdict.STOP
    assert judge(year=2025, receipts=7_859_601).verdict == Verdict.CLEAR


def test_r4_six_fund_raising_events_are_apart_and_from_memory():
    events = next(one for one in judge(receipts=0).path if one.key == "events")
    assert (events.words.en[:21], events.is_to_verify) == ("6 fund-raising events", True)
    assert judge(receipts=0).verdict == "clear"


@pytest.mark.parametrize("key", ["disinterested", "preponderant"])
def test_r4_all_three_conditions_are_needed(key):
    found = judge(**{key: False})
    assert (found.verdict, found.path[-1].passed) == (Verdict.STOP, False)


def test_judge_asks_again_a_year_that_is_a_slip():
    found = judge(year=25, receipts=0)
    assert (found.verdict, [one.key for one in found.still]) == ("unknown", ["year"])


@given(receipts=st.integers(0, 20_000_000), year=st.integers(2000, 2025))
def test_margin_and_excess_are_the_threshold_to_the_cent(receipts, year):
    found = judge(year=year, receipts=receipts)
    threshold = found.figures["threshold_cents"]
    assert found.figures["margin_cents"] + receipts == threshold
    assert (found.verdict == Verdict.STOP) == (receipts > threshold)
