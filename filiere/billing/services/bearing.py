"""A voucher taken without network that nobody pays: the place bears its session, the person nothing.

Amounts are integer euro cents.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from filiere.agreements.models import Commitment
from filiere.billing.models import Charge, ChargeState, PayerKind, PayerShare
from filiere.billing.queries.guarantees import claimed_charges
from filiere.billing.services.packages import give_back_packages
from filiere.billing.services.payers import act_of
from filiere.billing.services.splitting import deal_of
from filiere.kernel.services import record
from filiere.ledger import services as ledger
from filiere.ledger.services import Entry
from filiere.rules.pricing import Reason
from filiere.vouchers import services as vouchers
from filiere.vouchers.models import ClaimState, ClaimStepKind, OfflineClaim


@transaction.atomic
def give_up_claim(*, claim_id: UUID, at: datetime, actor: str) -> Charge | None:
    """Give up a voucher that was not paid; taken in good faith, its session is borne by the place.

    Locks the device, the charge, then its agreement. Third parties still pay what they promised;
    the place bears the rest, so that nobody asks the person. A package that the session bought is
    cancelled with it. A claim refused by a rule leaves the session to be settled at the counter.
    Given up twice, it is given up once. After the operator confirmed the refusal, the place may
    still bear the session.

    Returns:
        The session's charge, as it stands; None when it was never noted at this place.

    Raises:
        ClaimUnknown, ClaimWasPaid, ClaimClosed: there is nothing to give up.
        PackageBegun: the session bought a package that has served for others.
    """
    upheld = vouchers.is_upheld(claim_id)
    claim = vouchers.lock_claim(
        claim_id=claim_id, kind=ClaimStepKind.UPHELD if upheld else ClaimStepKind.GIVEN_UP
    )
    if not upheld:
        vouchers.give_up_claim(claim_id=claim_id, at=at, actor=actor)
    charge = (
        claimed_charges(claim)
        .select_for_update(of=("self",))
        .select_related("registration__slot__offer__place")
        .first()
    )
    bears = claim.state == ClaimState.DISPUTED and charge is not None
    if charge is not None and bears and charge.state == ChargeState.OPEN and charge.price_cents:
        _bear(charge, claim, at=at, actor=actor)
    return charge


def _bear(charge: Charge, claim: OfflineClaim, *, at: datetime, actor: str) -> None:
    """Settle a charge without voucher and without the person: third parties, then the place."""
    own_id = charge.registration.commitment_id
    own = Commitment.objects.select_related("agreement").filter(pk=own_id or 0)
    locked = list(own.select_for_update(of=("self",), no_key=True))
    payers = deal_of(act_of(charge), charge.price_cents, None, locked, None)
    split = payers.deal.share(0)
    due = [
        (payer.commitment, split.third_parties[payer.terms.key])
        for payer in payers.agreed
        if split.third_parties[payer.terms.key]
    ]
    if charge.priced_as.get("reason") == Reason.BOUGHT:
        give_back_packages(charge, at=at)
    PayerShare.objects.bulk_create(
        PayerShare(charge=charge, kind=PayerKind.THIRD_PARTY, amount_cents=cents, commitment=one)
        for one, cents in due
    )
    if due:
        charge.posting_group_id = ledger.post(
            key=f"charge:{charge.pk}", kind="charge",
            entries=[
                Entry(
                    f"thirdparty:{one.agreement.promiser_id}",
                    f"due:{charge.provider_id}:commitment:{one.pk}",
                    cents,
                )
                for one, cents in due
            ],
            occurred_at=charge.registration.slot.starts_at, at=at, actor=actor,
        )  # fmt: skip
    charge.price_cents -= split.person_cents
    charge.waived_cents, charge.waived_claim_id = split.person_cents, claim.pk
    charge.state, charge.split_at = ChargeState.SPLIT, at
    charge.save(
        update_fields=[
            "state", "split_at", "posting_group", "price_cents", "waived_cents", "waived_claim",
        ]
    )  # fmt: skip
    record(
        actor=actor, action="billing.charge_borne", subject=f"charge:{charge.pk}", at=at,
        waived_cents=charge.waived_cents,
    )  # fmt: skip
