"""What signed terms show on pages: what a place waives, the yearly list, the text message."""

import pytest
import time_machine
from django.urls import reverse

from filiere.accounts.models import Role
from filiere.billing.models import Charge, ChargeState
from filiere.kernel.models import OutboxMessage
from filiere.persons import services as persons
from filiere.persons.enums import Purpose
from filiere.vouchers import services as vouchers
from filiere.vouchers.models import Movement
from tests.agenda.factories import AT, new_person
from tests.api.scenes import delivered, shop
from tests.observatory.test_euro import scenario
from tests.pdf_reading import texts
from tests.programmes.factories import tranche
from tests.settlement.test_commissions import paid
from tests.settlement.test_services import LATER
from tests.vouchers.factories import active
from tests.web.test_money_pages import signed_in

pytestmark = pytest.mark.django_db
FRENCH = {"accept-language": "fr"}


def test_counter_asks_before_the_place_waives_and_then_cashes():
    with time_machine.travel(AT, tick=False):
        made = shop(starts_at=AT)
        address = reverse("counter", args=[delivered(made)])
        charge = Charge.objects.get()
        commune = charge.registration.slot.offer.place.commune
        terms = {"person_pays_nothing": True, "territory_ids": [commune.pk]}
        code = active(face=1000, seed=99, **terms).issued[0].code
        client = made.mediator.client

        asked = client.post(address, {"code": code}, headers=FRENCH)

        page = asked.content.decode()
        assert asked.status_code == 409
        waived = charge.price_cents - 1000
        assert f'name="waiver" value="{waived}"' in " ".join(page.split())
        assert f'name="code" value="{code}"' in page
        assert "Votre lieu ne touchera pas" in page
        assert not Movement.objects.exists()

        paid = client.post(address, {"code": code, "waiver": waived}, headers=FRENCH)
        assert (paid.status_code, paid.url) == (302, address.replace("encaisser", "recu"))
        charge.refresh_from_db()
        assert (charge.state, charge.waived_cents) == (ChargeState.SPLIT, waived)
        receipt = client.get(paid.url, headers=FRENCH).content.decode()
        assert "Rien à payer" in receipt
        assert "Non demandé par le lieu" in receipt


def test_programme_claims_pdf_names_each_organisation_and_adds_up():
    with time_machine.travel(LATER, tick=False):
        lot, _payer, _places = scenario()
        client = signed_in(Role.COMMISSIONER, lot.lot.programme.commissioner)
        query = {"organisation": lot.lot.programme.commissioner_id, "annee": LATER.year}

        table = client.get(reverse("programme_claims"), query, headers=FRENCH)
        answer = client.get(reverse("programme_claims_pdf"), query, headers=FRENCH)

        assert answer.headers["Content-Type"] == "application/pdf"
        said = " ".join(" ".join(texts(answer.content)).split())
        for one in table.context["claims"]:
            assert one.name in said
        assert "R1611-6" in said
        assert reverse("programme_claims_pdf") in table.content.decode()
        other = signed_in(Role.COMMISSIONER)
        assert other.get(reverse("programme_claims_pdf"), query).status_code == 403
        empty = client.get(reverse("programme_claims_pdf"), query | {"annee": 2001}, headers=FRENCH)
        assert "Personne n’a demandé" in " ".join(texts(empty.content))


def test_voucher_sms_is_for_who_handed_it_out_and_says_why_it_cannot_leave():
    scene = active()
    client = signed_in(Role.PRESCRIBER)
    organisation = client.user.memberships.get().organisation
    vouchers.entrust(lot=scene.lot, organisation_id=organisation.pk, at=LATER, actor="test")
    known = new_person(Purpose.KEEP_IDENTITY)
    persons.seal_identity(person_id=known, name="Odile", phone="0612345678", at=LATER, actor="test")
    for issued, person_id in zip(scene.issued, (known, new_person()), strict=False):
        vouchers.hand_out(
            voucher_serial=issued.serial, person_id=person_id, organisation_id=organisation.pk,
            at=LATER, actor="test",
        )  # fmt: skip
    first, second, third = (reverse("voucher_sms", args=[one.serial]) for one in scene.issued)

    assert first in client.get(reverse("booklets")).content.decode()
    done = client.post(first, follow=True, headers=FRENCH).content.decode()
    assert "Le SMS part dans quelques minutes." in done
    assert OutboxMessage.objects.get().channel == "sms"
    refused = client.post(second, follow=True, headers=FRENCH).content.decode()
    assert "Aucun téléphone n’est gardé pour cette personne." in refused
    assert client.post(third).status_code == 404
    assert signed_in(Role.PRESCRIBER).post(first).status_code == 403


def test_hand_out_with_a_telephone_asks_for_a_mobile_number_and_a_name():
    scene = active()
    client = signed_in(Role.PRESCRIBER)
    organisation = client.user.memberships.get().organisation
    vouchers.entrust(lot=scene.lot, organisation_id=organisation.pk, at=LATER, actor="test")
    typed = {"serial": scene.issued[0].serial, "phone": "05 55 00 00 00"}

    wrong = client.post(reverse("hand_out"), typed, headers=FRENCH)
    assert wrong.status_code == 422
    assert "il commence par 06 ou 07" in wrong.content.decode()
    nameless = client.post(reverse("hand_out"), typed | {"phone": "06 12 34 56 78"})
    assert nameless.status_code == 422
    full = typed | {"phone": "06 12 34 56 78", "name": "Odile", "agrees": "on"}
    assert client.post(reverse("hand_out"), full).status_code == 302
    assert OutboxMessage.objects.get().channel == "sms"


def test_commission_page_lets_the_operator_take_what_is_due_and_nobody_else():
    with time_machine.travel(LATER, tick=False):
        made, _where, _charge = paid(3000)
        tranche(made, cap=10_000, cash=100, pays_fees=True)
        operator = signed_in(Role.OPERATOR)
        funder = signed_in(Role.COMMISSIONER, made.commissioner)
        address = reverse("commission", args=[made.pk])

        said = operator.get(address, headers=FRENCH).content.decode()
        assert "1,30\u00a0€ sont dus à l’opérateur" in said
        assert "Prélever 1,00\u00a0€" in said
        assert "Prélever" not in funder.get(address, headers=FRENCH).content.decode()
        assert funder.post(address).status_code == 403
        assert signed_in(Role.COMMISSIONER).get(address).status_code == 403
        done = operator.post(address, follow=True, headers=FRENCH).content.decode()
        assert "1,00\u00a0€ sont mis de côté pour l’opérateur" in done
        assert "Il n’y a pas d’argent pour la payer" in done
        refused = operator.post(address, follow=True, headers=FRENCH).content.decode()
        assert "il ne vient jamais des chèques" in refused
        terms = funder.get(reverse("programme_terms", args=[made.pk]), headers=FRENCH)
        assert "4\u00a0% de ce que touchent les lieux" in terms.content.decode()
        assert address in terms.content.decode()
