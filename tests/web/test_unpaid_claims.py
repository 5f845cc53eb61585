"""Pages of vouchers taken without network and not paid: read, contested, decided, guaranteed."""

import pytest
import time_machine
from django.urls import reverse

from filiere.accounts.models import Membership, Role
from filiere.billing import queries as billing
from filiere.billing.models import Charge
from filiere.kernel.models import AuditEntry
from filiere.vouchers import services as vouchers
from filiere.vouchers.models import ClaimStep, Device
from tests.api.conftest import signed_in
from tests.billing.test_guarantees import fund
from tests.billing.test_offline import LATER, PRICE, Shop
from tests.vouchers.test_disputes import disputed, refused

pytestmark = pytest.mark.django_db
FRENCH = {"accept-language": "fr"}


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(LATER, tick=False):
        yield


class Scene:
    """One voucher used elsewhere first, and who may look at it."""

    def __init__(self):
        self.shop = Shop(count=1, face=PRICE)
        self.claim = disputed(self.shop)
        self.manager = signed_in("manager", self.shop.place.organisation).client
        self.operator = signed_in("operator").client
        self.commissioner = signed_in(
            "commissioner", self.shop.scene.lot.programme.commissioner
        ).client

    def address(self, name):
        return reverse(name, args=[self.claim.pk])


def text(client, address):
    answer = client.get(address, headers=FRENCH)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("who", ["manager", "operator", "commissioner"])
def test_unpaid_claims_lists_to_whom_it_concerns_with_the_total(who):
    scene = Scene()
    said = text(getattr(scene, who), reverse("unpaid_claims"))

    assert "1 chèque attend que quelqu’un agisse" in said
    assert "Ce chèque avait déjà été utilisé ailleurs" in said
    assert "1 chèque, 25,00\u00a0€ demandés" in said


@pytest.mark.parametrize("role", ["manager", "commissioner"])
def test_unpaid_claims_of_others_are_not_seen(role):
    scene, other = Scene(), signed_in(role).client

    assert "Il n’y a rien ici" in text(other, reverse("unpaid_claims"))
    assert other.get(scene.address("unpaid_claim")).status_code == 403


def test_unpaid_claims_keeps_one_stage_and_asks_as_much_for_many(django_assert_num_queries):
    scene = Scene()
    refused(Shop())
    address = reverse("unpaid_claims")
    scene.operator.get(address)
    with django_assert_num_queries(10):
        scene.operator.get(address)
    vouchers.uphold_refusal(claim_id=scene.claim.pk, words="non", at=LATER, actor="t")

    said = text(scene.operator, address + "?etat=closed")
    assert "déjà été utilisé ailleurs" in said
    assert "Aucun chèque ne porte ce code" not in said
    assert "Aucun chèque ne porte ce code" in text(scene.operator, address + "?etat=open")


def test_claim_contest_is_read_by_the_operator():
    scene = Scene()
    words = {"words": "Le carnet était intact."}

    assert scene.manager.post(scene.address("claim_contest"), words).status_code == 302

    said = text(scene.operator, scene.address("unpaid_claim"))
    assert "Le carnet était intact." in said
    assert "Le lieu a demandé à l’opérateur" in said
    assert scene.operator.post(scene.address("claim_contest"), words).status_code == 403


def test_claim_contest_without_words_keeps_the_page():
    scene = Scene()

    answer = scene.manager.post(scene.address("claim_contest"), {"words": ""}, headers=FRENCH)

    assert answer.status_code == 422
    assert not ClaimStep.objects.exists()


def test_claim_give_up_asks_then_closes():
    scene = Scene()
    address = scene.address("claim_give_up")

    assert "Abandonner ce chèque" in text(scene.manager, address)
    assert scene.manager.post(address).status_code == 302
    assert scene.manager.post(scene.address("claim_contest"), {"words": "x"}).status_code == 422
    assert [one.kind for one in ClaimStep.objects.all()] == ["given_up"]
    said = text(scene.manager, scene.address("unpaid_claim"))
    assert "personne ne demande rien à la personne" in said
    assert Charge.objects.get(registration__ref=scene.claim.reference).waived_cents == 2_500


def test_claim_pay_takes_from_the_fund_and_says_so():
    scene, one = Scene(), fund()
    given = {"fund": one.pk, "words": "Utilisé ailleurs une heure avant."}

    assert "Fonds de garantie" in text(scene.operator, scene.address("claim_pay"))
    assert scene.operator.post(scene.address("claim_pay"), given).status_code == 302

    said = text(scene.manager, scene.address("unpaid_claim"))
    assert "Un fonds de garantie le paie" in said
    assert "25,00\u00a0€" in said
    assert scene.manager.post(scene.address("claim_pay"), given).status_code == 403


