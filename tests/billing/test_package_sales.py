"""A package sold at a till before any session: paid at once, used later, undone with its receipt."""

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from filiere.billing import queries, services
from filiere.billing.errors import (
    BandUnknown,
    CashLimitReached,
    MeansNotAllowed,
    PackageBegun,
    PackageNotOffered,
)
from filiere.billing.models import ChargeState, Package, PackageSale, TillReceipt
from filiere.billing.queries import tills as till_queries
from filiere.billing.services import tills
from filiere.ledger import queries as ledger
from filiere.observatory import personal, statements
from filiere.observatory.statements import LineKind
from filiere.rules.pricing import Band
from tests.agenda.factories import new_person
from tests.billing.factories import AT, world
from tests.billing.test_tills import NOVEMBER, balance, broken, opened, sold, town

pytestmark = pytest.mark.django_db


@pytest.fixture
def here():
    return town()


@pytest.fixture
def till(here):
    return opened(here)


@pytest.fixture
def person(here):
    return new_person(commune_id=here.commune.pk)


def undo(receipt):
    return tills.reverse_receipt(receipt=receipt, reason="Erreur", at=AT, actor="user:7")


def test_sell_package_gives_a_numbered_receipt_and_five_sessions_to_come(here, till, person):
    receipt = sold(here, till, person)
    package = Package.objects.get()
    assert (receipt.number, receipt.amount_cents, receipt.session_ref) == (1, 10_000, "")
    assert (package.sessions_left, package.charge, package.sale) == (5, None, receipt.sale)
    assert (package.begins_on, package.ends_on - package.begins_on) == (
        AT.date(), datetime.timedelta(days=89),
    )  # fmt: skip
    assert balance(till, "cash") == 10_000
    assert ledger.balance(f"till:{here.provider.pk}") == 0
    assert broken() == []


def test_sell_package_pays_the_first_session_that_comes(here, till, person):
    sold(here, till, person)
    charge = here.charge(person=person)
    assert (charge.state, charge.price_cents) == (ChargeState.SPLIT, 0)
    assert Package.objects.get().sessions_left == 4
    with translation.override("en"):
        assert "taken from a package" in queries.receipt_lines(charge).why
    assert here.charge().price_cents == 10_000  # somebody else buys


def test_sell_package_twice_with_one_key_sells_once(here, till, person):
    first = sold(here, till, person)
    assert sold(here, till, person) == first
    assert sold(here, till, person, key="another", means="card") != first
    assert (PackageSale.objects.count(), TillReceipt.objects.count()) == (2, 2)


def test_sell_package_takes_the_bracket_the_person_says(here, till, person):
    def sells(band, key):
        services.set_price(
            offer_id=here.offer.pk, kind="pack", amount_cents=10_000, from_on=AT.date(), at=AT,
            actor="test", package=services.Package(valid_days=90, sessions=5),
            bands=[Band("QF 1", 2_000)], basis="income",
        )  # fmt: skip
        return tills.sell_package(
            till_id=till.pk, offer_id=here.offer.pk, person_id=person, means="cash", key=key,
            band=band, at=AT, actor="user:1",
        )  # fmt: skip

    assert sells("QF 1", "one").amount_cents == 2_000
    with pytest.raises(BandUnknown):
        sells("QF 9", "two")


def test_sell_package_refuses_what_is_no_package_or_elsewhere(here, till, person):
    def sells(offer):
        tills.sell_package(
            till_id=till.pk, offer_id=offer.pk, person_id=person, means="cash", key="k", at=AT,
            actor="user:1",
        )  # fmt: skip

    elsewhere = town()
    sold(elsewhere, opened(elsewhere))
    for offer in (here.offer, elsewhere.offer, world(price=None).offer):
        with pytest.raises(PackageNotOffered):
            sells(offer)
    assert PackageSale.objects.count() == 1


def test_sell_package_refuses_a_voucher_and_too_much_cash(here, till, person):
    with pytest.raises(MeansNotAllowed), transaction.atomic():
        sold(here, till, person, means="voucher")
    sold(here, till, person)
    with pytest.raises(CashLimitReached), transaction.atomic():
        sold(here, till, person, key="second")
    assert PackageSale.objects.count() == 1
    assert broken() == []


def test_undoing_its_receipt_cancels_the_package_once(here, till, person):
    receipt = sold(here, till, person)
    assert undo(receipt) == undo(receipt)
    package = Package.objects.get()
    assert package.cancelled_at == AT
    assert balance(till, "cash") == 0
    assert ledger.balance(f"till:{here.provider.pk}") == 0
    assert here.charge(person=person).price_cents == 10_000
    assert broken() == []


def test_undoing_its_receipt_is_refused_once_the_package_served(here, till, person):
    receipt = sold(here, till, person)
    here.charge(person=person)
    with pytest.raises(PackageBegun), transaction.atomic():
        undo(receipt)
    assert Package.objects.get().cancelled_at is None
    assert TillReceipt.objects.count() == 1


def test_the_journal_names_the_package_and_no_session(here, till, person):
    sold(here, till, person)
    (line,) = till_queries.journal(till, NOVEMBER).lines
    assert line.session == ""
    assert "5" in line.sold
    assert list(till_queries.to_record(till)) == []


def test_year_of_help_tells_a_package_bought_and_given_back(here, till, person):
    receipt = sold(here, till, person)
    assert statements.years_of_help(person) == [2026]
    found = statements.year_of_help(person, year=2026)
    assert [(one.kind, one.paid_cents) for one in found.lines] == [(LineKind.PACKAGE, 10_000)]
    assert found.lines[0].about.place == here.offer.place.name
    undo(receipt)
    found = statements.year_of_help(person, year=2026)
    assert (found.count, found.paid_cents, found.closing_cents) == (2, 0, 0)
    elsewhere = world().provider.pk
    assert statements.year_of_help(person, year=2026, provider_id=elsewhere).count == 0


def test_the_data_of_a_person_hold_the_package_sold_alone(here, till, person):
    sold(here, till, person)
    held = personal.export_person(person, at=AT, reader="test")
    assert held["packages"][0]["sold_alone_cents"] == 10_000
    assert [(one["session"], one["number"]) for one in held["till_receipts"]] == [(None, 1)]


def test_a_package_is_bought_by_a_session_or_sold_alone_never_both_nor_neither(here, till, person):
    sold(here, till, person)
    charge = here.charge(person=person)
    for change in ({"charge": charge}, {"sale": None}):
        with pytest.raises(IntegrityError, match="package_bought_once"), transaction.atomic():
            Package.objects.update(**change)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_one_form_sent_by_several_at_once_sells_one_package():
    here = town()
    till, person = opened(here), new_person(commune_id=here.commune.pk)
    sold(here, till, person, key="other", means="card")

    def sells(_turn):
        try:
            return sold(here, till, person).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(sells, range(4)))) == 1
    assert PackageSale.objects.count() == 2
    assert list(TillReceipt.objects.order_by("number").values_list("number", flat=True)) == [1, 2]
    assert broken() == []
