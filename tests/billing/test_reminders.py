"""Reminders, payment plans, disputes: who is asked again, when, and who is left alone."""

import datetime

import pytest

from filiere.accounts.models import Membership, Role, User
from filiere.billing import services
from filiere.billing.errors import (
    DisputeReasonMissing,
    InvoiceNotOpen,
    PlanNotPossible,
    PlanOpen,
    ReminderNotToSend,
    ReminderReasonMissing,
)
from filiere.billing.models import Reminder
from filiere.billing.reminding import message_of
from filiere.kernel.models import OutboxMessage
from tests.agenda.factories import new_person
from tests.billing.invoice_scene import POST_SIRET, customer, issuer, written
from tests.billing.test_receivables import pay
from tests.conftest import AT

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
DUE = 30


@pytest.fixture
def of():
    return issuer()


@pytest.fixture
def to(of):
    return customer(of)


@pytest.fixture
def late(of, to):
    return written(of, to, 100_000)


def prepared(days):
    services.prepare_reminders(at=AT + days * DAY)
    return list(Reminder.objects.filter(state="prepared").order_by("pk"))


def send(reminder, way="letter", days=DUE + 8):
    return services.send_reminder(reminder=reminder, way=way, at=AT + days * DAY, actor="user:1")


def plan(invoice, *parts):
    return services.agree_plan(
        invoice=invoice,
        instalments=[(AT.date() + days * DAY, cents) for days, cents in parts],
        at=AT,
        actor="user:1",
    )


def test_prepare_reminders_waits_eight_days_then_makes_one_step_once(late):
    assert prepared(DUE + 7) == []
    first = prepared(DUE + 8)
    assert [(one.step, one.open_cents) for one in first] == [("first", 100_000)]
    assert prepared(DUE + 8) == first == prepared(DUE + 15)
    assert [one.step for one in prepared(DUE + 23)] == ["first", "second"]


def test_prepare_reminders_adds_what_the_law_adds_to_a_company(late):
    reminder = prepared(DUE + 73)[0]
    assert (reminder.fee_cents, reminder.interest_cents) == (4_000, 2_400)


def test_prepare_reminders_leaves_contested_and_planned_invoices_alone(of, late, to):
    other = written(of, to, 3_000, key="other")
    services.open_dispute(invoice=late, reason="Atelier non tenu", at=AT, actor="user:1")
    plan(other, (40, 1_000), (70, 2_000))
    assert prepared(DUE + 60) == []


def test_prepare_reminders_sets_aside_what_was_paid_since(late, to):
    (reminder,) = prepared(DUE + 8)
    pay(to, 100_000)
    assert prepared(DUE + 9) == []
    reminder.refresh_from_db()
    assert (reminder.state, reminder.reason) == ("set_aside", "payée depuis")


def test_prepare_reminders_brings_what_waits_up_to_the_day(late, to):
    (reminder,) = prepared(DUE + 8)
    pay(to, 40_000)
    assert [one.open_cents for one in prepared(DUE + 9)] == [60_000]
    reminder.refresh_from_db()
    assert reminder.prepared_on == AT.date() + (DUE + 8) * DAY


def test_send_reminder_asks_for_what_is_left_that_day_and_never_changes_after(late, to):
    (reminder,) = prepared(DUE + 8)
    pay(to, 40_000)
    sent = send(reminder)
    sent.refresh_from_db()
    assert sent.open_cents == 60_000
    assert "600,00 €" in message_of(sent)[1].replace("\u202f", " ").replace("\xa0", " ")
    pay(to, 10_000, key="later")
    assert services.bring_up_to(sent, AT.date() + (DUE + 9) * DAY) is not None
    assert sent.open_cents == 60_000


def test_send_reminder_queues_one_message_however_often_it_is_confirmed(late, to):
    Membership.objects.create(
        user=User.objects.create_user("compta@example.org", "x", display_name="Compta"),
        organisation=to.organisation,
        role=Role.MANAGER,
    )
    (reminder,) = prepared(DUE + 8)
    send(reminder, "email")
    send(reminder, "email")
    message = OutboxMessage.objects.get()
    assert "F-2026-000001" in message.subject
    assert "1 000,00 €" in message.body.replace("\u202f", " ").replace("\xa0", " ")


