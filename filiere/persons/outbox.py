"""Sends the messages that wait. An address is opened only at the moment of sending.

A message for someone helped is addressed to ``person:<reference>``: their e-mail address stays
sealed in the database until then. Letters and text messages wait to be printed or sent by hand.
"""

from datetime import datetime
from uuid import UUID

from django.core.mail import send_mail
from django.db import transaction

from filiere.kernel.models import Channel, OutboxMessage
from filiere.persons import queries

PERSON = "person:"


def send_waiting(*, at: datetime, reader: str, limit: int = 100) -> int:
    """Send waiting e-mails, oldest first, each in its own transaction; several workers may run.

    A message to a person whose address is not (or no longer) kept is dropped.

    Returns:
        Number of messages that left.
    """
    left = 0
    for _turn in range(limit):
        with transaction.atomic():
            waiting = OutboxMessage.objects.select_for_update(skip_locked=True)
            message = (
                waiting.filter(sent_at=None, channel=Channel.EMAIL)
                .order_by("created_at", "pk")
                .first()
            )
            if message is None:
                return left
            address = _address(message.recipient, reader=reader, at=at)
            if not address:
                message.delete()
                continue
            subject, body = message.subject, message.body
            # What was sent is not kept: a text may carry a link that opens something.
            message.sent_at, message.body = at, ""
            message.save(update_fields=["sent_at", "body"])
            send_mail(subject, body, None, [address])
            left += 1
    return left


def _address(recipient: str, *, reader: str, at: datetime) -> str:
    """Give the e-mail address behind a recipient; blank when there is none."""
    if not recipient.startswith(PERSON):
        return recipient
    person_id = UUID(recipient.removeprefix(PERSON))
    found = queries.identities([person_id], reader=reader, at=at)
    return found[person_id].email if person_id in found else ""
