"""What subsidies oblige to: a written agreement, a report, published and audited accounts.

Amounts are integer euro cents. Source: décret 2001-495; loi 2000-321, art. 10; Code de commerce,
art. L. 612-4; ``subsidy.*`` in ``data/parameters.yaml``.
"""

from calendar import monthrange
from datetime import date

from filiere.rules.assistants.case import Assistant, Case
from filiere.rules.assistants.shape import Advice, Verdict
from filiere.rules.assistants.sheets import sheet

PLEDGE_FROM = date(2022, 1, 2)


def months_after(day: date, months: int) -> date:
    """Give the day some months later; the end of a month stays the end of a month.

    >>> months_after(date(2025, 12, 31), 6), months_after(date(2025, 8, 31), 6)
    (datetime.date(2026, 6, 30), datetime.date(2026, 2, 28))
    """
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    last = monthrange(year, month + 1)[1]
    at_end = day.day == monthrange(day.year, day.month)[1]
    return date(year, month + 1, last if at_end else min(day.day, last))


def _agreement(case: Case) -> bool:
    from_one, limit = case.whole("from_one"), case.use("subsidy.agreement_cents")
    signed = case.yes("agreement")
    if from_one <= limit:
        name, held = "small", True
    else:
        name, held = ("agreement", True) if signed else ("no_agreement", False)
    case.step(name, held, from_one_cents=from_one, limit_cents=limit)
    return held


def _accounts(case: Case) -> bool:
    total, limit = case.whole("total"), case.use("subsidy.accounts_cents")
    if total <= limit:
        case.step("under_accounts", True, total_cents=total, limit_cents=limit)
        return True
    months = case.use("subsidy.publication_months")
    case.step("accounts", None, total_cents=total, limit_cents=limit, months=months)
    audited = case.yes("audited")
    case.step("audited" if audited else "not_audited", audited)
    return audited


def walk(case: Case) -> Advice:
    """Judge the three duties; any that is missing today stops."""
    agreement, accounts = _agreement(case), _accounts(case)
    due_on = months_after(case.day("year_end"), case.use("subsidy.report_months"))
    reported = case.yes("reported")
    late = not reported and case.on > due_on
    if reported:
        case.step("reported", True)
    else:
        case.step("report_late" if late else "report_coming", not late, due_on=due_on)
    if case.on >= PLEDGE_FROM:
        case.step("pledge")
    case.figures["due_on"] = due_on
    wanted = [
        name
        for name, lacks in (
            ("sign", not agreement),
            ("send_report", not reported),
            ("appoint", not accounts),
        )
        if lacks
    ]
    if not agreement or not accounts or late:
        return case.advice(Verdict.STOP, "missing_now", would_change=wanted)
    if not reported:
        return case.advice(Verdict.CAUTION, "to_come", would_change=wanted, due_on=due_on)
    return case.advice(Verdict.CLEAR, "in_order", would_change=("cross",))


ASSISTANTS = (Assistant(sheet("subsidies"), walk),)
