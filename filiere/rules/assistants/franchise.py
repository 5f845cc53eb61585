"""The threshold of lucrative receipts of associations: by year, by tax, and a cliff.

Amounts are integer euro cents. Source: CGI, art. 206, 1 bis; ``association.franchise_cents``.
"""

from datetime import date

from filiere.rules import parameters
from filiere.rules.assistants.case import Assistant, Case
from filiere.rules.assistants.shape import Advice, Verdict
from filiere.rules.assistants.sheets import sheet

KEY = "association.franchise_cents"
EVENTS_KNOWN_FROM = date(2018, 1, 1)


def threshold_year(closed_on: date) -> int:
    """Give the year whose threshold holds for an accounting year, for corporate tax.

    Source: CGI, art. 206, 1 bis: the threshold of year N holds for years ended from 31 December of
    N − 1.

    >>> threshold_year(date(2024, 12, 30)), threshold_year(date(2024, 12, 31))
    (2024, 2025)
    """
    last = (closed_on.month, closed_on.day) == (12, 31)
    return closed_on.year + (1 if last else 0)


def _held_year(case: Case) -> int:
    tax = case.choice("tax")
    if tax == "corporate":
        closed_on = case.day("closed_on")
        year = threshold_year(closed_on)
        case.step("closing_rule", threshold_year=year, closed_on=closed_on)
        return year
    year = case.year("year")
    case.step("vat_rule" if tax == "vat" else "year_rule", threshold_year=year)
    return year


def _conditions(case: Case) -> bool:
    for key in ("disinterested", "preponderant"):
        held = case.yes(key)
        case.step(key if held else f"not_{key}", held)
        if not held:
            return False
    return True


def walk(case: Case) -> Advice:
    """Judge the threshold: three conditions that must all hold, then the cliff."""
    if not _conditions(case):
        return case.advice(Verdict.STOP, "no_franchise", would_change=("restore", "sectorise"))
    year = _held_year(case)
    on = date(year, 1, 1)
    threshold = case.use(KEY, on)
    held = parameters.in_force(KEY, on)
    case.figures |= {"threshold_cents": threshold, "threshold_year": year}
    if held.is_unconfirmed:
        case.step(
            "unconfirmed",
            threshold_year=year,
            known_year=held.since.year,
            threshold_cents=threshold,
        )
    if case.on >= EVENTS_KNOWN_FROM:
        case.step("events", events=parameters.whole("association.fund_raising_events", case.on))
    receipts = case.whole("receipts")
    under = receipts <= threshold
    case.step(
        "under" if under else "over", under, receipts_cents=receipts, threshold_cents=threshold
    )
    highest = receipts
    if case.choice("tax") == "vat":
        before = case.whole("receipts_before")
        fine = before <= threshold
        case.step(
            "under_before" if fine else "over_before",
            fine,
            receipts_cents=before,
            threshold_cents=threshold,
        )
        highest = max(receipts, before)
    case.step("cliff")
    margin = threshold - highest
    case.figures["margin_cents"] = margin
    if margin < 0:
        return case.advice(
            Verdict.STOP,
            "exceeded_unconfirmed" if held.is_unconfirmed else "exceeded",
            would_change=("stay_under", "sectorise"),
            excess_cents=-margin,
            threshold_cents=threshold,
        )
    return case.advice(
        Verdict.CLEAR,
        "applies",
        would_change=("stay_under",),
        margin_cents=margin,
        threshold_cents=threshold,
    )


ASSISTANTS = (Assistant(sheet("franchise"), walk),)
