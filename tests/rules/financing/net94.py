"""Net94 at true size: 180,000 €, two years, seven towns, 22 files of 10,000 to 20,000 €.

Source: Constats partagés (2018) for the size; who is asked, and for how much, is invented.
"""

from dataclasses import replace
from datetime import date
from fractions import Fraction

from filiere.rules.financing.shape import Kind, Regime, Source, State
from tests.rules.financing.scenes import line, source

TOWNS = ("Ormeval", "Brécy", "Valmer", "Sérigny", "Castelnoux", "Lanvoy", "Pérouse")
WORKERS = frozenset({"64"})


def lines():
    """Two years of training in seven towns, and the network between them."""
    made = []
    for year in (2027, 2028):
        made += [line(f"{town} {year}", 7_500, "641", year) for town in TOWNS]
        made += [
            line(f"réseau {year}", 16_000, "641", year),
            line(f"achats {year}", 6_500, "606", year),
            line(f"salles {year}", 9_000, "613", year),
            line(f"trajets {year}", 6_000, "625", year),
        ]
    return tuple(made)


def sources():
    """Give twenty-two funders, none yet asked."""
    third, half = Fraction(1, 3), Fraction(1, 2)
    chances = ("2/3", "1/2", "3/4", "3/5", "1/2", "2/5", "4/5")
    towns = [
        source(f"Ville de {town}", 10_000 + 1_000 * rank, Kind.COMMUNE, chance=chances[rank])
        for rank, town in enumerate(TOWNS)
    ]
    public = [
        source("FSE+", 20_000, Kind.EU, chance="1/3", rate_max=Fraction(2, 5), floor_cents=10_000_00,
               eligible_natures=WORKERS),
        source("FEDER", 20_000, Kind.EU, chance="1/4", investment_share_max=Fraction(1, 4)),
        source("État, appel à projets", 20_000, Kind.STATE, chance="2/5", rate_max=half,
               regime=Regime.DE_MINIMIS),
        source("FDVA", 10_000, Kind.STATE, chance="1/2", public_cap=Fraction(4, 5)),
        source("Politique de la ville", 12_000, Kind.STATE, chance="3/5"),
        source("Région", 20_000, Kind.REGION, chance="1/2", rate_max=third),
        source("Département", 20_000, Kind.DEPARTEMENT, chance="3/4",
               self_funding_min=Fraction(1, 50)),
        source("Intercommunalité", 15_000, Kind.EPCI, chance="2/3"),
    ]  # fmt: skip
    private = [
        source(f"Fondation {name}", euros, Kind.FOUNDATION, chance=chance)
        for name, euros, chance in (
            ("A", 20_000, "1/4"), ("B", 15_000, "1/3"), ("C", 10_000, "1/2"), ("D", 12_000, "1/5"),
        )
    ] + [
        source("Entreprise E", 10_000, Kind.PRIVATE, chance="2/5"),
        source("Entreprise F", 10_000, Kind.PRIVATE, chance="1/2",
               excludes=frozenset({"Entreprise E"})),
        source("Caisse G", 18_000, Kind.PRIVATE, chance="1/2", closes_on=date(2026, 12, 31)),
    ]  # fmt: skip
    return (*towns, *public, *private, source("Ventes", 6_000, Kind.INCOME))


HEADROOM = {Regime.DE_MINIMIS: 150_000_00}


def answered():
    """Give the same funders once some refused and some gave less than asked."""
    refused = {"FEDER", "Fondation A", "Ville de Brécy", "Région"}
    reduced = {"Ville de Pérouse": 9_000, "Département": 12_000, "Caisse G": 11_000}
    given = {"Intercommunalité": 15_000, "FSE+": 20_000}

    def after(one: Source) -> Source:
        if one.key in refused:
            return replace(one, state=State.REFUSED)
        euros = reduced.get(one.key) or given.get(one.key)
        if euros:
            return replace(one, state=State.NOTIFIED, amount_cents=euros * 100)
        return one

    return tuple(after(one) for one in sources())
