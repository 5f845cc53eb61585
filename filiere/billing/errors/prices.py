"""What prices refuse."""

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError


class PriceNotPossible(FiliereError):
    """A price under zero, or a free offer with an amount."""

    code = "billing.price_not_possible"
    message = _("This price is not possible: a free offer costs 0, and a price is never negative.")
    remedy = _("Choose “free”, or write an amount of 0 or more.")


class PriceBegun(FiliereError):
    """People were told this price: it is not rewritten."""

    code = "billing.price_begun"
    message = _("This price has been in force since %(day)s.")
    remedy = _("State another price from today on: the older one stays in the history.")
    http_status = 409
