"""What help at home refuses."""

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError


class DeclarationMistyped(FiliereError):
    """The number of a declaration for personal services has letters SAP and nine digits."""

    code = "billing.declaration_mistyped"
    message = _("“%(number)s” is not the number of a declaration for personal services.")
    remedy = _("It begins with SAP and has nine digits, those of the SIREN: SAP123456789.")


class AlreadyAtHome(FiliereError):
    """One declaration at a time for a service."""

    code = "billing.already_at_home"
    message = _("This service is already given at home since %(day)s.")
    remedy = _("End the declaration first, then state the new one.")
    http_status = 409


class NothingToAttest(FiliereError):
    """The person paid nothing of what opens a credit, that year, to this provider."""

    code = "billing.nothing_to_attest"
    message = _("In %(year)s this person paid nothing here that opens a tax credit.")
    remedy = _("Choose another year, or another person in the list.")
    http_status = 404


class YearNotOver(FiliereError):
    """A year is attested once it is over."""

    code = "billing.year_not_over"
    message = _("The year %(year)s is not over.")
    remedy = _("Print the attestations from 1 January; the person needs them before 31 March.")
    http_status = 409
