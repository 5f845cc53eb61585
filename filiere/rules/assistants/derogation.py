"""The three-year derogation: is it agreed, does it run, when does it end.

Source: Restitution des débats, 2018: a right that was envisaged. Nothing found opens it to all, so
the answer is never a green light.
"""

from datetime import timedelta

from filiere.rules.assistants.case import Assistant, Case
from filiere.rules.assistants.shape import Advice, Verdict
from filiere.rules.assistants.sheets import sheet
from filiere.rules.spans import years_after

WAYS = ("ask_accountant", "ordinary_till")


def walk(case: Case) -> Advice:
    """Judge a derogation on the day asked."""
    case.step("envisaged")
    agreed = case.yes("agreed")
    case.step("agreed" if agreed else "not_agreed", agreed)
    if not agreed:
        return case.advice(Verdict.STOP, "none", would_change=WAYS)
    starts_on = case.day("starts_on")
    years = case.use("derogation.years", starts_on)
    last_on = years_after(starts_on, years) - timedelta(days=1)
    alert_on = last_on - timedelta(days=case.use("derogation.alert_days", starts_on))
    case.figures |= {"last_on": last_on, "alert_on": alert_on}
    case.step("until", case.on <= last_on, years=years, starts_on=starts_on, last_on=last_on)
    if case.on > last_on:
        return case.advice(Verdict.STOP, "ended", would_change=WAYS, last_on=last_on)
    if case.on < starts_on:
        return case.advice(
            Verdict.STOP, "starts_later", would_change=("ordinary_till",), starts_on=starts_on
        )
    case.step("alert", case.on < alert_on, alert_on=alert_on)
    headline = "runs" if case.on < alert_on else "ends_soon"
    return case.advice(Verdict.CAUTION, headline, would_change=WAYS, last_on=last_on)


ASSISTANTS = (Assistant(sheet("derogation"), walk),)
