"""Export of a whole operator: how fast it streams, and that its memory does not grow with the data.

``make bench NAME=billing_export``, and the part ``export`` of ``make bench NAME=billing``. Fills a
scratch database with set-based statements, then runs ``filiere export-operator`` as people do, in a
process of its own whose peak of memory is read from the system. The line says which size was
measured: the default is a hundredth of a national operator, ``--national``.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import django

from benchmarks import report
from benchmarks.settle import fill

SESSIONS, VOUCHERS = 50_000, 200_000
NATIONAL = (5_000_000, 20_000_000)
NATIONAL_WORDS = "5 million sessions, 20 million vouchers: about 20 GiB of disk, half an hour"
MEMORY_BUDGET_MEBIBYTES = 1024
PROVIDERS, SEATS = 5_000, 20
# Accounts of the journal, and what one session posts: three funders' parts.
ACCOUNTS, TRANSFERS = 20_000, 3
AT = "TIMESTAMPTZ '2026-11-01' + n % 200 * interval '1 hour'"
PROJECT = Path(__file__).resolve().parent.parent


def measure(*, sessions: int, vouchers: int) -> tuple[dict[str, float | int], dict[str, float]]:
    """Fill a scratch database, export it, and give results and ratios for ``report.show``.

    Args:
        sessions: paid sessions, from 1.
        vouchers: at least as many, used or not.
    """
    from django.db import connections

    from filiere.operations import database

    with database.scratch("bench") as name, tempfile.TemporaryDirectory() as folder:
        with connections["owner"].cursor() as cursor:
            build(cursor, sessions=sessions, vouchers=vouchers)
            cursor.execute("SELECT pg_database_size(current_database())")
            size = int(cursor.fetchone()[0])
        seconds, mebibytes, said = export(name, Path(folder))
    rows = int(said["rows"])
    results: dict[str, float | int] = {
        "export_share_of_national": round(vouchers / NATIONAL[1], 4),
        "export_sessions": sessions,
        "export_vouchers": vouchers,
        "export_rows": rows,
        "export_seconds": round(seconds, 1),
        "export_rows_per_second": round(rows / seconds),
        "export_memory_mebibytes": round(mebibytes),
        "export_database_mebibytes": round(size / 2**20),
        "export_written_mebibytes": round(int(said["bytes"]) / 2**20),
        "export_load_at_end": round(os.getloadavg()[0], 1),
    }
    return results, {"export_memory_budget": MEMORY_BUDGET_MEBIBYTES / mebibytes}


def build(cursor: Any, *, sessions: int, vouchers: int) -> None:
    """Write an operator's rows; only their number and their size matter here."""
    slots = -(-sessions // SEATS)
    persons = max(1, sessions // 4)
    person = f"md5('person' || n % {persons} + 1)::uuid"
    group, provider = "md5('group' || n)::uuid", f"n % {PROVIDERS} + 1"
    scene: list[tuple[str, int, dict[str, str]]] = [
        ("accounts_organisation", PROVIDERS, {"id": "n", "name": "'Lieu ' || n"}),
        ("persons_person", persons, {"id": "md5('person' || n)::uuid"}),
        ("agenda_slot", slots, {"id": "n", "starts_at": AT, "ends_at": AT, "seats": str(SEATS)}),
        ("agenda_registration", sessions, {
            "id": "n", "slot_id": f"n / {SEATS} + 1", "seat": f"n % {SEATS} + 1",
            "person_id": person, "ref": "'B' || n", "state": "'present'"}),
        ("pathways_sessionnote", sessions, {"id": "n", "registration_id": "n"}),
        ("billing_charge", sessions, {
            "id": "n", "registration_id": "n", "provider_id": provider, "price_cents": "3000",
            "state": "'split'", "raised_at": AT, "split_at": AT}),
        ("billing_payershare", sessions, {
            "id": "n", "charge_id": "n", "kind": "'voucher'", "amount_cents": "3000",
            "movement_id": "md5(n::text)::uuid"}),
        ("vouchers_voucher", vouchers, {
            "id": "n", "serial": "n", "lot_id": "n / 10000 + 1",
            "code_mac": "decode(md5(n::text), 'hex')", "pin_mac": "decode(md5('p' || n), 'hex')",
            "face_cents": "3000", "remaining_cents": "0", "state": "'spent'"}),
        ("vouchers_movement", sessions, {
            "id": "md5(n::text)::uuid", "voucher_id": "n", "reference": "'B' || n",
            "provider_id": provider, "wanted_cents": "3000", "amount_cents": "3000",
            "occurred_at": AT, "channel": "'qr'", "posting_group_id": group}),
        ("ledger_account", ACCOUNTS, {
            "id": "n", "code": "'payable:' || n", "unit": "'EUR'", "kind": "'payable'"}),
        ("ledger_postinggroup", sessions, {
            "id": group, "key": "'redeem:' || n", "fingerprint": "md5(n::text) || md5('f' || n)",
            "kind": "'redeem'", "occurred_at": AT, "posted_at": AT, "actor": "'user:' || n % 999"}),
        ("ledger_transfer", sessions * TRANSFERS, {
            "group_id": f"md5('group' || (n - 1) / {TRANSFERS} + 1)::uuid",
            "sequence": f"n % {TRANSFERS}", "unit": "'EUR'", "amount": "1000",
            "debit_account_id": f"n % {ACCOUNTS} + 1",
            "credit_account_id": f"(n + 1) % {ACCOUNTS} + 1"}),
        ("kernel_auditentry", sessions, {
            "at": AT, "actor": "'user:' || n % 999", "action": "'vouchers.redeemed'",
            "subject": "'voucher:' || n"}),
    ]  # fmt: skip
    cursor.execute("SET synchronous_commit = off")  # the scene alone: it is not timed
    for table, count, columns in scene:
        _without_checks(cursor, table)
        fill(cursor, table, count, **columns)
    cursor.execute("ANALYZE")


def _without_checks(cursor: Any, table: str) -> None:
    """Let blanks stand where a rule wants a word: nothing is computed from these rows."""
    cursor.execute(
        "SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass", [table]
    )
    for (name,) in cursor.fetchall():
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')


def export(name: str, folder: Path) -> tuple[float, float, dict[str, str]]:
    """Run the command on a database; give its seconds, its peak of mebibytes, what it said."""
    from config.postgres import connection_urls

    passphrase = folder / "passphrase"
    passphrase.touch(mode=0o600)
    passphrase.write_text("a passphrase of the benchmark\n", encoding="utf-8")
    urls = connection_urls(root=PROJECT)
    began = time.perf_counter()
    with (folder / "said").open("w+", encoding="utf-8") as said:
        process = subprocess.Popen(
            [
                sys.executable, "-m", "config.command_line", "export-operator",
                str(folder / "export"), "--passphrase-file", str(passphrase),
            ],
            cwd=PROJECT,
            env=os.environ
            | {"DATABASE_URL": _on(urls.owner, name), "DATABASE_APP_URL": _on(urls.application, name)},
            stdout=said,
        )  # fmt: skip
        _pid, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - began
        if process.returncode:
            raise SystemExit("the export failed")
        said.seek(0)
        facts = dict(line.split(maxsplit=1) for line in said.read().splitlines())
    return seconds, used.ru_maxrss / 1024, facts


def _on(address: str, name: str) -> str:
    """The same server and login, another database."""
    return urlunsplit(urlsplit(address)._replace(path=f"/{name}"))


def main() -> None:
    """Measure once, print one line."""
    parser = argparse.ArgumentParser(prog="make bench NAME=billing_export")
    parser.add_argument("--sessions", type=int, default=SESSIONS)
    parser.add_argument("--vouchers", type=int, default=VOUCHERS)
    parser.add_argument("--national", action="store_true", help=NATIONAL_WORDS)
    asked = parser.parse_args()
    if asked.national:
        asked.sessions, asked.vouchers = NATIONAL
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    results, ratios = measure(sessions=asked.sessions, vouchers=asked.vouchers)
    report.show(name="billing_export", results=results, ratios=ratios)


if __name__ == "__main__":
    main()
