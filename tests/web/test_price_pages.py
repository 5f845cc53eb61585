"""Prices stated in five minutes, chosen at the counter, explained on the receipt."""

import datetime
import io

import pytest
import time_machine
from django.urls import reverse
from pypdf import PdfReader

from filiere.agreements import cards
from filiere.agreements import services as agreements
from filiere.billing import services
from filiere.billing.models import Charge, PriceRule, SubsidyGroup
from filiere.rules.pricing import Band
from tests.agenda.factories import AT, OrganisationFactory
from tests.api.conftest import signed_in
from tests.api.scenes import delivered, shop
from tests.billing.factories import commitment, lot_for, world

pytestmark = pytest.mark.django_db
JANUARY = datetime.date(2026, 1, 1)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(AT, tick=False):
        yield


def price(made, kind, cents, **more):
    services.set_price(
        offer_id=made.offer.pk, kind=kind, amount_cents=cents, from_on=JANUARY, actor="test",
        at=AT, **more,
    )  # fmt: skip


def manager(made):
    return signed_in("manager", made.offer.place.organisation).client


def typed(made, **more):
    return {"offer": made.offer.pk, "kind": "session", "amount": "30", "basis": "public",
            "from_on": AT.date().isoformat(), **more}  # fmt: skip


def test_a_manager_states_a_package_with_its_single_price():
    made = shop()
    address = reverse("prices", args=[made.offer.place_id])
    given = typed(made, kind="pack", amount="100", pack_hours="10", valid_days="180", single="15")
    looked = manager(made).post(address, given | {"look": "yes"})
    assert [row["price"] for row in looked.context["preview"]] == [1500, 1500, 1500]
    assert manager(made).post(address, given).status_code == 302
    rule = PriceRule.objects.order_by("-pk").first()
    assert (rule.pack_minutes, rule.pack_sessions, rule.valid_days) == (600, None, 180)
    page = manager(made).get(address).content.decode()
    assert "€100.00 for 10 h, valid for 180 days, or vouchers; €15.00 for one session" in page


def test_a_manager_states_amounts_by_public_and_a_fund_whose_balance_is_shown():
    made = shop()
    address = reverse("prices", args=[made.offer.place_id])
    given = typed(
        made, bands="Students: 5\nMinima sociaux : 2,50 €\n", fund="Solidarity", cost="20"
    )
    assert manager(made).post(address, given).status_code == 302
    rule = PriceRule.objects.order_by("-pk").first()
    assert list(rule.bands.order_by("rank").values_list("label", "amount_cents")) == [
        ("Students", 500), ("Minima sociaux", 250),
    ]  # fmt: skip
    assert rule.group == SubsidyGroup.objects.get()
    page = manager(made).get(address).content.decode()
    assert "Solidarity fund “Solidarity”" in page
    assert "from €2.50 by income or situation" in page


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"kind": "pack", "valid_days": "30"}, "pack_sessions"),
        ({"kind": "pack", "pack_sessions": "5"}, "valid_days"),
        ({"bands": "Students"}, "bands"),
        ({"bands": "A: 1\nA: 2"}, "bands"),
        ({"fund": "Solidarity"}, "cost"),
        ({"kind": "subscription", "valid_days": "30", "fund": "S", "cost": "1"}, "fund"),
    ],
)
def test_a_price_that_says_too_little_is_refused_on_its_field_and_kept(more, field):
    made = shop()
    answer = manager(made).post(reverse("prices", args=[made.offer.place_id]), typed(made, **more))
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {field}
    assert answer.context["form"]["amount"].value() == "30"


def test_the_counter_offers_the_brackets_and_the_receipt_says_which():
    made = shop()
    price(made, "session", 3_000, bands=[Band("Students", 400)])
    ref = delivered(made)
    client = made.mediator.client
    page = client.get(reverse("counter", args=[ref])).content.decode()
    assert "Students: €4.00" in page
    client.post(reverse("session_price", args=[ref]), {"band": "Students"})
    assert Charge.objects.get().price_cents == 400
    shown = client.get(reverse("counter", args=[ref])).content.decode()
    assert "Full price: €30.00" in shown
    client.post(reverse("counter", args=[ref]), {"without": "yes"})
    receipt = client.get(reverse("session_receipt", args=[ref])).content.decode()
    assert "Price “Students”, instead of €30.00." in receipt
    assert "What is left of the price once the others have paid." in receipt


