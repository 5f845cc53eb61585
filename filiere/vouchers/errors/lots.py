"""Refusals about preparing, activating and closing lots."""

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError


class LotPartsWrong(FiliereError):
    """The parts of the funders do not add up to the lot."""

    code = "vouchers.lot_parts_wrong"
    message = _("The parts of the funders add up to %(total)s; the lot is worth %(expected)s.")
    remedy = _("Correct the parts so that the two amounts are equal.")


class LotOverPromised(FiliereError):
    """The lot is worth more than the funders promised."""

    code = "vouchers.lot_over_promised"
    message = _("The funders of this programme promised %(missing)s less than this lot is worth.")
    remedy = _("Order fewer vouchers, or raise a promise first.")


class LotOutsideProgramme(FiliereError):
    """The vouchers would outlive their programme, or be made for nobody."""

    code = "vouchers.lot_outside_programme"
    message = _("These vouchers could be used after the programme ends, on %(ends_on)s.")
    remedy = _("Choose an earlier last day.")


class LotCountRefused(FiliereError):
    """A lot holds 1 to 1,000,000 vouchers."""

    code = "vouchers.lot_count_refused"
    message = _("A lot holds between 1 and 1,000,000 vouchers, not %(count)s.")
    remedy = _("Change the number of vouchers, or prepare several lots.")


class LotBookletRefused(FiliereError):
    """A booklet holds 1 to 100 vouchers."""

    code = "vouchers.lot_booklet_refused"
    message = _("A booklet holds between 1 and %(most)s vouchers.")
    remedy = _("Change the number of vouchers in a booklet.")


class LotDatesReversed(FiliereError):
    """Use, then recording, then claim."""

    code = "vouchers.lot_dates_reversed"
    message = _("The last days of use, of recording and of claim are not in this order.")
    remedy = _("Choose a last day of recording after the last day of use, and claim after both.")


class LotAlreadyGenerated(FiliereError):
    """A lot is filled once."""

    code = "vouchers.lot_already_generated"
    message = _("The vouchers of this lot already exist.")
    remedy = _("Open the lot to print them or to entrust them.")
    http_status = 409


class CodeNotKept(FiliereError):
    """The code was drawn at random and given once, or its key was put away."""

    code = "vouchers.code_not_kept"
    message = _("The code of the voucher n° %(serial)s cannot be shown again.")
    remedy = _("Replace the voucher: the new one holds all that is left of it.")
    http_status = 409


class LotNotGenerated(FiliereError):
    """A lot is activated with all of its vouchers, each with its whole value."""

    code = "vouchers.lot_not_generated"
    message = _("This lot has %(found)s vouchers out of %(expected)s.")
    remedy = _("Generate the vouchers first.")


class LotNotFunded(FiliereError):
    """A tranche's confirmed cash does not cover its part of the lot."""

    code = "vouchers.lot_not_funded"
    message = _("This lot cannot be activated: %(missing)s from %(funder)s are not received yet.")
    remedy = _("Confirm the payment once the bank shows it, then activate the lot.")
    http_status = 409


class LotOutOfReach(FiliereError):
    """Too few people in scope have a qualified, open place with free seats near enough."""

    code = "vouchers.lot_out_of_reach"
    message = _(
        "This lot cannot be activated: %(share)s%% of people have an open, qualified place with"
        " free seats within %(minutes)s minutes, and the programme asks for %(wanted)s%%."
        " Farthest: %(communes)s."
    )
    remedy = _(
        "Move the money to communes with a place, open places there, or have two people answer"
        " for it."
    )
    http_status = 409


class ReachUnknown(FiliereError):
    """No commune in scope has both a position and a population."""

    code = "vouchers.reach_unknown"
    message = _("This lot cannot be activated: nothing is known of where people live there.")
    remedy = _("Load the territory's communes, or have two people answer for it.")
    http_status = 409


class OverrideByTheSame(FiliereError):
    """Asking and confirming take two people."""

    code = "vouchers.override_by_the_same"
    message = _("You asked for this yourself: another person must confirm it.")
    remedy = _("Ask a colleague who holds this right to open the page.")
    http_status = 409


class OverrideNotAsked(FiliereError):
    """Nobody asked for it yet."""

    code = "vouchers.override_not_asked"
    message = _("Nobody asked to activate this lot in spite of its reach.")
    remedy = _("Ask for it first, with a reason.")
    http_status = 409


class LotNotActive(FiliereError):
    """Only an active lot can be closed."""

    code = "vouchers.lot_not_active"
    message = _("This lot is not active.")
    remedy = _("Open the lot to see where it stands.")
    http_status = 409


class LotStillClaimable(FiliereError):
    """Providers may still claim what their sessions cost."""

    code = "vouchers.lot_still_claimable"
    message = _("Places may claim what these vouchers paid until %(until)s.")
    remedy = _("Close the lot the day after.")
    http_status = 409


class StatementMissing(FiliereError):
    """Closing starts from a statement that both sides have read."""

    code = "vouchers.statement_missing"
    message = _("The closing statement of this lot is not drawn up, or no longer tells the truth.")
    remedy = _("Draw it up, then have the operator and the funder acknowledge it.")
    http_status = 409


class StatementNotAcknowledged(FiliereError):
    """Both sides acknowledge it, or thirty days go by."""

    code = "vouchers.statement_not_acknowledged"
    message = _(
        "The operator and the funder have not both acknowledged the statement; silence counts as"
        " agreement from %(on)s."
    )
    remedy = _("Ask the side that is missing to open the page of the lot.")
    http_status = 409


class AcknowledgedByTheSame(FiliereError):
    """One person does not answer for both sides."""

    code = "vouchers.acknowledged_by_the_same"
    message = _("You already acknowledged this statement for the other side.")
    remedy = _("Ask another person to do it.")
    http_status = 409
