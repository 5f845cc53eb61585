"""A device of the demonstration that takes vouchers without network, and what it sent last week."""

import datetime as dt
import hashlib
from base64 import b64encode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from filiere.accounts.models import Membership, Role
from filiere.billing import services as billing
from filiere.directory.models import Place
from filiere.kernel.calendar import legal_day
from filiere.vouchers import services as vouchers
from filiere.vouchers.models import Device, OfflineClaim

NAME = "Tablette du bus numérique (démonstration)"
PRICE_CENTS = 3_500
WEEK = dt.timedelta(days=7)
WORDS = "L’horloge de la tablette s’était remise à zéro après une panne de batterie."
FUND = "Fonds de garantie des lieux sans réseau (démonstration)"


def prepare(place: Place, *, at: dt.datetime) -> Device:
    """Register a tablet of a place a week ago; it sent two vouchers that were not paid.

    One was recorded with a wrong clock, one for a session nobody knows: neither notes anything.
    Done twice, it is done once.
    """
    seed = hashlib.sha256(f"demo device {place.source_id}".encode()).digest()
    key = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    registered = at - WEEK
    known = Device.objects.filter(public_key=key).first()
    if known is not None:
        return known
    device = vouchers.register_device(
        place=place, name=NAME, public_key=b64encode(key).decode(), at=registered, actor="demo"
    )
    day = dt.timedelta(days=1)
    claims = [
        vouchers.Claim(
            seq=seq, code="0" * 17, reference=reference, wanted_cents=PRICE_CENTS, slot_id=None,
            outcome="done_together", occurred_at=occurred_at,
        )
        for seq, reference, occurred_at in (
            (1, "OR-0000-0000", registered + day),
            (2, "", registered - 40 * day),
        )
    ]  # fmt: skip
    sent = billing.upload_sessions(device_id=device.pk, claims=claims, at=registered + 2 * day)
    _follow(sent.claims, at=registered + 3 * day)
    return device


def _follow(claims: list[OfflineClaim], *, at: dt.datetime) -> None:
    """The place asks the operator to look at one again; the Département opens a guarantee fund."""
    for claim in claims[-1:]:
        vouchers.contest_claim(claim_id=claim.pk, words=WORDS, at=at, actor="demo")
    giver = Membership.objects.filter(role=Role.COMMISSIONER).order_by("pk").first()
    if giver is not None:
        billing.open_guarantee_fund(
            title=FUND, promiser_id=giver.organisation_id, envelope_cents=200_000,
            most_per_session_cents=5_000, starts_on=legal_day(at - WEEK), at=at, actor="demo",
            is_invented=True,
        )  # fmt: skip
