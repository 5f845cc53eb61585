"""Settlement of many redemptions: frozen, approved, sent to the bank, paid; and what it takes.

``make bench NAME=settle``. Works in a scratch database with durable commits, filled by set-based
statements: sessions already delivered and paid by vouchers of three funders. What is timed is the
services themselves, from the freeze to the payment, bank file and postings included.
"""

import argparse
import datetime as dt
import os
import resource
import time
from typing import Any

import django

from benchmarks import report

BUDGET_SECONDS = 60
AT = dt.datetime(2026, 11, 24, 9, 30, tzinfo=dt.UTC)
PRICE_CENTS = 3000
FUNDERS = 3
# Sessions of one slot, four minutes apart: an hour and twenty minutes; a slot a day, week-ends too.
SEATS, GAP_MINUTES = 20, 4
# What a column nobody reads holds, by the beginning of its type.
BLANKS = {
    "character": "''", "text": "''", "bigint": "0", "integer": "0", "smallint": "0",
    "boolean": "FALSE", "ARRAY": "'{}'", "jsonb": "'[]'", "date": "DATE '2026-11-01'",
    "timestamp": "TIMESTAMPTZ '2026-11-01'", "bytea": "''", "uuid": "gen_random_uuid()",
}  # fmt: skip


def fill(cursor: Any, table: str, count: int, **columns: str) -> None:
    """Write ``count`` rows; each column is an SQL expression of ``n`` (1…count), the rest blank."""
    # The rows are right by construction: no trigger and no foreign key of theirs is asked.
    cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    cursor.execute(
        "SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass", [table]
    )
    for (key,) in cursor.fetchall():
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{key}"')
    cursor.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s"
        " AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'",
        [table],
    )
    for name, kind in cursor.fetchall():
        blank = next(value for begin, value in BLANKS.items() if kind.startswith(begin))
        columns.setdefault(name, blank)
    identity = "OVERRIDING SYSTEM VALUE" if "id" in columns else ""
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) {identity}"
        f" SELECT {', '.join(columns.values())} FROM generate_series(1, {count}) AS n"
    )


