"""What the loop proves, as one JSON object: counts, money, invariants."""

from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import Sum

from filiere.agenda.models import Registration
from filiere.billing.models import PayerShare
from filiere.kernel.checks import Verdict
from filiere.observatory.queries import Board
from filiere.operations.loop.money import funders_table
from filiere.operations.loop.state import Run
from filiere.orientation.models import UnmetNeed
from filiere.settlement.models import Batch

# What must have happened at least once for the loop to have exercised the chain.
KINDS = (
    "referrals_refused",
    "referrals_expired",
    "no_shows",
    "unmet",
    "vouchers_lost",
    "slots_cancelled",
    "places_closed",
    "second_clicks",
)


def stages(run: Run) -> dict[str, int]:
    """Where each person ended. Every person is in exactly one stage; the sum is the persons."""
    ended = _last_states()
    unmet = set(
        UnmetNeed.objects.filter(referral__isnull=False).values_list(
            "referral__person_id", flat=True
        )
    )
    final: Counter[str] = Counter()
    for walk in run.walks.values():
        state = ended.get(walk.person_id)
        if state in {"present", "absent", "confirmed", "held"}:
            final[{"present": "delivered", "absent": "no_show"}.get(state, "pending")] += 1
        elif walk.path == "unmet" or walk.person_id in unmet:
            final["unmet"] += 1
        else:
            final["cancelled"] += 1
    return dict(final)


def _last_states() -> dict[UUID, str]:
    """The most advanced state among each person's seats: present, absent, still expected."""
    rank = {"released": 0, "cancelled": 0, "held": 1, "confirmed": 2, "absent": 3, "present": 4}
    found: dict[UUID, str] = {}
    for person_id, state in Registration.objects.values_list("person_id", "state").order_by("pk"):
        if rank[state] >= rank[found.get(person_id, "released")]:
            found[person_id] = state
    return found


def cents_by_payer() -> dict[str, int]:
    """What each kind of payer gave, over all charges."""
    rows = PayerShare.objects.values_list("kind").annotate(cents=Sum("amount_cents"))
    return {str(kind): int(cents) for kind, cents in rows.order_by("kind")}


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the command prints, and whether it all holds."""

    run: Run
    batch: Batch
    path: Path
    board: Board
    verdicts: list[Verdict]
    places: dict[str, int]

    def invariants(self) -> dict[str, bool]:
        """Stored-state checks, and what is true of this loop as a whole."""
        final = stages(self.run)
        funders = funders_table(self.run.world)
        counts = self.counts()
        payers = cents_by_payer()
        shares = {row["spent_cents"] for row in funders.values()}
        return {verdict.name: verdict.holds for verdict in self.verdicts} | {
            "loop.persons_conserved": sum(final.values()) == self.run.persons,
            "loop.delivered_at_least_60_percent": final.get("delivered", 0) * 10
            >= self.run.persons * 6,
            "loop.every_mishap_occurred": self.run.persons < 500
            or all(counts.get(kind, 0) > 0 for kind in KINDS),
            "loop.three_payers_paid": all(
                payers.get(kind, 0) > 0 for kind in ("voucher", "third_party", "person")
            ),
            "loop.three_funders_unequal": len(shares) >= 3,
            "loop.spent_equals_traced": all(
                row["spent_cents"] == row["traced_cents"] <= row["given_cents"]
                for row in funders.values()
            ),
            "loop.settled_equals_batch": self.batch.total_cents
            == sum(order.amount_cents for order in self.batch.orders.all()),
        }

    def counts(self) -> dict[str, int]:
        """Counts of each stage and mishap."""
        return {
            "persons": self.run.persons,
            **dict(sorted(self.run.tally.counts.items())),
            **stages(self.run),
        }

    def as_dict(self) -> dict[str, Any]:
        """Give the object that is printed."""
        invariants = self.invariants()
        return {
            "places": self.places,
            "counts": self.counts(),
            "refusals": dict(sorted(self.run.tally.refusals.items())),
            "payers_cents": cents_by_payer(),
            "settled_cents": self.batch.total_cents,
            "bank_file": str(self.path),
            "funders": funders_table(self.run.world),
            "aims": [asdict(aim) for aim in self.board.aims],
            "seconds": {name: round(took, 2) for name, took in self.run.seconds.items()},
            "invariants": invariants,
            "first_wrong": {v.name: v.first for v in self.verdicts if not v.holds},
            "ok": all(invariants.values()),
        }
