"""Statements on pages, as tables and on paper: who reads which, and what each line says."""

import csv
import datetime
import io
import json

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse

from filiere.agenda.models import Registration
from filiere.billing import services
from filiere.billing.models import Charge
from filiere.billing.services.refunding import refund_charge
from filiere.kernel.calendar import legal_day
from filiere.kernel.models import AuditEntry
from filiere.web.bookings import url_of, year_address
from filiere.web.formats import day_words
from tests.agenda.factories import new_person
from tests.api.conftest import signed_in
from tests.billing.factories import AT, commitment, lot_for, receive, world
from tests.billing.invoice_scene import issuer
from tests.pdf_reading import texts
from tests.programmes.factories import organisation

pytestmark = pytest.mark.django_db
NOW = AT + datetime.timedelta(days=5)


def anyone():
    return Browser(headers={"accept-language": "en"})


def words_of(content):
    return " ".join(texts(content))


def plain(answer):
    """What a page says, no-break spaces written as spaces."""
    return answer.content.decode().replace("\xa0", " ")


def plain_words(words):
    return words.replace("\xa0", " ")


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def paid():
    """One session of 30 €: a voucher gives 10, a third party 10, the person 10."""
    here, payer = world(price=3000), commitment()
    lot = lot_for(here, face=1000)
    here.split(lot.issued[0].code, commitment=payer, person=new_person())
    return here, payer, lot


def address(organisation_id, party, name="statement"):
    return reverse(name, args=[organisation_id, party])


def test_a_manager_reads_each_share_of_a_session_and_what_is_still_due(paid):
    here, _payer, _lot = paid
    manager = signed_in("manager", here.provider)
    answer = manager.client.get(reverse("statements"))
    assert answer.url == address(here.provider.pk, "lieu")
    page = plain(manager.client.get(answer.url))
    assert "€20.00 still due to you" in page
    assert "Paid by the person, at your counter" in page
    assert "Tiers payant" in page
    assert reverse("session_receipt", args=[Registration.objects.get().ref]) in page


def test_each_payer_reads_its_own_part_and_no_name(paid):
    _here, payer, lot = paid
    third = signed_in("commissioner", payer.agreement.promiser)
    page = plain(third.client.get(address(payer.agreement.promiser_id, "tiers-payeur")))
    assert "You still owe €10.00" in page
    assert Registration.objects.get().ref in page
    funder = signed_in("commissioner", lot.tranches[0].funder)
    page = plain(funder.client.get(address(lot.tranches[0].funder_id, "financeur")))
    assert "of your money is left" in page
    assert (
        reverse("act", args=[Charge.objects.get().shares.get(kind="voucher").movement_id]) in page
    )


def test_attack_98_nobody_reads_the_statement_of_another_but_the_operator_and_the_auditor(paid):
    here, payer, _lot = paid
    own = address(here.provider.pk, "lieu")
    for role in ("manager", "commissioner"):
        stranger = signed_in(role, organisation())
        for name in ("statement", "statement_pdf", "statement_csv"):
            assert stranger.client.get(address(here.provider.pk, "lieu", name)).status_code == 403
        asked = stranger.client.get(reverse("statements") + f"?organisation={here.provider.pk}")
        assert asked.status_code == 403
    for role in ("operator", "auditor"):
        reader = signed_in(role, organisation())
        assert reader.client.get(own).status_code == 200
        found = reader.client.get(reverse("statements") + "?q=" + here.provider.name[:6])
        assert here.provider.name in plain(found)
        third = address(payer.agreement.promiser_id, "tiers-payeur")
        assert reader.client.get(third).status_code == 200
    for role in ("mediator", "prescriber", "steward", "carrier", "accountant"):
        assert signed_in(role, here.provider).client.get(own).status_code == 403


def test_an_unknown_statement_is_not_found(paid):
    here, _payer, _lot = paid
    manager = signed_in("manager", here.provider)
    assert manager.client.get(address(here.provider.pk, "inconnu")).status_code == 404
    assert manager.client.get(reverse("statements") + "?organisation=99999999").status_code == 404


