"""The five new forms: what each asks first, and what a touring seat costs.

Amounts are integer euro cents, rounded down. Source: Restitution des débats, 2018.
"""

from filiere.rules.assistants.case import Assistant, Case, ImpossibleAnswer
from filiere.rules.assistants.shape import Advice, Verdict
from filiere.rules.assistants.sheets import sheet

SPOKEN = frozenset(
    {
        "carrier_agrees", "not_carrier_agrees", "written_method", "not_written_method",
        "at_home", "not_at_home",
    }
)  # fmt: skip
"""Sentences named after the answer."""


def touring_costs(*, cost_cents: int, days: int, seats: int, sessions: int) -> tuple[int, int]:
    """Give what a day on the road costs, and a seat for one session, in euro cents.

    Args:
        cost_cents: cost of a year, >= 0.
        days: days on the road a year, >= 1.
        seats: seats aboard, >= 1.
        sessions: sessions a day, >= 1.

    Raises:
        ValueError: an argument is outside its range.

    >>> touring_costs(cost_cents=30_000_000, days=184, seats=12, sessions=2)
    (163043, 6793)
    """
    if cost_cents < 0 or min(days, seats, sessions) < 1:
        raise ValueError(f"out of range: {cost_cents}, {days}, {seats}, {sessions}")
    return cost_cents // days, cost_cents // (days * seats * sessions)


def _yes_step(case: Case, key: str) -> bool:
    is_met = case.yes(key)
    case.step(key if is_met else f"not_{key}", is_met)
    return is_met


def _touring(case: Case) -> bool:
    cost, days, seats, sessions = (case.whole(key) for key in ("cost", "days", "seats", "sessions"))
    for key in ("days", "seats", "sessions"):
        if not case.whole(key):
            raise ImpossibleAnswer(key)
    day, seat = touring_costs(cost_cents=cost, days=days, seats=seats, sessions=sessions)
    case.figures |= {"day_cents": day, "seat_cents": seat}
    case.step("touring_cost", day_cents=day, seat_cents=seat)
    case.step("touring_example")
    return True


def _network(case: Case) -> bool:
    is_fragile = case.yes("all_fragile")
    case.step("network_fragile" if is_fragile else "network_sturdy", not is_fragile)
    return not is_fragile


def _is_ready(case: Case) -> bool:
    match case.choice("form"):
        case "carrying":
            case.step("carrying")
            return _yes_step(case, "carrier_agrees")
        case "network":
            return _network(case)
        case "franchise":
            case.step("franchise_example")
            case.step("franchise_warning")
            return _yes_step(case, "written_method")
        case "touring":
            return _touring(case)
        case _:
            return _yes_step(case, "at_home")


def walk(case: Case) -> Advice:
    """Judge one form; never more than worth trying, since each depends on its territory."""
    is_ready = _is_ready(case)
    case.step("support")
    if is_ready:
        return case.advice(Verdict.CAUTION, "worth_trying", would_change=("other_form",))
    return case.advice(Verdict.STOP, "prepare_first", would_change=("settle_point", "other_form"))


ASSISTANTS = (Assistant(sheet("new_form"), walk),)
