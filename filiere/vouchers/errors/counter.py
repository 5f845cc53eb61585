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
    """The programme names the organisations or places that may take its vouchers; not this one."""

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


class VoucherRecordedLate(VoucherRefused):
    """The act was in time; the tolerance to record it is over."""

    code = "vouchers.recorded_late"
    message = _("Voucher refused. It is too late to record a session with this voucher.")
    remedy = _("Call the operator: the session took place in time, it may still be settled.")
    say_aloud = _("Your session was in time. The delay is ours, you have nothing to pay for it.")


class VoucherRecalled(VoucherRefused):
    """A number, a booklet, a lot, a place or a device was recalled."""

    code = "vouchers.recalled"
    message = _("Voucher refused. It is among vouchers that were recalled.")
    remedy = _("Call the operator with the number printed on the voucher.")
    say_aloud = _(
        "This voucher was called back, with others. It is not your fault. I will call to find out"
        " more."
    )


class VoucherWrongPublic(VoucherRefused):
    """Its programme is for some publics, and nobody checked: it was never handed out."""

    code = "vouchers.wrong_public"
    message = _("Voucher refused. It is for certain people only and was not handed out to anyone.")
    remedy = _("Send the person to whoever hands out these vouchers; they record it at once.")
    say_aloud = _(
        "This voucher still has to be put in your name. I will call the people who give it."
    )


class VoucherCapReached(VoucherRefused):
    """The person used all that the programme gives one person in a year."""

    code = "vouchers.cap_reached"
    message = _("Voucher refused. The amount for one person in one year has all been used.")
    remedy = _("Choose another way to pay; the voucher works again in January if it is still good.")
    say_aloud = _(
        "You have had all the help this programme gives in one year. We will look for another way."
    )


class VoucherReversed(VoucherRefused):
    """This payment was undone; its reference is used up."""

    code = "vouchers.reversed"
    message = _("This voucher had paid for this session, and the payment was undone.")
    remedy = _("Open a new session to pay for it again with the voucher.")
    say_aloud = _("The money of this session went back to your voucher.")
    http_status = 409


class VoucherNumberOrPinWrong(VoucherRefused):
    """No voucher bears this number with these symbols; which of the two is wrong is not said."""

    code = "vouchers.number_or_pin_wrong"
    message = _("Voucher not found. The number and the short code do not go together.")
    remedy = _("Read both again, or scan the voucher.")
    say_aloud = _("I must have misread the voucher. May I look at it again?")
    http_status = 404


class VoucherTypingLocked(VoucherRefused):
    """Too many tries of number and short code; scanning still works."""

    code = "vouchers.typing_locked"
    message = _("Too many tries with this number. It can no longer be typed.")
    remedy = _("Scan the voucher or type its long code: both still work. Else call the operator.")
    say_aloud = _("Your voucher is still good. I will read it another way.")
    http_status = 429


class SignedCodeRefused(VoucherRefused):
    """A signed QR code that no key of ours made, or that was altered."""

    code = "vouchers.signed_code_refused"
    message = _("Voucher refused. This QR code was not made by us, or it was changed.")
    remedy = _("Type the long code printed on the voucher, or call the operator.")
    say_aloud = _("I cannot read this square. We will type the code together.")


class MovementUnknown(FiliereError):
    """No use of a voucher bears this id."""

    code = "vouchers.movement_unknown"
    message = _("This use of a voucher does not exist.")
    remedy = _("Check what is asked to be undone.")
    http_status = 404


class DeviceUnknown(FiliereError):
    """Not registered, or taken off."""

    code = "vouchers.device_unknown"
    message = _("This device is not registered, or was taken off.")
    remedy = _("Register it again from the page of your devices.")
    http_status = 403


class DeviceKeyRefused(FiliereError):
    """Not an Ed25519 public key, or one that another device has."""

    code = "vouchers.device_key_refused"
    message = _("The key of this device cannot be used.")
    remedy = _("Open the page on the device itself and register it again.")


class ClaimsRefused(FiliereError):
    """The signature of the whole upload is wrong: nothing of it is read."""

    code = "vouchers.claims_refused"
    message = _("What this device sent is refused: its signature is wrong.")
    remedy = _("Send it again from the device that recorded it.")


class TooManyRows(FiliereError):
    """A batch or an upload is bounded."""

    code = "vouchers.too_many_rows"
    message = _("%(count)s rows were sent at once; %(most)s are accepted.")
    remedy = _("Send them in several times.")
