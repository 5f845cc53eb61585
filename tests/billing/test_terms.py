"""What a programme signed is what billing applies: its price, its payers, its places."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filiere.agenda import services as agenda
from filiere.billing import queries, services
from filiere.billing.errors import WaiverNotAccepted
from filiere.billing.models import Charge, ChargeState, PayerShare
from filiere.kernel import checks
from filiere.ledger import queries as ledger
from filiere.programmes import services as programmes
from filiere.programmes.errors import TermsInconsistent
from filiere.vouchers import services as vouchers
from filiere.vouchers.errors import VoucherUnknown, VoucherWrongPlace
from filiere.vouchers.models import Movement
from tests.agenda.factories import OfferFactory, PlaceFactory
from tests.billing.factories import AT, check_now, commitment, lot_for, world
from tests.programmes.factories import organisation, programme

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


VOUCHER_FIRST = ("voucher", "third_party", "person")
THIRD_PARTY_FIRST = ("third_party", "voucher", "person")


def shares(charge):
    return {share.kind: share.amount_cents for share in charge.shares.order_by("id")}


def broken():
    return [
        (v.name, v.first) for v in checks.run() if not v.holds and v.name.startswith("billing.")
    ]


def test_split_charge_asks_no_more_than_the_regulated_price():
    here = world(price=4000)
    scene = lot_for(here, face=5000, regulated_price_cents=2500)

    charge = here.split(scene.issued[0].code)

    assert shares(charge) == {"voucher": 2500}
    assert (charge.price_cents, charge.off_cents, charge.waived_cents) == (2500, 1500, 0)
    assert charge.programme_id == scene.lot.programme_id
    assert broken() == []


def test_split_charge_keeps_the_places_own_price_when_it_is_lower():
    here = world(price=2000)
    charge = here.split(lot_for(here, face=5000, regulated_price_cents=2500).issued[0].code)

    assert (charge.price_cents, charge.off_cents, shares(charge)) == (2000, 0, {"voucher": 2000})


def test_split_charge_without_voucher_asks_the_places_own_price():
    here = world(price=4000)
    lot_for(here, regulated_price_cents=2500, person_pays_nothing=True)

    charge = here.split()

    assert (shares(charge), charge.off_cents, charge.programme_id) == ({"person": 4000}, 0, None)


def test_split_charge_waives_what_payers_do_not_reach_when_the_person_pays_nothing():
    here = world(price=4000)
    terms = {"regulated_price_cents": 3000, "person_pays_nothing": True}
    code = lot_for(here, face=1000, **terms).issued[0].code

    charge = here.split(code, commitment=commitment(rate_ppm=250_000))

    assert shares(charge) == {"voucher": 1000, "third_party": 500}
    assert (charge.price_cents, charge.off_cents, charge.waived_cents) == (1500, 1000, 1500)
    assert ledger.balance(f"till:{here.provider.pk}") == 0
    check_now()
    assert broken() == []


def test_split_charge_waives_no_more_than_the_place_agreed_to_and_then_takes_nothing():
    here = world(price=3000)
    code = lot_for(here, face=1000, person_pays_nothing=True).issued[0].code
    charge = here.charge()
    asked = {"charge": charge, "voucher_code": code, "at": AT, "actor": "test"}

    with pytest.raises(WaiverNotAccepted) as refused:
        services.split_charge(waiver_cents=1999, **asked)
    assert refused.value.parameters["waived_cents"] == 2000
    assert not Movement.objects.exists()
    charge.refresh_from_db()
    assert (charge.state, charge.price_cents) == (ChargeState.OPEN, 3000)

    assert shares(services.split_charge(waiver_cents=2000, **asked)) == {"voucher": 1000}


def test_split_charge_asks_the_third_party_first_when_the_programme_says_so():
    here = world(price=3000)
    scene = lot_for(here, face=5000, payer_order=THIRD_PARTY_FIRST)

    charge = here.split(scene.issued[0].code, commitment=commitment(rate_ppm=333_333))

    assert shares(charge) == {"voucher": 2000, "third_party": 1000}
    assert Movement.objects.get().wanted_cents == 2000
    assert broken() == []


def test_split_charge_keeps_a_voucher_whole_when_the_third_party_pays_all():
    here = world(price=3000)
    scene = lot_for(here, face=5000, payer_order=THIRD_PARTY_FIRST)
    payer = commitment(rate_ppm=1_000_000)

    charge = here.split(scene.issued[0].code, commitment=payer)

    assert shares(charge) == {"third_party": 3000}
    assert not Movement.objects.exists()
    with pytest.raises(VoucherUnknown):
        here.split("0000-0000-0000-0000-0", commitment=payer)


def test_attack_47_a_voucher_is_refused_at_a_place_its_programme_does_not_name():
    here = world()
    named = OfferFactory(
        place__commune=here.commune,
        place__organisation=here.provider,
        place__qualified_on=datetime.date(2026, 1, 1),
    ).place
    code = lot_for(here, place_ids=[named.pk]).issued[0].code
    charge = here.charge()

    for ask in (services.split_charge, services.preview_split):
        by = {"actor": "test"} if ask is services.split_charge else {}
        with pytest.raises(VoucherWrongPlace) as refused, transaction.atomic():
            ask(charge=charge, voucher_code=code, at=AT, **by)
        assert refused.value.to_say
    own = lot_for(here, place_ids=[here.offer.place_id]).issued[0].code
    assert shares(here.split(own)) == {"voucher": 3000}


def test_redeem_many_refuses_a_place_the_programme_does_not_name():
    here = world()
    scene = lot_for(here, place_ids=[here.offer.place_id], count=3)
    acts = [
        vouchers.Act(
            voucher=issued.code,
            reference=f"R-{rank}",
            provider_id=here.provider.pk,
            wanted_cents=1000,
            service="procedures",
            commune_id=here.commune.pk,
            on=AT.date(),
            occurred_at=AT,
            place_id=place,
        )
        for rank, (issued, place) in enumerate(
            zip(scene.issued, (here.offer.place_id, None, PlaceFactory().pk), strict=True)
        )
    ]

    first, *others = vouchers.redeem_many(acts=acts, at=AT, actor="test")

    assert first.taken_cents == 1000
    assert [type(one) for one in others] == [VoucherWrongPlace] * 2


def test_preview_split_tells_the_terms_and_writes_nothing():
    here = world(price=4000)
    terms = {"regulated_price_cents": 3000, "person_pays_nothing": True}
    code = lot_for(here, face=1000, **terms).issued[0].code
    charge = here.charge()

    told = services.preview_split(charge=charge, voucher_code=code, at=AT)

    assert (told.off_cents, told.split.voucher_cents, told.split.forgone_cents) == (
        1000,
        1000,
        2000,
    )
    assert told.split.person_cents == 0
    assert not PayerShare.objects.exists()
    assert Charge.objects.get().price_cents == 4000


def test_receipt_lines_explain_what_came_off_the_places_price():
    here = world(price=4000)
    terms = {"regulated_price_cents": 3000, "person_pays_nothing": True}
    charge = here.split(lot_for(here, face=1000, **terms).issued[0].code)

    receipt = queries.receipt_lines(charge)

    name = charge.programme.name
    assert (receipt.offer_cents, receipt.total_cents, receipt.person_cents) == (4000, 1000, 0)
    assert receipt.deductions() == (
        (f"Price of the programme “{name}”", 1000),
        (f"Not asked by the place, by the terms of “{name}”", 2000),
    )


def test_refund_charge_gives_back_what_was_paid_under_the_terms():
    here = world(price=4000)
    terms = {"regulated_price_cents": 3000, "person_pays_nothing": True}
    charge = here.split(lot_for(here, face=1000, **terms).issued[0].code)

    services.refund_charge(charge=charge, reason="erreur", at=AT, actor="test")

    assert sum(ledger.balances(f"payable:{here.provider.pk}:tranche").values()) == 0
    assert broken() == []


def test_undo_attendance_then_again_asks_the_places_own_price():
    here = world(price=4000)
    charge = here.charge()
    agenda.undo_attendance(
        registration_id=charge.registration_id, at=charge.raised_at, actor="test"
    )
    agenda.record_attendance(
        registration_id=charge.registration_id, present=True, at=charge.raised_at, actor="test"
    )
    charge.refresh_from_db()
    assert (charge.state, charge.price_cents, charge.off_cents) == (ChargeState.OPEN, 4000, 0)


@given(
    price=st.integers(1, 100_000),
    face=st.integers(1, 100_000),
    rate=st.integers(0, 1_000_000),
    cap=st.none() | st.integers(0, 50_000),
    regulated=st.none() | st.integers(1, 100_000),
    free=st.booleans(),
    order=st.sampled_from([VOUCHER_FIRST, THIRD_PARTY_FIRST]),
)
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_split_charge_adds_up_for_every_order_and_asks_nobody_above_its_cap(
    db, price, face, rate, cap, regulated, free, order
):
    with transaction.atomic():
        here = world(price=price)
        code = lot_for(
            here, face=face, count=1, regulated_price_cents=regulated, person_pays_nothing=free,
            payer_order=order,
        ).issued[0].code  # fmt: skip
        charge = here.split(code, commitment=commitment(rate_ppm=rate, cap=cap))
        found = shares(charge)
        agreed = price if regulated is None else min(price, regulated)

        assert sum(found.values()) == charge.price_cents == agreed - charge.waived_cents
        assert charge.price_cents + charge.off_cents + charge.waived_cents == price
        assert found.get("voucher", 0) <= face
        assert found.get("third_party", 0) <= (price if cap is None else cap)
        assert not (free and found.get("person"))
        assert free or not charge.waived_cents
        assert broken() == []
        check_now()
        transaction.set_rollback(True)


def test_the_database_refuses_a_price_lowered_without_a_programme():
    charge = world(price=1000).split()
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Charge.objects.filter(pk=charge.pk).update(off_cents=1)
    assert refused.value.__cause__.diag.constraint_name == "charge_terms_are_a_programmes"


def test_create_programme_refuses_terms_that_contradict_each_other():
    here, other = world(), PlaceFactory()
    own = here.offer.place
    where = {"territory_ids": [here.commune.pk]}

    with pytest.raises(TermsInconsistent) as refused:
        programme(
            place_ids=[own.pk, other.pk], provider_ids=[organisation().pk],
            regulated_price_cents=0, **where,
        )  # fmt: skip
    assert str(refused.value).count("belongs to none") == 2
    assert "with a price of 0" in str(refused.value)
    with pytest.raises(TermsInconsistent, match=f"{other.name} is outside the territories"):
        programme(place_ids=[own.pk, other.pk], **where)
    draft = programme(place_ids=[own.pk], signed=False, **where)
    with pytest.raises(TermsInconsistent):
        programmes.edit_programme(
            programme=draft, place_ids=[other.pk], at=AT, actor="test", **where
        )
