from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filiere.rules.financing.checks import Level, check_plan
from filiere.rules.financing.optimum import (
    Objective,
    Pace,
    Problem,
    allocate,
    loosened,
    optimise,
    worth_of,
)
from filiere.rules.financing.shape import Base, Kind, Line, Regime, Source, State, Terms
from filiere.rules.financing.wording import Rule
from tests.rules.financing.scenes import ON, line, plan, source

ONE = (line("a", 1000),)
EXPECTED = Objective.LARGEST_EXPECTED


def ask(*sources, lines=ONE, **more):
    return optimise(Problem(lines=tuple(lines), sources=sources, on=ON, **more))


def euros(found):
    return {key: cents / 100 for key, cents in found.amounts.items()}


def test_optimise_finds_the_fewest_files():
    found = ask(source("a", 400), source("b", 700), source("c", 400), source("d", 300))

    assert found.files == found.new_files == 2
    assert found.funded_cents == 1000_00
    assert found.is_proven
    assert "b" in found.amounts


def test_optimise_takes_the_likeliest_money_among_as_few_files():
    found = ask(source("a", 1000, chance="1/3"), source("b", 1000, chance="2/3"))

    assert euros(found) == {"b": 1000}
    assert found.expected_cents == 666_66


def test_optimise_counts_no_file_for_one_already_sent_nor_for_the_carriers_own_money():
    sent = source("sent", 400, state=State.ASKED)
    found = ask(
        sent, source("new", 700), source("own", 400, Kind.OWN), source("income", 200, Kind.INCOME)
    )

    assert (found.files, found.new_files) == (1, 0)
    assert "new" not in found.amounts


def test_optimise_finds_the_largest_expected_money():
    found = ask(
        source("sure", 600, chance="9/10"), source("big", 1000, chance="1/2"),
        source("small", 300, chance="7/10"), objective=EXPECTED,
    )  # fmt: skip

    assert euros(found) == {"sure": 600, "small": 300, "big": 100}
    assert found.expected_cents == 540_00 + 210_00 + 50_00


def test_optimise_seeks_the_likeliest_money_when_every_file_is_written():
    sent = [source(key, 1000, state=State.ASKED, chance=chance) for key, chance in
            (("a", "1/4"), ("b", "1/2"))]  # fmt: skip

    assert euros(ask(*sent)) == {"b": 1000}


def test_optimise_asks_the_fewest_funders_for_as_much_expected_money():
    found = ask(
        source("a", 500), source("b", 500), source("c", 1000), lines=ONE, objective=EXPECTED
    )

    assert euros(found) == {"c": 1000}


def test_optimise_finds_the_smallest_cash_gap():
    late, soon = [Fraction(0)] * 5 + [Fraction(1)], [Fraction(1)]
    pace = Pace((200_00, 400_00, 600_00, 800_00, 1000_00, 1000_00),
                {"late": tuple(late), "soon": tuple(soon)}, opening_cents=100_00)  # fmt: skip
    sources = (source("late", 1000, chance="1"), source("soon", 700, chance="1/4"))
    found = ask(*sources, objective=Objective.SMALLEST_CASH_GAP, pace=pace)

    assert euros(found) == {"late": 300, "soon": 700}
    assert found.gap_cents == 200_00
    assert found.is_proven


def test_optimise_keeps_what_was_granted_and_leaves_out_what_cannot_be_asked():
    found = ask(
        source("granted", 300, state=State.NOTIFIED, floor_cents=500_00),
        source("refused", 1000, state=State.REFUSED),
        source("closed", 1000, closes_on=date(2026, 11, 21)),
        source("dear", 1000, floor_cents=2000_00),
        source("other", 1000, eligible_natures=frozenset({"60"})),
        source("early", 1000, eligible_until=date(2026, 1, 1)),
        source("good", 900),
    )

    assert euros(found) == {"granted": 300, "good": 700}
    assert {one.source: one.rule for one in found.left_out} == {
        "closed": Rule.CALL_CLOSED, "dear": Rule.FLOOR, "other": Rule.NOT_ELIGIBLE,
        "early": Rule.PERIOD,
    }  # fmt: skip


