"""Invented programmes with their money, made through the services themselves."""

import datetime
import itertools

from filiere.accounts.models import Organisation
from filiere.programmes import services
from filiere.programmes.models import Programme, Tranche
from filiere.territories.models import Kind, Territory

AT = datetime.datetime(2026, 11, 24, 9, 30, tzinfo=datetime.UTC)
_numbers = itertools.count(1)


def organisation(name: str = "Association du Pont") -> Organisation:
    number = next(_numbers)
    return Organisation.objects.create(
        name=f"{name} {number}", folded=f"{name} {number}".lower(), is_invented=True
    )


def territory(kind: Kind = Kind.COMMUNE, **fields) -> Territory:
    number = next(_numbers)
    return Territory.objects.create(
        kind=kind,
        **{"code": f"T{number}", "name": f"Lieu {number}", "folded": f"lieu {number}"} | fields,
    )


def commune_of_departement() -> tuple[Territory, Territory]:
    departement = territory(Kind.DEPARTEMENT)
    return territory(departement=departement), departement


def programme(**fields) -> Programme:
    defaults = {
        "commissioner_id": None,
        "name": "Chèques du département",
        "territory_ids": None,
        "services": [],
        "starts_on": datetime.date(2026, 1, 1),
        "ends_on": datetime.date(2027, 12, 31),
        "actor": "test",
        "at": AT,
        "is_invented": True,
    }
    given = defaults | fields
    if given["commissioner_id"] is None:
        given["commissioner_id"] = organisation("Département").pk
    if given["territory_ids"] is None:
        given["territory_ids"] = [territory(Kind.DEPARTEMENT).pk]
    return services.create_programme(**given)


def tranche(of: Programme, *, cap: int = 1_000_000, cash: int | None = None) -> Tranche:
    """A promise; ``cash`` cents of it are received at once."""
    made = services.promise_tranche(
        programme=of, funder_id=organisation("Financeur").pk, cap_cents=cap, actor="test", at=AT
    )
    if cash:
        receipt(made, cash)
    return made


def receipt(of: Tranche, cents: int, reference: str | None = None):
    return services.confirm_receipt(
        tranche=of,
        amount_cents=cents,
        received_on=datetime.date(2026, 11, 20),
        bank_reference=reference or f"VIR-{next(_numbers)}",
        actor="test",
        at=AT,
    )
