"""When the money comes, and what is missing meanwhile: thousands of histories of the same plan.

Amounts are integer euro cents, in numpy as in Python; months are ranks, 0 for the first month of
the project, and balances are those of a month's end. Same seed, same answer.

Source: simulation by repeated draws (Monte-Carlo); delays as in ``delays``, drawn apart for each
payment: that they are independent is our own choice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil

import numpy as np
import numpy.typing as npt

from filiere.rules.financing.delays import Delays, learned_delays, months_for, usual_delays
from filiere.rules.financing.shape import Kind, Source
from filiere.rules.money import share

RUNS = 5_000
HORIZON_MONTHS = 36
SEED = 2026
EARLY = 10  # hundredths: the delay of a funder that is called and pays early
Months = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Due:
    """Money that is due at the end of a month (a signature, a claim, a report), in cents."""

    month: int
    cents: int


@dataclass(frozen=True, slots=True)
class Receipts:
    """How one source pays: what is due when, how long it takes, and how likely it is to pay at all."""

    source: str
    dues: tuple[Due, ...]
    delays: Delays
    chance: Fraction = Fraction(1)

    def __post_init__(self) -> None:
        """Refuse what means nothing."""
        if any(due.month < 0 or due.cents < 0 for due in self.dues):
            raise ValueError(f"{self.source}: a month or an amount is negative")
        if not 0 <= self.chance <= 1:
            raise ValueError(f"{self.source}: a chance is between 0 and 1: {self.chance}")

    @property
    def total_cents(self) -> int:
        """What it pays in all."""
        return sum(due.cents for due in self.dues)


def schedule(
    amount_cents: int, *, signed: int, reported: int, advance: Fraction,
    claims: Sequence[tuple[int, Fraction]] = (),
) -> tuple[Due, ...]:  # fmt: skip
    """Cut a grant in an advance, payments on claims and a balance, to the cent.

    Args:
        amount_cents: the grant, >= 0.
        signed: month of the signature, when the advance is due.
        reported: month of the final report, when the balance is due.
        advance: share paid in advance, between 0 and 1.
        claims: months of the claims with the share each asks.

    Returns:
        Dues in order of month that sum exactly to the amount, none at 0.

    Raises:
        ValueError: shares are negative or exceed the whole, or a month is negative.

    Source: usual agreements; largest remainder for the odd cents.

    >>> schedule(100, signed=0, reported=24, advance=Fraction(1, 3))
    (Due(month=0, cents=33), Due(month=24, cents=67))
    """
    shares = [advance, *(part for _, part in claims)]
    shares.append(1 - sum(shares, Fraction(0)))
    months = [signed, *(month for month, _ in claims), reported]
    if any(part < 0 for part in shares) or any(month < 0 for month in months):
        raise ValueError("a share or a month is negative, or shares exceed the whole")
    unit = np.lcm.reduce([part.denominator for part in shares])
    cents = share(amount_cents, [int(part * int(unit)) for part in shares])
    dues = [Due(month, part) for month, part in zip(months, cents, strict=True) if part]
    return tuple(sorted(dues, key=lambda due: due.month))


def receipts_of(
    source: Source, dues: Sequence[Due], on: date, seen_days: Sequence[int] = ()
) -> Receipts:
    """Say how a source of a plan pays: its dues, the delays of its kind or its own, its chance.

    Args:
        source: any; volunteering brings no cash, whatever its dues.
        dues: what it pays when.
        on: day of the parameters.
        seen_days: days its earlier payments took.

    Raises:
        ValueError: a delay is out of range.

    Source: see ``delays``.
    """
    paid = () if source.kind == Kind.VOLUNTEERING else tuple(dues)
    delays = learned_delays(seen_days, usual_delays(source.kind, on), on)
    return Receipts(source.key, paid, delays, source.chance)


@dataclass(frozen=True, slots=True)
class Low:
    """The lowest point of a curve: its month and its balance in cents."""

    month: int
    cents: int


@dataclass(frozen=True, slots=True)
class Curve:
    """Balances at the end of each month, in cents."""

    cents: tuple[int, ...]

    @property
    def low(self) -> Low:
        """The lowest balance, the first month when several are."""
        month = min(range(len(self.cents)), key=lambda rank: (self.cents[rank], rank))
        return Low(month, self.cents[month])

    @property
    def bridge_cents(self) -> int:
        """What has to be borrowed never to be under zero, in cents."""
        return max(0, -self.low.cents)

    @property
    def bridge_months(self) -> int:
        """Months from the first under zero to the last, both counted; 0 when there is none."""
        under = [rank for rank, cents in enumerate(self.cents) if cents < 0]
        return under[-1] - under[0] + 1 if under else 0

    @property
    def back_month(self) -> int | None:
        """First month from which the balance stays at zero or above; None when it never does."""
        under = [rank for rank, cents in enumerate(self.cents) if cents < 0]
        back = under[-1] + 1 if under else 0
        return back if back < len(self.cents) else None


@dataclass(frozen=True, slots=True)
class Call:
    """What calling one funder may change, when it then pays as early as it ever does.

    ``months_sooner`` is how much earlier the balance is back at zero for good; ``bridge_spared``
    what need not be borrowed, in cents. Both on the typical curve.
    """

    source: str
    months_sooner: int
    bridge_spared_cents: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """Balances month by month, in three curves.

    One history in ten is under ``prudent`` (P10), half under ``typical`` (P50), nine in ten under
    ``lucky`` (P90): percentiles of each month, so no history follows a curve from end to end.
    ``unpaid_share`` is the part of the promised money that comes after the last month, or never.
    """

    prudent: Curve
    typical: Curve
    lucky: Curve
    unpaid_share: Fraction
    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was drawn: cents received by run and month, one more column for what comes too late."""

    received: Months
    refused: Months
    draws: npt.NDArray[np.float64]
    granted: npt.NDArray[np.bool_]


