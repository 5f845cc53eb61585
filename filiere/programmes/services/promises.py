"""What funders promise, and the rule by which one's euro calls another's."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from filiere.kernel import services as kernel
from filiere.ledger import services as ledger
from filiere.programmes.errors import MatchRefused, ProgrammeClosed, TermsRefused
from filiere.programmes.models import MatchRule, Programme, ProgrammeState, Tranche
from filiere.programmes.queries import tranche_account
from filiere.rules.funding_terms import known_publics


@transaction.atomic
def promise_tranche(
    *,
    programme: Programme,
    funder_id: int,
    cap_cents: int,
    actor: str,
    at: datetime,
    rank: int = 1,
    earmark_territory_ids: Sequence[int] = (),
    earmark_publics: Sequence[str] = (),
    pays_fees: bool = False,
) -> Tranche:
    """Record what a funder promises. A promise pays for nothing until its cash is received.

    The tranche's ledger account can never go under zero.

    Args:
        rank: 1 to 99; lower ranks are spent first, equal ranks share.
        earmark_territory_ids: pays only lots used within one of these; empty: the programme's.
        earmark_publics: pays only lots meant for these publics; empty: any.
        pays_fees: pays the operator's commission and never vouchers.

    Raises:
        AmountRefused: not a whole number of cents above zero.
        ProgrammeClosed: nothing is promised any more.
        TermsRefused: an unknown public, or a rank out of range.
    """
    ledger.require_amount(cap_cents)
    if not 1 <= rank <= 99:
        raise TermsRefused(term="rank")
    if not set(earmark_publics) <= set(known_publics()):
        raise TermsRefused(term="earmark_publics")
    programme = Programme.objects.select_for_update().get(pk=programme.pk)
    if programme.state == ProgrammeState.CLOSED:
        raise ProgrammeClosed(programme=programme.name)
    tranche = Tranche.objects.create(
        programme=programme,
        funder_id=funder_id,
        cap_cents=cap_cents,
        rank=rank,
        earmark_publics=list(earmark_publics),
        pays_fees=pays_fees,
    )
    tranche.earmark_territories.set(earmark_territory_ids)
    ledger.guard(code=tranche_account(tranche.pk), floor=0, ceiling=None)
    kernel.record(
        actor=actor,
        action="programmes.tranche_promised",
        subject=f"tranche:{tranche.pk}",
        at=at,
        cap_cents=cap_cents,
    )
    return tranche


@transaction.atomic
def match_tranches(
    *,
    matching: Tranche,
    trigger: Tranche,
    called_cents: int,
    per_cents: int,
    cap_cents: int,
    actor: str,
    at: datetime,
) -> MatchRule:
    """Let the euros of one promise call those of another.

    Each ``per_cents`` that ``trigger`` puts in a lot calls ``called_cents`` of ``matching`` into
    the same lot, ``cap_cents`` at most in all. ``matching`` then pays in no other way. The same
    rule given again is the same rule.

    Raises:
        AmountRefused: a number that is not whole cents above zero.
        MatchRefused: tranches of two programmes, one tranche twice, or a chain of matches.
    """
    for cents in (called_cents, per_cents, cap_cents):
        ledger.require_amount(cents)
    locked = Tranche.objects.select_for_update().filter(pk__in=[matching.pk, trigger.pk])
    programmes = {one.programme_id for one in locked.order_by("pk")}
    wanted = (trigger.pk, called_cents, per_cents, cap_cents)
    known = MatchRule.objects.filter(matching=matching).first()
    if known is not None:
        if (known.trigger_id, known.called_cents, known.per_cents, known.cap_cents) != wanted:
            raise MatchRefused
        return known
    chained = (
        MatchRule.objects.filter(matching=trigger).exists()
        or MatchRule.objects.filter(trigger=matching).exists()
    )
    pays_fees = locked.filter(pays_fees=True).exists()
    if matching.pk == trigger.pk or len(programmes) != 1 or chained or pays_fees:
        raise MatchRefused
    rule = MatchRule.objects.create(
        matching=matching,
        trigger=trigger,
        called_cents=called_cents,
        per_cents=per_cents,
        cap_cents=cap_cents,
    )
    kernel.record(
        actor=actor,
        action="programmes.tranches_matched",
        subject=f"tranche:{matching.pk}",
        at=at,
        trigger=trigger.pk,
        cap_cents=cap_cents,
    )
    return rule
