import csv
import gzip
from datetime import date
from fractions import Fraction

import pytest

from filiere.rules import parameters
from filiere.rules.financing.eu import cents_of, read_operations


def test_r6_read_operations_flags_exactly_the_43_whose_share_is_above_the_eligible_cost(
    shared,
):
    path = shared / "data" / "fonds-europeens-operations-2014-2016.csv.gz"
    if not path.exists():
        pytest.skip("the list of European operations is not on this machine")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        found = read_operations(csv.DictReader(file))

    assert (len(found.read), found.unreadable) == (1834, ())
    assert len(found.above_eligible) == 43
    assert min(one.excess_cents for one in found.above_eligible) == 9
    assert max(one.excess_cents for one in found.above_eligible) == 3_065_94


def test_read_operations_leaves_out_what_it_cannot_read_and_says_which_line():
    row = {"programme": "P", "operation": "O", "fonds": "FSE"}
    found = read_operations(
        [
            {**row, "depenses_eligibles_eur": "100.0", "montant_ue_eur": "100.01"},
            {**row, "depenses_eligibles_eur": "mille", "montant_ue_eur": "1"},
            {**row, "depenses_eligibles_eur": "100", "montant_ue_eur": "-1"},
        ]
    )

    assert [(one.rank, one.excess_cents) for one in found.above_eligible] == [(1, 1)]
    assert [rank for rank, _ in found.unreadable] == [2, 3]


@pytest.mark.parametrize("text", ["", "1,5", "1.234", "-1", "1e3", "NaN"])
def test_cents_of_refuses_what_is_not_an_amount(text):
    with pytest.raises(ValueError, match="not an amount"):
        cents_of(text)


def test_section_3_5_hauts_de_france_fixtures_of_2018_sum_exactly():
    april = (4_374_000, 4_092_000, 688_000, 1_866_000)
    december = (6_620_000, 1_984_000, 5_000_000, 1_130_000)

    assert sum(april) == 11_020_000
    assert sum(december) == 14_734_000
    assert round(Fraction(sum(april), 18_000_000) * 1000) == 612
    assert round(Fraction(sum(december), 25_959_000) * 1000) == 568
    assert 9_500_000_000 + 6_000_000_000 == 15_500_000_000


@pytest.mark.parametrize(
    ("key", "on", "expected"),
    [
        ("eu.rate_max.more_developed", date(2020, 12, 31), Fraction(1, 2)),
        ("eu.rate_max.more_developed", date(2021, 1, 1), Fraction(2, 5)),
        ("eu.rate_max.transition", date(2018, 1, 1), Fraction(3, 5)),
        ("eu.rate_max.transition", date(2026, 1, 1), Fraction(3, 5)),
        ("eu.rate_max.transition_formerly_less", date(2026, 1, 1), Fraction(7, 10)),
        ("eu.rate_max.less_developed", date(2018, 1, 1), Fraction(4, 5)),
        ("eu.rate_max.less_developed", date(2026, 1, 1), Fraction(17, 20)),
        ("eu.rate_max.outermost", date(2018, 1, 1), Fraction(17, 20)),
        ("eu.rate_max.outermost", date(2026, 1, 1), Fraction(17, 20)),
        ("eu.region.transition_from", date(2018, 1, 1), Fraction(3, 4)),
        ("eu.region.more_developed_above", date(2018, 1, 1), Fraction(9, 10)),
        ("eu.region.more_developed_above", date(2026, 1, 1), 1),
        ("eu.flat_rate.direct_less_services", date(2018, 1, 1), Fraction(1, 5)),
        ("eu.flat_rate.direct", date(2026, 1, 1), Fraction(7, 100)),
        ("eu.flat_rate.staff", date(2026, 1, 1), Fraction(3, 20)),
        ("eu.flat_rate.staff_all_others", date(2026, 1, 1), Fraction(2, 5)),
        ("eu.hdf_investment_share_max", date(2018, 4, 1), Fraction(1, 4)),
        ("eu.payment_days", date(2018, 1, 1), 90),
        ("eu.payment_days", date(2026, 1, 1), 80),
        ("eu.payment_worst_months", date(2018, 4, 1), 18),
        ("eu.paid_within_months", date(2018, 1, 1), 6),
        ("grants.payment_days", date(2026, 1, 1), 60),
        ("grants.field_first_days", date(2026, 1, 1), 90),
        ("grants.field_last_days", date(2026, 1, 1), 180),
        ("grants.few_payments", date(2026, 1, 1), 5),
        ("grants.fdva_public_cap", date(2026, 11, 22), Fraction(4, 5)),
    ],
)
def test_r6_parameters_of_funds_are_those_of_the_texts(key, on, expected):
    assert parameters.value(key, on) == expected


@pytest.mark.parametrize("key", ["eu.rate_max.more_developed", "eu.payment_days"])
def test_r6_parameters_from_memory_say_so(key):
    assert parameters.all_parameters()[key].confidence == parameters.Confidence.MEMORY
