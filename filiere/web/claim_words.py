"""What a mediator reads of each thing a device recorded: paid, or why not and what to do."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiere.billing.models import Charge, ChargeState
from filiere.kernel.wording import Euros
from filiere.vouchers.errors import VoucherBlocked, VoucherLost, VoucherRecalled
from filiere.vouchers.models import ClaimState, ClaimStep, ClaimStepKind, OfflineClaim
from filiere.vouchers.queries.devices import ClaimStage

SETTLE = gettext_lazy(
    "The session is noted. Settle it at the counter, with another voucher or without."
)
NOT_NOTED = gettext_lazy("The session is not noted. Find it in your day and note it there.")
GOOD_FAITH = gettext_lazy(
    "The session is noted. It was taken in good faith: ask the operator to have it paid by a"
    " guarantee fund. The person is not asked to pay again."
)
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
        (
            "spent",
            _("This voucher was already used elsewhere before this was received."),
            GOOD_FAITH,
        ),
        ("expired", _("The last day of this voucher had passed."), SETTLE),
        ("recorded_late", _("It was received too late for this voucher."), GOOD_FAITH),
        ("not_active", _("This voucher is not active."), SETTLE),
        ("blocked", _("This voucher was blocked."), GOOD_FAITH),
        ("lost", _("This voucher was declared lost and replaced."), GOOD_FAITH),
        ("recalled", _("This voucher was called back."), GOOD_FAITH),
        ("unknown", _("No voucher bears this code."), SETTLE),
        ("mistyped", _("This is not the code of a voucher."), SETTLE),
        ("signed_code_refused", _("This square was not made by us, or it was changed."), SETTLE),
        ("wrong_place", _("This voucher is not accepted by your organisation."), SETTLE),
        ("wrong_service", _("This voucher does not pay for this service."), SETTLE),
        ("wrong_territory", _("This voucher is not for this territory."), SETTLE),
        ("wrong_public", _("This voucher was not handed out to anyone."), SETTLE),
        ("cap_reached", _("The person used all that the programme gives in one year."), GOOD_FAITH),
        ("reversed", _("This voucher had paid, and the payment was undone."), GOOD_FAITH),
        ("reference_conflict", _("This voucher was already used for this session."), GOOD_FAITH),
        (
            "offline_not_allowed",
            _("The programme of this voucher does not allow use without network."),
            GOOD_FAITH,
        ),
        (
            "price_changed",
            _("The price of the session is not the one that was shown."),
            GOOD_FAITH,
        ),
        ("nothing_to_pay", _("There was nothing for this voucher to pay."), _("Nothing to do.")),
        ("session_paid", _("This session was already paid."), _("Nothing to do.")),
        ("session_unknown", _("No session bears this reference."), NOT_NOTED),
        ("session_elsewhere", _("This session is of another place."), NOT_NOTED),
        ("agenda.slot_full", _("Somebody else took the last seat of this hour."), NOT_NOTED),
        ("agenda.slot_gone", _("This hour was cancelled, or was over."), NOT_NOTED),
        ("agenda.place_closed", _("The place was closed that day."), NOT_NOTED),
        ("agenda.nobody_free", _("Everybody at the place was already busy then."), NOT_NOTED),
        ("agenda.seat_not_held", _("This seat was given back."), NOT_NOTED),
        ("clock", _("The clock of the device was wrong."), CALL),
        ("device_limit", _("The device had reached its limit of one day."), CALL),
        ("provider_not_qualified", _("The place may not take vouchers."), NOT_NOTED),
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


STAGE_TONES = {
    ClaimStage.OPEN: "warning",
    ClaimStage.CONTESTED: "info",
    ClaimStage.CLOSED: "neutral",
}


def stages() -> dict[ClaimStage, str]:
    """Say where claims that were not paid may stand."""
    return {
        ClaimStage.OPEN: _("nothing asked yet"),
        ClaimStage.CONTESTED: _("the operator decides"),
        ClaimStage.CLOSED: _("closed"),
    }


def stage_of(claim: OfflineClaim) -> ClaimStage:
    """Tell where a claim read by ``device_queries.unpaid_claims`` stands."""
    if claim.is_closed:  # type: ignore[attr-defined]
        return ClaimStage.CLOSED
    return ClaimStage.CONTESTED if claim.is_contested else ClaimStage.OPEN  # type: ignore[attr-defined]


def step(one: ClaimStep) -> str:
    """Say what was done of a claim."""
    return {
        ClaimStepKind.CONTESTED: _("The place asked the operator to look again"),
        ClaimStepKind.GIVEN_UP: _("The place gave it up"),
        ClaimStepKind.PAID: _("A guarantee fund pays it"),
        ClaimStepKind.UPHELD: _("The refusal is confirmed"),
    }[ClaimStepKind(one.kind)]


def may_be_borne(claim: OfflineClaim, charge: Charge | None) -> bool:
    """Tell whether giving a claim up would close its session at the place's cost."""
    return (
        claim.state == ClaimState.DISPUTED
        and charge is not None
        and charge.state == ChargeState.OPEN
        and charge.price_cents > 0
    )


def _closed(claim: OfflineClaim, charge: Charge | None) -> str:
    """Say what a claim that was decided leaves to do, most often nothing."""
    if charge is not None and charge.waived_claim_id == claim.pk:
        words = _("Your organisation bears this session, %(amount)s: nobody asks the person.")
        return words % {"amount": Euros(charge.waived_cents)}
    if may_be_borne(claim, charge):
        return _(
            "The refusal is confirmed and the session is still to be settled. Another voucher may"
            " pay it at the counter; else bear it, so that nobody asks the person."
        )
    return _("It is closed: nothing more is asked of anyone for this voucher.")


def next_of(claim: OfflineClaim, charge: Charge | None) -> str:
    """Say what can be done now, in a sentence or two."""
    where = stage_of(claim)
    if where == ClaimStage.CLOSED:
        return _closed(claim, charge)
    if charge is not None and charge.state != ChargeState.OPEN:
        return _("The session was settled since: this voucher can be given up.")
    if claim.state == ClaimState.DISPUTED and charge is not None:
        return _(
            "It was taken in good faith. A guarantee fund may give the place what the voucher would"
            " have given; the person is not asked to pay again."
        )
    if where == ClaimStage.CONTESTED:
        return _("The operator decides, and says why here.")
    found = reason_of(claim)
    return found.next_step if found else ""


@dataclass(frozen=True, slots=True)
class WithdrawnWords:
    """Why a voucher is refused without network, what to do, and what to say aloud."""

    word: str
    sentence: str
    next_step: str
    aloud: str


def withdrawn_words() -> list[WithdrawnWords]:
    """Give the refusals that a device makes by itself of vouchers that may not pay."""
    found = {"blocked": VoucherBlocked(), "lost": VoucherLost(), "recalled": VoucherRecalled()}
    return [
        WithdrawnWords(word, refusal.sentence, refusal.next_step, refusal.to_say)
        for word, refusal in found.items()
    ]
