"""Pages of what is due: the list by age, a payment recorded, steps, reminders confirmed."""

import datetime

import pytest
import time_machine
from django.urls import reverse

from filiere.accounts.models import Role
from filiere.billing import services
from filiere.billing.models import InvoicePayment, Reminder
from filiere.billing.queries import receivables as queries
from filiere.kernel.models import OutboxMessage
from tests.agenda.factories import OrganisationFactory
from tests.billing.factories import AT
from tests.billing.invoice_scene import customer, issuer, written
from tests.billing.test_receivables import pay
from tests.pdf_reading import texts
from tests.web.test_money_pages import heading, signed_in

pytestmark = pytest.mark.django_db
NOW = AT + datetime.timedelta(days=45)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def of():
    return issuer()


@pytest.fixture
def to(of):
    return customer(of)


@pytest.fixture
def client(of):
    return signed_in(Role.MANAGER, of.organisation)


def text(page):
    return page.content.decode()


def asked(**fields):
    return {
        "amount": "60",
        "day": NOW.date().isoformat(),
        "means": "transfer",
        "reference": "VIR 12",
        "spread": "oldest",
        "key": "page",
    } | fields


def test_receivables_says_what_is_due_and_how_late(of, to, client):
    assert "Nothing is due to you" in text(client.get(reverse("receivables")))
    invoice = written(of, to, 10_000)
    shown = client.get(reverse("receivables"))
    assert heading(shown) == "€100.00 is due to you, of which €100.00 late"
    assert reverse("receivable", args=[invoice.pk]) in text(shown)
    assert invoice.number not in text(client.get(reverse("receivables") + "?age=2"))
    assert invoice.number not in text(client.get(reverse("receivables") + "?qui=person"))


def test_receivables_reads_a_fixed_number_of_queries(of, to, client, django_assert_max_num_queries):
    for rank in range(60):
        written(of, to, 100, key=str(rank))
    with django_assert_max_num_queries(16):
        assert client.get(reverse("receivables") + "?page=2").status_code == 200


def test_receivable_records_a_part_payment_then_refuses_it_again(of, to, client):
    invoice = written(of, to, 10_000)
    address = reverse("receivable", args=[invoice.pk])
    assert client.post(address, asked()).status_code == 302
    assert queries.position_of(invoice).open_cents == 4_000
    shown = client.get(address)
    assert "€40.00" in heading(shown)
    assert "VIR 12" in text(shown)
    again = client.post(address, asked(key="other"))
    assert again.status_code == 422
    assert "already recorded" in text(again)
    assert 'value="60"' in text(again)
    assert InvoicePayment.objects.count() == 1


def test_receivable_refuses_an_amount_of_nothing_and_parts_beyond_the_payment(of, to, client):
    first, second = written(of, to, 10_000, key="1"), written(of, to, 5_000, key="2")
    address = reverse("receivable", args=[first.pk])
    assert client.post(address, asked(amount="0")).status_code == 422
    parts = {f"part_{first.pk}": "10", f"part_{second.pk}": "50,01"}
    assert client.post(address, asked(spread="parts", **parts)).status_code == 422
    parts[f"part_{second.pk}"] = "50"
    assert client.post(address, asked(spread="parts", **parts)).status_code == 302
    assert queries.position_of(second).open_cents == 0


