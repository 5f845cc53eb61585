"""A voucher's code by text message: it is written nowhere before it leaves."""

import datetime

import pytest

from filiere.kernel.models import AuditEntry, OutboxMessage
from filiere.persons import outbox
from filiere.persons import services as persons
from filiere.persons.enums import Purpose
from filiere.vouchers import errors, services
from tests.agenda.factories import new_person
from tests.programmes.factories import AT
from tests.vouchers.factories import active

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(tmp_path, settings):
    """Send what waits; give the texts that left, oldest first."""
    settings.SMS_FOLDER = tmp_path / "sms"

    def read() -> list[str]:
        outbox.send_waiting(at=AT, reader="worker")
        paths = sorted(settings.SMS_FOLDER.glob("*.txt"), key=lambda path: path.stat().st_mtime_ns)
        return [path.read_text("utf-8") for path in paths]

    return read


def held(*, phone="06 12 34 56 78"):
    scene = active()
    person_id = new_person(Purpose.KEEP_IDENTITY)
    persons.seal_identity(person_id=person_id, name="Odile", phone=phone, at=AT, actor="user:1")
    services.hand_out(
        voucher_serial=scene.issued[0].serial, person_id=person_id,
        organisation_id=scene.provider.pk, at=AT, actor="user:1",
    )  # fmt: skip
    return scene, person_id


def ask(scene, **fields):
    given = {"serial": scene.issued[0].serial, "at": AT, "actor": "user:1"}
    services.send_by_sms(**given | fields)


def test_send_by_sms_carries_the_code_a_counter_accepts_to_the_holder(sent):
    scene, _person = held()
    ask(scene)
    ask(scene)

    (text,) = sent()

    number, words = text.split("\n\n")
    assert number == "+33612345678"
    assert scene.issued[0].printed in words
    assert f"n° {scene.issued[0].serial}".replace(" ", "\u00a0") in words
    assert "50,00\u00a0€" in words
    assert "31 décembre 2026" in words
    assert scene.redeem(words.split("Code\u00a0: ")[1].split(".")[0]).taken_cents == 1000


def test_attack_28_the_code_of_a_text_message_waits_nowhere(sent):
    scene, person_id = held()
    ask(scene)

    waiting = OutboxMessage.objects.get()
    assert scene.issued[0].printed not in waiting.body
    assert waiting.recipient == f"person:{person_id}"
    sent()
    waiting.refresh_from_db()
    assert (waiting.sent_at, waiting.body) == (AT, "")


def test_send_by_sms_audits_who_read_the_identity_and_writes_no_number(sent):
    scene, person_id = held()
    ask(scene)

    read = AuditEntry.objects.get(action="persons.identity_read")
    assert (read.actor, read.subject) == ("user:1", f"person:{person_id}")
    asked = AuditEntry.objects.get(action="vouchers.sms_asked")
    assert (asked.subject, asked.detail) == (f"voucher:{scene.issued[0].serial}", {})


def test_send_by_sms_of_a_voucher_stopped_since_sends_nothing(sent):
    scene, _person = held()
    ask(scene)
    services.block(serial=scene.issued[0].serial, reason="doute", at=AT, actor="user:1")

    assert sent() == []
    assert not OutboxMessage.objects.exists()


def test_send_by_sms_refuses_what_nobody_holds_and_who_left_no_number():
    scene, _person = held(phone="")
    with pytest.raises(errors.HolderWithoutPhone):
        ask(scene)
    for serial in (scene.issued[1].serial, 10**9):
        with pytest.raises(errors.VoucherNotToText):
            ask(scene, serial=serial)
    assert not OutboxMessage.objects.exists()


def test_hand_out_new_with_a_telephone_sends_the_code(sent):
    scene = active()
    services.hand_out_new(
        voucher_serial=scene.issued[0].serial, organisation_id=scene.provider.pk, name="Odile",
        phone="+262692123456", at=AT, actor="user:1",
    )  # fmt: skip

    (text,) = sent()
    assert text.startswith("+262692123456")
    assert scene.issued[0].printed in text
    services.send_by_sms(
        serial=scene.issued[0].serial, at=AT + datetime.timedelta(days=1), actor="user:1"
    )
    assert len(sent()) == 2
