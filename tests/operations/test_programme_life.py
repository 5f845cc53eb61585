"""The whole life of one programme, without a browser, asserted to the cent.

Three funders, one of whom gives half a euro for each euro of the first; 10,000 vouchers of ten
euros; sessions paid, a voucher lost, another blocked, one session refunded after its payment; a
transfer that the bank rejects and that is paid again; the end of the lot, what nobody used given
back to each funder; at last the ring-fenced account holds nothing and owes nothing.
"""

import datetime

import pytest

from filiere.billing.services.refunding import refund_charge
from filiere.kernel import checks
from filiere.ledger import queries as ledger
from filiere.programmes import queries as programmes
from filiere.programmes import services as funding
from filiere.programmes.models import BankLine
from filiere.settlement import queries as owed
from filiere.settlement.models import BatchState
from filiere.vouchers import errors, services
from filiere.vouchers.models import VoucherPart, VoucherState
from tests.agenda.factories import CommuneFactory, OrganisationFactory, new_person
from tests.billing.factories import IBANS, bank_account, world
from tests.conftest import AT
from tests.programmes.factories import programme, ring_fence, statement, tranche
from tests.settlement.factories import LATER, answer, emitted, order_of, read
from tests.vouchers.factories import answer_for_reach, seeded

pytestmark = pytest.mark.django_db

COUNT, FACE = 10_000, 1_000
ENDED = datetime.datetime(2027, 3, 2, 9, tzinfo=datetime.UTC)
PRICE = 2_500


def line(external: str) -> BankLine:
    return BankLine.objects.get(reference=external)


def broken() -> list[tuple[str, str]]:
    return [(one.name, one.first) for one in checks.run() if not one.holds]


@pytest.fixture
def life():
    return Life()


class Life:
    """The programme, its people and its places; each chapter moves on from the one before."""

    def __init__(self) -> None:
        self.commune = CommuneFactory()
        self.account = ring_fence()
        self.programme = programme(territory_ids=[self.commune.pk])
        # Promises; the State pays half a euro for each euro of the département, 25,000 € at most.
        self.departement = tranche(self.programme, cap=6_000_000)
        self.state = tranche(self.programme, cap=2_500_000)
        self.foundation = tranche(self.programme, cap=3_000_000)
        self.tranches = [self.departement, self.state, self.foundation]
        funding.match_tranches(
            matching=self.state,
            trigger=self.departement,
            called_cents=1,
            per_cents=2,
            cap_cents=2_500_000,
            actor="commissioner",
            at=AT,
        )
        self.places = [world(price=PRICE, commune=self.commune) for _ in range(2)]
        for place, iban in zip(self.places, IBANS, strict=False):
            bank_account(place, iban)
        self.bank = 0

    def bank_says(self, *rows: tuple[str, int, str]) -> None:
        statement(self.account, *rows, opening=self.bank, to=rows[-1][0])
        self.bank += sum(cents for _day, cents, _reference in rows)

    def collect(self) -> None:
        paid = {self.departement: 6_000_000, self.state: 2_500_000, self.foundation: 3_000_000}
        rows = [("2026-11-20", cents, f"F{one.pk}") for one, cents in paid.items()]
        self.bank_says(*rows)
        for one in paid:
            funding.confirm_line(tranche=one, bank_line=line(f"F{one.pk}"), actor="hub", at=AT)

    def issue(self) -> None:
        self.lot = services.create_lot(
            programme=self.programme,
            count=COUNT,
            face_cents=FACE,
            use_until=datetime.date(2026, 12, 31),
            at=AT,
            actor="commissioner",
        )
        self.parts = dict(self.lot.parts.order_by("pk").values_list("tranche_id", "amount_cents"))
        self.issued = services.generate_vouchers(
            lot=self.lot, at=AT, actor="hub", random_bytes=seeded(11)
        )
        answer_for_reach(self.lot)
        self.lot = services.activate_lot(lot=self.lot, at=AT, actor="hub")
        self.prescriber = OrganisationFactory().pk
        services.entrust(lot=self.lot, organisation_id=self.prescriber, at=AT, actor="hub")

    def give(self, number: int):
        person_id = new_person(commune_id=self.commune.pk)
        services.hand_out(
            voucher_serial=self.issued[number].serial,
            person_id=person_id,
            organisation_id=self.prescriber,
            at=AT,
            actor="prescriber",
        )
        return person_id

    def spent_cents(self) -> int:
        used = VoucherPart.objects.filter(voucher__lot=self.lot, voucher__replaces=None)
        return (
            COUNT * FACE
            - sum(
                VoucherPart.objects.filter(voucher__lot=self.lot).values_list(
                    "remaining_cents", flat=True
                )
            )
            if used.exists()
            else 0
        )


