"""Sends the messages that wait. An address is opened only at the moment of sending.

A message for someone helped is addressed to ``person:<reference>``: their e-mail address and
telephone stay sealed in the database until then. Letters wait to be printed.
"""

from datetime import datetime
from uuid import UUID

from django.core.mail import send_mail
from django.db import transaction

from filiere.kernel import messages
from filiere.kernel.models import Channel, OutboxMessage
from filiere.persons import queries
from filiere.rules.national_values import read_phone

PERSON = "person:"


def send_waiting(*, at: datetime, reader: str, limit: int = 100) -> int:
    """Send waiting e-mails and text messages, oldest first, each in its own transaction; several workers may run.

    A message to a person whose address is not (or no longer) kept is dropped, and so is one that
    names a secret which may no longer be sent.

    Returns:
        Number of messages that left.
    """
    left = 0
    for _turn in range(limit):
        with transaction.atomic():
            waiting = OutboxMessage.objects.select_for_update(skip_locked=True)
            message = (
                waiting.filter(sent_at=None, channel__in=(Channel.EMAIL, Channel.SMS))
                .order_by("created_at", "pk")
                .first()
            )
            if message is None:
                return left
            address = _address(message, reader=reader, at=at)
            body = messages.with_secrets(message.body) if address else None
            if not address or body is None:
                message.delete()
                continue
            # What was sent is not kept: a text may carry a link that opens something.
            message.sent_at, message.body = at, ""
            message.save(update_fields=["sent_at", "body"])
            if message.channel == Channel.SMS:
                messages.sms().send(number=address, text=body)
            else:
                send_mail(message.subject, body, None, [address])
            left += 1
    return left


def _address(message: OutboxMessage, *, reader: str, at: datetime) -> str:
    """Give the e-mail address or the number behind a recipient; blank when there is none."""
    if not message.recipient.startswith(PERSON):
        return message.recipient
    person_id = UUID(message.recipient.removeprefix(PERSON))
    found = queries.identities([person_id], reader=reader, at=at).get(person_id)
    if found is None:
        return ""
    if message.channel == Channel.SMS:
        return read_phone(found.phone)[0] or ""
    return found.email
