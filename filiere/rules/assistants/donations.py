"""Gifts: what comes back to a person or a company, and when a gift is none.

Amounts are integer euro cents. Source: CGI, art. 200 and 238 bis; see ``filiere.rules.donations``.
"""

from datetime import date

from filiere.rules import donations, parameters
from filiere.rules.assistants.case import Assistant, Case, ImpossibleAnswer
from filiere.rules.assistants.shape import Advice, Verdict
from filiere.rules.assistants.sheets import sheet
from filiere.rules.donations import Carried, CompanyReduction, Purpose

HIGH_STEP = "donation.company_high_step_cents"


def _is_in_force(key: str, on: date) -> bool:
    try:
        parameters.in_force(key, on)
    except parameters.ParameterNotInForce:
        return False
    return True


def _too_much_back(case: Case, on: date) -> Advice | None:
    """Stop when what the donor receives makes the gift a price."""
    back = case.whole("back")
    if not back:
        case.step("nothing_back", passed=True)
        return None
    is_individual = case.choice("donor") == "individual"
    allowed = donations.compensation_allowed(
        gift_cents=case.whole("gift"), on=on, individual=is_individual
    )
    case.use_ratio("donation.compensation_rate", on)
    if is_individual:
        case.use("donation.compensation_individual_cents", on)
    fine = back <= allowed
    case.step("small_back" if fine else "large_back", fine, back_cents=back, allowed_cents=allowed)
    if fine:
        return None
    return case.advice(
        Verdict.STOP, "is_a_price", would_change=("give_less_back",), allowed_cents=allowed
    )


def _conclude(case: Case, reduction: int, over: int, past: int = 0) -> Advice:
    gift = case.whole("gift") + past
    case.figures |= {
        "reduction_cents": reduction, "net_cents": gift - reduction, "over_cents": over,
    }  # fmt: skip
    return case.advice(
        Verdict.CAUTION if over else Verdict.CLEAR,
        "gives_back_with_past" if past else "gives_back",
        would_change=("other_date", "spread") if over else ("other_date",),
        reduction_cents=reduction,
        net_cents=gift - reduction,
    )


def _individual(case: Case, on: date) -> Advice:
    purpose = Purpose(case.choice("purpose"))
    found = donations.individual_reduction(
        gift_cents=case.whole("gift"),
        taxable_income_cents=case.whole("income"),
        purpose=purpose,
        on=on,
        counted_before_cents=case.whole("before", 0),
        high_rate_before_cents=case.whole("high_before", 0),
    )
    if purpose in donations.AID_TO_PERSONS:
        case.step(
            "aid_rate",
            aid_rate=case.use_ratio("donation.aid_to_persons_rate", on),
            aid_cents=case.use("donation.aid_to_persons_ceiling_cents", on),
        )
    elif purpose == Purpose.DIGITAL_INCLUSION:
        case.step("digital_is_no_aid")
    case.step(
        "individual_rate",
        gift_rate=case.use_ratio("donation.individual_rate", on),
        income_rate=case.use_ratio("donation.individual_ceiling_rate", on),
    )
    if found.over_cents:
        case.step("over_income", passed=False, over_cents=found.over_cents)
    return _conclude(case, found.reduction_cents, found.over_cents)


def _left_over(case: Case) -> tuple[Carried, ...]:
    """Give what is left of a past year; it had the ordinary rate."""
    left = case.whole("left_over", 0)
    if not left:
        return ()
    closed_on = case.day("left_from")
    rate = parameters.ratio("donation.company_rate", closed_on)
    return (Carried(closed_on, left, rate),)


def _tell_of_the_past(case: Case, found: CompanyReduction, on: date) -> None:
    if found.used_before_cents:
        case.step("left_used", used_cents=found.used_before_cents)
    if found.lost_cents:
        years = case.use("donation.carry_years", on)
        case.step("left_lost", passed=False, lost_cents=found.lost_cents, years=years)


def _company(case: Case, on: date) -> Advice:
    past = _left_over(case)
    if any(part.closed_on >= on for part in past):
        raise ImpossibleAnswer("left_from")
    found = donations.company_reduction(
        gifts_cents=case.whole("gift"),
        turnover_cents=case.whole("turnover"),
        closed_on=on,
        carried=past,
    )
    case.step("company_rate", gift_rate=case.use_ratio("donation.company_rate", on))
    if _is_in_force(HIGH_STEP, on):
        case.step(
            "company_high",
            step_cents=case.use(HIGH_STEP, on),
            high_rate=case.use_ratio("donation.company_high_rate", on),
        )
    over = sum(part.amount_cents for part in found.carried)
    case.step(
        "company_ceiling",
        not over,
        closed_on=on,
        ceiling_cents=found.ceiling_cents,
        turnover_rate=case.use_ratio("donation.company_ceiling_rate", on),
        floor_cents=case.use("donation.company_floor_ceiling_cents", on),
    )
    _tell_of_the_past(case, found, on)
    if over:
        case.step("carried", over_cents=over, years=case.use("donation.carry_years", on))
    case.figures["ceiling_cents"] = found.ceiling_cents
    return _conclude(case, found.reduction_cents, over, found.used_before_cents)


def walk(case: Case) -> Advice:
    """Judge a gift: who receives, what comes back, then rate and ceiling at its date."""
    if not case.yes("general_interest"):
        case.step("not_general_interest", passed=False)
        return case.advice(Verdict.STOP, "no_receipt", would_change=("become_general_interest",))
    case.step("general_interest", passed=True)
    is_individual = case.choice("donor") == "individual"
    on = case.day("given_on" if is_individual else "closed_on")
    stopped = _too_much_back(case, on)
    if stopped:
        return stopped
    return _individual(case, on) if is_individual else _company(case, on)


ASSISTANTS = (Assistant(sheet("donations"), walk),)
