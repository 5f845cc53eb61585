import random

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from filiere.kernel import checks
from filiere.ledger.errors import AmountRefused
from filiere.vouchers import errors, services
from filiere.vouchers.models import Movement, Voucher
from tests.programmes.factories import AT, organisation
from tests.vouchers.factories import ON, active, person
from tests.vouchers.test_concurrency import at_once

pytestmark = pytest.mark.django_db


def broken():
    wanted = {"ledger", "programmes", "vouchers"}
    return [v for v in checks.run() if not v.holds and v.name.split(".")[0] in wanted]


def act(scene, number=0, reference="R-1", wanted=1000, **changes):
    defaults = {
        "voucher": scene.issued[number].code,
        "reference": reference,
        "provider_id": scene.provider.pk,
        "wanted_cents": wanted,
        "service": "Aider aux démarches administratives",
        "commune_id": scene.commune.pk,
        "on": ON,
        "occurred_at": AT,
    }
    return services.Act(**defaults | changes)


def pay(*acts):
    return services.redeem_many(acts=acts, at=AT, actor="test")


def test_redeem_many_answers_each_row_in_order():
    scene = active(parts=[10_000, 5_000])

    first, typo, unknown, second, far = pay(
        act(scene, 0),
        act(scene, voucher=scene.issued[0].code[:-1]),
        act(scene, voucher="0" * 17),
        act(scene, 1, wanted=9000),
        act(scene, 2, commune_id=None),
    )

    assert (first.taken_cents, first.remaining_cents) == (1000, 4000)
    assert first.serial == scene.issued[0].serial
    assert [cents for _tranche, cents in first.parts] == [667, 333]
    assert isinstance(typo, errors.VoucherMistyped)
    assert isinstance(unknown, errors.VoucherUnknown)
    assert (second.taken_cents, second.remaining_cents) == (5000, 0)
    assert isinstance(far, errors.VoucherWrongTerritory)
    assert set(Movement.objects.order_by("pk").values_list("channel", flat=True)) == {"batch"}
    assert broken() == []


def test_attack_10_the_same_voucher_twice_in_one_batch_takes_what_is_there():
    scene = active()

    answers = pay(
        act(scene, 0, "R-1", 3000), act(scene, 0, "R-2", 3000), act(scene, 0, "R-1", 3000),
        act(scene, 0, "R-3", 1), act(scene, 0, "R-1", 2999),
    )  # fmt: skip

    assert [answer.taken_cents for answer in answers[:2]] == [3000, 2000]
    assert answers[2] == answers[0]
    assert isinstance(answers[3], errors.VoucherSpent)
    assert isinstance(answers[4], errors.ReferenceConflict)
    assert broken() == []


def test_redeem_many_after_redeem_is_the_same_receipt():
    scene = active()

    assert pay(act(scene)) == [scene.redeem()]
    assert pay(act(scene, provider_id=organisation().pk))[0].code == "vouchers.reference_conflict"


def test_redeem_many_shares_the_yearly_cap_of_one_holder_over_the_batch():
    scene = active(cap_cents_per_person_year=1500)
    holder = person()
    for issued in scene.issued:
        services.hand_out(
            voucher_serial=issued.serial,
            person_id=holder.pk,
            organisation_id=scene.provider.pk,
            at=AT,
            actor="t",
        )

    answers = pay(*(act(scene, n) for n in range(3)))

    assert [answer.taken_cents for answer in answers[:2]] == [1000, 500]
    assert isinstance(answers[2], errors.VoucherCapReached)


def test_redeem_many_refuses_a_strange_amount_and_does_nothing():
    scene = active()

    with pytest.raises(AmountRefused):
        pay(act(scene), act(scene, 1, wanted=0))
    assert not Movement.objects.exists()


def test_redeem_many_bounds_a_batch():
    scene = active()

    with pytest.raises(errors.TooManyRows):
        services.redeem_many(acts=[act(scene)] * 10_001, at=AT, actor="t")
    assert services.redeem_many(acts=[], at=AT, actor="t") == []


def test_redeem_many_is_one_round_trip(django_assert_num_queries):
    scene = active()
    with django_assert_num_queries(1):
        pay(*(act(scene, n) for n in range(3)))


@pytest.mark.slow
@settings(max_examples=15, deadline=None, derandomize=True)
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(1, 2500)),
        min_size=1,
        max_size=12,
    ),
    seed=st.integers(0, 2**32),
)
def test_redeem_many_answers_as_redeem_one_after_the_other(rows, seed):
    def told(answer):
        if isinstance(answer, services.Redeemed):
            return answer.taken_cents, answer.remaining_cents, [cents for _t, cents in answer.parts]
        return answer.code

    def one_by_one(scene):
        for number, reference, wanted in rows:
            try:
                yield told(scene.redeem(scene.issued[number].code, reference=f"R-{reference}",
                                        wanted_cents=wanted))  # fmt: skip
            except errors.VoucherRefused as refusal:
                yield refusal.code

    heard = []
    for batch in (False, True):
        with transaction.atomic():
            rng = random.Random(seed)
            scene = active(parts=[7_000, 5_000, 3_000], seed=rng.getrandbits(32))
            if batch:
                heard.append(
                    [told(a) for a in pay(*(act(scene, n, f"R-{r}", w) for n, r, w in rows))]
                )
                assert broken() == []
            else:
                heard.append(list(one_by_one(scene)))
            transaction.set_rollback(True)
    assert heard[0] == heard[1]


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_attack_11_opposed_batches_wait_and_never_deadlock():
    scene = active(count=12, face=1000)
    batches = [
        [
            act(scene, n, f"B{batch}-{n}", 100)
            for n in (range(12) if batch % 2 else range(11, -1, -1))
        ]
        for batch in range(8)
    ]

    answers = at_once([lambda acts=acts: pay(*acts) for acts in batches])

    assert all(isinstance(answer, services.Redeemed) for batch in answers for answer in batch)
    left = set(Voucher.objects.order_by("pk").values_list("remaining_cents", flat=True))
    assert left == {200}
    assert broken() == []