def forecast(
    receipts: Sequence[Receipts], spent_cents: Sequence[int], *,
    opening_cents: int = 0, runs: int = RUNS, seed: int = SEED, calls: bool = True,
) -> Forecast:  # fmt: skip
    """Draw many histories of the cash of a project.

    Args:
        receipts: one per source; volunteering brings no cash and has none.
        spent_cents: what is paid out each month; its length is the horizon, >= 1.
        opening_cents: what is in hand before the first month.
        runs: number of histories, >= 1.
        seed: same seed, same answer.
        calls: say also which call to a funder changes most.

    Returns:
        Three curves in cents, and the calls worth making, the best first.

    Raises:
        ValueError: no month, no run, or a negative expense.

    Source: see the module.
    """
    if not spent_cents or runs < 1 or any(cents < 0 for cents in spent_cents):
        raise ValueError("at least one month, one run, and no negative expense")
    horizon = len(spent_cents)
    drawn = draw(receipts, horizon=horizon, runs=runs, seed=seed)
    outgoing = np.cumsum(np.array(spent_cents, dtype=np.int64)) - opening_cents
    ordered = np.sort(np.cumsum(drawn.received[:, :horizon], axis=1) - outgoing, axis=0)
    curves = [_curve(ordered, percent) for percent in (10, 50, 90)]
    promised = sum(one.total_cents for one in receipts) * runs
    received = int(drawn.received[:, :horizon].sum())
    unpaid = Fraction(promised - received, promised) if promised else Fraction(0)
    found = _calls(receipts, drawn, outgoing, curves[1]) if calls else ()
    return Forecast(curves[0], curves[1], curves[2], unpaid, found)


def draw(receipts: Sequence[Receipts], *, horizon: int, runs: int, seed: int) -> Drawn:
    """Draw when each payment comes in each history.

    Returns:
        Cents received by run and month, those after the horizon in a last column, and what was
        refused: for each run they sum to what was promised, exactly.

    Source: see the module.
    """
    chance = np.random.default_rng(seed)
    dues = [(one, due) for one in receipts for due in one.dues]
    draws = chance.random((len(dues), runs))
    luck = chance.random((len(receipts), runs))
    granted = np.array(
        [luck[rank] < float(one.chance) for rank, one in enumerate(receipts)], dtype=bool
    ).reshape(len(receipts), runs)
    received = np.zeros((runs, horizon + 1), dtype=np.int64)
    refused = np.zeros(runs, dtype=np.int64)
    row = 0
    for rank, one in enumerate(receipts):
        count = len(one.dues)
        _receive(received, one, draws[row : row + count], granted[rank])
        refused += np.where(granted[rank], 0, one.total_cents)
        row += count
    return Drawn(received, refused, draws, granted)


