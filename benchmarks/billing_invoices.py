"""Twenty thousand invoices to persons: numbered, written, drawn as Factur-X files of PDF/A-3.

The sessions are written straight into the tables; the invoices are made by the services
themselves, under every constraint and trigger, and drawn by two processes.
"""

import datetime as dt
import resource
import stat
import tempfile
import time
from pathlib import Path

from benchmarks import settle

SECONDS, INVOICES = 120, 20_000
AT = settle.AT + dt.timedelta(days=1)


def build(count: int) -> None:
    """Write ``count`` sessions of one place, each paid at the counter by a person of its own."""
    from django.db import connections

    from filiere.territories.models import Kind, Territory

    town, _created = Territory.objects.get_or_create(
        kind=Kind.COMMUNE, code="23096", defaults={"name": "Guéret", "folded": "gueret"}
    )
    with connections["owner"].cursor() as cursor:
        settle.fill_places(cursor, 1, slots=-(-count // settle.SEATS) + 1)
        cursor.execute("UPDATE directory_place SET commune_id = %s", [town.pk])
        settle.fill(cursor, "persons_person", count, id="md5('person' || n)::uuid")
        settle.fill_sessions(cursor, count, 1)
        settle.fill(
            cursor,
            "billing_payershare",
            count,
            id="n",
            charge_id="n",
            kind="'person'",
            amount_cents=str(settle.PRICE_CENTS),
        )
        cursor.execute("VACUUM ANALYZE")


def _processor() -> float:
    """Processor time of this process and of those it ran and waited for; not the database's."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def measure(count: int = INVOICES) -> tuple[dict[str, float | int | str], dict[str, float]]:
    """Issue and draw ``count`` invoices; the budget is brought to twenty thousand.

    Returns:
        What was measured, and the ratio: budget ÷ measured.
    """
    from filiere.billing import services
    from filiere.billing.models import RecipientKind
    from filiere.billing.paper.printing import print_run

    build(count)
    issuer = services.save_issuer(
        organisation_id=1,
        identity=services.BillingIdentity(
            legal_name="Médiathèque d'essai",
            legal_form="Association loi 1901",
            siren="732829320",
            street="1 rue du Fil",
            postcode="23000",
            city="Guéret",
            vat_regime="association",
            size="micro",
            late_rate_bp=1200,
            is_invented=True,
        ),
        at=AT,
        actor="bench",
    )
    began, processor = time.perf_counter(), _processor()
    run = services.open_invoice_run(
        issuer=issuer,
        recipient_kind=RecipientKind.PERSON,
        until=AT,
        issued_on=AT.date(),
        at=AT,
        actor="bench",
    )
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(stat.S_IRWXU)
        written = print_run(run=run, folder=Path(folder), at=AT, actor="bench")
        seconds, used = time.perf_counter() - began, _processor() - processor
        size = sum(file.stat().st_size for file in Path(folder).iterdir())
    if written != count:
        raise SystemExit(f"{written} files instead of {count}")
    results: dict[str, float | int | str] = {
        "invoices": count,
        "invoices_seconds": round(seconds, 2),
        "invoices_processor_seconds": round(used, 2),
        "invoices_processor_milliseconds_each": round(used / count * 1000, 2),
        "invoices_size_mebibytes": round(size / 2**20, 1),
    }
    return results, {"invoices_budget": SECONDS / (seconds * INVOICES / count)}
