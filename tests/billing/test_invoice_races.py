"""Sixteen people who invoice at the same time, and one who is killed: no number is lost or doubled."""

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction

from filiere.billing import services
from filiere.billing.errors import CreditNoteNotPossible
from filiere.billing.models import Invoice, InvoicedShare, InvoiceLine, InvoiceSeries
from filiere.kernel import checks
from tests.agenda.factories import new_person
from tests.billing.factories import AT, world
from tests.billing.invoice_scene import LATER, TODAY, customer, give_back, issuer, written

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
AT_ONCE = 16
INVOICES = "billing.invoices_have_no_gap"


def broken():
    return [v.name for v in checks.run() if not v.holds and v.name.startswith("billing.")]


def at_once(calls):
    barrier = threading.Barrier(len(calls), timeout=60)

    def run(call):
        try:
            barrier.wait()
            return call()
        except Exception as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_sixteen_issuers_at_once_and_one_killed_leave_no_gap():
    firm = issuer()
    to = customer(firm)

    def killed():
        with transaction.atomic():
            written(firm, to, 9999, key="killed")
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    calls = [
        lambda n=n: [written(firm, to, 100 + n, key=f"{n}-{turn}") for turn in range(3)]
        for n in range(AT_ONCE)
    ]
    answers = at_once([*calls, killed])

    assert isinstance(answers[-1], Exception)
    assert [one for one in answers[:-1] if isinstance(one, Exception)] == []
    ranks = sorted(Invoice.objects.values_list("rank", flat=True))
    assert ranks == list(range(1, 3 * AT_ONCE + 1))
    assert InvoiceSeries.objects.get().last_rank == 3 * AT_ONCE
    assert broken() == []


KILLED = """
import os, django
django.setup()
from django.db import connections, transaction
connections["default"].settings_dict["NAME"] = os.environ["TEST_DATABASE"]
from tests.billing.invoice_scene import written
from filiere.billing.models import Customer
to = Customer.objects.get()
with transaction.atomic():
    written(to.issuer, to, 4200, key="killed")
    print("written", flush=True)
    import time
    time.sleep(60)
"""


def test_a_process_killed_before_it_commits_has_used_no_number():
    firm = issuer()
    to = customer(firm)
    written(firm, to, 100, key="before")
    environment = os.environ | {"TEST_DATABASE": connection.settings_dict["NAME"]}
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "written\n"
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=60)

    assert written(firm, to, 200, key="after").number == "F-2026-000002"
    assert broken() == []


def test_one_demand_made_sixteen_times_at_once_is_one_invoice():
    firm = issuer()
    to = customer(firm)

    answers = at_once([lambda: written(firm, to, 5000) for _n in range(AT_ONCE)])

    assert {one.number for one in answers} == {"F-2026-000001"}


def test_sessions_invoiced_by_several_at_once_are_on_one_invoice():
    here = world(price=3000)
    firm = issuer(here)
    person = new_person(commune_id=here.commune.pk)
    here.split(person=person)

    answers = at_once(
        [
            lambda n=n: services.invoice_shares(
                issuer=firm, person_id=person, issued_on=TODAY, until=LATER, key=str(n), at=AT,
                actor="test",
            )
            for n in range(6)
        ]
    )  # fmt: skip

    assert sum(isinstance(one, Invoice) for one in answers) == 1
    assert InvoicedShare.objects.count() == 1


def test_credit_notes_at_once_never_exceed_their_invoice():
    firm = issuer()
    made = written(firm, customer(firm), 5000)
    line = made.lines.get().pk

    answers = at_once(
        [lambda n=n: give_back(made, key=str(n), net_by_line={line: 2000}) for n in range(6)]
    )

    assert sum(isinstance(one, Invoice) for one in answers) == 2
    assert sum(isinstance(one, CreditNoteNotPossible) for one in answers) == 4
    assert broken() == []


CORRUPTIONS = {
    INVOICES: (InvoiceSeries, "last_rank = last_rank + 1"),
    "billing.invoices_add_up": (InvoiceLine, "net_cents = net_cents + 1"),
    "billing.credit_notes_within": (
        Invoice, "total_cents = 2 * total_cents, vat_cents = total_cents WHERE kind = 'credit_note'",
    ),
    "billing.invoiced_shares_are_their_invoice": (
        InvoicedShare, "line_id = (SELECT MAX(id) FROM billing_invoiceline)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_planted_corruption_turns_its_invariant_false(name):
    here = world(price=3000)
    firm = issuer(here)
    person = new_person(commune_id=here.commune.pk)
    here.split(person=person)
    asked = {"issued_on": TODAY, "until": LATER, "at": AT, "actor": "test"}
    services.invoice_shares(issuer=firm, person_id=person, key="p", **asked)
    give_back(written(firm, customer(firm), 5000))
    assert broken() == []
    model, change = CORRUPTIONS[name]
    table = model._meta.db_table
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"UPDATE {table} SET {change}")
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    assert name in broken()
