import datetime

import pytest
import time_machine
from django.urls import reverse

from filiere.accounts.models import Membership, Role
from filiere.billing.models import Till, TillDuty, TillReceipt
from filiere.billing.queries import tills as queries
from filiere.billing.services import tills
from filiere.directory.models import Worker
from tests.billing.factories import AT
from tests.billing.test_tills import DECEMBER, NOVEMBER, opened, recorded, town
from tests.web.test_money_pages import heading, signed_in

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(AT, tick=False):
        yield


def text(page):
    return page.content.decode()


class Hall:
    """A town hall: its manager holds the till, its deputy records, its accountant signs."""

    def __init__(self, **act):
        self.world = town()
        self.manager = signed_in(Role.MANAGER, self.world.provider)
        self.deputy = signed_in(Role.MEDIATOR, self.world.provider)
        self.other = signed_in(Role.MEDIATOR, self.world.provider)
        self.accountant = signed_in(Role.ACCOUNTANT, self.world.provider)
        self.till = opened(self.world, manager=self.held(self.manager), **act)
        tills.name_duty(
            till_id=self.till.pk, membership=self.held(self.deputy), duty="deputy",
            from_on=AT.date(), at=AT, actor="test",
        )  # fmt: skip

    def held(self, client) -> Membership:
        return Membership.objects.get(user=client.user)

    def session(self):
        return self.world.split()


def test_a_mediator_records_a_payment_from_the_receipt_of_the_session():
    hall = Hall()
    ref = hall.session().registration.ref
    page = hall.deputy.get(reverse("session_receipt", args=[ref]))
    assert "How does the person pay?" in text(page)
    assert "You are not named" in text(hall.other.get(reverse("session_receipt", args=[ref])))
    address = reverse("till_record", args=[ref])
    assert hall.other.post(address, {"means": "cash"}).status_code == 403
    answer = hall.deputy.post(address, {"means": "cash"}, follow=True)
    assert "Receipt no. 1 of the till" in text(answer)
    hall.deputy.post(address, {"means": "cash"})
    assert TillReceipt.objects.get().recorded_by == hall.deputy.user.actor


def test_a_refusal_at_the_till_is_said_and_nothing_is_recorded():
    hall = Hall(cash_limit_cents=1_000)
    ref = hall.session().registration.ref
    answer = hall.deputy.post(reverse("till_record", args=[ref]), {"means": "cash"}, follow=True)
    assert "at most €10.00 in cash" in text(answer)
    assert TillReceipt.objects.count() == 0


def test_the_till_says_what_to_do_to_each():
    hall = Hall()
    hall.session()
    address = reverse("till", args=[hall.till.pk])
    page = hall.deputy.get(address)
    assert heading(page) == "1 payment to record"
    assert 'value="cash"' in text(page)
    assert "Count the cash" not in text(page)
    assert "Count the cash" in text(hall.manager.get(address))
    auditor = hall.accountant.get(address)
    assert 'value="cash"' not in text(auditor)
    assert "Count the cash" not in text(auditor)
    assert "This money cannot be kept for digital help" in text(page)


def test_the_till_of_another_organisation_is_refused():
    hall, other = Hall(), Hall()
    month = [other.till.pk, "2026-11"]
    for client in (hall.manager, hall.deputy, hall.accountant):
        assert client.get(reverse("till", args=[other.till.pk])).status_code == 403
        assert client.get(reverse("till_month", args=month)).status_code == 403
        assert client.get(reverse("till_month_csv", args=month)).status_code == 403
        assert client.get(reverse("till_month_paper", args=month)).status_code == 403
    for name in ("till_count", "till_deposit", "till_team", "till_close"):
        assert hall.manager.get(reverse(name, args=[other.till.pk])).status_code == 403
    receipt = recorded(other.world)
    assert hall.manager.get(reverse("till_reverse", args=[receipt.pk])).status_code == 403


def test_a_deputy_only_records():
    hall = Hall()
    receipt = recorded(hall.world)
    for name, pk in (
        ("till_count", hall.till.pk),
        ("till_deposit", hall.till.pk),
        ("till_reverse", receipt.pk),
        ("till_team", hall.till.pk),
    ):
        assert hall.deputy.get(reverse(name, args=[pk])).status_code == 403
    month = reverse("till_month", args=[hall.till.pk, "2026-11"])
    assert hall.deputy.post(month, {"act": "hand"}).status_code == 403
    assert hall.manager.post(month, {"act": "sign"}).status_code == 403


def test_the_manager_counts_deposits_and_undoes():
    hall = Hall()
    receipt = recorded(hall.world)
    count = reverse("till_count", args=[hall.till.pk])
    wrong = hall.manager.post(count, {"counted": "29", "note": ""})
    assert wrong.status_code == 422
    assert 'value="29"' in text(wrong)
    hall.manager.post(count, {"counted": "29", "note": "rendu"})
    deposit = reverse("till_deposit", args=[hall.till.pk])
    much = hall.manager.post(deposit, {"means": "cash", "amount": "99", "reference": "B-1"})
    assert much.status_code == 422
    assert "€29.00 are in hand" in text(much)
    hall.manager.post(deposit, {"means": "cash", "amount": "29", "reference": "B-1"})
    undo = reverse("till_reverse", args=[receipt.pk])
    assert hall.manager.post(undo, {"reason": ""}).status_code == 422
    hall.manager.post(undo, {"reason": "erreur"})
    assert TillReceipt.objects.get(number=2).by_accountant
    assert not any(queries.in_hand(hall.till).values())


