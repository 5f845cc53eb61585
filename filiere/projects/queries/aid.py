"""State aid of an organisation and of its undertaking, as the rules count it. Integer cents."""

from datetime import date

from django.db.models import Q

from filiere.projects.models import AidRecord, AidRegime, UndertakingMember
from filiere.rules import aid_regimes
from filiere.rules.financing import shape

CEILED = tuple(AidRegime(one) for one in aid_regimes.Regime)
"""The regimes whose total has a ceiling."""


def linked_to(organisation_id: int, *, on: date) -> frozenset[int]:
    """Give the other organisations of the same undertaking on a day."""
    there = UndertakingMember.objects.filter(
        Q(until_on=None) | Q(until_on__gte=on), from_on__lte=on
    )
    mine = there.filter(organisation=organisation_id).values("undertaking")
    others = there.filter(undertaking__in=mine).exclude(organisation=organisation_id)
    return frozenset(others.values_list("organisation", flat=True))


def aid_received(organisation_ids: frozenset[int]) -> list[aid_regimes.Aid]:
    """Give the small State aid of organisations, cancelled records left out, the oldest first.

    ``undertaking`` is the id of the organisation that received it, as text.
    """
    records = AidRecord.objects.filter(
        organisation__in=organisation_ids, cancels=None, cancelled_by=None, regime__in=CEILED
    )
    return [
        aid_regimes.Aid(
            granted_on=one.granted_on,
            amount_cents=one.gross_cents,
            regime=aid_regimes.Regime(one.regime),
            undertaking=str(one.organisation_id),
            authority=one.grantor_name,
            instrument=one.instrument,
            sector=one.sector,
        )
        for one in records.order_by("granted_on", "pk")
    ]


def headroom_of(organisation_id: int, regime: AidRegime, *, on: date) -> aid_regimes.Headroom:
    """Tell what an organisation, with those linked to it, may still receive on a day.

    Args:
        regime: ``DE_MINIMIS`` or ``DE_MINIMIS_SGEI``.

    Raises:
        ValueError: another regime has no ceiling.
        ParameterNotInForce: no rule is known on that day.
    """
    linked = linked_to(organisation_id, on=on)
    return aid_regimes.headroom(
        aid_received(linked | {organisation_id}),
        on,
        aid_regimes.Regime(regime),
        undertaking=str(organisation_id),
        linked=frozenset(str(pk) for pk in linked),
    )


def free_aid(organisation_id: int, *, on: date) -> dict[shape.Regime, int]:
    """Give the cents of small aid still possible by regime, as a plan reads them."""
    return {
        shape.Regime(regime): headroom_of(organisation_id, regime, on=on).free_cents
        for regime in CEILED
    }
