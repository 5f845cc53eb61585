import datetime
import hashlib
import random
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from filiere.kernel import checks
from filiere.ledger import queries as ledger
from filiere.ledger.errors import AmountRefused
from filiere.rules.codes import ALPHABET
from filiere.rules.money import share, take_in_proportion
from filiere.vouchers import errors, services
from filiere.vouchers.models import Movement, MovementPart, Voucher, VoucherPart
from tests.programmes.factories import AT, organisation, territory
from tests.vouchers.factories import active, draft

pytestmark = pytest.mark.django_db


def broken():
    wanted = {"ledger", "programmes", "vouchers"}
    return [v for v in checks.run() if not v.holds and v.name.split(".")[0] in wanted]


def test_redeem_pays_lowers_the_voucher_and_owes_the_provider():
    scene = active(parts=[10_000, 5_000])
    first, second = (tranche.pk for tranche in scene.tranches)

    paid = scene.redeem(wanted_cents=1000)

    assert (paid.taken_cents, paid.remaining_cents) == (1000, 4000)
    assert paid.serial == scene.issued[0].serial
    assert paid.parts == [(first, 667), (second, 333)]
    assert ledger.balances("payable:") == {
        f"payable:{scene.provider.pk}:tranche:{first}": 667,
        f"payable:{scene.provider.pk}:tranche:{second}": 333,
    }
    movement = Movement.objects.get(pk=paid.movement_id)
    assert (movement.amount_cents, movement.left_cents, movement.wanted_cents) == (1000, 4000, 1000)
    assert broken() == []


def test_attack_58_a_voucher_takes_what_is_left_when_more_is_wanted():
    scene = active()

    paid = scene.redeem(wanted_cents=7500)

    assert (paid.taken_cents, paid.remaining_cents) == (5000, 0)
    assert Voucher.objects.get(serial=paid.serial).state == "spent"
    with pytest.raises(errors.VoucherSpent):
        scene.redeem(reference="R-2")


def test_redeem_reads_what_a_tired_hand_typed():
    scene = active()
    typed = scene.issued[0].printed.lower().replace("0", "o").replace("1", "l")

    assert scene.redeem(typed).taken_cents == 1000


def test_attack_13_the_reply_lost_then_asked_again_is_the_same_receipt():
    scene = active()
    first = scene.redeem(wanted_cents=3000)
    scene.redeem(reference="R-2", wanted_cents=2000)

    again = scene.redeem(wanted_cents=3000, at=AT + datetime.timedelta(days=90))

    assert again == first
    assert again.remaining_cents == 2000
    assert Movement.objects.count() == 2


def test_attack_13_a_retry_after_expiry_or_loss_is_the_same_receipt():
    scene = active()
    first = scene.redeem()
    services.declare_lost(serial=first.serial, at=AT, actor="t")

    assert scene.redeem(on=datetime.date(2027, 6, 1)) == first


@pytest.mark.parametrize("change", ["amount", "provider"])
def test_attack_14_the_same_act_with_another_content_is_refused(change):
    scene = active()
    scene.redeem()
    other = {"wanted_cents": 1001} if change == "amount" else {"provider_id": organisation().pk}

    with pytest.raises(errors.ReferenceConflict):
        scene.redeem(**other)

    assert Voucher.objects.get(serial=scene.issued[0].serial).remaining_cents == 4000


def test_attack_15_the_same_act_cannot_draw_twice_on_a_voucher():
    scene = active()
    scene.redeem()
    movement = Movement.objects.get()

    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint WHERE conname = 'movement_once_per_act'")
        assert cursor.fetchone()
    scene.redeem()
    assert Movement.objects.get() == movement


def test_attack_16_another_place_cannot_take_the_receipt_of_the_first():
    scene = active()
    scene.redeem(actor="user:1")

    with pytest.raises(errors.ReferenceConflict):
        scene.redeem(actor="user:2", provider_id=organisation().pk)

    assert sum(ledger.balances("payable:").values()) == 1000


