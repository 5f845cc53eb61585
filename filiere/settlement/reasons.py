"""Why a bank refuses a transfer, in words. Source: ISO 20022 external status reason codes."""

from django.utils.translation import gettext_lazy as _

REASONS = {
    "AC01": _("the account number is wrong"),
    "AC04": _("the account is closed"),
    "AC06": _("the account is blocked"),
    "AC13": _("the account is of a kind that cannot receive this transfer"),
    "AC14": _("the account is of a kind that cannot receive this transfer"),
    "AG01": _("the account may not receive transfers"),
    "AG02": _("the bank does not know this kind of operation"),
    "AM02": _("the amount is above what the bank allows"),
    "AM04": _("the account that pays does not hold enough"),
    "AM05": _("the bank already received this transfer"),
    "AM09": _("the amount is wrong"),
    "BE04": _("the address of the holder is missing"),
    "BE05": _("the bank does not know who sends the file"),
    "CUST": _("the holder asked for it"),
    "DT01": _("the day of payment is not possible"),
    "DUPL": _("the bank already received this transfer"),
    "FF01": _("the file is not in the form the bank expects"),
    "FOCR": _("it was asked back"),
    "MD07": _("the holder of the account has died"),
    "MS02": _("the holder refused it"),
    "MS03": _("the bank does not say why"),
    "RC01": _("the bank's code (BIC) is wrong"),
    "RR01": _("the account that pays is not identified enough for the law"),
    "RR02": _("the name or address of the payer is missing, and the law asks for it"),
    "RR03": _("the name or address of the holder is missing, and the law asks for it"),
    "RR04": _("the law does not allow it"),
    "TECH": _("a technical problem at the bank"),
}


def words_of(code: str, text: str = "") -> str:
    """Say why a transfer was refused, in the current language.

    Args:
        code: reason code of the bank; one that is not known is written as it is.
        text: what the bank added, kept in its own words.
    """
    said = str(REASONS.get(code, "")) or (
        str(_("reason %(code)s of the bank")) % {"code": code} if code else str(REASONS["MS03"])
    )
    return f"{said} ({text})" if text else said