def test_days_that_cannot_be_read_are_refused_and_kept(paid):
    here, _payer, _lot = paid
    manager = signed_in("manager", here.provider)
    own = address(here.provider.pk, "lieu")
    answer = manager.client.get(own + "?du=2026-12-01&au=2026-01-01")
    assert answer.status_code == 422
    assert "The last day is before the first one." in plain(answer)
    assert manager.client.get(own + "?du=&au=x").status_code == 422
    quiet = plain(manager.client.get(own + "?du=2026-01-01&au=2026-01-31"))
    assert "Nothing moved in these days" in quiet


def test_a_long_statement_is_read_by_pages_and_printed_whole(paid):
    here, payer, _lot = paid
    for _one in range(18):
        here.split(commitment=payer)
    manager = signed_in("manager", here.provider)
    own = address(here.provider.pk, "lieu")
    first, last = manager.client.get(own), manager.client.get(own + "?page=99")
    assert len(first.context["lines"]) == 39
    assert last.context["statement"].lines[-1] == first.context["statement"].lines[-1]
    answer = manager.client.get(address(here.provider.pk, "lieu", "statement_csv"))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 40
    assert rows[-1][-1] == "290.00"
    answer = manager.client.get(address(here.provider.pk, "lieu", "statement_pdf"))
    assert answer.headers["Cache-Control"] == "no-store, private"
    words = words_of(answer.content)
    assert "€290.00 still due to you" in words
    assert "Paid by people at the counter (19)" in words


def booked_alone(here):
    """A session of somebody who took the appointment alone."""
    charge = here.split(lot_for(here, face=1000).issued[0].code)
    seat = Registration.objects.get(pk=charge.registration_id)
    Registration.objects.filter(pk=seat.pk).update(booked_by="visitor:abc")
    seat.refresh_from_db()
    return seat


def test_a_person_reads_her_year_with_her_private_address():
    here = world(price=3000)
    seat = booked_alone(here)
    answer = anyone().get(year_address(seat))
    page = plain(answer)
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "In 2026, you paid €20.00" in page
    assert "€30.00" in page
    assert year_address(seat) in plain(anyone().get(url_of("booked", seat.ref)))
    pdf = anyone().get(year_address(seat, "my_year_pdf"))
    assert "In 2026, you paid €20.00" in words_of(pdf.content)


def test_a_year_tells_invoices_what_was_paid_too_much_and_prints_it():
    here = world(price=3000)
    seat = booked_alone(here)
    of = issuer(here)
    services.issue_invoice(
        issuer=of, person_id=seat.person_id, issued_on=AT.date(), key="pc", at=AT, actor="test",
        lines=[services.LineWanted(wording="Ordinateur", unit_price_cents=9_000)],
    )  # fmt: skip
    page = plain(anyone().get(year_address(seat)))
    assert "€90.00" in page
    assert "Still due" in page
    services.record_payment(
        issuer_id=of.pk, person_id=seat.person_id, amount_cents=10_000, received_on=AT.date(),
        means="cheque", key="pay", at=AT, actor="test",
    )  # fmt: skip
    page = plain(anyone().get(year_address(seat)))
    assert "In 2026, you paid €120.00" in page
    assert "more than its invoices ask: your credit balance" in page
    paper = words_of(anyone().get(year_address(seat, "my_year_pdf")).content)
    assert "Credit balance" in paper
    assert "€10.00" in paper


def test_attack_97_the_private_address_opens_for_nobody_who_booked_for_another():
    here = world(price=3000)
    seat = booked_alone(here)
    good = year_address(seat)
    wrong = reverse("my_year", args=[seat.ref, "x" * 43])
    assert anyone().get(wrong).status_code == 404
    Registration.objects.filter(pk=seat.pk).update(booked_by="user:7")
    seat.refresh_from_db()
    assert year_address(seat) == ""
    assert anyone().get(good).status_code == 404


