"""What the browser tests find: a small Creuse, and one of each thing a page can show."""

import datetime as dt
from typing import Any
from uuid import UUID

from filiere.accounts.models import User
from filiere.agenda import services as agenda
from filiere.agenda.models import Registration, Unit
from filiere.billing import queries as billing_queries
from filiere.billing import services as billing
from filiere.billing.models import PriceKind
from filiere.billing.services import splitting
from filiere.directory.models import Offer
from filiere.kernel.calendar import legal_day
from filiere.operations import demo
from filiere.operations.loop.world import PARIS, invented_iban, organisation
from filiere.orientation import services as orientation
from filiere.orientation.models import Referral
from filiere.pathways import services as pathways
from filiere.persons import services as persons
from filiere.persons.enums import Purpose
from filiere.programmes import services as programmes
from filiere.programmes.models import Programme
from filiere.rules.diagnosis import Request
from filiere.settlement import services as settlement
from filiere.settlement.bank_file import Debtor
from filiere.settlement.models import Alert, Batch
from filiere.territories import queries as territories
from filiere.territories.models import Kind
from filiere.vouchers import services as vouchers
from filiere.vouchers.models import Voucher
from filiere.vouchers.services import IssuedCode
from tests.conftest import AT
from tests.e2e.pages import pages_of
from tests.settlement.factories import answer

PRICE_CENTS = 3_500
FACE_CENTS = 5_000
ME = "tests"
DAY = dt.timedelta(days=1)


def play() -> dict[str, Any]:
    """Load everything; give what the tests must know."""
    demo.SCENES = ((Kind.DEPARTEMENT, "23", 14, 12),)
    demo.load(at=AT, progress=lambda *_: None)
    User.objects.create_user("personne@demo.example", demo.PASSWORD, display_name="Sans rôle")
    unit = Unit.objects.get(worker__user__email="karim@demo.example")
    offer = Offer.objects.get(place=unit.place, service="procedures")
    for one in Offer.objects.filter(place=unit.place).order_by("pk"):
        billing.set_price(
            offer_id=one.pk, kind=PriceKind.SESSION, amount_cents=PRICE_CENTS,
            from_on=legal_day(AT), at=AT - 4 * DAY, actor=ME,
        )  # fmt: skip
    good, tranche_id = _vouchers(10, legal_day(AT + 90 * DAY))
    expired, _unused = _vouchers(1, legal_day(AT - 2 * DAY))
    batches = {
        state: _batch(state, unit, offer, good.pop(), hour)
        for hour, state in enumerate(("emitted", "approved", "frozen"), start=8)
    }
    desk = _desk(unit, offer, good.pop())
    expected = _seat(unit, offer, AT.replace(hour=6, minute=0), "Lucie Perrin")
    for voucher in (good[0], expired[0]):
        _hand_out(voucher, expected.person_id, AT - 8 * DAY)
    return {
        "password": demo.PASSWORD,
        "karims_place": unit.place.name,
        "expected": expected.ref,
        "good_code": good[0].printed,
        "expired_code": expired[0].printed,
        "serial_to_hand_out": good[1].serial,
        "tranche": tranche_id,
        "slot_for_two": desk["for_two"].pk,
        "offline": _offline(unit, offer, good[2:6]),
        "pages": pages_of(desk, batches),
    }


def _offline(unit: Unit, offer: Offer, some: list[IssuedCode]) -> dict[str, Any]:
    """An appointment and two free hours of this evening, a voucher for each, one more blocked."""
    seat = _seat(unit, offer, AT.replace(hour=19, minute=0), "Yvonne Blanc")
    agenda.publish_slots(
        offer_id=offer.pk, worker_unit=unit, minutes=60, seats=1,
        starts=[AT.replace(hour=hour, minute=0) for hour in (20, 21)], at=AT - DAY, actor=ME, is_invented=True,
    )  # fmt: skip
    for voucher in some:
        _hand_out(voucher, seat.person_id, AT - 8 * DAY)
    typed, *squares = some
    rows = list(
        Voucher.objects.select_related("lot").filter(serial__in=[v.serial for v in squares])
    )
    signed = vouchers.sign_vouchers(lot=rows[0].lot, vouchers=rows, at=AT - DAY, actor=ME)
    scanned, filmed, blocked = (signed[one.serial] for one in squares)
    vouchers.block(serial=squares[2].serial, reason="essai", at=AT - DAY, actor=ME)
    return {
        "ref": seat.ref, "typed": typed.printed, "signed": scanned, "filmed": filmed,
        "blocked": blocked, "blocked_typed": squares[2].printed,
    }  # fmt: skip


def _vouchers(count: int, use_until: dt.date) -> tuple[list[IssuedCode], int]:
    """Active vouchers of 50 €, and the one more tranche of the département that pays them."""
    at = AT - 10 * DAY
    programme = Programme.objects.order_by("-pk").first()
    assert programme is not None
    funder = organisation("Département (démonstration)", "")
    amount = count * FACE_CENTS
    tranche = programmes.promise_tranche(
        programme=programme, funder_id=funder.pk, cap_cents=amount, at=at, actor=ME
    )
    programmes.confirm_receipt(
        tranche=tranche, amount_cents=amount, received_on=legal_day(at),
        bank_reference=f"E2E-{tranche.pk}", at=at, actor=ME,
    )  # fmt: skip
    lot = vouchers.create_lot(
        programme=programme, count=count, face_cents=FACE_CENTS, use_until=use_until,
        parts={tranche.pk: amount}, at=at, actor=ME,
    )  # fmt: skip
    codes = vouchers.generate_vouchers(lot=lot, at=at, actor=ME)
    keeper = organisation("CCAS (démonstration)", "")
    vouchers.entrust(lot=lot, organisation_id=keeper.pk, at=at, actor=ME)
    vouchers.ask_reach_override(lot=lot, reason="essai", at=at, actor=ME)
    vouchers.confirm_reach_override(lot=lot, at=at, actor="second")
    vouchers.activate_lot(lot=lot, at=at, actor=ME)
    return list(codes), tranche.pk


