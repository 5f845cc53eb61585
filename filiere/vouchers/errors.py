"""What vouchers refuse. Each refusal at a counter carries a kind sentence to say aloud."""

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError


class VoucherRefused(FiliereError):
    """A voucher cannot pay. ``say_aloud`` is for the person; it never blames them."""

    code = "vouchers.refused"
    message = _("This voucher cannot pay for this session.")
    remedy = _("Choose another way to pay, or call the operator.")
    say_aloud: ClassVar[str | Promise] = _(
        "It is not your fault. Your session goes on; we will look for a solution together."
    )

    @property
    def to_say(self) -> str:
        """The sentence to say to the person, in the current language."""
        return str(self.say_aloud) % self.parameters if self.parameters else str(self.say_aloud)


class VoucherMistyped(VoucherRefused):
    """The check symbol tells that a character is wrong, before the database is asked."""

    code = "vouchers.mistyped"
    message = _("Voucher not found: a character of the code is wrong or missing.")
    remedy = _("Read the code again, four characters at a time, or scan it.")
    say_aloud = _("I must have misread the code. May I look at your voucher again?")


class VoucherUnknown(VoucherRefused):
    """A well-formed code that no voucher bears."""

    code = "vouchers.unknown"
    message = _("Voucher refused. No voucher bears this code.")
    remedy = _("Check that the voucher is one of ours, then ask the person who handed it out.")
    say_aloud = _(
        "I cannot find this voucher. It is not your fault. We will ask the people who gave it to"
        " you."
    )
    http_status = 404


class VoucherExpired(VoucherRefused):
    """The session took place after the voucher's last day."""

    code = "vouchers.expired"
    message = _("Voucher refused. It expired on %(expired_on)s.")
    remedy = _("Ask the person who handed it out for a new voucher.")
    say_aloud = _(
        "Your voucher has passed its date. It is not your fault. We will ask for a new one together."
    )


class VoucherNotActive(VoucherRefused):
    """The lot is not activated: its money has not been received yet."""

    code = "vouchers.not_active"
    message = _("Voucher refused. It is not active yet: its money has not been received.")
    remedy = _("Tell the people who handed it out; the voucher can be used once it is active.")
    say_aloud = _(
        "Your voucher is not ready yet. It is not your fault. Keep it: it will work in a few days."
    )


class VoucherSpent(VoucherRefused):
    """Nothing is left on it."""

    code = "vouchers.spent"
    message = _("Voucher refused. All of its money has been used.")
    remedy = _("Ask for another voucher, or choose another way to pay.")
    say_aloud = _("There is nothing left on this voucher. We will see together how to go on.")


class VoucherBlocked(VoucherRefused):
    """Blocked while something is checked."""

    code = "vouchers.blocked"
    message = _("Voucher refused. It is blocked while something is checked.")
    remedy = _("Call the operator with the number printed on the voucher.")
    say_aloud = _(
        "This voucher is being checked. It is not your fault. I will call to find out more."
    )


class VoucherLost(VoucherRefused):
    """Declared lost; another voucher bears its money."""

    code = "vouchers.lost"
    message = _("Voucher refused. It was declared lost and replaced by another.")
    remedy = _("Ask for the new voucher: it holds all the money that was left.")
    say_aloud = _("This voucher was replaced by a new one. Do you have the new one with you?")


class VoucherWrongPlace(VoucherRefused):
    """The programme names the organisations that may take its vouchers; this is another."""

    code = "vouchers.wrong_place"
    message = _("Voucher refused. This programme pays in other places than yours.")
    remedy = _("Look in the finder for a place that takes this voucher.")
    say_aloud = _(
        "Your voucher is good, but for another place. I will help you find one near here."
    )


class VoucherWrongService(VoucherRefused):
    """The programme does not pay this service."""

    code = "vouchers.wrong_service"
    message = _("Voucher refused. This programme does not pay for this service.")
    remedy = _("Choose another way to pay, or a service that the voucher pays for.")
    say_aloud = _("Your voucher is good, but for other sessions. We will look at which ones.")


class VoucherWrongTerritory(VoucherRefused):
    """The session takes place outside the programme's territories."""

    code = "vouchers.wrong_territory"
    message = _("Voucher refused. This programme does not pay in this commune.")
    remedy = _("Look in the finder for a place where this voucher is accepted.")
    say_aloud = _(
        "Your voucher is good, but not in this commune. I will help you find the nearest place."
    )


class ProviderNotQualified(VoucherRefused):
    """The place is not on the list of those that vouchers may pay, on that day."""

    code = "vouchers.provider_not_qualified"
    message = _("Voucher refused. Your place cannot take vouchers yet.")
    remedy = _("Ask the person in charge of your place to request its qualification.")
    say_aloud = _("We cannot take vouchers here yet. I will help you find a place that does.")


class ReferenceConflict(VoucherRefused):
    """This act was already paid with this voucher, by another place or for another amount."""

    code = "vouchers.reference_conflict"
    message = _("This voucher has already paid for this session, for another amount or place.")
    remedy = _("Open the session to see what was recorded.")
    say_aloud = _("This session is already recorded. You have nothing to do.")
    http_status = 409


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


class LotAlreadyGenerated(FiliereError):
    """Codes are given once: they are never stored."""

    code = "vouchers.lot_already_generated"
    message = _("The vouchers of this lot already exist; their codes were given once.")
    remedy = _("If the codes are lost, replace the vouchers one by one.")
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


class VoucherAlreadyHandedOut(FiliereError):
    """A voucher is given to one person."""

    code = "vouchers.already_handed_out"
    message = _("The voucher n° %(serial)s was already handed out to someone else.")
    remedy = _("Take another voucher.")
    http_status = 409
