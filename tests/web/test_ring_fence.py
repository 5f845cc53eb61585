"""From each row of the ring-fenced account, and of a programme's use, down to what it is made of."""

import re

import pytest
import time_machine
from django.urls import reverse

from filiere.accounts.models import Organisation, Role
from tests.billing.factories import lot_for, world
from tests.programmes.factories import AT
from tests.web.test_money_pages import signed_in

pytestmark = pytest.mark.django_db
ROW = re.compile(r'<th scope="row">\s*<a href="([^"]+)">')


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(AT, tick=False):
        yield


def doors(client, address):
    return ROW.findall(client.get(address).content.decode())


@pytest.mark.parametrize(
    ("role", "names"),
    [
        (Role.COMMISSIONER, ["programmes", "lots"]),
        (Role.OPERATOR, ["receipts", "lots", "batches", "batches", "bank_statements"]),
        (Role.AUDITOR, ["receipts", "lots", "payables", "batches", "bank_statements"]),
    ],
)
def test_ring_fence_rows_lead_where_the_reader_may_go(role, names):
    client = signed_in(role)

    found = doors(client, reverse("ring_fence"))

    assert found == [reverse(name) for name in names]
    assert {client.get(address).status_code for address in found} == {200}


def test_ring_fence_tells_credit_balances_beside_the_rest():
    page = signed_in(Role.AUDITOR).get(reverse("ring_fence")).content.decode()
    row = page[page.index("Credit balances") :]
    assert "paid on invoices, more than they ask" in row[:300]
    assert "€0.00" in row[:500]


def test_usage_by_lot_leads_to_the_lot_for_whoever_opens_it():
    scene = lot_for(world(price=1_000), count=6, face=1_000, funnel_is_public=True)
    address = reverse("usage", args=[scene.lot.programme_id])
    owner = Organisation.objects.get(pk=scene.lot.programme.commissioner_id)
    there = [reverse("lot", args=[scene.lot.pk])]

    for role, holder, expected in (
        (Role.COMMISSIONER, owner, there),
        (Role.AUDITOR, None, there),
        (Role.COMMISSIONER, None, []),
        (Role.MEDIATOR, None, []),
    ):
        client = signed_in(role, holder) if holder else signed_in(role)
        assert doors(client, f"{address}?par=lot") == expected
        assert doors(client, address) == []
