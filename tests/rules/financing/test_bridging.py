from fractions import Fraction

import pytest

from filiere.rules.financing.bridging import Postponed, Way, WayKind, ways_to_bridge
from filiere.rules.financing.cash import Due, Receipts, receipts_of
from filiere.rules.financing.delays import AT_ONCE, Delays
from filiere.rules.financing.shape import Kind, State
from tests.rules.financing.scenes import ON, source

FEDER = Receipts("feder", (Due(6, 1000_00),), Delays((60,)))
SPENT = [200_00, 300_00, 500_00, 0, 0, 0, 0, 0, 0, 0]
RATE = Fraction(6, 100)


def test_ways_to_bridge_try_an_advance_a_cost_put_off_and_a_loan():
    found = ways_to_bridge(
        [FEDER], SPENT, yearly_rate=RATE, opening_cents=500_00,
        advances={"feder": (Due(0, 300_00), Due(6, 700_00))},
        postponed={"van": Postponed(2, 8, 500_00)},
    )  # fmt: skip

    assert found == (
        Way(WayKind.POSTPONE, "van", 0, 0, 0),
        Way(WayKind.BORROW, "", 0, 6, 15_00),
        Way(WayKind.ADVANCE, "feder", 200_00, 6, 0),
    )
    assert [one.is_enough for one in found] == [True, True, False]


def test_ways_to_bridge_are_none_when_nothing_is_missing():
    assert ways_to_bridge([FEDER], SPENT, yearly_rate=RATE, opening_cents=1000_00) == ()


def test_ways_that_do_not_help_are_left_out():
    found = ways_to_bridge(
        [FEDER], SPENT, yearly_rate=RATE, advances={"feder": (Due(9, 1000_00),)},
        postponed={"desk": Postponed(3 - 1, 3, 100_00)},
    )  # fmt: skip

    assert [one.kind for one in found] == [WayKind.BORROW]


@pytest.mark.parametrize(
    "wrong",
    [
        {"advances": {"feder": (Due(0, 1),)}},
        {"postponed": {"van": Postponed(2, 30, 500_00)}},
        {"postponed": {"van": Postponed(1, 2, 500_00)}},
    ],
)
def test_ways_to_bridge_refuse_what_changes_amounts_or_is_not_spent(wrong):
    with pytest.raises(ValueError, match=r"changes when|is not spent"):
        ways_to_bridge([FEDER], SPENT, yearly_rate=RATE, **wrong)


@pytest.mark.parametrize("months", [(3, 3), (3, 2), (-1, 2)])
def test_postponed_refuses_what_is_not_later(months):
    with pytest.raises(ValueError, match="later month"):
        Postponed(*months, 1)


def test_receipts_of_a_source_take_its_chance_and_the_delays_of_its_kind():
    asked = source("s", 100, Kind.STATE, State.ASKED, chance="1/4")
    dues = (Due(0, 100_00),)

    found = receipts_of(asked, dues, ON)
    assert (found.chance, found.delays.days[0], found.delays.days[-1]) == (Fraction(1, 4), 90, 180)
    assert receipts_of(asked, dues, ON, [10] * 5).delays.days == (10,) * 5
    given = receipts_of(source("v", 100, Kind.VOLUNTEERING), dues, ON)
    assert (given.dues, given.delays) == ((), AT_ONCE)
