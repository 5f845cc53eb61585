from datetime import date
from fractions import Fraction

import pytest

from filiere.rules.financing import bases
from filiere.rules.financing.shape import Base, FlatRate, Kind, Line, Terms
from filiere.rules.parameters import ParameterNotInForce
from tests.rules.financing.scenes import ON, line, source

DIRECT = [line("services", 80_000, "62"), line("staff", 120_000, "641")]
OVERHEAD = line("rent", 9_000, "613", is_indirect=True)


@pytest.mark.parametrize(
    ("flat_rate", "expected"),
    [
        pytest.param(FlatRate.NONE, 209_000, id="real costs, indirect ones included"),
        pytest.param(FlatRate.DIRECT_LESS_SERVICES, 224_000,
                     id="published vector: 200,000 direct of which 80,000 services"),
        pytest.param(FlatRate.DIRECT, 214_000, id="7 % of direct costs"),
        pytest.param(FlatRate.STAFF, 218_000, id="15 % of staff"),
        pytest.param(FlatRate.STAFF_ALL_OTHERS, 168_000, id="40 % of staff for all the rest"),
    ],
)  # fmt: skip
def test_r6_eligible_base_of_the_flat_rates_of_european_funds(flat_rate, expected):
    terms = Terms(scheme="FSE", flat_rate=flat_rate)

    assert bases.eligible_base([*DIRECT, OVERHEAD], terms, ON) == expected * 100


def test_eligible_base_refuses_a_flat_rate_before_it_existed():
    with pytest.raises(ParameterNotInForce):
        bases.eligible_base(DIRECT, Terms(scheme="x", flat_rate=FlatRate.STAFF), date(2020, 12, 31))


@pytest.mark.parametrize(
    ("base", "borne", "expected"),
    [
        pytest.param(Base.WITH_VAT, 1200, 1200, id="tax that is not recovered is a cost"),
        pytest.param(Base.WITHOUT_VAT, 1200, 1000, id="a funder that counts without tax"),
        pytest.param(Base.WITH_VAT, 1000, 1000, id="tax that is recovered is no cost"),
    ],
)
def test_counted_cents_never_exceed_what_is_borne(base, borne, expected):
    one = Line(
        key="a", nature="60", amount_cents=borne, year=2027, with_vat_cents=1200,
        without_vat_cents=1000,
    )  # fmt: skip

    assert bases.counted_cents(one, Terms(scheme="x", base=base)) == expected


@pytest.mark.parametrize(
    ("one", "kind", "terms", "expected"),
    [
        (line("a", 10), Kind.STATE, {}, 1000),
        (line("a", 10, "6411"), Kind.STATE, {"eligible_natures": frozenset({"64"})}, 1000),
        (line("a", 10, "60"), Kind.STATE, {"eligible_natures": frozenset({"64"})}, 0),
        (line("a", 10), Kind.STATE, {"eligible_until": date(2026, 12, 31)}, 0),
        (line("a", 10), Kind.STATE, {"eligible_from": date(2028, 1, 1)}, 0),
        (line("a", 10), Kind.STATE, {"eligible_from": date(2027, 6, 1)}, 1000),
        (line("a", 10, "86", is_in_kind=True), Kind.STATE, {"counts_in_kind": True}, 0),
        (line("a", 10, "86", is_in_kind=True), Kind.VOLUNTEERING, {}, 1000),
        (line("a", 10), Kind.VOLUNTEERING, {}, 0),
        (OVERHEAD, Kind.EU, {"flat_rate": FlatRate.DIRECT,
                             "eligible_natures": frozenset({"64"})}, 900_000),
        (line("a", 10, "60"), Kind.EU, {"flat_rate": FlatRate.DIRECT,
                                        "eligible_natures": frozenset({"64"})}, 0),
    ],
)  # fmt: skip
def test_payable_cents_says_what_a_source_may_pay_of_a_line(one, kind, terms, expected):
    assert bases.payable_cents(one, source("s", 1, kind=kind, **terms)) == expected


def test_limits_round_what_is_given_down_and_what_is_asked_up():
    lines = [Line(key="a", nature="64", amount_cents=1001, year=2027)]
    found = bases.limits_of(
        source("s", 100, rate_min=Fraction(1, 3), rate_max=Fraction(1, 2), ceiling_cents=400),
        lines, ON,
    )  # fmt: skip

    assert (found.base, found.by_rate, found.at_least_by_rate) == (1001, 500, 334)
    assert (found.least, found.most) == (334, 400)


def test_r6_investment_share_is_a_rule_on_the_budget_and_accepts_the_projects_of_the_texts():
    # Hauts-de-France 2018: FEDER 11.02 of 18 M€, 61 % of the cost; 25 % bears on investment.
    lines = [line("bus", 4_500_000, "2182", is_investment=True), line("staff", 13_500_000)]
    terms = Terms(scheme="FEDER", investment_share_max=Fraction(1, 4))

    assert not bases.has_too_much_investment(lines, terms)
    dearer = [line("bus", 4_500_001, "2182", is_investment=True), line("staff", 13_500_000)]
    assert bases.investment_excess(dearer, terms) == 75
