"""The same redemption in django-hordak and django-ledger: ``books.py PEER CLIENTS SECONDS``.

Run by the environment of the peers (``requirements/peers.txt``), never by the project's: it imports
nothing of ours. The whole transaction is done, as an application built on that library would: the
code's digest, one voucher locked, judged by the same rules and lowered with its parts, the act noted
once (the tables of ``papers``), three pockets paid to three payables by the library. ``PEER`` alone
prepares the books. Prints one JSON line: done a second, errors.
"""

import datetime as dt
import hashlib
import hmac
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
LEFT_EACH, WANTED = 33_333_333, 700
AT = dt.datetime(2026, 11, 24, 9, 30, tzinfo=dt.UTC)
SERVICE = "Aider aux démarches administratives"
PEPPER = b"bench"


def set_up(peer: str) -> None:
    """Configure Django for one peer, on the database that the PG* variables name."""
    settings.configure(
        SECRET_KEY="bench", USE_TZ=True, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "papers",
                        *PEERS[peer]],
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

    call_command("migrate", verbosity=0, run_syncdb=True)
    _prepare_papers()
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


def _prepare_papers() -> None:
    from papers.models import Lot, Place, Voucher

    around = Place.objects.create()
    Place.objects.create(departement=around)
    lot = Lot.objects.create(
        state="active", use_until=dt.date(2026, 12, 31), services=[SERVICE],
        place_ids=[around.pk], provider_ids=[],
    )  # fmt: skip
    Voucher.objects.bulk_create(
        Voucher(
            lot=lot, serial=rank, code_mac=mac_of(rank), state="active",
            remaining_cents=3 * LEFT_EACH, left_parts=[LEFT_EACH] * 3,
        )
        for rank in range(VOUCHERS)
    )  # fmt: skip


def mac_of(rank: int) -> bytes:
    """Digest of the code of a voucher."""
    return hmac.digest(PEPPER, f"CODE-{rank:012d}".encode(), hashlib.sha256)[:16]


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

    def post(self, provider: int, shares: list[int]) -> str:
        """Post one redemption; give its number."""
        from hordak.models import Leg, Transaction
        from moneyed import Money

        book = Transaction.objects.create(date=AT.date(), description="redemption")
        for rank, cents in enumerate(shares):
            paid = Money(Decimal(cents) / 100, "EUR")
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

    def post(self, provider: int, shares: list[int]) -> str:
        """Post one redemption; give its number."""
        lines = []
        for rank, cents in enumerate(shares):
            for account, side in ((rank, "debit"), (3 + 3 * provider + rank, "credit")):
                lines.append(
                    {"account": self.accounts[account], "amount": Decimal(cents) / 100, "tx_type": side,
                     "description": "redemption"}
                )  # fmt: skip
        entry, _lines = self.entity.commit_txs(
            je_timestamp=AT, je_txs=lines, je_posted=True, je_ledger_model=self.ledger
        )
        return str(entry.uuid)


def redeem(books: Any, rank: int, reference: str, provider: int) -> None:
    """Pay one act with one voucher, found by its code; the same act again does nothing.

    Raises:
        PermissionError: a rule refuses, by its word.
    """
    from django.db import transaction
    from papers.models import Movement, Voucher

    with transaction.atomic():
        voucher = (
            Voucher.objects.select_for_update(of=("self",), no_key=True)
            .select_related("lot")
            .get(code_mac=mac_of(rank))
        )
        first = Movement.objects.filter(voucher=voucher, reference=reference).first()
        if first is not None:
            if (first.provider_id, first.wanted_cents) != (provider, WANTED):
                raise PermissionError("conflict")
            return
        judge(voucher, provider)
        taken = min(WANTED, voucher.remaining_cents)
        shares = share(taken, voucher.left_parts)
        book = books.post(provider, shares)
        voucher.remaining_cents -= taken
        voucher.left_parts = [
            left - cents for left, cents in zip(voucher.left_parts, shares, strict=True)
        ]
        voucher.save(update_fields=["remaining_cents", "left_parts"])
        Movement.objects.create(
            voucher=voucher, reference=reference, provider_id=provider, wanted_cents=WANTED,
            amount_cents=taken, left_cents=voucher.remaining_cents, given_parts=shares,
            service=SERVICE, done_on=AT.date(), occurred_at=AT, book=book,
        )  # fmt: skip


def judge(voucher: Any, provider: int) -> None:
    """Refuse what the lot does not allow.

    Raises:
        PermissionError: with the word of the rule.
    """
    from django.db.models import Q
    from papers.models import Place, Recall

    lot = voucher.lot
    if voucher.state not in ("active", "handed_out") or lot.state != "active":
        raise PermissionError("not_active")
    if AT.date() > lot.use_until:
        raise PermissionError("expired")
    recalled = Q(lot=lot) | Q(provider_id=provider)
    recalled |= Q(serial_from__lte=voucher.serial, serial_to__gte=voucher.serial)
    if Recall.objects.filter(recalled, lifted_at=None).exists():
        raise PermissionError("recalled")
    if SERVICE not in lot.services or (lot.provider_ids and provider not in lot.provider_ids):
        raise PermissionError("place")
    commune = Place.objects.get(departement__isnull=False)
    if not {commune.pk, commune.departement_id, commune.region_id} & set(lot.place_ids):
        raise PermissionError("territory")


def share(taken: int, left: list[int]) -> list[int]:
    """Share an amount between parts, in proportion to what is left, by largest remainder."""
    total = sum(left)
    shares = [taken * part // total for part in left]
    rests = sorted(range(len(left)), key=lambda one: (-(taken * left[one] % total), one))
    for one in rests[: taken - sum(shares)]:
        shares[one] += 1
    return shares


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
