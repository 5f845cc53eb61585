"""What a counter refuses by the terms of the lot: tolerance, recall, public, yearly cap."""

import datetime

import pytest
from django.utils import translation

from filiere.kernel import checks
from filiere.vouchers import errors, services
from filiere.vouchers.models import Movement, RecallScope
from tests.programmes.factories import AT
from tests.vouchers.factories import ON, active, person

pytestmark = pytest.mark.django_db

LAST = datetime.date(2026, 12, 31)


def day(month, number, year=2027):
    return datetime.datetime(year, month, number, 9, tzinfo=datetime.UTC)


def broken():
    return [
        v for v in checks.run() if not v.holds and v.name.split(".")[0] in {"ledger", "vouchers"}
    ]


def given(scene, holder, numbers=slice(None)):
    for issued in scene.issued[numbers]:
        services.hand_out(
            voucher_serial=issued.serial,
            person_id=holder.pk,
            organisation_id=scene.provider.pk,
            at=AT,
            actor="t",
        )


def test_redeem_keeps_where_and_how_the_voucher_was_used():
    scene = active()
    scene.redeem(channel="qr")

    kept = Movement.objects.get()
    assert (kept.channel, kept.done_on, kept.received_at) == ("qr", ON, AT)
    assert kept.service == "Aider aux démarches administratives"


def test_attack_56_an_act_in_time_is_recorded_until_the_end_of_the_tolerance():
    scene = active()

    assert scene.redeem(on=LAST, at=day(1, 31)).taken_cents == 1000
    with pytest.raises(errors.VoucherRecordedLate):
        scene.redeem(on=LAST, at=day(2, 1), reference="R-2")


def test_attack_45_an_act_after_the_last_day_is_refused_within_the_tolerance():
    scene = active()

    with pytest.raises(errors.VoucherExpired):
        scene.redeem(on=datetime.date(2027, 1, 1), at=day(1, 2))


@pytest.mark.parametrize("scope", ["unit", "lot", "provider"])
def test_redeem_refuses_what_was_recalled_until_it_is_lifted(scope):
    scene = active()
    target = {"unit": scene.issued[0].serial, "lot": scene.lot.pk, "provider": scene.provider.pk}
    decided = services.recall(
        scope=RecallScope(scope), target=target[scope], reason="doute", at=AT, actor="user:1"
    )

    with pytest.raises(errors.VoucherRecalled):
        scene.redeem()
    services.lift_recall(recall_id=decided.pk, at=AT, actor="user:1")
    assert scene.redeem().taken_cents == 1000


def test_attack_47_a_voucher_for_a_public_must_have_been_handed_out():
    scene = active(publics=["seniors"])

    with pytest.raises(errors.VoucherWrongPublic):
        scene.redeem()
    given(scene, person(), slice(1))
    assert scene.redeem().taken_cents == 1000


def test_attack_42_one_service_cut_in_small_ones_stays_under_the_yearly_cap():
    scene = active(cap_cents_per_person_year=3500)
    given(scene, person())

    taken = [
        scene.redeem(issued.code, reference=f"R-{n}", wanted_cents=800).taken_cents
        for n, issued in enumerate([*scene.issued, scene.issued[0], scene.issued[1]])
    ]

    assert taken == [800, 800, 800, 800, 300]
    with pytest.raises(errors.VoucherCapReached):
        scene.redeem(reference="R-9")
    assert broken() == []


def test_redeem_caps_each_holder_apart_and_each_year_apart():
    scene = active(
        cap_cents_per_person_year=1000, use_until=datetime.date(2027, 6, 30),
        ends_on=datetime.date(2027, 12, 31),
    )  # fmt: skip
    one, other = person(), person()
    given(scene, one, slice(0, 2))
    given(scene, other, slice(2, 3))
    first, second, third = (issued.code for issued in scene.issued)

    scene.redeem(first, reference="R-1")
    with pytest.raises(errors.VoucherCapReached):
        scene.redeem(second, reference="R-2")
    assert scene.redeem(third, reference="R-3").taken_cents == 1000
    next_year = {"on": datetime.date(2027, 1, 4), "at": day(1, 4)}
    assert scene.redeem(second, reference="R-4", **next_year).taken_cents == 1000


def test_quote_says_what_the_cap_leaves():
    scene = active(cap_cents_per_person_year=1200)
    given(scene, person())
    scene.redeem()

    told = services.quote(
        code=scene.issued[0].code,
        provider_id=scene.provider.pk,
        wanted_cents=1000,
        service="",
        commune_id=scene.commune.pk,
        on=ON,
        at=AT,
    )

    assert (told.taken_cents, told.available_cents, told.remaining_cents) == (200, 200, 3800)


REFUSALS = sorted(errors.VoucherRefused.__subclasses__(), key=lambda cls: cls.code)


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda cls: cls.code)
def test_every_refusal_can_be_read_out_in_french(refusal):
    made = refusal(serial=12, expired_on="31 décembre 2026")
    with translation.override("fr"):
        said = made.to_say, made.sentence, made.next_step
    with translation.override("en"):
        assert said[0] != made.to_say
        assert said[1] != made.sentence
        assert said[2] != made.next_step