def test_optimise_leaves_out_a_scheme_whose_budget_rule_the_project_breaks():
    bus = line("bus", 1000, "2182", is_investment=True)
    found = ask(source("feder", 1000, investment_share_max=Fraction(1, 4)), source("s", 1000),
                lines=[bus])  # fmt: skip

    assert euros(found) == {"s": 1000}
    assert [one.rule for one in found.left_out] == [Rule.INVESTMENT_SHARE]


def test_optimise_pays_what_is_in_kind_with_what_is_in_kind():
    lines = [line("a", 1000), line("k", 200, "86", is_in_kind=True)]
    found = ask(source("s", 2000), source("v", 300, Kind.VOLUNTEERING), lines=lines)

    assert euros(found) == {"s": 1000, "v": 200}


def test_optimise_never_pays_a_line_with_two_grants_of_the_union():
    lines = [line("a", 500), line("b", 300), line("c", 200)]
    found = ask(
        source("feder", 600, Kind.EU), source("fse", 600, Kind.EU), lines=lines,
        objective=EXPECTED, cover_min=Fraction(0),
    )  # fmt: skip

    assert found.funded_cents == 1000_00
    assert check_plan(found.plan, ON) == ()


def test_optimise_says_what_to_loosen_when_money_is_short():
    found = ask(source("a", 400, ceiling_cents=400_00), source("b", 500))

    assert found.plan is None
    assert [(way.rules, way.cents, way.sources) for way in found.ways_out] == [
        ((Rule.AMOUNT,), 100_00, ("b",)),
        ((Rule.COSTS_UNCOVERED,), 100_00, ("money",)),
    ]
    assert found.ways_out[0].words[0].remedy.en == "Ask it for more, if it accepts."


@pytest.mark.parametrize(
    ("sources", "headroom", "rule", "cents"),
    [
        pytest.param([source("s", 1000, Kind.STATE, public_cap=Fraction(4, 5))], {},
                     Rule.PUBLIC_CAP, 200_00, id="public money"),
        pytest.param([source("s", 1000, rate_max=Fraction(3, 5))], {}, Rule.RATE_ABOVE, 400_00,
                     id="rate"),
        pytest.param([source("s", 1000, self_funding_min=Fraction(1, 10))], {},
                     Rule.SELF_FUNDING, 100_00, id="own money"),
        pytest.param([source("s", 1000, Kind.STATE, regime=Regime.DE_MINIMIS)],
                     {Regime.DE_MINIMIS: 700_00}, Rule.HEADROOM, 300_00, id="de minimis"),
        pytest.param([source("s", 1100, state=State.NOTIFIED)], {}, Rule.GRANTED, 100_00,
                     id="more granted than the project costs"),
    ],
)  # fmt: skip
def test_optimise_names_the_requirement_in_the_way(sources, headroom, rule, cents):
    found = ask(*sources, headroom=headroom)

    assert found.plan is None
    assert (rule, cents) in {(way.rules[0], way.cents) for way in found.ways_out}


def test_optimise_says_that_two_funders_exclude_each_other():
    found = ask(source("a", 500, excludes=frozenset({"b"})), source("b", 500))

    assert ((Rule.EXCLUSION,), 0) in {(way.rules, way.cents) for way in found.ways_out}


def test_binding_limits_are_named_with_what_one_more_euro_brings():
    found = ask(
        source("sure", 900, chance="9/10", ceiling_cents=400_00),
        source("half", 900, chance="1/2"),
        objective=EXPECTED,
    )

    ceiling = next(one for one in found.binding if one.rule == Rule.CEILING)
    assert (ceiling.source, ceiling.worth_cents) == ("sure", 40)


def test_binding_rate_says_what_one_more_point_brings():
    problem = Problem(
        lines=ONE, on=ON, objective=EXPECTED,
        sources=(source("sure", 900, chance="9/10", rate_max=Fraction(2, 5)),
                 source("half", 900, chance="1/2")),
    )  # fmt: skip
    rate = next(one for one in optimise(problem).binding if one.rule == Rule.RATE_ABOVE)

    assert (rate.worth_cents, rate.worth_of_a_point_cents) == (40, 400)
    assert worth_of(problem, rate, 1) == 400


