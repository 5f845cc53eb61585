"""The ring-fenced account declared, and the bank's statements of it imported."""

import hashlib
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiere.kernel import events
from filiere.kernel import services as kernel
from filiere.kernel.wording import Euros
from filiere.programmes.errors import (
    RingFenceRefused,
    StatementAccountUnknown,
    StatementConflict,
    StatementDoesNotAddUp,
    StatementUnreadable,
)
from filiere.programmes.events import StatementImported
from filiere.programmes.models import BankLine, BankStatement, RingFence
from filiere.rules.bank_statements import (
    Statement,
    StatementError,
    StatementSumError,
    read_statement,
)
from filiere.rules.iban import read_iban

WHY = {
    "empty": _("it is empty."),
    "too_big": _("it is over 10 MB."),
    "unsafe": _("it carries a document type or an entity, which a bank never needs."),
    "not_xml": _("its XML is broken."),
    "not_camt": _("it is XML, but not a camt.053 statement."),
    "no_account": _("it names no account."),
    "several_accounts": _("it is about several accounts."),
    "currency": _("it holds another currency than the euro."),
    "amount": _("an amount is missing or wrong."),
    "date": _("a date is missing or wrong."),
    "balance": _("its opening or closing balance is missing, or statements do not follow."),
    "columns": _("a row has fewer than three columns."),
}


@transaction.atomic
def declare_ring_fence(
    *,
    operator_id: int,
    iban: str,
    label: str,
    actor: str,
    at: datetime,
    is_invented: bool = False,
) -> RingFence:
    """Declare the dedicated account of an operator. The same account again is the same row.

    Args:
        iban: any spacing; its control digits are verified.

    Raises:
        RingFenceRefused: the IBAN is wrong, or is another operator's.
    """
    try:
        known_iban = read_iban(iban).iban
    except ValueError as error:
        raise RingFenceRefused(iban=iban[:42]) from error
    found, made = RingFence.objects.get_or_create(
        iban=known_iban,
        defaults={
            "operator_id": operator_id,
            "label": label.strip(),
            "opened_at": at,
            "is_invented": is_invented,
        },
    )
    if found.operator_id != operator_id:
        raise RingFenceRefused(iban=known_iban)
    if made:
        kernel.record(
            actor=actor,
            action="programmes.ring_fence_declared",
            subject=f"ring_fence:{found.pk}",
            at=at,
        )
    return found


@transaction.atomic
def import_statement(*, content: bytes, at: datetime, actor: str) -> BankStatement:
    """Import a file of the bank: its balances, and the lines not yet known.

    The same file again is the same statement; a file that overlaps an earlier one brings only its
    new lines. Locks the account. Publishes ``StatementImported``.

    Args:
        content: camt.053 XML, or the plain table of ``rules.bank_statements``.

    Raises:
        StatementUnreadable: neither format, unsafe XML, another currency.
        StatementAccountUnknown: not a declared, open ring-fenced account.
        StatementDoesNotAddUp: opening balance plus lines is not the closing balance.
        StatementConflict: a known line comes back with another content.
    """
    digest = hashlib.sha256(content).hexdigest()
    statement = _read(content)
    account = (
        RingFence.objects.select_for_update().filter(iban=statement.iban, closed_at=None).first()
    )
    if account is None:
        raise StatementAccountUnknown(iban=statement.iban[:42])
    known = BankStatement.objects.filter(sha256=digest).first()
    if known is not None:
        return known
    fresh = _new_lines(account, statement)
    imported = BankStatement.objects.create(
        ring_fence=account,
        reference=statement.reference,
        dated_on=statement.dated_on,
        opening_balance_cents=statement.opening_cents,
        closing_balance_cents=statement.closing_cents,
        lines_total_cents=sum(line.amount_cents for line in statement.lines),
        lines_known=len(statement.lines) - len(fresh),
        sha256=digest,
        imported_at=at,
        imported_by=actor,
    )
    for line in fresh:
        line.statement = imported
    BankLine.objects.bulk_create(fresh)
    kernel.record(
        actor=actor,
        action="programmes.statement_imported",
        subject=f"statement:{imported.pk}",
        at=at,
        lines=len(fresh),
        sha256=digest,
    )
    events.publish(StatementImported(statement_id=imported.pk))
    return imported


def _read(content: bytes) -> Statement:
    """Read the file; word what it refuses."""
    try:
        return read_statement(content)
    except StatementSumError as error:
        raise StatementDoesNotAddUp(
            computed=Euros(error.computed_cents), closing=Euros(error.closing_cents)
        ) from error
    except StatementError as error:
        raise StatementUnreadable(why=WHY[error.reason], detail=error.detail) from error


def _new_lines(account: RingFence, statement: Statement) -> list[BankLine]:
    """Leave out the lines an earlier file brought; refuse one that has changed since."""
    known = {
        line.external_id: (line.booked_on, line.amount_cents)
        for line in BankLine.objects.filter(
            ring_fence=account, external_id__in=[line.external_id for line in statement.lines]
        )
    }
    fresh = []
    for line in statement.lines:
        before = known.get(line.external_id)
        if before is None:
            fresh.append(
                BankLine(
                    ring_fence=account,
                    external_id=line.external_id,
                    booked_on=line.booked_on,
                    amount_cents=line.amount_cents,
                    counterpart=line.counterpart,
                    reference=line.reference,
                    label=line.label,
                )
            )
        elif before != (line.booked_on, line.amount_cents):
            raise StatementConflict(line=line.external_id)
    return fresh
