import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from filiere.accounts.models import Role
from filiere.billing.models import Charge, ChargeState
from filiere.kernel.models import OutboxMessage
from filiere.programmes.models import BankLine
from filiere.settlement import queries, services
from filiere.settlement.models import Alert, Batch, BatchState, OrderState
from tests.billing.factories import IBANS, bank_account, lot_for, world
from tests.programmes.factories import ring_fence, statement
from tests.settlement.factories import LATER, answer, emitted, order_of, owed
from tests.settlement.test_services import approve, emit, freeze
from tests.web.test_money_pages import heading, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(LATER, tick=False):
        yield


def text(page):
    return page.content.decode()


# --- where a provider is paid -----------------------------------------------------------------


def test_a_manager_changes_its_account_and_everyone_is_told():
    here = world(price=1000)
    client, _operator = signed_in(Role.MANAGER, here.provider), signed_in(Role.OPERATOR)
    page = client.get(reverse("payout_account"))
    assert "You gave no account yet" in text(page)
    wrong = client.post(reverse("payout_account"), {"holder_name": "X", "iban": "FR00"})
    assert wrong.status_code == 422
    assert "control digits" in text(wrong)
    client.post(reverse("payout_account"), {"holder_name": "Médiathèque", "iban": IBANS[0]})
    account = queries.open_account(here.provider.pk)
    assert account.usable_from == LATER + services.HOLD
    page = client.get(reverse("payout_account"))
    assert f"…{IBANS[0][-4:]}" in text(page)
    assert IBANS[0] not in text(page)
    told = OutboxMessage.objects.filter(key__startswith="bank-account:")
    assert told.count() == 2
    assert not [one for one in told if IBANS[0] in one.body]


def test_only_the_manager_of_the_organisation_changes_its_account():
    here = world(price=1000)
    address = reverse("payout_account") + f"?organisation={here.provider.pk}"
    for role, status in ((Role.OPERATOR, 403), (Role.AUDITOR, 403), (Role.MEDIATOR, 403)):
        assert signed_in(role).get(address).status_code == status
    assert signed_in(Role.MANAGER).get(address).status_code == 403
    assert signed_in(Role.MEDIATOR, here.provider).get(address).status_code == 403


# --- the bank's answers -------------------------------------------------------------------------


def test_a_bank_answer_is_read_and_told_line_by_line():
    here = owed(1000)
    batch = emitted()
    client = signed_in(Role.OPERATOR)
    content = answer(batch, (order_of(here).end_to_end_id, "RJCT", "AC04"))
    given = {"file": SimpleUploadedFile("reponse.xml", content)}
    page = client.post(reverse("batch_answer_new"), given, follow=True)
    assert heading(page) == "The bank refused 1 transfer"
    assert "the account is closed" in text(page)
    shown = client.get(reverse("batch", args=[batch.pk]))
    assert "the account is closed" in text(shown)
    assert "The bank did not pay €10.00 of it" in text(shown)
    assert "the bank refused its account" in text(client.get(reverse("batches")))
    owner = signed_in(Role.MANAGER, here.provider)
    assert "The bank refused your account" in text(owner.get(reverse("payables")))


def test_a_file_that_is_no_answer_is_refused_kindly():
    client = signed_in(Role.OPERATOR)
    given = {"file": SimpleUploadedFile("photo.xml", b"<html/>")}
    page = client.post(reverse("batch_answer_new"), given)
    assert page.status_code == 422
    assert "pain.002.001.03" in text(page)
    assert signed_in(Role.AUDITOR).get(reverse("batch_answer_new")).status_code == 403


def test_a_line_nobody_explains_is_listed_and_named_by_a_person():
    account = ring_fence()
    here = owed(1000)
    emitted()
    statement(account, ("2026-11-30", -1000, ""))
    client = signed_in(Role.OPERATOR)
    page = client.get(reverse("batch_lines"))
    assert heading(page) == "1 line of the account is not explained"
    line, order = BankLine.objects.get(), order_of(here)
    auditor = signed_in(Role.AUDITOR)
    said = {"line": line.pk, "order": order.pk}
    assert auditor.post(reverse("batch_lines"), said).status_code == 403
    assert client.post(reverse("batch_lines"), {"line": "x"}).status_code == 404
    client.post(reverse("batch_lines"), said)
    order.refresh_from_db()
    assert order.state == OrderState.PAID
    assert "Every line is explained" in text(client.get(reverse("batch_lines")))


def test_an_auditor_reads_the_bank_file_with_its_accounts_masked():
    owed(1000)
    batch = emitted()
    address = reverse("batch_file", args=[batch.pk])
    assert IBANS[0] in text(signed_in(Role.OPERATOR).get(address))
    masked = text(signed_in(Role.AUDITOR).get(address))
    assert IBANS[0] not in masked
    assert f"XXXX{IBANS[0][-4:]}" in masked


