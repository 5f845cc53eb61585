"""R9: the form of an employer group as a decision aid."""

from datetime import date

import pytest

from filiere.rules.assistants.registry import all_assistants
from filiere.rules.assistants.shape import Verdict

ON = date(2026, 11, 22)
GOOD = {
    "form": "association_1901", "departement": "other", "only_lends": True,
    "public_members": True, "all_fragile": False,
}  # fmt: skip


def judge(verified=frozenset(), **changes):
    return all_assistants()["employer_group"].judge(GOOD | changes, ON, verified)


def taken(found):
    return [step.key for step in found.path]


@pytest.mark.parametrize("form", ["local_association", "craft_cooperative"])
@pytest.mark.parametrize(
    ("departement", "is_open"), [("57", True), ("67", True), ("68", True), ("other", False)]
)
def test_r9_the_third_form_exists_in_three_departements(form, departement, is_open):
    found = judge(form=form, departement=departement)
    assert (found.path[0].passed, found.verdict == Verdict.STOP) == (is_open, not is_open)


@pytest.mark.parametrize("form", ["association_1901", "cooperative"])
@pytest.mark.parametrize("departement", ["57", "other"])
def test_r9_the_two_others_exist_everywhere(form, departement):
    found = judge(form=form, departement=departement, public_members=False)
    assert found.verdict == Verdict.CLEAR


def test_r9_lending_is_the_only_object():
    found = judge(only_lends=False)
    assert (found.verdict, taken(found)[-1]) == (Verdict.STOP, "not_only_lends")


def test_r9_debts_public_limits_and_vat_are_from_memory_until_signed():
    found = judge()
    assert found.verdict == Verdict.CAUTION
    assert set(found.to_verify) == {
        "employer_group.public_limits", "employer_group.debts", "employer_group.tax",
    }  # fmt: skip
    assert judge(frozenset(found.to_verify)).verdict == Verdict.CLEAR
    assert "public_allowed" not in taken(judge(public_members=False))


def test_b51_members_all_fragile_is_a_warning_even_once_signed():
    found = judge(all_fragile=True)
    assert judge(frozenset(found.to_verify), all_fragile=True).verdict == Verdict.CAUTION


def test_r9_the_invoice_is_cost_by_the_hour_and_management():
    found = judge(cost=300_000, hours_all=150, hours_member=50, fee_percent=5)
    assert found.figures["share_cents"] == 105_000
    assert "share" not in taken(judge(cost=300_000))


@pytest.mark.parametrize("wrong", [{"hours_member": 151}, {"hours_all": 0}, {"fee_percent": 101}])
def test_an_invoice_that_cannot_be_is_asked_again(wrong):
    figures = {"cost": 300_000, "hours_all": 150, "hours_member": 50, "fee_percent": 5} | wrong
    found = judge(**figures)
    assert (found.verdict, [one.key for one in found.still]) == (Verdict.UNKNOWN, list(wrong))
