"""What orientation refuses."""

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError


class NoCapacity(FiliereError):
    """No candidate has a free seat. The need is counted."""

    code = "orientation.no_capacity"
    message = _("None of these places has a free seat in the next %(days)s days.")
    remedy = _("Choose other places. The need is counted, so that help can be put where it lacks.")
    http_status = 409


class DiagnosisOfAnother(FiliereError):
    """The diagnosis was made for somebody else."""

    code = "orientation.diagnosis_of_another"
    message = _("This diagnosis was made for somebody else.")
    remedy = _("Make the diagnosis of the person you send, then send them.")


class AgreementNotSaid(FiliereError):
    """Neither an agreement nor an explicit "none"."""

    code = "orientation.agreement_not_said"
    message = _("Under which agreement the person is sent is not said.")
    remedy = _("Choose an agreement, or tick “without agreement”.")


class AgreementNotInForce(FiliereError):
    """The agreement or the commitment is not in force today."""

    code = "orientation.agreement_not_in_force"
    message = _("This agreement is not in force on %(day)s.")
    remedy = _("Choose another agreement, or tick “without agreement”.")


class AgreementOfAnother(FiliereError):
    """The agreement was signed with another organisation than the one that sends."""

    code = "orientation.agreement_of_another"
    message = _("This agreement was signed with another organisation than yours.")
    remedy = _("Choose an agreement of your organisation, or tick “without agreement”.")


class AttemptUnknown(FiliereError):
    """No referral bears this reference."""

    code = "orientation.attempt_unknown"
    message = _("No referral bears this reference.")
    remedy = _("Open it again from your list.")
    http_status = 404


class AttemptClosed(FiliereError):
    """The place is no longer asked: it answered, or another place was asked."""

    code = "orientation.attempt_closed"
    message = _("This referral no longer waits for your answer.")
    remedy = _("Open it again from your list to read what became of it.")
    http_status = 409


class AnswerTooLate(FiliereError):
    """The deadline to answer has passed."""

    code = "orientation.answer_too_late"
    message = _("The answer was due by %(answer_by)s: another place is being asked.")
    remedy = _("Nothing more to do. Free seats you publish are proposed at the next request.")
    http_status = 409


class ReferralFinished(FiliereError):
    """The person was already received, or no place could take them."""

    code = "orientation.referral_finished"
    message = _("This referral is finished: it can no longer be withdrawn.")
    remedy = _("Send a new one if the person still needs help.")
    http_status = 409
