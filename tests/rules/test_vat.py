"""Value added tax: rounded once per group, exact sums, and parts that add up to the whole."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules.vat import (
    Amount,
    Group,
    Treatment,
    added,
    credited,
    rate_bp,
    tax,
    within,
    wordings,
)

CENTS = st.integers(1, 10_000_000)
RATES = st.sampled_from([0, 210, 550, 1000, 2000])


@pytest.mark.parametrize(
    ("base", "bp", "vat"),
    [(0, 2000, 0), (2, 2000, 0), (3, 2000, 1), (1002, 2000, 200), (10, 550, 1), (9, 550, 0)],
)
def test_added_rounds_to_the_nearest_cent(base, bp, vat):
    assert added(base, bp) == vat


@pytest.mark.parametrize(("total", "vat"), [(3000, 500), (3, 1), (6, 1), (1, 0), (2501, 417)])
def test_within_is_the_tax_of_a_price_told(total, vat):
    assert within(total, 2000) == vat


@given(total=CENTS, bp=RATES)
def test_within_is_a_cent_at_most_from_the_tax_of_the_rest(total, bp):
    vat = within(total, bp)
    assert abs(vat - added(total - vat, bp)) <= 1


@given(lines=st.lists(st.tuples(st.booleans(), CENTS), min_size=1, max_size=12), told=st.booleans())
def test_tax_adds_up_whatever_the_lines(lines, told):
    amounts = [
        Amount(Treatment.STANDARD, 2000, cents) if taxed else Amount(Treatment.TRAINING, 0, cents)
        for taxed, cents in lines
    ]
    found = tax(amounts, tax_included=told)
    given_in_all = sum(cents for _taxed, cents in lines)
    assert (found.total_cents if told else found.net_cents) == given_in_all
    assert sum(group.base_cents for group in found.groups) == found.net_cents
    assert all(net >= 0 for net in found.nets)
    assert all(
        abs(group.vat_cents - added(group.base_cents, group.rate_bp)) <= 1 for group in found.groups
    )


@given(group=st.tuples(CENTS, RATES), cuts=st.lists(st.integers(1, 1000), max_size=6))
def test_credited_parts_add_up_to_the_group(group, cuts):
    base, bp = group
    whole = Group(Treatment.STANDARD, bp, base, added(base, bp))
    base_before = vat_before = 0
    for part in [*(base * cut // 10_000 for cut in cuts), base]:
        asked = min(part, base - base_before)
        vat = credited(whole, base_cents=asked, base_before=base_before, vat_before=vat_before)
        assert 0 <= vat <= whole.vat_cents - vat_before
        base_before, vat_before = base_before + asked, vat_before + vat
    assert (base_before, vat_before) == (base, whole.vat_cents)


def test_r4_rate_bp_is_the_rate_of_the_day_of_the_service():
    assert rate_bp(Treatment.STANDARD, date(2013, 12, 31)) == 1960
    assert rate_bp(Treatment.STANDARD, date(2026, 11, 22)) == 2000
    assert {rate_bp(one, date(2026, 11, 22)) for one in set(Treatment) - {Treatment.STANDARD}} == {
        0
    }


def test_wordings_quote_the_law_for_each_treatment_without_tax():
    told = wordings()
    assert "293 B" in told[Treatment.FRANCHISE].mention
    assert "261-7-1° b" in told[Treatment.ASSOCIATION].mention
    assert "261-4-4°" in told[Treatment.TRAINING].mention
    assert told[Treatment.STANDARD].mention == ""


@pytest.mark.parametrize("wrong", [(-1, 2000), (100, -1), (100, 10_001)])
def test_added_refuses_what_is_out_of_range(wrong):
    with pytest.raises(ValueError, match="out of range"):
        added(*wrong)


def test_tax_refuses_an_amount_that_is_not_above_0():
    with pytest.raises(ValueError, match="above 0"):
        tax([Amount(Treatment.STANDARD, 2000, 0)], tax_included=True)
