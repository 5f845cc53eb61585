"""How money pages say things: services, payers, the steps of a batch, people behind an action."""

from collections.abc import Iterable

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from filiere.accounts.models import User
from filiere.billing.models import PayerKind
from filiere.rules.national_lists import label_of
from filiere.settlement.models import BatchState
from filiere.web.formats import number


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
        PayerKind.PERSON: _("the person, at the counter"),
    }[PayerKind(kind)]


def batch_state(state: str) -> str:
    """Say at which step a batch of payments is."""
    return {
        BatchState.FROZEN: _("to approve"),
        BatchState.APPROVED: _("approved"),
        BatchState.EMITTED: _("sent to the bank"),
        BatchState.PAID: _("paid"),
        BatchState.CANCELLED: _("cancelled"),
    }[BatchState(state)]


BATCH_TONES = {
    BatchState.FROZEN: "warning",
    BatchState.APPROVED: "info",
    BatchState.EMITTED: "info",
    BatchState.PAID: "ok",
    BatchState.CANCELLED: "neutral",
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
