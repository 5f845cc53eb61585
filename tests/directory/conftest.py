"""Files of places, written by hand with the traps of real ones."""

import csv
import io

import pytest

from filiere.directory import services
from filiere.rules import national_lists as lists
from tests.territories.conftest import territories

__all__ = ["territories"]

GOOD = {
    "id": "1",
    "pivot": "00000000000000",
    "nom": "Espace numérique de Guéret",
    "commune": "Guéret",
    "code_postal": "23000",
    "code_insee": "23096",
    "adresse": "1 place Bonnyaud",
    "latitude": "46.1703",
    "longitude": "1.8681",
    "telephone": "05 55 00 00 00",
    "courriels": "contact@exemple.fr",
    "horaires": "Mo-Fr 09:00-12:00",
    "source": "Hub de test",
    "date_maj": "2026-03-02",
    "services": "Aide aux démarches administratives|Utilisation sécurisée du numérique",
    "frais_a_charge": "Gratuit",
}


def as_csv(*rows, delimiter=",", encoding="utf-8"):
    """Write rows as a national file; each is GOOD with changes."""
    stream = io.StringIO()
    columns = [
        *lists.columns(),
        *(name for row in rows for name in row if name not in lists.columns()),
    ]
    writer = csv.DictWriter(stream, dict.fromkeys(columns), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(GOOD | row for row in rows)
    return stream.getvalue().encode(encoding)


@pytest.fixture
def load(territories, at):
    """Import bytes, or rows given as changes to GOOD."""

    def load(*given, **choice):
        content = given[0] if isinstance(given[0], bytes) else as_csv(*given)
        return services.import_places(
            stream=io.BytesIO(content),
            **{"at": at, "actor": "user:1", "source_name": "lieux.csv"} | choice,
        )

    return load
