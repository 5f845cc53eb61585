"""What printing refuses."""

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError


class NothingToPrint(FiliereError):
    """Every voucher asked for was handed out, replaced, blocked or used."""

    code = "vouchers.nothing_to_print"
    message = _("None of these vouchers can be printed: they were handed out, stopped or used.")
    remedy = _("To give a lost voucher again, declare it lost: a new one is made.")
    http_status = 409


class FolderNotPrivate(FiliereError):
    """Others may read the folder; the files hold codes that are worth money."""

    code = "vouchers.folder_not_private"
    message = _("Nothing was printed: other users of this computer can read %(folder)s.")
    remedy = _("Choose a new folder, or close this one with: chmod 700.")
