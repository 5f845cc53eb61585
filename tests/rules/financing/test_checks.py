from datetime import date
from fractions import Fraction

import pytest

from filiere.rules.financing.checks import Level, check_plan, is_sound
from filiere.rules.financing.shape import Base, Kind, Line, Regime, State
from filiere.rules.financing.wording import Rule, words_of
from filiere.rules.parameters import Confidence
from tests.rules.financing.scenes import ON, line, plan, source

A, B = line("a", 600), line("b", 400, "60")
HALF = Fraction(1, 2)


def found(made, on=ON):
    return {(one.code, one.sources, one.gap_cents) for one in check_plan(made, on)}


def one_source(key="s", **more):
    """The plan of one line of 1,000 € that one source pays whole."""
    return plan([line("a", 1000)], [source(key, 1000, **more)], [(key, "a", 1000)])


def test_check_plan_finds_nothing_in_a_plan_that_adds_up():
    made = plan(
        [A, B], [source("s", 700, Kind.STATE, rate_max=Fraction(7, 10)), source("o", 300, Kind.OWN)],
        [("s", "a", 600), ("s", "b", 100), ("o", "b", 300)],
    )  # fmt: skip

    assert check_plan(made, ON) == ()
    assert is_sound(made, ON)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        pytest.param(plan([A], [source("s", 500)], [("s", "a", 500)]),
                     ("costs_uncovered", (), 100_00), id="too little money"),
        pytest.param(plan([A], [source("s", 700)], [("s", "a", 600)]),
                     ("over_funded", (), 100_00), id="too much money"),
        pytest.param(plan([A], [source("s", 700)], [("s", "a", 600)]),
                     ("parts_not_amount", ("s",), 100_00), id="money on no line"),
        pytest.param(plan([A, B], [source("s", 700), source("t", 300)],
                          [("s", "a", 700), ("t", "b", 300)]),
                     ("line_over_funded", (), 100_00), id="a line paid more than once"),
        pytest.param(one_source(rate_max=HALF), ("rate_above", ("s",), 500_00), id="rate"),
        pytest.param(one_source(ceiling_cents=900_00), ("ceiling", ("s",), 100_00), id="ceiling"),
        pytest.param(one_source(floor_cents=1100_00), ("floor", ("s",), 100_00), id="floor"),
        pytest.param(plan([A, B], [source("s", 100, rate_min=HALF)], [("s", "a", 100)]),
                     ("rate_below", ("s",), 400_00), id="least rate"),
        pytest.param(one_source(eligible_natures=frozenset({"60"})),
                     ("not_eligible", ("s",), 1000_00), id="nature"),
        pytest.param(one_source(eligible_until=date(2026, 12, 31)),
                     ("period", ("s",), 1000_00), id="year"),
        pytest.param(one_source(kind=Kind.STATE, public_cap=Fraction(4, 5)),
                     ("public_cap", ("s",), 200_00), id="80 % of public money"),
        pytest.param(one_source(self_funding_min=Fraction(1, 5)),
                     ("self_funding", ("s",), 200_00), id="the carrier's own share"),
        pytest.param(one_source(closes_on=date(2026, 11, 21)), ("call_closed", ("s",), 0),
                     id="closed yesterday"),
        pytest.param(one_source(opens_on=date(2026, 11, 23)), ("call_not_open", ("s",), 0),
                     id="opens tomorrow"),
        pytest.param(one_source(confidence=Confidence.MEMORY), ("to_verify", ("s",), 0),
                     id="terms from memory"),
        pytest.param(one_source(state=State.REFUSED), ("lost_counted", ("s",), 1000_00),
                     id="a refusal still counted"),
        pytest.param(one_source(kind=Kind.VOLUNTEERING), ("in_kind", ("s",), 1000_00),
                     id="volunteers cannot pay wages"),
        pytest.param(plan([line("a", 9), line("k", 1, "86", is_in_kind=True)], [source("s", 10)],
                          [("s", "a", 9), ("s", "k", 1)]),
                     ("in_kind", ("s",), 100), id="money cannot pay volunteers"),
        pytest.param(one_source(kind=Kind.STATE, regime=Regime.DE_MINIMIS),
                     ("headroom_unknown", ("s",), 0), id="aids received are not known"),
        pytest.param(plan([line("v", 1000, "2182", is_investment=True)],
                          [source("s", 1000, investment_share_max=Fraction(1, 4))],
                          [("s", "v", 1000)]),
                     ("investment_share", ("s",), 750_00), id="investment"),
    ],
)  # fmt: skip
def test_check_plan_names_what_is_wrong_and_by_how_much(made, expected):
    assert expected in found(made)


