from datetime import date
from fractions import Fraction

import pytest

from filiere.rules.financing.shape import Base, FlatRate, Kind, Line
from filiere.rules.financing.views import moved_by, view_of
from filiere.rules.financing.wording import Rule
from tests.rules.financing.scenes import ON, line, source

PC = Line(key="pc", nature="606", amount_cents=1200_00, year=2027, without_vat_cents=1000_00)
LINES = [
    line("staff", 3000), PC, line("rent", 500, "613", is_indirect=True),
    line("volunteers", 400, "86", is_in_kind=True), line("late", 700, year=2029),
]  # fmt: skip


def seen(view):
    return {one.line.key: (one.counted_cents // 100, one.rule) for one in view.lines}


def test_view_of_a_funder_that_counts_without_tax_and_for_two_years():
    view = view_of(
        source("s", 2100, base=Base.WITHOUT_VAT, eligible_until=date(2028, 12, 31)), LINES, ON
    )

    assert seen(view) == {
        "staff": (3000, None), "pc": (1000, None), "rent": (500, None),
        "volunteers": (0, Rule.IN_KIND), "late": (0, Rule.PERIOD),
    }  # fmt: skip
    assert (view.flat_rate_cents, view.limits.base) == (0, 4500_00)
    assert view.rate == Fraction(2100, 4500)
    assert view.lines[1].left_out_cents == 200_00


@pytest.mark.parametrize(
    ("flat_rate", "counted", "flat"),
    [
        (FlatRate.STAFF, {"staff", "pc", "late"}, 55_500),
        (FlatRate.STAFF_ALL_OTHERS, {"staff", "late"}, 148_000),
    ],
)
def test_view_of_a_flat_rate_leaves_out_the_real_costs_it_stands_for(flat_rate, counted, flat):
    view = view_of(source("e", 100, Kind.EU, flat_rate=flat_rate), LINES, ON)

    assert {one.line.key for one in view.lines if one.counted_cents} == counted
    assert view.flat_rate_cents == flat
    assert view.limits.base == sum(one.counted_cents for one in view.lines) + flat


def test_view_of_volunteering_is_what_is_in_kind():
    view = view_of(source("v", 400, Kind.VOLUNTEERING), LINES, ON)

    assert {key for key, (cents, _) in seen(view).items() if cents} == {"volunteers"}
    assert view.limits.base == 400_00
    assert view_of(source("x", 1, eligible_natures=frozenset({"65"})), LINES, ON).rate is None


def test_moved_by_names_the_funders_a_change_of_lines_concerns():
    staff = source("staff only", 100, eligible_natures=frozenset({"64"}))
    everything = source("everything", 100)
    dearer = [line("staff", 3000), line("pc", 1300, "606"), *LINES[2:]]

    assert moved_by(LINES, dearer, [staff, everything], ON) == ("everything",)
    assert moved_by(LINES, LINES, [staff, everything], ON) == ()
