"""A project file from its first page to its end: what it says, who writes in it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from filiere.accounts.models import Membership
from filiere.kernel import services as kernel
from filiere.projects.errors import (
    LastOwner,
    MemberNotPossible,
    ProjectMoveNotPossible,
    ProjectNotPossible,
)
from filiere.projects.models import (
    MemberRight,
    ProjectAction,
    ProjectFile,
    ProjectIndicator,
    ProjectMember,
    ProjectPartner,
    ProjectState,
)
from filiere.projects.services.locking import hold_project, require_edition
from filiere.rules.funding_terms import known_publics
from filiere.rules.parameters import FIRST_YEAR, LAST_YEAR

MOST_YEARS = 20  # between the first year and the last; our own choice
MOVES = {
    ProjectState.DRAFT: {ProjectState.RUNNING, ProjectState.ABANDONED},
    ProjectState.RUNNING: {ProjectState.CLOSED, ProjectState.ABANDONED},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionWanted:
    """One action of the calendar, between two days, the last included."""

    label: str
    starts_on: date
    ends_on: date
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerWanted:
    """Somebody who takes part, and what they bring, in words."""

    name: str
    part: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorWanted:
    """What will be measured; None is not known yet."""

    label: str
    unit: str = ""
    baseline: Decimal | None = None
    target: Decimal | None = None
    measured: Decimal | None = None
    due_on: date | None = None


@transaction.atomic
def open_project(
    *,
    carrier_id: int,
    title: str,
    starts_on: date,
    ends_on: date,
    actor: str,
    at: datetime,
    need: str = "",
    publics: Sequence[str] = (),
    territory_ids: Sequence[int] = (),
    is_invented: bool = False,
) -> ProjectFile:
    """Open a file; its carrier owns it, and leads it if others join.

    Args:
        publics: keys of ``rules.funding_terms.known_publics``; empty means everyone.

    Raises:
        ProjectNotPossible: no title, days the wrong way round or over twenty years, an unknown public.
    """
    said = _sound(
        title=title, need=need, publics=list(publics), starts_on=starts_on, ends_on=ends_on
    )
    project = ProjectFile.objects.create(
        carrier_id=carrier_id, created_at=at, created_by=actor, is_invented=is_invented, **said
    )
    project.territories.set(territory_ids)
    ProjectMember.objects.create(
        project=project,
        organisation_id=carrier_id,
        right=MemberRight.OWNER,
        is_lead=True,
        added_at=at,
        added_by=actor,
    )
    kernel.record(actor=actor, action="projects.opened", subject=f"project:{project.pk}", at=at)
    return project


@transaction.atomic
def edit_project(
    *,
    project_id: int,
    actor: str,
    at: datetime,
    edition: int | None = None,
    territory_ids: Sequence[int] | None = None,
    **changes: Any,
) -> ProjectFile:
    """Change what the file says of the project. Locks it.

    Args:
        edition: the edition that was read; None: whatever it is.
        changes: ``title``, ``need``, ``publics``, ``starts_on``, ``ends_on``: those that change.

    Raises:
        ProjectEnded: it is closed or abandoned.
        ProjectChanged: somebody saved it since.
        ProjectNotPossible: as ``open_project``; or lines of the budget are of other years.
    """
    project = hold_project(project_id)
    require_edition(edition, project.edition)
    before = {name: getattr(project, name) for name in _SAID}
    if unknown := changes.keys() - before.keys():
        raise ProjectNotPossible(term=", ".join(sorted(unknown)))
    for name, value in _sound(**before | changes).items():
        setattr(project, name, value)
    years = (project.starts_on.year, project.ends_on.year)
    if project.lines.exclude(year__range=years).exists():
        raise ProjectNotPossible(term="ends_on")
    if territory_ids is not None:
        project.territories.set(territory_ids)
    _raise_edition(project)
    kernel.record(
        actor=actor, action="projects.edited", subject=f"project:{project.pk}", at=at,
        changed=sorted(changes),
    )  # fmt: skip
    return project


@transaction.atomic
def set_calendar(
    *,
    project_id: int,
    actions: Sequence[ActionWanted],
    actor: str,
    at: datetime,
    edition: int | None = None,
) -> ProjectFile:
    """Replace the actions of a project by these, in this order.

    Raises:
        ProjectEnded, ProjectChanged: as ``edit_project``.
        ProjectNotPossible: an action without words, or that ends before it begins.
    """
    for one in actions:
        if not one.label.strip() or one.ends_on < one.starts_on:
            raise ProjectNotPossible(term=one.label.strip() or "label")
    return _replace(ProjectAction, project_id, actions, actor=actor, at=at, edition=edition)


@transaction.atomic
def set_partners(
    *,
    project_id: int,
    partners: Sequence[PartnerWanted],
    actor: str,
    at: datetime,
    edition: int | None = None,
) -> ProjectFile:
    """Replace the partners of a project by these, in this order.

    Raises:
        ProjectEnded, ProjectChanged: as ``edit_project``.
        ProjectNotPossible: a partner without name.
    """
    if any(not one.name.strip() for one in partners):
        raise ProjectNotPossible(term="name")
    return _replace(ProjectPartner, project_id, partners, actor=actor, at=at, edition=edition)


@transaction.atomic
def set_indicators(
    *,
    project_id: int,
    indicators: Sequence[IndicatorWanted],
    actor: str,
    at: datetime,
    edition: int | None = None,
) -> ProjectFile:
    """Replace the indicators of a project by these, in this order.

    Raises:
        ProjectEnded, ProjectChanged: as ``edit_project``.
        ProjectNotPossible: an indicator without words.
    """
    if any(not one.label.strip() for one in indicators):
        raise ProjectNotPossible(term="label")
    return _replace(ProjectIndicator, project_id, indicators, actor=actor, at=at, edition=edition)


def next_states(state: str) -> set[str]:
    """Give the states that may follow one."""
    return {one.value for one in MOVES.get(ProjectState(state), set())}


@transaction.atomic
def move_project(*, project_id: int, state: str, actor: str, at: datetime) -> ProjectFile:
    """Start, close or abandon a project. Asking for the state it is in changes nothing.

    Raises:
        ProjectMoveNotPossible: that state does not follow the present one.
    """
    project = hold_project(project_id, even_ended=True)
    if project.state == state:
        return project
    if state not in MOVES.get(ProjectState(project.state), set()):
        raise ProjectMoveNotPossible(
            project=project.title, before=project.get_state_display(), after=state
        )
    project.state = state
    project.save(update_fields=["state"])
    kernel.record(actor=actor, action=f"projects.{state}", subject=f"project:{project.pk}", at=at)
    return project


@transaction.atomic
def share_project(
    *,
    project_id: int,
    organisation_id: int,
    right: str,
    actor: str,
    at: datetime,
    user_id: int | None = None,
) -> ProjectMember:
    """Let an organisation, or one person of it, work on a file; again changes the right.

    Args:
        right: one of ``MemberRight``.
        user_id: only that person; None: everybody who acts for the organisation.

    Raises:
        ProjectEnded: the file changes no more.
        MemberNotPossible: an unknown right, or somebody who does not act for the organisation.
        LastOwner: the last owner would own no more.
    """
    project = hold_project(project_id)
    if right not in MemberRight.values or not _acts_for(user_id, organisation_id):
        raise MemberNotPossible
    member = project.members.filter(organisation=organisation_id, user=user_id).first()
    if member is None:
        member = ProjectMember(
            project=project, organisation_id=organisation_id, user_id=user_id, added_at=at,
            added_by=actor,
        )  # fmt: skip
    elif right != MemberRight.OWNER:
        _require_other_owner(project, member)
    member.right = right
    member.save()
    kernel.record(
        actor=actor, action="projects.shared", subject=f"project:{project.pk}", at=at,
        organisation=organisation_id, right=right,
    )  # fmt: skip
    return member


@transaction.atomic
def name_lead(*, project_id: int, organisation_id: int, actor: str, at: datetime) -> ProjectMember:
    """Let another organisation of a consortium lead it; the former lead stays an owner.

    Who carries the file does not change. Naming the present lead changes nothing.

    Raises:
        ProjectEnded: the file changes no more.
        MemberNotPossible: the organisation is no member as a whole.
    """
    project = hold_project(project_id)
    member = project.members.filter(organisation=organisation_id, user=None).first()
    if member is None:
        raise MemberNotPossible
    if member.is_lead:
        return member
    project.members.filter(is_lead=True).update(is_lead=False)
    member.right, member.is_lead = MemberRight.OWNER, True
    member.save(update_fields=["right", "is_lead"])
    kernel.record(
        actor=actor, action="projects.lead_named", subject=f"project:{project.pk}", at=at,
        organisation=organisation_id,
    )  # fmt: skip
    return member


@transaction.atomic
def unshare_project(*, member: ProjectMember, actor: str, at: datetime) -> None:
    """Take a member away; what they wrote stays. Twice changes nothing.

    Raises:
        ProjectEnded: the file changes no more.
        LastOwner: it is the last owner, carries the project, or leads the consortium.
    """
    project = hold_project(member.project_id)
    found = project.members.filter(pk=member.pk).first()
    if found is None:
        return
    _require_other_owner(project, found)
    found.delete()
    kernel.record(
        actor=actor, action="projects.unshared", subject=f"project:{project.pk}", at=at,
        organisation=found.organisation_id,
    )  # fmt: skip


_SAID = ("title", "need", "publics", "starts_on", "ends_on")


def _sound(**said: Any) -> dict[str, Any]:
    """Refuse what means nothing; the database refuses it too."""
    said["title"] = said["title"].strip()
    said["publics"] = list(said["publics"])
    holds = {
        "title": 0 < len(said["title"]) <= 200,
        "ends_on": said["starts_on"] <= said["ends_on"] and _is_of_our_time(said),
        "publics": set(said["publics"]) <= set(known_publics()),
    }
    for term, is_sound in holds.items():
        if not is_sound:
            raise ProjectNotPossible(term=term)
    return said


def _is_of_our_time(said: dict[str, Any]) -> bool:
    """Refuse a slip in a year: a plan is drawn month by month, over all of them."""
    first, last = said["starts_on"].year, said["ends_on"].year
    return bool(first >= FIRST_YEAR and last <= min(first + MOST_YEARS, LAST_YEAR))


def _raise_edition(project: ProjectFile) -> None:
    project.edition += 1
    project.save(update_fields=[*_SAID, "edition"])


def _replace(
    model: Any,
    project_id: int,
    wanted: Sequence[Any],
    *,
    actor: str,
    at: datetime,
    edition: int | None,
) -> ProjectFile:
    """Write a list anew, ranked from 1."""
    project = hold_project(project_id)
    require_edition(edition, project.edition)
    model.objects.filter(project=project).delete()
    model.objects.bulk_create(
        model(project=project, position=rank, **asdict(one))
        for rank, one in enumerate(wanted, start=1)
    )
    _raise_edition(project)
    kernel.record(
        actor=actor, action="projects.edited", subject=f"project:{project.pk}", at=at,
        changed=[model.__name__],
    )  # fmt: skip
    return project


def _acts_for(user_id: int | None, organisation_id: int) -> bool:
    return (
        user_id is None
        or Membership.objects.filter(
            user=user_id, organisation=organisation_id, ended_on=None
        ).exists()
    )


def _require_other_owner(project: ProjectFile, member: ProjectMember) -> None:
    """The lead stays an owner, and the carrier, whose project it is; so does at least one member."""
    others = project.members.filter(right=MemberRight.OWNER).exclude(pk=member.pk)
    is_carrier = member.user_id is None and member.organisation_id == project.carrier_id
    is_last = member.right == MemberRight.OWNER and not others.exists()
    if member.is_lead or is_carrier or is_last:
        raise LastOwner
