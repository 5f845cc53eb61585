from datetime import date

import pytest

from filiere.accounts.models import OrganisationKind
from filiere.rules import carriers
from filiere.rules.carriers import Sale
from filiere.rules.national_lists import entries
from filiere.rules.parameters import Confidence

ON = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("form", "sale", "may"),
    [
        ("commune", "help", True), ("commune", "website", False), ("epci", "repair", False),
        ("state", "goods", False), ("association", "website", True), ("company", "repair", True),
        ("foundation", "website", False), ("unknown", "help", None),
    ],
)  # fmt: skip
def test_may_sell_judges_each_form(form, sale, may):
    assert carriers.may_sell(form, sale, ON).may is may


def test_may_sell_knows_nothing_before_its_source():
    assert carriers.may_sell("commune", "website", date(2018, 2, 5)).may is None
    assert carriers.may_sell("commune", "website", date(2018, 2, 6)).may is False


def test_every_form_has_a_sourced_verdict_for_every_sale_and_a_word_on_earmarking():
    for form in set(OrganisationKind.values) - {"unknown"}:
        for sale in Sale:
            reason = carriers.may_sell(form, sale, ON).reason
            assert reason.source
            assert reason.words("fr")
            assert reason.words("en")
            assert isinstance(reason.confidence, Confidence)
        assert carriers.earmarking(form, ON).reason.source
        assert carriers.form_name(form, "en")
    assert carriers.earmarking("unknown", ON) is None


def test_forms_that_may_answer_for_whom_a_commune_cannot():
    assert carriers.forms_that_may("website", ON) == ("association", "cooperative", "company")
    assert not any(carriers.is_public(form) for form in carriers.forms_that_may("repair", ON))


def test_a_public_budget_keeps_nothing_apart_and_says_what_else():
    public = carriers.earmarking("commune", ON)
    assert (public.possible, bool(public.instead("fr")), bool(public.instead("en"))) == (
        False, True, True,
    )  # fmt: skip
    assert carriers.earmarking("association", ON).possible
    assert carriers.earmarking("state", ON).reason.is_to_verify


def test_sale_of_names_every_service_of_the_national_list():
    assert carriers.sale_of("equipment") == Sale.GOODS
    assert carriers.sale_of("access") == Sale.ACCESS
    assert {carriers.sale_of(one.key) for one in entries("services")} == {
        Sale.HELP, Sale.ACCESS, Sale.GOODS,
    }  # fmt: skip
