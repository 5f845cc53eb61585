"""A handful of territories, with the traps of real ones."""

import pytest

from filiere.territories.loading import (
    IndicatorRow,
    TerritoryRow,
    write_former,
    write_indicators,
    write_territories,
)

CREUSE = {"departement": "23", "region": "75", "epci": "200034825"}
ROWS = [
    TerritoryRow("nation", "FR", "France"),
    TerritoryRow("region", "75", "Nouvelle-Aquitaine"),
    TerritoryRow("region", "11", "Île-de-France"),
    TerritoryRow("departement", "23", "Creuse", region="75"),
    TerritoryRow("departement", "75", "Paris", region="11"),
    TerritoryRow("epci", "200034825", "CA du Grand Guéret"),
    TerritoryRow("commune", "23096", "Guéret", ("23000",), 12_734, "46.1703", "1.8681", **CREUSE),
    TerritoryRow(
        "commune", "23189", "Saint-Fiel", ("23000",), 1_000, "46.2100", "1.9000", **CREUSE
    ),
    TerritoryRow(
        "commune", "23008", "Aubusson", ("23200",), 3_100, "45.9561", "2.1684",
        departement="23", region="75",
    ),
    TerritoryRow(
        "commune", "23149", "Parsac-Rimondeix", ("23140",), 700, departement="23", region="75"
    ),
    TerritoryRow(
        "commune", "75056", "Paris", ("75013", "75016", "75116"), 2_103_778, "48.8450", "2.3752",
        departement="75", region="11",
    ),
    TerritoryRow(
        "arrondissement", "75113", "Paris 13e Arrondissement", ("75013",), 181_271,
        commune="75056", departement="75", region="11",
    ),
    TerritoryRow(
        "arrondissement", "75116", "Paris 16e Arrondissement", ("75016", "75116"), 160_000,
        commune="75056", departement="75", region="11",
    ),
]  # fmt: skip
FORMER = [("23165", "Rimondeix", "23149"), ("23999", "", "23149")]
INDICATORS = [
    IndicatorRow("living_standard_median", 2020, "commune", "23096", "19000", "S"),
    IndicatorRow("living_standard_median", 2021, "commune", "23096", "20380", "S"),
    IndicatorRow("living_standard_median", 2021, "commune", "75056", "29730", "S"),
    IndicatorRow("living_standard_median", 2021, "arrondissement", "75113", "25670", "S"),
    IndicatorRow("share_75_plus", 2023, "departement", "23", "0.1527", "S"),
]


@pytest.fixture
def territories(db):
    """Load the handful; give the ids by (kind, code)."""
    from filiere.territories.models import Territory

    write_territories(ROWS)
    write_former(FORMER)
    write_indicators(INDICATORS)
    return {(t.kind, t.code): t.pk for t in Territory.objects.order_by("pk")}
