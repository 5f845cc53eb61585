"""Named pictures of a file, to see later what changed."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from filiere.kernel import services as kernel
from filiere.projects.errors import ProjectNotPossible
from filiere.projects.models import FileVersion
from filiere.projects.queries.facts import project_facts
from filiere.projects.services.locking import hold_project


@transaction.atomic
def name_version(*, project_id: int, name: str, actor: str, at: datetime) -> FileVersion:
    """Keep the whole file as it is now, under a name.

    Raises:
        ProjectEnded: the file changes no more.
        ProjectNotPossible: no name, or one of more than 120 characters.
    """
    name = name.strip()
    if not 0 < len(name) <= 120:
        raise ProjectNotPossible(term="name")
    project = hold_project(project_id)
    last = project.versions.aggregate(last=Max("number"))["last"] or 0
    version = FileVersion.objects.create(
        project=project,
        number=last + 1,
        name=name,
        content=project_facts(project.pk, at),
        made_at=at,
        made_by=actor,
    )
    kernel.record(
        actor=actor, action="projects.version_named", subject=f"project:{project.pk}", at=at,
        number=version.number,
    )  # fmt: skip
    return version
