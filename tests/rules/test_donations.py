"""Gifts: what comes back, by who gives and by date (R11)."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules.donations import (
    AID_TO_PERSONS,
    Carried,
    Purpose,
    aid_to_persons_ceiling,
    company_ceiling,
    company_reduction,
    compensation_allowed,
    individual_reduction,
)
from filiere.rules.parameters import ParameterNotInForce, all_parameters, ratio, whole

DAY = date(2026, 11, 22)
FY2019, FY2020 = date(2019, 12, 31), date(2020, 12, 31)
EUROS = 100
RATE, HIGH = Fraction(3, 5), Fraction(2, 5)


def give(gift, *, purpose=Purpose.DIGITAL_INCLUSION, on=DAY, income=30_000, **others):
    return individual_reduction(
        gift_cents=gift * EUROS,
        taxable_income_cents=income * EUROS,
        purpose=purpose,
        on=on,
        **others,
    )


def sponsor(gifts, turnover, closed_on, *carried):
    return company_reduction(
        gifts_cents=gifts * EUROS,
        turnover_cents=turnover * EUROS,
        closed_on=closed_on,
        carried=carried,
    )


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("donation.individual_rate", [("2002-01-01", "3/5"), ("2005-01-01", "33/50")]),
        ("donation.individual_ceiling_rate", [("2002-01-01", "1/5")]),
        ("donation.aid_to_persons_rate", [("2018-01-01", "3/4")]),
        (
            "donation.aid_to_persons_ceiling_cents",
            [
                ("2018-01-01", "53700"), ("2019-01-01", "54600"),
                ("2020-01-01", "100000"), ("2025-10-14", "200000"),
            ],
        ),
        ("donation.company_rate", [("2018-01-01", "3/5")]),
        ("donation.company_high_rate", [("2020-12-31", "2/5")]),
        ("donation.company_high_step_cents", [("2020-12-31", "200000000")]),
        ("donation.company_ceiling_rate", [("2018-01-01", "1/200")]),
        (
            "donation.company_floor_ceiling_cents",
            [("2018-01-01", "0"), ("2019-12-31", "1000000"), ("2020-12-31", "2000000")],
        ),
        ("donation.carry_years", [("2018-01-01", "5")]),
        ("donation.compensation_rate", [("2018-01-01", "1/4")]),
        ("donation.compensation_individual_cents", [("2018-01-01", "6500")]),
        ("in_kind.valued_from", [("2020-01-01", "1")]),
    ],
)  # fmt: skip
def test_the_published_table_of_gifts(key, values):
    dated = all_parameters()[key].values
    assert [(day.isoformat(), str(value)) for day, value in dated] == values
    assert all_parameters()[key].source


def test_r11_bofip_vector_turnover_of_1_5_million_gift_of_9000_gives_5400():
    found = sponsor(9_000, 1_500_000, FY2019)
    assert (found.ceiling_cents, found.reduction_cents) == (10_000 * EUROS, 5_400 * EUROS)
    assert (found.carried, found.lost_cents) == ((), 0)


@pytest.mark.parametrize(
    ("closed_on", "ceiling"),
    [
        (date(2019, 12, 30), 7_500), (FY2019, 10_000), (date(2020, 12, 30), 10_000),
        (FY2020, 20_000), (date(2026, 6, 30), 20_000),
    ],
)  # fmt: skip
def test_company_ceiling_follows_the_day_the_accounts_close(closed_on, ceiling):
    found = company_ceiling(turnover_cents=1_500_000 * EUROS, closed_on=closed_on)
    assert found == ceiling * EUROS


def test_company_ceiling_is_half_a_per_cent_when_that_is_more():
    assert company_ceiling(turnover_cents=10_000_000 * EUROS, closed_on=FY2020) == 50_000 * EUROS


def test_company_reduction_gives_40_per_cent_above_two_million_from_fiscal_year_2020():
    assert sponsor(3_000_000, 900_000_000, FY2020).reduction_cents == 1_600_000 * EUROS
    assert sponsor(3_000_000, 900_000_000, FY2019).reduction_cents == 1_800_000 * EUROS
    assert sponsor(2_000_000, 900_000_000, FY2020).reduction_cents == 1_200_000 * EUROS


def test_company_reduction_carries_what_is_above_the_ceiling_five_years():
    first = sponsor(25_000, 1_000_000, FY2020)
    assert first.reduction_cents == 12_000 * EUROS
    assert first.carried == (Carried(FY2020, 5_000 * EUROS, RATE),)

    last_year = sponsor(0, 1_000_000, date(2025, 12, 31), *first.carried)
    assert (last_year.used_before_cents, last_year.reduction_cents) == (500_000, 300_000)
    assert (last_year.carried, last_year.lost_cents) == ((), 0)

    too_late = sponsor(0, 1_000_000, date(2026, 12, 31), *first.carried)
    assert (too_late.reduction_cents, too_late.lost_cents) == (0, 500_000)


def test_company_reduction_counts_the_gifts_of_the_year_first_then_the_oldest():
    old = Carried(date(2022, 12, 31), 3_000 * EUROS, RATE)
    recent = Carried(date(2024, 12, 31), 4_000 * EUROS, HIGH)
    found = sponsor(16_000, 1_000_000, date(2025, 12, 31), recent, old)
    assert (found.used_cents, found.used_before_cents) == (16_000 * EUROS, 4_000 * EUROS)
    assert found.reduction_cents == (19_000 * 60 + 1_000 * 40) * EUROS // 100
    assert found.carried == (Carried(date(2024, 12, 31), 3_000 * EUROS, HIGH),)


def test_what_is_carried_of_a_very_large_gift_keeps_its_40_per_cent():
    found = sponsor(3_000_000, 500_000_000, FY2020)
    assert found.ceiling_cents == 2_500_000 * EUROS
    assert found.reduction_cents == 1_400_000 * EUROS
    assert found.carried == (Carried(FY2020, 500_000 * EUROS, HIGH),)


def test_company_reduction_refuses_what_cannot_be():
    with pytest.raises(ValueError, match="gifts_cents is negative: -100"):
        sponsor(-1, 0, FY2020)
    with pytest.raises(ValueError, match="turnover_cents is negative"):
        sponsor(1, -1, FY2020)
    with pytest.raises(ValueError, match="carried from 2020-12-31, not before 2020-12-31"):
        sponsor(1, 1, FY2020, Carried(FY2020, 1, RATE))


def test_the_trap_of_the_company_rate_an_individual_gets_66_not_60_per_cent():
    assert give(100).reduction_cents == 6_600
    assert give(100, on=date(2004, 12, 31)).reduction_cents == 6_000
    assert sponsor(100, 1_000_000, FY2020).reduction_cents == 6_000


def test_individual_reduction_stops_at_a_fifth_of_the_taxable_income():
    found = give(7_000, income=30_000)
    assert (found.at_rate_cents, found.over_cents) == (6_000 * EUROS, 1_000 * EUROS)
    assert found.reduction_cents == 3_960 * EUROS
    assert give(1_000, income=30_000, counted_before_cents=5_500 * EUROS).at_rate_cents == 50_000


@pytest.mark.parametrize(
    ("on", "ceiling"),
    [
        (date(2018, 6, 1), 537), (date(2019, 6, 1), 546), (date(2020, 1, 1), 1_000),
        (date(2025, 1, 1), 1_000), (date(2025, 10, 13), 1_000), (date(2025, 10, 14), 2_000),
        (DAY, 2_000),
    ],
)  # fmt: skip
def test_the_trap_of_the_2000_euro_ceiling_starts_on_14_october_2025(on, ceiling):
    assert aid_to_persons_ceiling(on) == ceiling * EUROS
    found = give(3_000, purpose=Purpose.MEALS, on=on)
    assert found.at_high_rate_cents == ceiling * EUROS
    assert found.reduction_cents == ceiling * 75 + (3_000 - ceiling) * 66


def test_the_ceiling_of_the_year_counts_gifts_made_before_it_rose():
    found = give(
        1_500, purpose=Purpose.CARE, on=date(2025, 11, 1), high_rate_before_cents=1_000 * EUROS
    )
    assert (found.at_high_rate_cents, found.at_rate_cents) == (100_000, 50_000)


def test_digital_inclusion_never_has_the_75_per_cent():
    assert {Purpose.DIGITAL_INCLUSION, Purpose.OTHER}.isdisjoint(AID_TO_PERSONS)
    assert give(100).at_high_rate_cents == 0
    assert give(100, purpose=Purpose.HOUSING).reduction_cents == 7_500


def test_aid_to_persons_is_not_known_before_2018():
    with pytest.raises(ParameterNotInForce):
        give(100, purpose=Purpose.MEALS, on=date(2017, 12, 31))
    with pytest.raises(ParameterNotInForce):
        give(100, on=date(2001, 12, 31))


def test_compensation_is_a_quarter_at_most_and_65_euros_for_an_individual():
    assert compensation_allowed(gift_cents=20_000, on=DAY, individual=False) == 5_000
    assert compensation_allowed(gift_cents=20_000, on=DAY, individual=True) == 5_000
    assert compensation_allowed(gift_cents=100_000, on=DAY, individual=True) == 6_500
    with pytest.raises(ValueError, match="gift_cents is negative"):
        compensation_allowed(gift_cents=-1, on=DAY, individual=True)


@given(
    gift=st.integers(0, 10**9),
    income=st.integers(0, 10**10),
    purpose=st.sampled_from(Purpose),
    before=st.integers(0, 10**9),
    on=st.dates(date(2018, 1, 1), date(2030, 12, 31)),
)
def test_individual_reduction_loses_no_cent_and_never_pays_more_than_its_rate(
    gift, income, purpose, before, on
):
    found = individual_reduction(
        gift_cents=gift, taxable_income_cents=income, purpose=purpose, on=on,
        counted_before_cents=before,
    )  # fmt: skip
    assert found.at_high_rate_cents + found.at_rate_cents + found.over_cents == gift
    assert 0 <= found.reduction_cents <= Fraction(3, 4) * gift
    assert found.at_high_rate_cents <= aid_to_persons_ceiling(on)
    assert found.at_rate_cents <= ratio("donation.individual_ceiling_rate", on) * income


@given(
    gifts=st.integers(0, 10**10),
    turnover=st.integers(0, 10**13),
    year=st.integers(2018, 2030),
    carried=st.lists(
        st.builds(
            Carried,
            st.dates(date(2012, 1, 1), date(2017, 12, 31)),
            st.integers(0, 10**9),
            st.sampled_from([RATE, HIGH]),
        ),
        max_size=4,
    ),
)
def test_company_reduction_loses_no_cent_and_keeps_to_its_ceiling(gifts, turnover, year, carried):
    found = company_reduction(
        gifts_cents=gifts, turnover_cents=turnover, closed_on=date(year, 12, 31), carried=carried
    )
    left = sum(part.amount_cents for part in found.carried)
    given_in_all = gifts + sum(part.amount_cents for part in carried)
    used = found.used_cents + found.used_before_cents
    assert used + left + found.lost_cents == given_in_all
    assert used <= found.ceiling_cents
    assert 0 <= found.reduction_cents <= RATE * used
    assert found.ceiling_cents >= whole("donation.company_floor_ceiling_cents", date(year, 12, 31))
