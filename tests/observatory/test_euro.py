import random

import pytest

from filiere.billing.services.refunding import refund_charge
from filiere.kernel import checks
from filiere.observatory import portfolio, queries
from filiere.observatory.queries import By, Row, without_small_cells
from filiere.persons import services as persons
from filiere.vouchers import services as vouchers
from tests.agenda.factories import CommuneFactory
from tests.billing.factories import (
    AT,
    DAY,
    IBANS,
    bank_account,
    commitment,
    lot_for,
    receive,
    world,
)
from tests.programmes.factories import programme, receipt
from tests.settlement.test_services import LATER, approve, emit, freeze, pay
from tests.vouchers.factories import draft

pytestmark = pytest.mark.django_db


def scenario(sessions=12):
    """Two providers of one commune, three funders with unequal shares, one third party."""
    commune = CommuneFactory()
    places = [world(price=2700, commune=commune), world(price=1900, commune=commune)]
    lot = lot_for(places[0], count=10, face=1000, parts=[5001, 3333, 1666])
    payer = commitment(rate_ppm=250_000)
    chance = random.Random(3)
    codes = [issued.code for issued in lot.issued]
    for number in range(sessions):
        place = chance.choice(places)
        code = codes.pop() if codes and number % 4 else None
        place.split(code, commitment=payer)
    for place, iban in zip(places, IBANS, strict=False):
        bank_account(place, iban)
    receive(payer, 2000)
    return lot, payer, places


def test_traced_is_spent_is_paid_for_three_funders_with_unequal_shares():
    lot, payer, _places = scenario()
    assert queries.traced_cents_by_funder() == {}
    batch = pay(emit(approve(freeze())))
    traced, spent = queries.traced_cents_by_funder(), queries.spent_cents_by_funder()
    third = queries.traced_cents_by_third_party()
    assert traced == spent
    assert len(traced) == 3
    assert third == queries.spent_cents_by_third_party()
    assert set(third) == {payer.agreement.promiser_id}
    assert sum(traced.values()) + sum(third.values()) == batch.total_cents
    given = queries.given_cents_by_funder()
    assert sorted(given.values()) == [1666, 3333, 5001]
    assert all(traced[funder] <= given[funder] for funder in traced)
    for tranche in lot.tranches:
        flows = queries.flows_of_tranche(tranche.pk)
        assert flows.paid_cents == flows.used_cents == traced[tranche.funder_id]
    assert [v for v in checks.run() if not v.holds and v.name.startswith("settlement")] == []


def test_a_frozen_batch_is_not_spent_yet():
    scenario()
    approve(freeze())
    assert queries.traced_cents_by_funder() == queries.spent_cents_by_funder() == {}


def test_trace_payment_order_opens_to_sessions_and_funders_to_the_cent():
    scenario()
    batch = emit(approve(freeze()))
    for order in batch.orders.order_by("pk"):
        traced = queries.trace_payment_order(order.pk)
        assert sum(line.amount_cents for line in traced.lines) == order.amount_cents
        assert sum(payer.amount_cents for payer in traced.payers) == order.amount_cents
        assert traced.payers == queries.who_paid(order.pk)
        for line in traced.lines:
            assert sum(payer.amount_cents for payer in line.payers) == line.amount_cents
            assert (line.service, line.registration_ref[:3]) == ("procedures", "OR-")


def test_trace_charge_adds_up_to_the_price():
    here = world(price=3000)
    charge = here.split(lot_for(here, face=1000).issued[0].code, commitment=commitment())
    lines = queries.trace_charge(charge.pk)
    assert [line.amount_cents for line in lines] == [1000, 1000, 1000]
    assert lines[0].voucher_serial
    assert lines[2].payers == ()


def test_flows_split_what_was_given_exactly():
    here = world(price=600)
    lot = lot_for(here, count=4, face=1000)
    type(lot.tranches[0]).objects.update(cap_cents=5000)
    receipt(lot.tranches[0], 1000)
    for issued in lot.issued[:2]:
        vouchers.hand_out(
            voucher_serial=issued.serial,
            person_id=persons.open_file(at=AT, actor="test"),
            organisation_id=lot.provider.pk,
            at=AT,
            actor="test",
        )
    here.split(lot.issued[0].code)
    flows = queries.flows_of_tranche(lot.tranches[0].pk)
    assert (flows.given_cents, flows.activated_cents) == (5000, 4000)
    assert (flows.used_cents, flows.handed_out_unused_cents) == (600, 1400)
    assert (flows.handed_out_cents, flows.not_handed_out_cents) == (2000, 2000)
    assert [(one.service, one.amount_cents) for one in flows.used_by_service] == [
        ("procedures", 600)
    ]
    assert (flows.paid_cents, flows.due_cents) == (0, 600)


