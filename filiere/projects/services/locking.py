"""The row every change of a project waits for: one writer at a time, whatever it writes."""

from filiere.projects.errors import ProjectChanged, ProjectEnded
from filiere.projects.models import ProjectFile


def hold_project(project_id: int, *, even_ended: bool = False) -> ProjectFile:
    """Lock a project until the end of the transaction.

    Args:
        even_ended: also when it is closed or abandoned: money may still come, or go back.

    Raises:
        ProjectEnded: it changes no more.
    """
    project = ProjectFile.objects.select_for_update(no_key=True).get(pk=project_id)
    if not (project.is_open or even_ended):
        raise ProjectEnded(project=project.title)
    return project


def require_edition(seen: int | None, present: int) -> None:
    """Refuse to save over what somebody else saved since.

    Args:
        seen: the edition that was read; None: whatever it is.

    Raises:
        ProjectChanged: it is not the present one.
    """
    if seen is not None and seen != present:
        raise ProjectChanged
