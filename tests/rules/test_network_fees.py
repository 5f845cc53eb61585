"""The fee of a network or franchise: what a place pays, how many pay for the head (B53)."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules.network_fees import Fee, outcome, places_to_pay_for

FEE = Fee(entry_cents=500_000, yearly_cents=120_000, takings_rate=Fraction(1, 20))


def test_outcome_adds_entry_yearly_and_share_of_the_takings():
    found = outcome(fee=FEE, takings_cents=8_000_000, costs_cents=7_000_000, years=3)
    assert (found.first_year_cents, found.yearly_cents) == (1_020_000, 520_000)
    assert (found.paid_cents, found.kept_cents) == (2_060_000, 940_000)


def test_b53_forty_schools_eleven_abroad_pay_for_a_head_by_its_own_figures():
    assert places_to_pay_for(head_cost_cents=20_800_000, place_cents=520_000) == 40
    assert places_to_pay_for(head_cost_cents=20_800_001, place_cents=520_000) == 41
    assert places_to_pay_for(head_cost_cents=1, place_cents=0) is None
    assert places_to_pay_for(head_cost_cents=0, place_cents=0) == 0


def test_fees_refuse_what_cannot_be():
    with pytest.raises(ValueError, match="a fee is negative"):
        Fee(-1, 0, Fraction(0))
    with pytest.raises(ValueError, match="not between 0 and 1: 5"):
        Fee(0, 0, Fraction(5))
    with pytest.raises(ValueError, match="out of range"):
        outcome(fee=FEE, takings_cents=1, costs_cents=1, years=0)
    with pytest.raises(ValueError, match="an amount is negative"):
        places_to_pay_for(head_cost_cents=-1, place_cents=1)


@given(
    entry=st.integers(0, 10**8), yearly=st.integers(0, 10**8),
    rate=st.fractions(0, 1, max_denominator=1000), takings=st.integers(0, 10**10),
    costs=st.integers(0, 10**10), years=st.integers(1, 30),
)  # fmt: skip
def test_outcome_loses_no_cent(entry, yearly, rate, takings, costs, years):
    found = outcome(
        fee=Fee(entry, yearly, rate), takings_cents=takings, costs_cents=costs, years=years
    )
    assert found.paid_cents + found.kept_cents == years * (takings - costs)
    assert found.paid_cents == found.first_year_cents + (years - 1) * found.yearly_cents


@given(head=st.integers(1, 10**9), place=st.integers(1, 10**7))
def test_places_to_pay_for_is_the_least_number_that_pays(head, place):
    places = places_to_pay_for(head_cost_cents=head, place_cents=place)
    assert places * place >= head > (places - 1) * place
