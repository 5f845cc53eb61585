"""Facts of Filière, and typed costs with their bill, that prove lines of a budget."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.timezone import get_default_timezone, localtime

from filiere.agenda.models import Slot, SlotState
from filiere.billing.models import Charge, ChargeState
from filiere.kernel import services as kernel
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import constraint_of
from filiere.projects.errors import FactAlreadyProves, ProofNotPossible
from filiere.projects.models import BudgetLine, LineTag, ProofKind, ProvedCost
from filiere.projects.services.budget import MOST_CENTS
from filiere.projects.services.locking import hold_project

ONCE = {"linetag_session_cost_once", "linetag_charge_once", "linetag_document_once"}


@transaction.atomic
def prove_by_session(
    *,
    line_id: int,
    slot_id: int,
    cost: str,
    amount_cents: int,
    actor: str,
    at: datetime,
) -> LineTag:
    """Say that a session that took place proves a part of a line: one cost of it, once.

    Args:
        cost: one of ``ProvedCost``: its staff, its travel…
        amount_cents: what that cost came to, above 0.

    Raises:
        ProofNotPossible: the session did not take place, or not in the line's year.
        FactAlreadyProves: that cost of that session already proves a line, here or elsewhere.
    """
    line = _held(line_id)
    slot = (
        Slot.objects.select_related("offer__place")
        .filter(pk=slot_id, state=SlotState.REALISED)
        .first()
    )
    if slot is None or cost not in ProvedCost.values:
        raise ProofNotPossible(term="session")
    return _tag(
        LineTag(
            line=line, kind=ProofKind.SESSION, cost=cost, slot=slot, label=_label_of(slot),
            spent_on=legal_day(slot.starts_at), amount_cents=amount_cents,
        ),
        actor=actor, at=at,
    )  # fmt: skip


@transaction.atomic
def prove_by_charge(*, line_id: int, charge_id: int, actor: str, at: datetime) -> LineTag:
    """Say that a session's settled price proves a part of a line, once.

    Raises:
        ProofNotPossible: the charge is not settled, is free, or is of another year.
        FactAlreadyProves: it already proves a line.
    """
    line = _held(line_id)
    charge = (
        Charge.objects.select_related("registration__slot")
        .filter(pk=charge_id, state=ChargeState.SPLIT)
        .first()
    )
    if charge is None:
        raise ProofNotPossible(term="charge")
    return _tag(
        LineTag(
            line=line, kind=ProofKind.CHARGE, charge=charge, label=charge.registration.ref,
            spent_on=legal_day(charge.registration.slot.starts_at),
            amount_cents=charge.price_cents,
        ),
        actor=actor, at=at,
    )  # fmt: skip


@transaction.atomic
def prove_by_cost(
    *,
    line_id: int,
    label: str,
    spent_on: date,
    amount_cents: int,
    actor: str,
    at: datetime,
    cost: str = ProvedCost.OTHER,
    document_id: int | None = None,
) -> LineTag:
    """Write a cost that Filière does not know by itself, with its bill when there is one.

    Args:
        document_id: an attachment of the project; None: the proof is still to be added.

    Raises:
        ProofNotPossible: no label, no amount, another year, or the bill of another project.
        FactAlreadyProves: that bill already proves a cost.
    """
    line = _held(line_id)
    if document_id is not None and not line.project.attachments.filter(pk=document_id).exists():
        raise ProofNotPossible(term="document")
    if not label.strip() or cost not in ProvedCost.values:
        raise ProofNotPossible(term="label")
    return _tag(
        LineTag(
            line=line, kind=ProofKind.COST, cost=cost, label=label.strip()[:200],
            spent_on=spent_on, amount_cents=amount_cents, document_id=document_id,
        ),
        actor=actor, at=at,
    )  # fmt: skip


@transaction.atomic
def untag(*, tag: LineTag, actor: str, at: datetime) -> None:
    """Take a proof away from its line; the fact stays. Twice changes nothing."""
    _held(tag.line_id)
    if LineTag.objects.filter(pk=tag.pk).delete()[0]:
        kernel.record(
            actor=actor, action="projects.untagged", subject=f"project:{tag.line.project_id}",
            at=at, line=tag.line_id, label=tag.label, cents=tag.amount_cents,
        )  # fmt: skip


def _label_of(slot: Slot) -> str:
    """Give the place and the hour of a session, in legal French time."""
    local = localtime(slot.starts_at, get_default_timezone())
    return f"{slot.offer.place.name[:170]}, {local:%d/%m/%Y %H:%M}"


def _held(line_id: int) -> BudgetLine:
    """Lock the project of a line; what is proved after its end still counts."""
    project_id = BudgetLine.objects.values_list("project", flat=True).get(pk=line_id)
    project = hold_project(project_id, even_ended=True)
    line = BudgetLine.objects.get(pk=line_id)
    line.project = project
    return line


def _tag(tag: LineTag, *, actor: str, at: datetime) -> LineTag:
    cents = tag.amount_cents
    if type(cents) is not int or not 0 < cents <= MOST_CENTS:
        raise ProofNotPossible(term="amount_cents")
    if tag.spent_on.year != tag.line.year:
        raise ProofNotPossible(term="year")
    if tag.slot_id or tag.charge_id or tag.document_id:
        _require_new(tag)
    tag.tagged_at, tag.tagged_by = at, actor
    try:
        with transaction.atomic():
            tag.save()
    except IntegrityError as error:  # another project took it at the same moment
        if constraint_of(error) not in ONCE:
            raise
        _require_new(tag)
        raise
    kernel.record(
        actor=actor, action="projects.tagged", subject=f"project:{tag.line.project_id}", at=at,
        line=tag.line_id, cents=cents,
    )  # fmt: skip
    return tag


def _require_new(tag: LineTag) -> None:
    """Refuse a fact that already proves a line, and say which."""
    same = LineTag.objects.select_related("line__project")
    if tag.slot_id:
        same = same.filter(slot=tag.slot_id, cost=tag.cost)
    elif tag.charge_id:
        same = same.filter(charge=tag.charge_id)
    else:
        same = same.filter(document=tag.document_id)
    if first := same.first():
        raise FactAlreadyProves(line=first.line.label, project=first.line.project.title)
