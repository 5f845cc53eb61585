"""What an employer may know of the hours it offers: how many, never whose. Minutes and cents."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, Sum

from filiere.agreements.models import AgreementKind, Commitment
from filiere.billing.models import ChargeState, PayerKind, PayerShare
from filiere.rules import parameters


@dataclass(frozen=True, slots=True)
class HoursAccount:
    """Where one agreement of free hours stands.

    ``sessions``, ``used_minutes`` and ``owed_cents`` are None while so few sessions took place that
    somebody could be recognised; what is owed is told once the agreement is over.
    """

    commitment_id: int
    title: str
    provider: str
    starts_on: date
    ends_on: date | None
    is_over: bool
    quota_minutes: int
    cards: int
    sessions: int | None
    used_minutes: int | None
    owed_cents: int | None

    @property
    def left_minutes(self) -> int | None:
        """What is left to use; None while it is not told."""
        return None if self.used_minutes is None else self.quota_minutes - self.used_minutes


def hours_accounts(promiser_id: int, *, on: date) -> list[HoursAccount]:
    """Give the free hours an organisation bought, the latest agreement first; three queries.

    Args:
        on: the day that counts as today.
    """
    bought = (
        Commitment.objects.filter(
            agreement__kind=AgreementKind.EMPLOYER, agreement__promiser=promiser_id
        )
        .select_related("agreement__counterpart")
        .annotate(live_cards=Count("cards", filter=Q(cards__revoked_at=None)))
        .order_by("-agreement__starts_on", "-pk")
    )
    rows = (
        PayerShare.objects.filter(
            commitment__in=list(bought),
            kind=PayerKind.EMPLOYER,
            charge__state=ChargeState.SPLIT,
        )
        .values("commitment_id")
        .order_by("commitment_id")
        .annotate(sessions=Count("pk"), taken=Sum("minutes"), cents=Sum("amount_cents"))
        .values_list("commitment_id", "sessions", "taken", "cents")
    )
    used = {pk: (sessions, minutes, cents) for pk, sessions, minutes, cents in rows}
    few = parameters.whole("small_cells.threshold", on)
    return [_account(one, used.get(one.pk, (0, 0, 0)), few, on) for one in bought]


def _account(
    commitment: Commitment, used: tuple[int, int, int], few: int, on: date
) -> HoursAccount:
    agreement = commitment.agreement
    sessions, minutes, cents = used
    is_over = agreement.ends_on is not None and agreement.ends_on < on
    told = sessions == 0 or sessions >= few
    return HoursAccount(
        commitment_id=commitment.pk,
        title=agreement.title,
        provider=agreement.counterpart.name if agreement.counterpart else "",
        starts_on=agreement.starts_on,
        ends_on=agreement.ends_on,
        is_over=is_over,
        quota_minutes=commitment.quota_minutes or 0,
        cards=commitment.live_cards,  # type: ignore[attr-defined]
        sessions=sessions if told else None,
        used_minutes=minutes if told else None,
        owed_cents=cents if told or is_over else None,
    )
