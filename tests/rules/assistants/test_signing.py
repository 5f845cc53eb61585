"""The list of what to sign is exactly what keeps an assistant from a green light."""

from datetime import date

import pytest

from filiere.rules.assistants.registry import all_assistants
from filiere.rules.assistants.signing import figures_to_verify, sentences_to_verify

ON = date(2026, 11, 22)


def test_unconfirmed_figures_of_2026_are_listed_with_their_last_value():
    found = {one.sign_key: one for one in figures_to_verify(ON)}
    association = found["association.franchise_cents@2026"]
    assert (association.value, association.since, association.is_unconfirmed) == (
        8_001_100, date(2025, 1, 1), True,
    )  # fmt: skip
    assert "vat_franchise.services_cents@2026" in found
    assert "payroll_tax.abatement_cents@2026" not in found
    assert "payroll_tax.abatement_cents@2027" in {
        one.sign_key for one in figures_to_verify(date(2027, 1, 1))
    }


def test_figures_from_memory_are_listed_by_their_key():
    found = {one.sign_key for one in figures_to_verify(ON)}
    assert {"association.manager_pay_share", "sgei.entrustment_years"} <= found
    assert "de_minimis.ceiling_cents" not in found


def test_sentences_from_memory_are_listed_once_they_hold():
    found = {one.sign_key for one in sentences_to_verify(ON)}
    assert {"sgei_mandate.under_ceiling", "subsidies.pledge"} <= found
    earlier = {one.sign_key for one in sentences_to_verify(date(2021, 12, 31))}
    assert "subsidies.pledge" not in earlier


@pytest.mark.parametrize(
    ("key", "answers"),
    [
        ("franchise", {
            "disinterested": True, "preponderant": True, "tax": "cet", "year": 2026, "receipts": 0,
        }),
        ("de_minimis", {"economic": False}),
        ("subsidies", {
            "from_one": 0, "agreement": False, "total": 0, "year_end": date(2025, 12, 31),
            "reported": True,
        }),
    ],
)  # fmt: skip
def test_signing_what_is_listed_gives_the_green_light(key, answers):
    assistant = all_assistants()[key]
    listed = {one.sign_key for one in (*figures_to_verify(ON), *sentences_to_verify(ON))}
    before = assistant.judge(answers, ON)
    assert set(before.to_verify) <= listed
    after = assistant.judge(answers, ON, frozenset(listed))
    assert (after.verdict, after.to_verify) == ("clear", ())