def test_attack_02_a_voucher_spent_at_one_place_is_refused_at_the_other():
    scene = active()
    scene.redeem(wanted_cents=5000)

    with pytest.raises(errors.VoucherSpent):
        scene.redeem(reference="R-9", provider_id=organisation().pk, wanted_cents=5000)


def test_attack_24_one_wrong_character_is_caught_before_the_database(django_assert_num_queries):
    scene = active()
    code = scene.issued[0].code
    rng = random.Random(1)
    with django_assert_num_queries(0):
        for place in range(len(code)):
            wrong = rng.choice([symbol for symbol in ALPHABET if symbol != code[place]])
            with pytest.raises(errors.VoucherMistyped):
                services.quote(
                    code=code[:place] + wrong + code[place + 1 :],
                    provider_id=1,
                    wanted_cents=1,
                    service="",
                    commune_id=None,
                    on=AT.date(),
                    at=AT,
                )


def test_attack_31_swapped_neighbours_are_caught_before_the_database():
    scene = active()
    code = scene.issued[0].code
    for place in range(len(code) - 1):
        if code[place] != code[place + 1]:
            swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
            with pytest.raises(errors.VoucherMistyped):
                scene.redeem(swapped)


def test_attack_31_a_well_formed_code_nobody_bears_is_unknown():
    scene = active()

    with pytest.raises(errors.VoucherUnknown):
        scene.redeem("0" * 17)


@pytest.mark.parametrize("amount", [0, -1, 10.0, float("nan"), 2**63, True])
def test_attack_55_strange_amounts_are_refused(amount):
    scene = active()

    with pytest.raises(AmountRefused):
        scene.redeem(wanted_cents=amount)

    assert not Movement.objects.exists()


