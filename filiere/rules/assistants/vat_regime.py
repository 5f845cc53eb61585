"""Which regime of value added tax, by nature and by receipts, and the sentence of the invoice.

Amounts are integer euro cents. Source: CGI, art. 293 B; ``vat_franchise.*``; what is written comes
from ``filiere.rules.vat``, the same words as on invoices.
"""

from datetime import date
from fractions import Fraction

from filiere.rules.assistants.case import Assistant, Case
from filiere.rules.assistants.shape import Advice, Verdict
from filiere.rules.assistants.sheets import sheet
from filiere.rules.vat import Treatment, wordings

SINGLE_THRESHOLD_YEAR = 2025
LAST_CONFIRMED = date(2025, 12, 31)


def _exempt(case: Case, treatment: Treatment, why: str) -> Advice:
    case.step("economic")
    case.step(why, True)
    case.step("not_293b")
    return case.advice(
        Verdict.CLEAR,
        "write",
        would_change=("become_lucrative",),
        mention=wordings()[treatment].mention,
    )


def _charged(case: Case) -> Advice:
    normal: Fraction = case.use_ratio("vat.normal_rate")
    if case.choice("nature") == "services":
        case.step("home_help", None, normal_rate=normal)
    return case.advice(Verdict.CLEAR, "charge", would_change=("fall_back",), normal_rate=normal)


def _by_receipts(case: Case) -> Advice:
    case.step("economic")
    case.step("not_exempt")
    nature = case.choice("nature")
    threshold = case.use(f"vat_franchise.{nature}_cents")
    tolerance = case.use(f"vat_franchise.{nature}_tolerance_cents")
    case.figures |= {"threshold_cents": threshold, "tolerance_cents": tolerance}
    if case.on.year == SINGLE_THRESHOLD_YEAR:
        case.step("single_threshold")
    if case.on > LAST_CONFIRMED:
        case.step("bill")
    before, now = case.whole("receipts_before"), case.whole("receipts")
    fine = before <= threshold
    case.step(
        "before_under" if fine else "before_over",
        fine,
        receipts_cents=before,
        threshold_cents=threshold,
    )
    if not fine:
        return _charged(case)
    fine = now <= tolerance
    case.step(
        "now_under" if fine else "now_over", fine, receipts_cents=now, tolerance_cents=tolerance
    )
    if not fine:
        return _charged(case)
    if now > threshold:
        case.step("next_year", False, threshold_cents=threshold, tolerance_cents=tolerance)
    return case.advice(
        Verdict.CLEAR if now <= threshold else Verdict.CAUTION,
        "write",
        would_change=("over_threshold", "option"),
        mention=wordings()[Treatment.FRANCHISE].mention,
    )


def walk(case: Case) -> Advice:
    """Judge the regime: outside, exempt by nature, under the limits, or taxed."""
    if not case.yes("economic"):
        case.step("outside", True)
        return case.advice(
            Verdict.CLEAR, "write", mention=wordings()[Treatment.NOT_SUBJECT].mention
        )
    exempt = case.choice("exempt")
    if exempt == "association":
        return _exempt(case, Treatment.ASSOCIATION, "exempt_association")
    if exempt == "training":
        return _exempt(case, Treatment.TRAINING, "exempt_training")
    return _by_receipts(case)


ASSISTANTS = (Assistant(sheet("vat_regime"), walk),)
