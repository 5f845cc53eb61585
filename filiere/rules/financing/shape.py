"""What a financing plan is made of: lines of cost, sources of money, who pays what of which line.

Pure values. Amounts are integer euro cents, above zero; rates and probabilities are exact
fractions between 0 and 1. Natures are account numbers of the French chart of accounts
(``60`` to ``68``, ``86`` in kind), longer ones included: ``6041`` is of nature ``60``.

Source: chart of accounts of French associations; the vocabulary of schemes is our own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

from filiere.rules.parameters import Confidence


class Kind(StrEnum):
    """Where the money of a source comes from."""

    EU = "eu"
    STATE = "state"
    REGION = "region"
    DEPARTEMENT = "departement"
    EPCI = "epci"
    COMMUNE = "commune"
    PRIVATE = "private"
    FOUNDATION = "foundation"
    INCOME = "income"
    VOUCHER = "voucher"
    VOLUNTEERING = "volunteering"
    OWN = "own"

    @property
    def is_public(self) -> bool:
        """Tell whether it is public money: it counts in a cap on public money."""
        return self in PUBLIC

    @property
    def is_self_funding(self) -> bool:
        """Tell whether the carrier brings it itself: reserves, sales, vouchers it is paid with."""
        return self in SELF_FUNDING

    @property
    def needs_file(self) -> bool:
        """Tell whether somebody has to be asked with a file."""
        return self not in SELF_FUNDING and self != Kind.VOLUNTEERING


PUBLIC = frozenset({Kind.EU, Kind.STATE, Kind.REGION, Kind.DEPARTEMENT, Kind.EPCI, Kind.COMMUNE})
SELF_FUNDING = frozenset({Kind.OWN, Kind.INCOME, Kind.VOUCHER})


class State(StrEnum):
    """How far a source has come."""

    ENVISAGED = "envisaged"
    ASKED = "asked"
    COMPLETE = "complete"
    EXAMINED = "examined"
    NOTIFIED = "notified"
    CONTRACTED = "contracted"
    PAID = "paid"
    SETTLED = "settled"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def is_granted(self) -> bool:
        """Tell whether the funder said yes: the amount is a fact."""
        return self in {State.NOTIFIED, State.CONTRACTED, State.PAID, State.SETTLED}

    @property
    def is_lost(self) -> bool:
        """Tell whether no money will come."""
        return self in {State.REFUSED, State.WITHDRAWN}


class Regime(StrEnum):
    """The rule of State aid a source counts under; ``none`` when it is no aid."""

    NONE = "none"
    DE_MINIMIS = "de_minimis"
    DE_MINIMIS_SGEI = "de_minimis_sgei"
    EXEMPTED = "exempted"


class Base(StrEnum):
    """Whether a funder counts costs with or without value added tax."""

    WITH_VAT = "with_vat"
    WITHOUT_VAT = "without_vat"


class FlatRate(StrEnum):
    """How a scheme counts indirect costs at a flat rate instead of the real ones."""

    NONE = "none"
    DIRECT_LESS_SERVICES = "direct_less_services"
    DIRECT = "direct"
    STAFF = "staff"
    STAFF_ALL_OTHERS = "staff_all_others"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One cost of the project in one year.

    ``amount_cents`` is what the project really bears: with the tax it cannot recover, without the
    tax it can. The two others say what it is with and without tax when that is known.
    """

    key: str
    nature: str
    amount_cents: int
    year: int
    is_investment: bool = False
    is_in_kind: bool = False
    is_indirect: bool = False
    with_vat_cents: int | None = None
    without_vat_cents: int | None = None

    def __post_init__(self) -> None:
        """Refuse a line that means nothing."""
        if self.amount_cents <= 0:
            raise ValueError(f"line {self.key}: the amount is not above zero: {self.amount_cents}")
        if not self.nature.isdigit():
            raise ValueError(f"line {self.key}: not an account number: {self.nature}")
        if self.without_vat > self.with_vat:
            raise ValueError(f"line {self.key}: dearer without tax than with it")

    @property
    def with_vat(self) -> int:
        """Cents with value added tax; what is borne when nobody said."""
        return self.amount_cents if self.with_vat_cents is None else self.with_vat_cents

    @property
    def without_vat(self) -> int:
        """Cents without value added tax; what is borne when nobody said."""
        return self.amount_cents if self.without_vat_cents is None else self.without_vat_cents


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a scheme requires. No nature means every nature.

    ``public_cap`` and ``self_funding_min`` are shares of the cost of the project, in kind
    included only when ``counts_in_kind``. ``investment_share_max`` is a rule on the structure of
    the budget, never on the rate of a funder. ``excludes`` names other funders.
    """

    scheme: str
    rate_min: Fraction = Fraction(0)
    rate_max: Fraction = Fraction(1)
    floor_cents: int = 0
    ceiling_cents: int | None = None
    eligible_natures: frozenset[str] = frozenset()
    flat_rate: FlatRate = FlatRate.NONE
    base: Base = Base.WITH_VAT
    counts_in_kind: bool = False
    public_cap: Fraction | None = None
    self_funding_min: Fraction = Fraction(0)
    investment_share_max: Fraction | None = None
    excludes: frozenset[str] = frozenset()
    opens_on: date | None = None
    closes_on: date | None = None
    eligible_from: date | None = None
    eligible_until: date | None = None
    source: str = ""
    since: date | None = None
    confidence: Confidence = Confidence.OWN_CHOICE

    def __post_init__(self) -> None:
        """Refuse terms that nobody could meet."""
        rates = (self.rate_min, self.rate_max, self.self_funding_min, self.public_cap,
                 self.investment_share_max)  # fmt: skip
        if any(rate is not None and not 0 <= rate <= 1 for rate in rates):
            raise ValueError(f"scheme {self.scheme}: a rate is not between 0 and 1")
        if self.rate_min > self.rate_max:
            raise ValueError(f"scheme {self.scheme}: the lowest rate is above the highest")
        if self.floor_cents < 0:
            raise ValueError(f"scheme {self.scheme}: the floor is negative")
        if self.ceiling_cents is not None and self.ceiling_cents < max(1, self.floor_cents):
            raise ValueError(f"scheme {self.scheme}: the ceiling is under the floor")


FREE = Terms(scheme="")
"""Terms of a source that requires nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One funder's money for the project, asked for, granted or refused.

    ``amount_cents`` is what the plan counts: what will be asked, was asked or was granted.
    ``probability`` is the chance that it comes; 1 once granted, 0 once lost, whatever was typed.
    """

    key: str
    funder: str
    kind: Kind
    amount_cents: int
    state: State = State.ENVISAGED
    terms: Terms = FREE
    probability: Fraction = Fraction(1)
    regime: Regime = Regime.NONE

    def __post_init__(self) -> None:
        """Refuse a source that means nothing."""
        if self.amount_cents <= 0:
            raise ValueError(f"source {self.key}: amount not above zero: {self.amount_cents}")
        if not 0 <= self.probability <= 1:
            raise ValueError(f"source {self.key}: a probability is between 0 and 1")
        if self.regime not in {Regime.NONE, Regime.EXEMPTED} and not self.kind.is_public:
            raise ValueError(f"source {self.key}: only public money is State aid")

    @property
    def chance(self) -> Fraction:
        """Probability that the money comes, as its state allows."""
        if self.state.is_lost:
            return Fraction(0)
        return Fraction(1) if self.state.is_granted else self.probability


@dataclass(frozen=True, slots=True)
class Allocation:
    """Cents of one line that one source pays, above zero."""

    source: str
    line: str
    cents: int

    def __post_init__(self) -> None:
        """Refuse an allocation of nothing."""
        if self.cents <= 0:
            raise ValueError(f"{self.source} on {self.line}: not above zero: {self.cents}")


@dataclass(frozen=True, slots=True)
class Plan:
    """Lines, sources and who pays what. Keys are unique; allocations name what exists, once."""

    lines: tuple[Line, ...]
    sources: tuple[Source, ...]
    allocations: tuple[Allocation, ...] = ()
    headroom: Mapping[Regime, int] = field(default_factory=dict)
    """Cents of aid the undertaking may still receive, by regime; absent when not known."""

    def __post_init__(self) -> None:
        """Refuse names that are missing or given twice."""
        lines = [line.key for line in self.lines]
        sources = [source.key for source in self.sources]
        pairs = [(one.source, one.line) for one in self.allocations]
        if any(len(set(keys)) != len(keys) for keys in (lines, sources, pairs)):
            raise ValueError("a line, a source or an allocation is named twice")
        for source, line in pairs:
            if source not in sources or line not in lines:
                raise ValueError(f"an allocation names what does not exist: {source}, {line}")

    @property
    def live_sources(self) -> tuple[Source, ...]:
        """Sources whose money may still come."""
        return tuple(source for source in self.sources if not source.state.is_lost)

    def cost_cents(self, *, in_kind: bool = True) -> int:
        """Cost of the project, with or without what is given in kind, in cents."""
        return sum(one.amount_cents for one in self.lines if in_kind or not one.is_in_kind)

    @property
    def funded_cents(self) -> int:
        """What the live sources bring, in cents."""
        return sum(source.amount_cents for source in self.live_sources)
