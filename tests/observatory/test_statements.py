"""Each party's statement explains its balance line by line, and agrees with the journal."""

import datetime
from itertools import pairwise

import pytest

from filiere.accounts.models import Organisation
from filiere.billing.services.refunding import refund_charge
from filiere.kernel.calendar import bounds_of_day
from filiere.ledger import queries as ledger
from filiere.observatory import statements
from filiere.observatory.statements import LineKind, Party, Period
from filiere.programmes.queries import tranche_account
from filiere.programmes.services import undo_receipt
from filiere.settlement import services
from filiere.settlement.models import Batch
from filiere.vouchers.models import LotPart
from filiere.vouchers.queries import pocket_account
from tests.agenda.factories import CommuneFactory
from tests.billing.factories import AT, IBANS, bank_account, commitment, lot_for, receive, world
from tests.programmes.factories import receipt
from tests.settlement.factories import answer, emitted, order_of, owed
from tests.settlement.test_services import LATER, approve, emit, freeze, pay

pytestmark = pytest.mark.django_db
YEAR = Period(datetime.date(2026, 1, 1), datetime.date(2027, 12, 31))
ON = datetime.date(2027, 12, 31)
NONE_OF_THEM = Period(datetime.date(2025, 1, 1), datetime.date(2025, 12, 31))


def read(party, organisation_id, period=YEAR, **page):
    return statements.statement_of(party, organisation_id, period, on=ON, **page)


def provider_ledger(provider_id, until=None):
    """What the journal says is due to a provider: payable, or awaited from third parties."""
    return sum(
        sum(ledger.balances(f"{kind}:{provider_id}:", until=until).values())
        for kind in ("payable", "due")
    )


def payer_ledger(organisation_id, until=None):
    return -ledger.balance(f"thirdparty:{organisation_id}", until=until)


def funder_ledger(organisation_id, until=None):
    """What the journal holds of a funder's money: its tranches and their pockets."""
    tranches = Organisation.objects.get(pk=organisation_id).tranches.values_list("pk", flat=True)
    codes = [tranche_account(pk) for pk in tranches]
    codes += [
        pocket_account(part.lot_id, part.tranche_id)
        for part in LotPart.objects.filter(tranche__in=list(tranches)).order_by("pk")
    ]
    return sum(ledger.balances_of(codes, until=until).values())


def adds_up(statement):
    sign = -1 if statement.party == Party.FUNDER else 1
    balance = statement.opening_cents
    for line in statement.lines:
        balance += sign * (line.charged_cents - line.paid_cents)
        assert line.balance_cents == balance
    assert balance == statement.closing_cents
    assert len(statement.lines) == statement.count
    assert all(one.at <= two.at for one, two in pairwise(statement.lines))
    for total in statement.totals:
        some = [line for line in statement.lines if line.kind == total.kind]
        assert len(some) == total.count
        assert sum(line.charged_cents for line in some) == total.charged_cents
        assert sum(line.paid_cents for line in some) == total.paid_cents
    return statement


@pytest.fixture
def scene():
    """Two providers, three funders, one third party; a payment, then a refund and its set-off."""
    commune = CommuneFactory()
    places = [world(price=2700, commune=commune), world(price=1900, commune=commune)]
    lot = lot_for(places[0], count=10, face=1000, parts=[5001, 3333, 1666])
    payer = commitment(rate_ppm=250_000)
    codes = [issued.code for issued in lot.issued]
    charges = [
        place.split(codes.pop() if number % 3 else None, commitment=payer)
        for number in range(4)
        for place in places
    ]
    for place, iban in zip(places, IBANS, strict=False):
        bank_account(place, iban)
    receive(payer, 2000)
    return lot, payer, places, charges


def refund(charge, at=LATER):
    return refund_charge(charge=charge, reason="Séance annulée par erreur", at=at, actor="test")


def test_statement_of_a_provider_is_what_the_journal_owes_it(scene):
    _lot, _payer, places, charges = scene
    for place in places:
        found = adds_up(read(Party.PROVIDER, place.provider.pk))
        assert found.closing_cents == provider_ledger(place.provider.pk) > 0
    pay(emit(approve(freeze())))
    refund(charges[2])
    for place in places:
        found = adds_up(read(Party.PROVIDER, place.provider.pk))
        assert found.closing_cents == provider_ledger(place.provider.pk)
        kinds = {total.kind for total in found.totals}
        assert {LineKind.VOUCHER_SHARE, LineKind.AGREED_SHARE, LineKind.PAYMENT} <= kinds
    refunded = read(Party.PROVIDER, places[0].provider.pk)
    back = [line for line in refunded.lines if line.kind == LineKind.REFUND]
    assert sum(line.charged_cents for line in back) == -charges[2].price_cents
    assert {line.about.reason for line in back} == {"Séance annulée par erreur"}
    assert {line.about.number for line in back} == {"", "ND-2026-0001"} or len(back) == 3


def test_statement_of_a_provider_agrees_with_the_journal_at_every_moment(scene):
    _lot, _payer, _places, charges = scene
    batch = emit(approve(freeze()))
    order = batch.orders.order_by("pk")[0]
    pay(batch)
    refund(charges[0])
    refund(charges[3])
    provider = order.provider_id
    whole = read(Party.PROVIDER, provider)
    for day in sorted({line.at.date() for line in whole.lines}):
        until = bounds_of_day(day)[1] - datetime.timedelta(microseconds=1)
        told = adds_up(read(Party.PROVIDER, provider, Period(YEAR.first_on, day)))
        assert told.closing_cents == provider_ledger(provider, until)
        after = Period(day + datetime.timedelta(days=1), YEAR.last_on)
        assert adds_up(read(Party.PROVIDER, provider, after)).opening_cents == told.closing_cents


