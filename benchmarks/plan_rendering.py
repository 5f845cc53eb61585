"""One project written for twenty-two funders: Word, workbook, paper and JSON for each.

Every question of the bank is answered at full length, so that no form is shorter than it may be.
"""

import os
import time
from typing import Any

ROUNDS = 3
FUNDERS = 22
BUDGET_SECONDS = 10.0
SENTENCE = "Dix ateliers par mois dans sept villes, avec un suivi six mois après. "


def _facts() -> Any:
    """Give a project of 180,000 €: thirty lines, twenty-two sources, every answer written."""
    from filiere.projects.forms import question_bank

    lines = [
        {
            "key": str(number), "label": f"Dépense {number}", "nature": str(60 + number % 6),
            "kind": "cash", "amount_cents": 600_000, "without_vat_cents": 500_000,
            "year": 2027 + number % 2, "quantity": "", "unit": "", "is_investment": number % 9 == 0,
        }
        for number in range(30)
    ]  # fmt: skip
    sources = [
        {
            "funder": f"Financeur {number}", "scheme": "", "kind": "commune", "state": "asked",
            "asked_cents": 1_500_000, "granted_cents": None, "paid_cents": None,
        }
        for number in range(FUNDERS)
    ]  # fmt: skip
    return {
        "organisation": {
            "name": "Passerelles 94", "siret": "82161143100015", "rna": "W941000001",
            "legal_form": "association", "address": "12 rue des Lilas", "postcode": "94270",
            "town": "Le Kremlin-Bicêtre", "email": "a@b.example", "phone": "", "role": "présidente",
            "representative": "Nadia Ferrand",
        },
        "project": {
            "title": "Réseau de sept villes", "need": "", "publics": ["adultes"],
            "territories": ["Vitry"] * 7, "starts_on": "2027-01-01", "ends_on": "2028-12-31",
            "total_cents": 18_000_000,
        },
        "answers": {
            key: {length: (SENTENCE * (1 + most // len(SENTENCE)))[:most].strip()
                  for length, most in question.limits.items()}
            for key, question in question_bank().items()
        },
        "lines": lines,
        "sources": sources,
        "calendar": [{"label": f"Étape {month}", "starts_on": "2027-01-01",
                      "ends_on": "2027-02-01", "place": "Vitry", "detail": ""}
                     for month in range(12)],
        "partners": [{"name": f"Ville {town}", "role": "accueille", "brings": "une salle"}
                     for town in range(7)],
        "indicators": [{"label": "Personnes formées", "target": "900", "how": "différentes"}] * 5,
        "request": {"funder": "Financeur 1", "scheme": "Appel 2027", "amount_cents": 1_500_000,
                    "rate": "", "year": 2027},
    }  # fmt: skip


def render() -> tuple[float, int]:
    """Write the files of twenty-two funders once; give the seconds and the bytes."""
    from datetime import UTC, datetime

    from filiere.projects.forms import catalogue
    from filiere.projects.rendering import Kind, render
    from filiere.rules.funder_forms.filling import fill

    forms = list(catalogue().values())
    facts = _facts()
    at = datetime(2026, 11, 22, 12, tzinfo=UTC)
    size = 0
    began = time.perf_counter()
    for number in range(FUNDERS):
        filled = fill(forms[number % len(forms)], facts)
        size += sum(len(render(filled, kind, at=at).content) for kind in Kind)
    return time.perf_counter() - began, size


def measure() -> tuple[dict[str, Any], dict[str, float]]:
    """Measure the worst of the rounds; reading the forms' own files is counted apart."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from filiere.projects.forms import catalogue

    began = time.perf_counter()
    forms = len(catalogue())
    reading = time.perf_counter() - began
    rounds = [render() for _ in range(ROUNDS)]
    seconds = max(seconds for seconds, _size in rounds)
    results = {
        "rendering_funders": FUNDERS,
        "rendering_forms": forms,
        "rendering_files": FUNDERS * 4,
        "rendering_seconds": round(seconds, 2),
        "rendering_mebibytes": round(rounds[0][1] / 2**20, 1),
        "forms_read_seconds": round(reading, 2),
    }
    return results, {"render_budget": BUDGET_SECONDS / seconds}