def test_send_reminder_refuses_what_is_paid_contested_or_without_address(late, to):
    (reminder,) = prepared(DUE + 8)
    with pytest.raises(ReminderNotToSend):
        send(reminder, "email")
    dispute = services.open_dispute(invoice=late, reason="Erreur", at=AT, actor="user:1")
    with pytest.raises(ReminderNotToSend):
        send(reminder)
    services.close_dispute(dispute=dispute, outcome="Expliqué", at=AT, actor="user:1")
    pay(to, 100_000)
    with pytest.raises(ReminderNotToSend):
        send(reminder)
    assert not OutboxMessage.objects.exists()


def test_set_reminder_aside_needs_words_and_is_not_undone(late):
    (reminder,) = prepared(DUE + 8)
    aside = {"reminder": reminder, "at": AT, "actor": "user:1"}
    with pytest.raises(ReminderReasonMissing):
        services.set_reminder_aside(reason=" ", **aside)
    services.set_reminder_aside(reason="Ils ont promis", **aside)
    assert services.set_reminder_aside(reason="Encore", **aside).reason == "Ils ont promis"
    with pytest.raises(ReminderNotToSend):
        send(reminder)
    assert prepared(DUE + 9) == []


def test_set_reminder_aside_refuses_what_has_left(late):
    (reminder,) = prepared(DUE + 8)
    send(reminder)
    with pytest.raises(ReminderNotToSend):
        services.set_reminder_aside(reason="Trop tard", reminder=reminder, at=AT, actor="user:1")


def test_agree_plan_comes_to_what_is_left_on_later_and_later_days(late, to):
    pay(to, 40_000)
    for parts in (
        [(30, 60_001)],
        [(30, 30_000), (30, 30_000)],
        [(30, 0), (31, 60_000)],
        [(-1, 60_000)],
        [],
    ):
        with pytest.raises(PlanNotPossible):
            plan(late, *parts)
    agreed = plan(late, (30, 20_000), (60, 40_000))
    assert agreed == plan(late, (30, 20_000), (60, 40_000))
    assert (agreed.amount_cents, agreed.settled_cents) == (60_000, 40_000)
    with pytest.raises(PlanOpen):
        plan(late, (30, 60_000))


def test_end_plan_lets_reminders_go_on(late):
    agreed = plan(late, (40, 100_000))
    assert prepared(DUE + 8) == []
    services.end_plan(plan=agreed, at=AT, actor="user:1")
    assert len(prepared(DUE + 8)) == 1


def test_agree_plan_and_open_dispute_refuse_a_paid_invoice(late, to):
    pay(to, 100_000)
    with pytest.raises(InvoiceNotOpen):
        plan(late, (30, 1))
    with pytest.raises(InvoiceNotOpen):
        services.open_dispute(invoice=late, reason="Erreur", at=AT, actor="user:1")
    with pytest.raises(DisputeReasonMissing):
        services.open_dispute(invoice=late, reason=" ", at=AT, actor="user:1")


def test_message_of_a_formal_notice_quotes_the_law_of_who_owes(of, late):
    town = customer(of, is_public=True, siret=POST_SIRET)
    owed = written(of, town, 50_000, key="town")
    for days in (DUE + 8, DUE + 30, DUE + 60):
        prepared(days)
    company = message_of(Reminder.objects.get(invoice=late, step="formal"))
    public = message_of(Reminder.objects.get(invoice=owed, step="formal"))
    assert "D. 441-5" in company[1]
    assert "D. 2192-35" in public[1]
    first = message_of(Reminder.objects.get(invoice=late, step="first"))[1]
    assert "441" not in first


def test_message_of_a_person_speaks_of_no_fee_and_offers_to_pay_bit_by_bit(of):
    owed = services.issue_invoice(
        issuer=of,
        person_id=new_person(),
        lines=[services.LineWanted(wording="Ordinateur reconditionné", unit_price_cents=9_000)],
        issued_on=AT.date(),
        key="person",
        at=AT,
        actor="test",
    )
    assert (owed.due_on - owed.issued_on).days == DUE
    for days in (DUE + 15, DUE + 45, DUE + 90, DUE + 300):
        prepared(days)
    reminders = list(Reminder.objects.order_by("pk"))
    assert [(one.step, one.fee_cents, one.interest_cents) for one in reminders] == [
        ("first", 0, 0), ("second", 0, 0),
    ]  # fmt: skip
    for one in reminders:
        body = message_of(one)[1]
        assert "mois par mois" in body
        assert "frais" not in body
        with pytest.raises(ReminderNotToSend):
            send(one, "email")
        assert send(one, "letter", days=DUE + 15).way == "letter"
