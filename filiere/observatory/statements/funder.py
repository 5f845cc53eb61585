"""A funder's statement: what it gave, what its vouchers paid, what came back to it. Euro cents.

Its balance is what Filière still holds of its money: on vouchers, or not put on any yet. Each use
of a voucher is one line; what several of its tranches gave of it, one line each.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import F, QuerySet, Sum, TextField, Value
from django.db.models.functions import Cast, Concat

from filiere.observatory.statements import lines
from filiere.observatory.statements.lines import Explain, Source, source
from filiere.observatory.statements.shape import About, LineKind, Party, Period, Statement
from filiere.observatory.statements.shares import session_of
from filiere.programmes.models import Commission, FunderReturn, Receipt, Tranche
from filiere.vouchers.models import LotPart, Movement, MovementPart
from filiere.vouchers.queries import parts_given

BETWEEN = "/"


def is_one(organisation_id: int) -> bool:
    """Tell whether an organisation promised money to a programme."""
    return Tranche.objects.filter(funder=organisation_id).exists()


def statement(
    organisation_id: int, period: Period, *, first: int = 0, count: int | None = None
) -> Statement:
    """Write it; see ``statement_of``. At most eight queries."""
    explain: dict[LineKind, Explain] = {
        LineKind.RECEIPT: _about_receipts,
        LineKind.BOUNCE: _about_receipts,
        LineKind.LOT: _about_lots,
        LineKind.USE: _about_uses,
        LineKind.REFUND: _about_uses,
        LineKind.COMMISSION: _about_commissions,
        LineKind.RETURN: _about_returns,
    }
    return lines.read(
        Party.FUNDER, sources(organisation_id), explain, period, first=first, count=count
    )


def sources(organisation_id: int) -> list[Source]:
    """Its lines, by kind."""
    own = {"tranche__funder": organisation_id}
    received = Receipt.objects.filter(**own)
    lots = LotPart.objects.filter(lot__activated_at__isnull=False, **own)
    return [
        source(
            received, LineKind.RECEIPT, at="posting_group__occurred_at", paid="amount_cents"
        ),
        source(
            received.filter(bounce__undone_at__isnull=False), LineKind.BOUNCE,
            at="posting_group__reversal__occurred_at", paid=-F("amount_cents"),
        ),
        source(lots, LineKind.LOT, at="lot__activated_at"),
        *_uses(organisation_id),
        source(
            Commission.objects.filter(**own), LineKind.COMMISSION,
            at="posting_group__occurred_at", charged="amount_cents",
        ),
        source(
            FunderReturn.objects.filter(**own), LineKind.RETURN,
            at="posting_group__occurred_at", paid=-F("amount_cents"),
        ),
    ]  # fmt: skip


def _uses(organisation_id: int) -> list[Source]:
    """What its tranches gave to sessions, and what came back of sessions refunded."""
    tranches = Tranche.objects.filter(funder=organisation_id).order_by("pk")
    given: QuerySet[MovementPart] = parts_given(list(tranches.values_list("pk", flat=True)))
    ref = Concat(
        Cast("movement_id", TextField()),
        Value(BETWEEN),
        Cast("tranche_id", TextField()),
        output_field=TextField(),
    )
    back = given.filter(movement__reversal__isnull=False)
    return [
        source(
            given, LineKind.USE, at="movement__occurred_at", charged="amount_cents", ref=ref
        ),
        source(
            back, LineKind.REFUND, at="movement__reversal__reversed_at",
            charged=-F("amount_cents"), ref=ref,
        ),
    ]  # fmt: skip


def _about_uses(refs: Sequence[str]) -> Mapping[str, About]:
    """Give the facts of some uses by their reference; one query."""
    offer = "share__charge__registration__slot__offer"
    wanted = {ref: UUID(ref.partition(BETWEEN)[0]) for ref in refs}
    found = {
        one.pk: one
        for one in Movement.objects.filter(pk__in=set(wanted.values())).select_related(
            "voucher__lot__programme", "reversal", f"{offer}__place__commune"
        )
    }
    return {ref: _about_use(found[pk]) for ref, pk in wanted.items()}


def _about_use(movement: Movement) -> About:
    lot = movement.voucher.lot
    share = getattr(movement, "share", None)
    session = (
        session_of(share.charge)
        if share
        else {"session_ref": movement.reference, "session_at": movement.occurred_at}
    )
    return About(
        **session,
        serial=movement.voucher.serial,
        name=lot.programme.name,
        programme_id=lot.programme_id,
        reason=movement.reversal.reason if hasattr(movement, "reversal") else "",
        act=movement.pk if share else None,
    )


def _about_receipts(refs: Sequence[str]) -> Mapping[str, About]:
    found = Receipt.objects.filter(pk__in=[int(ref) for ref in refs])
    return {
        str(one.pk): About(
            number=one.bank_reference,
            on=one.received_on,
            name=one.tranche.programme.name,
            programme_id=one.tranche.programme_id,
            tranche_id=one.tranche_id,
            amount_cents=one.amount_cents,
            reason=one.bounce.reason if hasattr(one, "bounce") else "",
        )
        for one in found.select_related("tranche__programme", "bounce")
    }


def _about_lots(refs: Sequence[str]) -> Mapping[str, About]:
    found = LotPart.objects.filter(pk__in=[int(ref) for ref in refs])
    return {
        str(one.pk): About(
            number=one.lot.label or str(one.lot_id),
            name=one.lot.programme.name,
            programme_id=one.lot.programme_id,
            tranche_id=one.tranche_id,
            amount_cents=one.amount_cents,
        )
        for one in found.select_related("lot__programme")
    }


def _about_commissions(refs: Sequence[str]) -> Mapping[str, About]:
    found = Commission.objects.filter(pk__in=[int(ref) for ref in refs])
    return {
        str(one.pk): About(
            name=one.tranche.programme.name,
            programme_id=one.tranche.programme_id,
            sessions=one.uses,
            tranche_id=one.tranche_id,
        )
        for one in found.select_related("tranche__programme")
    }


def _about_returns(refs: Sequence[str]) -> Mapping[str, About]:
    found = FunderReturn.objects.filter(pk__in=[int(ref) for ref in refs])
    return {
        str(one.pk): About(
            name=one.tranche.programme.name,
            programme_id=one.tranche.programme_id,
            tranche_id=one.tranche_id,
            state="paid" if one.paid_group_id else "waiting",
        )
        for one in found.select_related("tranche__programme")
    }


def put_on_vouchers(tranche_ids: Sequence[int]) -> dict[int, int]:
    """Give what some tranches put on activated vouchers, in cents: tranche → cents; one query."""
    lots = LotPart.objects.filter(tranche__in=list(tranche_ids), lot__activated_at__isnull=False)
    return dict(
        lots.values("tranche_id")
        .order_by("tranche_id")
        .annotate(total=Sum("amount_cents"))
        .values_list("tranche_id", "total")
    )
