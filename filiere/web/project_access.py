"""Who may open a project file: its members, as far as their right goes; to others it is not there.

Every page of a project begins with ``held_project``. ``SEE``, ``WRITE`` and ``RUN`` are the actions
its view declares with ``access.page``; ``OPEN`` is that of a new file.
"""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpRequest

from filiere.accounts.models import Role
from filiere.kernel.errors import NotAllowed, NotFound
from filiere.kernel.permissions import allowed, memberships
from filiere.operations.roles import organisations_of, project_right
from filiere.projects.models import MemberRight, ProjectFile
from filiere.projects.queries import may, projects_of
from filiere.web.access import user_of

OPEN, SEE, WRITE, RUN = "projects.open", "projects.see", "projects.write", "projects.run"


@dataclass(frozen=True, slots=True)
class HeldProject:
    """A project file, and what the person who asks for it may do with it."""

    project: ProjectFile
    right: str

    @property
    def can_edit(self) -> bool:
        """Tell whether they may write in it: an editor or an owner, while it is open."""
        return self.project.is_open and may(self.right, MemberRight.EDITOR)

    @property
    def can_run(self) -> bool:
        """Tell whether they may share it, start it and end it."""
        return may(self.right, MemberRight.OWNER)


def held_project(
    request: HttpRequest, ref: int, *, edit: bool = False, run: bool = False
) -> HeldProject:
    """Find a project this person works on; three queries at most.

    Args:
        ref: its number, as in the address.
        edit: they are about to write in it.
        run: they are about to share it, start it or end it.

    Raises:
        NotFound: no such project, or they are no member of it: one does not learn which.
        NotAllowed: they may read it, not what they ask for.
    """
    found = ProjectFile.objects.filter(pk=ref).select_related("carrier").first()
    right = project_right(memberships(request.user), found) if found else ""
    if found is None or not right:
        raise NotFound(reference=ref)
    for is_asked, needed, action in (
        (edit, MemberRight.EDITOR, WRITE),
        (run, MemberRight.OWNER, RUN),
    ):
        if is_asked and not may(right, needed):
            raise NotAllowed(action=action)
    return HeldProject(found, right)


def my_projects(request: HttpRequest) -> QuerySet[ProjectFile]:
    """Give the project files this person works on, the latest first."""
    user = user_of(request)
    return projects_of(
        user_id=user.pk,
        organisation_ids=organisations_of(user),
        team_ids=carried_ids(request),
    )


def carried_ids(request: HttpRequest) -> set[int]:
    """Ids of the organisations whose projects this person carries."""
    held = memberships(request.user)
    return {one.organisation_id for one in held if one.role == Role.CARRIER}


def may_open(request: HttpRequest) -> bool:
    """Tell whether they may open a new file for the organisation they act for."""
    return allowed(request.user, OPEN)
