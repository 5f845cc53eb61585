"""Prices seen, for everyone: by procedure and kind of place, and what paying them would cost."""

import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from filiere.billing.models import COMMERCIAL, PriceCeiling, SeenHow, SellerKind
from filiere.billing.queries import observed
from filiere.billing.queries.observed import JudgedPrice, KindPrices
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import NotFound
from filiere.kernel.permissions import allowed
from filiere.kernel.tables import write_table
from filiere.rules import observed_prices as rules
from filiere.rules import parameters
from filiere.rules.observed_prices import Spread, spread
from filiere.rules.procedures import all_procedures, procedure
from filiere.territories.models import Territory
from filiere.territories.queries import communes_of
from filiere.web import observed_words as say
from filiere.web import price_charts
from filiere.web.access import public
from filiere.web.formats import euros, number
from filiere.web.forms.observed_prices import PublicCostForm
from filiere.web.forms.prices import cents_of

SHOWN = 40
CAR = "vehicle_registration"
CAR_PRICE = "observed_prices.vehicle_registration_cents"


@dataclass(frozen=True, slots=True)
class ProcedureLine:
    """One procedure of the list, its operator, how its prices lie, how many are above a ceiling."""

    key: str
    name: str
    spread: Spread
    words: str
    over: int


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One price seen, ready to read: nothing of an independent professional leads to them."""

    amount: str
    kind: str
    where: str
    on: date
    how: str
    url: str
    is_over: bool
    is_invented: bool


def where_words(territory: Territory | None) -> str:
    """Name where a price was seen."""
    return territory.name if territory else _("everywhere in France")


def _source(one: JudgedPrice) -> SourceLine:
    price = one.price
    shown = price.seller_kind != SellerKind.INDEPENDENT
    return SourceLine(
        amount=say.amount_words(price.price_cents),
        kind=say.kind_words(price.seller_kind, short=True),
        where=where_words(price.territory),
        on=price.seen_on,
        how=str(say.HOW_WORDS[SeenHow(price.seen_how)]),
        url=price.source_url if shown else "",
        is_over=one.over_cents is not None,
        is_invented=price.is_invented,
    )


@require_safe
@public
def procedures(request: HttpRequest) -> HttpResponse:
    """List the procedures whose price was seen somewhere."""
    today = legal_day(timezone.now())
    judged = observed.judged(observed.published_prices(on=today), observed.ceilings(on=today))
    gathered: dict[str, list[JudgedPrice]] = {}
    for one in judged:
        gathered.setdefault(one.price.procedure, []).append(one)
    lines = []
    for known in all_procedures():
        rows = gathered.get(known.key, [])
        lying = spread([one.price.price_cents for one in rows])
        if lying is not None:
            over = sum(one.over_cents is not None for one in rows)
            name = say.procedure_words(known.key)
            lines.append(ProcedureLine(known.key, name, lying, say.range_words(lying), over))
    context = {
        "lines": lines,
        "count": len(judged),
        "highest": max(lines, key=lambda line: line.spread.highest_cents, default=None),
        "months": parameters.whole("observed_prices.months", today),
        "may_note": allowed(request.user, "billing.note_prices"),
    }
    return render(request, "observed_prices/list.html", context)


def _table(kinds: list[KindPrices]) -> list[list[str]]:
    """Give the drawing in a table: count, ends, quarters, middle."""
    rows = []
    for one in kinds:
        lying = one.spread
        rows.append(
            [say.kind_words(one.kind), number(lying.count)]
            + [
                _("too few") if cents is None else euros(cents)
                for cents in (
                    lying.lowest_cents, lying.lower_quartile_cents, lying.median_cents,
                    lying.upper_quartile_cents, lying.highest_cents,
                )
            ]
        )  # fmt: skip
    return rows


def _ceilings(advised: list[PriceCeiling]) -> list[tuple[str, int]]:
    """Name each ceiling for the drawing, that of France first."""
    return [
        (
            _("ceiling %(amount)s, %(where)s")
            % {"amount": euros(one.ceiling_cents), "where": where_words(one.territory)},
            one.ceiling_cents,
        )
        for one in advised
    ]


def _known(key: str) -> str:
    if procedure(key) is None:
        raise NotFound(reference=key)
    return key


@require_safe
@public
def of_procedure(request: HttpRequest, key: str) -> HttpResponse:
    """Show the prices of one procedure by kind of place, their sources, and the ceiling."""
    today = legal_day(timezone.now())
    advised = observed.ceilings(on=today, procedure=_known(key))
    prices = observed.judged(observed.published_prices(on=today, procedure=key), advised)
    kinds = observed.prices_by_kind(prices)
    drawn = [
        (say.kind_words(one.kind, short=True), say.range_words(one.spread), one.spread)
        for one in kinds
    ]
    lying = spread([one.price.price_cents for one in prices])
    context: dict[str, Any] = {
        "key": key,
        "name": say.procedure_words(key),
        "range": say.range_words(lying) if lying else "",
        "count": len(prices),
        "alone_cents": parameters.whole("observed_prices.alone_cents", today),
        "chart": price_charts.bands(drawn, ceilings=_ceilings(advised)),
        "others": max(0, len(advised) - len(price_charts.STROKES)),
        "ceilings": [(one, where_words(one.territory)) for one in advised],
        "over": sum(one.over_cents is not None for one in prices),
        "columns": [
            _("Kind of place"), _("Prices seen"), _("Lowest"), _("A quarter under"),
            _("Half under"), _("Three quarters under"), _("Highest"),
        ],
        "rows": _table(kinds),
        "charged": [
            (say.kind_words(one.kind), one, say.range_words(one.spread))
            for one in observed.charged_prices(key, on=today)
        ],
        "threshold": parameters.whole("small_cells.threshold", today),
        "sources": [_source(one) for one in prices[:SHOWN]],
        "more": max(0, len(prices) - SHOWN),
    }  # fmt: skip
    return render(request, "observed_prices/procedure.html", context)


@require_safe
@public
def as_csv(request: HttpRequest) -> HttpResponse:
    """Give every published price, without any seller's name, in the columns of the sheet."""
    today = legal_day(timezone.now())
    wanted = request.GET.get("demarche") or None
    text = io.StringIO(newline="")
    columns = [
        "demarche", "demarche_nom", "type_de_lieu", "prix", "territoire", "territoire_nom", "date",
        "vu", "lien", "plafond_conseille", "invente",
    ]  # fmt: skip
    prices = observed.judged(
        observed.published_prices(on=today, procedure=wanted), observed.ceilings(on=today)
    )
    write_table(text, columns, (_cells(one) for one in prices))
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="prix-vus.csv"'
    return answer


