"""Lists with more rows than a page holds: a page of them, in as many queries as for one row."""

import datetime
import re

import pytest
import time_machine
from django.urls import reverse

from filiere.accounts.models import Organisation, Role
from filiere.agreements.models import Agreement, AgreementKind, Commitment
from filiere.billing import services
from filiere.billing.models import Till
from filiere.programmes.models import Tranche
from filiere.vouchers.models import ClaimState, Lot, OfflineClaim
from tests.agenda.factories import new_person
from tests.billing.factories import world
from tests.billing.test_offline import Shop
from tests.billing.test_tills import NOVEMBER
from tests.conftest import AT
from tests.programmes.factories import programme, tranche
from tests.vouchers.factories import active
from tests.vouchers.test_disputes import refused
from tests.web.test_money_pages import heading, signed_in
from tests.web.test_till_pages import Hall

pytestmark = pytest.mark.django_db
MANY = 2_000
JANUARY = datetime.date(2026, 1, 1)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(AT, tick=False):
        yield


def rows(page):
    """Count the rows in the bodies of the tables of a page."""
    bodies = re.findall(r"<tbody[^>]*>(.*?)</tbody>", page.content.decode(), re.DOTALL)
    return sum(body.count("<tr") for body in bodies)


def agreed(kind, promiser, count, **promise):
    made = Agreement.objects.bulk_create(
        Agreement(
            kind=kind, title=f"Accord {number:04}", promiser=promiser, starts_on=JANUARY,
            signed_at=AT,
        )
        for number in range(count)
    )  # fmt: skip
    Commitment.objects.bulk_create(
        Commitment(agreement=one, label=one.title, **promise) for one in made
    )


class Paged:
    """A list read before and after it grew; its queries may not grow with it."""

    def __init__(self, client, address, queries):
        self.client, self.address = client, address
        client.get(address)
        with queries() as asked:
            client.get(address)
        self._queries, self._before = queries, len(asked)

    def pages(self):
        """Give the first page and the last one."""
        with self._queries() as asked:
            first = self.client.get(self.address)
        assert len(asked) <= self._before
        return first, self.client.get(self.address, {"page": "9999"})


@pytest.fixture
def queries(django_assert_max_num_queries):
    return lambda: django_assert_max_num_queries(40)


def test_free_hours_of_many_agreements_are_read_ten_by_ten(queries):
    client = signed_in(Role.COMMISSIONER)
    employer = Organisation.objects.get()
    agreed(AgreementKind.EMPLOYER, employer, 1, quota_minutes=600)
    listed = Paged(client, reverse("free_hours"), queries)
    agreed(AgreementKind.EMPLOYER, employer, MANY, quota_minutes=600)

    first, last = (page.content.decode() for page in listed.pages())

    assert (first.count("Accord "), last.count("Accord ")) == (10, 1)


def test_guarantees_of_many_funds_are_read_page_by_page_and_added_up(queries):
    client = signed_in(Role.AUDITOR)
    promiser = Organisation.objects.get()
    agreed(AgreementKind.GUARANTEE, promiser, 1, envelope_cents=100)
    listed = Paged(client, reverse("guarantees"), queries)
    agreed(AgreementKind.GUARANTEE, promiser, MANY, envelope_cents=100)

    first, last = listed.pages()

    assert (rows(first), rows(last)) == (50, 1)
    assert "€2,001.00" in heading(first)


def test_programme_terms_with_many_promises_are_read_page_by_page(queries):
    made = programme()
    promised = tranche(made)
    client = signed_in(Role.COMMISSIONER, made.commissioner)
    listed = Paged(client, reverse("programme_terms", args=[made.pk]), queries)
    terms = rows(client.get(listed.address)) - 1
    Tranche.objects.bulk_create(
        Tranche(programme=made, funder=promised.funder, cap_cents=100, rank=2) for _ in range(MANY)
    )

    first, last = listed.pages()

    assert (rows(first) - terms, rows(last) - terms) == (50, 1)
    assert "2001" in heading(first) or "2,001" in heading(first)


