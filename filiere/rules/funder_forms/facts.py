"""The shape of what a project says of itself: one mapping that every funder's form reads.

Plain values only, so that it can be frozen as JSON when a file is sent. Amounts are integer euro
cents; days are ISO text (``2026-11-22``); shares are exact fractions as text (``"4/5"``); what
nobody stated is None or an empty text, never 0.
"""

from typing import Any, Literal, TypedDict, get_args, get_origin, get_type_hints

type_length = Literal["short", "medium", "long"]
LENGTHS: tuple[type_length, ...] = ("short", "medium", "long")


class OrganisationFacts(TypedDict):
    """Who carries the project. ``legal_form`` is a kind of organisation, such as association."""

    name: str
    siret: str
    rna: str
    legal_form: str
    address: str
    postcode: str
    town: str
    email: str
    phone: str
    representative: str
    role: str


class ProjectSummary(TypedDict):
    """What is to be done. ``total_cents``: all charges, in kind included."""

    title: str
    need: str
    publics: list[str]
    territories: list[str]
    starts_on: str
    ends_on: str
    total_cents: int


class AnswerFacts(TypedDict, total=False):
    """One answer of the question bank in up to three lengths."""

    short: str
    medium: str
    long: str


class LineFacts(TypedDict):
    """One line of the budget. ``nature``: class of accounts, "60" to "68", "86" and so on.

    ``kind``: ``cash`` or ``in_kind``. ``quantity`` is text, since halves exist.
    """

    key: str
    label: str
    nature: str
    kind: str
    amount_cents: int
    without_vat_cents: int
    year: int
    quantity: str
    unit: str
    is_investment: bool


class SourceFacts(TypedDict):
    """One source of funding. An amount not known yet is None.

    ``kind``: eu, state, region, departement, epci, commune, private, foundation, income, voucher,
    volunteering or own. ``state``: envisaged, asked, complete, examined, notified, contracted,
    paid, settled, refused or withdrawn.
    """

    funder: str
    scheme: str
    kind: str
    state: str
    asked_cents: int | None
    granted_cents: int | None
    paid_cents: int | None


class ActionFacts(TypedDict):
    """One step of the calendar."""

    label: str
    starts_on: str
    ends_on: str
    place: str
    detail: str


class PartnerFacts(TypedDict):
    """Another organisation in the project and what it brings."""

    name: str
    role: str
    brings: str


class IndicatorFacts(TypedDict):
    """What will be measured: its target is text, with its unit."""

    label: str
    target: str
    how: str


class RequestFacts(TypedDict):
    """What is asked of the funder whose form is filled."""

    funder: str
    scheme: str
    amount_cents: int | None
    rate: str
    year: int


class ProjectFacts(TypedDict):
    """All of it. ``answers``: key of the question bank → the answer in up to three lengths."""

    organisation: OrganisationFacts
    project: ProjectSummary
    answers: dict[str, AnswerFacts]
    lines: list[LineFacts]
    sources: list[SourceFacts]
    calendar: list[ActionFacts]
    partners: list[PartnerFacts]
    indicators: list[IndicatorFacts]
    request: RequestFacts


def scalar_paths() -> frozenset[str]:
    """Give every path that names one value, answers apart.

    Source: the classes above.

    >>> "organisation.siret" in scalar_paths(), "lines.label" in scalar_paths()
    (True, False)
    """
    return frozenset(
        f"{group}.{name}"
        for group, shape in get_type_hints(ProjectFacts).items()
        if _is_record(shape)
        for name in get_type_hints(shape)
    )


def list_columns() -> dict[str, frozenset[str]]:
    """Give every list and the names of what each of its rows holds.

    Source: the classes above.

    >>> sorted(list_columns()["partners"])
    ['brings', 'name', 'role']
    """
    return {
        group: frozenset(get_type_hints(get_args(shape)[0]))
        for group, shape in get_type_hints(ProjectFacts).items()
        if get_origin(shape) is list
    }


def _is_record(shape: Any) -> bool:
    return isinstance(shape, type) and hasattr(shape, "__total__")
