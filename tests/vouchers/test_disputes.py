"""After a claim that was not paid: who may do what, once."""

import pytest

from filiere.vouchers import services
from filiere.vouchers.errors import (
    ClaimClosed,
    ClaimNotInGoodFaith,
    ClaimUnknown,
    ClaimWasPaid,
    ReasonMissing,
)
from filiere.vouchers.models import ClaimState, OfflineClaim
from filiere.vouchers.queries import devices as queries
from filiere.vouchers.queries.devices import ClaimStage
from tests.billing.test_offline import LATER, Shop

pytestmark = pytest.mark.django_db
NOBODY = "00000000-0000-0000-0000-000000000000"


def disputed(shop=None, seq=2):
    """A second use of one voucher, set aside: used elsewhere before it was received."""
    shop = shop or Shop(count=1, face=2_500)
    one, two = shop.seat(), shop.seat()
    shop.send(shop.claim(seq - 1, reference=one))
    return shop.send(shop.claim(seq, reference=two)).claims[0]


def refused(shop):
    return shop.send(shop.claim(code="0" * 17, reference=shop.seat())).claims[0]


def contest(claim, words="La personne avait le carnet en main."):
    return services.contest_claim(claim_id=claim.pk, words=words, at=LATER, actor="user:2")


def uphold(claim, words="Le premier reçu est payé."):
    return services.uphold_refusal(claim_id=claim.pk, words=words, at=LATER, actor="user:9")


def test_contest_claim_is_kept_once_with_its_first_words():
    claim = disputed()

    first, again = contest(claim), contest(claim, "Autre chose")

    assert first == again
    assert again.words == "La personne avait le carnet en main."
    assert queries.unpaid_claim(claim.pk).is_contested


def test_contest_claim_says_why():
    with pytest.raises(ReasonMissing):
        contest(disputed(), "  ")


def test_give_up_claim_closes_it_for_good():
    claim = disputed()
    services.give_up_claim(claim_id=claim.pk, at=LATER, actor="user:2")

    services.give_up_claim(claim_id=claim.pk, at=LATER, actor="user:2")
    with pytest.raises(ClaimClosed):
        uphold(claim)
    with pytest.raises(ClaimClosed):
        contest(claim)
    assert claim.steps.count() == 1


def test_uphold_refusal_closes_a_refused_claim():
    claim = refused(Shop())

    assert uphold(claim) == uphold(claim)
    assert [one.kind for one in queries.steps_of(claim)] == ["upheld"]


def test_lock_claim_refuses_what_was_paid_and_what_nobody_sent():
    shop = Shop()
    paid = shop.send(shop.claim(reference=shop.seat())).claims[0]

    with pytest.raises(ClaimWasPaid):
        contest(paid)
    with pytest.raises(ClaimUnknown):
        services.give_up_claim(claim_id=NOBODY, at=LATER, actor="t")


def test_close_as_paid_refuses_what_the_device_could_have_refused():
    with pytest.raises(ClaimNotInGoodFaith):
        services.close_as_paid(
            claim_id=refused(Shop()).pk, commitment_id=1, paid_cents=1, words="x", at=LATER,
            actor="t",
        )  # fmt: skip


def test_unpaid_claims_keeps_each_to_whom_it_concerns_and_adds_up():
    shop = Shop(count=1, face=2_500)
    claim = disputed(shop)
    other = refused(Shop())

    assert set(queries.unpaid_claims()) == {claim, other}
    of_place = queries.unpaid_claims(organisation_ids=[shop.place.organisation_id])
    of_funder = queries.unpaid_claims(
        commissioner_ids=[shop.scene.lot.programme.commissioner_id], state=ClaimState.DISPUTED
    )
    assert list(of_place) == list(of_funder) == [claim]
    assert queries.total_of(of_place) == queries.Unpaid(1, 2_500)


def test_unpaid_claims_of_one_stage_only():
    open_, closed = disputed(), refused(Shop())
    uphold(closed)

    assert list(queries.unpaid_claims(stage=ClaimStage.OPEN)) == [open_]
    assert list(queries.unpaid_claims(stage=ClaimStage.CLOSED)) == [closed]
    contest(open_)
    assert list(queries.unpaid_claims(stage=ClaimStage.CONTESTED)) == [open_]
    assert OfflineClaim.objects.exclude(state="accepted").count() == 2
