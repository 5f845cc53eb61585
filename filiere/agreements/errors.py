"""What agreements refuse."""

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError


class AgreementDatesReversed(FiliereError):
    """The agreement would end before it starts."""

    code = "agreements.dates_reversed"
    message = _("The agreement would end on %(ends_on)s, before it starts on %(starts_on)s.")
    remedy = _("Check the two dates.")


class AgreementWithOneself(FiliereError):
    """Both parties are the same organisation."""

    code = "agreements.with_oneself"
    message = _("An organisation cannot sign an agreement with itself.")
    remedy = _("Choose another party.")


class CommitmentMissing(FiliereError):
    """This kind of agreement promises something and nothing is promised."""

    code = "agreements.commitment_missing"
    message = _("This agreement promises nothing.")
    remedy = _("Add at least one commitment: a rate, a limit per session or a total.")


class CommitmentOutOfRange(FiliereError):
    """A rate over 100 % or a negative amount."""

    code = "agreements.commitment_out_of_range"
    message = _("“%(label)s” has a rate or an amount that is not possible.")
    remedy = _("A rate is between 0 and 100 %%; amounts are not negative.")


class OperatorUnknown(FiliereError):
    """The commitment names an operator that is not in the list."""

    code = "agreements.operator_unknown"
    message = _("No operator is called “%(key)s”.")
    remedy = _("Choose an operator in the list, or leave it blank for every procedure.")


class HoursMissing(FiliereError):
    """An employer's agreement that buys no hours, or hours in another kind of agreement."""

    code = "agreements.hours_missing"
    message = _("This agreement does not say how many hours the employer buys.")
    remedy = _("Write a number of hours, for instance 100.")


class CardsNotPossible(FiliereError):
    """Too many cards at once, none, or for an agreement that buys no hours."""

    code = "agreements.cards_not_possible"
    message = _("These cards cannot be made.")
    remedy = _("Ask for 1 to %(most)s cards, for an agreement of hours still in force.")


class CardRefused(FiliereError):
    """The code shown opens no free hours here today."""

    code = "agreements.card_refused"
    message = _("This card opens no free hours here today.")
    remedy = _(
        "Check the code with the person. If it is right, the card was replaced, the agreement has"
        " ended, or it was signed with another place: the employer gives a new card."
    )


class HoursUsedUp(FiliereError):
    """Nothing is left of the hours, or of this card."""

    code = "agreements.hours_used_up"
    message = _("Nothing is left of the free hours of this card.")
    remedy = _("Take the payment without the card; the employer may buy more hours.")
