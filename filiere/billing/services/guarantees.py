"""Guarantee funds: what a place took without network in good faith and no voucher paid.

A fund is an agreement of its own kind whose promise is capped in all. It pays a claim in the
place of its voucher, as a third party: the money is due at once, payable once the fund's cash came.
Amounts are integer euro cents.
"""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from filiere.agreements import services as agreements
from filiere.agreements.models import Agreement, AgreementKind, Commitment
from filiere.billing.errors import GuaranteeTooSmall, GuaranteeUnknown, SessionNotToPay
from filiere.billing.models import Charge, ChargeState, PayerKind, PayerShare
from filiere.billing.queries.guarantees import claimed_charges
from filiere.billing.services.payers import PPM, act_of, promised
from filiere.billing.services.splitting import Payers, deal_of, session_day
from filiere.kernel.wording import Euros
from filiere.ledger import services as ledger
from filiere.ledger.services import Entry
from filiere.vouchers import services as vouchers
from filiere.vouchers.errors import VoucherUnknown
from filiere.vouchers.models import ClaimStepKind, OfflineClaim, Voucher


@transaction.atomic
def open_guarantee_fund(
    *,
    title: str,
    promiser_id: int,
    envelope_cents: int,
    starts_on: date,
    at: datetime,
    actor: str,
    ends_on: date | None = None,
    most_per_session_cents: int | None = None,
    is_invented: bool = False,
) -> Agreement:
    """Sign a fund that pays, up to a cap, what places took without network in good faith.

    Args:
        promiser_id: organisation whose money it is.
        envelope_cents: the most it gives in all, above zero.
        most_per_session_cents: the most it gives for one session; None: no such limit.
        starts_on: first day of the sessions it pays; ``ends_on`` the last, None: until ended.

    Raises:
        AmountRefused: the cap is not a whole number of cents above zero.
        AgreementDatesReversed, CommitmentOutOfRange: see ``agreements.services.sign``.
    """
    ledger.require_amount(envelope_cents)
    promise = agreements.Promise(
        label=title, rate_ppm=PPM, cap_cents=most_per_session_cents, envelope_cents=envelope_cents
    )
    return agreements.sign(
        kind=AgreementKind.GUARANTEE, title=title, promiser_id=promiser_id, starts_on=starts_on,
        ends_on=ends_on, commitments=[promise], at=at, actor=actor, is_invented=is_invented,
    )  # fmt: skip


@transaction.atomic
def pay_from_guarantee(
    *, claim_id: UUID, commitment_id: int, words: str, at: datetime, actor: str
) -> Charge:
    """Settle the session of a disputed claim: a fund gives what the voucher would have given.

    Locks the device, the charge, then the agreements. The person is asked for no more than beside
    a voucher that paid. Decided twice, it is paid once.

    Args:
        commitment_id: the capped promise of the fund.
        words: why, read by the place and by whoever gives the fund; 1 to 300 characters.

    Raises:
        ClaimUnknown, ClaimWasPaid, ClaimClosed, ReasonMissing: there is nothing to decide so.
        ClaimNotInGoodFaith: the device could have refused it by itself.
        VoucherUnknown: no voucher of ours was shown.
        SessionNotToPay: the session is not noted at this place, or was settled since.
        GuaranteeUnknown: the fund does not pay for that day or place.
        GuaranteeTooSmall: less is left in the fund than the voucher would have given.
    """
    claim = vouchers.lock_claim(claim_id=claim_id, kind=ClaimStepKind.PAID)
    charge = _locked_charge(claim)
    if claim.steps.filter(kind=ClaimStepKind.PAID).exists():
        return charge
    if claim.voucher_id is None:
        raise VoucherUnknown
    if charge.state != ChargeState.OPEN or charge.price_cents == 0:
        raise SessionNotToPay
    own, fund = _locked_commitments(charge, commitment_id)
    payers = _payers(charge, claim.voucher_id, own)
    given = _given(payers, claim.voucher_id, fund)
    vouchers.close_as_paid(
        claim_id=claim_id, commitment_id=commitment_id, paid_cents=given,
        words=words, at=at, actor=actor,
    )  # fmt: skip
    _settle(charge, payers, fund, given, at=at, actor=actor)
    return charge


