"""What people paid for help at home, year by year, and what may come back. Euro cents."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from filiere.billing.errors import NothingToAttest, YearNotOver
from filiere.billing.models import Charge, ChargeState, HomeHelp, PayerKind, PayerShare
from filiere.kernel.calendar import bounds_of_day, legal_day
from filiere.rules.tax_credit import EXCLUDED, CreditEstimate, estimate_credit


def home_help_of(offer_ids: Collection[int], *, on: date) -> dict[int, HomeHelp]:
    """Which of some offers are given at home on a day, by offer, in one query."""
    found = HomeHelp.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=on), offer__in=offer_ids, from_on__lte=on
    )
    return {one.offer_id: one for one in found.order_by("pk")}


def _paid_at_home(year: int) -> QuerySet[PayerShare]:
    """What persons paid, in one civil year, of sessions at home that open a credit.

    What counts is the day of the payment; a session refunded counts no more.
    """
    start, _end = bounds_of_day(date(year, 1, 1))
    end, _end = bounds_of_day(date(year + 1, 1, 1))
    slot = "charge__registration__slot__"
    declared = HomeHelp.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=OuterRef(f"{slot}starts_at__date")),
        offer=OuterRef(f"{slot}offer"),
        from_on__lte=OuterRef(f"{slot}starts_at__date"),
    ).exclude(nature__in=[one.value for one in EXCLUDED])
    return PayerShare.objects.filter(
        Exists(declared),
        kind=PayerKind.PERSON,
        charge__state=ChargeState.SPLIT,
        charge__split_at__gte=start,
        charge__split_at__lt=end,
    )


def credit_of(charge: Charge, *, person_cents: int) -> CreditEstimate | None:
    """Estimate what may come back to the person of one session at home; None elsewhere.

    What the person paid before in the year to the same provider is taken off the ceiling; what it
    paid elsewhere is not known here.

    Args:
        charge: with its registration and slot loaded.
        person_cents: what is left for the person, in cents, aid taken off.
    """
    slot = charge.registration.slot
    on = legal_day(slot.starts_at)
    at_home = home_help_of([slot.offer_id], on=on).get(slot.offer_id)
    if at_home is None:
        return None
    before = (
        _paid_at_home(on.year)
        .filter(
            charge__provider=charge.provider_id,
            charge__registration__person=charge.registration.person_id,
        )
        .exclude(charge=charge.pk)
        .aggregate(total=Sum("amount_cents", default=0))["total"]
    )
    return estimate_credit(
        price_cents=person_cents,
        aid_cents=0,
        nature=at_home.nature,
        on=on,
        counted_before_cents=before,
    )


def credits_of_offers(amounts: Mapping[int, int], *, on: date) -> dict[int, CreditEstimate]:
    """Estimate what comes back of one session at each of some offers, for whoever pays it alone.

    Args:
        amounts: price of the session by offer, in cents, > 0. Offers not declared at home that day
            are left out of the answer.
    """
    declared = home_help_of(list(amounts), on=on)
    return {
        offer_id: estimate_credit(
            price_cents=amounts[offer_id], aid_cents=0, nature=at_home.nature, on=on
        )
        for offer_id, at_home in declared.items()
    }


@dataclass(frozen=True, slots=True)
class YearAtHome:
    """What one person paid to one provider in a year, in cents, and for how many sessions."""

    person_id: UUID
    sessions: int
    paid_cents: int


def people_at_home(provider_id: int, *, year: int) -> list[YearAtHome]:
    """Everyone a provider owes an attestation for a year, the largest sum first."""
    rows = (
        _paid_at_home(year)
        .filter(charge__provider=provider_id)
        .values("charge__registration__person")
        .annotate(sessions=Count("pk"), paid=Sum("amount_cents"))
        .order_by("-paid", "charge__registration__person")
        .values_list("charge__registration__person", "sessions", "paid")
    )
    return [YearAtHome(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class AttestedSession:
    """One session on an attestation: when, how long, by whom, what it cost and who else paid."""

    ref: str
    starts_at: datetime
    minutes: int
    worker: str
    price_cents: int
    aid_cents: int
    paid_cents: int


@dataclass(frozen=True, slots=True)
class Attestation:
    """A year of help at home of one person by one provider; amounts in cents."""

    year: int
    number: str
    sessions: tuple[AttestedSession, ...]
    credit: CreditEstimate

    @property
    def paid_cents(self) -> int:
        """What the person paid, aid taken off."""
        return sum(one.paid_cents for one in self.sessions)


def attestation(provider_id: int, person_id: UUID, *, year: int, on: date) -> Attestation:
    """Gather what the tax office asks of one person's year at home with one provider.

    Args:
        on: the day that counts as today.

    Raises:
        YearNotOver: the year is not over on that day.
        NothingToAttest: the person paid nothing that opens a credit.
    """
    if on.year <= year:
        raise YearNotOver(year=year)
    shares = (
        _paid_at_home(year)
        .filter(charge__provider=provider_id, charge__registration__person=person_id)
        .select_related("charge__registration__slot__worker__worker")
        .order_by("charge__registration__slot__starts_at", "pk")
    )
    sessions = tuple(_attested(share) for share in shares)
    if not sessions:
        raise NothingToAttest(year=year)
    offers = {share.charge.registration.slot.offer_id for share in shares}
    numbers = HomeHelp.objects.filter(offer__in=offers).order_by("-from_on", "-pk")
    credit = estimate_credit(
        price_cents=sum(one.paid_cents for one in sessions),
        aid_cents=0,
        nature="training",
        on=date(year, 12, 31),
    )
    return Attestation(year, numbers[0].number, sessions, credit)


def _attested(share: PayerShare) -> AttestedSession:
    registration = share.charge.registration
    slot = registration.slot
    return AttestedSession(
        ref=registration.ref,
        starts_at=slot.starts_at,
        minutes=int((slot.ends_at - slot.starts_at).total_seconds()) // 60,
        worker=slot.worker.name,
        price_cents=share.charge.price_cents,
        aid_cents=share.charge.price_cents - share.amount_cents,
        paid_cents=share.amount_cents,
    )
