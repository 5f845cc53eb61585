"""The tables of R4, R5 and R14, value by value, day by day: a seeded error in any is caught."""

from datetime import date
from fractions import Fraction

import pytest

from filiere.rules.parameters import all_parameters


def years(**euros):
    return [(date(int(year[1:]), 1, 1), amount * 100) for year, amount in euros.items()]


R4 = {
    "association.franchise_cents": years(
        y2000=38_112, y2002=60_000, y2015=60_540, y2016=61_145, y2017=61_634, y2018=62_250,
        y2019=63_059, y2020=72_000, y2021=72_432, y2022=73_518, y2023=76_679, y2024=78_596,
        y2025=80_011,
    ),
    "payroll_tax.abatement_cents": years(
        y2018=20_507, y2019=20_835, y2020=21_044, y2021=21_086, y2022=21_381, y2023=22_535,
        y2024=23_616, y2025=24_041, y2026=24_256,
    ),
    "vat_franchise.services_cents": years(y2023=36_800, y2025=37_500),
    "vat_franchise.services_tolerance_cents": years(y2023=39_100, y2025=41_250),
    "vat_franchise.goods_cents": years(y2025=85_000),
    "vat_franchise.goods_tolerance_cents": years(y2025=93_500),
    "corporate_tax.normal_rate": [(date(2022, 1, 1), Fraction(25, 100))],
    "corporate_tax.reduced_rate": [(date(2022, 1, 1), Fraction(15, 100))],
    "corporate_tax.reduced_ceiling_cents": years(y2018=38_120, y2022=42_500),
    "vat.normal_rate": [(date(2000, 4, 1), Fraction(196, 1000)), (date(2014, 1, 1), Fraction(1, 5))],
    "vat.intermediate_rate": [
        (date(2012, 1, 1), Fraction(7, 100)), (date(2014, 1, 1), Fraction(10, 100)),
    ],
    "vat.reduced_rate": [(date(2014, 1, 1), Fraction(55, 1000))],
    "association.manager_pay_share": [(date(2018, 1, 1), Fraction(3, 4))],
    "association.fund_raising_events": [(date(2018, 1, 1), 6)],
    "subsidy.agreement_cents": [(date(2001, 6, 6), 2_300_000)],
    "subsidy.accounts_cents": [(date(2018, 1, 1), 15_300_000)],
    "subsidy.report_months": [(date(2001, 6, 6), 6)],
    "subsidy.publication_months": [(date(2018, 1, 1), 3)],
}  # fmt: skip
END = (date(2031, 1, 1), None)
R5 = {
    "de_minimis.ceiling_cents": [*years(y2014=200_000, y2024=300_000), END],
    "de_minimis.rolling_window": [(date(2014, 1, 1), 0), (date(2024, 1, 1), 1), END],
    "de_minimis.window_years": [(date(2014, 1, 1), 3), END],
    "de_minimis.single_undertaking": [(date(2014, 1, 1), 1), END],
    "de_minimis_sgei.ceiling_cents": [
        (date(2012, 4, 29), 50_000_000), (date(2024, 1, 1), 75_000_000), END,
    ],
    "de_minimis_sgei.rolling_window": [(date(2012, 4, 29), 0), (date(2024, 1, 1), 1), END],
    "de_minimis_sgei.window_years": [(date(2012, 4, 29), 3), END],
    "de_minimis_sgei.single_undertaking": [(date(2012, 4, 29), 0), (date(2024, 1, 1), 1), END],
    "state_aid.register": [(date(2026, 1, 1), 1)],
    "sgei.yearly_ceiling_cents": [(date(2012, 1, 31), 1_500_000_000)],
    "sgei.entrustment_years": [(date(2012, 1, 31), 10)],
}  # fmt: skip
R14 = {
    "invoice.recovery_fee_cents": [(date(2013, 1, 1), 4_000)],
    "e_invoicing.receive": [(date(2026, 9, 1), 1)],
    "e_invoicing.issue_large": [(date(2026, 9, 1), 1)],
    "e_invoicing.issue_small": [(date(2027, 9, 1), 1)],
    "e_invoicing.fine_cents": [(date(2026, 9, 1), 1_500)],
    "e_invoicing.fine_ceiling_cents": [(date(2026, 9, 1), 1_500_000)],
}
UNTIL = {
    "association.franchise_cents": date(2025, 12, 31),
    "payroll_tax.abatement_cents": date(2026, 12, 31),
    "vat_franchise.services_cents": date(2025, 12, 31),
    "vat_franchise.services_tolerance_cents": date(2025, 12, 31),
    "vat_franchise.goods_cents": date(2025, 12, 31),
    "vat_franchise.goods_tolerance_cents": date(2025, 12, 31),
}
FROM_MEMORY = {
    "association.manager_pay_share", "association.fund_raising_events",
    "corporate_tax.reduced_rate", "sgei.yearly_ceiling_cents", "sgei.entrustment_years",
}  # fmt: skip
TABLES = {**R4, **R5, **R14}


@pytest.mark.parametrize("key", TABLES)
def test_every_value_and_day_of_the_tables(key):
    assert list(all_parameters()[key].values) == TABLES[key]


@pytest.mark.parametrize("key", TABLES)
def test_what_is_from_memory_and_what_is_confirmed_until_when(key):
    parameter = all_parameters()[key]
    assert (parameter.confidence == "M") is (key in FROM_MEMORY)
    assert parameter.confirmed_until == UNTIL.get(key)
    marks = ((date(2017, 1, 1), "M"),) if key == "association.franchise_cents" else ()
    assert parameter.marks == marks
