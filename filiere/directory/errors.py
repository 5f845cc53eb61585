"""What the directory refuses."""

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError


class PlaceColumnsMissing(FiliereError):
    """The header of a file of places does not hold what a place cannot do without."""

    code = "directory.columns_missing"
    message = _("The file “%(name)s” has no column %(columns)s.")
    remedy = _("Name the columns as in the national standard. Nothing was changed.")


class TerritoriesMissing(FiliereError):
    """Places cannot be given their commune: no commune is known yet."""

    code = "directory.territories_missing"
    message = _("No commune is known yet, so no place can be put in its commune.")
    remedy = _("Run “filiere import-territories” first. Nothing was changed.")


class PlaceIsClosed(FiliereError):
    """The place was closed before."""

    code = "directory.place_closed"
    message = _("“%(place)s” has been closed since %(on)s.")
    remedy = _("Reopen it first, or choose another place.")


class CommuneNotInhabited(FiliereError):
    """A place must lie in a commune or an arrondissement."""

    code = "directory.commune_needed"
    message = _("“%(territory)s” is not a commune.")
    remedy = _("Choose the commune of the place.")


class ServiceUnknown(FiliereError):
    """The service is not one of the nine of the national standard."""

    code = "directory.service_unknown"
    message = _("“%(service)s” is not a service of the national standard.")
    remedy = _("Choose one of the nine services.")


class ImportAlreadyUndone(FiliereError):
    """Undoing twice would be undoing something else."""

    code = "directory.import_undone"
    message = _("This import was already undone on %(on)s.")
    remedy = _("Nothing is left to do.")
