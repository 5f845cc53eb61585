import datetime

import pytest
from django.db import connection

from filiere.vouchers import errors, services
from filiere.vouchers.models import Movement, PinAttempt, Voucher
from filiere.vouchers.secret import pin_of
from tests.programmes.factories import AT
from tests.vouchers.factories import active

pytestmark = pytest.mark.django_db

WRONG = "00000000"


def typed(scene, pin=None, serial=None):
    first = scene.issued[0]
    return services.count_try(serial=serial or first.serial, pin=pin or pin_of(first.code), at=AT)


def test_redeem_typed_pays_with_number_and_short_code():
    scene = active()

    paid = scene.redeem(typed(scene))

    assert (paid.taken_cents, paid.serial) == (1000, scene.issued[0].serial)
    assert Movement.objects.get().channel == "serial_pin"
    assert not PinAttempt.objects.exists()


def test_count_try_reads_what_a_tired_hand_typed():
    scene = active()
    said = pin_of(scene.issued[0].code).lower().replace("0", "o")

    assert scene.redeem(typed(scene, f"{said[:4]} - {said[4:]}")).taken_cents == 1000


@pytest.mark.parametrize(
    ("serial", "pin"), [(1, "short"), (0, WRONG), (2**63, WRONG), (1, "é" * 8)]
)
def test_count_try_refuses_what_cannot_be_one_and_counts_nothing(serial, pin):
    with pytest.raises(errors.VoucherMistyped):
        services.count_try(serial=serial, pin=pin, at=AT)

    assert not PinAttempt.objects.exists()


def test_attack_21_ten_wrong_tries_shut_the_typed_channel_of_one_number():
    scene = active()
    first, second = scene.issued[:2]
    for _ in range(10):
        with pytest.raises(errors.VoucherNumberOrPinWrong):
            scene.redeem(typed(scene, WRONG))

    with pytest.raises(errors.VoucherTypingLocked):
        typed(scene)  # even the right one
    other = services.count_try(serial=second.serial, pin=pin_of(second.code), at=AT)
    assert scene.redeem(other).serial == second.serial
    assert PinAttempt.objects.get().serial == first.serial


def test_attack_21_a_right_try_starts_the_count_again():
    scene = active()
    for _ in range(9):
        typed(scene, WRONG)
    scene.redeem(typed(scene))

    assert scene.redeem(typed(scene), reference="R-2").taken_cents == 1000


def test_attack_32b_a_locked_number_still_pays_by_its_code():
    scene = active()
    for _ in range(10):
        typed(scene, WRONG)

    assert scene.redeem().taken_cents == 1000


def test_unlock_typing_lets_it_be_typed_again():
    scene = active()
    for _ in range(10):
        typed(scene, WRONG)

    services.unlock_typing(serial=scene.issued[0].serial, reason="heard", at=AT, actor="user:1")

    assert scene.redeem(typed(scene)).taken_cents == 1000


def test_attack_22_a_number_nobody_bears_is_counted_and_answered_alike():
    scene = active()
    nobody = Voucher.objects.order_by("-serial").values_list("serial", flat=True)[0] + 1
    said = []
    for serial in (scene.issued[0].serial, nobody):
        for _ in range(10):
            with pytest.raises(errors.VoucherNumberOrPinWrong) as refusal:
                scene.redeem(typed(scene, WRONG, serial))
        with pytest.raises(errors.VoucherTypingLocked) as shut:
            typed(scene, WRONG, serial)
        said.append((refusal.value.sentence, refusal.value.to_say, shut.value.sentence))

    assert said[0] == said[1]


def test_attack_22_a_wrong_code_does_not_tell_a_spent_voucher():
    scene = active()
    scene.redeem(wanted_cents=5000)

    with pytest.raises(errors.VoucherNumberOrPinWrong):
        scene.redeem(typed(scene, WRONG), reference="R-2")


def test_attack_23_unknown_and_wrong_cost_the_same_questions(django_assert_num_queries):
    scene = active()
    for serial in (scene.issued[0].serial, 10**12):
        # Savepoint, count, release, one call.
        with django_assert_num_queries(4), pytest.raises(errors.VoucherNumberOrPinWrong):
            scene.redeem(typed(scene, WRONG, serial))


def test_quote_takes_a_number_and_short_code():
    scene = active()
    asked = {
        "provider_id": scene.provider.pk,
        "wanted_cents": 700,
        "service": "",
        "commune_id": scene.commune.pk,
        "on": AT.date(),
        "at": AT,
    }

    assert services.quote(code=typed(scene), **asked).taken_cents == 700
    with pytest.raises(errors.VoucherNumberOrPinWrong):
        services.quote(code=typed(scene, WRONG), **asked)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_attack_21_a_refused_try_stays_counted():
    scene = active()
    with pytest.raises(errors.VoucherNumberOrPinWrong):
        scene.redeem(typed(scene, WRONG))
    connection.close()

    kept = PinAttempt.objects.get()
    assert (kept.attempts, kept.last_at) == (1, AT)
    assert isinstance(kept.last_at, datetime.datetime)
