"""Packs and subscriptions, prices by bracket, and funds where some pay for others."""

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import translation

from filiere.agenda import services as agenda
from filiere.billing import queries, services
from filiere.billing.errors import (
    BandsNotPossible,
    BandUnknown,
    ChargeAlreadySplit,
    GroupElsewhere,
    PackageBegun,
    PackageNotDescribed,
    PackageNotOffered,
)
from filiere.billing.models import Charge, ChargeState, Package, PackageUse
from filiere.rules.pricing import Band
from tests.agenda.factories import OrganisationFactory, new_person
from tests.billing.factories import AT, DAY, lot_for, world

pytestmark = pytest.mark.django_db
JANUARY = datetime.date(2026, 1, 1)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def priced(kind, cents, **more):
    here = world(price=None)
    services.set_price(
        offer_id=here.offer.pk, kind=kind, amount_cents=cents, from_on=JANUARY, actor="test",
        at=AT, **more,
    )  # fmt: skip
    return here


def five_sessions(**more):
    return priced("pack", 10_000, package=services.Package(valid_days=90, sessions=5), **more)


def left_of(package):
    package.refresh_from_db()
    return package.sessions_left, package.minutes_left


def test_raise_charge_buys_the_pack_once_then_takes_from_it():
    here = five_sessions()
    person = new_person(commune_id=here.commune.pk)
    first, second = here.charge(person=person), here.charge(person=person)
    assert [(one.price_cents, one.state) for one in (first, second)] == [
        (10_000, ChargeState.OPEN),
        (0, ChargeState.SPLIT),
    ]
    assert left_of(Package.objects.get()) == (3, None)
    receipt = queries.receipt_lines(second)
    assert "taken from a package" in receipt.why
    assert receipt.package.startswith("Package: 3 sessions left")


def test_raise_charge_buys_again_when_the_pack_ended_or_is_anothers():
    here = five_sessions()
    person = new_person(commune_id=here.commune.pk)
    here.charge(person=person)
    assert here.charge().price_cents == 10_000
    assert here.charge(person=person, on=DAY + datetime.timedelta(days=89)).price_cents == 0
    assert here.charge(person=person, on=DAY + datetime.timedelta(days=90)).price_cents == 10_000


def test_a_pack_of_hours_pays_what_it_holds_and_the_next_one_the_rest():
    here = priced("pack", 9_000, package=services.Package(valid_days=90, minutes=90))
    person = new_person(commune_id=here.commune.pk)
    here.charge(person=person, minutes=60)
    again = here.charge(person=person, minutes=60)
    assert again.price_cents == 9_000
    packages = Package.objects.order_by("pk").values_list("minutes_left", flat=True)
    assert list(packages) == [0, 60]
    assert sorted(PackageUse.objects.values_list("minutes", flat=True)) == [30, 30, 60]


def test_reprice_charge_takes_the_package_instead_of_the_session_alone():
    here = five_sessions()
    services.set_price(
        offer_id=here.offer.pk, kind="pack", amount_cents=10_000, from_on=JANUARY, actor="test",
        at=AT, package=services.Package(valid_days=90, sessions=5, single_cents=2_500),
    )  # fmt: skip
    charge = here.charge()
    assert charge.price_cents == 2_500
    charge = services.reprice_charge(charge=charge, take_package=True, at=AT, actor="test")
    assert charge.price_cents == 10_000
    assert left_of(Package.objects.get()) == (4, None)
    charge = services.reprice_charge(charge=charge, at=AT, actor="test")
    assert charge.price_cents == 2_500
    assert Package.objects.get().cancelled_at == AT


def test_reprice_charge_follows_the_bracket_said_and_writes_no_income():
    here = priced("hourly", 3_000, bands=[Band("QF under 600", 600)], basis="income")
    charge = here.charge(minutes=90)
    assert charge.price_cents == 4_500
    charge = services.reprice_charge(charge=charge, band="QF under 600", at=AT, actor="test")
    assert charge.price_cents == 900
    paid = services.split_charge(charge=charge, voucher_code=None, at=AT, actor="test")
    assert "QF under 600" in queries.receipt_lines(paid).why
    with pytest.raises(ChargeAlreadySplit):
        services.reprice_charge(charge=paid, at=AT, actor="test")


def test_reprice_charge_refuses_what_the_price_of_the_day_does_not_offer():
    charge = priced("session", 3_000).charge()
    with pytest.raises(BandUnknown):
        services.reprice_charge(charge=charge, band="students", at=AT, actor="test")
    with pytest.raises(PackageNotOffered):
        services.reprice_charge(charge=charge, take_package=True, at=AT, actor="test")
    charge.refresh_from_db()
    assert charge.price_cents == 3_000


def undo(charge):
    agenda.undo_attendance(
        registration_id=charge.registration_id,
        at=charge.raised_at + datetime.timedelta(minutes=3),
        actor="test",
    )


def test_an_attendance_undone_gives_back_what_it_took():
    here = five_sessions()
    person = new_person(commune_id=here.commune.pk)
    here.charge(person=person)
    second = here.charge(person=person)
    undo(second)
    assert left_of(Package.objects.get()) == (4, None)


