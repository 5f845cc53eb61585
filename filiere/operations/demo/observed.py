"""Prices seen, a ceiling and four surveys of the demonstration. Everything is invented."""

import datetime as dt

from filiere.billing import services as billing
from filiere.billing.models import ObservedPrice, SellerKind, WillingnessSurvey
from filiere.directory.models import Place
from filiere.kernel.calendar import legal_day
from filiere.territories import queries as territories

CAR = "vehicle_registration"
# (procedure, kind, seller, cents, commune or département, days ago, page); a blank place: the web.
PRICES = (
    (CAR, "public", "France services de Saint-Vaury", 0, "23", 12, ""),
    (CAR, "public", "Mairie de Sainte-Feyre", 0, "23096", 40, ""),
    (CAR, "association", "Atelier partagé de Bonnat", 500, "23", 33, ""),
    (CAR, "association", "Atelier du Pont", 800, "23", 90, ""),
    (CAR, "shop", "Garage de la Gare", 2_990, "23096", 6, ""),
    (CAR, "shop", "Garage des Pierres", 3_500, "23096", 18, ""),
    (CAR, "shop", "Tabac de la Place", 3_990, "23", 18, ""),
    (CAR, "shop", "Auto du Plateau", 4_900, "49", 60, ""),
    (CAR, "shop", "Garage du Port", 5_500, "974", 75, ""),
    (CAR, "website", "Carte-grise-éclair", 2_990, "", 5, "https://carte-grise.example/tarifs"),
    (CAR, "website", "Titres en ligne", 3_990, "", 5, "https://titres.example/prix"),
    (CAR, "website", "Immat facile", 4_490, "", 21, "https://immat.example/offres"),
    (CAR, "website", "Guichet auto", 5_990, "", 21, "https://guichet-auto.example/"),
    (CAR, "independent", "Cabinet d’écritures", 6_000, "23096", 45, ""),
    ("identity_card", "public", "Mairie de Guéret", 0, "23096", 30, ""),
    ("identity_card", "website", "Titres en ligne", 1_990, "", 8, "https://titres.example/cni"),
    ("tax_return", "public", "Médiathèque de Guéret", 0, "23096", 150, ""),
    ("tax_return", "association", "Centre social de Guéret", 300, "23096", 150, ""),
    ("tax_return", "independent", "Cabinet d’écritures", 6_000, "23096", 160, ""),
    ("residence_permit", "association", "Relais des langues", 1_000, "23", 70, ""),
    ("residence_permit", "website", "Démarches express", 8_900, "", 25,
     "https://demarches.example/sejour"),
    ("criminal_record", "website", "Démarches express", 2_400, "", 25,
     "https://demarches.example/casier"),
)  # fmt: skip
WAITING = (
    (CAR, "shop", "Garage du Lac", 4_500, "23", 1, ""),
    ("driving_licence", "website", "Permis vite", 3_900, "", 2, "https://permis.example/prix"),
)
# (département, cents, source); a blank one: the whole of France.
CEILINGS = (
    ("", 3_000, "Avis d’une association de consommateurs (inventé pour la démonstration)"),
    ("23", 2_500, "Délibération du Département (inventée pour la démonstration)"),
)
# (place, kind, sheets by price, the same for the other kind of place, imagined).
SURVEYS: tuple[tuple[str, str, dict[int, int], dict[int, int]], ...] = (
    ("Médiathèque de Guéret", "public", {0: 31, 200: 14, 500: 12, 1_000: 7},
     {0: 12, 500: 9, 1_000: 14, 2_000: 16, 3_000: 8}),
    ("Atelier partagé de Bonnat", "association", {0: 9, 200: 8, 500: 11, 1_000: 6}, {}),
    ("Atelier du Pont", "shop", {0: 6, 500: 6, 1_000: 9, 2_000: 14, 3_000: 11}, {}),
)  # fmt: skip
OPEN_PLACE = "France services de Saint-Vaury"


def fill(*, at: dt.datetime, source: str) -> None:
    """Note the prices, advise a ceiling and ask what people would pay. Once.

    Args:
        source: what the places of the demonstration were imported from.
    """
    if ObservedPrice.objects.filter(is_invented=True).exists():
        return
    for line in PRICES:
        price = _note(line, at)
        billing.confirm_price(price_id=price.pk, at=at, actor="demo")
    for line in WAITING:
        _note(line, at)
    for code, cents, source_words in CEILINGS:
        billing.set_ceiling(
            procedure=CAR, ceiling_cents=cents, source=source_words,
            from_on=legal_day(at) - dt.timedelta(days=200),
            territory_id=territories.by_code(code).pk if code else None, at=at, actor="demo",
            is_invented=True,
        )  # fmt: skip
    places = {place.name: place for place in Place.objects.filter(source=source)}
    began = at - dt.timedelta(days=60)
    for name, kind, here, elsewhere in SURVEYS:
        survey = _open(places[name], kind, at=began, days=28)
        billing.enter_paper_answers(
            survey_id=survey.pk, here=here, elsewhere=elsewhere,
            at=began + dt.timedelta(days=28), actor="demo",
        )  # fmt: skip
    _open(places[OPEN_PLACE], SellerKind.PUBLIC, at=at, days=28)


def _note(line: tuple[str, str, str, int, str, int, str], at: dt.datetime) -> ObservedPrice:
    procedure, kind, seller, cents, code, days, url = line
    return billing.note_price(
        billing.PriceSeen(
            procedure=procedure, seller_kind=kind, price_cents=cents,
            seen_on=legal_day(at) - dt.timedelta(days=days), seen_how="link" if url else "on_site",
            territory_id=territories.by_code(code).pk if code else None, seller_name=seller,
            source_url=url,
        ),
        at=at, actor="demo", is_invented=True,
    )  # fmt: skip


def _open(place: Place, kind: str, *, at: dt.datetime, days: int) -> WillingnessSurvey:
    first = legal_day(at)
    return billing.open_survey(
        place_id=place.pk, place_kind=kind, procedure=CAR, starts_on=first,
        ends_on=first + dt.timedelta(days=days), at=at, actor="demo", is_invented=True,
    )  # fmt: skip
