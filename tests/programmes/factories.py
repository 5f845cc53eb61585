"""Invented programmes with their money, made through the services themselves."""

import datetime
import itertools

from schwifty import IBAN

from filiere.accounts.models import Organisation
from filiere.programmes import services
from filiere.programmes.models import Programme, RingFence, Tranche
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


def tranche(of: Programme, *, cap: int = 1_000_000, cash: int | None = None, **terms) -> Tranche:
    """A promise; ``cash`` cents of it are received at once."""
    funder = {"funder_id": organisation("Financeur").pk} | terms
    made = services.promise_tranche(programme=of, cap_cents=cap, actor="test", at=AT, **funder)
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


def ring_fence(iban: str | None = None) -> RingFence:
    """The dedicated account of an operator."""
    known = RingFence.objects.filter(iban=iban).first() if iban else RingFence.objects.first()
    if known is not None:
        return known
    valid = iban or str(IBAN.generate("FR", bank_code="99999", account_code="00000000001"))
    return services.declare_ring_fence(
        operator_id=organisation("Opérateur").pk,
        iban=valid,
        label="Compte cantonné",
        actor="test",
        at=AT,
        is_invented=True,
    )


def table(
    account: RingFence,
    *rows: tuple[str, int, str],
    opening: int = 0,
    to: str = "2026-11-30",
    closing: int | None = None,
) -> bytes:
    """A statement as a plain table; each row is (day, cents, reference)."""
    if closing is None:
        closing = opening + sum(cents for _day, cents, _reference in rows)
    lines = [f"compte;{account.iban}", "date;libellé;montant;référence"]
    lines.append(f"2026-11-01;Solde initial;{opening / 100:.2f};")
    lines += [f"{day};Virement;{cents / 100:.2f};{reference}" for day, cents, reference in rows]
    lines.append(f"{to};Solde final;{closing / 100:.2f};")
    return "\n".join(lines).encode()


def statement(account: RingFence, *rows: tuple[str, int, str], **given):
    """The same, imported."""
    content = table(account, *rows, **given)
    return services.import_statement(content=content, at=AT, actor="test")