def test_worth_of_says_how_many_files_a_higher_ceiling_spares():
    problem = Problem(
        lines=ONE, on=ON,
        sources=(source("a", 900, ceiling_cents=900_00), source("b", 100)),
    )  # fmt: skip
    ceiling = next(one for one in optimise(problem).binding if one.rule == Rule.CEILING)

    assert worth_of(problem, ceiling, 100_00) == 1
    assert worth_of(problem, ceiling, 99_99) == 0


def test_loosened_refuses_what_is_no_limit_of_a_source():
    problem = Problem(lines=ONE, on=ON, sources=(source("a", 1000, floor_cents=1000_00),))
    floor = next(one for one in optimise(problem).binding if one.rule == Rule.FLOOR)

    with pytest.raises(ValueError, match="cannot be loosened"):
        loosened(problem, floor, 1)


@pytest.mark.parametrize("cover", [Fraction(-1), Fraction(2)])
def test_problem_refuses_a_cover_out_of_range(cover):
    with pytest.raises(ValueError, match="cover_min"):
        Problem(lines=ONE, sources=(), on=ON, cover_min=cover)


def test_problem_refuses_the_smallest_gap_without_a_pace():
    with pytest.raises(ValueError, match="needs a pace"):
        Problem(lines=ONE, sources=(), on=ON, objective=Objective.SMALLEST_CASH_GAP)


def test_allocate_spreads_amounts_already_chosen_as_their_terms_allow():
    made = plan(
        [line("staff", 600), line("desk", 400, "60")],
        [source("any", 500), source("wages", 500, eligible_natures=frozenset({"64"})),
         source("no", 900, state=State.REFUSED)],
        [("any", "staff", 500)],
    )  # fmt: skip
    found = allocate(made, ON)

    assert check_plan(found, ON) == ()
    assert {(one.source, one.line): one.cents for one in found.allocations} == {
        ("any", "desk"): 400_00, ("any", "staff"): 100_00, ("wages", "staff"): 500_00,
    }  # fmt: skip
    assert found.sources == made.sources


def test_allocate_gives_nothing_when_no_way_holds():
    made = plan([line("desk", 400, "60")], [source("w", 1, eligible_natures=frozenset({"64"}))])

    assert allocate(made, ON) is None


def test_optimise_without_any_source_says_that_everything_is_missing():
    found = ask()

    assert [(way.rules, way.cents) for way in found.ways_out] == [
        ((Rule.COSTS_UNCOVERED,), 1000_00)
    ]


# --- properties ---------------------------------------------------------------------------------

NATURES = ("60", "61", "64")
STATES = (State.ENVISAGED, State.ENVISAGED, State.ASKED, State.REFUSED, State.NOTIFIED)
RATES = st.fractions(min_value=Fraction(1, 5), max_value=1, max_denominator=7)


