"""From an order to sheets of paper: vouchers made, then 10,000 of them printed.

``make bench NAME=issue``; ``ARGS="--issued 1000000"`` changes how many are made. Works in one scratch database. Paper comes first: what it holds in
memory is measured before anything else needs more.
"""

import argparse
import datetime as dt
import os
from typing import TYPE_CHECKING

import django

from benchmarks import issuing, paper, report

if TYPE_CHECKING:
    from filiere.vouchers.models import Lot

AT = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
FACE_CENTS, FUNDERS = 1_000, 3


def prepare(count: int) -> "Lot":
    """Make a lot of ``count`` vouchers of 10 euros, paid by three funders, not generated yet."""
    from filiere.accounts.models import Organisation
    from filiere.programmes import services as programmes
    from filiere.territories.models import Kind, Territory
    from filiere.vouchers import services as vouchers

    names = [f"Organisation {number} (essai)" for number in range(FUNDERS + 1)]
    made = [
        Organisation.objects.get_or_create(name=one, folded=one.lower(), is_invented=True)[0]
        for one in names
    ]
    where, _created = Territory.objects.get_or_create(
        kind=Kind.DEPARTEMENT, code="23", defaults={"name": "Creuse", "folded": "creuse"}
    )
    programme = programmes.create_programme(
        commissioner_id=made[0].pk,
        name="Programme d'essai",
        territory_ids=[where.pk],
        services=["Aider aux démarches administratives", "Prendre en main un ordinateur"],
        starts_on=dt.date(2026, 1, 1),
        ends_on=dt.date(2027, 12, 31),
        actor="bench",
        at=AT,
        is_invented=True,
    )
    for funder in made[1:]:
        programmes.promise_tranche(
            programme=programme,
            funder_id=funder.pk,
            cap_cents=count * FACE_CENTS,
            actor="bench",
            at=AT,
        )
    return vouchers.create_lot(
        programme=programme,
        count=count,
        face_cents=FACE_CENTS,
        use_until=dt.date(2026, 12, 31),
        at=AT,
        actor="bench",
    )


def measure(*, printed: int, issued: int) -> None:
    """Print one line."""
    from filiere.vouchers import services as vouchers

    results: dict[str, float | int | str] = {}
    ratios: dict[str, float] = {}
    if printed:
        lot = prepare(printed)
        vouchers.generate_vouchers(lot=lot, at=AT, actor="bench")
        results, ratios = paper.print_all(lot)
    if issued:
        made, against = issuing.against_copy(prepare(issued), at=AT)
        results |= made
        ratios |= against
    results["load_at_end"] = round(os.getloadavg()[0], 1)
    report.show(name="issue", results=results, ratios=ratios)


def main() -> None:
    """Work in a scratch database."""
    parser = argparse.ArgumentParser(prog="make bench NAME=issue")
    parser.add_argument("--printed", type=int, default=10_000, help="vouchers to put on paper")
    parser.add_argument("--issued", type=int, default=1_000_000, help="vouchers to make")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from filiere.operations import database

    with database.scratch("bench"):
        measure(printed=asked.printed, issued=asked.issued)


if __name__ == "__main__":
    main()