def test_whole_life_of_a_programme_to_the_cent(life):
    life.collect()
    life.issue()
    # The State's part is half the département's; together the parts are the lot.
    assert sum(life.parts.values()) == COUNT * FACE == 10_000_000
    assert life.parts[life.state.pk] == life.parts[life.departement.pk] // 2 <= 2_500_000
    cover = programmes.ring_fence_cover(at=AT)
    assert (cover.bank_cents, cover.owed_now.total_cents) == (11_500_000, 11_500_000)

    # Ten sessions at each place: each voucher pays its 10 €, the person the other 15 €.
    first, second = life.places
    charges = []
    for number in range(20):
        person = life.give(number)
        place = (first, second)[number % 2]
        charges.append(place.split(life.issued[number].code, person=person))
    assert life.spent_cents() == 20_000
    assert owed.payables() == {first.provider.pk: 10_000, second.provider.pk: 10_000}

    # One is lost: its heir pays, the old code never. Another is blocked.
    lost = life.give(20)
    heir = services.declare_lost(serial=life.issued[20].serial, at=AT, actor="prescriber")
    with pytest.raises(errors.VoucherLost):
        first.split(life.issued[20].code, person=lost)
    first.split(heir.code, person=lost)
    life.give(21)
    services.block(serial=life.issued[21].serial, reason="photographié", at=AT, actor="hub")
    with pytest.raises(errors.VoucherBlocked):
        first.split(life.issued[21].code)
    assert life.spent_cents() == 21_000
    assert broken() == []

    # The bank rejects one transfer of the first batch; it is owed again and paid by the second.
    batch = emitted()
    assert batch.total_cents == 21_000
    read(answer(batch, (order_of(second).end_to_end_id, "RJCT", "AC04")))
    life.bank_says(("2026-11-30", -11_000, order_of(first).end_to_end_id))
    batch.refresh_from_db()
    assert batch.state == BatchState.PAID
    assert owed.payables() == {second.provider.pk: 10_000}
    bank_account(second, IBANS[2])  # the rejected account was closed: the place gives another
    again = emitted("VIR-2", at=LATER + datetime.timedelta(days=5))
    life.bank_says(("2026-12-07", -10_000, order_of(second, again).end_to_end_id))
    assert owed.settled_cents() == 21_000
    assert broken() == []

    # A session already paid is refunded: its voucher has its value again, the place owes 10 €,
    # which the next payment takes back.
    refund_charge(charge=charges[0], reason="séance non rendue", at=LATER, actor="hub")
    assert life.spent_cents() == 20_000
    for number in (22, 23):
        first.split(life.issued[number].code, person=life.give(number))
    second.split(life.issued[0].code)
    third = emitted("VIR-3", at=LATER + datetime.timedelta(days=9))
    assert [(one.provider_id, one.amount_cents) for one in owed.orders_of(third)] == [
        (first.provider.pk, 1_000),
        (second.provider.pk, 1_000),
    ]
    life.bank_says(
        ("2026-12-14", -1_000, order_of(first, third).end_to_end_id),
        ("2026-12-14", -1_000, order_of(second, third).end_to_end_id),
    )
    assert owed.payables() == {}
    assert life.spent_cents() == 23_000

    # The end: what nobody used goes back to each tranche, then to each funder, once.
    services.draw_statement(lot=life.lot, at=ENDED, actor="hub")
    for side in ("operator", "commissioner"):
        services.acknowledge_statement(lot=life.lot, side=side, at=ENDED, actor=side)
    with pytest.raises(errors.VoucherRefused):
        first.split(life.issued[30].code, at=ENDED)
    lot = services.close_lot(lot=life.lot, at=ENDED, actor="hub")
    services.close_lot(lot=life.lot, at=ENDED, actor="hub")
    assert lot.vouchers.filter(state=VoucherState.EXPIRED).exists()
    assert lot.vouchers.filter(state__in=["active", "handed_out"]).count() == 0
    free = programmes.available_by_tranche([one.pk for one in life.tranches])
    assert sum(free.values()) == 11_500_000 - 23_000
    returned = {
        one: funding.return_to_funder(tranche=one, amount_cents=free[one.pk], at=ENDED, actor="hub")
        for one in life.tranches
    }
    life.bank_says(
        *[("2027-03-05", -one.amount_cents, f"R{pk.pk}") for pk, one in returned.items()]
    )
    for one, back in returned.items():
        funding.confirm_return(
            funder_return=back, bank_line=line(f"R{one.pk}"), at=ENDED, actor="hub"
        )

    # Nothing is held, nothing is owed, and each funder got back exactly what it did not spend.
    assert life.bank == 0
    cover = programmes.ring_fence_cover(at=ENDED + datetime.timedelta(days=7))
    assert (cover.bank_cents, cover.owed_now.total_cents) == (0, 0)
    spent = {
        one.pk: given - back.amount_cents
        for (one, back), given in zip(
            returned.items(), (6_000_000, 2_500_000, 3_000_000), strict=True
        )
    }
    assert sum(spent.values()) == 23_000
    assert all(cents > 0 for cents in spent.values())
    for one in life.tranches:
        assert ledger.balance(programmes.tranche_account(one.pk)) == 0
    assert broken() == []
