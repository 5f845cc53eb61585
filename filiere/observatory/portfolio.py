"""What a funder opens: its programmes, the acts its money paid, one act to the end, the cover.

Amounts are integer euro cents. It reads only.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from filiere.billing.models import Charge
from filiere.kernel.errors import NotFound
from filiere.ledger import queries as ledger
from filiere.observatory.follow import Flows
from filiere.observatory.trace import LEFT, TracedLine, trace_charge
from filiere.programmes.models import FunderReturn, Programme, Receipt, Tranche
from filiere.programmes.queries import tranche_account
from filiere.rules import parameters
from filiere.settlement.models import OrderLine, OrderState
from filiere.vouchers.models import (
    LotPart,
    LotState,
    Movement,
    MovementPart,
    VoucherPart,
    VoucherState,
)
from filiere.vouchers.queries import live_parts, parts_given, pocket_account

OFFER = "movement__share__charge__registration__slot__offer"
PAID = Q(
    movement__share__order_lines__cancelled=False,
    movement__share__order_lines__order__state=OrderState.PAID,
)
# Receipts the bank did not take back.
KEPT = Receipt.objects.exclude(bounce__undone_at__isnull=False)


def programmes_seen_by(organisation_ids: Collection[int] | None) -> QuerySet[Programme]:
    """Programmes that some organisations commission or fund, latest first.

    Args:
        organisation_ids: None for those who may see every programme.
    """
    programmes = Programme.objects.select_related("commissioner")
    if organisation_ids is not None:
        mine = Tranche.objects.filter(
            programme_id=OuterRef("pk"), funder_id__in=list(organisation_ids)
        )
        programmes = programmes.filter(Q(commissioner_id__in=list(organisation_ids)) | Exists(mine))
    return programmes.order_by("-starts_on", "-pk")


@dataclass(frozen=True, slots=True)
class TrancheTotals:
    """One tranche on one line: promised, received, given back, used and paid, in cents.

    ``received_cents`` is what came, less what the bank took back; ``kept_cents`` is what is left of
    it once money was given back to the funder: what ``Flows.given_cents`` counts.
    """

    tranche_id: int
    programme_id: int
    funder_id: int
    funder: str
    promised_cents: int
    received_cents: int
    returned_cents: int
    used_cents: int
    paid_cents: int

    @property
    def kept_cents(self) -> int:
        """Received and not given back."""
        return self.received_cents - self.returned_cents


def totals_of_programmes(programme_ids: Collection[int]) -> list[TrancheTotals]:
    """Every tranche of some programmes with its totals, the largest promise first; 5 queries."""
    tranches = list(
        Tranche.objects.filter(programme_id__in=list(programme_ids))
        .select_related("funder")
        .order_by("-cap_cents", "pk")
    )
    ids = [tranche.pk for tranche in tranches]
    parts = live_parts(ids)
    received = _sums(KEPT.filter(tranche_id__in=ids), "tranche_id")
    returned = _sums(FunderReturn.objects.filter(tranche_id__in=ids), "tranche_id")
    used = _sums(parts, "tranche_id")
    paid = _sums(parts.filter(PAID), "tranche_id")
    return [
        TrancheTotals(
            tranche_id=tranche.pk,
            programme_id=tranche.programme_id,
            funder_id=tranche.funder_id,
            funder=tranche.funder.name,
            promised_cents=tranche.cap_cents,
            received_cents=received.get(tranche.pk, 0),
            returned_cents=returned.get(tranche.pk, 0),
            used_cents=used.get(tranche.pk, 0),
            paid_cents=paid.get(tranche.pk, 0),
        )
        for tranche in tranches
    ]


def _sums(rows: QuerySet, key: str, amount: str = "amount_cents") -> dict[int, int]:
    return dict(
        rows.order_by(key).values(key).annotate(total=Sum(amount)).values_list(key, "total")
    )


def raised_from_others_cents(tranche_ids: Collection[int]) -> int:
    """What other payers added to the sessions some tranches took part in."""
    parts = live_parts(tranche_ids)
    charges = Charge.objects.filter(
        pk__in=parts.order_by().values("movement__share__charge_id")
    ).aggregate(total=Sum("price_cents", default=0))
    own = parts.aggregate(total=Sum("amount_cents", default=0))
    return int(charges["total"] - own["total"])


def paid_acts(
    tranche_id: int,
    *,
    place_id: int | None = None,
    commune_id: int | None = None,
    service: str = "",
) -> QuerySet[MovementPart]:
    """Sessions one tranche paid for, latest first, each with ``is_paid`` to the provider.

    Args:
        place_id: only at this place.
        commune_id: only at places of this commune.
        service: only this service of the national standard; blank for all.
    """
    settled = OrderLine.objects.filter(
        share__movement_id=OuterRef("movement_id"),
        cancelled=False,
        order__state=OrderState.PAID,
    )
    acts = live_parts([tranche_id])
    if place_id is not None:
        acts = acts.filter(**{f"{OFFER}__place_id": place_id})
    if commune_id is not None:
        acts = acts.filter(**{f"{OFFER}__place__commune_id": commune_id})
    if service:
        acts = acts.filter(**{f"{OFFER}__service": service})
    return (
        acts.annotate(is_paid=Exists(settled))
        .select_related(f"{OFFER}__place__commune")
        .order_by("-movement__share__charge__registration__slot__starts_at", "-pk")
    )


@dataclass(frozen=True, slots=True)
class Act:
    """One paid session from the funders to the bank; ``lines`` add up to its price."""

    movement: Movement
    charge: Charge
    parts: tuple[MovementPart, ...]
    lines: tuple[TracedLine, ...]
    order_line: OrderLine | None

    @property
    def programme(self) -> Programme:
        """The programme of the voucher."""
        return self.movement.voucher.lot.programme


def trace_act(movement_id: UUID) -> Act:
    """Follow one use of a voucher to its end; five queries.

    Raises:
        NotFound: no use of a voucher bears this id, or it paid no session.
    """
    movement = (
        Movement.objects.filter(pk=movement_id, share__isnull=False)
        .select_related(
            "voucher__lot__programme",
            "voucher__handed_out_by",
            "share__charge__registration__slot__offer__place__commune",
        )
        .first()
    )
    if movement is None:
        raise NotFound(reference=str(movement_id))
    parts = (
        MovementPart.objects.filter(movement=movement)
        .select_related("tranche__funder")
        .order_by("-amount_cents", "pk")
    )
    return Act(
        movement=movement,
        charge=movement.share.charge,
        parts=tuple(parts),
        lines=trace_charge(movement.share.charge_id),
        order_line=OrderLine.objects.filter(share=movement.share, cancelled=False)
        .select_related("order__batch")
        .order_by("pk")
        .first(),
    )


def latest_act(tranche_id: int) -> Act | None:
    """The act a funder is shown as an example: the latest one paid, else the latest."""
    acts: Any = paid_acts(tranche_id)
    found = (
        acts.order_by("-is_paid", "-movement__occurred_at", "-pk")
        .values_list("movement_id", flat=True)
        .first()
    )
    return trace_act(found) if found else None


@dataclass(frozen=True, slots=True)
class Cover:
    """A tranche's money still held, told twice: by the journal, and by the rows.

    Attributes:
        held_cents: balances of the tranche, its pockets and its payables.
        vouchers_cents: what is left on vouchers in people's hands.
        not_handed_cents: activated vouchers nobody holds.
        not_activated_cents: cash not yet put in a lot.
        to_pay_cents: used, and not yet sent to the bank.
    """

    held_cents: int
    vouchers_cents: int
    not_handed_cents: int
    not_activated_cents: int
    to_pay_cents: int

    @property
    def owed_cents(self) -> int:
        """What the rows say must be held."""
        return (
            self.vouchers_cents
            + self.not_handed_cents
            + self.not_activated_cents
            + self.to_pay_cents
        )

    @property
    def is_right(self) -> bool:
        """Both tell the same amount."""
        return self.held_cents == self.owed_cents


def cover_of_tranche(tranche_id: int, flows: Flows) -> Cover:
    """Compare what the journal holds for a tranche with what its vouchers and sessions need."""
    parts = parts_given([tranche_id])
    # What was paid, then refunded, and taken from a later payment has come back.
    left = (
        parts.filter(
            movement__share__order_lines__cancelled=False,
            movement__share__order_lines__order__batch__state__in=LEFT,
        )
        .exclude(movement__share__debit_note__order__batch__state__in=LEFT)
        .aggregate(total=Sum("amount_cents", default=0))["total"]
    )
    lots = LotPart.objects.filter(tranche_id=tranche_id).order_by("lot_id")
    providers = parts.order_by("movement__provider_id").values_list(
        "movement__provider_id", flat=True
    )
    codes = [tranche_account(tranche_id)]
    codes += [pocket_account(lot, tranche_id) for lot in lots.values_list("lot_id", flat=True)]
    codes += [f"payable:{one}:tranche:{tranche_id}" for one in providers.distinct()]
    return Cover(
        held_cents=sum(ledger.balances_of(codes).values()),
        vouchers_cents=flows.handed_out_unused_cents,
        not_handed_cents=flows.not_handed_out_cents,
        not_activated_cents=flows.not_activated_cents,
        to_pay_cents=flows.used_cents - left,
    )


@dataclass(frozen=True, slots=True)
class Account:
    """One programme as the public reads it, in cents.

    The last four are None when fewer persons than the published threshold took part.
    """

    programme_id: int
    name: str
    commissioner: str
    is_invented: bool
    promised_cents: int
    received_cents: int
    ordered_cents: int
    activated_cents: int
    handed_out_cents: int | None
    used_cents: int | None
    paid_cents: int | None
    persons: int | None


def open_accounts(*, on: date) -> list[Account]:
    """Every programme from the promise to the payment, latest first; eight queries.

    Args:
        on: day of publication, which dates the threshold of small groups.
    """
    by = "tranche__programme_id"
    threshold = parameters.whole("small_cells.threshold", on)
    moved = live_parts()
    persons = dict(
        moved.order_by(by)
        .values(by)
        .annotate(total=Count("movement__share__charge__registration__person", distinct=True))
        .values_list(by, "total")
    )
    lots = LotPart.objects.all()
    held = VoucherPart.objects.filter(voucher__handed_out_at__isnull=False).exclude(
        voucher__state=VoucherState.VOID
    )
    promised = _sums(Tranche.objects.all(), "programme_id", "cap_cents")
    received = _sums(KEPT.all(), by)
    ordered, activated = _sums(lots, by), _sums(lots.exclude(lot__state=LotState.DRAFT), by)
    in_hands, used = _sums(held, by, "remaining_cents"), _sums(moved, by)
    paid = _sums(moved.filter(PAID), by)
    accounts = []
    for programme in programmes_seen_by(None):
        pk = programme.pk
        small = 0 < persons.get(pk, 0) < threshold
        accounts.append(
            Account(
                programme_id=pk,
                name=programme.name,
                commissioner=programme.commissioner.name,
                is_invented=programme.is_invented,
                promised_cents=promised.get(pk, 0),
                received_cents=received.get(pk, 0),
                ordered_cents=ordered.get(pk, 0),
                activated_cents=activated.get(pk, 0),
                handed_out_cents=None if small else used.get(pk, 0) + in_hands.get(pk, 0),
                used_cents=None if small else used.get(pk, 0),
                paid_cents=None if small else paid.get(pk, 0),
                persons=None if small else persons.get(pk, 0),
            )
        )
    return accounts


def total_cents(acts: QuerySet[MovementPart]) -> int:
    """Add up what a list of acts cost the tranche."""
    return int(acts.order_by().aggregate(total=Sum("amount_cents", default=0))["total"])