def test_attack_98_a_place_reads_only_its_own_part_of_a_year_and_the_reading_is_kept():
    here, elsewhere, person = world(price=3000), world(price=5000), new_person()
    mine = here.split(person=person)
    elsewhere.split(person=person)
    address_here = reverse("year_of_help", args=[mine.registration.ref])
    mediator = signed_in("mediator", here.provider)
    page = plain(mediator.client.get(address_here))
    assert "this person paid €30.00 here" in page
    assert "€50.00" not in page
    assert AuditEntry.objects.filter(
        action="observatory.year_of_help_read", subject=f"person:{person}"
    ).exists()
    assert signed_in("mediator", elsewhere.provider).client.get(address_here).status_code == 403
    for role in ("operator", "auditor", "commissioner", "prescriber", "steward"):
        assert signed_in(role, here.provider).client.get(address_here).status_code == 403
    pdf = mediator.client.get(reverse("year_of_help_pdf", args=[mine.registration.ref]))
    assert "€30.00" in words_of(pdf.content)


def test_a_year_tells_refunds_and_sessions_not_settled():
    here, person = world(price=3000), new_person()
    refunded = here.split(person=person)
    waiting = here.charge(person=person)
    refund_charge(charge=refunded, reason="Payée deux fois", at=NOW, actor="test")
    mediator = signed_in("mediator", here.provider)
    answer = mediator.client.get(reverse("year_of_help", args=[waiting.registration.ref]))
    page = plain(answer)
    assert "Refunded: Payée deux fois" in page
    assert "€30.00, not settled yet" in page
    assert answer.context["statement"].paid_cents == 0


def test_what_a_third_party_paid_too_much_is_said():
    payer = commitment()
    receive(payer, 1500)
    third = signed_in("commissioner", payer.agreement.promiser)
    page = plain(third.client.get(address(payer.agreement.promiser_id, "tiers-payeur")))
    assert "You paid €15.00 more than your part" in page


def test_a_day_is_said_once_on_each_line_and_a_reference_stays_in_one_piece(paid):
    here, _payer, _lot = paid
    seat = Registration.objects.get()
    manager = signed_in("manager", here.provider)
    page = plain(manager.client.get(address(here.provider.pk, "lieu")))
    year = plain(manager.client.get(reverse("year_of_help", args=[seat.ref])))
    assert f'<span class="number">{seat.ref}</span>' in page
    assert f'<span class="number">{seat.ref}</span>' in year
    day = day_words(legal_day(seat.slot.starts_at), year=True)
    assert page.count(plain_words(day)) == page.count(f">{seat.ref}<")
    assert year.count(plain_words(day)) == 1


def test_attack_90_only_the_manager_of_the_place_gives_a_person_her_file():
    here, elsewhere, person = world(price=3000), world(price=5000), new_person()
    mine = here.split(person=person).registration
    other = elsewhere.split(person=person).registration
    address = reverse("personal_file", args=[mine.ref])
    manager = signed_in("manager", here.provider)
    assert address in plain(manager.client.get(reverse("year_of_help", args=[mine.ref])))

    refused = manager.client.post(address)
    assert refused.status_code == 422
    assert "No file was made" in plain(refused)
    assert not AuditEntry.objects.filter(action="persons.exported").exists()

    given = manager.client.post(address, {"asks": "on"})
    found = json.loads(given.content)
    assert [one["reference"] for one in found["sessions"]] == [mine.ref, other.ref]
    assert found["person"]["reference"] == str(person)
    assert given.headers["Content-Disposition"].endswith(f'personal-data-{mine.ref}.json"')
    assert given.headers["Cache-Control"] == "no-store, private"
    noted = AuditEntry.objects.get(action="persons.exported", subject=f"person:{person}")
    assert noted.actor == manager.user.actor

    assert signed_in("manager", elsewhere.provider).client.get(address).status_code == 403
    for role in ("mediator", "operator", "auditor", "commissioner", "prescriber", "steward"):
        answer = signed_in(role, here.provider).client.post(address, {"asks": "on"})
        assert answer.status_code == 403
    mediator = signed_in("mediator", here.provider)
    assert address not in plain(mediator.client.get(reverse("year_of_help", args=[mine.ref])))