def test_check_plan_says_when_the_european_share_is_above_the_eligible_cost():
    made = plan(
        [A, B], [source("e", 1000, Kind.EU, eligible_natures=frozenset({"64"}))],
        [("e", "a", 600), ("e", "b", 400)],
    )  # fmt: skip

    assert ("eu_above_eligible", ("e",), 400_00) in found(made)


def test_check_plan_refuses_two_european_grants_on_one_line_and_not_on_two():
    sources = [source("feder", 500, Kind.EU), source("fse", 500, Kind.EU)]
    apart = plan([A, B], sources, [("feder", "a", 500), ("fse", "a", 100), ("fse", "b", 400)])

    assert found(apart) == {("double_eu", ("feder", "fse"), 100_00)}
    alone = plan(
        [line("a", 500), line("b", 500)], sources, [("feder", "a", 500), ("fse", "b", 500)]
    )
    assert found(alone) == set()


def test_check_plan_tells_a_pair_that_excludes_each_other_once():
    sources = [
        source("s", 600, Kind.REGION, excludes=frozenset({"Ville"})),
        source("t", 400, Kind.COMMUNE, funder="Ville", excludes=frozenset({"s"})),
    ]
    made = plan([A, B], sources, [("s", "a", 600), ("t", "b", 400)])

    assert found(made) == {("exclusion", ("s", "t"), 0)}


def test_check_plan_counts_aid_asked_against_the_head_room_not_aid_granted():
    kinds = {"kind": Kind.STATE, "regime": Regime.DE_MINIMIS}
    sources = [source("s", 600, **kinds), source("t", 400, state=State.NOTIFIED, **kinds)]
    parts = [("s", "a", 600), ("t", "b", 400)]

    enough = plan([A, B], sources, parts, headroom={Regime.DE_MINIMIS: 600_00})
    assert found(enough) == set()
    short = plan([A, B], sources, parts, headroom={Regime.DE_MINIMIS: 599_00})
    assert found(short) == {("headroom", ("s",), 100)}


def test_check_plan_accepts_an_award_lower_than_the_terms_say():
    made = one_source(state=State.NOTIFIED, floor_cents=2000_00, rate_min=Fraction(1))

    assert found(made) == set()


def test_check_plan_counts_volunteering_as_private_money_when_the_scheme_values_it():
    kind = line("k", 250, "86", is_in_kind=True)
    volunteers = source("v", 250, Kind.VOLUNTEERING)
    parts = [("s", "a", 1000), ("v", "k", 250)]
    cap = {"kind": Kind.STATE, "public_cap": Fraction(4, 5)}

    counted = plan([line("a", 1000), kind], [source("s", 1000, counts_in_kind=True, **cap),
                                             volunteers], parts)  # fmt: skip
    assert found(counted) == set()
    left_out = plan([line("a", 1000), kind], [source("s", 1000, **cap), volunteers], parts)
    assert found(left_out) == {("public_cap", ("s",), 200_00)}


def test_check_plan_sees_tax_mixed_up():
    bought = Line(key="pc", nature="60", amount_cents=1200_00, year=2027, without_vat_cents=1000_00)
    made = plan([bought], [source("s", 1200, base=Base.WITHOUT_VAT)], [("s", "pc", 1200)])

    assert ("not_eligible", ("s",), 200_00) in found(made)
    assert ("rate_above", ("s",), 200_00) in found(made)


def test_findings_carry_the_text_of_the_scheme_first_and_their_level():
    made = one_source(ceiling_cents=1, source="Appel 2026, art. 4", since=date(2026, 1, 5),
                      confidence=Confidence.MEMORY)  # fmt: skip
    ceiling, verify = check_plan(made, ON)

    assert (ceiling.source, ceiling.since) == ("Appel 2026, art. 4", date(2026, 1, 5))
    assert (ceiling.level, verify.level) == (Level.BLOCKING, Level.WARNING)
    assert not is_sound(made, ON)


@pytest.mark.parametrize("rule", list(Rule))
def test_every_rule_has_words_in_two_languages_and_a_source(rule):
    told = words_of(rule)

    assert all((told.what.fr, told.what.en, told.remedy.fr, told.remedy.en, told.what.source))
