"""Every place: a list to search, a map, and one page each with its source and date."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from filiere.directory import queries as directory
from filiere.kernel.permissions import allowed
from filiere.territories.queries import Match, find_commune
from filiere.web.access import public
from filiere.web.maps import around
from filiere.web.numbers import whole
from filiere.web.place_words import fact_words, labels, pins_of, place_words

PER_PAGE = 20
MOST_PAGES = 10**6


@require_safe
@public
def places(request: HttpRequest) -> HttpResponse:
    """Search by words, commune and service; twenty to a page, each numbered on the map."""
    text, where = (
        request.GET.get("q", "").strip()[:120],
        request.GET.get("commune", "").strip()[:120],
    )
    service = request.GET.get("service", "")
    matches = find_commune(where) if where else []
    commune = matches[0] if matches and matches[0].is_exact else None
    number = whole(request.GET.get("page", "")) or 1
    found = directory.search_places(
        text=text,
        territory=commune.territory_id if commune else None,
        service=service,
        page=number if number < MOST_PAGES else 1,
        per_page=PER_PAGE,
    )
    first = (found.page - 1) * PER_PAGE + 1
    context = {
        "found": found,
        "rows": list(enumerate(found.places, start=first)),
        "page": Paginator(range(found.total), PER_PAGE).page(found.page),
        "drawing": around(pins_of(found.places, first)),
        "services": _services(found.by_service),
        "text": text,
        "where": where,
        "service": service,
        "commune_error": _commune_error(where, matches),
    }
    return render(request, "places/places.html", context)


def _services(counts: dict[str, int]) -> list[tuple[str, str, int]]:
    """Name the services found, with how many places give each."""
    keys = sorted(counts, key=lambda key: -counts[key])
    return [(key, labels("services", [key])[0], counts[key]) for key in keys]


def _commune_error(where: str, matches: list[Match]) -> str:
    """Say that a commune does not exist, and which one may be meant."""
    if not where or (matches and matches[0].is_exact):
        return ""
    if matches:
        words = _("“%(text)s” does not exist. Perhaps %(commune)s?")
        return words % {"text": where, "commune": matches[0].label}
    words = _("“%(text)s” does not exist. Check the spelling, or write the postcode.")
    return words % {"text": where}


@require_safe
@public
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one place: every fact, its source and its date."""
    sheet = directory.place_page(pk)
    words = place_words(sheet, timezone.now())
    departement = sheet.place.commune.departement
    stated = sheet.place.statements.order_by("fact").values_list("fact", flat=True)
    context = {
        "stated": [fact_words(fact) for fact in stated],
        "may_run": allowed(request.user, "directory.run_place", sheet.place),
        "may_qualify": allowed(request.user, "directory.qualify_place", sheet.place),
        "words": words,
        "place": sheet.place,
        "drawing": around(pins_of([sheet.place], 1)),
        "territory_name": departement.name if departement else "",
    }
    return render(request, "places/place.html", context)