def test_tills_of_many_bodies_are_read_page_by_page(queries):
    till = Hall().till
    client = signed_in(Role.AUDITOR)
    listed = Paged(client, reverse("tills"), queries)
    fields = [one for one in Till._meta.concrete_fields if one.name not in {"id", "organisation"}]
    same = {one.attname: getattr(till, one.attname) for one in fields}
    bodies = Organisation.objects.bulk_create(
        Organisation(name=f"Commune {n:04}", folded=f"commune {n:04}") for n in range(MANY)
    )
    Till.objects.bulk_create(Till(organisation=one, **same) for one in bodies)

    first, last = listed.pages()

    assert (rows(first), rows(last)) == (50, 1)
    assert heading(first).startswith(("2001", "2,001"))


def test_lots_of_thousands_are_read_page_by_page(queries):
    lot = active(count=1).lot
    client = signed_in(Role.OPERATOR)
    listed = Paged(client, reverse("lots"), queries)
    fields = [one for one in Lot._meta.concrete_fields if one.name != "id"]
    same = {one.attname: getattr(lot, one.attname) for one in fields}
    same |= {"state": "draft", "activated_at": None, "activation_group_id": None}
    Lot.objects.bulk_create(Lot(**same) for _ in range(MANY))

    first, last = listed.pages()

    assert (rows(first), rows(last)) == (25, 1)


def test_unpaid_claims_in_thousands_are_read_page_by_page_with_their_total(queries):
    claim = refused(Shop())
    client = signed_in(Role.AUDITOR)
    listed = Paged(client, reverse("unpaid_claims"), queries)
    OfflineClaim.objects.bulk_create(
        OfflineClaim(
            device=claim.device, seq=1_000 + number, digest=claim.digest, reference="",
            wanted_cents=100, occurred_at=AT, received_at=AT, state=ClaimState.REFUSED,
            outcome=claim.outcome,
        )
        for number in range(MANY)
    )  # fmt: skip

    first, last = listed.pages()

    assert (rows(first), rows(last)) == (50, 1)


def test_home_help_of_many_people_is_read_page_by_page_and_added_up(queries):
    here = world(price=6_000)
    services.declare_home_help(
        offer_id=here.offer.pk, number="SAP123456789", nature="training", from_on=JANUARY, at=AT,
        actor="test",
    )  # fmt: skip
    here.split(person=new_person(commune_id=here.commune.pk))
    client = signed_in(Role.MANAGER, here.provider)
    listed = Paged(client, reverse("home_help") + "?annee=2026", queries)
    for _ in range(50):
        here.split(person=new_person(commune_id=here.commune.pk))

    first, _last = listed.pages()
    last = client.get(listed.address + "&page=2")

    assert (rows(first), rows(last)) == (50, 1)
    assert "51 attestations" in heading(last)
    assert "€3,060.00" in last.content.decode()


def test_till_and_its_month_are_read_page_by_page_but_printed_whole(queries):
    hall = Hall(cash_limit_cents=1_000_000)
    record = {"means": "cash"}

    def receive():
        ref = hall.session().registration.ref
        hall.deputy.post(reverse("till_record", args=[ref]), record)

    receive()
    month = f"{NOVEMBER:%Y-%m}"
    journal = Paged(hall.manager, reverse("till_month", args=[hall.till.pk, month]), queries)
    day = Paged(hall.manager, reverse("till", args=[hall.till.pk]), queries)
    beside = rows(hall.manager.get(journal.address)) - 1
    others = rows(hall.manager.get(day.address)) - 1
    for _ in range(50):
        receive()

    first, last = journal.pages()
    today, before = day.pages()
    paper = hall.manager.get(reverse("till_month_paper", args=[hall.till.pk, month]))

    assert (rows(first) - beside, rows(last) - beside) == (50, 1)
    assert (rows(today) - others, rows(before) - others) == (50, 1)
    assert rows(paper) - beside == 51
