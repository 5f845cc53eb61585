"""Selling a package at the till of a town hall: the page, its refusals, its receipt."""

import re

import pytest
import time_machine
from django.urls import reverse

from filiere.billing import services
from filiere.billing.models import Package, PackageSale, TillReceipt
from tests.agenda.factories import new_person
from tests.billing.factories import AT, world
from tests.web.test_money_pages import heading
from tests.web.test_till_pages import Hall, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def hall():
    """A town hall that sells five sessions for 100 € from today on."""
    made = Hall()
    services.set_price(
        offer_id=made.world.offer.pk, kind="pack", amount_cents=10_000, from_on=AT.date(), at=AT,
        actor="test", package=services.Package(valid_days=90, sessions=5, single_cents=3_000),
    )  # fmt: skip
    return made


def address(hall):
    return reverse("till_sell", args=[hall.till.pk])


def form(hall, ref, **changed):
    page = text(hall.deputy.get(address(hall)))
    key = re.search(r'name="key"[^>]*value="(\w+)"', page).group(1)
    return {
        "what": str(hall.world.offer.pk),
        "reference": ref,
        "means": "card",
        "key": key,
    } | changed


def booked(hall):
    return hall.world.registration(person=new_person(commune_id=hall.world.commune.pk))


def test_a_deputy_sells_a_package_to_who_booked_for_later_and_gives_its_receipt(hall):
    assert address(hall) in text(hall.deputy.get(reverse("till", args=[hall.till.pk])))
    seat = booked(hall)
    given = form(hall, seat.ref.lower())
    for _twice in range(2):
        answer = hall.deputy.post(address(hall), given, follow=True)
    assert heading(answer) == "€100.00 received for a package"
    page = text(answer)
    assert "5 sessions, valid for 90 days" in page
    package = Package.objects.get()
    assert (package.person_id, package.sale.price_cents) == (seat.person_id, 10_000)
    assert TillReceipt.objects.get().recorded_by == hall.deputy.user.actor
    assert "Sold without a session" in text(hall.deputy.get(reverse("till", args=[hall.till.pk])))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reference": "OR-0000-0000"}, "reference"),
        ({"means": "voucher"}, "means"),
        ({"means": ""}, "means"),
        ({"what": "0"}, "what"),
    ],
)
def test_what_cannot_be_sold_is_refused_on_its_field_and_what_was_typed_stays(hall, changed, field):
    answer = hall.deputy.post(address(hall), form(hall, booked(hall).ref, **changed))
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {field}
    assert changed.get("reference", "") in text(answer)
    assert not PackageSale.objects.exists()


def test_the_reference_of_another_place_leads_to_nobody(hall):
    elsewhere = world().registration()
    answer = hall.deputy.post(address(hall), form(hall, elsewhere.ref))
    assert "No session at your places bears this reference." in text(answer)


def test_a_refusal_of_the_till_is_said_on_the_form(hall):
    given = form(hall, booked(hall).ref, means="cash")
    assert hall.deputy.post(address(hall), given).status_code == 302
    answer = hall.deputy.post(address(hall), form(hall, booked(hall).ref, means="cash"))
    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors()


def test_selling_is_for_those_named_at_the_till(hall):
    assert hall.other.get(address(hall)).status_code == 403
    assert Hall().deputy.get(address(hall)).status_code == 403


def test_a_receipt_undone_says_so_and_another_organisation_does_not_read_it(hall):
    hall.deputy.post(address(hall), form(hall, booked(hall).ref))
    receipt = TillReceipt.objects.get()
    where = reverse("till_sale", args=[receipt.pk])
    assert Hall().deputy.get(where).status_code == 403
    undo = reverse("till_reverse", args=[receipt.pk])
    assert "the package sold opens nothing more" in text(hall.manager.get(undo))
    hall.manager.post(undo, {"reason": "Erreur de personne"})
    assert "Receipt no. 1 was undone" in text(hall.deputy.get(where))
    assert hall.deputy.get(reverse("till_sale", args=[0])).status_code == 404


def test_without_a_package_for_sale_the_page_says_who_states_one():
    hall = Hall()
    page = text(hall.deputy.get(address(hall)))
    assert "Nothing is sold as a package today" in page
    assert "<form" not in page[page.index("<main") : page.index("</main")]
