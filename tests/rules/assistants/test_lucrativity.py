"""R4: the four steps in order, the four P in decreasing weight, corporate tax."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules import parameters
from filiere.rules.assistants.lucrativity import WEIGHTS, weight
from filiere.rules.assistants.registry import all_assistants
from filiere.rules.assistants.shape import Verdict
from filiere.rules.corporate_tax import corporate_tax

ON = date(2025, 11, 22)
RANK = [Verdict.STOP, Verdict.CAUTION, Verdict.CLEAR]
FAIR = {"volunteers": True, "shared_out": False, "competes": True} | dict.fromkeys(WEIGHTS, True)


def judge(on=ON, **answers):
    return all_assistants()["lucrativity"].judge(FAIR | answers, on)


def test_r4_step_1_sharing_profits_ends_the_walk():
    found = judge(shared_out=True)
    assert (found.verdict, [one.key for one in found.path]) == (
        Verdict.STOP, ["volunteers", "shared_out"],
    )  # fmt: skip


def test_r4_step_1_pay_tolerance_is_three_quarters_and_to_verify():
    found = judge(volunteers=False, small_pay=True, competes=False)
    assert (found.verdict, found.to_verify) == (
        Verdict.CAUTION, ("association.manager_pay_share",),
    )  # fmt: skip
    assert "75%" in found.path[0].words.en
    assert judge(volunteers=False, small_pay=False).verdict == Verdict.STOP


def test_r4_step_2_without_competition_is_not_lucrative_whatever_the_four_p():
    found = judge(competes=False, product=False, public=False)
    assert (found.verdict, found.path[-1].key) == (Verdict.CLEAR, "no_competition")


def test_r4_step_3_all_four_p_are_clear_and_none_is_lucrative():
    assert judge().verdict == Verdict.CLEAR
    found = judge(**dict.fromkeys(WEIGHTS, False))
    assert (found.verdict, found.figures["weight"]) == (Verdict.STOP, 0)
    assert len(found.would_change) == 5


def test_r4_step_3_four_p_weigh_less_and_less():
    points = list(WEIGHTS.values())
    assert list(WEIGHTS) == ["product", "public", "price", "no_advertising"]
    assert points == sorted(points, reverse=True)
    assert len(set(points)) == 4
    alone = [
        RANK.index(judge(**dict.fromkeys(WEIGHTS, False) | {name: True}).verdict)
        for name in WEIGHTS
    ]
    assert alone == sorted(alone, reverse=True)
    assert (alone[0], alone[-1]) == (1, 0)


@pytest.mark.parametrize("name", list(WEIGHTS))
def test_r4_step_3_one_better_answer_never_worsens_the_verdict(name):
    for answers in product([False, True], repeat=4):
        given_now = dict(zip(WEIGHTS, answers, strict=True))
        worse = judge(**given_now | {name: False})
        better = judge(**given_now | {name: True})
        assert RANK.index(better.verdict) >= RANK.index(worse.verdict)
        assert weight(given_now | {name: True}) > weight(given_now | {name: False})


def test_r4_step_3_contradictory_signs_never_get_a_green_light():
    found = judge(price=False)
    assert (found.verdict, [one.en for one in found.would_change]) == (
        Verdict.CAUTION, ["Prices clearly lower, or set by income."],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("receipts", "year", "verdict"),
    [
        (8_001_100, 2025, Verdict.CLEAR),
        (8_001_101, 2025, Verdict.STOP),
        (8_001_100, 2026, Verdict.CAUTION),
    ],
)
def test_r4_step_4_accessory_is_under_the_threshold_of_the_year(receipts, year, verdict):
    close = dict.fromkeys(WEIGHTS, False)
    found = judge(on=date(year, 6, 1), accessory=True, receipts=receipts, **close)
    assert found.verdict == verdict


def test_r4_step_4_not_preponderant_is_lucrative():
    assert judge(accessory=False, **dict.fromkeys(WEIGHTS, False)).verdict == Verdict.STOP


def test_r4_corporate_tax_is_shown_with_its_reduced_rate_to_verify():
    found = judge(profit=10_000_000, **dict.fromkeys(WEIGHTS, False))
    assert (found.figures["tax_cents"], found.figures["reduced_tax_cents"]) == (
        2_500_000, 2_075_000,
    )  # fmt: skip
    assert "corporate_tax.reduced_rate" in found.to_verify


@pytest.mark.parametrize(
    ("profit", "reduced", "tax"),
    [
        (4_250_000, True, 637_500), (4_250_100, True, 637_525), (0, True, 0),
        (4_250_000, False, 1_062_500), (3, False, 0),
    ],
)  # fmt: skip
def test_corporate_tax(profit, reduced, tax):
    assert corporate_tax(profit, ON, reduced=reduced) == tax


def test_corporate_tax_refuses_a_loss_and_a_year_unknown():
    with pytest.raises(ValueError, match="below 0"):
        corporate_tax(-1, ON, reduced=False)
    with pytest.raises(parameters.ParameterNotInForce):
        corporate_tax(1, date(2021, 12, 31), reduced=False)


@pytest.mark.parametrize(
    ("key", "on", "expected"),
    [
        ("corporate_tax.reduced_ceiling_cents", date(2021, 12, 31), 3_812_000),
        ("corporate_tax.reduced_ceiling_cents", date(2022, 1, 1), 4_250_000),
        ("association.fund_raising_events", ON, 6),
    ],
)
def test_r4_parameters(key, on, expected):
    assert parameters.value(key, on) == expected


@given(profit=st.integers(0, 10**12))
def test_corporate_tax_reduced_is_never_more_and_at_most_a_tenth_of_the_ceiling_less(profit):
    normal = corporate_tax(profit, ON, reduced=False)
    reduced = corporate_tax(profit, ON, reduced=True)
    assert 0 <= normal - reduced <= 425_000
