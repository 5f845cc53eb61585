"""R5: the assistants on small State aid and on mandates of general interest services."""

from datetime import date

import pytest

from filiere.rules import parameters
from filiere.rules.assistants.registry import all_assistants

NOW = date(2026, 11, 22)
NEW = {
    "economic": True, "local": False, "granted_on": date(2026, 11, 1), "amount": 0,
    "is_grant": True, "linked_counted": True, "received": 0,
}  # fmt: skip
MANDATE = {
    "act": True, "names_service": True, "names_territory": True, "names_public": True,
    "years": 3, "other_activities": False, "budget": "final", "costs": 5_000_000,
    "receipts": 1_000_000, "money": 4_000_000,
}  # fmt: skip
SIGNED = frozenset({
    "sgei.entrustment_years", "sgei.yearly_ceiling_cents", "sgei_mandate.under_ceiling",
})  # fmt: skip


def small(key="de_minimis", **answers):
    return all_assistants()[key].judge(NEW | answers, NOW)


def mandate(verified=SIGNED, **answers):
    return all_assistants()["sgei_mandate"].judge(MANDATE | answers, NOW, verified)


@pytest.mark.parametrize(
    ("key", "received", "amount", "verdict", "left"),
    [
        ("de_minimis", 20_000_000, 10_000_000, "clear", 0),
        ("de_minimis", 20_000_000, 10_000_001, "stop", -1),
        ("de_minimis_sgei", 20_000_000, 55_000_000, "clear", 0),
        ("de_minimis_sgei", 20_000_000, 55_000_001, "stop", -1),
    ],
)
def test_r5_ceiling_at_the_grant_date(key, received, amount, verdict, left):
    found = small(key, received=received, amount=amount)
    assert (found.verdict, found.figures["left_cents"]) == (verdict, left)


def test_r5_the_regime_is_that_of_the_grant_date_not_of_today():
    found = small(granted_on=date(2023, 12, 31), received=0, amount=20_000_001)
    assert (found.verdict, found.figures["first_day"]) == ("stop", date(2021, 1, 1))


def test_r5_the_window_is_told_day_to_day():
    found = small(granted_on=date(2024, 1, 30))
    assert found.path[1].words.en == (
        "Count what was granted from 31 January 2021 to 30 January 2024, three years day to day."
    )


def test_r5_economic_activity_is_asked_first():
    assert all_assistants()["de_minimis"].judge({}, NOW).still[0].key == "economic"
    found = small(economic=False)
    assert (found.verdict, found.to_verify) == ("caution", ("de_minimis.not_economic",))
    assert small(local=True).to_verify == ("de_minimis.local",)


@pytest.mark.parametrize("lacks", ["is_grant", "linked_counted"])
def test_r5_a_count_that_lacks_something_is_never_clear(lacks):
    assert small(**{lacks: False}).verdict == "caution"


def test_r5_register_is_told_from_2026():
    assert "register" in {one.key for one in small().path}
    assert "register" not in {one.key for one in small(granted_on=date(2025, 12, 31)).path}


def test_r5_undertakings_in_difficulty_are_no_longer_excluded_from_sgei_aid_since_2024():
    told = {one.key for one in small("de_minimis_sgei").path}
    before = {one.key for one in small("de_minimis_sgei", granted_on=date(2023, 12, 31)).path}
    assert ("difficulty" in told, "difficulty" in before) == (True, False)
    assert "difficulty" not in {one.key for one in small().path}


def test_a_grant_after_2030_is_unknown():
    assert small(granted_on=date(2031, 1, 1)).verdict == "unknown"


def test_r5_mandate_is_complete_once_its_figures_are_signed():
    assert mandate().verdict == "clear"
    unsigned = mandate(verified=frozenset())
    assert (unsigned.verdict, set(unsigned.to_verify)) == ("caution", SIGNED)


@pytest.mark.parametrize("lacks", ["names_service", "names_territory", "names_public"])
def test_r5_act_names_service_territory_and_public(lacks):
    found = mandate(**{lacks: False})
    assert (found.verdict, f"not_{lacks}" in {one.key for one in found.path}) == ("stop", True)


@pytest.mark.parametrize(("years", "verdict"), [(0, "stop"), (10, "clear"), (11, "stop")])
def test_r5_act_lasts_ten_years_at_most(years, verdict):
    assert mandate(years=years).verdict == verdict


def test_r5_accounts_are_separate_when_other_activities_exist():
    assert mandate(other_activities=True, separate_accounts=False).verdict == "stop"
    assert mandate(other_activities=True, separate_accounts=True).verdict == "clear"


@pytest.mark.parametrize(
    ("budget", "premises", "verdict"),
    [("final", 0, "clear"), ("final", 1, "stop"), ("planned", 1, "caution")],
)
def test_r5_over_compensation_counts_what_is_lent(budget, premises, verdict):
    found = mandate(budget=budget, premises=premises)
    assert (found.verdict, found.figures["over_cents"]) == (verdict, premises)


def test_r5_no_act_is_no_mandate_and_mediation_is_not_recognised():
    found = mandate(act=False)
    assert found.verdict == "stop"
    assert found.path[0].key == "not_recognised"


def test_r5_compensation_above_the_yearly_ceiling_is_never_clear():
    assert mandate(costs=200_000_000_000, money=150_000_000_001).verdict == "caution"


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("sgei.yearly_ceiling_cents", 1_500_000_000), ("sgei.entrustment_years", 10),
        ("state_aid.register", 1),
    ],
)  # fmt: skip
def test_r5_parameters(key, expected):
    assert parameters.value(key, NOW) == expected
