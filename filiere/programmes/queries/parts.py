"""Which tranche pays how much of a lot: the one place that decides. Amounts in euro cents."""

from collections.abc import Mapping, Sequence

from filiere.kernel.wording import Euros
from filiere.programmes.errors import PartsRefused, ProgrammeNotSigned, TranchesShort
from filiere.programmes.models import MatchRule, Programme, ProgrammeState, Tranche
from filiere.programmes.queries.money import TrancheMoney, money_of, territories_of
from filiere.rules.funding_parts import Match, Source, capacity_of, split_total


def parts_for_lot(
    programme: Programme,
    total_cents: int,
    territory_ids: Sequence[int] | None = None,
    publics: Sequence[str] | None = None,
) -> dict[int, int]:
    """Decide what each tranche pays of a lot, from the cash available if it suffices.

    While the cash does not suffice, what is still promised counts too. Lower ranks pay first,
    equal ranks in proportion to what they have left; earmarked money pays its own purpose only;
    matching money follows the euros that call it, within its cap.

    Args:
        total_cents: worth of the lot, above zero.
        territory_ids: where its vouchers may be used; None: as the programme.
        publics: for whom; None: as the programme. Empty means everyone.

    Returns:
        Tranche id → cents above zero; they add up to ``total_cents``.

    Raises:
        ProgrammeNotSigned: a draft, or closed.
        TranchesShort: what may pay is short; ``missing_cents`` says by how much.
    """
    if programme.state != ProgrammeState.SIGNED:
        raise ProgrammeNotSigned(programme=programme.name)
    tranches = _may_pay(programme, territory_ids, publics)
    rules = _rules(programme)
    money = money_of(tranches)
    cash = {one.tranche_id: one.available_cents for one in money}
    sources = _sources(tranches, money, rules, cash)
    if capacity_of(sources) < total_cents:
        promised = {one.tranche_id: one.left_of_promise_cents for one in money}
        sources = _sources(tranches, money, rules, promised)
    found = split_total(total_cents, sources)
    if found.missing:
        raise TranchesShort(missing=Euros(found.missing), missing_cents=found.missing)
    return found.parts


def require_parts(
    programme: Programme,
    parts: Mapping[int, int],
    territory_ids: Sequence[int] | None = None,
    publics: Sequence[str] | None = None,
) -> None:
    """Refuse parts of a lot that break an earmark or a matching rule.

    Matching money may not pass what the euros of its trigger call in the same lot, nor its cap
    with what it gave to earlier lots. To be asked when parts are chosen by hand, and again when a
    lot is activated, in the same transaction: it locks the matching tranches.

    Args:
        parts: tranche id → cents.
        territory_ids, publics: as ``parts_for_lot``.

    Raises:
        ProgrammeNotSigned: a draft, or closed.
        PartsRefused: names the funder whose money cannot pay its part.
    """
    if programme.state != ProgrammeState.SIGNED:
        raise ProgrammeNotSigned(programme=programme.name)
    allowed = {one.pk: one for one in _may_pay(programme, territory_ids, publics)}
    for tranche_id in parts.keys() - allowed.keys():
        raise _refused(tranche_id)
    rules = [rule for rule in _rules(programme) if parts.get(rule.matching_id)]
    matching = Tranche.objects.filter(pk__in=[rule.matching_id for rule in rules])
    matching = matching.select_for_update().order_by("pk")
    engaged = {one.tranche_id: one.engaged_cents for one in money_of(list(matching))}
    for rule in rules:
        called = parts.get(rule.trigger_id, 0) * rule.called_cents // rule.per_cents
        room = rule.cap_cents - engaged[rule.matching_id]
        if parts[rule.matching_id] > min(called, room):
            raise _refused(rule.matching_id)


def _refused(tranche_id: int) -> PartsRefused:
    funder = Tranche.objects.select_related("funder").get(pk=tranche_id).funder
    return PartsRefused(funder=funder.name)


def _rules(programme: Programme) -> list[MatchRule]:
    return list(MatchRule.objects.filter(trigger__programme=programme).order_by("matching_id"))


def _may_pay(
    programme: Programme, territory_ids: Sequence[int] | None, publics: Sequence[str] | None
) -> list[Tranche]:
    """Tranches whose earmarks allow a lot used there, by those publics; in order of id.

    Those that pay fees never pay vouchers.
    """
    tranches = list(
        programme.tranches.filter(pays_fees=False)
        .prefetch_related("earmark_territories")
        .order_by("pk")
    )
    earmarks = {one.pk: {place.pk for place in one.earmark_territories.all()} for one in tranches}
    around: list[set[int]] = []
    if any(earmarks.values()):
        if territory_ids is None:
            territory_ids = list(programme.territories.values_list("pk", flat=True))
        around = [set(territories_of(one)) for one in territory_ids]
    wanted = set(programme.publics if publics is None else publics)
    return [
        one
        for one in tranches
        if (not earmarks[one.pk] or all(earmarks[one.pk] & place for place in around))
        and (not one.earmark_publics or (wanted and wanted <= set(one.earmark_publics)))
    ]


def _sources(
    tranches: Sequence[Tranche],
    money: Sequence[TrancheMoney],
    rules: Sequence[MatchRule],
    left: Mapping[int, int],
) -> list[Source]:
    """Write tranches as sources of the pure rule; matching money hangs on its trigger."""
    engaged = {one.tranche_id: one.engaged_cents for one in money}
    matches: dict[int, list[Match]] = {}
    for rule in rules:
        key = rule.matching_id
        if key in left and rule.trigger_id in left:
            room = max(0, min(left[key], rule.cap_cents - engaged[key]))
            match = Match(key, room, called=rule.called_cents, per=rule.per_cents)
            matches.setdefault(rule.trigger_id, []).append(match)
    matching = {rule.matching_id for rule in rules}
    return [
        Source(one.pk, left[one.pk], one.rank, tuple(matches.get(one.pk, ())))
        for one in tranches
        if one.pk not in matching
    ]
