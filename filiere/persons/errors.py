"""What the files of persons refuse."""

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError


class PersonUnknown(FiliereError):
    """No file bears this reference."""

    code = "persons.unknown"
    message = _("No file bears this reference.")
    remedy = _("Check the reference, or open a new file.")
    http_status = 404


class PersonErased(FiliereError):
    """The file was erased or anonymised: nothing can be written on it any more."""

    code = "persons.erased"
    message = _("This file was erased: it can no longer be used.")
    remedy = _("Open a new file if the person comes back.")


class ConsentMissing(FiliereError):
    """The person has not agreed to this."""

    code = "persons.consent_missing"
    message = _("The person has not agreed that we keep their name.")
    remedy = _("Ask them, tick the box they choose, then save again.")


class NameMissing(FiliereError):
    """An identity without a name cannot be kept."""

    code = "persons.name_missing"
    message = _("The name is missing.")
    remedy = _("Write a first name or a name, or continue without keeping an identity.")


class BirthYearImpossible(FiliereError):
    """The year of birth is in the future or too far back."""

    code = "persons.birth_year_impossible"
    message = _("%(year)s cannot be a year of birth.")
    remedy = _("Write the year with four figures, or leave it blank.")


class RetentionTooLong(FiliereError):
    """Files may not be kept that long after the last contact."""

    code = "persons.retention_too_long"
    message = _("Files cannot be kept %(months)s months: the limit is %(maximum)s months.")
    remedy = _("Choose a shorter time.")