def build(*, redemptions: int, providers: int) -> None:
    """Sessions delivered and split, whose vouchers' shares wait for a payment."""
    from django.db import connections

    slots = -(-(redemptions // providers + 1) // SEATS) * providers
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")  # the scene alone: it is not timed
        fill_places(cursor, providers, slots=slots)
        fill_sessions(cursor, redemptions, providers)
        fill_payments(cursor, redemptions, providers)
        cursor.execute("VACUUM ANALYZE")


def fill_places(cursor: Any, providers: int, *, slots: int) -> None:
    """One account, one place and one offer for each provider; slots of a day apart."""
    at = f"TIMESTAMPTZ '{AT.isoformat()}' - (n - 1) / {providers} * interval '1 day'"
    fill(
        cursor,
        "accounts_organisation",
        providers,
        id="n",
        name="'Lieu ' || n",
        kind="'unknown'",
    )
    fill(
        cursor,
        "settlement_bankaccount",
        providers,
        id="n",
        organisation_id="n",
        iban="'FR76' || lpad(n::text, 23, '0')",
        bic="'AGRIFRPPXXX'",
        holder_name="'Lieu ' || n",
    )
    # Six hundred ways of being open: most at the hour of the slots, one in ten opens too late.
    fill(
        cursor,
        "directory_place",
        providers,
        id="n",
        organisation_id="n",
        name="'Lieu ' || n",
        source="'bench'",
        source_id="n::text",
        opening_hours=(
            "format('Mo-Fr %s:%s-19:00; Sa 09:00-12:00; PH off', lpad((n % 10 + 4)::text, 2, '0'),"
            " lpad((n / 10 % 60)::text, 2, '0'))"
        ),
    )
    fill(cursor, "directory_offer", providers, id="n", place_id="n", fee="'unknown'")
    fill(
        cursor,
        "agenda_slot",
        slots,
        id="n",
        offer_id=f"(n - 1) % {providers} + 1",
        seats=str(SEATS),
        starts_at=at,
        ends_at=f"{at} + {SEATS * GAP_MINUTES} * interval '1 minute'",
        state="'open'",
    )


def fill_sessions(cursor: Any, redemptions: int, providers: int) -> None:
    """People who came, and the price of each session, split between payers."""
    provider, at = f"(n % {providers}) + 1", f"TIMESTAMPTZ '{AT.isoformat()}'"
    fill(
        cursor,
        "agenda_registration",
        redemptions,
        id="n",
        slot_id=f"n / {providers} / {SEATS} * {providers} + {provider}",
        seat=f"n / {providers} % {SEATS} + 1",
        person_id="md5('person' || n)::uuid",
        ref="'B' || n",
        state="'present'",
    )
    fill(
        cursor,
        "billing_charge",
        redemptions,
        id="n",
        registration_id="n",
        provider_id=provider,
        price_cents=str(PRICE_CENTS),
        price_stated="TRUE",
        state="'split'",
        raised_at=at,
        split_at=at,
    )


def fill_payments(cursor: Any, redemptions: int, providers: int) -> None:
    """The voucher of each session, what it paid, and which funder gave which part."""
    provider, at = f"(n % {providers}) + 1", f"TIMESTAMPTZ '{AT.isoformat()}'"
    hour = (
        f"{at} - n / {providers} / {SEATS} * interval '1 day'"
        f" + n / {providers} % {SEATS} * interval '{GAP_MINUTES} minutes'"
    )
    fill(
        cursor,
        "vouchers_voucher",
        redemptions,
        id="n",
        serial="n",
        lot_id="1",
        code_mac="decode(md5(n::text), 'hex')",
        face_cents=str(PRICE_CENTS),
        remaining_cents="0",
        state="'spent'",
    )
    fill(
        cursor,
        "vouchers_movement",
        redemptions,
        id="md5(n::text)::uuid",
        voucher_id="n",
        reference="'B' || n",
        provider_id=provider,
        wanted_cents=str(PRICE_CENTS),
        amount_cents=str(PRICE_CENTS),
        occurred_at=hour,
        channel="'qr'",
        posting_group_id="md5('group' || n)::uuid",
        tranche_ids=f"ARRAY(SELECT generate_series(1, {FUNDERS}))",
        given_parts=f"array_fill({PRICE_CENTS // FUNDERS}::bigint, ARRAY[{FUNDERS}])",
    )
    fill(
        cursor,
        "billing_payershare",
        redemptions,
        id="n",
        charge_id="n",
        kind="'voucher'",
        amount_cents=str(PRICE_CENTS),
        movement_id="md5(n::text)::uuid",
    )


def settle() -> dict[str, float]:
    """Pay everything that waits; give the seconds each step took."""
    from filiere.settlement import queries, services
    from filiere.settlement.bank_file import Debtor

    took = {}
    at = AT + dt.timedelta(days=6)
    began = time.perf_counter()
    batch = services.freeze_batch(cutoff_at=at, label="BENCH", at=at, actor="first")
    took["freeze"], began = time.perf_counter() - began, time.perf_counter()
    alerts = list(queries.alerts_of(batch).values_list("pk", flat=True))
    services.approve_batch(batch=batch, at=at, actor="second", alerts_read=alerts)
    took["approve"], began = time.perf_counter() - began, time.perf_counter()
    debtor = Debtor("Filiere", "DE89370400440532013000", "COBADEFFXXX")
    services.emit_batch(batch=batch, debtor=debtor, at=at, actor="second")
    took["emit"], began = time.perf_counter() - began, time.perf_counter()
    paid = services.mark_paid(batch=batch, paid_on=at.date(), at=at, actor="first")
    took["pay"] = time.perf_counter() - began
    took["cents"] = paid.total_cents
    return took


def main() -> None:
    """Fill a scratch database, settle once, print one line."""
    parser = argparse.ArgumentParser(prog="make bench NAME=settle")
    parser.add_argument("--redemptions", type=int, default=1_000_000)
    parser.add_argument("--providers", type=int, default=5_000)
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from filiere.operations import database

    with database.scratch("bench", durable=True):
        build(redemptions=asked.redemptions, providers=asked.providers)
        took = settle()
    cents = int(took.pop("cents"))
    if cents != asked.redemptions * PRICE_CENTS:
        raise SystemExit(f"{cents} cents were settled")
    total = sum(took.values())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    report.show(
        name="settle",
        results={f"{step}_seconds": round(seconds, 1) for step, seconds in took.items()}
        | {
            "total_seconds": round(total, 1),
            "memory_mebibytes": round(memory),
            "redemptions": asked.redemptions,
            "providers": asked.providers,
            "load_at_end": round(os.getloadavg()[0], 1),
        },
        ratios={"settle_budget": BUDGET_SECONDS / total},
    )


if __name__ == "__main__":
    main()