def test_receivable_steps_use_and_give_back_the_credit_balance(of, to, client):
    payment = pay(to, 3_000)
    invoice = written(of, to, 1_000)
    page = text(client.get(reverse("receivable", args=[invoice.pk])))
    assert "Credit balance: €30.00" in page
    client.post(reverse("receivable_credit", args=[invoice.pk]))
    assert queries.position_of(invoice).open_cents == 0
    address = reverse("receivable_refund", args=[invoice.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, asked(amount="20,01")).status_code == 422
    assert client.post(address, asked(amount="20")).status_code == 302
    assert queries.credit_cents(payment.debtor_id) == 0
    assert client.get(address).status_code == 302


def test_receivable_bounce_opens_the_invoice_again(of, to, client):
    invoice = written(of, to, 1_000)
    payment = pay(to, 1_000)
    address = reverse("receivable_bounce", args=[payment.pk])
    assert client.post(address, {"day": NOW.date().isoformat(), "reason": ""}).status_code == 422
    given = {"day": NOW.date().isoformat(), "reason": "Provision insuffisante"}
    answer = client.post(address, given)
    assert answer.url == reverse("receivable", args=[invoice.pk])
    assert "Provision insuffisante" in text(client.get(answer.url))


def test_receivable_plan_is_agreed_to_the_cent_then_ended(of, to, client):
    invoice = written(of, to, 10_000)
    address = reverse("receivable_plan", args=[invoice.pk])
    assert "€100.00 is left" in text(client.get(address))
    first = (NOW.date() + datetime.timedelta(days=20)).isoformat()
    assert client.post(address, {"months": "3", "first_on": first}).status_code == 302
    plan = invoice.plans.get()
    cents = list(plan.instalments.order_by("rank").values_list("amount_cents", flat=True))
    assert cents == [3_334, 3_333, 3_333]
    assert "payment plan" in text(client.get(reverse("receivables")))
    assert client.post(address, {"running": plan.pk}).status_code == 302
    plan.refresh_from_db()
    assert plan.ended_at is not None
    assert client.post(address, {"running": plan.pk}).status_code == 302
    assert invoice.plans.count() == 1


def test_receivable_plan_agreed_by_a_form_sent_twice_still_runs(of, to, client):
    invoice = written(of, to, 10_000)
    address = reverse("receivable_plan", args=[invoice.pk])
    first = (NOW.date() + datetime.timedelta(days=20)).isoformat()
    for _click in range(2):
        assert client.post(address, {"months": "3", "first_on": first}).status_code == 302
    assert invoice.plans.get().ended_at is None


def test_receivable_dispute_is_noted_then_settled(of, to, client):
    invoice = written(of, to, 10_000)
    address = reverse("receivable_dispute", args=[invoice.pk])
    assert client.post(address, {"words": ""}).status_code == 422
    client.post(address, {"words": "Atelier non tenu"})
    assert "Atelier non tenu" in text(client.get(reverse("receivable", args=[invoice.pk])))
    opened = invoice.disputes.get()
    assert f'name="running" value="{opened.pk}"' in text(client.get(address))
    client.post(address, {"words": "Atelier tenu en juin", "running": opened.pk})
    assert not invoice.disputes.filter(closed_at=None).exists()


def test_receivable_dispute_noted_or_settled_by_a_form_sent_twice_is_done_once(of, to, client):
    invoice = written(of, to, 10_000)
    address = reverse("receivable_dispute", args=[invoice.pk])
    for _click in range(2):
        assert client.post(address, {"words": "Atelier non tenu"}).status_code == 302
    opened = invoice.disputes.get()
    assert opened.closed_at is None
    for _click in range(2):
        client.post(address, {"words": "Atelier tenu en juin", "running": opened.pk})
    assert invoice.disputes.get().outcome == "Atelier tenu en juin"


def test_receivable_refund_of_a_debtor_who_never_paid_goes_back(of, to, client):
    invoice = written(of, to, 1_000)
    address = reverse("receivable_refund", args=[invoice.pk])
    answer = client.post(address, asked(amount="20"))
    assert (answer.status_code, answer.url) == (302, reverse("receivable", args=[invoice.pk]))


def test_receivable_reminder_is_read_confirmed_printed(of, to, client):
    invoice = written(of, to, 10_000)
    services.prepare_reminders(at=NOW)
    reminder = Reminder.objects.get()
    assert "1 reminder to confirm" in text(client.get(reverse("receivable_reminders")))
    address = reverse("receivable_reminder", args=[reminder.pk])
    shown = text(client.get(address))
    assert invoice.number in shown
    assert client.post(address, {"way": "email"}).status_code == 409
    assert client.post(address, {"way": "letter"}).status_code == 302
    assert "sent by letter" in text(client.get(address))
    assert not OutboxMessage.objects.exists()
    letter = client.get(reverse("receivable_letter", args=[reminder.pk]))
    assert "Caisse de la Creuse" in " ".join(texts(letter.content))


def test_receivable_reminder_asks_for_what_is_left_once_a_part_is_paid(of, to, client):
    written(of, to, 10_000)
    services.prepare_reminders(at=NOW)
    pay(to, 4_000)
    reminder = Reminder.objects.get()
    shown = text(client.get(reverse("receivable_reminder", args=[reminder.pk])))
    letter = client.get(reverse("receivable_letter", args=[reminder.pk]))
    for said in (shown, " ".join(texts(letter.content))):
        assert "60,00" in said.replace("60.00", "60,00")
        assert "100,00" not in said.replace("100.00", "100,00")


def test_receivable_reminder_is_set_aside_with_words(of, to, client):
    written(of, to, 10_000)
    services.prepare_reminders(at=NOW)
    address = reverse("receivable_reminder", args=[Reminder.objects.get().pk])
    assert client.post(address, {"aside": "yes", "reason": ""}).status_code == 422
    assert client.post(address, {"aside": "yes", "reason": "Ils ont promis"}).status_code == 302
    assert "Ils ont promis" in text(client.get(address))


def test_receivable_pages_are_closed_to_others(of, to):
    invoice = written(of, to, 10_000)
    payment = pay(to, 1_000)
    services.prepare_reminders(at=NOW)
    reminder = Reminder.objects.get()
    for role in (Role.MANAGER, Role.MEDIATOR, Role.COMMISSIONER):
        other = signed_in(role, OrganisationFactory())
        for name, pk in (
            ("receivable", invoice.pk),
            ("receivable_plan", invoice.pk),
            ("receivable_dispute", invoice.pk),
            ("receivable_refund", invoice.pk),
            ("receivable_bounce", payment.pk),
            ("receivable_reminder", reminder.pk),
            ("receivable_letter", reminder.pk),
        ):
            assert other.get(reverse(name, args=[pk])).status_code == 403
