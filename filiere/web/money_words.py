"""How money pages say things: services, payers, the steps of a batch, people behind an action."""

from collections.abc import Iterable

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from filiere.accounts.models import User
from filiere.billing.models import PayerKind
from filiere.rules.national_lists import label_of
from filiere.settlement.models import AlertKind, AnswerOutcome, BatchState, OrderState
from filiere.settlement.queries import LeftOut, LeftOutReason, UnmatchedReason
from filiere.web.formats import day_words, number


def service_words(service: str) -> str:
    """Name a service of the national standard in the reader's language."""
    language = "en" if (get_language() or "fr").startswith("en") else "fr"
    try:
        return label_of("services", service, language)
    except KeyError:
        return service or _("service not stated")


def people(count: int) -> str:
    """Say "612 people"."""
    words = ngettext("%(count)s person", "%(count)s people", count)
    return words % {"count": number(count)}


def towns(count: int) -> str:
    """Say "31 towns"."""
    return ngettext("%(count)s town", "%(count)s towns", count) % {"count": number(count)}


def sessions(count: int) -> str:
    """Say "52 sessions"."""
    return ngettext("%(count)s session", "%(count)s sessions", count) % {"count": number(count)}


def payer_kind(kind: str) -> str:
    """Say by which way a share is paid."""
    return {
        PayerKind.VOUCHER: _("voucher"),
        PayerKind.THIRD_PARTY: _("third-party payer"),
        PayerKind.EMPLOYER: _("an employer’s free hours"),
        PayerKind.PERSON: _("the person, at the counter"),
    }[PayerKind(kind)]


def batch_state(state: str) -> str:
    """Say at which step a batch of payments is."""
    return {
        BatchState.FROZEN: _("to approve"),
        BatchState.APPROVED: _("approved"),
        BatchState.EMITTED: _("sent to the bank"),
        BatchState.PAID: _("paid"),
        BatchState.REJECTED: _("refused by the bank"),
        BatchState.CANCELLED: _("cancelled"),
    }[BatchState(state)]


def order_state(state: str) -> str:
    """Say what became of one transfer."""
    return {
        OrderState.PREPARED: _("being prepared"),
        OrderState.SENT: _("sent to the bank"),
        OrderState.ACCEPTED: _("accepted by the bank"),
        OrderState.PAID: _("paid"),
        OrderState.REJECTED: _("refused by the bank"),
        OrderState.RETURNED: _("sent back by the bank"),
        OrderState.CANCELLED: _("cancelled"),
    }[OrderState(state)]


def answer_outcome(outcome: str) -> str:
    """Say what one line of a bank's answer changed."""
    return {
        AnswerOutcome.ACCEPTED: _("accepted by the bank"),
        AnswerOutcome.REJECTED: _("refused: owed again"),
        AnswerOutcome.WAITING: _("still at the bank"),
        AnswerOutcome.KNOWN: _("already known"),
        AnswerOutcome.UNKNOWN: _("unknown reference: nothing changed"),
        AnswerOutcome.OTHER_AMOUNT: _("another amount: nothing changed"),
        AnswerOutcome.TOO_LATE: _("came too late: nothing changed"),
    }[AnswerOutcome(outcome)]


def alert_kind(kind: str) -> str:
    """Say what looks unusual in a payment; it accuses nobody."""
    return {
        AlertKind.SELF_PRESCRIPTION: _("vouchers handed out and redeemed by the same organisation"),
        AlertKind.OUTSIDE_HOURS: _("vouchers redeemed while the place says it is closed"),
        AlertKind.SERIAL_RUN: _("vouchers that follow each other, redeemed within minutes"),
    }[AlertKind(kind)]


def unmatched(reason: str) -> str:
    """Say why a line of the account explains no payment by itself."""
    return {
        UnmatchedReason.OTHER_AMOUNT: _("its reference is ours, its amount is not"),
        UnmatchedReason.NOT_AT_THE_BANK: _("its reference is a transfer already paid or refused"),
        UnmatchedReason.SEVERAL: _("several transfers have this amount, and it names none"),
        UnmatchedReason.ONE_WITHOUT_REFERENCE: _("one transfer has this amount, but it names none"),
        UnmatchedReason.NONE: _("no transfer has this amount"),
    }[UnmatchedReason(reason)]


def left_out_words(one: LeftOut) -> str:
    """Say why a provider owed money is not in the next batch."""
    if one.usable_from is not None:
        return _("new account, usable from %(day)s") % {"day": day_words(one.usable_from)}
    return {
        LeftOutReason.NO_ACCOUNT: _("no bank account given"),
        LeftOutReason.ON_HOLD: _("no bank account given"),
        LeftOutReason.ACCOUNT_REFUSED: _("the bank refused its account: it must confirm it"),
        LeftOutReason.HELD: _("payments held"),
        LeftOutReason.OWES_AS_MUCH: _("owes as much for refunded sessions"),
    }[one.reason]


BATCH_TONES = {
    BatchState.FROZEN: "warning",
    BatchState.APPROVED: "info",
    BatchState.EMITTED: "info",
    BatchState.PAID: "ok",
    BatchState.REJECTED: "error",
    BatchState.CANCELLED: "neutral",
}
ORDER_TONES = {
    OrderState.PREPARED: "neutral",
    OrderState.SENT: "info",
    OrderState.ACCEPTED: "info",
    OrderState.PAID: "ok",
    OrderState.REJECTED: "error",
    OrderState.RETURNED: "error",
    OrderState.CANCELLED: "neutral",
}


def actor_names(actors: Iterable[str]) -> dict[str, str]:
    """Name the people behind journal ids such as ``user:12``; one query."""
    ids = {}
    for actor in actors:
        kind, _colon, pk = actor.partition(":")
        ids[actor] = int(pk) if kind == "user" and pk.isdigit() else 0
    users = User.objects.in_bulk(ids.values())
    return {
        actor: str(users[pk]) if pk in users else _("Filière (automatic)")
        for actor, pk in ids.items()
    }
