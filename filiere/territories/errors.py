"""What an import of territories refuses as a whole."""

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError


class TerritoryColumnsMissing(FiliereError):
    """The header does not hold what every commune needs."""

    code = "territories.columns_missing"
    message = _("The file “%(name)s” has no column %(columns)s.")
    remedy = _("Name the columns as in the example of the guide. Nothing was changed.")


class ReferenceNotLoaded(FiliereError):
    """Communes cannot be attached: the départements are not there yet."""

    code = "territories.reference_not_loaded"
    message = _("The territories of France are not loaded yet.")
    remedy = _("Run “filiere import-territories” without a file first.")


class TerritoryUnknown(FiliereError):
    """No territory bears the code that was written."""

    code = "territories.unknown"
    message = _("No territory bears the code “%(code)s”.")
    remedy = _("Write an official code, for instance 23, 23096 or 246200364.")