def test_claim_pay_refused_keeps_what_was_typed():
    scene, one = Scene(), fund(100)
    given = {"fund": one.pk, "words": "Utilisé ailleurs."}

    answer = scene.operator.post(scene.address("claim_pay"), given, headers=FRENCH)

    assert answer.status_code == 422
    said = answer.content.decode()
    assert "Utilisé ailleurs." in said
    assert "1,00\u00a0€" in said
    assert not ClaimStep.objects.exists()


def test_claim_pay_without_a_fund_says_where_to_open_one():
    scene = Scene()
    assert "Aucun fonds ne paie" in text(scene.operator, scene.address("claim_pay"))


def test_claim_uphold_is_read_by_the_place():
    scene = Scene()
    scene.operator.post(scene.address("claim_uphold"), {"words": "Deux fois le même carnet."})

    said = text(scene.manager, scene.address("unpaid_claim"))
    assert "Deux fois le même carnet." in said
    assert "la séance reste à régler" in said
    assert "Prendre la séance en charge" in said

    assert "On ne demande rien à la personne" in text(scene.manager, scene.address("claim_give_up"))
    scene.manager.post(scene.address("claim_give_up"))
    said = text(scene.manager, scene.address("unpaid_claim"))
    assert "prend cette séance en charge, 25,00\u00a0€" in said
    assert "Prendre la séance en charge" not in said
    assert [one.kind for one in ClaimStep.objects.all()] == ["upheld"]


def test_guarantee_new_signs_for_the_organisation_acted_for_then_cash_is_recorded():
    scene = Scene()
    typed = {"title": "Fonds 2026", "envelope_cents": "500,00", "starts_on": "2026-01-01"}

    assert (
        scene.commissioner.post(reverse("guarantee_new"), typed, headers=FRENCH).status_code == 302
    )

    (one,) = billing.guarantee_funds()
    commissioner = scene.shop.scene.lot.programme.commissioner
    assert one.commitment.agreement.promiser == commissioner
    assert one.commitment.envelope_cents == 50_000
    cash = reverse("guarantee_cash", args=[one.commitment.pk])
    sent = {"amount_cents": "100,00", "received_on": "2026-11-24", "bank_reference": "VIR 7"}
    assert scene.commissioner.post(cash, sent).status_code == 403
    assert scene.operator.post(cash, sent, headers=FRENCH).status_code == 302
    said = text(scene.operator, reverse("guarantees"))
    assert "Fonds 2026" in said
    assert "100,00\u00a0€" in said


def test_guarantees_shows_a_commissioner_its_own_funds_only():
    scene = Scene()
    fund(title="Fonds d’un autre")

    assert "Fonds d’un autre" not in text(scene.commissioner, reverse("guarantees"))
    assert "Fonds d’un autre" in text(scene.operator, reverse("guarantees"))


def test_device_limits_are_saved_with_their_history():
    scene = Scene()
    device = scene.shop.device
    address = reverse("device_limits", args=[device.pk])
    narrow = {"vouchers": "20", "cents": "400,00"}

    answer = scene.manager.post(address, narrow, headers=FRENCH)

    assert answer.status_code == 302
    device.refresh_from_db()
    assert (device.max_vouchers_per_day, device.max_cents_per_day) == (20, 40_000)
    trace = AuditEntry.objects.get(action="vouchers.device_limits_set")
    assert (trace.detail["vouchers_before"], trace.detail["vouchers"]) == (50, 20)
    scene.manager.post(address, narrow, headers=FRENCH)
    assert AuditEntry.objects.filter(action="vouchers.device_limits_set").count() == 1


def test_device_limits_beyond_a_places_are_the_operators():
    scene = Scene()
    address = reverse("device_limits", args=[scene.shop.device.pk])
    wide = {"vouchers": "200", "cents": "4000,00"}

    refused_page = scene.manager.post(address, wide, headers=FRENCH)
    assert refused_page.status_code == 422
    assert 'value="200"' in refused_page.content.decode()
    assert scene.operator.post(address, wide, headers=FRENCH).status_code == 302
    assert Device.objects.get().max_vouchers_per_day == 200
    stranger = signed_in("manager").client
    assert stranger.post(address, wide).status_code == 403


def test_unpaid_claims_of_two_roles_follow_who_one_acts_for():
    scene = Scene()
    both = signed_in("manager", scene.shop.place.organisation)
    Membership.objects.create(
        user=both.user, organisation=scene.shop.place.organisation, role=Role.MEDIATOR
    )

    assert "25,00" in text(both.client, reverse("unpaid_claims"))
