"""Net94 as stored: 180,000 €, two years, seven towns, twenty-two requests. Names are invented.

Lines, funders and terms are those of the rules' own example; here they are written by services.
Each step does what is left to do of it: a journey may do one of each kind by the pages.
"""

import datetime as dt
from fractions import Fraction
from typing import Any

from django.db.models import Sum

from filiere.projects import queries, services
from filiere.projects.models import ProjectFile, Submission
from filiere.rules.financing.optimum import Objective, Optimum, Problem, optimise
from filiere.rules.financing.shape import Kind, Source, State
from tests.conftest import AT
from tests.rules.financing import net94 as rules

COST_CENTS, ASKED_CENTS, UNPROVED_CENTS = 18_000_000, 32_300_000, 123_456
DUE_ON, CAME_ON, BALANCE_ON = dt.date(2027, 3, 1), dt.date(2027, 5, 15), dt.date(2029, 2, 28)
FORMS = {
    Kind.EU: "feder_fse", Kind.STATE: "state_call", Kind.REGION: "common_grant",
    Kind.DEPARTEMENT: "departement", Kind.EPCI: "epci", Kind.COMMUNE: "commune",
    Kind.FOUNDATION: "foundation", Kind.PRIVATE: "sponsor",
}  # fmt: skip
OTHER_FORMS = {"FDVA": "fdva", "Politique de la ville": "common_grant"}
MILLION = 1_000_000


def act(at: dt.datetime) -> dict[str, Any]:
    return {"actor": "user:1", "at": at}


def costed(made: ProjectFile) -> None:
    """Write the lines of the budget that are not there yet."""
    known = set(made.lines.values_list("label", flat=True))
    for one in rules.lines():
        if one.key not in known:
            services.add_line(
                project_id=made.pk, nature=one.nature[:2], label=one.key, year=one.year,
                amount_cents=one.amount_cents, **act(AT),
            )  # fmt: skip


def scheme(one: Source) -> int:
    """Write the call a funder opens, with its terms; give its id."""
    terms = one.terms
    return services.save_scheme(
        external_key=one.key, funder_name=one.key, name=f"Soutien aux projets : {one.key}",
        kind=one.kind, form_key=OTHER_FORMS.get(one.key, FORMS[one.kind]), is_call=True,
        rate_max_ppm=_ppm(terms.rate_max), floor_cents=terms.floor_cents or None,
        eligible_natures=sorted(terms.eligible_natures), public_cap_ppm=_ppm(terms.public_cap),
        self_funding_min_ppm=_ppm(terms.self_funding_min),
        investment_max_ppm=_ppm(terms.investment_share_max), excludes=sorted(terms.excludes),
        opens_on=AT.date() - dt.timedelta(days=60), closes_on=terms.closes_on,
        source="exemple inventé", **act(AT),
    ).pk  # fmt: skip


def funded(made: ProjectFile) -> None:
    """Write down who may pay and is not there yet: twenty-two funders to ask, and what is sold."""
    known = set(made.sources.values_list("funder_name", flat=True))
    for one in rules.sources():
        if one.key not in known:
            services.add_source(
                project_id=made.pk, funder_name=one.key, kind=one.kind,
                asked_cents=one.amount_cents, regime=one.regime,
                scheme_id=scheme(one) if one.kind.needs_file else None,
                likely_percent=round(one.probability * 100), **act(AT),
            )  # fmt: skip


def best(made: ProjectFile, on: dt.date, objective: Objective) -> Optimum:
    """Find the best plan of that day."""
    plan = queries.plan_of(made.pk, headroom=queries.free_aid(made.carrier_id, on=on))
    return optimise(
        Problem(
            lines=plan.lines, sources=plan.sources, on=on, objective=objective,
            headroom=plan.headroom,
        )
    )  # fmt: skip


def shared_out(made: ProjectFile) -> None:
    """Say who would pay what if the likeliest said yes; what is asked does not change."""
    found = best(made, AT.date(), Objective.LARGEST_EXPECTED)
    assert found.plan is not None
    services.set_plan(
        project_id=made.pk,
        parts={(int(one.source), int(one.line)): one.cents for one in found.plan.allocations},
        **act(AT),
    )


def sent(made: ProjectFile) -> list[Submission]:
    """Send the requests that were not sent yet; give all of them."""
    for one in made.sources.filter(state="envisaged").order_by("pk"):
        if Kind(one.kind).needs_file:
            services.submit(source_id=one.pk, **act(AT))
    return list(Submission.objects.filter(source__project=made).order_by("pk"))


def answered(made: ProjectFile, at: dt.datetime) -> int:
    """Four refuse, three give less, two give all; give what the plan loses, in cents."""
    lost = 0
    for one in rules.answered():
        waiting = Submission.objects.filter(
            source__project=made, source__funder_name=one.key, reply="waiting"
        ).first()
        if one.state == State.ENVISAGED or waiting is None:
            continue
        granted = 0 if one.state == State.REFUSED else one.amount_cents
        lost += _replied(waiting, granted, at)
    return lost


def agreed(made: ProjectFile, at: dt.datetime) -> None:
    """Those the plan counts on grant what it counts on; the others refuse."""
    for one in made.sources.filter(state__in=["asked", "envisaged"]).order_by("pk"):
        cents = one.allocations.aggregate(sum=Sum("cents"))["sum"] or 0
        if Kind(one.kind).needs_file:
            _replied(one.submissions.get(), cents, at)
        elif cents:
            services.record_award(
                source_id=one.pk, granted_cents=cents, answered_on=at.date(), **act(at)
            )


def paid(made: ProjectFile, at: dt.datetime) -> None:
    """Half at signature, half after the report; what is due in March comes in May, but the State's."""
    for one in made.sources.filter(state="notified", schedule=None).order_by("pk"):
        half = one.amount_cents // 2
        parts = (("advance", DUE_ON, half), ("balance", BALANCE_ON, one.amount_cents - half))
        dues = services.schedule_payments(
            source_id=one.pk,
            dues=[services.DueWanted(kind=kind, due_on=day, amount_cents=cents)
                  for kind, day, cents in parts],
            **act(at),
        )  # fmt: skip
        if one.kind != "state":
            services.record_payment(
                source_id=one.pk, amount_cents=half, received_on=CAME_ON, key="1",
                scheduled_id=dues[0].pk, **act(at),
            )  # fmt: skip


def proved(made: ProjectFile, at: dt.datetime) -> None:
    """Write every cost that is not proved yet; the last line lacks a bill of 1,234.56 €."""
    lines = list(made.lines.order_by("position"))
    last = max(lines, key=lambda one: (one.year, one.position))
    for one in lines:
        if not one.tags.exists():
            services.prove_by_cost(
                line_id=one.pk, label=f"Dépense : {one.label}",
                spent_on=dt.date(one.year, 12, 31),
                amount_cents=one.amount_cents - (UNPROVED_CENTS if one == last else 0), **act(at),
            )  # fmt: skip


def _replied(request: Submission, granted: int, at: dt.datetime) -> int:
    """Note an answer; give the gap it leaves."""
    reply = "refused"
    if granted:
        reply = "accepted" if granted == request.asked_cents else "reduced"
    return services.record_reply(
        submission_id=request.pk, reply=reply, replied_on=at.date(),
        granted_cents=granted if reply == "reduced" else None, **act(at),
    )  # fmt: skip


def _ppm(rate: Fraction | None) -> int | None:
    """Give a share in millionths, rounded down; what binds nobody is not stated."""
    return None if rate in (None, 0, 1) else int(rate * MILLION)