def test_statement_of_a_third_party_tells_sessions_and_no_person(scene):
    _lot, payer, _places, charges = scene
    promiser = payer.agreement.promiser_id
    found = adds_up(read(Party.THIRD_PARTY, promiser))
    assert found.closing_cents == payer_ledger(promiser)
    assert found.paid_cents == 2000
    line = next(line for line in found.lines if line.kind == LineKind.AGREED_SHARE)
    assert line.about.session_ref.startswith("OR-")
    assert (line.about.service, line.about.agreement) == ("procedures", "Tiers payant")
    refund(charges[0])
    assert adds_up(read(Party.THIRD_PARTY, promiser)).closing_cents == payer_ledger(promiser)


def test_statement_of_a_funder_is_what_is_left_of_its_money(scene):
    lot, _payer, _places, charges = scene
    refund(charges[2])
    for tranche in lot.tranches:
        found = adds_up(read(Party.FUNDER, tranche.funder_id))
        assert found.closing_cents == funder_ledger(tranche.funder_id) >= 0
        used = sum(t.charged_cents for t in found.totals)
        assert found.closing_cents == found.paid_cents - used
        lots = [line for line in found.lines if line.kind == LineKind.LOT]
        assert [(one.charged_cents, one.paid_cents) for one in lots] == [(0, 0)]
        assert lots[0].about.amount_cents == found.paid_cents
    acts = [line.about.act for line in found.lines if line.kind == LineKind.USE]
    assert None not in acts


def test_statement_of_is_read_by_pages_with_the_balances_of_the_whole(scene):
    _lot, _payer, places, _charges = scene
    provider = places[0].provider.pk
    whole = read(Party.PROVIDER, provider)
    page = read(Party.PROVIDER, provider, first=3, count=2)
    assert page.lines == whole.lines[3:5]
    assert (page.count, page.closing_cents, page.totals) == (
        whole.count,
        whole.closing_cents,
        whole.totals,
    )
    assert page.before_cents == whole.lines[2].balance_cents
    assert whole.before_cents == whole.opening_cents == 0
    past_the_end = read(Party.PROVIDER, provider, first=500, count=2)
    assert (past_the_end.lines, past_the_end.before_cents) == ((), whole.closing_cents)


def test_statement_of_asks_as_many_questions_for_two_lines_as_for_all(
    scene, django_assert_max_num_queries
):
    lot, payer, places, charges = scene
    pay(emit(approve(freeze())))
    refund(charges[2])
    parties = [
        (Party.PROVIDER, places[0].provider.pk, 5),
        (Party.THIRD_PARTY, payer.agreement.promiser_id, 5),
        (Party.FUNDER, lot.tranches[0].funder_id, 8),
    ]
    for party, organisation_id, most in parties:
        for count in (2, None):
            with django_assert_max_num_queries(most):
                read(party, organisation_id, count=count)


def test_statement_of_nobody_is_empty():
    stranger = world().provider
    for party in (Party.PROVIDER, Party.THIRD_PARTY, Party.FUNDER, Party.EMPLOYER):
        found = read(party, stranger.pk)
        assert (found.count, found.lines, found.closing_cents) == (0, (), 0)
    assert statements.parties_of(stranger.pk) == []
    assert Batch.objects.count() == 0


def test_statement_of_goes_no_further_than_today(scene):
    _lot, _payer, places, _charges = scene
    before = AT.date() - datetime.timedelta(days=1)
    found = statements.statement_of(Party.PROVIDER, places[0].provider.pk, YEAR, on=before)
    assert (found.count, found.period.last_on) == (0, before)


def test_parties_of_says_in_which_quality_an_organisation_is_read(scene):
    lot, payer, places, _charges = scene
    assert statements.parties_of(places[0].provider.pk) == [Party.PROVIDER]
    assert statements.parties_of(lot.tranches[0].funder_id) == [Party.FUNDER]
    assert statements.parties_of(payer.agreement.promiser_id) == [Party.THIRD_PARTY]


def test_statement_of_a_provider_tells_payments_that_came_back():
    here = owed(price=3000)
    batch = emitted()
    order = order_of(here, batch)
    services.import_status(
        content=answer(batch, (order.end_to_end_id, "RJCT", "AC04")), at=LATER, actor="user:1"
    )
    found = adds_up(read(Party.PROVIDER, here.provider.pk))
    assert [line.kind for line in found.lines] == [
        LineKind.VOUCHER_SHARE,
        LineKind.PAYMENT,
        LineKind.GIVEN_BACK,
    ]
    assert found.closing_cents == provider_ledger(here.provider.pk) == 3000
    assert found.paid_cents == 0


def test_statement_of_a_funder_tells_money_that_went_back(scene):
    lot, _payer, _places, _charges = scene
    tranche = lot.tranches[0]
    type(tranche).objects.filter(pk=tranche.pk).update(cap_cents=50_000)
    tranche.refresh_from_db()
    kept, gone = receipt(tranche, 2_000), receipt(tranche, 3_000)
    undo_receipt(receipt=gone, bounced_on=AT.date(), reason="Sans provision", actor="t", at=LATER)
    found = adds_up(read(Party.FUNDER, tranche.funder_id))
    assert found.closing_cents == funder_ledger(tranche.funder_id)
    back = next(line for line in found.lines if line.kind == LineKind.BOUNCE)
    assert (back.paid_cents, back.about.reason) == (-3_000, "Sans provision")
    assert kept.amount_cents == 2_000
