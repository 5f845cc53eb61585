import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from filiere.kernel import checks
from filiere.kernel.errors import FiliereError
from filiere.ledger import queries as ledger
from filiere.programmes import queries as programmes
from filiere.vouchers import errors, services
from filiere.vouchers.models import Movement, Voucher
from tests.programmes.factories import AT, organisation, programme, tranche
from tests.vouchers.factories import ON, active, answer_for_reach, seeded

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def broken():
    wanted = {"ledger", "programmes", "vouchers"}
    return [v for v in checks.run() if not v.holds and v.name.split(".")[0] in wanted]


def at_once(calls):
    """Run all calls together, each on its own connection; give each answer or refusal."""
    barrier = threading.Barrier(len(calls), timeout=60)

    def run(call):
        try:
            barrier.wait()
            return call()
        except FiliereError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_attack_01_64_clients_on_one_voucher_is_one_success():
    scene = active()

    answers = at_once(
        [lambda n=n: scene.redeem(reference=f"R-{n}", wanted_cents=5000) for n in range(64)]
    )

    paid = [answer for answer in answers if isinstance(answer, services.Redeemed)]
    assert [answer.taken_cents for answer in paid] == [5000]
    assert sum(isinstance(answer, errors.VoucherSpent) for answer in answers) == 63
    assert Voucher.objects.get(serial=paid[0].serial).remaining_cents == 0
    assert broken() == []


def test_attack_02_two_places_at_once_is_one_success():
    scene = active()
    places = [organisation().pk for _ in range(8)]

    answers = at_once(
        [
            lambda n=n, place=place: scene.redeem(
                reference=f"R-{n}", wanted_cents=5000, provider_id=place
            )
            for n, place in enumerate(places)
        ]
    )

    assert sum(isinstance(answer, services.Redeemed) for answer in answers) == 1
    assert sum(ledger.balances("payable:").values()) == 5000


def test_attack_05_partial_uses_racing_never_take_more_than_is_left():
    scene = active(parts=[5_000, 5_000, 5_000])

    answers = at_once(
        [lambda n=n: scene.redeem(reference=f"R-{n}", wanted_cents=700) for n in range(16)]
    )

    taken = [answer.taken_cents for answer in answers if isinstance(answer, services.Redeemed)]
    assert sorted(taken) == [100, *[700] * 7]
    assert broken() == []


def test_attack_06_use_against_block_leaves_one_true_story():
    scene = active(count=8, face=1000)

    def block(serial):
        return services.block(serial=serial, reason="check", at=AT, actor="test")

    calls = []
    for n, issued in enumerate(scene.issued):
        calls.append(lambda i=issued, n=n: scene.redeem(i.code, reference=f"R-{n}"))
        calls.append(lambda i=issued: block(i.serial))
    answers = at_once(calls)

    for n, issued in enumerate(scene.issued):
        used = isinstance(answers[2 * n], services.Redeemed)
        state = Voucher.objects.get(serial=issued.serial).state
        assert state == ("spent" if used else "blocked")
        assert used or isinstance(answers[2 * n], errors.VoucherBlocked)
    assert broken() == []


def test_attack_08_use_against_replacement_never_pays_twice():
    scene = active(count=8, face=1000)

    def lose(serial):
        return services.declare_lost(serial=serial, at=AT, actor="test")

    calls = []
    for n, issued in enumerate(scene.issued):
        calls.append(lambda i=issued, n=n: scene.redeem(i.code, reference=f"R-{n}"))
        calls.append(lambda i=issued: lose(i.serial))
    answers = at_once(calls)

    for n in range(8):
        used, heir = answers[2 * n], answers[2 * n + 1]
        assert isinstance(used, services.Redeemed) != isinstance(heir, services.IssuedCode)
    left = sum(Voucher.objects.order_by("pk").values_list("remaining_cents", flat=True))
    taken = sum(Movement.objects.order_by("pk").values_list("amount_cents", flat=True))
    assert left + taken == 8000
    assert broken() == []


def test_attack_10_one_batch_with_the_same_voucher_twice_takes_what_is_there():
    scene = active()
    with transaction.atomic():
        first = scene.redeem(reference="R-1", wanted_cents=3000)
        second = scene.redeem(reference="R-2", wanted_cents=3000)
        again = scene.redeem(reference="R-1", wanted_cents=3000)

    assert (first.taken_cents, second.taken_cents) == (3000, 2000)
    assert again == first
    assert broken() == []


def test_attack_13_the_same_request_at_once_is_the_same_receipt():
    scene = active()

    answers = at_once([lambda: scene.redeem(wanted_cents=3000)] * 16)

    assert len({answer.movement_id for answer in answers}) == 1
    assert Movement.objects.get().amount_cents == 3000


def test_attack_50_two_lots_activated_at_once_share_no_cent():
    made = programme()
    paid = tranche(made, cash=50_000)
    lots = []
    for seed in range(4):
        lot = services.create_lot(
            programme=made,
            count=10,
            face_cents=5000,
            use_until=ON,
            parts={paid.pk: 50_000},
            at=AT,
            actor="test",
        )
        services.generate_vouchers(lot=lot, at=AT, actor="test", random_bytes=seeded(seed))
        answer_for_reach(lot)
        lots.append(lot)

    answers = at_once(
        [lambda lot=lot: services.activate_lot(lot=lot, at=AT, actor="test") for lot in lots]
    )

    assert sum(isinstance(answer, errors.LotNotFunded) for answer in answers) == 3
    assert programmes.available_cents(paid) == 0
    assert Voucher.objects.filter(state="active").count() == 10
    assert broken() == []


def test_generate_vouchers_at_once_leaves_no_gap_in_the_series():
    made = programme()
    paid = tranche(made, cap=10_000_000)
    lots = [
        services.create_lot(
            programme=made,
            count=20,
            face_cents=1000,
            use_until=ON,
            parts={paid.pk: 20_000},
            at=AT,
            actor="test",
        )
        for _ in range(4)
    ]

    at_once(
        [
            lambda lot=lot, n=n: services.generate_vouchers(
                lot=lot, at=AT, actor="test", random_bytes=seeded(n)
            )
            for n, lot in enumerate(lots)
        ]
    )

    serials = Voucher.objects.order_by("serial").values_list("serial", flat=True)
    assert list(serials) == list(range(1, 81))
