"""Who may pay a part of one session under an agreement: third parties, then an employer's hours.

Called through ``billing.services``. Amounts are euro cents, lengths are minutes.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from django.db.models import Sum

from filiere.agreements import cards
from filiere.agreements.errors import HoursUsedUp
from filiere.agreements.models import Commitment, FreeHoursCard
from filiere.billing.models import Charge, ChargeState, PayerKind, PayerShare
from filiere.kernel.calendar import legal_day
from filiere.rules import procedures
from filiere.rules.payers import ThirdParty

PPM = 1_000_000


@dataclass(frozen=True, slots=True)
class Act:
    """What is to be paid, whether it took place (a charge) or is only asked about (a quote)."""

    provider_id: int
    place_id: int
    commune_id: int
    service: str
    qualified_on: date | None
    minutes: int
    on: date
    procedure: str = ""


def act_of(charge: Charge) -> Act:
    """Read the act of a charge, its registration, slot, offer and place loaded."""
    slot = charge.registration.slot
    place = slot.offer.place
    return Act(
        provider_id=place.organisation_id,
        place_id=place.pk,
        commune_id=place.commune_id,
        service=slot.offer.service,
        qualified_on=place.qualified_on,
        minutes=max(1, int((slot.ends_at - slot.starts_at).total_seconds()) // 60),
        on=legal_day(slot.starts_at),
        procedure=charge.registration.procedure,
    )


@dataclass(frozen=True, slots=True)
class AgreedPayer:
    """One payer under an agreement and the terms it pays by.

    ``minutes``: what an employer's hours cover of the session, 0 for a third party.
    """

    kind: PayerKind
    commitment: Commitment
    terms: ThirdParty
    minutes: int = 0
    card: FreeHoursCard | None = None


class Promised(NamedTuple):
    """What sessions already took from a commitment: cents and minutes."""

    cents: int
    minutes: int


def promised(commitments: Collection[Commitment]) -> dict[int, Promised]:
    """Add up what live sessions took from some commitments, in one query."""
    rows = (
        PayerShare.objects.filter(commitment__in=commitments, charge__state=ChargeState.SPLIT)
        .values("commitment_id")
        .order_by("commitment_id")
        .annotate(cents=Sum("amount_cents"), taken=Sum("minutes", default=0))
        .values_list("commitment_id", "cents", "taken")
    )
    return {pk: Promised(cents, minutes) for pk, cents, minutes in rows}


def agreed_payers(
    act: Act,
    *,
    price_cents: int,
    commitments: Sequence[Commitment],
    card: FreeHoursCard | None = None,
    given: Mapping[int, Promised] | None = None,
) -> tuple[AgreedPayer, ...]:
    """Third parties that may pay a part, in the order given, then the employer of the card shown.

    A commitment not in force that day, or of another operator than the procedure's, is left out.

    Args:
        commitments: with their agreement; locked by a caller that then splits.
        card: a card good that day at this place, its commitment and agreement loaded.
        given: what sessions already took, when the caller has read it; else it is read here.

    Raises:
        HoursUsedUp: nothing is left of the card or of the employer's hours.
    """
    limited = [one for one in commitments if one.envelope_cents is not None]
    taken = given
    if taken is None and (limited or card):
        taken = promised([*limited, card.commitment] if card else limited)
    taken = taken or {}
    found = [
        _third_party(one, price_cents, taken.get(one.pk, Promised(0, 0)))
        for one in commitments
        if _applies(one, act)
    ]
    if card is not None:
        used = taken.get(card.commitment_id, Promised(0, 0))
        found.append(_employer(act, price_cents, card, used))
    return tuple(found)


def _applies(commitment: Commitment, act: Act) -> bool:
    """In force on the day of the session, and for its procedure."""
    agreement = commitment.agreement
    in_force = (
        agreement.signed_at is not None
        and agreement.starts_on <= act.on
        and (agreement.ends_on is None or act.on <= agreement.ends_on)
    )
    if not in_force or commitment.quota_minutes is not None:
        return False
    if not commitment.operator_key:
        return True
    procedure = procedures.procedure(act.procedure)
    return procedure is not None and procedure.operator == commitment.operator_key


def _cap(commitment: Commitment, price_cents: int, taken: Promised) -> int:
    """Most it may pay of this session: its cap, and what is left of its envelope."""
    limits = [price_cents]
    if commitment.cap_cents is not None:
        limits.append(commitment.cap_cents)
    if commitment.envelope_cents is not None:
        limits.append(max(0, commitment.envelope_cents - taken.cents))
    return min(limits)


def _third_party(commitment: Commitment, price_cents: int, taken: Promised) -> AgreedPayer:
    terms = ThirdParty(
        str(commitment.pk),
        Fraction(commitment.rate_ppm, PPM),
        _cap(commitment, price_cents, taken),
    )
    return AgreedPayer(PayerKind.THIRD_PARTY, commitment, terms)


def _employer(act: Act, price_cents: int, card: FreeHoursCard, taken: Promised) -> AgreedPayer:
    commitment = card.commitment
    limits = [act.minutes, (commitment.quota_minutes or 0) - taken.minutes]
    if card.minutes_left is not None:
        limits.append(card.minutes_left)
    minutes = min(limits)
    if minutes <= 0:
        raise HoursUsedUp
    terms = ThirdParty(
        str(commitment.pk),
        Fraction(minutes, act.minutes),
        _cap(commitment, price_cents, taken),
    )
    return AgreedPayer(PayerKind.EMPLOYER, commitment, terms, minutes, card)


def minutes_taken(act: Act, payer: AgreedPayer, *, amount_cents: int, price_cents: int) -> int:
    """Minutes of the employer's hours that its part of the price is worth, rounded up.

    At least 1 when it pays anything, at most what its hours cover of the session.
    """
    worth = -(-act.minutes * amount_cents // max(1, price_cents))
    return max(1, min(payer.minutes, worth))


def lock_payers(
    commitment_id: int | None, card: FreeHoursCard | None
) -> tuple[list[Commitment], FreeHoursCard | None]:
    """Lock what a session may be paid with, always in the same order: never the last euro twice."""
    if card is not None and (commitment_id is None or card.commitment_id < commitment_id):
        card, hours = cards.locked_commitment(card)
        card.commitment = hours
        return _locked(commitment_id), card
    third_parties = _locked(commitment_id)
    if card is not None:
        card, hours = cards.locked_commitment(card)
        card.commitment = hours
    return third_parties, card


def _locked(commitment_id: int | None) -> list[Commitment]:
    if commitment_id is None:
        return []
    return list(
        Commitment.objects.select_related("agreement__promiser")
        .filter(pk=commitment_id)
        .select_for_update(of=("self",), no_key=True)
    )
