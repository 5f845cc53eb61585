"""What prices seen, ceilings and surveys refuse."""

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError


class ProcedureUnknown(FiliereError):
    """Not a procedure of the list."""

    code = "billing.procedure_unknown"
    message = _("“%(procedure)s” is not a procedure of the list.")
    remedy = _("Choose one of the list, or write it exactly as the list does.")


class ObservedPriceNotPossible(FiliereError):
    """Under zero, above what one help costs, seen tomorrow, or a kind that does not exist."""

    code = "billing.observed_price_not_possible"
    message = _("This price cannot be kept: an amount, a kind of place or a day is not possible.")
    remedy = _("Write an amount from 0 to 2,000 euros, a kind of the list, and a day already past.")


class ObservedPriceNowhere(FiliereError):
    """No territory, and it is not a website."""

    code = "billing.observed_price_nowhere"
    message = _("Only a website sells everywhere: this price does not say where it was seen.")
    remedy = _("Give the town or the département.")


class ObservedPriceWithoutSource(FiliereError):
    """Read on a page whose address is missing, or an address that is none."""

    code = "billing.observed_price_without_source"
    message = _("A price read on a page is kept with the address of that page.")
    remedy = _("Give an address that begins with https:// or http://, or say it was seen on site.")


class ObservedPriceKnown(FiliereError):
    """The same price of the same seller was noted for that day."""

    code = "billing.observed_price_known"
    message = _("This price is already noted, for the same kind of place, town and day.")
    remedy = _("If another seller asks the same price, give the seller's name.")
    http_status = 409


class ObservedPriceDecided(FiliereError):
    """Somebody confirmed it, or set it aside, before."""

    code = "billing.observed_price_decided"
    message = _("This price was already confirmed or set aside.")
    remedy = _("Look at the list again.")
    http_status = 409


class SetAsideReasonMissing(FiliereError):
    """A price is never set aside without saying why."""

    code = "billing.set_aside_reason_missing"
    message = _("A price is set aside with a reason.")
    remedy = _("Say in a few words why it is not published.")


class CeilingNotPossible(FiliereError):
    """No source, an amount that is none, or days out of order."""

    code = "billing.ceiling_not_possible"
    message = _("This ceiling cannot be kept: its amount, its source or its day is missing.")
    remedy = _("Give an amount from 0 to 2,000 euros and who advises it.")


class CeilingKnown(FiliereError):
    """Another ceiling begins on that day in that territory."""

    code = "billing.ceiling_known"
    message = _("A ceiling for this procedure already begins on %(day)s in this territory.")
    remedy = _("End that one, or choose another day.")
    http_status = 409


class SurveyNotPossible(FiliereError):
    """Days out of order or too many, or a kind of place that does not exist."""

    code = "billing.survey_not_possible"
    message = _("This survey cannot be opened: its days or its kind of place are not possible.")
    remedy = _("Choose a first day from today on, and a last day within 180 days of it.")


class SurveyAlreadyOpen(FiliereError):
    """The place has a survey on some of these days."""

    code = "billing.survey_already_open"
    message = _("This place already asks the question on some of these days.")
    remedy = _("End that survey first, or choose days after it.")
    http_status = 409


class SurveyNotOpen(FiliereError):
    """Before its first day, or after its last."""

    code = "billing.survey_not_open"
    message = _("This survey takes no answer today.")
    remedy = _(
        "It is open from %(starts)s to %(ends)s. Sheets of paper may be entered until 30 days after."
    )
    http_status = 409


class AnswerNotPossible(FiliereError):
    """An amount, or a kind of place, that was not asked."""

    code = "billing.answer_not_possible"
    message = _("This answer was not one of those offered.")
    remedy = _("Choose one of the lines of the list.")
