"""The demonstration's bank: a ring-fenced account, its statement, programmes and a match."""

import datetime as dt
from typing import Any

from filiere.accounts.models import Organisation, OrganisationKind
from filiere.kernel.calendar import bounds_of_day, legal_day
from filiere.ledger import queries as ledger
from filiere.operations.loop.world import invented_iban, organisation
from filiere.programmes import services as programmes
from filiere.programmes.models import BankLine, Programme, Receipt, RingFence
from filiere.territories.models import Territory

NAME, DRAFT = "Le numérique près de chez vous, Creuse 2027", "Aînés connectés, Creuse 2027"
AWAITED_CENTS = 300_000
ACTOR = "demo"

Line = tuple[dt.date, int, str, str]


def open_programmes(territory: Territory, *, at: dt.datetime) -> None:
    """One programme signed, with three funders and a matching rule; one draft to sign. Once.

    Args:
        territory: where both are.
        at: the moment that counts as now.
    """
    if Programme.objects.filter(name=NAME).exists():
        return
    department, state, foundation = _funders()
    day = legal_day(at)
    by: dict[str, Any] = {"actor": ACTOR, "at": at}
    common: dict[str, Any] = {
        "commissioner_id": department.pk,
        "territory_ids": [territory.pk],
        "starts_on": day,
        "ends_on": dt.date(day.year + 1, 12, 31),
        "is_invented": True,
    }
    signed = programmes.create_programme(
        name=NAME, services=[], cap_cents_per_person_year=20_000, person_pays_nothing=True,
        regulated_price_cents=2_500, funnel_is_public=True, offline_use=True,
        commission_basis_points=400, **common, **by,
    )  # fmt: skip
    programmes.create_programme(
        name=DRAFT, services=["procedures", "daily_tools"], publics=["seniors"],
        regulated_price_cents=3_000, signed=False, **common, **by,
    )  # fmt: skip
    own = programmes.promise_tranche(
        programme=signed, funder_id=department.pk, cap_cents=600_000, **by
    )
    matching = programmes.promise_tranche(
        programme=signed, funder_id=state.pk, cap_cents=AWAITED_CENTS, **by
    )
    programmes.promise_tranche(
        programme=signed, funder_id=foundation.pk, cap_cents=100_000, rank=2,
        earmark_publics=["seniors"], **by,
    )  # fmt: skip
    fees = programmes.promise_tranche(
        programme=signed, funder_id=department.pk, cap_cents=24_000, rank=9, pays_fees=True, **by
    )
    programmes.confirm_receipt(
        tranche=fees, amount_cents=24_000, received_on=day - dt.timedelta(days=3),
        bank_reference=f"CONV-{signed.pk}-F", **by,
    )  # fmt: skip
    programmes.match_tranches(
        matching=matching, trigger=own, called_cents=100, per_cents=200, cap_cents=AWAITED_CENTS,
        **by,
    )  # fmt: skip
    programmes.confirm_receipt(
        tranche=own, amount_cents=600_000, received_on=day - dt.timedelta(days=3),
        bank_reference=f"CONV-{signed.pk}-1", **by,
    )  # fmt: skip


def import_statement(*, at: dt.datetime) -> None:
    """Declare the ring-fenced account and import its statement up to yesterday. Once.

    One payment of the statement is left for the operator to recognise.
    """
    holder = organisation("Opérateur (démonstration)", OrganisationKind.OPERATOR)
    account = programmes.declare_ring_fence(
        operator_id=holder.pk,
        iban=invented_iban(1),
        label="Compte cantonné (démonstration)",
        actor=ACTOR,
        at=at,
        is_invented=True,
    )
    if account.statements.exists():
        return
    until = legal_day(at) - dt.timedelta(days=1)
    programmes.import_statement(content=_table(account, until), at=at, actor=ACTOR)
    lines = {line.reference: line for line in BankLine.objects.exclude(reference="")}
    for receipt in Receipt.objects.filter(bank_line=None).select_related("tranche"):
        if line := lines.get(receipt.bank_reference):
            programmes.confirm_line(tranche=receipt.tranche, bank_line=line, actor=ACTOR, at=at)


def _funders() -> tuple[Organisation, Organisation, Organisation]:
    return (
        organisation("Département (démonstration)", OrganisationKind.DEPARTEMENT),
        organisation("État (démonstration)", OrganisationKind.STATE),
        organisation("Fondation (démonstration)", OrganisationKind.FOUNDATION),
    )


def _table(account: RingFence, until: dt.date) -> bytes:
    """Write what a bank would: every payment in and out, and one nobody has claimed yet."""
    end = bounds_of_day(until)[1] - dt.timedelta(microseconds=1)
    programme = Programme.objects.get(name=NAME)
    lines: list[Line] = [
        (one.received_on, one.amount_cents, f"VIR {one.tranche.funder.name}", one.bank_reference)
        for one in Receipt.objects.filter(received_on__lte=until).select_related("tranche__funder")
    ]
    lines.append((until, AWAITED_CENTS, "VIR État (démonstration)", f"CONV-{programme.pk}-2"))
    moves = [("bank", "VIR COLLECTIF AUX LIEUX")]
    moves += [(code, "VIR TIERS PAYEUR") for code in ledger.balances("bankin:", until=end)]
    for code, label in moves:
        lines += [
            (legal_day(line.occurred_at), -line.amount, label, "")
            for line in ledger.statement(code, until=end)
        ]
    lines.sort()
    first = lines[0][0]
    rows = [f"compte;{account.iban}", f"{first};Solde initial;0,00;"]
    rows += [f"{day};{label};{_euros(cents)};{name}" for day, cents, label, name in lines]
    total = sum(cents for _day, cents, _label, _name in lines)
    rows.append(f"{until};Solde final;{_euros(total)};")
    return "\n".join(rows).encode()


def _euros(cents: int) -> str:
    sign, size = ("-" if cents < 0 else ""), abs(cents)
    return f"{sign}{size // 100},{size % 100:02}"
