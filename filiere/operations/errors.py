"""What operations refuse."""

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError


class NoPlaceToEquip(FiliereError):
    """The loop has nowhere to receive people."""

    code = "operations.no_place_to_equip"
    message = _("No open place with coordinates helps with procedures in %(territory)s.")
    remedy = _("Give a file that has such places there, or name another territory.")
