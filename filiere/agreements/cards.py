"""Cards that open an employer's free hours to its staff and their families, without a name.

A card proves that somebody is entitled; nothing links it to a person or to a session, so that an
employer that knows who holds which card learns nothing of who came.
"""

import hashlib
import hmac
import secrets
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from filiere.agreements import queries
from filiere.agreements.errors import CardRefused, CardsNotPossible
from filiere.agreements.models import Agreement, AgreementKind, Commitment, FreeHoursCard
from filiere.kernel import services as kernel
from filiere.kernel.calendar import legal_day
from filiere.kernel.prepared import fetch_prepared
from filiere.rules import codes

LENGTH = 10
PREFIX = "HO"
MOST_CARDS = 500
_RANDOM_BYTES = 6
_MAC_BYTES = 16


@transaction.atomic
def issue_cards(
    *,
    commitment_id: int,
    count: int,
    at: datetime,
    actor: str,
    minutes_each: int | None = None,
) -> list[str]:
    """Make cards for an employer to give out. Their codes are returned once and never kept.

    Args:
        count: how many, 1 to 500.
        minutes_each: the most one card opens, > 0; None when only the quota limits it.

    Returns:
        Codes as printed, e.g. ``HO-7F3K-28QM-4T``.

    Raises:
        CardsNotPossible: the number is out of range, or the agreement has no hours in force.
    """
    commitment = queries.commitment_in_force(commitment_id, legal_day(at))
    possible = commitment is not None and commitment.quota_minutes is not None
    if not possible or not 1 <= count <= MOST_CARDS or (minutes_each or 1) < 1:
        raise CardsNotPossible(most=MOST_CARDS)
    made = [
        codes.code_from_random(secrets.token_bytes(_RANDOM_BYTES), LENGTH) for _one in range(count)
    ]
    FreeHoursCard.objects.bulk_create(
        FreeHoursCard(
            commitment_id=commitment_id, mac=_mac(code), issued_at=at, minutes_left=minutes_each
        )
        for code in made
    )
    kernel.record(
        actor=actor,
        action="agreements.cards_issued",
        subject=f"commitment:{commitment_id}",
        at=at,
        count=count,
    )
    return [codes.format_code(code, PREFIX) for code in made]


@transaction.atomic
def revoke_cards(*, commitment_id: int, at: datetime, actor: str) -> int:
    """Take back every card of an agreement, so that new ones may be given. Returns how many."""
    revoked = FreeHoursCard.objects.filter(commitment=commitment_id, revoked_at=None).update(
        revoked_at=at
    )
    if revoked:
        kernel.record(
            actor=actor,
            action="agreements.cards_revoked",
            subject=f"commitment:{commitment_id}",
            at=at,
            count=revoked,
        )
    return revoked


def card_shown(typed: str, *, provider_id: int, on: date) -> FreeHoursCard:
    """Find the card a person shows, good at this place on this day. Reads only.

    Args:
        typed: what was typed or said; spaces, case and look-alikes are forgiven.

    Raises:
        CardRefused: no such card, revoked, not in force that day, or for another place.
    """
    found = (
        FreeHoursCard.objects.filter(mac=_mac_of_typed(typed), revoked_at=None)
        .select_related("commitment__agreement__promiser")
        .first()
    )
    if found is None:
        raise CardRefused
    _require_good(found, provider_id=provider_id, on=on)
    return found


def _mac_of_typed(typed: str) -> bytes:
    """Digest of what was typed; CardRefused when it cannot be a code."""
    code = codes.read_code(typed, length=LENGTH, prefix=PREFIX)
    if code is None:
        raise CardRefused
    return _mac(code)


def _require_good(card: FreeHoursCard, *, provider_id: int, on: date) -> None:
    agreement = card.commitment.agreement
    in_force = agreement.starts_on <= on and (agreement.ends_on is None or on <= agreement.ends_on)
    if (
        agreement.kind != AgreementKind.EMPLOYER
        or agreement.signed_at is None
        or not in_force
        or not queries.is_usable_by(agreement, provider_id)
    ):
        raise CardRefused


