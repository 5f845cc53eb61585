"""What operations refuse."""

from filiere.kernel.errors import FiliereError, _


class NoPlaceToEquip(FiliereError):
    """The loop has nowhere to receive people."""

    code = "operations.no_place_to_equip"
    message = _("No open place with coordinates helps with procedures in %(territory)s.")
    remedy = _("Give a file that has such places there, or name another territory.")