# --- alerts, holds, refunds -----------------------------------------------------------------------


def test_attack_33_an_alert_is_read_before_the_approval():
    owed(1000, sessions=5)
    batch = freeze()
    alert = Alert.objects.get()
    assert (alert.kind, alert.sessions, alert.amount_cents) == ("serial_run", 5, 5000)
    client = signed_in(Role.OPERATOR)
    refused = client.post(reverse("batch_approve", args=[batch.pk]))
    assert refused.status_code == 422
    assert "have not been read" in text(refused)
    client.post(reverse("batch_approve", args=[batch.pk]), {"alert": [alert.pk]})
    alert.refresh_from_db()
    assert (alert.read_by, Batch.objects.get().state) == (client.user.actor, BatchState.APPROVED)


def test_attack_40_an_operator_holds_the_payments_of_a_provider():
    here = owed(1000)
    client = signed_in(Role.OPERATOR)
    address = reverse("payment_hold", args=[here.provider.pk])
    assert client.post(address, {"reason": ""}).status_code == 422
    client.post(address, {"reason": "Contrôle"})
    assert "payments held" in text(client.get(reverse("batches")))
    owner = signed_in(Role.MANAGER, here.provider)
    assert "Contrôle" in text(owner.get(reverse("payables")))
    client.post(address, {"lift": "yes"})
    assert queries.open_hold(here.provider.pk) is None


def test_a_refund_says_what_happens_then_takes_the_sum_from_the_next_payment():
    here = owed(1000)
    services.mark_paid(
        batch=emit(approve(freeze())), paid_on=LATER.date(), at=LATER, actor="user:1"
    )
    charge = Charge.objects.get()
    address = reverse("session_refund", args=[charge.registration.ref])
    owner = signed_in(Role.MANAGER, here.provider)
    assert heading(owner.get(address)) == "Refund this session?"
    assert owner.post(address, {"reason": ""}).status_code == 422
    page = owner.post(address, {"reason": "Erreur de séance"}, follow=True)
    assert heading(page) == "This session is refunded"
    charge.refresh_from_db()
    assert charge.state == ChargeState.REFUNDED
    statement_page = text(owner.get(reverse("payables")))
    assert "ND-2026-0001" in statement_page
    assert "Erreur de séance" in statement_page
    assert signed_in(Role.MANAGER).get(address).status_code == 403
    assert signed_in(Role.MEDIATOR, here.provider).get(address).status_code == 403


def test_an_approved_batch_is_cancelled_by_a_second_person():
    owed(1000)
    batch = approve(freeze())
    client = signed_in(Role.OPERATOR)
    client.post(reverse("batch_cancel", args=[batch.pk]))
    batch.refresh_from_db()
    assert batch.state == BatchState.CANCELLED


# --- the yearly list ----------------------------------------------------------------------------


def test_attack_46_the_yearly_list_adds_up_and_no_cell_is_a_formula():
    here = world(price=1000)
    here.provider.name = '=HYPERLINK("http://x")'
    here.provider.save()
    lot = lot_for(here, face=1000, count=2)
    for issued in lot.issued:
        here.split(issued.code)
    commissioner = lot.lot.programme.commissioner
    client = signed_in(Role.COMMISSIONER, commissioner)
    page = client.get(reverse("programme_claims"))
    assert heading(page) == "1 organisation claimed €20.00"
    table = text(client.get(reverse("programme_claims_csv")))
    assert "'=HYPERLINK" in table
    assert ",20.00" in table
    before = client.get(reverse("programme_claims") + "?annee=2025")
    assert "No voucher was used that year" in text(before)
    address = reverse("programme_claims") + f"?organisation={commissioner.pk}"
    assert signed_in(Role.COMMISSIONER).get(address).status_code == 403
    assert signed_in(Role.AUDITOR).get(address).status_code == 200


def test_what_does_not_exist_gets_a_sentence():
    client = signed_in(Role.OPERATOR)
    for name, args in (
        ("batch_answer", [9_999]),
        ("payment_hold", [9_999_999]),
        ("session_refund", ["OR-0000"]),
    ):
        assert client.get(reverse(name, args=args)).status_code == 404


def test_a_session_refunded_before_its_payment_leaves_nothing_to_pay():
    here = owed(1000)
    bank_account(here)
    owner = signed_in(Role.MANAGER, here.provider)
    page = text(owner.get(reverse("payables")))
    address = reverse("session_refund", args=[Charge.objects.get().registration.ref])
    assert address in page
    owner.post(address, {"reason": "Erreur"})
    assert queries.payable(here.provider.pk).total_cents == 0
