"""Thousands of invoices: what is due and a statement are read page by page, in as many queries."""

import datetime

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse

from filiere.accounts.models import Role
from filiere.billing.models import Invoice
from tests.billing.invoice_scene import customer, issuer, written
from tests.conftest import AT
from tests.web.test_many_rows import MANY, Paged
from tests.web.test_money_pages import heading, signed_in

pytestmark = pytest.mark.django_db
NOW = AT + datetime.timedelta(days=30)
EACH_CENTS = 3_000


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def _copies_without_their_lines(db):
    """What is checked when a transaction ends is not: the copies have no line."""
    yield
    transaction.set_rollback(True)


@pytest.fixture
def queries(django_assert_max_num_queries):
    return lambda: django_assert_max_num_queries(40)


def many_more(invoice):
    """Write the same invoice again, thousands of times."""
    fields = [one for one in Invoice._meta.concrete_fields if one.name != "id"]
    same = {one.attname: getattr(invoice, one.attname) for one in fields}
    Invoice.objects.bulk_create(
        Invoice(
            **same | {"rank": rank, "number": f"F-2026-{rank:06}", "request_key": f"many-{rank}"}
        )
        for rank in range(invoice.rank + 1, invoice.rank + 1 + MANY)
    )


def lines(page):
    """Count the invoices a page names."""
    return page.content.decode().count("F-2026-")


def test_what_is_due_on_thousands_of_invoices_is_read_page_by_page_and_added_up(queries):
    of = issuer()
    invoice = written(of, customer(of), EACH_CENTS)
    listed = Paged(signed_in(Role.MANAGER, of.organisation), reverse("receivables"), queries)
    many_more(invoice)

    first, last = listed.pages()

    assert (lines(first), lines(last)) == (50, 1)
    assert "€60,030.00" in heading(first)


def test_statement_of_thousands_of_invoices_is_read_page_by_page_with_its_balance(queries):
    of = issuer()
    to = customer(of)
    invoice = written(of, to, EACH_CENTS)
    client = signed_in(Role.COMMISSIONER, to.organisation)
    listed = Paged(client, reverse("statement", args=[to.organisation_id, "client"]), queries)
    many_more(invoice)

    first, last = listed.pages()

    assert (lines(first), lines(last)) == (50, 1)
    assert "€60,030.00" in heading(first)
    assert "€60,000.00" in last.content.decode()
