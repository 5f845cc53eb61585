"""What each funder's euro called from others. Amounts in euro cents."""

from dataclasses import dataclass

from filiere.programmes.models import MatchRule, Programme
from filiere.programmes.queries.money import money_of


@dataclass(frozen=True, slots=True)
class Leverage:
    """One funder of a programme, all its tranches together, in cents of cash received.

    ``called_cents`` is the part of ``others_cents`` that came under a matching rule its euros
    trigger: what the matching tranches put in lots.
    """

    funder_id: int
    funder: str
    own_cents: int
    others_cents: int
    called_cents: int

    @property
    def per_euro_cents(self) -> int | None:
        """Cents received from others for one euro of its own, rounded down; None before its cash."""
        return self.others_cents * 100 // self.own_cents if self.own_cents else None


def leverage(programme: Programme) -> list[Leverage]:
    """Say for each funder what others gave beside it, the largest own amount first; 4 queries."""
    tranches = list(programme.tranches.select_related("funder").order_by("pk"))
    money = {one.tranche_id: one for one in money_of(tranches)}
    names = {one.funder_id: one.funder.name for one in tranches}
    own = dict.fromkeys(names, 0)
    called = dict.fromkeys(names, 0)
    for tranche in tranches:
        own[tranche.funder_id] += (
            money[tranche.pk].received_cents - money[tranche.pk].returned_cents
        )
    for rule in MatchRule.objects.filter(trigger__programme=programme).select_related("trigger"):
        called[rule.trigger.funder_id] += money[rule.matching_id].engaged_cents
    total = sum(own.values())
    rows = [Leverage(pk, name, own[pk], total - own[pk], called[pk]) for pk, name in names.items()]
    return sorted(rows, key=lambda row: (-row.own_cents, row.funder_id))
