"""Readings of the sources of the rules: who read which, and which figures are thereby verified.

A figure or a sentence from memory is verified once two people read its source and nobody who read
it last says otherwise. Assistants take the keys given here as ``verified``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError
from filiere.kernel.models import ParameterSignature
from filiere.kernel.services import record
from filiere.rules.assistants.signing import Doubt, figures_to_verify, sentences_to_verify

READERS = 2
MOST_SOURCE = 300


class NothingToSign(FiliereError):
    """The key is of nothing that waits to be verified on that day."""

    code = "kernel.nothing_to_sign"
    message = _("This rule does not wait to be checked on this date.")
    remedy = _("Choose one of the list of rules to verify.")


class SourceNotNamed(FiliereError):
    """Whoever signs names what was read."""

    code = "kernel.source_not_named"
    message = _("The source you read is not named, or its name is too long.")
    remedy = _("Write the article, the page or its address, in 300 characters at most.")


class RuleChanged(FiliereError):
    """What was shown to the signer is not what the rule says now."""

    code = "kernel.rule_changed"
    message = _("This rule changed while you read its source.")
    remedy = _("Read it again, then sign what it says now.")
    http_status = 409


@dataclass(frozen=True, slots=True)
class Reading:
    """How far one doubt is from being verified: the last word of each reader, oldest first."""

    doubt: Doubt
    signatures: tuple[ParameterSignature, ...]

    @property
    def readers(self) -> int:
        """How many read the source and found it right."""
        return sum(one.is_right for one in self.signatures)

    @property
    def is_contested(self) -> bool:
        """Tell whether somebody read something else."""
        return any(not one.is_right for one in self.signatures)

    @property
    def is_verified(self) -> bool:
        """Tell whether enough people found it right and nobody found it wrong."""
        return self.readers >= READERS and not self.is_contested


def said(doubt: Doubt) -> str:
    """Write what a doubt says, so that a signature holds for this value only.

    >>> from datetime import date
    >>> said(Doubt("a.b", "somewhere", date(2026, 1, 1), 8001100, "euro cents"))
    '2026-01-01 8001100 euro cents'
    """
    if doubt.words is not None:
        return f"{doubt.since.isoformat()} {doubt.words.fr}"
    value = doubt.value
    if isinstance(value, tuple):
        text = " ".join(value)
    else:
        text = str(Fraction(value)) if isinstance(value, Fraction) else str(value)
    return f"{doubt.since.isoformat()} {text} {doubt.unit}"


def doubts(on: date) -> tuple[Doubt, ...]:
    """Give all that waits to be verified on a day: figures, then sentences."""
    return (*figures_to_verify(on), *sentences_to_verify(on))


def readings(on: date) -> tuple[Reading, ...]:
    """Give every doubt of a day with the signatures that hold for what it says. One query."""
    waiting = doubts(on)
    signed = _last_words(one.sign_key for one in waiting)
    return tuple(_reading(one, signed.get(one.sign_key, ())) for one in waiting)


def _last_words(keys: Iterable[str]) -> dict[str, list[ParameterSignature]]:
    """Give, for each key and each value read, the last word of each reader."""
    last: dict[tuple[str, str, str], ParameterSignature] = {}
    for one in ParameterSignature.objects.filter(key__in=list(keys)).order_by("at", "pk"):
        last[one.key, one.reading, one.signed_by] = one
    found: dict[str, list[ParameterSignature]] = {}
    for one in last.values():
        found.setdefault(one.key, []).append(one)
    return found


def _reading(doubt: Doubt, signed: Sequence[ParameterSignature]) -> Reading:
    text = said(doubt)
    return Reading(doubt, tuple(one for one in signed if one.reading == text))


def verified_keys(on: date) -> frozenset[str]:
    """Give the sign keys that assistants may take as verified on a day. One query."""
    return frozenset(one.doubt.sign_key for one in readings(on) if one.is_verified)


@transaction.atomic
def sign(
    *,
    key: str,
    on: date,
    reading: str,
    source_read: str,
    is_right: bool,
    actor: str,
    at: datetime,
) -> ParameterSignature:
    """Note that somebody read a source. The same word twice is one.

    Args:
        key: sign key of the figure or sentence.
        on: the day of the rules that was shown.
        reading: what was shown, as ``said`` writes it.
        is_right: the source says so; False when it says something else.

    Raises:
        NothingToSign: nothing of this key waits on that day.
        RuleChanged: it says something else by now.
        SourceNotNamed: blank, or over 300 characters.
    """
    doubt = next((one for one in doubts(on) if one.sign_key == key), None)
    if doubt is None:
        raise NothingToSign(key=key)
    if said(doubt) != reading:
        raise RuleChanged(key=key)
    source = source_read.strip()
    if not source or len(source) > MOST_SOURCE:
        raise SourceNotNamed
    mine = ParameterSignature.objects.filter(key=key, reading=reading, signed_by=actor)
    last = mine.order_by("-at", "-pk").first()
    if last is not None and last.is_right == is_right and last.source_read == source:
        return last
    signature = ParameterSignature.objects.create(
        key=key, reading=reading, source_read=source, is_right=is_right, signed_by=actor, at=at
    )
    record(
        actor=actor, action="kernel.rule_signed", subject=f"rule:{key}", at=at, is_right=is_right
    )
    return signature
