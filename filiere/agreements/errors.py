"""What agreements refuse."""

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError


class AgreementDatesReversed(FiliereError):
    """The agreement would end before it starts."""

    code = "agreements.dates_reversed"
    message = _("The agreement would end on %(ends_on)s, before it starts on %(starts_on)s.")
    remedy = _("Check the two dates.")


class AgreementWithOneself(FiliereError):
    """Both parties are the same organisation."""

    code = "agreements.with_oneself"
    message = _("An organisation cannot sign an agreement with itself.")
    remedy = _("Choose another party.")


class CommitmentMissing(FiliereError):
    """This kind of agreement promises something and nothing is promised."""

    code = "agreements.commitment_missing"
    message = _("This agreement promises nothing.")
    remedy = _("Add at least one commitment: a rate, a limit per session or a total.")


class CommitmentOutOfRange(FiliereError):
    """A rate over 100 % or a negative amount."""

    code = "agreements.commitment_out_of_range"
    message = _("“%(label)s” has a rate or an amount that is not possible.")
    remedy = _("A rate is between 0 and 100 %%; amounts are not negative.")


class OperatorUnknown(FiliereError):
    """The commitment names an operator that is not in the list."""

    code = "agreements.operator_unknown"
    message = _("No operator is called “%(key)s”.")
    remedy = _("Choose an operator in the list, or leave it blank for every procedure.")
