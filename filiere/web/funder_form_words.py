"""Words of funders' forms: where a value comes from, where to change it, kinds of file, replies."""

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from filiere.projects.forms import question_bank
from filiere.projects.models import Reply
from filiere.projects.rendering import Kind
from filiere.rules.funder_forms.filling import where_from
from filiere.rules.funder_forms.shape import FormSpec, Wanting
from filiere.web.project_words import said

# The first word of a fact → the page of the project that states it, and its name.
PAGES: dict[str, tuple[str, str | Promise]] = {
    "organisation": ("organisation", _("Your organisation")),
    "project": ("project_edit", _("Description of the project")),
    "lines": ("project_budget", _("Budget")),
    "sources": ("project_plan", _("Plan")),
    "request": ("project_plan", _("Plan")),
    "calendar": ("project_calendar", _("Calendar")),
    "partners": ("project_partners", _("Partners")),
    "indicators": ("project_indicators", _("Indicators")),
}
FILES = {
    Kind.DOCX: _("Word document"),
    Kind.XLSX: _("Workbook"),
    Kind.PDF: _("PDF"),
    Kind.JSON: _("Data (JSON)"),
}
REPLIES = {
    Reply.WAITING.value: _("no answer yet"),
    Reply.ACCEPTED.value: _("accepted"),
    Reply.REDUCED.value: _("accepted for less"),
    Reply.REFUSED.value: _("refused"),
}
REPLY_TONES = {
    Reply.WAITING.value: "warning",
    Reply.ACCEPTED.value: "ok",
    Reply.REDUCED.value: "ok",
    Reply.REFUSED.value: "error",
}
# Why a value is not in a prefilled link.
LEFT = {
    "unknown": _("no such field there"),
    "not_in_a_link": _("never put in a link: type it there"),
    "not_an_option": _("not one of the answers offered there"),
    "not_a_number": _("not a number"),
    "not_a_day": _("not a day"),
    "too_long": _("the link would be too long"),
}


def origin(spec: FormSpec, field: str, project_id: int) -> tuple[str, str]:
    """Say where the value of a field comes from, and where it is changed.

    Returns:
        The words and the address; both blank for what only this form asks or for a fixed value.
    """
    wanting, path = where_from(spec, field)
    if wanting == Wanting.BANK and path in question_bank():
        return said(question_bank()[path].label), reverse(
            "project_question", args=[project_id, path]
        )
    group = path.partition(".")[0]
    if wanting == Wanting.FORM or group not in PAGES:
        return "", ""
    name, words = PAGES[group]
    needs_project = name != "organisation"
    return str(words), reverse(name, args=[project_id] if needs_project else [])
