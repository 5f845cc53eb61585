"""The end of a post's funding: its day, its sum, and when to act.

Amounts are integer euro cents a month. Source: arithmetic; see ``filiere.rules.staff``.
"""

from filiere.rules.assistants.case import Assistant, Case, ImpossibleAnswer
from filiere.rules.assistants.shape import Advice, Verdict
from filiere.rules.assistants.sheets import sheet
from filiere.rules.staff import Post, alert_days, cliffs

ALERTS = ("staff.alert_first_days", "staff.alert_second_days", "staff.alert_last_days")
WAYS = ("new_funding", "share_post")


def _mission_is_allowed(case: Case) -> bool:
    """Say what bears on the status; a civic-service mission may not stand for a post."""
    if case.choice("status") != "civic_service":
        case.step("usual")
        return True
    case.step("civic_service")
    replaces = case.yes("replaces")
    case.step("civic_replaces_nobody", not replaces)
    return not replaces


def walk(case: Case) -> Advice:
    """Judge one post on the day asked."""
    if not _mission_is_allowed(case):
        return case.advice(Verdict.STOP, "other_mission", would_change=("share_post",))
    cost, funded, until = case.whole("cost"), case.whole("funded"), case.day("funded_until")
    stays = case.yes("stays")
    if funded > cost:
        raise ImpossibleAnswer("funded")
    case.step("funding", funded_cents=funded, cost_cents=cost, funded_until=until)
    post = Post("", cost, funded, until, None if stays else until)
    found = cliffs([post], case.on)
    if not found:
        return case.advice(Verdict.STOP, "over", would_change=WAYS, funded_until=until)
    cliff = found[0]
    case.figures |= {"cliff_on": cliff.on, "more_a_month_cents": cliff.more_a_month_cents}
    case.step("cliff" if stays else "ends", cliff_on=cliff.on, funded_cents=funded)
    for key in ALERTS:
        case.use(key)
    first, second, last = alert_days(until, case.on)
    case.step("alerts", first_on=first, second_on=second, last_on=last)
    case.figures["first_on"] = first
    if case.on < first:
        return case.advice(Verdict.CLEAR, "in_time", would_change=WAYS, first_on=first)
    return case.advice(Verdict.CAUTION, "soon", would_change=WAYS, funded_until=until)


ASSISTANTS = (Assistant(sheet("subsidised_post"), walk),)
