"""Drawings made on the server: the river of a tranche's money, the map of a territory's reach.

Positions are whole units of the drawing, given as text so that no language reformats them.
Amounts are integer euro cents.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians, sqrt

from django.utils.translation import gettext as _

from filiere.observatory.queries import Flows
from filiere.web.formats import euros
from filiere.web.money_words import service_words

WIDTH = 1152
# Columns of the river: foot of the source, middle bars, services.
SOURCE, MIDDLE, SERVICES, BAR = 200, 480, 760, 14
SOURCE_TOP, FULL, LEAST, LABEL = 76, 170, 3, 58
TEXT = 7


@dataclass(frozen=True, slots=True)
class Shape:
    """One ribbon or bar: its path, its class, and its pattern ("" when the class fills it)."""

    path: str
    css: str
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """Two lines of words beside a bar, starting at ``x``, ``y``."""

    x: str
    y: str
    below_y: str
    title: str
    note: str


@dataclass(frozen=True, slots=True)
class River:
    """The drawing of one tranche or programme, ready for its template."""

    height: str
    source: Label
    source_height: str
    shapes: tuple[Shape, ...]
    labels: tuple[Label, ...]
    rows: tuple[tuple[str, str], ...]

    @property
    def columns(self) -> tuple[str, str]:
        """Headings of the table under the drawing."""
        return _("Step"), _("Amount")


@dataclass(frozen=True, slots=True)
class _Stream:
    cents: int
    css: str
    pattern: str
    title: str
    note: str


def _thick(cents: int, given: int) -> int:
    return max(LEAST, round(FULL * cents / given)) if cents else 0


def _ribbon(x1: int, y1: int, x2: int, y2: int, thick: int) -> str:
    bend = (x1 + x2) // 2
    return (
        f"M{x1} {y1}C{bend} {y1} {bend} {y2} {x2} {y2}V{y2 + thick}"
        f"C{bend} {y2 + thick} {bend} {y1 + thick} {x1} {y1 + thick}Z"
    )


def _bar(x: int, y: int, thick: int) -> str:
    return f"M{x} {y}h{BAR}v{thick}h-{BAR}z"


def _label(x: int, y: int, title: str, note: str) -> Label:
    return Label(str(x), str(y), str(y + 23), title, note)


def _streams(flows: Flows) -> list[_Stream]:
    """Money that no session used yet, in the order it is drawn."""
    return [
        _Stream(
            flows.handed_out_unused_cents,
            "",
            "waiting",
            _("Handed out, not used yet"),
            _("in people's hands"),
        ),
        _Stream(
            flows.not_handed_out_cents,
            "draw-paper",
            "",
            _("Not handed out yet"),
            _("vouchers ready"),
        ),
        _Stream(
            flows.not_activated_cents,
            "draw-paper",
            "",
            _("Not in vouchers yet"),
            _("received and kept"),
        ),
    ]


def _services(flows: Flows) -> list[tuple[str, int]]:
    """The four largest services, and the others together."""
    rows = [(service_words(one.service), one.amount_cents) for one in flows.used_by_service]
    if len(rows) <= 5:
        return rows
    return [*rows[:4], (_("Other services"), sum(cents for _name, cents in rows[4:]))]


def river(flows: Flows, *, source_title: str) -> River | None:
    """Draw where the money received went; None while nothing was received.

    Used money is solid where paid and hatched where due, then split by service; below, what is
    handed out (dotted) and what is left (white).

    Args:
        source_title: words in the first block, such as "Your tranche".
    """
    given = flows.given_cents
    if given <= 0:
        return None
    shapes: list[Shape] = []
    labels: list[Label] = []
    source_y, y = SOURCE_TOP, SOURCE_TOP - 20
    bottom = y
    if flows.used_cents:
        source_y = _draw_used(flows, shapes, labels, source_y, y)
        bottom = _draw_services(flows, shapes, labels, y)
    for stream in _streams(flows):
        if stream.cents:
            thick = _thick(stream.cents, given)
            top = max(bottom + 22, source_y)
            ribbon = _ribbon(SOURCE, source_y, MIDDLE, top, thick)
            shapes.append(Shape(ribbon, stream.css, stream.pattern))
            shapes.append(Shape(_bar(MIDDLE, top, thick), stream.css, stream.pattern))
            note = f"{euros(stream.cents)} · {stream.note}"
            labels.append(_label(MIDDLE + BAR + 14, top + 17, stream.title, note))
            source_y, bottom = source_y + thick, top + max(thick, LABEL - 10)
    source_height = max(source_y - SOURCE_TOP, 96)
    return River(
        height=str(max(bottom, SOURCE_TOP + source_height) + 16),
        source=Label(
            "20",
            str(SOURCE_TOP + 36),
            str(SOURCE_TOP + 70),
            source_title,
            euros(given, short=True),
        ),
        source_height=str(source_height),
        shapes=tuple(shapes),
        labels=tuple(labels),
        rows=river_rows(flows),
    )


def _draw_used(
    flows: Flows, shapes: list[Shape], labels: list[Label], source_y: int, y: int
) -> int:
    """Draw what was used, paid then due; return where the source goes on."""
    for cents, css, pattern in (
        (flows.paid_cents, "draw-solid", ""),
        (flows.due_cents, "", "hatching"),
    ):
        thick = _thick(cents, flows.given_cents)
        if thick:
            shapes.append(Shape(_ribbon(SOURCE, source_y, MIDDLE, y, thick), css, pattern))
            shapes.append(Shape(_bar(MIDDLE, y, thick), css, pattern))
            source_y, y = source_y + thick, y + thick
    title = _("%(amount)s used") % {"amount": euros(flows.used_cents)}
    note = _("all paid to the places")
    if flows.due_cents:
        note = _("of which %(amount)s still to pay (hatched)") % {"amount": euros(flows.due_cents)}
    labels.append(_label(MIDDLE, 16, title, note))
    return source_y


def _draw_services(flows: Flows, shapes: list[Shape], labels: list[Label], y: int) -> int:
    """Spread what was used over its services; return the lowest point drawn."""
    target = y
    for name, cents in _services(flows):
        thick = _thick(cents, flows.given_cents)
        shapes.append(Shape(_ribbon(MIDDLE + BAR, y, SERVICES, target, thick), "draw-tint"))
        shapes.append(Shape(_bar(SERVICES, target, thick), "draw-solid"))
        labels.append(_label(SERVICES + BAR + 12, target + 14, _short(name), euros(cents)))
        y, target = y + thick, target + max(thick + 12, LABEL)
    return max(y, target - 12)


def _short(name: str, limit: int = 36) -> str:
    return name if len(name) <= limit else name[: limit - 1].rsplit(" ", 1)[0] + "…"


def river_rows(flows: Flows) -> tuple[tuple[str, str], ...]:
    """The same in a table: each state of the money, then each service."""
    rows = [
        (_("Kept"), flows.given_cents),
        (_("Not in vouchers yet"), flows.not_activated_cents),
        (_("Not handed out yet"), flows.not_handed_out_cents),
        (_("Handed out, not used yet"), flows.handed_out_unused_cents),
        (_("Used"), flows.used_cents),
        (_("Used and paid to the places"), flows.paid_cents),
        (_("Used and still to pay"), flows.due_cents),
    ]
    rows += [
        (_("Used: %(service)s") % {"service": service_words(one.service)}, one.amount_cents)
        for one in flows.used_by_service
    ]
    return tuple((label, euros(cents)) for label, cents in rows)


# --- the map --------------------------------------------------------------------------------

MAP_WIDTH, MAP_MARGIN, NAMED = 640, 34, 9


@dataclass(frozen=True, slots=True)
class Spot:
    """One commune to draw: where it is, how many live there, and its band (see ``Dot``)."""

    name: str
    latitude: float
    longitude: float
    population: int
    band: str


@dataclass(frozen=True, slots=True)
class Dot:
    """One commune on the map. ``band`` is all, some, few, none or unknown."""

    x: str
    y: str
    radius: str
    mark_y: str
    band: str


@dataclass(frozen=True, slots=True)
class Name:
    """The name of a large commune, beside its dot."""

    x: str
    y: str
    text: str


@dataclass(frozen=True, slots=True)
class DotMap:
    """The map of a territory: dots as wide as communes are inhabited, largest names, a scale."""

    width: str
    height: str
    dots: tuple[Dot, ...]
    names: tuple[Name, ...]
    scale_path: str
    scale_x: str
    scale_y: str
    scale_km: int


def dot_map(spots: Sequence[Spot]) -> DotMap | None:
    """Place communes on a plane; None when none has coordinates.

    Longitudes are shortened by the cosine of the middle latitude: enough for one département.
    """
    if not spots:
        return None
    middle = sum(spot.latitude for spot in spots) / len(spots)
    shrink = cos(radians(middle))
    west = min(spot.longitude for spot in spots)
    north = max(spot.latitude for spot in spots)
    wide = max((max(s.longitude for s in spots) - west) * shrink, 0.02)
    tall = max(north - min(s.latitude for s in spots), 0.02)
    unit = min((MAP_WIDTH - 2 * MAP_MARGIN) / wide, 620 / tall)
    height = round(tall * unit) + 2 * MAP_MARGIN + 40
    largest = max(spot.population for spot in spots) or 1
    dots: list[Dot] = []
    names: list[Name] = []
    boxes: list[tuple[int, int, int, int]] = []
    for spot in sorted(spots, key=lambda one: (-one.population, one.name)):
        x = MAP_MARGIN + round((spot.longitude - west) * shrink * unit)
        y = MAP_MARGIN + round((north - spot.latitude) * unit)
        radius = 4 + round(20 * sqrt(spot.population / largest))
        dots.append(Dot(str(x), str(y), str(radius), str(y + 5), spot.band))
        if len(names) < NAMED and (name := _name(spot.name, x, y, radius, boxes)):
            names.append(name)
    kilometres = _round_scale(wide * 111)
    length = round(kilometres / 111 * unit)
    return DotMap(
        width=str(MAP_WIDTH),
        height=str(height),
        dots=tuple(dots),
        names=tuple(names),
        scale_path=f"M{MAP_MARGIN} {height - 14}v-8h{length}v8",
        scale_x=str(MAP_MARGIN + length + 10),
        scale_y=str(height - 12),
        scale_km=kilometres,
    )


def _name(
    text: str, x: int, y: int, radius: int, boxes: list[tuple[int, int, int, int]]
) -> Name | None:
    """Write a name under its dot unless it would cover another name."""
    wide = len(text) * TEXT + 16
    centre = min(max(x, wide // 2), MAP_WIDTH - wide // 2)
    box = (centre - wide // 2, y + radius, centre + wide // 2, y + radius + 22)
    if any(
        box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
        for other in boxes
    ):
        return None
    boxes.append(box)
    return Name(str(centre), str(y + radius + 16), text)


def _round_scale(kilometres: float) -> int:
    """A round length that takes about a quarter of the width."""
    fitting = [length for length in (1, 2, 5, 10, 20, 50, 100, 200) if length <= kilometres / 3]
    return fitting[-1] if fitting else 1
