"""Statements of each party: what it was charged, what it paid, and what each line is about.

One shape for all (``shape``), written from the rows of the apps below; the journal is never read,
so that a test can compare the two. Amounts are integer euro cents.
"""

from collections.abc import Mapping
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from filiere.accounts.models import Organisation
from filiere.agreements.models import Commitment
from filiere.billing.models import Charge, Debtor, Invoice
from filiere.observatory.statements import employer, funder, invoices, payer, provider
from filiere.observatory.statements.person import what_is_left, year_of_help, years_of_help
from filiere.observatory.statements.shape import (
    OF_SESSIONS,
    About,
    Line,
    LineKind,
    Party,
    Period,
    Reader,
    Statement,
    Total,
)
from filiere.programmes.models import Tranche

__all__ = [
    "OF_SESSIONS",
    "About",
    "Line",
    "LineKind",
    "Party",
    "Period",
    "Statement",
    "Total",
    "organisations_with_a_statement",
    "parties_of",
    "statement_of",
    "what_is_left",
    "year_of_help",
    "years_of_help",
]

READERS: Mapping[Party, Reader] = {
    Party.PROVIDER: provider.statement,
    Party.FUNDER: funder.statement,
    Party.THIRD_PARTY: payer.statement,
    Party.EMPLOYER: employer.statement,
    Party.CLIENT: invoices.statement,
}


def statement_of(
    party: Party,
    organisation_id: int,
    period: Period,
    *,
    on: date,
    first: int = 0,
    count: int | None = None,
) -> Statement:
    """Write the statement of an organisation as one party.

    Args:
        on: the day that counts as today: the period goes no further.
        first: how many lines of the period are passed over.
        count: at most so many lines are read; None reads them all. Balances and totals are always
            those of the whole period.
    """
    told = Period(period.first_on, min(period.last_on, on))
    return READERS[party](organisation_id, told, first=first, count=count)


def parties_of(organisation_id: int) -> list[Party]:
    """Say in which quality an organisation has a statement: whom money or hours tie it to."""
    rooms = {
        Party.PROVIDER: provider, Party.FUNDER: funder, Party.THIRD_PARTY: payer,
        Party.EMPLOYER: employer, Party.CLIENT: invoices,
    }  # fmt: skip
    return [party for party, room in rooms.items() if room.is_one(organisation_id)]


def organisations_with_a_statement() -> QuerySet[Organisation]:
    """Organisations that have a statement in any quality, by name."""
    mine = OuterRef("pk")
    return Organisation.objects.filter(
        Exists(Charge.objects.filter(provider=mine))
        | Exists(Tranche.objects.filter(funder=mine))
        | Exists(Commitment.objects.filter(agreement__promiser=mine))
        | Exists(Invoice.objects.filter(recipient=mine))
        | Exists(Debtor.objects.filter(organisation=mine))
    ).order_by("folded", "pk")
