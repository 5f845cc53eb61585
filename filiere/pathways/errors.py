"""What pathways refuse."""

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError


class QuestionnaireUnknown(FiliereError):
    """No questionnaire has this version."""

    code = "pathways.questionnaire_unknown"
    message = _("No questionnaire bears the version %(version)s.")
    remedy = _("Start the questionnaire again from its first page.")


class NobodyCame(FiliereError):
    """A session is noted only for someone who came."""

    code = "pathways.nobody_came"
    message = _("Nobody is noted as present for %(ref)s.")
    remedy = _("Note first that the person came.")
    http_status = 409


class OutcomeMissing(FiliereError):
    """The person came, but how it ended is not said."""

    code = "pathways.outcome_missing"
    message = _("How the session ended is missing.")
    remedy = _("Choose one of the three answers: done together, done alone, to be continued.")


class SessionAlreadyNoted(FiliereError):
    """The session was noted with other answers."""

    code = "pathways.session_already_noted"
    message = _("The session %(ref)s is already noted, with other answers.")
    remedy = _("Undo it first, within %(minutes)s minutes, then note it again.")
    http_status = 409


class FollowUpNotDue(FiliereError):
    """The time to ask has not come."""

    code = "pathways.follow_up_not_due"
    message = _("This question is to be asked from %(due_on)s on.")
    remedy = _("Ask it on that day or later.")


class FollowUpClosed(FiliereError):
    """The question was answered otherwise, or is no longer asked."""

    code = "pathways.follow_up_closed"
    message = _("This question was already answered, or is no longer asked.")
    remedy = _("Nothing more to do.")
    http_status = 409
