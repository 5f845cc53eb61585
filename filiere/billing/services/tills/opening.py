"""Opening a till by its act, naming who holds it, closing it."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from filiere.accounts.models import Membership, Organisation, Role
from filiere.billing.errors import (
    DutyRefused,
    SaleNotAllowed,
    TillExists,
    TillNotOpen,
    TillNotPossible,
    TillNotPublic,
    TillReasonMissing,
    TillStillHolds,
)
from filiere.billing.models import Duty, MonthState, Till, TillDuty, TillMeans, TillMonth, TillSale
from filiere.billing.queries.tills import in_hand, months_with_lines
from filiere.billing.services.tills.locking import locked_till
from filiere.kernel.services import record
from filiere.ledger import services as ledger
from filiere.rules import carriers
from filiere.rules.tills import HELD_MEANS, Means

HOLDING = (Role.MANAGER, Role.MEDIATOR)
MOST_DAYS = 31


@transaction.atomic
def open_till(
    *,
    organisation_id: int,
    name: str,
    act_number: str,
    act_on: date,
    purpose: str,
    sales: Sequence[str],
    means: Sequence[str],
    cash_limit_cents: int,
    deposit_days: int,
    opened_on: date,
    manager: Membership,
    at: datetime,
    actor: str,
) -> Till:
    """Open the till of a public organisation, as its act of creation says.

    Args:
        sales: what it may sell, values of ``TillSale``; each is judged for the carrier's form.
        means: how it may be paid, values of ``TillMeans``.
        cash_limit_cents: the most cash in hand, > 0; the ledger refuses more.
        deposit_days: money is deposited at least every so many days, 1 to 31.
        manager: who is named to hold it (régisseur).

    Raises:
        TillNotPublic: the organisation is not under public accounting.
        TillExists: it has an open till.
        TillNotPossible: a fact of the act is missing or out of range.
        SaleNotAllowed: its legal form may not make one of the sales.
        DutyRefused: the manager named is not of the organisation, or keeps its books.
    """
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation_id)
    if not carriers.is_public(organisation.kind):
        raise TillNotPublic
    if Till.objects.filter(organisation=organisation, closed_on=None).exists():
        raise TillExists
    _require_act(act_number, purpose, sales, means, cash_limit_cents, deposit_days)
    if opened_on < act_on:
        raise TillNotPossible(why=_("it would open before its act."))
    for sale in sales:
        require_sale(organisation, sale, opened_on)
    till = Till.objects.create(
        organisation=organisation, name=name.strip(), act_number=act_number.strip(),
        act_on=act_on, purpose=purpose.strip(), sales=_in_order(sales, TillSale.values),
        means=_in_order(means, TillMeans.values), cash_limit_cents=cash_limit_cents,
        deposit_days=deposit_days, opened_on=opened_on,
    )  # fmt: skip
    for one in HELD_MEANS:
        ceiling = cash_limit_cents if one == Means.CASH else None
        ledger.guard(code=f"{till.in_hand_account}{one}", floor=0, ceiling=ceiling)
    _name(till, manager, Duty.MANAGER, opened_on)
    record(
        actor=actor, action="billing.till_opened", subject=f"till:{till.pk}", at=at,
        act=till.act_number, cash_limit_cents=cash_limit_cents,
    )  # fmt: skip
    return till


def require_sale(organisation: Organisation, sale: str, on: date) -> None:
    """Refuse a sale that the legal form of a carrier may not make.

    Raises:
        SaleNotAllowed: it may not; the refusal names the forms that could.
    """
    verdict = carriers.may_sell(organisation.kind, sale, on)
    if verdict.may is not False or verdict.reason is None:
        return
    language = get_language() or "fr"
    raise SaleNotAllowed(
        organisation=organisation.name,
        sale=carriers.sale_name(sale, language),
        why=verdict.reason.words(language),
        forms=_forms(sale, on, language),
    )


def _forms(sale: str, on: date, language: str) -> str:
    may = carriers.forms_that_may(sale, on)
    return ", ".join(carriers.form_name(form, language) for form in may)


def _require_act(
    act: str,
    purpose: str,
    sales: Sequence[str],
    means: Sequence[str],
    limit: int,
    days: int,
) -> None:
    facts = (
        (bool(act.strip()), _("the number of its act is missing.")),
        (bool(purpose.strip()), _("its purpose is missing.")),
        (bool(sales) and set(sales) <= set(TillSale.values), _("what it sells is missing.")),
        (bool(means) and set(means) <= set(TillMeans.values), _("how it is paid is missing.")),
        (limit > 0, _("the most cash in hand must be more than 0.")),
        (1 <= days <= MOST_DAYS, _("it deposits at least every 1 to 31 days.")),
    )
    for is_right, why in facts:
        if not is_right:
            raise TillNotPossible(why=why)


def _in_order(chosen: Sequence[str], values: Sequence[str]) -> list[str]:
    return [one for one in values if one in set(chosen)]


@transaction.atomic
def name_duty(
    *, till_id: int, membership: Membership, duty: str, from_on: date, at: datetime, actor: str
) -> TillDuty:
    """Name someone to hold a till or to record there; a new manager takes the former one's place.

    Named twice for the same duty is named once.

    Raises:
        TillNotOpen: the till is closed.
        DutyRefused: not of the organisation, or its accountant.
    """
    till = locked_till(till_id)
    if till.closed_on is not None:
        raise TillNotOpen
    known = TillDuty.objects.filter(till=till, membership=membership, ended_on=None).first()
    if known is not None and known.duty == duty:
        return known
    replaced = TillDuty.objects.filter(till=till, ended_on=None)
    if duty == Duty.MANAGER:
        for former in replaced.filter(duty=Duty.MANAGER):
            _end(former, from_on)
    if known is not None:
        known.refresh_from_db()
        _end(known, from_on)
    named = _name(till, membership, duty, from_on)
    record(
        actor=actor, action="billing.till_duty_named", subject=f"till:{till.pk}", at=at,
        membership=membership.pk, duty=duty,
    )  # fmt: skip
    return named


@transaction.atomic
def end_duty(*, duty_id: int, on: date, at: datetime, actor: str) -> TillDuty:
    """End a deputy's naming; ending it twice keeps the first day. A manager is replaced instead.

    Raises:
        DutyRefused: it is the manager's.
    """
    till = locked_till(TillDuty.objects.get(pk=duty_id).till_id)
    held = TillDuty.objects.get(pk=duty_id)
    if held.duty == Duty.MANAGER:
        raise DutyRefused
    if held.ended_on is None:
        _end(held, on)
        record(
            actor=actor, action="billing.till_duty_ended", subject=f"till:{till.pk}", at=at,
            membership=held.membership_id,
        )  # fmt: skip
    return held


def _end(held: TillDuty, on: date) -> None:
    if held.ended_on is None:
        held.ended_on = max(on, held.from_on)
        held.save(update_fields=["ended_on"])


def _name(till: Till, membership: Membership, duty: str, from_on: date) -> TillDuty:
    keeps_books = Membership.objects.filter(
        user=membership.user_id,
        organisation=till.organisation_id,
        role=Role.ACCOUNTANT,
        ended_on=None,
    )
    if (
        membership.organisation_id != till.organisation_id
        or membership.role not in HOLDING
        or membership.ended_on is not None
        or keeps_books.exists()
    ):
        raise DutyRefused
    return TillDuty.objects.create(till=till, membership=membership, duty=duty, from_on=from_on)


@transaction.atomic
def close_till(*, till_id: int, act_number: str, on: date, at: datetime, actor: str) -> Till:
    """Close a till by an act, once it is empty and every month with a line is signed.

    Closed twice is closed once.

    Raises:
        TillReasonMissing: the act has no number.
        TillStillHolds: money is in hand, or a month is not signed.
    """
    till = locked_till(till_id)
    if till.closed_on is not None:
        return till
    if not act_number.strip():
        raise TillReasonMissing
    signed = set(
        TillMonth.objects.filter(till=till, state=MonthState.SIGNED).values_list("month", flat=True)
    )
    if any(in_hand(till).values()) or set(months_with_lines(till)) - signed:
        raise TillStillHolds
    till.closed_on, till.closing_act = max(on, till.opened_on), act_number.strip()
    till.save(update_fields=["closed_on", "closing_act"])
    record(
        actor=actor, action="billing.till_closed", subject=f"till:{till.pk}", at=at,
        act=till.closing_act,
    )  # fmt: skip
    return till
