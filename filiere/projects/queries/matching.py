"""Which schemes suit a project, and why: reasons for and against, never a bare yes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from filiere.accounts.models import OrganisationKind
from filiere.projects.models import ProjectFile, Recurrence, Scheme
from filiere.rules.text import fold
from filiere.territories.queries import contains

# How lists name those who may ask; the words are folded.
BENEFICIARIES: dict[str, tuple[str, ...]] = {
    OrganisationKind.ASSOCIATION: ("associations",),
    OrganisationKind.FOUNDATION: ("associations", "fondations"),
    OrganisationKind.COMPANY: ("entreprises privees",),
    OrganisationKind.COOPERATIVE: ("entreprises privees", "cooperatives"),
    OrganisationKind.COMMUNE: ("communes",),
    OrganisationKind.EPCI: ("intercommunalites",),
    OrganisationKind.DEPARTEMENT: ("departements",),
    OrganisationKind.REGION: ("regions",),
    OrganisationKind.STATE: ("etablissements publics", "services de l etat"),
    OrganisationKind.OPERATOR: ("etablissements publics",),
}
MONEY = ("subvention", "autre aide financiere", "avance recuperable", "pret")


class Reason(StrEnum):
    """One thing that speaks for a scheme, or against it."""

    FOR_YOUR_KIND = "for_your_kind"
    GIVES_MONEY = "gives_money"
    OPEN = "open"
    ALWAYS_OPEN = "always_open"
    COVERS_YOU = "covers_you"
    YOUR_PUBLICS = "your_publics"
    NOT_YOUR_KIND = "not_your_kind"
    NO_MONEY = "no_money"
    CLOSED = "closed"
    NOT_OPEN_YET = "not_open_yet"
    ELSEWHERE = "elsewhere"
    OTHER_PUBLICS = "other_publics"


REASON_WORDS: dict[Reason, str | Promise] = {
    Reason.FOR_YOUR_KIND: _("Open to organisations like yours."),
    Reason.GIVES_MONEY: _("It gives money."),
    Reason.OPEN: _("Still open."),
    Reason.ALWAYS_OPEN: _("It can be asked at any time."),
    Reason.COVERS_YOU: _("It covers your territory."),
    Reason.YOUR_PUBLICS: _("It is for the people you help."),
    Reason.NOT_YOUR_KIND: _("Not open to organisations like yours."),
    Reason.NO_MONEY: _("It gives advice, not money."),
    Reason.CLOSED: _("Closed."),
    Reason.NOT_OPEN_YET: _("Not open yet."),
    Reason.ELSEWHERE: _("It is for another territory."),
    Reason.OTHER_PUBLICS: _("It is for other people."),
}


@dataclass(frozen=True, slots=True)
class SchemeMatch:
    """One scheme beside one project: what speaks for it, and what stands in the way."""

    scheme: Scheme
    reasons: tuple[Reason, ...]
    obstacles: tuple[Reason, ...]

    @property
    def is_possible(self) -> bool:
        """Whether nothing that is known stands in the way."""
        return not self.obstacles


def schemes_for(project_id: int, *, on: date) -> list[SchemeMatch]:
    """Match every scheme with a project: possible ones first, soonest closed first.

    What a list does not say speaks neither for nor against.
    """
    project = ProjectFile.objects.select_related("carrier").get(pk=project_id)
    places = list(project.territories.order_by("pk").values_list("pk", flat=True))
    covered: dict[int, bool] = {}
    matches = []
    for scheme in all_schemes():
        there = scheme.territory_id
        if there is not None and there not in covered:
            covered[there] = any(there == one or contains(there, one) for one in places)
        matches.append(
            _match(
                scheme,
                project,
                on,
                covers=None if there is None or not places else covered[there],
            )
        )
    return sorted(matches, key=lambda one: _order(one, on))


def all_schemes() -> QuerySet[Scheme]:
    """Give the whole catalogue, by name."""
    return Scheme.objects.select_related("territory").order_by("name", "pk")


def search_schemes(*, text: str = "", kind: str = "", open_on: date | None = None) -> list[int]:
    """Give the ids of the schemes whose name or funder holds every word, by name.

    Args:
        text: words, accents and case apart; blank: all.
        kind: one of ``FundingKind``; blank: all.
        open_on: leave out those that are closed, or not open yet, on that day.
    """
    found = all_schemes()
    if kind:
        found = found.filter(kind=kind)
    if open_on is not None:
        found = found.exclude(closes_on__lt=open_on).exclude(opens_on__gt=open_on)
    words = fold(text).split()
    rows = found.values_list("pk", "name", "funder_name")
    if not words:
        return [pk for pk, _name, _funder in rows]
    return [
        pk for pk, name, funder in rows
        if all(word in fold(f"{name} {funder}") for word in words)
    ]  # fmt: skip


def schemes_by_id(ids: Sequence[int]) -> list[Scheme]:
    """Give schemes in the order of their ids."""
    found = Scheme.objects.select_related("territory").in_bulk(list(ids))
    return [found[pk] for pk in ids]


def _order(match: SchemeMatch, on: date) -> tuple[object, ...]:
    last = match.scheme.closes_on or date.max
    return (len(match.obstacles), -len(match.reasons), last < on, last, match.scheme.name)


def _match(scheme: Scheme, project: ProjectFile, on: date, *, covers: bool | None) -> SchemeMatch:
    judged = [
        _kind(scheme, project),
        _money(scheme),
        _time(scheme, on),
        None if covers is None else (Reason.COVERS_YOU if covers else Reason.ELSEWHERE),
        _publics(scheme, project),
    ]
    said = [one for one in judged if one is not None]
    against = {
        Reason.NOT_YOUR_KIND, Reason.NO_MONEY, Reason.CLOSED, Reason.NOT_OPEN_YET,
        Reason.ELSEWHERE, Reason.OTHER_PUBLICS,
    }  # fmt: skip
    return SchemeMatch(
        scheme,
        reasons=tuple(one for one in said if one not in against),
        obstacles=tuple(one for one in said if one in against),
    )


def _kind(scheme: Scheme, project: ProjectFile) -> Reason | None:
    wanted = BENEFICIARIES.get(project.carrier.kind)
    if not scheme.beneficiaries or wanted is None:
        return None
    named = [fold(one) for one in scheme.beneficiaries]
    fits = any(one.startswith(word) or f" {word}" in one for word in wanted for one in named)
    return Reason.FOR_YOUR_KIND if fits else Reason.NOT_YOUR_KIND


def _money(scheme: Scheme) -> Reason | None:
    if not scheme.aid_types:
        return None
    given = any(fold(one).startswith(MONEY) for one in scheme.aid_types)
    return Reason.GIVES_MONEY if given else Reason.NO_MONEY


def _time(scheme: Scheme, on: date) -> Reason | None:
    if scheme.closes_on is not None and scheme.closes_on < on:
        return Reason.CLOSED
    if scheme.opens_on is not None and scheme.opens_on > on:
        return Reason.NOT_OPEN_YET
    if scheme.closes_on is not None:
        return Reason.OPEN
    return Reason.ALWAYS_OPEN if scheme.recurrence == Recurrence.PERMANENT else None


def _publics(scheme: Scheme, project: ProjectFile) -> Reason | None:
    if not scheme.publics or not project.publics:
        return None
    meets = set(scheme.publics) & set(project.publics)
    return Reason.YOUR_PUBLICS if meets else Reason.OTHER_PUBLICS
