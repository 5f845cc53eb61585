"""What the directory refuses."""

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError


class PlaceColumnsMissing(FiliereError):
    """The header of a file of places does not hold what a place cannot do without."""

    code = "directory.columns_missing"
    message = _("The file “%(name)s” has no column %(columns)s.")
    remedy = _(
        "Name the columns as in the national standard; “id” must be a number or a word that never "
        "changes. Nothing was changed."
    )


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


class HoursUnreadable(FiliereError):
    """Opening hours that nobody could be told."""

    code = "directory.hours_unreadable"
    message = _("The hours “%(hours)s” cannot be read.")
    remedy = _("Write each day as “9:00-12:00, 14:00-17:00”, or leave it blank.")


class PhoneUnreadable(FiliereError):
    """A telephone number nobody could call."""

    code = "directory.phone_unreadable"
    message = _("“%(phone)s” is not a telephone number.")
    remedy = _("Write its ten digits, or leave it blank.")


class AccessModeUnknown(FiliereError):
    """The way to come in is not one of the national standard."""

    code = "directory.access_mode_unknown"
    message = _("“%(mode)s” is not a way to come in of the national standard.")
    remedy = _("Choose among the ways shown.")
