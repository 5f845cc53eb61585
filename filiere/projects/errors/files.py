"""What is refused about project files, their members, attachments and answers."""

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError


class ProjectNotPossible(FiliereError):
    """A title, a day or a public that means nothing."""

    code = "projects.not_possible"
    message = _("This project file cannot be kept: %(term)s is missing or not possible.")
    remedy = _(
        "Give a title, a first day, a last day on or after it within twenty years, and known"
        " publics."
    )


class ProjectEnded(FiliereError):
    """Closed or abandoned: only money still to come is recorded."""

    code = "projects.ended"
    message = _("The project “%(project)s” has ended: its file changes no more.")
    remedy = _("Copy it into a new file to go on.")
    http_status = 409


class ProjectMoveNotPossible(FiliereError):
    """The state asked for does not follow the present one."""

    code = "projects.move_not_possible"
    message = _("The project “%(project)s” cannot go from “%(before)s” to “%(after)s”.")
    remedy = _("Look at the file again: somebody may have moved it since.")
    http_status = 409


class ProjectChanged(FiliereError):
    """Someone saved the file, a line or a source since it was read."""

    code = "projects.changed"
    message = _("Somebody changed this since you opened it: nothing of yours was saved over it.")
    remedy = _("Read what is there now, then save again.")
    http_status = 409


class ModelNotPossible(FiliereError):
    """A text too long, or a figure that means nothing."""

    code = "projects.model_not_possible"
    message = _("This model cannot be kept: a text is too long, or a figure is out of range.")
    remedy = _("Write at most %(most)s characters in each box, and check the zeros.")


class MemberNotPossible(FiliereError):
    """A member twice, or of another organisation."""

    code = "projects.member_not_possible"
    message = _("This member cannot be added: already there, or not of this organisation.")
    remedy = _("Choose somebody who acts for the organisation, once.")
    http_status = 409


class LastOwner(FiliereError):
    """A file without owner could not be shared or closed by anybody."""

    code = "projects.last_owner"
    message = _("This is the last owner of the file.")
    remedy = _("Name another owner first.")
    http_status = 409


class QuestionNotPossible(FiliereError):
    """A question or a length nobody knows, or a text too long to be kept."""

    code = "projects.question_not_possible"
    message = _("This answer cannot be kept: its question or length is unknown, or it is too long.")
    remedy = _("Choose a question of the list, and stay under %(most)s characters.")


class AnswerChanged(FiliereError):
    """Two people wrote the same answer: both texts are given, nothing is lost.

    Attributes:
        number: the version to name when saving again.
        theirs: what is saved now.
        yours: what was not saved.
        author: who wrote ``theirs``, an opaque actor.
    """

    code = "projects.answer_changed"
    message = _("Somebody changed this answer while you were writing: yours is not saved yet.")
    remedy = _("Both texts are below: keep one or join them, then save.")
    http_status = 409

    def __init__(self, *, number: int, theirs: str, yours: str, author: str) -> None:
        super().__init__()
        self.number, self.theirs, self.yours, self.author = number, theirs, yours, author


class AttachmentRefused(FiliereError):
    """Empty, too large, or of a kind that is not kept."""

    code = "projects.attachment_refused"
    message = _(
        "The file “%(name)s” cannot be attached: it is empty, too large or of another kind."
    )
    remedy = _("Attach a PDF, an image, a Word or an Excel file of at most 5 MB, without macros.")


class AttachmentUsed(FiliereError):
    """It proves a cost."""

    code = "projects.attachment_used"
    message = _("The file “%(name)s” proves a cost of the project.")
    remedy = _("Take the proof away first.")
    http_status = 409