# Everything a quote asks of agreements, in one round trip: dates are read from text.
ASKED = """
    SELECT (SELECT json_agg(json_build_array(
                       c.id, c.rate_ppm, c.cap_cents, c.envelope_cents, c.quota_minutes,
                       c.operator_key, a.kind, a.title, a.promiser_id, a.counterpart_id,
                       a.starts_on, a.ends_on, a.signed_at IS NOT NULL)
                       ORDER BY a.starts_on, c.id)
              FROM agreements_commitment c
              JOIN agreements_agreement a ON a.id = c.agreement_id
             WHERE c.id = ANY(array_append(%s::bigint[], card.commitment_id))),
           card.id, card.commitment_id, card.minutes_left
      FROM (SELECT 1) AS one
      LEFT JOIN agreements_freehourscard card ON card.mac = %s AND card.revoked_at IS NULL
"""


def payers_asked(
    commitment_ids: Collection[int], typed: str, *, provider_id: int, on: date, at: datetime
) -> tuple[list[Commitment], FreeHoursCard | None]:
    """Read some third parties and the card shown in one statement. Nothing is locked.

    Args:
        commitment_ids: third parties, given back oldest agreement first.
        typed: the card's code; blank without one.
        at: stands for the moment of signature of what is signed.

    Raises:
        CardRefused: as ``card_shown``.
    """
    mac = _mac_of_typed(typed) if typed.strip() else b""
    rows, card_id, card_commitment, minutes_left = fetch_prepared(
        ASKED, [[int(pk) for pk in commitment_ids], mac]
    )
    found = {row[0]: _commitment(row, at) for row in rows or ()}
    wanted = set(commitment_ids)
    third_parties = [one for one in found.values() if one.pk in wanted]
    if not typed.strip():
        return third_parties, None
    if card_id is None:
        raise CardRefused
    card = FreeHoursCard(
        pk=card_id, commitment=found[card_commitment], mac=mac, minutes_left=minutes_left
    )
    _require_good(card, provider_id=provider_id, on=on)
    return third_parties, card


def _commitment(row: list[Any], at: datetime) -> Commitment:
    agreement = Agreement(
        kind=row[6],
        title=row[7],
        promiser_id=row[8],
        counterpart_id=row[9],
        starts_on=date.fromisoformat(row[10]),
        ends_on=date.fromisoformat(row[11]) if row[11] else None,
        signed_at=at if row[12] else None,
    )
    return Commitment(
        pk=row[0],
        agreement=agreement,
        rate_ppm=row[1],
        cap_cents=row[2],
        envelope_cents=row[3],
        quota_minutes=row[4],
        operator_key=row[5],
    )


def lower_card(card: FreeHoursCard, *, minutes: int) -> None:
    """Lower what a card still opens, inside the caller's transaction; never under zero."""
    FreeHoursCard.objects.filter(pk=card.pk, minutes_left__isnull=False).update(
        minutes_left=F("minutes_left") - minutes
    )


def locked_commitment(card: FreeHoursCard) -> tuple[FreeHoursCard, Commitment]:
    """Lock the agreement's hours, then the card: two counters never share the same last minute."""
    commitment = (
        Commitment.objects.select_related("agreement__promiser")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=card.commitment_id)
    )
    locked = FreeHoursCard.objects.select_for_update(no_key=True).get(pk=card.pk)
    return locked, commitment


def _mac(code: str) -> bytes:
    """Digest kept instead of the code: HMAC-SHA256 under the pepper of vouchers, 16 bytes."""
    key = str(settings.VOUCHER_PEPPER).encode()
    return hmac.digest(key, b"card:" + code.encode(), hashlib.sha256)[:_MAC_BYTES]
