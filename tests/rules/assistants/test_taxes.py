"""R4: value added tax and its words, payroll tax, what subsidies oblige to."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules import parameters
from filiere.rules.assistants.payroll_tax import abated
from filiere.rules.assistants.registry import all_assistants
from filiere.rules.assistants.subsidies import months_after

ON = date(2025, 11, 22)
NOW = date(2026, 11, 22)
SALE = {"economic": True, "exempt": "none", "nature": "services", "receipts_before": 0}
PAYROLL = {"association": True, "all_vat": False}
SUBSIDY = {
    "from_one": 2_300_000, "agreement": False, "total": 15_300_000,
    "year_end": date(2025, 12, 31), "reported": True,
}  # fmt: skip


def vat(on=ON, **answers):
    return all_assistants()["vat_regime"].judge(SALE | answers, on)


def payroll(**answers):
    return all_assistants()["payroll_tax"].judge(PAYROLL | answers, NOW)


def subsidy(on=date(2026, 3, 1), **answers):
    return all_assistants()["subsidies"].judge(SUBSIDY | answers, on)


@pytest.mark.parametrize(
    ("key", "on", "expected"),
    [
        ("vat_franchise.services_cents", date(2024, 12, 31), 3_680_000),
        ("vat_franchise.services_tolerance_cents", date(2024, 12, 31), 3_910_000),
        ("vat_franchise.services_cents", date(2025, 1, 1), 3_750_000),
        ("vat_franchise.services_tolerance_cents", date(2025, 1, 1), 4_125_000),
        ("vat_franchise.goods_cents", date(2025, 1, 1), 8_500_000),
        ("vat_franchise.goods_tolerance_cents", date(2025, 1, 1), 9_350_000),
        ("vat.normal_rate", date(2000, 4, 1), Fraction(196, 1000)),
        ("vat.normal_rate", date(2014, 1, 1), Fraction(1, 5)),
        ("vat.intermediate_rate", date(2013, 12, 31), Fraction(7, 100)),
        ("vat.intermediate_rate", date(2014, 1, 1), Fraction(1, 10)),
        ("vat.reduced_rate", ON, Fraction(55, 1000)),
        ("subsidy.agreement_cents", ON, 2_300_000),
        ("subsidy.accounts_cents", ON, 15_300_000),
        ("subsidy.report_months", ON, 6),
        ("subsidy.publication_months", ON, 3),
    ],
)
def test_r4_other_thresholds(key, on, expected):
    assert parameters.value(key, on) == expected


@pytest.mark.parametrize(
    ("year", "euros"),
    [
        (2018, 20_507), (2019, 20_835), (2020, 21_044), (2021, 21_086), (2022, 21_381),
        (2023, 22_535), (2024, 23_616), (2025, 24_041), (2026, 24_256),
    ],
)  # fmt: skip
def test_r4_payroll_tax_abatement_of_each_year(year, euros):
    found = payroll(year=year, due=euros * 100)
    assert (found.verdict, found.figures["abatement_cents"]) == ("clear", euros * 100)
    assert payroll(year=year, due=euros * 100 + 1).figures["rest_cents"] == 1


def test_payroll_tax_of_a_year_not_published_is_never_clear():
    found = payroll(year=2027, due=0)
    assert (found.verdict, found.to_verify) == ("caution", ("payroll_tax.abatement_cents@2027",))


def test_payroll_tax_refusals():
    assert payroll(association=False).verdict == "stop"
    assert payroll(all_vat=True).verdict == "caution"
    assert payroll(year=2017, due=0).verdict == "unknown"
    assert [one.key for one in payroll(year=26, due=0).still] == ["year"]
    with pytest.raises(ValueError, match="below 0"):
        abated(-1, 2026)


@given(due=st.integers(0, 10**9), year=st.integers(2018, 2026))
def test_abated_is_never_negative_and_takes_at_most_the_abatement(due, year):
    most = parameters.whole("payroll_tax.abatement_cents", date(year, 1, 1))
    assert due - abated(due, year) == min(due, most)


@pytest.mark.parametrize(
    ("nature", "before", "now", "verdict", "words"),
    [
        ("services", 3_750_000, 0, "clear", "293 B"),
        ("services", 3_750_001, 0, "clear", "20%"),
        ("services", 0, 3_750_000, "clear", "293 B"),
        ("services", 0, 3_750_001, "caution", "293 B"),
        ("services", 0, 4_125_000, "caution", "293 B"),
        ("services", 0, 4_125_001, "clear", "20%"),
        ("goods", 8_500_000, 9_350_000, "caution", "293 B"),
        ("goods", 8_500_001, 0, "clear", "20%"),
        ("goods", 0, 9_350_001, "clear", "20%"),
    ],
)
def test_r4_franchise_en_base_with_its_tolerance(nature, before, now, verdict, words):
    found = vat(nature=nature, receipts_before=before, receipts=now)
    assert (found.verdict, words in found.headline.en) == (verdict, True)


def test_r4_franchise_en_base_of_2024():
    found = vat(on=date(2024, 6, 1), receipts_before=3_680_001, receipts=0)
    assert "20%" in found.headline.en
    assert vat(on=date(2024, 6, 1), nature="goods", receipts=0).verdict == "unknown"


def test_r4_vat_franchise_of_2026_is_unconfirmed_and_never_clear():
    found = vat(on=NOW, receipts=0)
    assert (found.verdict, found.used[0].value) == ("caution", 3_750_000)
    assert "bill" in {one.key for one in found.path}
    assert found.to_verify == (
        "vat_franchise.services_cents@2026",
        "vat_franchise.services_tolerance_cents@2026",
    )


def test_r4_single_threshold_of_25_000_was_dropped():
    assert "25,000" in " ".join(one.words.en for one in vat(receipts=0).path)
    assert vat(receipts_before=2_600_000, receipts=0).verdict == "clear"


def test_r4_association_writes_261_7_and_never_293_b():
    found = vat(exempt="association")
    assert found.verdict == "clear"
    assert "261-7-1°" in found.headline.fr
    assert "293" not in found.headline.fr
    assert "not_293b" in {one.key for one in found.path}


def test_vat_words_of_training_and_of_what_is_outside():
    assert "261-4-4°" in vat(exempt="training").headline.fr
    outside = vat(economic=False)
    assert (outside.verdict, outside.to_verify) == ("caution", ("vat_regime.outside",))


def test_r4_home_computer_help_is_at_the_normal_rate():
    path = vat(receipts_before=9_000_000, receipts=0).path
    assert path[-1].key == "home_help"
    assert path[-1].is_to_verify


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        ({}, "clear"),
        ({"from_one": 2_300_001}, "stop"),
        ({"from_one": 2_300_001, "agreement": True}, "clear"),
        ({"total": 15_300_001, "audited": False}, "stop"),
        ({"total": 15_300_001, "audited": True}, "clear"),
        ({"total": 15_300_001}, "unknown"),
        ({"reported": False}, "caution"),
    ],
)
def test_r4_subsidies_above_23_000_and_153_000_euros(answers, verdict):
    assert subsidy(**answers).verdict == verdict


@pytest.mark.parametrize(
    ("on", "verdict"), [(date(2026, 6, 30), "caution"), (date(2026, 7, 1), "stop")]
)
def test_r4_financial_report_is_due_six_months_after_the_year(on, verdict):
    found = subsidy(on=on, reported=False)
    assert (found.verdict, found.figures["due_on"]) == (verdict, date(2026, 6, 30))


def test_r4_republican_commitment_since_2022_is_told_to_verify():
    assert "subsidies.pledge" in subsidy().to_verify
    assert "pledge" not in {one.key for one in subsidy(on=date(2021, 12, 31)).path}


@given(day=st.dates(date(2000, 1, 1), date(2090, 1, 1)), months=st.integers(0, 40))
def test_months_after_moves_by_whole_months(day, months):
    found = months_after(day, months)
    assert (found.year - day.year) * 12 + found.month - day.month == months
