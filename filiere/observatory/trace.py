"""Follow the euro upwards: from a payment to its sessions and funders. Read through ``queries``.

Two independent paths tell what each funder paid: ``traced_…`` walks payment orders → lines →
shares → movement parts → tranches and never reads the ledger; ``spent_…`` reads only transfers.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, Q, Sum

from filiere.agreements.models import Commitment
from filiere.billing import queries as billing
from filiere.billing.models import PayerKind, PayerShare
from filiere.ledger import queries as ledger
from filiere.programmes.models import Receipt, Tranche
from filiere.settlement import queries as settlement
from filiere.settlement.models import (
    BatchState,
    DebitNoteState,
    OrderLine,
    OrderState,
    PaymentOrder,
)
from filiere.vouchers.models import MovementPart

LEFT = (BatchState.EMITTED, BatchState.PAID)
# A session refunded after its payment, and taken back from a payment already sent.
TAKEN_BACK = Q(
    share__debit_note__state=DebitNoteState.SET_OFF,
    share__debit_note__order__batch__state__in=LEFT,
)


@dataclass(frozen=True, slots=True)
class Payer:
    """One organisation that paid a part, in cents: a funder's tranche or a third party."""

    organisation_id: int
    name: str
    kind: PayerKind
    amount_cents: int
    tranche_id: int | None = None
    commitment_id: int | None = None


@dataclass(frozen=True, slots=True)
class TracedLine:
    """One share of one session inside a payment; its payers add up to its amount."""

    share_id: int
    kind: PayerKind
    amount_cents: int
    charge_id: int
    price_cents: int
    registration_ref: str
    session_at: datetime
    service: str
    place_id: int
    place: str
    commune: str
    voucher_serial: int | None
    payers: tuple[Payer, ...]


@dataclass(frozen=True, slots=True)
class TracedOrder:
    """One payment opened: its lines and its payers both add up to its amount."""

    order_id: int
    provider_id: int
    provider: str
    batch_label: str
    batch_state: BatchState
    state: OrderState
    paid_on: date | None
    end_to_end_id: str
    amount_cents: int
    lines: tuple[TracedLine, ...]
    payers: tuple[Payer, ...]


def trace_payment_order(order_id: int) -> TracedOrder:
    """Open one payment: each session it pays, each voucher, each funder to the cent.

    Raises:
        PaymentOrder.DoesNotExist: no such payment.
    """
    order = PaymentOrder.objects.select_related("batch", "provider").get(pk=order_id)
    lines = list(
        OrderLine.objects.filter(order=order)
        .select_related(
            "share__movement__voucher",
            "share__commitment__agreement__promiser",
            "share__charge__registration__slot__offer__place__commune",
        )
        .order_by("share__charge__registration__slot__starts_at", "pk")
    )
    parts = _parts_of([line.share for line in lines])
    traced = tuple(_traced_share(line.share, parts) for line in lines)
    return TracedOrder(
        order_id=order.pk,
        provider_id=order.provider_id,
        provider=order.provider.name,
        batch_label=order.batch.label,
        batch_state=BatchState(order.batch.state),
        state=OrderState(order.state),
        paid_on=order.paid_on,
        end_to_end_id=order.end_to_end_id,
        amount_cents=order.amount_cents,
        lines=traced,
        payers=_added_up([payer for line in traced for payer in line.payers]),
    )


def who_paid(order_id: int) -> tuple[Payer, ...]:
    """Who paid one payment, the largest part first; the parts add up to it."""
    return payers_of([order_id]).get(order_id, ())


