"""The finder on the whole directory, beside the plainest answer: the nearest places by distance.

``make bench NAME=finder ARGS="--places FILE"``. Both are asked the same questions, from communes
drawn from a seed, in one scratch database where a busy territory has published slots.
"""

import argparse
import datetime as dt
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import django

from benchmarks import report

NATIONAL = Path(__file__).resolve().parent.parent.parent / "shared/data/lieux-mediation.csv.gz"
NEEDS = ("procedure", "learn", "work")
PLAIN = """
    SELECT place.id, place.name, sqrt(power(place.latitude - here.latitude, 2)
           + power((place.longitude - here.longitude) * cos(radians(here.latitude)), 2)) AS far
      FROM directory_place AS place, territories_territory AS here
     WHERE here.id = %s AND place.latitude IS NOT NULL
     ORDER BY far LIMIT 20
"""


def median_milliseconds(action: Callable[[int], object], questions: list[int]) -> float:
    """Time each question by itself, after a few that warm the caches."""
    for question in questions[:10]:
        action(question)
    took = []
    for question in questions:
        began = time.perf_counter()
        action(question)
        took.append(time.perf_counter() - began)
    return statistics.median(took) * 1000


def load(places_file: Path) -> None:
    """Load the directory of France and equip its busiest département."""
    from filiere.directory import services as directory
    from filiere.operations.loop import world
    from filiere.operations.loop.run import OPENS_AT
    from filiere.territories import services as territories

    territories.load_reference(progress=lambda _done, _total: None)
    directory.import_places(
        path=places_file, source_name="bench", at=OPENS_AT - dt.timedelta(days=30), actor="bench"
    )
    busy = world.choose_territory(None)
    world.build(
        territory=busy, persons=2_000, opens_at=OPENS_AT, seed=7, progress=lambda *_said: None
    )


def compare(*, places_file: Path, questions: int) -> None:
    """Load the directory, ask both, print one line."""
    from django.db import connection

    from filiere.directory.models import Place
    from filiere.operations.loop.run import OPENS_AT
    from filiere.orientation import queries as orientation
    from filiere.territories.models import Kind, Territory

    load(places_file)
    communes = Territory.objects.filter(kind=Kind.COMMUNE, latitude__isnull=False).order_by("pk")
    rng = random.Random(7)
    asked = rng.sample(list(communes.values_list("pk", flat=True)), questions)
    window = (OPENS_AT, OPENS_AT + dt.timedelta(days=12))

    def find(commune_id: int) -> object:
        return orientation.find(
            need=NEEDS[commune_id % len(NEEDS)],
            commune_id=commune_id,
            window=window,
            at=OPENS_AT,
            limit=20,
        )

    def plain(commune_id: int) -> object:
        with connection.cursor() as cursor:
            cursor.execute(PLAIN, [commune_id])
            return cursor.fetchall()

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    ours, theirs = median_milliseconds(find, asked), median_milliseconds(plain, asked)
    report.show(
        name="finder",
        results={
            "places": Place.objects.count(),
            "questions": questions,
            "finder_p50_milliseconds": round(ours, 2),
            "plain_nearest_p50_milliseconds": round(theirs, 2),
            "load_at_end": round(os.getloadavg()[0], 1),
        },
        ratios={"finder_against_plain_nearest": theirs / ours},
    )


def main() -> None:
    """Work in a scratch database."""
    parser = argparse.ArgumentParser(prog="make bench NAME=finder")
    parser.add_argument("--places", type=Path, default=NATIONAL, help="national file of places")
    parser.add_argument("--questions", type=int, default=200)
    asked = parser.parse_args()
    if not asked.places.is_file():
        sys.exit(f"{asked.places} is not a file: give the national file with --places")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from filiere.operations import database

    with database.scratch("bench"):
        compare(places_file=asked.places, questions=asked.questions)


if __name__ == "__main__":
    main()
