"""What is refused about funders' forms, their own answers and schemes typed by hand."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError


class FormAnswerNotPossible(FiliereError):
    """No such form or field, a value that the project file gives, or one of another kind."""

    code = "projects.form_answer_not_possible"
    message = _("This answer cannot be kept for this form: “%(field)s” is not asked here.")
    remedy = _(
        "Answer the questions of the form, in %(most)s characters at most; amounts and days are"
        " changed in the project file."
    )


class FormAnswersChanged(FiliereError):
    """Two people filled the same question of a form; nothing of the second was saved.

    Attributes:
        theirs: field → what is saved now (``FormAnswer``), None where it was taken away.
    """

    code = "projects.form_answers_changed"
    message = _("Somebody changed some of these answers while you were writing: none is saved yet.")
    remedy = _("Read theirs beside yours, keep what is right, then save again.")
    http_status = 409

    def __init__(self, *, theirs: Mapping[str, Any]) -> None:
        super().__init__()
        self.theirs = theirs


class SchemeKnown(FiliereError):
    """The same funder and the same name are in the catalogue."""

    code = "projects.scheme_known"
    message = _("“%(name)s” of %(funder)s is already in the catalogue.")
    remedy = _("Look it up in the list: there is nothing to write twice.")
    http_status = 409
