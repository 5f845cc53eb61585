"""The lines of a budget. Integer euro cents; an amount is what the project really bears."""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max, Sum

from filiere.kernel import services as kernel
from filiere.kernel.wording import Euros
from filiere.projects.errors import BudgetLineNotPossible, BudgetLineUsed
from filiere.projects.models import BudgetLine, Nature, ProjectFile
from filiere.projects.services.locking import hold_project, require_edition

MOST_CENTS = 100_000_000_000
"""A line of a billion euros is a mistake of typing."""
_WRITTEN = (
    "nature", "label", "year", "quantity", "unit", "unit_price_cents", "amount_cents",
    "with_vat_cents", "without_vat_cents", "is_investment", "is_indirect", "borne_by_id",
)  # fmt: skip


@transaction.atomic
def add_line(
    *,
    project_id: int,
    nature: str,
    label: str,
    year: int,
    actor: str,
    at: datetime,
    amount_cents: int | None = None,
    with_vat_cents: int | None = None,
    without_vat_cents: int | None = None,
    quantity: Decimal | None = None,
    unit: str = "",
    unit_price_cents: int | None = None,
    is_investment: bool = False,
    is_indirect: bool = False,
    borne_by_id: int | None = None,
) -> BudgetLine:
    """Write one cost of one year at the end of the budget.

    Args:
        nature: one of ``Nature``; ``86`` is given in kind.
        year: a year the project has days in.
        amount_cents: what the project bears, above 0; None: quantity × unit price, half a cent up.
        with_vat_cents, without_vat_cents: what it costs with all its VAT and without any; None: as
            much as ``amount_cents``.
        quantity, unit_price_cents: both or neither; above 0.
        borne_by_id: the member of a consortium that bears it; None: the carrier.

    Raises:
        ProjectEnded: the file changes no more.
        BudgetLineNotPossible: something missing, negative, out of the project's years, or dearer
            without VAT than with it.
    """
    project = hold_project(project_id)
    written = {
        "nature": nature,
        "label": label,
        "year": year,
        "quantity": quantity,
        "unit": unit,
        "unit_price_cents": unit_price_cents,
        "amount_cents": amount_cents,
        "with_vat_cents": with_vat_cents,
        "without_vat_cents": without_vat_cents,
        "is_investment": is_investment,
        "is_indirect": is_indirect,
        "borne_by_id": borne_by_id,
    }
    last = project.lines.aggregate(last=Max("position"))["last"] or 0
    line = BudgetLine.objects.create(project=project, position=last + 1, **_sound(project, written))
    kernel.record(
        actor=actor, action="projects.line_added", subject=f"project:{project.pk}", at=at,
        line=line.pk, cents=line.amount_cents,
    )  # fmt: skip
    return line


@transaction.atomic
def edit_line(
    *, line_id: int, actor: str, at: datetime, edition: int | None = None, **changes: Any
) -> BudgetLine:
    """Change one line. What is not said again follows: the product, the amounts with and without VAT.

    Args:
        edition: the edition that was read; None: whatever it is.
        changes: arguments of ``add_line`` that change.

    Raises:
        ProjectEnded, BudgetLineNotPossible: as ``add_line``.
        ProjectChanged: somebody saved the line since.
        BudgetLineUsed: funders already pay more than the new amount, or facts of its year prove it.
    """
    project, line = _held(line_id)
    require_edition(edition, line.edition)
    if unknown := changes.keys() - set(_WRITTEN):
        raise BudgetLineNotPossible(term=", ".join(sorted(unknown)))
    before = {name: getattr(line, name) for name in _WRITTEN}
    if changes.keys() & {"amount_cents", "quantity", "unit_price_cents"}:
        before |= dict.fromkeys(("amount_cents", "with_vat_cents", "without_vat_cents"))
        if "amount_cents" in changes and not changes.keys() & {"quantity", "unit_price_cents"}:
            before |= {"quantity": None, "unit_price_cents": None}
    for name, value in _sound(project, before | changes).items():
        setattr(line, name, value)
    given = _given(line)
    if line.amount_cents < given or line.tags.exclude(spent_on__year=line.year).exists():
        raise BudgetLineUsed(line=line.label, given=Euros(given))
    line.edition += 1
    line.save()
    kernel.record(
        actor=actor, action="projects.line_edited", subject=f"project:{project.pk}", at=at,
        line=line.pk, cents=line.amount_cents, changed=sorted(changes),
    )  # fmt: skip
    return line


@transaction.atomic
def remove_line(*, line_id: int, actor: str, at: datetime) -> None:
    """Take a line away.

    Raises:
        ProjectEnded: the file changes no more.
        BudgetLineUsed: funders pay a part of it, or facts prove it.
    """
    project, line = _held(line_id)
    given = _given(line)
    if given or line.tags.exists():
        raise BudgetLineUsed(line=line.label, given=Euros(given))
    kernel.record(
        actor=actor, action="projects.line_removed", subject=f"project:{project.pk}", at=at,
        line=line.pk, label=line.label, cents=line.amount_cents,
    )  # fmt: skip
    line.delete()


def product_cents(quantity: Decimal, unit_price_cents: int) -> int:
    """Give a quantity times a unit price, in cents, half a cent up.

    >>> product_cents(Decimal("1.5"), 2_333)
    3500
    """
    return int((quantity * unit_price_cents).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _held(line_id: int) -> tuple[ProjectFile, BudgetLine]:
    project_id = BudgetLine.objects.values_list("project", flat=True).get(pk=line_id)
    project = hold_project(project_id)
    return project, BudgetLine.objects.get(pk=line_id)


def _given(line: BudgetLine) -> int:
    return line.allocations.aggregate(sum=Sum("cents"))["sum"] or 0


def _sound(project: ProjectFile, written: dict[str, Any]) -> dict[str, Any]:
    """Fill what follows from the rest, and refuse what means nothing; the database does too."""
    written = written | {"label": written["label"].strip(), "unit": written["unit"].strip()}
    quantity, price = written["quantity"], written["unit_price_cents"]
    if (quantity is None) != (price is None) or (quantity is not None and quantity <= 0):
        raise BudgetLineNotPossible(term="quantity")
    if price is not None and not (type(price) is int and 0 < price <= MOST_CENTS):
        raise BudgetLineNotPossible(term="unit_price_cents")
    product = None if quantity is None or price is None else product_cents(quantity, price)
    if written["amount_cents"] is None:
        written["amount_cents"] = product
    amount = written["amount_cents"]
    if type(amount) is not int or not 0 < amount <= MOST_CENTS:
        raise BudgetLineNotPossible(term="amount_cents")
    for name in ("with_vat_cents", "without_vat_cents"):
        written[name] = amount if written[name] is None else written[name]
    holds = {
        "label": 0 < len(written["label"]) <= 200,
        "nature": written["nature"] in Nature.values,
        "year": project.starts_on.year <= written["year"] <= project.ends_on.year,
        "without_vat_cents": 0 < written["without_vat_cents"] <= amount,
        "with_vat_cents": amount <= written["with_vat_cents"] <= MOST_CENTS,
        "amount_cents": product is None or amount == product,
        "is_investment": not (written["is_investment"] and written["nature"] == Nature.IN_KIND),
    }
    for term, is_sound in holds.items():
        if not is_sound:
            raise BudgetLineNotPossible(term=term)
    return written | {"is_in_kind": written["nature"] == Nature.IN_KIND}
