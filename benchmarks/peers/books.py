"""The same redemption in django-hordak and django-ledger: ``books.py PEER CLIENTS SECONDS``.

Run by the environment of the peers (``requirements/peers.txt``), never by the project's: it imports
nothing of ours. The vouchers are a plain table, written by hand in SQL, so that what is compared is
the posting: one voucher locked and lowered, the act noted once, three pockets paid to three
payables. ``PEER`` alone prepares the books. Prints one JSON line: done a second, errors.
"""

import datetime as dt
import json
import multiprocessing
import os
import random
import sys
import time
from decimal import Decimal
from typing import Any

import django
from django.conf import settings

PEERS = {"hordak": ["mptt", "treebeard", "hordak"], "ledger": ["django_ledger"]}
VOUCHERS = 12_000
PROVIDERS = 20
PARTS = (Decimal("2.34"), Decimal("2.33"), Decimal("2.33"))
AT = dt.datetime(2026, 11, 24, 9, 30, tzinfo=dt.UTC)
TABLES = """
    CREATE TABLE voucher (id int PRIMARY KEY, left_cents bigint NOT NULL CHECK (left_cents >= 0));
    CREATE TABLE redemption (
        voucher_id int NOT NULL REFERENCES voucher, reference text NOT NULL,
        book text NOT NULL, PRIMARY KEY (voucher_id, reference));
"""


def set_up(peer: str) -> None:
    """Configure Django for one peer, on the database that the PG* variables name."""
    settings.configure(
        SECRET_KEY="bench", USE_TZ=True, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", *PEERS[peer]],
        DATABASES={"default": {
            "ENGINE": "django.db.backends.postgresql", "NAME": os.environ["PGDATABASE"],
            "USER": os.environ["PGUSER"], "PASSWORD": os.environ["PGPASSWORD"],
            "HOST": os.environ["PGHOST"], "PORT": os.environ.get("PGPORT", ""),
            "CONN_MAX_AGE": None,
        }},
    )  # fmt: skip
    django.setup()


def prepare(peer: str) -> None:
    """Make the tables, the vouchers and the accounts."""
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        cursor.execute(
            "INSERT INTO voucher SELECT n, 100000000 FROM generate_series(0, %s) n", [VOUCHERS - 1]
        )
    codes = [f"{rank:03d}" for rank in range(3 + 3 * PROVIDERS)]
    if peer == "hordak":
        from hordak.models import Account

        for code in codes:
            Account.objects.create(name=code, code=code, type="LI", currencies=["EUR"])
    else:
        _prepare_ledger(codes)
        # Two first entries of a year at once leave two counters, and every later one fails.
        redeem(Ledger(), 0, "first", 0)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _prepare_ledger(codes: list[str]) -> None:
    from django.contrib.auth.models import User
    from django_ledger.models import EntityModel

    entity = EntityModel.create_entity(
        name="bench", use_accrual_method=True, fy_start_month=1,
        admin=User.objects.create(username="bench"),
    )  # fmt: skip
    entity.create_chart_of_accounts(assign_as_default=True, commit=True)
    for code in codes:
        entity.create_account(
            code="2" + code, role="lia_cl_acc_payable", name=code, balance_type="credit",
            active=True,
        )  # fmt: skip
    entity.create_ledger(name="bench", posted=True)


class Hordak:
    """One transaction, six legs."""

    def __init__(self) -> None:
        from hordak.models import Account

        self.accounts = {int(one.code): one for one in Account.objects.all()}

    def post(self, provider: int) -> str:
        """Post one redemption; give its number."""
        from hordak.models import Leg, Transaction
        from moneyed import Money

        book = Transaction.objects.create(date=AT.date(), description="redemption")
        for rank, amount in enumerate(PARTS):
            paid = Money(amount, "EUR")
            Leg.objects.create(transaction=book, account=self.accounts[rank], debit=paid)
            payable = self.accounts[3 + 3 * provider + rank]
            Leg.objects.create(transaction=book, account=payable, credit=paid)
        return str(book.uuid)


class Ledger:
    """One journal entry of six lines, posted."""

    def __init__(self) -> None:
        from django_ledger.models import AccountModel, EntityModel, LedgerModel

        self.entity = EntityModel.objects.get()
        self.ledger = LedgerModel.objects.get(name="bench")
        found = AccountModel.objects.filter(code__startswith="2", name__regex=r"^\d{3}$")
        self.accounts = {int(one.name): one for one in found}

    def post(self, provider: int) -> str:
        """Post one redemption; give its number."""
        lines = []
        for rank, amount in enumerate(PARTS):
            for account, side in ((rank, "debit"), (3 + 3 * provider + rank, "credit")):
                lines.append(
                    {"account": self.accounts[account], "amount": amount, "tx_type": side,
                     "description": "redemption"}
                )  # fmt: skip
        entry, _lines = self.entity.commit_txs(
            je_timestamp=AT, je_txs=lines, je_posted=True, je_ledger_model=self.ledger
        )
        return str(entry.uuid)


def redeem(books: Any, voucher: int, reference: str, provider: int) -> None:
    """Pay one act with one voucher; the same act again does nothing."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT left_cents FROM voucher WHERE id = %s FOR UPDATE", [voucher])
        cursor.execute(
            "SELECT 1 FROM redemption WHERE voucher_id = %s AND reference = %s",
            [voucher, reference],
        )
        if cursor.fetchone():
            return
        cursor.execute("UPDATE voucher SET left_cents = left_cents - 700 WHERE id = %s", [voucher])
        book = books.post(provider)
        cursor.execute("INSERT INTO redemption VALUES (%s, %s, %s)", [voucher, reference, book])


def measure(peer: str, clients: int, seconds: float) -> dict[str, float | int | str]:
    """Redeem in as many processes as clients; give done a second, and what failed."""
    from django.db import connection, connections

    connection.close()
    context = multiprocessing.get_context("fork")
    barrier, answers = context.Barrier(clients), context.Queue()
    run = time.monotonic_ns()

    def work(client: int) -> None:
        books = Hordak() if peer == "hordak" else Ledger()
        draw = random.Random(client)
        barrier.wait()
        began, done, errors, last = time.perf_counter(), 0, 0, ""
        while time.perf_counter() - began < seconds:
            try:
                redeem(books, draw.randrange(VOUCHERS), f"{run}-{client}-{done}-{errors}",
                       draw.randrange(PROVIDERS))  # fmt: skip
                done += 1
            except Exception as refused:  # noqa: BLE001 - a peer's errors are counted and shown
                errors, last = errors + 1, type(refused).__name__
        answers.put((done / (time.perf_counter() - began), errors, last))
        connections.close_all()

    workers = [context.Process(target=work, args=(client,)) for client in range(clients)]
    for worker in workers:
        worker.start()
    told = [answers.get() for _ in workers]
    for worker in workers:
        worker.join()
    return {
        "per_second": sum(rate for rate, _, _ in told),
        "errors": sum(errors for _, errors, _ in told),
        "error": next((word for _, _, word in told if word), ""),
    }


def main() -> None:
    """Prepare, or measure."""
    peer = sys.argv[1]
    set_up(peer)
    if len(sys.argv) == 2:
        prepare(peer)
    else:
        print(json.dumps(measure(peer, int(sys.argv[2]), float(sys.argv[3]))))


if __name__ == "__main__":
    main()