def payers_of(order_ids: Collection[int]) -> dict[int, tuple[Payer, ...]]:
    """Who paid each of some payments, in two queries whatever their number."""
    lines = OrderLine.objects.filter(order_id__in=order_ids)
    tranche, commitment = "share__movement__parts__tranche", "share__commitment"
    by_tranche = (
        lines.filter(share__movement__isnull=False)
        .values_list(
            "order_id", f"{tranche}__funder_id", f"{tranche}__funder__name", f"{tranche}_id"
        )
        .annotate(total=Sum("share__movement__parts__amount_cents"))
        .order_by("order_id", f"{tranche}_id")
    )
    promiser = f"{commitment}__agreement__promiser"
    by_commitment = (
        lines.filter(share__commitment__isnull=False)
        .values_list(
            "order_id", f"{promiser}_id", f"{promiser}__name", f"{commitment}_id", "share__kind"
        )
        .annotate(total=Sum("amount_cents"))
        .order_by("order_id", f"{commitment}_id")
    )
    found: dict[int, list[Payer]] = defaultdict(list)
    for order_id, organisation, name, tranche_id, total in by_tranche:
        payer = Payer(organisation, name, PayerKind.VOUCHER, total, tranche_id=tranche_id)
        found[order_id].append(payer)
    for order_id, organisation, name, commitment_id, kind, total in by_commitment:
        payer = Payer(organisation, name, PayerKind(kind), total, commitment_id=commitment_id)
        found[order_id].append(payer)
    return {order_id: _added_up(payers) for order_id, payers in found.items()}


def trace_charge(charge_id: int) -> tuple[TracedLine, ...]:
    """Who pays one session, whether or not it is settled: voucher, third party, person."""
    shares = list(
        PayerShare.objects.filter(charge_id=charge_id)
        .select_related(
            "movement__voucher",
            "commitment__agreement__promiser",
            "charge__registration__slot__offer__place__commune",
        )
        .order_by("pk")
    )
    parts = _parts_of(shares)
    return tuple(_traced_share(share, parts) for share in shares)


def _parts_of(shares: list[PayerShare]) -> dict[object, list[Payer]]:
    """Funders of each voucher's movement: movement id → payers."""
    found: dict[object, list[Payer]] = defaultdict(list)
    parts = (
        MovementPart.objects.filter(movement__in=[one.movement_id for one in shares])
        .select_related("tranche__funder")
        .order_by("-amount_cents", "tranche_id")
    )
    for part in parts:
        found[part.movement_id].append(
            Payer(
                part.tranche.funder_id,
                part.tranche.funder.name,
                PayerKind.VOUCHER,
                part.amount_cents,
                tranche_id=part.tranche_id,
            )
        )
    return found


def _traced_share(share: PayerShare, parts: dict[object, list[Payer]]) -> TracedLine:
    registration = share.charge.registration
    offer = registration.slot.offer
    payers = tuple(parts.get(share.movement_id, [])) if share.movement_id else ()
    if share.commitment is not None:
        promiser = share.commitment.agreement.promiser
        payers = (
            Payer(
                promiser.pk,
                promiser.name,
                PayerKind(share.kind),
                share.amount_cents,
                commitment_id=share.commitment_id,
            ),
        )
    return TracedLine(
        share_id=share.pk,
        kind=PayerKind(share.kind),
        amount_cents=share.amount_cents,
        charge_id=share.charge_id,
        price_cents=share.charge.price_cents,
        registration_ref=registration.ref,
        session_at=registration.slot.starts_at,
        service=offer.service,
        place_id=offer.place_id,
        place=offer.place.name,
        commune=offer.place.commune.name,
        voucher_serial=share.movement.voucher.serial if share.movement else None,
        payers=payers,
    )


def _added_up(payers: list[Payer]) -> tuple[Payer, ...]:
    totals: dict[tuple[int, str, PayerKind, int | None, int | None], int] = defaultdict(int)
    for one in payers:
        key = (one.organisation_id, one.name, one.kind, one.tranche_id, one.commitment_id)
        totals[key] += one.amount_cents
    merged = [
        Payer(organisation, name, kind, amount, tranche, commitment)
        for (organisation, name, kind, tranche, commitment), amount in totals.items()
    ]
    return tuple(sorted(merged, key=lambda one: (-one.amount_cents, one.organisation_id)))


@dataclass(frozen=True, slots=True)
class PaidOrder:
    """One line of a provider's statement: a payment, and who paid it."""

    order: PaymentOrder
    payers: tuple[Payer, ...]


@dataclass(frozen=True, slots=True)
class ProviderStatement:
    """What a provider is owed and was paid, in cents.

    ``awaited_cents`` are third parties' shares whose cash has not come: promised, not payable.
    ``paid_cents`` adds up every payment the bank made, ``orders`` are the latest ones.
    """

    provider_id: int
    payable: settlement.Payable
    awaited_cents: int
    counter_cents: int
    paid_cents: int
    orders: tuple[PaidOrder, ...]


