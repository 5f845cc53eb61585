"""A third-party payer's statement: its part of each session, and what it sent. Euro cents.

It reads the reference, day, service and place of each session, never who came. What it offers as an
employer is in ``employer``.
"""

from collections.abc import Mapping, Sequence

from django.db.models import Q, QuerySet

from filiere.agreements.models import AgreementKind, Commitment
from filiere.billing.models import PayerShare, ThirdPartyReceipt
from filiere.observatory.statements import invoices, lines, shares
from filiere.observatory.statements.lines import Explain, Source, source
from filiere.observatory.statements.shape import About, LineKind, Party, Period, Statement

KINDS = (AgreementKind.THIRD_PARTY, AgreementKind.GUARANTEE)


def is_one(organisation_id: int) -> bool:
    """Tell whether an organisation signed to pay a part of sessions."""
    promised = Commitment.objects.filter(
        Q(agreement__kind__in=KINDS) | Q(shares__isnull=False),
        agreement__promiser=organisation_id,
    )
    return promised.exclude(agreement__kind=AgreementKind.EMPLOYER).exists()


def statement(
    organisation_id: int, period: Period, *, first: int = 0, count: int | None = None
) -> Statement:
    """Write it; see ``statement_of``. At most seven queries."""
    explain: dict[LineKind, Explain] = {
        LineKind.AGREED_SHARE: shares.about_shares,
        LineKind.REFUND: shares.about_shares,
        LineKind.RECEIPT: about_receipts,
        LineKind.INVOICE: invoices.about_invoices,
        LineKind.DIRECT: invoices.about_direct,
        **invoices.CREDIT,
    }
    return lines.read(
        Party.THIRD_PARTY, sources(organisation_id), explain, period, first=first, count=count
    )


def sources(organisation_id: int) -> list[Source]:
    """Its lines, by kind."""
    promised = Commitment.objects.filter(agreement__promiser=organisation_id).exclude(
        agreement__kind=AgreementKind.EMPLOYER
    )
    own = PayerShare.objects.filter(commitment__in=promised)
    received = ThirdPartyReceipt.objects.filter(commitment__in=promised)
    asked = invoices.of_third_party(organisation_id)
    return [
        *shares.agreed_lines(own),
        receipt_lines(received),
        invoices.asked_lines(asked),
        invoices.direct_lines(asked),
        *invoices.credit_lines(invoices.third_party_debtors(organisation_id)),
    ]


def receipt_lines(received: QuerySet[ThirdPartyReceipt]) -> Source:
    """Lines of the cash it sent, dated by the moment it was recorded."""
    return source(received, LineKind.RECEIPT, at="posting_group__occurred_at", paid="amount_cents")


def about_receipts(refs: Sequence[str]) -> Mapping[str, About]:
    """Give the facts of some receipts by their number; one query."""
    found = ThirdPartyReceipt.objects.filter(pk__in=[int(ref) for ref in refs])
    return {
        str(one.pk): About(
            number=one.bank_reference,
            on=one.received_on,
            agreement=one.commitment.agreement.title,
            amount_cents=one.amount_cents,
        )
        for one in found.select_related("commitment__agreement")
    }
