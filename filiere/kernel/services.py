"""Recording what was done, and queueing what is to be sent."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from filiere.kernel.models import AuditEntry, Channel, OutboxMessage


def record(*, actor: str, action: str, subject: str, at: datetime, **detail: Any) -> AuditEntry:
    """Write one line of the audit trail, in the caller's transaction.

    Args:
        actor: opaque id of who acts, e.g. ``user:12``, ``worker``, ``loop``; never a name.
        action: stable verb, e.g. ``settlement.batch_approved``.
        subject: reference of what was acted on, e.g. ``batch:2026-11-27``.
    """
    return AuditEntry.objects.create(
        actor=actor, action=action, subject=subject, at=at, detail=detail
    )


def record_many(*, actor: str, action: str, subjects: Iterable[str], at: datetime) -> None:
    """Write one line of the audit trail per subject, in one statement; see ``record``."""
    AuditEntry.objects.bulk_create(
        AuditEntry(actor=actor, action=action, subject=subject, at=at) for subject in subjects
    )


def enqueue(
    *, key: str, channel: Channel, recipient: str, subject: str, body: str, at: datetime
) -> None:
    """Queue one message; the same ``key`` queued twice is sent once."""
    OutboxMessage.objects.bulk_create(
        [
            OutboxMessage(
                key=key,
                channel=channel,
                recipient=recipient,
                subject=subject,
                body=body,
                created_at=at,
            )
        ],
        ignore_conflicts=True,
    )
