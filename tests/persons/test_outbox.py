import uuid

import pytest
from django.core import mail

from filiere.kernel.models import Channel, OutboxMessage
from filiere.kernel.services import enqueue
from filiere.persons import outbox, services
from filiere.persons.enums import Purpose
from tests.agenda.factories import hours, new_person
from tests.conftest import AT

pytestmark = pytest.mark.django_db


def queue(recipient, *, key="k", channel=Channel.EMAIL):
    enqueue(key=key, channel=channel, recipient=recipient, subject="S", body="B", at=AT)


def send():
    return outbox.send_waiting(at=AT + hours(1), reader="worker")


def test_send_waiting_sends_each_message_once():
    queue("place@example.org")
    queue("place@example.org")

    assert (send(), send()) == (1, 0)

    assert [message.to for message in mail.outbox] == [["place@example.org"]]
    assert OutboxMessage.objects.get().sent_at == AT + hours(1)


def test_send_waiting_opens_the_address_of_a_person_only_then():
    person_id = new_person(Purpose.KEEP_IDENTITY)
    services.seal_identity(
        person_id=person_id, name="Odile", email="odile@example.org", at=AT, actor="user:1"
    )
    queue(f"person:{person_id}")

    assert send() == 1

    assert mail.outbox[0].to == ["odile@example.org"]
    assert OutboxMessage.objects.get().recipient == f"person:{person_id}"


def test_send_waiting_drops_what_can_no_longer_be_sent_and_leaves_paper():
    queue(f"person:{uuid.uuid4()}", key="gone")
    queue("Mme Martin, Guéret", key="letter", channel=Channel.LETTER)

    assert send() == 0

    assert list(OutboxMessage.objects.values_list("key", "sent_at")) == [("letter", None)]