def _hand_out(voucher: IssuedCode, person_id: UUID, at: dt.datetime) -> None:
    vouchers.hand_out(
        voucher_serial=voucher.serial, person_id=person_id, at=at, actor=ME,
        organisation_id=organisation("CCAS (démonstration)", "").pk,
    )  # fmt: skip


def _person(at: dt.datetime, name: str = "") -> UUID:
    commune = territories.find_commune("Guéret")[0].territory_id
    person = persons.open_file(birth_year=1951, commune_id=commune, at=at, actor=ME)
    for purpose in Purpose:
        persons.record_consent(person_id=person, purpose=purpose, given=True, at=at, actor=ME)
    if name:
        persons.seal_identity(person_id=person, name=name, at=at, actor=ME)
    return person


def _seat(unit: Unit, offer: Offer, starts: dt.datetime, name: str = "") -> Registration:
    """An hour of Karim, opened and taken the day before."""
    before = starts - 2 * DAY
    result = agenda.publish_slots(
        offer_id=offer.pk, worker_unit=unit, starts=[starts], minutes=60, seats=1, at=before,
        actor=ME, is_invented=True,
    )  # fmt: skip
    return agenda.book(
        slot_id=result.created[0].pk, person_id=_person(before, name), at=before, actor=ME,
        need="procedure", procedure="",
    )  # fmt: skip


def _session(
    unit: Unit, offer: Offer, starts: dt.datetime, voucher: IssuedCode | None, name: str = ""
) -> Any:
    """A session that took place; paid by a voucher if there is one, else to be settled."""
    seat, ends = _seat(unit, offer, starts, name), starts + dt.timedelta(hours=1)
    pathways.deliver(
        registration_id=seat.pk, present=True, outcome="done_together", at=ends, actor=ME
    )
    if voucher:
        _hand_out(voucher, seat.person_id, starts - 2 * DAY)
        splitting.split_charge(
            charge=billing_queries.charge_of(seat.pk), voucher_code=voucher.code, at=ends, actor=ME
        )
    return seat


def _batch(state: str, unit: Unit, offer: Offer, voucher: IssuedCode, hour: int) -> Batch:
    """A batch with at least one session, brought as far as ``state``."""
    saturday = (AT - 3 * DAY).astimezone(PARIS).replace(hour=hour, minute=0)
    _session(unit, offer, saturday, voucher)
    at = AT - 2 * DAY
    batch = settlement.freeze_batch(cutoff_at=at, label=f"E2E-{state.upper()}", at=at, actor=ME)
    if state in ("approved", "emitted"):
        alerts = list(Alert.objects.filter(order__batch=batch).values_list("pk", flat=True))
        settlement.approve_batch(batch=batch, at=at, actor="second", alerts_read=alerts)
    if state == "emitted":
        debtor = Debtor(name="Filiere", iban=invented_iban(1), bic="AGRIFRPPXXX")
        settlement.emit_batch(batch=batch, debtor=debtor, at=at, actor="second")
        settlement.import_status(content=answer(batch, whole="ACCP"), at=at, actor="second")
    return batch


def _desk(unit: Unit, offer: Offer, voucher: IssuedCode) -> dict[str, Any]:
    """One of each thing on a mediator's desk."""
    early = AT.astimezone(PARIS).replace(minute=0)
    to_settle = _session(unit, offer, early.replace(hour=6), None)
    settled = _session(unit, offer, early.replace(hour=5), voucher)
    _session(unit, offer, early.replace(hour=8) - 40 * DAY, None, "Nadia Toumi")  # to be called now
    saturday = (AT + 4 * DAY).astimezone(PARIS).replace(hour=9, minute=0)
    booked = _seat(unit, offer, saturday, "Odile Marchand")
    free = agenda.publish_slots(
        offer_id=offer.pk, worker_unit=unit, starts=[saturday + dt.timedelta(hours=h) for h in (1, 2, 3)],
        minutes=60, seats=1, at=AT - DAY, actor=ME, is_invented=True,
    )  # fmt: skip
    return {
        "unit": unit,
        "to_settle": to_settle,
        "settled": settled,
        "booked": booked,
        "free": free.created[0],
        "for_two": free.created[1],
        "referral": _referral(offer),
    }


def _referral(offer: Offer) -> Referral:
    """Someone sent by Claire's organisation, whom Karim's place has not answered about."""
    at = AT - dt.timedelta(minutes=30)
    person = _person(at, "Bernard Lacroix")
    commune = territories.find_commune("Guéret")[0].territory_id
    diagnosis = pathways.diagnose(
        person_id=person, answers={}, request=Request(deadline_days=None, procedure=None), at=at,
        actor=ME,
    )  # fmt: skip
    return orientation.send_referral(
        person_id=person, diagnosis_id=diagnosis.pk, need="procedure", commune_id=commune,
        sender_id=organisation("CCAS (démonstration)", "").pk, without_agreement=True,
        candidates=[offer.pk], at=at, actor=ME,
    )  # fmt: skip