@st.composite
def problems(draw):
    """Small problems with every kind of rule, most of them feasible."""
    count = draw(st.integers(1, 5))
    lines = tuple(
        Line(
            key=f"l{rank}", nature=draw(st.sampled_from(NATURES)), year=2027,
            amount_cents=(cents := draw(st.integers(1, 100_000))),
            without_vat_cents=draw(st.sampled_from([None, cents * 5 // 6])),
            is_in_kind=draw(st.integers(0, 7)) == 0,
        )
        for rank in range(count)
    )  # fmt: skip
    sources = tuple(draw(one_source(rank)) for rank in range(draw(st.integers(1, 7))))
    spent = sorted(draw(st.lists(st.integers(0, 300_000), min_size=3, max_size=3)))
    share = st.sampled_from([(Fraction(0), Fraction(1, 3), Fraction(1)), (Fraction(1),)])
    return Problem(
        lines=lines, sources=sources, on=ON,
        objective=draw(st.sampled_from(list(Objective))),
        cover_min=draw(st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(1)])),
        headroom={Regime.DE_MINIMIS: draw(st.integers(0, 200_000))},
        pace=Pace(tuple(spent), {one.key: draw(share) for one in sources}),
    )  # fmt: skip


@st.composite
def one_source(draw, rank):
    """A source with terms drawn at random."""
    kind = draw(st.sampled_from([*Kind, Kind.EU, Kind.EU]))
    low, high = sorted((draw(RATES) - Fraction(1, 5), draw(RATES)))
    floor, ceiling = draw(st.integers(0, 20_000)), draw(st.integers(20_000, 300_000))
    terms = Terms(
        scheme=f"t{rank}", rate_min=low if draw(st.booleans()) else Fraction(0), rate_max=high,
        floor_cents=draw(st.sampled_from([0, floor])),
        ceiling_cents=draw(st.sampled_from([None, ceiling])),
        eligible_natures=draw(st.sets(st.sampled_from(NATURES), max_size=2).map(frozenset)),
        base=draw(st.sampled_from(list(Base))), counts_in_kind=draw(st.booleans()),
        public_cap=draw(st.sampled_from([None, Fraction(4, 5), Fraction(1, 3)])),
        self_funding_min=draw(st.sampled_from([Fraction(0), Fraction(1, 9)])),
        excludes=draw(st.sampled_from([frozenset(), frozenset({"f0", "f1"})])),
    )  # fmt: skip
    return Source(
        key=f"s{rank}", funder=f"f{rank}", kind=kind, terms=terms,
        amount_cents=draw(st.integers(1, 200_000)),
        state=draw(st.sampled_from(STATES)),
        probability=draw(RATES),
        regime=Regime.DE_MINIMIS if kind.is_public and draw(st.booleans()) else Regime.NONE,
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(problems())
def test_every_plan_of_the_optimiser_passes_every_check_to_the_cent(problem):
    found = optimise(problem)
    if found.plan is None:
        assert found.ways_out or found.left_out or not problem.sources
        return
    blocking = [one for one in check_plan(found.plan, ON) if one.level == Level.BLOCKING]

    allowed = set() if problem.cover_min == 1 else {Rule.COSTS_UNCOVERED}
    assert {one.rule for one in blocking} <= allowed
    assert found.is_proven
    granted = [one for one in problem.sources if one.state.is_granted]
    assert all(found.amounts[one.key] == one.amount_cents for one in granted)
    assert found.funded_cents == sum(one.cents for one in found.plan.allocations)
    for in_kind in (False, True):
        lines = [one for one in problem.lines if one.is_in_kind == in_kind]
        paid = sum(
            part.cents for part in found.plan.allocations if part.line in {one.key for one in lines}
        )
        assert paid >= sum(one.amount_cents for one in lines) * problem.cover_min


@settings(max_examples=60, deadline=None)
@given(problems())
def test_the_same_problem_has_the_same_answer(problem):
    assert optimise(problem) == optimise(problem)


@settings(max_examples=80, deadline=None)
@given(
    total=st.integers(1, 1000),
    ranges=st.lists(st.tuples(st.integers(1, 400), st.integers(0, 400)), min_size=1, max_size=7),
)
def test_fewest_files_is_what_trying_every_choice_finds(total, ranges):
    sources = [
        source(f"s{rank}", low + more, floor_cents=low * 100)
        for rank, (low, more) in enumerate(ranges)
    ]
    tried = [
        size
        for size in range(1, len(ranges) + 1)
        for some in combinations(ranges, size)
        if sum(low for low, _ in some) <= total <= sum(low + more for low, more in some)
    ]
    found = ask(*sources, lines=[line("a", total)])

    assert (found.files if found.plan else None) == (min(tried) if tried else None)


def test_a_granted_grant_is_never_cut_to_the_cent():
    odd = replace(source("odd", 1, state=State.CONTRACTED), amount_cents=333_33)
    found = ask(odd, source("rest", 1000))

    assert found.amounts == {"odd": 333_33, "rest": 666_67}
