"""Reading project files: whose they are, who may do what, what is out of date."""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from filiere.projects.models import Attachment, MemberRight, ProjectFile

_STRENGTH = {"": 0, MemberRight.READER: 1, MemberRight.EDITOR: 2, MemberRight.OWNER: 3}


def projects_of(
    *,
    user_id: int,
    organisation_ids: Collection[int],
    team_ids: Collection[int] | None = None,
) -> QuerySet[ProjectFile]:
    """Give the files a person works on, by herself or for an organisation, the latest first.

    Args:
        organisation_ids, team_ids: as in ``right_of``.
    """
    mine = ProjectFile.objects.filter(_is_held_by(user_id, organisation_ids, team_ids))
    return (
        ProjectFile.objects.filter(pk__in=mine.values("pk"))
        .select_related("carrier")
        .order_by("-created_at", "-pk")
    )


def right_of(
    project_id: int,
    *,
    user_id: int,
    organisation_ids: Collection[int],
    team_ids: Collection[int] | None = None,
) -> str:
    """Give the strongest right a person has on a file: one of ``MemberRight``, blank for none.

    Args:
        organisation_ids: those she acts for today; a right given to her there counts only then.
        team_ids: those whose projects she works on: what was given to the whole organisation is
            hers there only; None: in all of them.
    """
    held = ProjectFile.objects.filter(
        _is_held_by(user_id, organisation_ids, team_ids), pk=project_id
    ).values_list("members__right", flat=True)
    return max(held, key=_STRENGTH.__getitem__, default="")


def _is_held_by(
    user_id: int, organisation_ids: Collection[int], team_ids: Collection[int] | None
) -> Q:
    """One member row: given to her by an organisation she is of, or to a whole team of hers."""
    teams = organisation_ids if team_ids is None else team_ids
    return Q(members__user=user_id, members__organisation__in=organisation_ids) | Q(
        members__user=None, members__organisation__in=teams
    )


def may(right: str, needed: str) -> bool:
    """Tell whether a right includes another: an owner may what an editor may."""
    return _STRENGTH[right] >= _STRENGTH[needed]


def attachments_of(project_id: int) -> QuerySet[Attachment]:
    """Give the attachments of a file without their content, by kind and name."""
    return (
        Attachment.objects.filter(project=project_id)
        .defer("content")
        .order_by("kind", "name", "pk")
    )
