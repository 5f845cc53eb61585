from fractions import Fraction

import pytest

from filiere.rules.financing.shape import Allocation, Kind, Line, Plan, Regime, Source, State, Terms
from tests.rules.financing.scenes import line, source


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: line("a", 0), "not above zero"),
        (lambda: line("a", -5), "not above zero"),
        (lambda: line("a", 5, nature="staff"), "not an account number"),
        (lambda: line("a", 5, without_vat_cents=501), "dearer without tax"),
        (lambda: source("a", 0), "not above zero"),
        (lambda: source("a", 1, chance="3/2"), "between 0 and 1"),
        (lambda: source("a", 1, regime=Regime.DE_MINIMIS), "only public money"),
        (lambda: Terms(scheme="x", rate_max=Fraction(3, 2)), "not between 0 and 1"),
        (lambda: Terms(scheme="x", public_cap=Fraction(-1)), "not between 0 and 1"),
        (lambda: Terms(scheme="x", rate_min=Fraction(1, 2), rate_max=Fraction(1, 3)), "lowest"),
        (lambda: Terms(scheme="x", floor_cents=-1), "floor is negative"),
        (lambda: Terms(scheme="x", floor_cents=10, ceiling_cents=9), "ceiling is under"),
        (lambda: Allocation("a", "b", 0), "not above zero"),
        (lambda: Plan((line("a", 1), line("a", 1)), ()), "named twice"),
        (lambda: Plan((), (), (Allocation("a", "b", 1),)), "does not exist"),
    ],
)
def test_values_refuse_what_means_nothing(made, said):
    with pytest.raises(ValueError, match=said):
        made()


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (State.ASKED, Fraction(1, 3)),
        (State.NOTIFIED, Fraction(1)),
        (State.SETTLED, Fraction(1)),
        (State.REFUSED, Fraction(0)),
        (State.WITHDRAWN, Fraction(0)),
    ],
)
def test_chance_follows_the_state_once_the_funder_answered(state, expected):
    assert source("a", 10, state=state, chance="1/3").chance == expected


def test_kinds_say_which_money_they_are():
    public = {kind.value for kind in Kind if kind.is_public}
    files = {kind.value for kind in Kind if kind.needs_file}

    assert public == {"eu", "state", "region", "departement", "epci", "commune"}
    assert files == public | {"private", "foundation"}


def test_cost_and_funds_add_up_and_leave_out_what_was_refused():
    lines = (line("a", 10), line("b", 5, nature="86", is_in_kind=True))
    sources = (source("x", 7), source("y", 9, state=State.REFUSED))
    made = Plan(lines, sources)

    assert made.cost_cents() == 15_00
    assert made.cost_cents(in_kind=False) == 10_00
    assert made.funded_cents == 7_00


def test_line_with_tax_and_without_are_what_is_borne_when_nobody_said():
    assert (line("a", 10).with_vat, line("a", 10).without_vat) == (10_00, 10_00)
    both = Line(
        key="a", nature="60", amount_cents=1200, year=2027, with_vat_cents=1200,
        without_vat_cents=1000,
    )  # fmt: skip
    assert (both.with_vat, both.without_vat) == (1200, 1000)
    assert isinstance(source("a", 1), Source)
