"""What operations refuse."""

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError


class NoPlaceToEquip(FiliereError):
    """The loop has nowhere to receive people."""

    code = "operations.no_place_to_equip"
    message = _("No open place with coordinates helps with procedures in %(territory)s.")
    remedy = _("Give a file that has such places there, or name another territory.")


class SchemaNotReady(FiliereError):
    """The tables are missing, or older than the code."""

    code = "operations.schema_not_ready"
    message = _("The database “%(name)s” does not have the tables this version needs.")
    remedy = _("Run “filiere migrate”, then the same command again. Nothing was changed.")
