"""What a programme covers, and what money its tranches hold. Amounts in euro cents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from filiere.ledger import queries as ledger
from filiere.programmes.models import Programme, Tranche
from filiere.rules.funding_terms import PAYER_ORDERS


@dataclass(frozen=True, slots=True)
class ProgrammeRule:
    """What vouchers of a programme may pay. Empty services, providers… mean all.

    ``place_ids`` narrows the providers' places; ``publics`` are those it is meant for; the price
    of a session may not pass ``regulated_price_cents`` (None: no such price).
    """

    services: tuple[str, ...]
    territory_ids: tuple[int, ...]
    provider_ids: tuple[int, ...]
    place_ids: tuple[int, ...] = ()
    publics: tuple[str, ...] = ()
    cap_cents_per_person_year: int | None = None
    regulated_price_cents: int | None = None
    person_pays_nothing: bool = False
    payer_order: tuple[str, ...] = PAYER_ORDERS[0]


@dataclass(frozen=True, slots=True)
class TrancheMoney:
    """One tranche: promised, received (receipts less those undone), not yet put in a lot.

    ``returned_cents`` was given back to the funder.
    """

    tranche_id: int
    funder_id: int
    promised_cents: int
    received_cents: int
    available_cents: int
    returned_cents: int = 0

    @property
    def engaged_cents(self) -> int:
        """Cash put in lots, less what closed lots gave back; for a fee promise, commissions taken."""
        return self.received_cents - self.available_cents - self.returned_cents

    @property
    def left_of_promise_cents(self) -> int:
        """What it may still put in lots once all that is promised has come."""
        return self.promised_cents - self.received_cents + self.available_cents


def tranche_account(tranche_id: int) -> str:
    """Ledger account of the cash of one tranche."""
    return f"tranche:{tranche_id}"


def funder_account(organisation_id: int) -> str:
    """Ledger account of one funder."""
    return f"funder:{organisation_id}"


def return_account(tranche_id: int) -> str:
    """Ledger account of money given back by a tranche, while the bank has not paid it."""
    return f"return:{tranche_id}"


def commission_account(tranche_id: int) -> str:
    """Ledger account of commissions taken from a tranche, while the bank has not paid them."""
    return f"commission:{tranche_id}"


def available_cents(tranche: Tranche) -> int:
    """Cash received on a tranche and not yet put in a lot."""
    return ledger.balance(tranche_account(tranche.pk))


def available_by_tranche(tranche_ids: Sequence[int]) -> dict[int, int]:
    """Cash received and not yet put in a lot, for each tranche; 0 when nothing moved."""
    held = ledger.balances_of([tranche_account(tranche_id) for tranche_id in tranche_ids])
    return {tranche_id: held.get(tranche_account(tranche_id), 0) for tranche_id in tranche_ids}


def received_cents(tranche: Tranche) -> int:
    """Cash confirmed on a tranche, less receipts that were undone (a payment that bounced)."""
    return money_of([tranche])[0].received_cents


def money_of(tranches: Sequence[Tranche]) -> list[TrancheMoney]:
    """Promised, received, available and returned money of each tranche, in two queries."""
    available = available_by_tranche([tranche.pk for tranche in tranches])
    accounts = [(funder_account(t.funder_id), tranche_account(t.pk)) for t in tranches]
    back = [(tranche_account(t.pk), return_account(t.pk)) for t in tranches]
    moved = ledger.moved([*accounts, *((tranche, funder) for funder, tranche in accounts), *back])
    return [
        TrancheMoney(
            tranche_id=tranche.pk,
            funder_id=tranche.funder_id,
            promised_cents=tranche.cap_cents,
            received_cents=moved.get((source, pot), 0) - moved.get((pot, source), 0),
            available_cents=available[tranche.pk],
            returned_cents=moved.get((pot, return_account(tranche.pk)), 0),
        )
        for tranche, (source, pot) in zip(tranches, accounts, strict=True)
    ]


def funder_name(tranche_id: int) -> str:
    """Name of the organisation that funds a tranche, to word a refusal."""
    return Tranche.objects.select_related("funder").get(pk=tranche_id).funder.name


def rule_of(programme: Programme) -> ProgrammeRule:
    """The rule of a programme as it is now; a lot keeps the one it was prepared with."""
    return ProgrammeRule(
        services=tuple(programme.services),
        territory_ids=tuple(programme.territories.order_by("pk").values_list("pk", flat=True)),
        provider_ids=tuple(programme.providers.order_by("pk").values_list("pk", flat=True)),
        place_ids=tuple(programme.places.order_by("pk").values_list("pk", flat=True)),
        publics=tuple(programme.publics),
        cap_cents_per_person_year=programme.cap_cents_per_person_year,
        regulated_price_cents=programme.regulated_price_cents,
        person_pays_nothing=programme.person_pays_nothing,
        payer_order=tuple(programme.payer_order),
    )


def territories_of(commune_id: int | None) -> list[int]:
    """The commune and all that contains it: city, EPCI, département, région, nation, perimeters.

    An arrondissement inherits what contains its city. Unknown commune: nothing. One query.
    """
    if commune_id is None:
        return []
    query = """
        WITH place AS (
            SELECT t.id, t.commune_id, coalesce(t.epci_id, city.epci_id) AS epci_id,
                   coalesce(t.departement_id, city.departement_id) AS departement_id,
                   coalesce(t.region_id, city.region_id) AS region_id
              FROM territories_territory t
              LEFT JOIN territories_territory city ON city.id = t.commune_id
             WHERE t.id = %s)
        SELECT DISTINCT found FROM place CROSS JOIN LATERAL (
            SELECT unnest(ARRAY[place.id, place.commune_id, place.epci_id, place.departement_id,
                                place.region_id]) AS found
             UNION ALL SELECT from_territory_id FROM territories_territory_members
                        WHERE to_territory_id IN (place.id, place.commune_id)
             UNION ALL SELECT id FROM territories_territory WHERE kind = 'nation') AS all_of_them
         WHERE found IS NOT NULL ORDER BY found
    """
    with connection.cursor() as cursor:
        cursor.execute(query, [commune_id])
        return [row[0] for row in cursor.fetchall()]


def covers(programme: Programme, commune_id: int | None, service: str, on: date) -> bool:
    """Tell whether a programme pays this service, in this commune, on this day."""
    rule = rule_of(programme)
    return (
        programme.starts_on <= on <= programme.ends_on
        and (not rule.services or service in rule.services)
        and bool(set(rule.territory_ids) & set(territories_of(commune_id)))
    )