def test_the_counter_sells_the_package_and_says_what_is_left():
    made = shop()
    price(made, "pack", 10_000, package=services.Package(90, sessions=5, single_cents=2_500))
    ref = delivered(made)
    client = made.mediator.client
    assert "The package: €100.00" in client.get(reverse("counter", args=[ref])).content.decode()
    client.post(reverse("session_price", args=[ref]), {"package": "yes"})
    client.post(reverse("counter", args=[ref]), {"without": "yes"})
    receipt = client.get(reverse("session_receipt", args=[ref])).content.decode()
    assert "€100.00 for a package of 5 sessions, valid for 90 days" in receipt
    assert "Package: 4 sessions left" in receipt


def test_a_band_that_does_not_exist_is_told_and_changes_nothing():
    made = shop()
    ref = delivered(made)
    before = Charge.objects.get().price_cents
    answer = made.mediator.client.post(
        reverse("session_price", args=[ref]), {"band": "Kings"}, follow=True
    )
    assert "This service has no price called “Kings”." in answer.content.decode()
    assert Charge.objects.get().price_cents == before


def text_of(pdf):
    return " ".join(
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split()
    )


def test_a_person_pays_4_euros_of_30_and_reads_why_on_the_page_and_on_paper():
    here = world(price=3_000)
    fund = commitment(rate_ppm=600_000)
    charge = here.charge(commitment=fund)
    code = lot_for(here, face=2_000).issued[0].code
    client = signed_in("mediator", here.provider).client
    ref = charge.registration.ref

    assert client.post(reverse("counter", args=[ref]), {"code": code}).status_code == 302
    page = client.get(reverse("session_receipt", args=[ref])).content.decode()
    paper = client.get(
        reverse("session_receipt_pdf", args=[ref]), headers={"accept-language": "fr"}
    )

    assert "€4.00 left to pay" in page
    for why in (
        "Each session costs €30.00, whatever its length.",
        "The voucher gives all it can for this session.",
        "60 % of what the voucher leaves, by “Tiers payant”.",
        "What is left of the price once the others have paid.",
    ):
        assert why in page
    printed = text_of(paper.content)
    for why in ("60 % de ce que laisse le chèque", "4,00 €", "30,00 €", "Pourquoi ces montants"):
        assert why in printed


def card_for(made, minutes=600):
    agreement = agreements.sign(
        kind="employer", title="Heures offertes", promiser_id=OrganisationFactory().pk,
        starts_on=JANUARY, commitments=[agreements.Promise("h", quota_minutes=minutes)], at=AT,
        actor="test",
    )  # fmt: skip
    promise = agreement.commitments.get()
    return cards.issue_cards(commitment_id=promise.pk, count=1, at=AT, actor="test")[0]


def test_an_employers_card_pays_the_session_and_is_explained():
    made = shop()
    ref = delivered(made)
    client, card = made.mediator.client, card_for(made)
    wrong = client.post(reverse("counter", args=[ref]), {"card": "HO-0000", "voucher": ""})
    assert wrong.status_code == 422
    assert "This card opens no free hours here today." in wrong.content.decode()
    assert (
        client.post(reverse("counter", args=[ref]), {"card": card, "voucher": ""}).status_code
        == 302
    )
    page = client.get(reverse("session_receipt", args=[ref])).content.decode()
    assert "the employer is told no name." in page
    assert "Nothing to pay" in page


def test_the_receipt_of_help_at_home_estimates_what_comes_back_on_the_page_and_on_paper():
    made = shop()
    services.declare_home_help(
        offer_id=made.offer.pk, number="SAP123456789", nature="training", from_on=JANUARY, at=AT,
        actor="test",
    )  # fmt: skip
    ref = delivered(made)
    client = made.mediator.client
    client.post(reverse("counter", args=[ref]), {"without": "yes"})
    cents = Charge.objects.get().price_cents
    page = client.get(reverse("session_receipt", args=[ref])).content.decode()
    assert f"About €{cents / 200:.2f} come back later" in page
    paper = client.get(reverse("session_receipt_pdf", args=[ref]))
    assert paper.content.startswith(b"%PDF")
