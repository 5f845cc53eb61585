"""The real figures of one organisation beside the thresholds of the law. Integer euro cents.

Only what passed through Filière is known: what was sold elsewhere is typed by who asks. A decision
aid. Reads every app below and writes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Q, Sum

from filiere.accounts.models import Organisation, OrganisationKind
from filiere.agreements.models import Agreement
from filiere.billing.models import Charge, ChargeState
from filiere.kernel.calendar import bounds_of_day
from filiere.projects import queries as projects
from filiere.projects.models import (
    AidRegime,
    FundingKind,
    FundingSource,
    GrantPayment,
    ProjectFile,
    SourceState,
)
from filiere.rules import parameters
from filiere.rules.aid_regimes import Aid, Headroom
from filiere.rules.compliance import Figure, Watch, watch, watch_aid
from filiere.rules.parameters import ParameterNotInForce

PUBLIC_BODIES = frozenset(
    {
        OrganisationKind.COMMUNE, OrganisationKind.EPCI, OrganisationKind.DEPARTEMENT,
        OrganisationKind.REGION, OrganisationKind.STATE,
    }
)  # fmt: skip
PUBLIC_MONEY = (
    FundingKind.EU, FundingKind.STATE, FundingKind.REGION, FundingKind.DEPARTEMENT,
    FundingKind.EPCI, FundingKind.COMMUNE,
)  # fmt: skip
GRANTED = (
    SourceState.NOTIFIED, SourceState.CONTRACTED, SourceState.PAID, SourceState.SETTLED,
)  # fmt: skip
NOT_FOR_PROFIT = frozenset(
    {OrganisationKind.ASSOCIATION, OrganisationKind.FOUNDATION, OrganisationKind.UNKNOWN}
)
SMALL_AID = (AidRegime.DE_MINIMIS, AidRegime.DE_MINIMIS_SGEI)


@dataclass(frozen=True, slots=True)
class YearFigures:
    """What Filière knows of an organisation's civil year; ``largest_funder`` blank without one."""

    year: int
    sold_cents: int
    sold_before_cents: int
    largest_funder: str
    largest_granted_cents: int
    subsidies_paid_cents: int


@dataclass(frozen=True, slots=True)
class Ending:
    """An agreement, or the funding of a project, that ends soon."""

    title: str
    ends_on: date
    amount_cents: int | None
    project_id: int | None = None


@dataclass(frozen=True, slots=True)
class Compliance:
    """All that is watched, those that matter most first."""

    figures: YearFigures
    watched: tuple[Watch, ...]
    headrooms: tuple[Headroom, ...]
    endings: tuple[Ending, ...]


def compliance_of(
    organisation: Organisation,
    *,
    on: date,
    elsewhere_cents: int = 0,
    elsewhere_before_cents: int = 0,
    verified: frozenset[str] = frozenset(),
) -> Compliance:
    """Compare an organisation with the thresholds in force on a day. Nine queries at most.

    Args:
        elsewhere_cents: sold outside Filière in the year of ``on``; ``_before`` in the one before.
        verified: sign keys of the figures somebody confirmed.
    """
    known = year_figures(organisation.pk, on=on)
    headrooms = []
    for regime in SMALL_AID:
        try:
            headrooms.append(projects.headroom_of(organisation.pk, regime, on=on))
        except ParameterNotInForce:
            continue
    wanted = _figures(organisation, known, elsewhere_cents, elsewhere_before_cents)
    watched = [*watch(wanted, on, verified), *(watch_aid(one) for one in headrooms)]
    order = ["above", "near", "unknown", "far"]
    watched.sort(key=lambda one: order.index(one.level))
    return Compliance(known, tuple(watched), tuple(headrooms), endings_of(organisation.pk, on=on))


def _figures(
    organisation: Organisation, known: YearFigures, elsewhere: int, before: int
) -> Mapping[Figure, int]:
    """Choose what is watched: a public body has no franchise, a company no subsidy of the law."""
    if organisation.kind in PUBLIC_BODIES:
        return {}
    sold, sold_before = known.sold_cents + elsewhere, known.sold_before_cents + before
    found = {Figure.VAT_SERVICES: sold, Figure.VAT_SERVICES_BEFORE: sold_before}
    if organisation.kind in NOT_FOR_PROFIT:
        found = {Figure.LUCRATIVE_RECEIPTS: sold} | found
        found[Figure.SUBSIDY_OF_ONE] = known.largest_granted_cents
        found[Figure.SUBSIDIES] = max(0, known.subsidies_paid_cents)
    return found


def year_figures(organisation_id: int, *, on: date) -> YearFigures:
    """Give what was sold, granted and paid in the civil year of a day. Four queries."""
    largest = (
        FundingSource.objects.filter(
            project__carrier=organisation_id, kind__in=PUBLIC_MONEY, state__in=GRANTED,
            answered_on__year=on.year,
        )
        .values("funder_name")
        .annotate(cents=Sum("granted_cents"))
        .order_by("-cents", "funder_name")
        .first()
    )  # fmt: skip
    paid = GrantPayment.objects.filter(
        source__project__carrier=organisation_id, source__kind__in=PUBLIC_MONEY,
        received_on__year=on.year,
    ).aggregate(cents=Sum("amount_cents"))  # fmt: skip
    return YearFigures(
        year=on.year,
        sold_cents=_sold(organisation_id, on.year),
        sold_before_cents=_sold(organisation_id, on.year - 1),
        largest_funder=largest["funder_name"] if largest else "",
        largest_granted_cents=(largest["cents"] or 0) if largest else 0,
        subsidies_paid_cents=paid["cents"] or 0,
    )


def _bounds_of_year(year: int) -> tuple[datetime, datetime]:
    return bounds_of_day(date(year, 1, 1))[0], bounds_of_day(date(year + 1, 1, 1))[0]


def _sold(organisation_id: int, year: int) -> int:
    """Give the price of the sessions of a year, refunded and cancelled ones left out."""
    first, last = _bounds_of_year(year)
    charges = Charge.objects.filter(
        provider=organisation_id, state__in=[ChargeState.OPEN, ChargeState.SPLIT],
        raised_at__gte=first, raised_at__lt=last,
    )  # fmt: skip
    return charges.aggregate(cents=Sum("price_cents"))["cents"] or 0


def endings_of(organisation_id: int, *, on: date) -> tuple[Ending, ...]:
    """Give the agreements and funded projects that end within the time of the first warning."""
    days = parameters.whole("staff.alert_first_days", on)
    last = date.fromordinal(on.toordinal() + days)
    agreements = Agreement.objects.filter(
        Q(promiser=organisation_id) | Q(counterpart=organisation_id),
        signed_at__isnull=False, ends_on__gte=on, ends_on__lte=last,
    ).order_by("ends_on", "pk")  # fmt: skip
    funded = (
        ProjectFile.objects.filter(carrier=organisation_id, ends_on__gte=on, ends_on__lte=last)
        .annotate(granted=Sum("sources__granted_cents", filter=Q(sources__state__in=GRANTED)))
        .filter(granted__gt=0)
        .order_by("ends_on", "pk")
    )
    found = [Ending(one.title, one.ends_on, None) for one in agreements if one.ends_on]
    found += [Ending(one.title, one.ends_on, one.granted, one.pk) for one in funded]
    return tuple(sorted(found, key=lambda one: one.ends_on))


def aid_to_declare(organisation: Organisation) -> list[Aid]:
    """Give the small aid of one organisation, named as the central register names it."""
    named = organisation.siret or organisation.siren or organisation.name
    found = projects.aid_received(frozenset({organisation.pk}))
    return [replace(one, undertaking=named) for one in found]
