"""What a mediator reads of each thing a device recorded: paid, or why not and what to do."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiere.vouchers.models import ClaimState, OfflineClaim

SETTLE = gettext_lazy(
    "The session is noted. Settle it at the counter, with another voucher or without."
)
NOT_NOTED = gettext_lazy("The session is not noted. Find it in your day and note it there.")
CALL = gettext_lazy("The session is not noted. Call the operator: it was recorded in good faith.")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a claim was not paid, and what to do now."""

    word: str
    sentence: str
    next_step: str


def reasons() -> list[Reason]:
    """Give every reason, in the current language; the last one is for a word not listed."""
    told = [
        ("spent", _("This voucher was already used elsewhere before this was received."), SETTLE),
        ("expired", _("The last day of this voucher had passed."), SETTLE),
        ("recorded_late", _("It was received too late for this voucher."), SETTLE),
        ("not_active", _("This voucher is not active."), SETTLE),
        ("blocked", _("This voucher was blocked."), SETTLE),
        ("lost", _("This voucher was declared lost and replaced."), SETTLE),
        ("recalled", _("This voucher was called back."), SETTLE),
        ("unknown", _("No voucher bears this code."), SETTLE),
        ("mistyped", _("This is not the code of a voucher."), SETTLE),
        ("signed_code_refused", _("This square was not made by us, or it was changed."), SETTLE),
        ("wrong_place", _("This voucher is not accepted by your organisation."), SETTLE),
        ("wrong_service", _("This voucher does not pay for this service."), SETTLE),
        ("wrong_territory", _("This voucher is not for this territory."), SETTLE),
        ("wrong_public", _("This voucher was not handed out to anyone."), SETTLE),
        ("cap_reached", _("The person used all that the programme gives in one year."), SETTLE),
        ("reversed", _("This voucher had paid, and the payment was undone."), SETTLE),
        ("reference_conflict", _("This voucher was already used for this session."), SETTLE),
        (
            "offline_not_allowed",
            _("The programme of this voucher does not allow use without network."),
            SETTLE,
        ),
        ("price_changed", _("The price of the session is not the one that was shown."), SETTLE),
        ("nothing_to_pay", _("There was nothing for this voucher to pay."), _("Nothing to do.")),
        ("session_paid", _("This session was already paid."), _("Nothing to do.")),
        ("session_unknown", _("No session bears this reference."), NOT_NOTED),
        ("session_elsewhere", _("This session is of another place."), NOT_NOTED),
        ("agenda.slot_full", _("Somebody else took the last seat of this hour."), NOT_NOTED),
        ("agenda.slot_gone", _("This hour was cancelled, or was over."), NOT_NOTED),
        ("agenda.place_closed", _("The place was closed that day."), NOT_NOTED),
        ("agenda.seat_not_held", _("This seat was given back."), NOT_NOTED),
        ("clock", _("The clock of the device was wrong."), CALL),
        ("device_limit", _("The device had reached its limit of one day."), CALL),
        ("provider_not_qualified", _("The place may not take vouchers."), CALL),
    ]
    last = ("", _("It was refused."), _("Note the session in your day, then call the operator."))
    return [Reason(word, sentence, str(step)) for word, sentence, step in [*told, last]]


def reason_of(claim: OfflineClaim) -> Reason | None:
    """Say why a claim was not paid; None when it was."""
    if claim.state == ClaimState.ACCEPTED:
        return None
    found = {one.word: one for one in reasons()}
    return found.get(claim.outcome, found[""])


def state(value: str) -> str:
    """Say how a claim was judged."""
    return {
        ClaimState.ACCEPTED: _("paid"),
        ClaimState.REFUSED: _("refused"),
        ClaimState.DISPUTED: _("set aside"),
    }[ClaimState(value)]


STATE_TONES = {
    ClaimState.ACCEPTED: "ok",
    ClaimState.REFUSED: "error",
    ClaimState.DISPUTED: "warning",
}
