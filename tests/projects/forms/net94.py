"""A project of the size told in 2018: 180,000 €, two years, seven towns. Invented answers."""

from filiere.rules.funder_forms.facts import ProjectFacts

TOWNS = [
    "Arcueil",
    "Cachan",
    "Créteil",
    "Ivry-sur-Seine",
    "Le Kremlin-Bicêtre",
    "Villejuif",
    "Vitry",
]


def line(key, label, nature, amount, *, year=2027, kind="cash", without_vat=None, **more):
    return {
        "key": key, "label": label, "nature": nature, "kind": kind, "amount_cents": amount,
        "without_vat_cents": amount if without_vat is None else without_vat, "year": year,
        "quantity": "", "unit": "", "is_investment": False, **more,
    }  # fmt: skip


def source(funder, kind, state, asked, granted=None, paid=None):
    return {
        "funder": funder, "scheme": "", "kind": kind, "state": state, "asked_cents": asked,
        "granted_cents": granted, "paid_cents": paid,
    }  # fmt: skip


def net94() -> ProjectFacts:
    """Fresh facts at each call: a test may change its own."""
    return {
        "organisation": {
            "name": "Passerelles 94", "siret": "82161143100015", "rna": "W941000001",
            "legal_form": "association", "address": "12 rue des Lilas", "postcode": "94270",
            "town": "Le Kremlin-Bicêtre", "email": "contact@passerelles94.example",
            "phone": "01 00 00 00 00", "representative": "Nadia Ferrand", "role": "présidente",
        },
        "project": {
            "title": "Réseau numérique de sept villes", "need": "Une personne sur six renonce.",
            "publics": ["demandeurs d’emploi", "travailleurs sociaux"], "territories": TOWNS,
            "starts_on": "2027-01-01", "ends_on": "2028-12-31", "total_cents": 18_720_000,
        },
        "answers": {
            "purpose": {"short": "Rendre chacun autonome avec le numérique."},
            "activities": {"short": "Ateliers et permanences dans sept villes."},
            "summary": {
                "short": "Former 900 personnes dans sept villes.",
                "medium": "Former 900 demandeurs d’emploi et 120 travailleurs sociaux dans sept "
                "villes, et mettre en réseau ceux qui les aident. " * 4,
            },
            "need": {
                "short": "Une personne sur six renonce à une démarche en ligne.",
                "long": "Une personne sur six renonce à une démarche en ligne. " * 30,
            },
            "publics": {"short": "Demandeurs d’emploi et travailleurs sociaux."},
            "publics_count": {"short": "1 020 personnes différentes en deux ans."},
            "actions": {
                "short": "Dix ateliers par mois, une formation par trimestre.",
                "medium": "Dix ateliers par mois. " * 40,
            },
            "indicators": {"short": "Personnes autonomes six mois après."},
            "objectives": {"medium": "À la fin, neuf personnes sur dix déclarent seules. " * 6},
            "republican_pledge": {"short": "Souscrit le 4 mars 2026, affiché à l’accueil."},
        },
        "lines": [
            line("staff", "Deux médiateurs", "64", 11_800_000),
            line("trainers", "Intervenants", "62", 2_400_000, without_vat=2_000_000, year=2028),
            line("laptops", "Ordinateurs", "60", 1_800_000, without_vat=1_500_000,
                 is_investment=True),
            line("rooms", "Salles", "61", 1_200_000),
            line("printing", "Impressions", "60", 800_000, year=2028),
            line("help", "Bénévolat", "86", 720_000, kind="in_kind", quantity="480", unit="heures"),
        ],
        "sources": [
            source("Département du Val-de-Marne", "departement", "asked", 2_000_000),
            source("Ville de Vitry", "commune", "notified", 1_500_000, 1_200_000),
            source("Fondation des Rives", "foundation", "refused", 1_500_000),
            source("Fonds propres", "own", "settled", 900_000, 900_000, 900_000),
            source("Région", "region", "envisaged", None),
        ],
        "calendar": [
            {"label": "Recrutement", "starts_on": "2027-01-01", "ends_on": "2027-02-28",
             "place": "Le Kremlin-Bicêtre", "detail": ""},
            {"label": "Ateliers", "starts_on": "2027-03-01", "ends_on": "2028-11-30",
             "place": "Sept villes", "detail": ""},
        ],
        "partners": [
            {"name": "CCAS de Vitry", "role": "accueille", "brings": "une salle par semaine"},
        ],
        "indicators": [
            {"label": "Personnes formées", "target": "900", "how": "personnes différentes"},
        ],
        "request": {
            "funder": "Département du Val-de-Marne", "scheme": "Inclusion numérique 2027",
            "amount_cents": 2_000_000, "rate": "", "year": 2027,
        },
    }  # fmt: skip
