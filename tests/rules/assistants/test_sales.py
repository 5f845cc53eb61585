"""R12 and R14, and public tills: help at home, invoices and their calendar, taking money."""

from datetime import date

import pytest

from filiere.accounts.models import OrganisationKind
from filiere.rules import carriers
from filiere.rules.assistants.registry import all_assistants
from filiere.rules.e_invoicing import Size
from filiere.rules.tax_credit import EXCLUDED, Nature
from filiere.rules.vat import Treatment

NOW = date(2026, 11, 22)
HOME = {"declared": True, "nature": "training", "price": 6_000, "aid": 0}
INVOICE = {"treatment": "standard", "client": "company", "size": "micro", "platform": False}
TILL = {
    "form": "commune", "sale": "help", "earmark": False, "till": True, "tariff": True,
    "keeper": True, "vouchers": False,
}  # fmt: skip
READ = frozenset({"till.may"})


def home(on=NOW, **answers):
    return all_assistants()["home_credit"].judge(HOME | answers, on)


def invoice(on=NOW, **answers):
    return all_assistants()["invoicing"].judge(INVOICE | answers, on)


def till(on=NOW, **answers):
    return all_assistants()["till"].judge(TILL | answers, on, READ)


@pytest.mark.parametrize(
    ("answers", "credit", "net"),
    [
        ({}, 3_000, 3_000),
        ({"aid": 1_000}, 2_500, 2_500),
        ({"price": 300_000}, 150_000, 150_000),
        ({"price": 400_000}, 150_000, 250_000),
        ({"before": 298_000}, 1_000, 5_000),
        ({"others": 1_198_000}, 1_000, 5_000),
        ({"others": 1_198_000, "dependants": 1}, 3_000, 3_000),
    ],
)
def test_r12_half_of_what_is_paid_within_the_ceilings(answers, credit, net):
    found = home(**answers)
    assert (found.figures["credit_cents"], found.figures["net_cents"]) == (credit, net)


@pytest.mark.parametrize(("price", "verdict"), [(300_000, "clear"), (300_001, "caution")])
def test_r12_ceiling_of_3_000_euros_is_told(price, verdict):
    assert home(price=price).verdict == verdict


@pytest.mark.parametrize("nature", sorted(EXCLUDED))
def test_r12_remote_help_repair_and_sale_open_no_credit(nature):
    found = home(nature=str(nature))
    assert (found.verdict, found.figures["credit_cents"]) == ("stop", 0)


def test_r12_provider_must_be_declared_and_attest_by_31_march():
    assert home(declared=False).verdict == "stop"
    assert "31 March 2027" in " ".join(one.words.en for one in home().path)


def test_home_credit_asks_again_an_aid_above_the_price_and_knows_nothing_before_2017():
    found = home(aid=6_001)
    assert (found.verdict, [one.key for one in found.still]) == ("unknown", ["aid"])
    assert home(on=date(2016, 12, 31)).verdict == "unknown"


def test_closed_lists_are_those_of_the_rules():
    keys = {
        name: {one.key for one in all_assistants()[key].sheet.question(name).options}
        for key, name in (
            ("home_credit", "nature"), ("invoicing", "treatment"), ("invoicing", "size"),
            ("till", "form"), ("till", "sale"),
        )
    }  # fmt: skip
    assert keys == {
        "nature": set(Nature), "treatment": set(Treatment), "size": set(Size),
        "form": set(OrganisationKind.values) - {"unknown"}, "sale": set(carriers.Sale),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("on", "size", "platform", "verdict"),
    [
        (date(2026, 8, 31), "micro", False, "caution"),
        (date(2026, 9, 1), "micro", False, "stop"),
        (date(2026, 9, 1), "micro", True, "clear"),
        (date(2026, 9, 1), "large", False, "stop"),
    ],
)
def test_r14_calendar_starts_on_1_september_2026(on, size, platform, verdict):
    assert invoice(on=on, size=size, platform=platform).verdict == verdict


@pytest.mark.parametrize(
    ("size", "day"), [("micro", 2027), ("small", 2027), ("middle", 2026), ("large", 2026)]
)
def test_r14_issuing_starts_a_year_later_for_the_small(size, day):
    assert invoice(size=size).figures["issue_from"] == date(day, 9, 1)
    person = invoice(size=size, client="person").figures
    assert (person["report_from"], "issue_from" in person) == (date(day, 9, 1), False)


def test_r14_an_exempt_body_still_receives():
    found = invoice(treatment="association")
    assert (found.verdict, found.figures["receive_from"]) == ("stop", date(2026, 9, 1))
    assert "duty_issue_outside" in {one.key for one in found.path}
    assert invoice(treatment="not_subject").headline.en.endswith("still have to be written.")


def test_r14_fine_and_recovery_fee():
    said = " ".join(one.words.en for one in invoice().path)
    assert "€15 per invoice, €15,000 a year" in said
    assert "recovery fee of €40" in said
    assert "recovery fee" not in " ".join(one.words.en for one in invoice(client="person").path)


def test_r14_new_mentions_since_the_reform_and_chorus_for_public_clients():
    assert "new_mentions" in {one.key for one in invoice(client="public").path}
    assert "invoicing.chorus" in invoice(client="public").to_verify
    before = {one.key for one in invoice(on=date(2026, 8, 31)).path}
    assert before.isdisjoint({"new_mentions", "fine", "chorus"})


@pytest.mark.parametrize(
    ("treatment", "words"),
    [("franchise", "293 B"), ("association", "261-7-1°"), ("standard", "20%")],
)
def test_r14_vat_mention_is_that_of_the_regime(treatment, words):
    assert words in " ".join(one.words.en for one in invoice(treatment=treatment).path)


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        ({}, "clear"),
        ({"till": False}, "stop"),
        ({"tariff": False}, "stop"),
        ({"keeper": False}, "stop"),
        ({"sale": "website"}, "stop"),
        ({"vouchers": True, "contract": False}, "stop"),
        ({"vouchers": True, "contract": True}, "clear"),
        ({"earmark": True}, "caution"),
        ({"cash_limit": 10_000, "cash": 7_999}, "clear"),
        ({"cash_limit": 10_000, "cash": 8_000}, "caution"),
        ({"cash_limit": 10_000, "cash": 10_000}, "caution"),
        ({"cash_limit": 0, "cash": 1}, "unknown"),
        ({"form": "association"}, "clear"),
        ({"form": "association", "earmark": True}, "caution"),
    ],
)
def test_till_of_a_public_body_and_of_an_association(answers, verdict):
    assert till(**answers).verdict == verdict


def test_till_tells_who_could_sell_instead_and_how_to_keep_money_apart():
    assert till(sale="website").would_change[0].fr == (
        "La même vente par une association, une coopérative, une entreprise."
    )
    said = " ".join(one.words.fr for one in till(earmark=True).path)
    assert "autonomie financière" in said


def test_till_needs_no_till_questions_from_an_association():
    answers = {"form": "association", "sale": "help", "earmark": False}
    assert all_assistants()["till"].judge(answers, NOW).verdict == "clear"
    assert till(on=date(2017, 12, 31)).verdict == "unknown"


def test_till_reason_from_memory_is_never_clear_until_signed():
    found = all_assistants()["till"].judge(TILL, NOW)
    assert (found.verdict, found.to_verify) == ("caution", ("till.may",))
