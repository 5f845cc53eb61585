"""Addresses of the pages of project files, and who reads them: one in full, one just begun."""

from django.urls import reverse

from filiere.operations.demo import projects as demo
from filiere.projects.models import ProjectFile

CARRIER = "projet@demo.example"


def project_pages() -> dict[str, list[tuple[str, str]]]:
    """Give them: the seven towns of the demonstration, and the small file beside."""
    large = ProjectFile.objects.get(title=demo.TITLE)
    small = ProjectFile.objects.get(title=demo.SMALL)
    both = (large.pk, small.pk)
    line = large.lines.earliest("position")
    kept = large.attachments.earliest("pk")
    member = large.members.filter(is_lead=False).earliest("pk")
    on_each = {
        name: [(CARRIER, reverse(name, args=[pk])) for pk in both]
        for name in (
            "project", "project_edit", "project_partners", "project_calendar",
            "project_indicators", "project_questions", "project_budget", "project_line_new",
            "project_attachments", "project_team", "project_versions",
        )
    }  # fmt: skip
    on_one = {
        "project_move": ["closed"],
        "project_question": ["purpose"],
        "project_line": [line.pk],
        "project_line_remove": [line.pk],
        "project_attachment_remove": [kept.pk],
        "project_member_remove": [member.pk],
        "project_version": [1],
    }
    return (
        {
            "projects": [
                (CARRIER, reverse("projects")),
                (CARRIER, reverse("projects") + "?tous=1"),
            ],
            "project_new": [(CARRIER, reverse("project_new"))],
        }
        | on_each
        | {
            name: [(CARRIER, reverse(name, args=[large.pk, *more]))]
            for name, more in on_one.items()
        }
    )