def test_the_accountant_signs_what_the_manager_handed_over():
    hall = Hall()
    recorded(hall.world)
    month = reverse("till_month", args=[hall.till.pk, "2026-11"])
    early = hall.manager.post(month, {"act": "hand"})
    assert early.status_code == 409
    assert "cannot be handed over yet" in text(early)
    with time_machine.travel(DECEMBER, tick=False):
        for client in (hall.manager, hall.accountant):  # a week without a page signs out
            client.logout()
            client.force_login(client.user, backend=BACKEND)
        assert "is over: hand it" in text(hall.manager.get(reverse("till", args=[hall.till.pk])))
        hall.manager.post(month, {"act": "hand"})
        assert hall.accountant.get(reverse("desk")).url == reverse("tills")
        assert "waits for your signature" in text(
            hall.accountant.get(reverse("tills"), follow=True)
        )
        kept = hall.accountant.post(month, {"act": "back", "reason": ""})
        assert kept.status_code == 422
        hall.accountant.post(month, {"act": "back", "reason": "une carte"})
        assert "une carte" in text(hall.manager.get(month))
        hall.manager.post(month, {"act": "hand"})
        hall.accountant.post(month, {"act": "sign"})
        assert heading(hall.accountant.get(month)) == "November 2026, signed"
    assert queries.months_of(hall.till)[NOVEMBER].decided_by == hall.accountant.user.actor


def test_the_journal_is_a_table_and_a_paper():
    hall = Hall()
    receipt = recorded(hall.world)
    table = text(hall.accountant.get(reverse("till_month_csv", args=[hall.till.pk, "2026-11"])))
    assert (
        f"2026-11-24,1,Till receipt,cash,30.00,,{receipt.share.charge.registration.ref},," in table
    )
    paper = text(hall.accountant.get(reverse("till_month_paper", args=[hall.till.pk, "2026-11"])))
    assert "The public accountant" in paper
    assert "€30.00" in paper
    assert (
        hall.accountant.get(reverse("till_month", args=[hall.till.pk, "2026-13"])).status_code
        == 404
    )


def test_a_manager_opens_a_till_and_names_who_records():
    world = town()
    manager, deputy = (
        signed_in(Role.MANAGER, world.provider),
        signed_in(Role.MEDIATOR, world.provider),
    )
    act = {
        "name": "Régie", "act_number": "2026-14", "act_on": "2026-11-01", "purpose": "Aide",
        "sales": ["website"], "means": ["cash"], "cash_limit": "100", "deposit_days": "30",
        "opened_on": "2026-11-02", "manager": Membership.objects.get(user=manager.user).pk,
    }  # fmt: skip
    refused = manager.post(reverse("till_new"), act)
    assert refused.status_code == 422
    assert "Who could: an association" in text(refused)
    assert 'value="2026-14"' in text(refused)
    made = manager.post(reverse("till_new"), act | {"sales": ["help"]})
    till = Till.objects.get()
    assert made.url == reverse("till_team", args=[till.pk])
    named = {"member": Membership.objects.get(user=deputy.user).pk, "duty": "deputy"}
    manager.post(made.url, named | {"from_on": "2026-11-24"})
    duty = TillDuty.objects.get(duty="deputy")
    manager.post(made.url, {"end": duty.pk})
    duty.refresh_from_db()
    assert duty.ended_on == datetime.date(2026, 11, 24)
    closed = manager.post(reverse("till_close", args=[till.pk]), {"act_number": "2026-50"})
    assert closed.url == reverse("till", args=[till.pk])
    assert heading(manager.get(closed.url)) == "This till is closed"


def test_the_aids_say_what_each_form_may_sell_with_their_source():
    client = signed_in(Role.MANAGER)
    page = text(client.get(reverse("till_aids") + "?statut=commune"))
    assert "Who could: an association, a cooperative, a company" in page
    assert "To verify." in page
    assert "CGCT, art. R. 1617-1" in page
    assert "can be kept" in text(client.get(reverse("till_aids") + "?statut=association"))
    assert client.get(reverse("till_aids") + "?statut=zzz").status_code == 200


def test_an_organisation_without_till_reads_why():
    assert heading(signed_in(Role.MANAGER).get(reverse("tills"))) == "No till is open"
    client = signed_in(Role.MANAGER, town().provider)
    assert reverse("till_new") in text(client.get(reverse("tills")))


def test_the_day_leads_to_the_till():
    hall = Hall()
    Worker.objects.filter(place=hall.world.offer.place).update(user=hall.deputy.user)
    page = text(hall.deputy.get(reverse("day")))
    assert reverse("till", args=[hall.till.pk]) in page