def _receive(
    received: Months, one: Receipts, draws: npt.NDArray[np.float64],
    granted: npt.NDArray[np.bool_], *, sign: int = 1, days: int | None = None,
) -> None:  # fmt: skip
    """Add, or take away, what one source pays to every history; ``days`` holds its delay."""
    last = received.shape[1] - 1
    kept = np.array([months_for(day) for day in one.delays.days], dtype=np.int64)
    runs = np.arange(received.shape[0])
    for drawn, due in zip(draws, one.dues, strict=True):
        if days is None:
            late = kept[(drawn * len(kept)).astype(np.int64)]
        else:
            late = np.full(len(runs), months_for(days), dtype=np.int64)
        month = np.minimum(due.month + late, last)
        # One payment of one source touches each history once: plain indexing adds it exactly.
        received[runs, month] += np.where(granted, sign * due.cents, 0)


def _curve(ordered: Months, percent: int) -> Curve:
    """Read a percentile in ordered histories, month by month, in whole cents."""
    rank = percent * (len(ordered) - 1) // 100
    return Curve(tuple(int(cents) for cents in ordered[rank]))


def _calls(
    receipts: Sequence[Receipts], drawn: Drawn, outgoing: Months, typical: Curve
) -> tuple[Call, ...]:
    """Pay each source early in turn, all else drawn as before."""
    found, row, horizon = list[Call](), 0, len(typical.cents)
    before = horizon if typical.back_month is None else typical.back_month
    middle = 50 * (len(drawn.received) - 1) // 100
    for rank, one in enumerate(receipts):
        draws = drawn.draws[row : row + len(one.dues)]
        row += len(one.dues)
        early = one.delays.quantile(EARLY)
        if early == one.delays.days[-1] or not one.dues:
            continue
        changed = drawn.received.copy()
        _receive(changed, one, draws, drawn.granted[rank], sign=-1)
        _receive(changed, one, draws, drawn.granted[rank], days=early)
        balances = np.cumsum(changed[:, :horizon], axis=1) - outgoing
        curve = Curve(tuple(int(c) for c in np.partition(balances, middle, axis=0)[middle]))
        after = horizon if curve.back_month is None else curve.back_month
        spared = typical.bridge_cents - curve.bridge_cents
        if before - after > 0 or spared > 0:
            found.append(Call(one.source, before - after, spared))
    return tuple(
        sorted(found, key=lambda one: (-one.months_sooner, -one.bridge_spared_cents, one.source))
    )


def price_of_bridge(cents: int, months: int, yearly_rate: Fraction) -> int:
    """Give the price of borrowing an amount for some months, in cents rounded up.

    Args:
        cents: borrowed, >= 0.
        months: how long, >= 0.
        yearly_rate: between 0 and 1.

    Raises:
        ValueError: an argument is out of its range.

    Source: amount × rate × duration.

    >>> price_of_bridge(15_000_00, 4, Fraction(4, 100))
    20000
    """
    if cents < 0 or months < 0 or not 0 <= yearly_rate <= 1:
        raise ValueError("cents and months are >= 0, a rate between 0 and 1")
    return ceil(cents * yearly_rate * months / 12)


def pace_of(one: Receipts, horizon: int) -> tuple[Fraction, ...]:
    """Give the share of a source received by the end of each month, at its median delay.

    Args:
        one: what it pays.
        horizon: number of months, >= 1.

    Returns:
        Shares between 0 and 1, growing: the pace the optimiser asks for.

    Source: see the module.

    >>> late = Receipts("a", (Due(0, 25), Due(1, 75)), Delays((30,)))
    >>> pace_of(late, 3)
    (Fraction(0, 1), Fraction(1, 4), Fraction(1, 1))
    """
    late, total = months_for(one.delays.quantile(50)), one.total_cents
    paid = [sum(d.cents for d in one.dues if d.month + late <= month) for month in range(horizon)]
    return tuple(Fraction(cents, total) if total else Fraction(0) for cents in paid)