def provider_statement(organisation_id: int, *, latest: int = 24) -> ProviderStatement:
    """The statement of one provider: dues line by line, payments with who paid each.

    Args:
        latest: how many payments are listed, latest first.
    """
    shares = PayerShare.objects.filter(charge__provider_id=organisation_id)
    awaited = billing.awaited_from_third_parties(organisation_id)
    counter = shares.filter(kind=PayerKind.PERSON).aggregate(total=Sum("amount_cents", default=0))
    every = settlement.orders_of_provider(organisation_id)
    paid = every.filter(state=OrderState.PAID).aggregate(total=Sum("amount_cents", default=0))
    return ProviderStatement(
        provider_id=organisation_id,
        payable=settlement.payable(organisation_id),
        awaited_cents=sum(one.amount_cents for one in awaited),
        counter_cents=counter["total"],
        paid_cents=paid["total"],
        orders=with_payers(every[:latest]),
    )


def with_payers(orders: Iterable[PaymentOrder]) -> tuple[PaidOrder, ...]:
    """Say who paid each of some payments; the queries do not grow with them."""
    given = list(orders)
    payers = payers_of([order.pk for order in given])
    return tuple(PaidOrder(order, payers.get(order.pk, ())) for order in given)


def traced_cents_by_funder() -> dict[int, int]:
    """What each funder's tranches paid, walked from the payment orders: organisation → cents.

    Orders count once their bank file is emitted, less what later payments took back. The ledger
    is not read.
    """
    rows = (
        OrderLine.objects.filter(
            cancelled=False, order__batch__state__in=LEFT, share__movement__isnull=False
        )
        .exclude(TAKEN_BACK)
        .values(funder=F("share__movement__parts__tranche__funder_id"))
        .annotate(total=Sum("share__movement__parts__amount_cents"))
        .order_by("funder")
    )
    return {row["funder"]: row["total"] for row in rows}


def traced_cents_by_third_party() -> dict[int, int]:
    """What each third party paid, walked from the payment orders: organisation → cents."""
    rows = (
        OrderLine.objects.filter(
            cancelled=False, order__batch__state__in=LEFT, share__commitment__isnull=False
        )
        .exclude(TAKEN_BACK)
        .values(promiser=F("share__commitment__agreement__promiser_id"))
        .annotate(total=Sum("amount_cents"))
        .order_by("promiser")
    )
    return {row["promiser"]: row["total"] for row in rows}


def given_cents_by_funder() -> dict[int, int]:
    """Cash each funder's tranches received: organisation → cents."""
    return dict(
        Receipt.objects.values("tranche__funder_id")
        .annotate(total=Sum("amount_cents"))
        .order_by("tranche__funder_id")
        .values_list("tranche__funder_id", "total")
    )


def spent_cents_by_funder() -> dict[int, int]:
    """What each funder's tranches paid, read from the ledger's transfers only.

    Counts what left ``payable:<provider>:tranche:<id>`` for a batch on its way to the bank, less
    what came back, and what one funder paid in the place of another (debit notes).
    """
    funders = dict(Tranche.objects.order_by("pk").values_list("pk", "funder_id"))
    return _spent("tranche", funders)


def spent_cents_by_third_party() -> dict[int, int]:
    """What each third party paid, read from the ledger's transfers only."""
    promisers = dict(Commitment.objects.order_by("pk").values_list("pk", "agreement__promiser_id"))
    return _spent("commitment", promisers)


def _spent(source: str, organisations: dict[int, int]) -> dict[int, int]:
    totals: dict[int, int] = defaultdict(int)
    for left, reached in (("payable:", "transit:"), ("transit:", "payable:"), ("payable:",) * 2):
        for (debited, credited), amount in ledger.moved_between(left, reached).items():
            for code, signed in ((debited, amount), (credited, -amount)):
                account, _number, *origin = code.split(":")
                if account == "payable" and origin[0] == source:
                    totals[organisations[int(origin[1])]] += signed
    return dict(totals)