def test_the_session_that_bought_a_pack_is_not_undone_while_others_used_it():
    here = five_sessions()
    person = new_person(commune_id=here.commune.pk)
    first = here.charge(person=person)
    second = here.charge(person=person)
    with pytest.raises(PackageBegun), transaction.atomic():
        undo(first)
    paid = services.split_charge(charge=first, voucher_code=None, at=AT, actor="test")
    with pytest.raises(PackageBegun), transaction.atomic():
        services.refund_charge(charge=paid, reason="wrong", at=AT, actor="test")
    undo(second)
    services.refund_charge(charge=paid, reason="wrong", at=AT, actor="test")
    assert Package.objects.get().cancelled_at is not None


def test_a_pack_is_paid_by_a_voucher_like_any_price():
    here = five_sessions()
    paid = here.split(lot_for(here, face=4_000).issued[0].code)
    lines = [(line.kind, line.amount_cents) for line in queries.receipt_lines(paid).lines]
    assert lines == [("voucher", 4_000), ("person", 6_000)]


def test_postgresql_refuses_more_uses_than_a_package_holds_and_to_rewrite_one():
    here = priced("pack", 1_000, package=services.Package(valid_days=9, sessions=1))
    charge = here.charge()
    use = PackageUse.objects.get()
    more = {"package_id": use.package_id, "registration_id": charge.registration_id}
    refused = pytest.raises(IntegrityError, match="package_sessions_left_in_range")
    with refused, transaction.atomic():
        PackageUse.objects.create(sessions=1, minutes=60, used_at=AT, **more)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        PackageUse.objects.update(minutes=1)


@pytest.mark.parametrize(
    ("kind", "more", "refusal"),
    [
        ("pack", {}, PackageNotDescribed),
        ("pack", {"package": services.Package(valid_days=30)}, PackageNotDescribed),
        ("pack", {"package": services.Package(30, sessions=2, minutes=9)}, PackageNotDescribed),
        ("subscription", {"package": services.Package(0)}, PackageNotDescribed),
        ("session", {"package": services.Package(30, sessions=2)}, PackageNotDescribed),
        ("session", {"bands": [Band("a", 1), Band("a", 2)]}, BandsNotPossible),
        ("session", {"bands": [Band(" ", 1)]}, BandsNotPossible),
        ("session", {"bands": [Band("a", -1)]}, BandsNotPossible),
        ("session", {"solidarity": services.Solidarity(0, 100)}, GroupElsewhere),
    ],
)
def test_set_price_refuses_a_rule_that_says_too_little_or_too_much(kind, more, refusal):
    with pytest.raises(refusal):
        priced(kind, 1_000, **more)


def test_rules_in_force_reads_bands_in_one_query(django_assert_num_queries):
    here = priced("session", 3_000, bands=[Band("b", 10), Band("a", 20)])
    with django_assert_num_queries(1):
        found = queries.rules_in_force([here.offer.pk], DAY)
    assert found[here.offer.pk].bands == (Band("b", 10), Band("a", 20))
    assert found[here.offer.pk].lowest_cents == 10


def test_subsidy_balances_shows_what_some_paid_for_others():
    here = world(price=None)
    group = services.open_subsidy_group(
        organisation_id=here.provider.pk, name="Solidarité", at=AT, actor="test"
    )
    services.set_price(
        offer_id=here.offer.pk, kind="session", amount_cents=3_000, from_on=JANUARY, actor="test",
        at=AT, bands=[Band("Minima sociaux", 500)], solidarity=services.Solidarity(group.pk, 2_000),
    )  # fmt: skip
    for _twice in range(2):
        here.split()
    low = services.reprice_charge(charge=here.charge(), band="Minima sociaux", at=AT, actor="test")
    assert queries.subsidy_balances(here.provider.pk)[0].sessions == 2
    services.split_charge(charge=low, voucher_code=None, at=AT, actor="test")
    found = queries.subsidy_balances(here.provider.pk)[0]
    assert (found.sessions, found.over_cents, found.under_cents) == (3, 2_000, 1_500)
    assert found.balance_cents == 500


def test_set_price_refuses_another_organisations_fund():
    group = services.open_subsidy_group(
        organisation_id=OrganisationFactory().pk, name="Ailleurs", at=AT, actor="test"
    )
    with pytest.raises(GroupElsewhere):
        priced("session", 3_000, solidarity=services.Solidarity(group.pk, 2_000))


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_two_counters_neither_buy_a_pack_twice_nor_take_the_same_last_session():
    here = priced("pack", 4_000, package=services.Package(valid_days=90, sessions=2))
    person = new_person(commune_id=here.commune.pk)
    sessions = [here.registration(person=person) for _one in range(4)]

    def attend(registration):
        try:
            agenda.record_attendance(
                registration_id=registration.pk, present=True,
                at=registration.slot.starts_at, actor="test",
            )  # fmt: skip
            return Charge.objects.get(registration=registration).price_cents
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        prices = list(pool.map(attend, sessions))
    assert sorted(prices) == [0, 0, 4_000, 4_000]
    assert list(Package.objects.values_list("sessions_left", flat=True)) == [0, 0]