def test_flows_count_a_lost_voucher_once():
    here = world(price=600)
    lot = lot_for(here, count=2, face=1000)
    vouchers.hand_out(
        voucher_serial=lot.issued[0].serial,
        person_id=persons.open_file(at=AT, actor="test"),
        organisation_id=lot.provider.pk,
        at=AT,
        actor="test",
    )
    here.split(lot.issued[0].code)
    replacement = vouchers.declare_lost(serial=lot.issued[0].serial, at=AT, actor="test")
    flows = queries.flows_of_tranche(lot.tranches[0].pk)
    assert (flows.handed_out_unused_cents, flows.used_cents) == (400, 600)
    here.split(replacement.code)
    flows = queries.flows_of_tranche(lot.tranches[0].pk)
    assert (flows.handed_out_unused_cents, flows.used_cents) == (0, 1000)
    assert flows.not_handed_out_cents == 1000


def test_follow_programme_adds_up_its_tranches():
    lot, _payer, _places = scenario()
    whole = queries.follow_programme(lot.lot.programme_id)
    parts = [queries.follow_tranche(tranche.pk) for tranche in lot.tranches]
    assert whole.flows.given_cents == 10_000 == sum(one.flows.given_cents for one in parts)
    assert whole.flows.used_cents == sum(one.flows.used_cents for one in parts)
    assert whole.persons == whole.sessions == 9
    assert len(whole.funders) == 3


def test_follow_programme_without_tranche_is_none():
    assert queries.follow_programme(programme().pk) is None
    empty = queries.follow_tranche(draft(cash=[0]).tranches[0].pk)
    assert (empty.flows.given_cents, empty.sessions, empty.first_session_on) == (0, 0, None)


def test_rows_of_tranches_add_up_by_place_commune_and_service():
    lot, _payer, places = scenario()
    ids = [tranche.pk for tranche in lot.tranches]
    used = queries.follow_programme(lot.lot.programme_id).flows.used_cents
    for by in By:
        rows = queries.rows_of_tranches(ids, by=by)
        assert sum(row.amount_cents for row in rows) == used
    assert {row.key for row in queries.rows_of_tranches(ids, by=By.PLACE)} <= {
        place.offer.place_id for place in places
    }


def test_attack_76_small_cells_are_merged_with_a_larger_group_when_published():
    rows = [Row(1, "A", "X", 9, 8, 900), Row(2, "B", "X", 7, 6, 700), Row(3, "C", "Y", 2, 2, 200)]
    shown = without_small_cells(rows, on=DAY)
    assert shown == [rows[0], Row(None, "", "", 9, None, 900)]
    assert without_small_cells(rows[:2], on=DAY) == rows[:2]


def test_attack_76_small_cells_alone_are_withheld():
    assert without_small_cells([Row(3, "C", "Y", 2, 2, 200)], on=DAY) == [
        Row(None, "", "", None, None, None)
    ]


def test_provider_statement_lists_dues_and_who_paid():
    _lot, _payer, places = scenario()
    batch = pay(emit(approve(freeze())))
    where = places[0]
    statement = queries.provider_statement(where.provider.pk)
    assert statement.payable.total_cents == 0
    assert statement.paid_cents == batch.orders.get(provider=where.provider).amount_cents
    assert statement.awaited_cents + statement.counter_cents > 0
    (paid,) = statement.orders
    assert sum(payer.amount_cents for payer in paid.payers) == paid.order.amount_cents


def test_provider_statement_costs_the_same_whatever_the_payments(django_assert_max_num_queries):
    _lot, _payer, places = scenario(4)
    emit(approve(freeze()))
    places[0].split(lot_for(places[0]).issued[0].code, at=LATER)
    emit(approve(freeze("VIR-2")))
    with django_assert_max_num_queries(7):
        queries.provider_statement(places[0].provider.pk)


def test_a_session_refunded_is_used_no_more_and_the_cover_stays_right():
    here = world(price=1000)
    lot = lot_for(here, count=4, face=1000)
    bank_account(here, IBANS[0])
    tranche_id = lot.tranches[0].pk
    codes = [issued.code for issued in lot.issued]

    def used() -> int:
        flows = queries.flows_of_tranche(tranche_id)
        assert portfolio.cover_of_tranche(tranche_id, flows).is_right
        return flows.used_cents

    first, _second = here.split(codes[0]), here.split(codes[1])
    pay(emit(approve(freeze())))
    assert used() == 2000
    refund_charge(charge=first, reason="séance non rendue", at=LATER, actor="test")
    assert used() == 1000
    assert portfolio.paid_acts(tranche_id).count() == 1
    for code in codes[2:]:
        here.split(code)
    assert used() == 3000
    assert emit(approve(freeze("VIR-2"))).total_cents == 1000
    assert used() == 3000
