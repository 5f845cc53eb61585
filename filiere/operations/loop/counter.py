"""Places at work: answering referrals, receiving people, being paid at the counter."""

import datetime as dt
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from filiere.agenda.models import Registration, RegistrationState
from filiere.billing import queries as billing_queries
from filiere.billing import services as billing
from filiere.kernel.errors import FiliereError
from filiere.orientation import services as orientation
from filiere.orientation.models import Attempt, AttemptState, RefusalReason
from filiere.pathways import services as pathways
from filiere.pathways.models import Outcome, SentBy
from filiere.rules.codes import normalise
from filiere.rules.procedures import all_operators


@dataclass
class Tally:
    """What happened, counted. Adds up across days and processes."""

    counts: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Tally") -> None:
        """Take in another tally."""
        self.counts.update(other.counts)
        self.refusals.update(other.refusals)


def to_answer(*, at: dt.datetime, seed: int) -> list[dict[str, Any]]:
    """Attempts that wait for an answer, oldest first, as tasks of ``answer_referral``."""
    asked = Attempt.objects.filter(state=AttemptState.ASKED).order_by("pk")
    return [{"attempt_id": pk, "at": at, "seed": seed} for pk in asked.values_list("pk", flat=True)]


def answer_referral(*, attempt_id: int, at: dt.datetime, seed: int) -> Tally:
    """Accept seven referrals in ten, refuse some, and leave some without answer."""
    tally = Tally()
    draw = random.Random(f"answer:{seed}:{attempt_id}").random()
    if draw < 0.70:
        orientation.accept(attempt_id=attempt_id, at=at, actor="loop")
        tally.counts["referrals_accepted"] += 1
    elif draw < 0.84:
        reason = list(RefusalReason)[attempt_id % len(RefusalReason)]
        orientation.refuse(attempt_id=attempt_id, reason=reason, at=at, actor="loop")
        tally.counts["referrals_refused"] += 1
    return tally


def receive(*, registration_id: int, ends_at: dt.datetime, code: str, seed: int) -> Tally:
    """The mediator's two taps for one seat, then the counter."""
    tally = Tally()
    rng = random.Random(f"session:{seed}:{registration_id}")
    present = rng.random() < 0.90
    sent_by = rng.choice(list(SentBy))
    pathways.deliver(
        registration_id=registration_id,
        present=present,
        outcome=rng.choices(list(Outcome), weights=[50, 25, 25])[0] if present else None,
        sent_by=sent_by,
        operator_key=rng.choice(all_operators()).key if sent_by == SentBy.OPERATOR else "",
        is_emergency=rng.random() < 0.3,
        at=ends_at,
        actor="loop",
    )
    if not present:
        tally.counts["no_shows"] += 1
        return tally
    tally.counts["sessions"] += 1
    charge = billing_queries.charge_of(registration_id)
    if charge is None or charge.price_cents == 0:
        return tally
    for attempt in (*_misreadings(code, rng), code or None, None):
        try:
            billing.split_charge(charge=charge, voucher_code=attempt, at=ends_at, actor="loop")
        except FiliereError as refusal:
            tally.refusals[refusal.code] += 1
            continue
        if attempt:
            tally.counts["vouchers_used"] += 1
        break
    # A second click at the counter: the same answer, nothing moves.
    if rng.random() < 0.05:
        billing.split_charge(charge=charge, voucher_code=code or None, at=ends_at, actor="loop")
        tally.counts["second_clicks"] += 1
    return tally


def _misreadings(code: str, rng: random.Random) -> list[str]:
    """One code in twenty-five is first mistyped by one symbol."""
    if not code or rng.random() > 0.04:
        return []
    plain = normalise(code)
    return [plain[:3] + ("A" if plain[3] != "A" else "B") + plain[4:]]


def expected_between(start: dt.datetime, end: dt.datetime) -> list[tuple[int, UUID, dt.datetime]]:
    """Confirmed seats of slots ending in the half-open range: id, person, end."""
    rows = Registration.objects.filter(
        state=RegistrationState.CONFIRMED, slot__ends_at__gte=start, slot__ends_at__lt=end
    )
    return list(
        rows.order_by("slot__ends_at", "pk").values_list("pk", "person_id", "slot__ends_at")
    )
