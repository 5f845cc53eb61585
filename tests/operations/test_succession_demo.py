"""The drill of the guide, on the demonstration itself: every row leaves, and everything goes on.

The demonstration is loaded with all its steps, in two of its territories and with fewer people.
"""

import datetime as dt
import json
import subprocess

import pytest
from django.db import connections, transaction

from filiere.agenda.models import Registration
from filiere.agreements import cards
from filiere.agreements.models import Commitment
from filiere.billing.models import Invoice, Till
from filiere.billing.paper.printing import invoice_file
from filiere.operations import database, demo
from filiere.operations.demo import prices, tills
from filiere.operations.loop.world import PARIS
from filiere.operations.succession.tables import SEEDED, tables
from filiere.rules.invoices import number_of
from filiere.settlement import queries as settlement
from filiere.vouchers.models import Voucher
from filiere.vouchers.services.issue import code_of
from tests.operations.successor import Install, empty_install

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
AT = dt.datetime(2026, 11, 19, 10, tzinfo=PARIS)
# The first two territories, with fewer people.
SMALL = tuple((kind, code, 16, 14) for kind, code, _past, _now in demo.SCENES[:2])
# What an import changes on purpose: the operators, the trace of it, what the journal renumbers.
CHANGED = {
    "accounts_membership", "accounts_organisation", "accounts_user", "kernel_auditentry",
    "ledger_seal", *SEEDED,
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def former(django_db_setup, django_db_blocker, folder):
    """The demonstration of ``filiere demo``, and what its people hold in hand."""
    with django_db_blocker.unblock(), database.scratch("former") as name:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(demo, "SCENES", SMALL)
            codes = demo.load(at=AT, progress=lambda *_said: None)
        install = Install(name=name, folder=folder / "former", has_own_keys=False)
        install.held = held_in_hand(codes)
        yield install


@pytest.fixture(scope="module")
def successor(former, folder):
    """A new installation, of other keys, that took the export of the demonstration over."""
    done = former.export(folder / "export")
    assert done.returncode == 0, done.stderr
    with empty_install(folder / "successor") as install:
        done = install.take_over(folder / "export")
        assert done.returncode == 0, done.stderr
        install.rows = rows_of(install)  # before anybody acts there
        yield install


@pytest.fixture(scope="module")
def went_on(former, successor):
    """What the successor's people did with it, in a process that has only the imported keys."""
    done = subprocess.run(
        successor.start("tests.operations.demo_goes_on").args,
        cwd=".", env=successor.environment, input=json.dumps(former.held) + "\n",
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def held_in_hand(codes):
    """Vouchers of today's visitors, an employer's card, an invoice, a till, what is due."""
    today = Registration.objects.filter(slot__worker__worker__user__email=demo.PEOPLE[0].email)
    pays = {
        code_of(voucher).code: seat.ref
        for seat in today.filter(state="confirmed").order_by("-slot__starts_at")
        for voucher in Voucher.objects.filter(holder=seat.person_id).select_related("lot")
    }
    hours = Commitment.objects.get(agreement__title=prices.TITLE)
    card = cards.issue_cards(commitment_id=hours.pk, count=1, at=AT, actor="test")[0]
    invoice = Invoice.objects.exclude(recipient=None).order_by("pk")[0]
    last = {one.code: one.last_rank for one in invoice.issuer.series.filter(year=AT.year)}
    with transaction.atomic():
        drawn = invoice_file(invoice, kind="pdf", reader="test", at=AT)
    return {
        "at": AT.isoformat(),
        "pays": [[code, pays[code]] for code in codes],
        "card": card,
        "invoice": invoice.number,
        "invoice_pdf": drawn.hex(),
        "next_numbers": [
            number_of(code=code, year=AT.year, rank=last.get(code, 0) + 1) for code in ("F", "A")
        ],
        "till": Till.objects.get(name=tills.NAME).pk,
        "due_cents": settlement.payables(until=AT + dt.timedelta(hours=10)),
    }


def rows_of(install):
    """How many rows each table that leaves holds, and a digest of what the export writes of them."""
    here = database.use(install.name)
    found = {}
    try:
        with connections["owner"].cursor() as cursor:
            for table in tables(cursor):
                cursor.execute(
                    "SELECT count(*), md5(coalesce(string_agg(line, '|' ORDER BY line), ''))"
                    f" FROM (SELECT md5(one::text) AS line FROM ({table.reading}) AS one) AS every"
                )
                found[table.name] = cursor.fetchone()
    finally:
        database.use(here)
    return found


def test_every_row_of_the_demonstration_is_in_the_new_installation(former, successor):
    ours, theirs = rows_of(former), successor.rows

    assert set(ours) == set(theirs)
    assert {name for name in ours if ours[name] != theirs[name]} <= CHANGED
    assert {name for name in CHANGED if theirs[name][0] < ours[name][0]} == set()


def test_the_demonstration_fills_what_the_drill_is_to_prove(former):
    filled = {name for name, (count, _digest) in rows_of(former).items() if count}

    assert filled >= {
        "agreements_freehourscard", "billing_homehelp", "billing_invoice", "billing_issuer",
        "billing_pricerule", "billing_till", "billing_tillmonth", "billing_tillreceipt",
        "programmes_bankline", "settlement_paymentorder", "vouchers_device", "vouchers_voucher",
    }  # fmt: skip


def test_attack_75_codes_given_in_the_demonstration_still_pay(went_on, former):
    assert len(went_on["taken"]) == len(former.held["pays"]) >= 3
    assert all(cents > 0 for cents in went_on["taken"])


def test_attack_75_places_of_the_demonstration_are_paid_by_the_successor(went_on, former):
    due = sum(former.held["due_cents"].values())

    assert due > 0
    assert went_on["paid_cents"] + went_on["left_cents"] == due + sum(went_on["taken"])
    assert (went_on["batch"], went_on["left_cents"]) == ("paid", 0)


def test_cards_invoices_and_tills_of_the_demonstration_go_on(went_on, former):
    assert went_on["card_cents"] > 0
    assert went_on["same_invoice"] is True
    assert went_on["numbers"] == former.held["next_numbers"]
    assert went_on["month"] == "signed"
    assert went_on["receipts"] == list(range(1, len(went_on["receipts"]) + 1))


def test_check_and_loop_pass_on_the_demonstration_taken_over(went_on, successor):
    check = successor.run("config.command_line", "check")
    done = successor.run(
        "config.command_line", "loop", "--json", "--places", demo.PLACES, "--territory", 23,
        "--persons", 20, "--seed", 7, "--workers", 1, "--folder", successor.folder / "bank",
    )  # fmt: skip

    assert check.returncode == 0, check.stdout
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["ok"] is True
