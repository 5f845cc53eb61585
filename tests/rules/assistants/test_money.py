"""R8, R13: treasury, local currency and limited networks as decision aids."""

from datetime import date

import pytest

from filiere.rules.assistants.registry import all_assistants
from filiere.rules.assistants.shape import Verdict
from filiere.rules.parameters import all_parameters

ON = date(2026, 11, 22)
LOAN = {
    "both_non_profit": True, "operation": "loan", "link": "same_union",
    "lender_declared_on": date(2020, 1, 1), "lent_on": ON, "due_on": date(2027, 11, 22),
    "interest": False, "long_term": True,
}  # fmt: skip
NOTES = {
    "issuer": "solidarity", "sole_object": True, "medium": "paper", "euro_change": False,
    "person_buy_back": False, "provider_buy_back": True,
}  # fmt: skip
VOUCHER = {"scope": "network", "electronic": False, "declared": True}


def judge(key, answers, verified=frozenset(), **changes):
    return all_assistants()[key].judge(answers | changes, ON, verified)


def taken(found):
    return [step.key for step in found.path]


def test_r13_a_loan_within_one_union_is_possible():
    found = judge("treasury", LOAN)
    assert (found.verdict, taken(found)) == (Verdict.CLEAR, ["non_profit", "all_met"])
    assert {one.key for one in found.used} == {"treasury.lender_years", "treasury.loan_years"}


@pytest.mark.parametrize(
    ("change", "last"),
    [
        ({"both_non_profit": False}, "not_non_profit"),
        ({"lender_declared_on": date(2023, 11, 23)}, "lender_too_young"),
        ({"due_on": date(2028, 11, 22)}, "too_long"),
        ({"interest": True}, "interest"),
        ({"long_term": False}, "short_resources"),
        ({"link": "none"}, "no_link"),
        ({"link": "same_group", "lent_on": date(2024, 4, 14)}, "no_link"),
        ({"operation": "pooling", "lent_on": date(2024, 4, 14)}, "no_pooling"),
        ({"lent_on": date(2021, 6, 30), "due_on": date(2022, 1, 1)}, "too_early"),
    ],
)
def test_r13_every_condition_of_a_loan_is_needed(change, last):
    changes = {"due_on": date(2025, 1, 1)} | change if "lent_on" in change else change
    found = judge("treasury", LOAN, **changes)
    assert (found.verdict, taken(found)[-1]) == (Verdict.STOP, last)


def test_a_loan_paid_back_before_it_is_made_is_asked_again():
    found = judge("treasury", LOAN, due_on=date(2026, 11, 21))
    assert (found.verdict, found.still[0].key) == (Verdict.UNKNOWN, "due_on")


def test_r13_the_widening_of_2024_opens_groups_and_a_common_treasury():
    found = judge("treasury", LOAN, link="close_relations")
    assert found.verdict == Verdict.CLEAR
    assert "treasury.wider_links" in {one.key for one in found.used}
    pooled = {key: value for key, value in LOAN.items() if key not in {"due_on", "long_term"}}
    assert judge("treasury", pooled, operation="pooling").verdict == Verdict.CLEAR


def test_r13_paper_notes_of_a_body_of_this_sole_object_need_no_agreement():
    found = judge("local_currency", NOTES)
    assert (found.verdict, found.to_verify) == (Verdict.CLEAR, ())
    assert taken(found) == ["solidarity_issuer", "provider_may", "paper_closed"]


@pytest.mark.parametrize(
    "change",
    [{"euro_change": True}, {"person_buy_back": True}, {"medium": "electronic"}],
)
def test_r13_otherwise_the_exemption_is_asked_for(change):
    assert judge("local_currency", NOTES, **change).verdict == Verdict.CAUTION


@pytest.mark.parametrize("change", [{"issuer": "other"}, {"sole_object": False}])
def test_r13_another_issuer_may_not(change):
    assert judge("local_currency", NOTES, **change).verdict == Verdict.STOP


def test_r13_filiere_never_issues():
    found = judge("local_currency", NOTES, issuer="filiere")
    assert (found.verdict, taken(found)) == (Verdict.STOP, ["never_filiere"])


@pytest.mark.parametrize("scope", ["network", "range"])
def test_r8_a_limited_network_or_range_is_exempt(scope):
    assert judge("limited_network", VOUCHER, scope=scope).verdict == Verdict.CLEAR


def test_r8_accepted_anywhere_it_takes_a_licence():
    assert judge("limited_network", VOUCHER, scope="anywhere").verdict == Verdict.STOP


@pytest.mark.parametrize(
    ("paid", "verdict", "signed"),
    [(100_000_000, "caution", "clear"), (100_000_001, "stop", "stop")],
)
def test_r8_the_million_that_is_declared_is_from_memory(paid, verdict, signed):
    found = judge("limited_network", VOUCHER, declared=False, paid=paid)
    assert (found.verdict, found.to_verify) == (verdict, ("limited_network.trigger_cents",))
    again = judge("limited_network", VOUCHER, frozenset(found.to_verify), declared=False, paid=paid)
    assert again.verdict == signed


def test_r8_the_trigger_is_a_million_marked_from_memory():
    trigger = all_parameters()["limited_network.trigger_cents"]
    assert (trigger.values, trigger.confidence) == (((date(2018, 1, 1), 10**8),), "M")


def test_r8_electronic_money_is_to_verify():
    found = judge("limited_network", VOUCHER, electronic=True)
    assert (found.verdict, found.to_verify) == (Verdict.CAUTION, ("limited_network.electronic",))
