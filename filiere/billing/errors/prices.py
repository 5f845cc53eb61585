"""What prices and packages refuse."""

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


class PackageNotDescribed(FiliereError):
    """A pack that holds nothing, or a subscription without length."""

    code = "billing.package_not_described"
    message = _("This price does not say what the package holds, or for how long.")
    remedy = _(
        "Give a pack a number of sessions or of hours and a length in days; give a subscription"
        " a length in days."
    )


class BandsNotPossible(FiliereError):
    """Two bands of one name, one without a name, or more than there may be."""

    code = "billing.bands_not_possible"
    message = _("These prices by income or by public cannot be read.")
    remedy = _("Give each line its own name and an amount of 0 or more; at most %(most)s lines.")


class BandUnknown(FiliereError):
    """The price of the day knows no such band."""

    code = "billing.band_unknown"
    message = _("This service has no price called “%(band)s”.")
    remedy = _("Choose one of the prices shown, or the full price.")


class GroupElsewhere(FiliereError):
    """The solidarity fund is another organisation's, or its cost is not said."""

    code = "billing.group_elsewhere"
    message = _("This price cannot enter this solidarity fund.")
    remedy = _("Choose a fund of your organisation, and say what a session or an hour costs you.")


class PackageNotOffered(FiliereError):
    """The price of the day is not a package, or the session is already covered by one."""

    code = "billing.package_not_offered"
    message = _("No package can be bought for this session.")
    remedy = _("Take the payment of the session as it is shown.")
    http_status = 409


class PackageBegun(FiliereError):
    """Other sessions were taken from the package this session bought."""

    code = "billing.package_begun"
    message = _("The package bought at this session has served for %(count)s other sessions.")
    remedy = _("Undo those sessions first, or settle with the person what is left of the package.")
    http_status = 409
