"""What the home of a project says: each part of its file, and the one thing to do next."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filiere.projects.forms import question_bank
from filiere.projects.models import ProjectFile
from filiere.projects.queries import Progress
from filiere.web.formats import euros


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a file: its page, and how far it is."""

    label: str
    url: str
    note: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one thing to do now, why, and where."""

    label: str
    why: str
    url: str


def address(name: str, project: ProjectFile) -> str:
    """Give the address of a page of a project; blank when this site has not that page."""
    try:
        return reverse(name, args=[project.pk])
    except NoReverseMatch:
        return ""


def parts_of(project: ProjectFile, progress: Progress) -> list[Part]:
    """Give the parts of a file in the order they are usually written."""
    asked = len(question_bank())
    found = [
        ("project_edit", _("The project in a few lines"), _described(project), bool(project.need)),
        ("project_budget", _("What it costs"), _costs(progress), bool(progress.lines)),
        ("project_plan", _("Who pays: the plan"), _plan(progress), _is_paid(progress)),
        ("project_questions", _("Answers to funders' questions"),
         _("%(done)s of %(asked)s answered") % {"done": progress.answered, "asked": asked},
         progress.answered == asked),
        ("project_calendar", _("Calendar"), _count_actions(progress.actions),
         bool(progress.actions)),
        ("project_partners", _("Partners"), _count_partners(progress.partners),
         bool(progress.partners)),
        ("project_indicators", _("Indicators"), _count_indicators(progress.indicators),
         bool(progress.indicators)),
        ("project_attachments", _("Attachments"), _count_files(progress.attachments),
         bool(progress.attachments)),
    ]  # fmt: skip
    return [
        Part(label, url, note, is_done)
        for name, label, note, is_done in found
        if (url := address(name, project))
    ]


def tools_of(project: ProjectFile) -> list[tuple[str, str]]:
    """Give the pages that are made from the file: what each is called, and its address."""
    found = [
        ("project_forms", _("Funders' forms")),
        ("project_schemes", _("Schemes that would suit it")),
        ("project_cash", _("Cash, month by month")),
        ("project_proofs", _("Proofs and reports")),
        ("project_effort", _("What looking for money costs")),
        ("project_awards", _("Awards, as open data")),
        ("project_model", _("Its model: does it hold?")),
    ]
    return [(label, url) for name, label in found if (url := address(name, project))]


def next_step(project: ProjectFile, progress: Progress) -> NextStep | None:
    """Choose the one thing to do: what the rest of the file waits for."""
    steps = [
        (not project.need, "project_edit", _("Say which need it answers"),
         _("Funders read it first, and every form asks for it.")),
        (not progress.lines, "project_line_new", _("Write a first cost"),
         _("The plan, the forms and the reports all begin with what the project costs.")),
        (progress.missing_cents > 0, "project_plan", _("Find who pays the rest"),
         _("%(amount)s of the costs have no funder yet.")
         % {"amount": euros(progress.missing_cents, short=True)}),
        (not progress.answered, "project_questions", _("Answer a first question"),
         _("An answer written once fills the forms of every funder.")),
        (not progress.indicators, "project_indicators", _("Say how you will know it worked"),
         _("Two or three figures are enough, and reports are made from them.")),
        (not progress.attachments, "project_attachments", _("Attach a first document"),
         _("Articles, accounts and bank details are asked for by nearly everyone.")),
    ]  # fmt: skip
    for is_wanted, name, label, why in steps:
        url = address(name, project)
        if is_wanted and url:
            return NextStep(label, why, url)
    return None


def _described(project: ProjectFile) -> str:
    return "" if project.need else _("The need is not written yet")


def _costs(progress: Progress) -> str:
    if not progress.lines:
        return _("No cost yet")
    words = ngettext("%(count)s line, %(cost)s", "%(count)s lines, %(cost)s", progress.lines)
    cost = euros(progress.cost_cents, short=True)
    return words % {"count": progress.lines, "cost": cost}


def _plan(progress: Progress) -> str:
    if not progress.lines:
        return _("After the costs")
    if not progress.missing_cents:
        return _("Every cost is paid for")
    return _("%(amount)s to find") % {"amount": euros(progress.missing_cents, short=True)}


def _is_paid(progress: Progress) -> bool:
    return bool(progress.lines) and not progress.missing_cents


def _count_actions(count: int) -> str:
    return (
        ngettext("%(n)s action", "%(n)s actions", count) % {"n": count} if count else _("Nothing")
    )


def _count_partners(count: int) -> str:
    words = ngettext("%(n)s partner", "%(n)s partners", count)
    return words % {"n": count} if count else _("Nobody yet")


def _count_indicators(count: int) -> str:
    words = ngettext("%(n)s indicator", "%(n)s indicators", count)
    return words % {"n": count} if count else _("Nothing")


def _count_files(count: int) -> str:
    words = ngettext("%(n)s document", "%(n)s documents", count)
    return words % {"n": count} if count else _("Nothing")