def _cells(one: JudgedPrice) -> dict[str, object]:
    price = one.price
    line = _source(one)
    return {
        "demarche": price.procedure,
        "demarche_nom": say.procedure_words(price.procedure),
        "type_de_lieu": price.seller_kind,
        "prix": Decimal(price.price_cents) / 100,
        "territoire": price.territory.code if price.territory else "",
        "territoire_nom": price.territory.name if price.territory else "",
        "date": price.seen_on.isoformat(),
        "vu": price.seen_how if price.seen_how != SeenHow.LINK else "",
        "lien": line.url,
        "plafond_conseille": Decimal(one.ceiling.ceiling_cents) / 100 if one.ceiling else "",
        "invente": "oui" if price.is_invented else "",
    }


@require_safe
@public
def public_cost(request: HttpRequest, key: str) -> HttpResponse:
    """Work out what it would cost to pay the help of everybody, with the numbers in sight."""
    today = legal_day(timezone.now())
    asked = _asked(_known(key), today)
    typed = {name: request.GET.get(name, str(value)) for name, value in asked.items()}
    form = PublicCostForm(request.GET if "fois" in request.GET else typed)
    context: dict[str, Any] = {
        "key": key, "name": say.procedure_words(key), "form": form,
        "counted": observed.sessions_of_procedure(key, None, on=today),
        "car": parameters.all_parameters()[CAR_PRICE] if key == CAR else None,
        "car_cents": parameters.whole(CAR_PRICE, today),
        "threshold": parameters.whole("small_cells.threshold", today),
    }  # fmt: skip
    if key == CAR:
        context["car_trust"] = say.CONFIDENCE_WORDS[context["car"].confidence]
    if form.is_valid():
        context |= _worked_out(form, key, today)
    return render(request, "observed_prices/cost.html", context, status=422 if form.errors else 200)


def _asked(key: str, today: date) -> dict[str, str]:
    """Give the numbers to begin with: sessions counted here, the price seen, the chain's price."""
    prices = [
        one.price_cents
        for one in observed.published_prices(on=today, procedure=key)
        if one.seller_kind in COMMERCIAL
    ]
    seen = spread(prices)
    if key == CAR:
        cents = parameters.whole(CAR_PRICE, today)
    else:
        cents = seen.median_cents if seen else 0
    charged = observed.charged_prices(key, on=today)
    own = _typed(charged[0].spread.median_cents) if charged else ""
    counted = observed.sessions_of_procedure(key, None, on=today)
    return {
        "territoire": "", "fois": str(counted or 1_000), "prix": _typed(cents), "chez_nous": own,
    }  # fmt: skip


def _typed(cents: int) -> str:
    """Write an amount as it is typed in a form of the reader's language."""
    return euros(cents).replace("€", "").strip().replace("\u202f", "").replace("\u00a0", "")


def _worked_out(form: PublicCostForm, key: str, today: date) -> dict[str, Any]:
    given = form.cleaned_data
    territory = given["territoire"]
    own = None if given["chez_nous"] is None else cents_of(given["chez_nous"])
    inhabitants = _inhabitants(territory)
    cost = rules.public_cost(
        volume=given["fois"], price_cents=cents_of(given["prix"]), own_price_cents=own,
        inhabitants=inhabitants,
    )  # fmt: skip
    return {
        "territory": territory,
        "inhabitants": inhabitants,
        "volume": given["fois"],
        "price_cents": cents_of(given["prix"]),
        "own_cents": own,
        "counted_there": observed.sessions_of_procedure(key, territory, on=today),
        "cost": cost,
        "difference_cents": abs(cost.gap_cents or 0),
    }


def _inhabitants(territory: Territory | None) -> int | None:
    """How many people live there; None when no figure is known."""
    if territory is None:
        return None
    if territory.population:
        return int(territory.population)
    return sum(one.population or 0 for one in communes_of(territory.pk)) or None