def test_attack_55_the_database_refuses_a_negative_amount_too():
    with (
        pytest.raises(IntegrityError, match="not between 1"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "SELECT vouchers_redeem('x', 'R', 1, -5, '2026-11-24', '', 1, 1, 'qr', now(), 'mallory')"
        )


def test_attack_47_wrong_service():
    scene = active(services=["A"])

    with pytest.raises(errors.VoucherWrongService):
        scene.redeem(service="B")
    assert scene.redeem(service="A").taken_cents == 1000


def test_attack_47_wrong_territory():
    scene = active()

    for elsewhere in (territory().pk, None):
        with pytest.raises(errors.VoucherWrongTerritory):
            scene.redeem(commune_id=elsewhere)


def test_attack_47_wrong_provider():
    named = organisation()
    scene = active(provider_ids=[named.pk])

    with pytest.raises(errors.VoucherWrongPlace):
        scene.redeem()
    assert scene.redeem(provider_id=named.pk).taken_cents == 1000


def test_attack_47_wrong_date_names_the_last_day_in_french():
    scene = active()

    with pytest.raises(errors.VoucherExpired) as refusal, translation.override("fr"):
        scene.redeem(on=datetime.date(2027, 1, 1))

    with translation.override("fr"):
        assert str(refusal.value.parameters["expired_on"]) == "31 décembre 2026"
    assert refusal.value.to_say


def test_attack_48_a_voucher_keeps_the_rule_it_was_issued_with():
    scene = active(services=["A"])
    scene.lot.programme.services = ["B"]
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        scene.lot.programme.save()

    assert scene.redeem(service="A").taken_cents == 1000


MIDNIGHT_UTC = datetime.datetime(2026, 12, 31, 23, 30, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("zone", "accepted"),
    [
        pytest.param("Europe/Paris", False, id="already January in Paris"),
        pytest.param("America/Martinique", True, id="still December in Martinique"),
        pytest.param("Pacific/Noumea", False, id="long January in Nouméa"),
    ],
)
def test_attack_07_expiry_is_judged_on_the_day_of_the_place(zone, accepted):
    scene = active()
    on = MIDNIGHT_UTC.astimezone(ZoneInfo(zone)).date()

    if accepted:
        assert scene.redeem(on=on, at=MIDNIGHT_UTC).taken_cents == 1000
    else:
        with pytest.raises(errors.VoucherExpired):
            scene.redeem(on=on, at=MIDNIGHT_UTC)


def test_redeem_refuses_a_voucher_not_active_yet():
    with pytest.raises(errors.VoucherNotActive):
        draft().redeem()


def test_redeem_is_one_round_trip(django_assert_num_queries):
    scene = active()
    with django_assert_num_queries(1):
        scene.redeem()


def test_quote_reads_and_writes_nothing(django_assert_num_queries):
    scene = active()
    with django_assert_num_queries(1):
        quoted = services.quote(
            code=scene.issued[0].code,
            provider_id=scene.provider.pk,
            wanted_cents=7000,
            service="",
            commune_id=scene.commune.pk,
            on=AT.date(),
            at=AT,
        )

    assert (quoted.taken_cents, quoted.available_cents, quoted.remaining_cents) == (5000, 5000, 0)
    assert quoted.use_until == datetime.date(2026, 12, 31)
    assert not Movement.objects.exists()


def test_quote_refuses_for_the_same_reasons():
    scene = active()
    asked = {
        "code": scene.issued[0].code,
        "provider_id": scene.provider.pk,
        "wanted_cents": 1,
        "service": "",
        "commune_id": scene.commune.pk,
        "on": AT.date(),
        "at": AT,
    }
    for change, refusal in (
        ({"code": "0" * 17}, errors.VoucherUnknown),
        ({"on": datetime.date(2027, 1, 1)}, errors.VoucherExpired),
        ({"commune_id": None}, errors.VoucherWrongTerritory),
    ):
        with pytest.raises(refusal):
            services.quote(**asked | change)


@pytest.mark.slow
@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    weights=st.lists(st.integers(1, 50), min_size=1, max_size=5),
    count=st.integers(1, 3),
    face=st.integers(1, 4000),
    seed=st.integers(0, 2**32),
)
def test_attack_49_no_history_ever_overdraws_a_funder(weights, count, face, seed):
    """Whatever is taken, SQL shares as the rule does, and all parts end at zero together."""
    rng = random.Random(seed)
    with transaction.atomic():
        parts = [cents for cents in share(count * face, weights) if cents]
        scene = active(count=count, face=face, parts=parts, seed=rng.getrandbits(32))
        left = {
            issued.code: list(
                VoucherPart.objects.filter(voucher__serial=issued.serial)
                .order_by("tranche_id")
                .values_list("tranche_id", "face_cents")
            )
            for issued in scene.issued
        }
        step = 0
        while left:
            step += 1
            code = rng.choice(list(left))
            held = [cents for _tranche, cents in left[code]]
            wanted = sum(held) if step > 6 else rng.randint(1, sum(held))
            paid = scene.redeem(code, reference=f"R-{step}", wanted_cents=wanted)
            taken = take_in_proportion(wanted, held)
            named = [tranche for tranche, _cents in left[code]]
            assert paid.parts == [p for p in zip(named, taken, strict=True) if p[1]]
            left[code] = [
                (tranche, cents - taken[n])
                for n, (tranche, cents) in enumerate(left[code])
                if cents > taken[n]
            ]
            if not left[code]:
                del left[code]
        assert set(ledger.balances("pocket:").values()) == {0}
        assert [
            sum(MovementPart.objects.filter(tranche=t).values_list("amount_cents", flat=True))
            for t in scene.tranches
        ] == parts
        transaction.set_rollback(True)


def test_codes_stay_secret_in_what_refusals_say():
    scene = active()
    scene.redeem(wanted_cents=5000)

    with pytest.raises(errors.VoucherSpent) as refusal:
        scene.redeem(reference="R-2")

    assert scene.issued[0].code not in f"{refusal.value} {refusal.value.parameters}"
    assert hashlib.sha256(scene.issued[0].code.encode()).hexdigest() not in str(refusal.value)