def _locked_charge(claim: OfflineClaim) -> Charge:
    charge = (
        claimed_charges(claim)
        .select_for_update(of=("self",))
        .select_related("registration__slot__offer__place")
        .first()
    )
    if charge is None:
        raise SessionNotToPay
    return charge


def _locked_commitments(charge: Charge, commitment_id: int) -> tuple[list[Commitment], Commitment]:
    """Lock the session's own third party, if any, and the fund, lowest number first."""
    own_id = charge.registration.commitment_id
    rows = Commitment.objects.select_related("agreement").filter(
        pk__in={commitment_id, own_id or commitment_id}
    )
    found = {
        row.pk: row for row in rows.select_for_update(of=("self",), no_key=True).order_by("pk")
    }
    fund = found.get(commitment_id)
    if fund is None or not _pays(fund, charge):
        raise GuaranteeUnknown
    return [found[own_id]] if own_id else [], fund


def _pays(fund: Commitment, charge: Charge) -> bool:
    agreement, on = fund.agreement, session_day(charge)
    return (
        agreement.kind == AgreementKind.GUARANTEE
        and fund.envelope_cents is not None
        and agreement.signed_at is not None
        and agreement.starts_on <= on
        and (agreement.ends_on is None or on <= agreement.ends_on)
        and agreement.counterpart_id in (None, charge.provider_id)
    )


def _payers(charge: Charge, voucher_id: int, own: list[Commitment]) -> Payers:
    """Read the terms the voucher came with: the fund pays in its place, by the same ones."""
    terms = vouchers.terms_of_voucher(voucher_id)
    if terms is None:
        raise VoucherUnknown
    return deal_of(act_of(charge), charge.price_cents, terms, own, None)


def _given(payers: Payers, voucher_id: int, fund: Commitment) -> int:
    """Give what the voucher would have given, if the fund holds it; euro cents."""
    face: int = Voucher.objects.values_list("face_cents", flat=True).get(pk=voucher_id)
    wanted = min(face, payers.deal.wanted_cents)
    if not wanted:
        raise SessionNotToPay
    taken = promised([fund])
    left = (fund.envelope_cents or 0) - (taken[fund.pk].cents if fund.pk in taken else 0)
    if fund.cap_cents is not None:
        left = min(left, fund.cap_cents)
    if wanted > left:
        raise GuaranteeTooSmall(wanted=Euros(wanted), left=Euros(max(0, left)))
    return wanted


def _settle(
    charge: Charge, payers: Payers, fund: Commitment, given: int, *, at: datetime, actor: str
) -> None:
    """Write the shares and post them; the fund's is due until its cash came."""
    split = payers.deal.share(given)
    due = [(fund, given)] + [
        (payer.commitment, split.third_parties[payer.terms.key]) for payer in payers.agreed
    ]
    shares = [
        PayerShare(charge=charge, kind=PayerKind.THIRD_PARTY, amount_cents=cents, commitment=one)
        for one, cents in due
        if cents
    ]
    entries = [
        Entry(
            f"thirdparty:{one.agreement.promiser_id}",
            f"due:{charge.provider_id}:commitment:{one.pk}",
            cents,
        )
        for one, cents in due
        if cents
    ]
    if split.person_cents:
        shares.append(
            PayerShare(charge=charge, kind=PayerKind.PERSON, amount_cents=split.person_cents)
        )
        entries.append(Entry("persons", f"till:{charge.provider_id}", split.person_cents))
    PayerShare.objects.bulk_create(shares)
    charge.posting_group_id = ledger.post(
        key=f"charge:{charge.pk}", kind="charge", entries=entries,
        occurred_at=charge.registration.slot.starts_at, at=at, actor=actor,
    )  # fmt: skip
    charge.price_cents = payers.deal.price_cents - split.forgone_cents
    charge.off_cents, charge.waived_cents = payers.deal.off_cents, split.forgone_cents
    charge.programme_id = payers.deal.programme_id
    charge.state, charge.split_at = ChargeState.SPLIT, at
    charge.save(
        update_fields=[
            "state", "split_at", "posting_group", "price_cents", "off_cents", "waived_cents",
            "programme",
        ]
    )  # fmt: skip
