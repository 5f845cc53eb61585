"""Pages of payments when there are more rows than a page holds."""

import pytest
import time_machine
from django.urls import reverse

from filiere.accounts.models import Organisation, Role
from filiere.settlement.models import BankAccount, Batch, BatchState, OrderState, PaymentOrder
from tests.programmes.factories import AT
from tests.web.test_money_pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(AT, tick=False):
        yield


def cancelled(number, orders=0):
    return Batch.objects.create(
        label=f"VIR-{number:03}", cutoff_at=AT, state=BatchState.CANCELLED, total_cents=0,
        orders_count=orders, prepared_by="user:1", prepared_at=AT,
    )  # fmt: skip


def transfers(batch, count, refused=None):
    said = {"state": OrderState.REJECTED, "refused_on": AT.date(), "refused_code": "AC04"}
    holders = Organisation.objects.bulk_create(
        Organisation(name=f"Lieu {n:03}", folded=f"lieu {n:03}") for n in range(count)
    )
    accounts = BankAccount.objects.bulk_create(
        BankAccount(organisation=one, iban=f"FR76{n:023}", holder_name=one.name, usable_from=AT)
        for n, one in enumerate(holders)
    )
    return PaymentOrder.objects.bulk_create(
        PaymentOrder(
            batch=batch, provider=one, bank_account=account, amount_cents=100, gross_cents=100,
            end_to_end_id=f"{batch.label}-{n:06}-1",
            **(said if n == refused else {"state": OrderState.CANCELLED}),
        )
        for n, (one, account) in enumerate(zip(holders, accounts, strict=True))
    )  # fmt: skip


def test_batches_are_read_page_by_page_in_the_same_queries(django_assert_num_queries):
    cancelled(0)
    client = signed_in(Role.AUDITOR)
    client.get(reverse("batches"))
    with django_assert_num_queries(10):
        client.get(reverse("batches"))
    for number in range(1, 61):
        cancelled(number)

    with django_assert_num_queries(10):
        first = client.get(reverse("batches")).content.decode()
    second = client.get(reverse("batches"), {"page": "2"}).content.decode()

    assert (first.count("VIR-"), second.count("VIR-")) == (50, 11)


def test_batch_shows_what_the_bank_refused_before_the_rest(django_assert_num_queries):
    batch = cancelled(1, orders=60)
    transfers(batch, 60, refused=58)
    client = signed_in(Role.AUDITOR)
    address = reverse("batch", args=[batch.pk])
    client.get(address)

    with django_assert_num_queries(10):
        first = client.get(address).content.decode()
    second = client.get(address, {"page": "2"}).content.decode()

    assert first.index("VIR-001-000058-1") < first.index("VIR-001-000000-1")
    assert (first.count('<span class="sub code">'), second.count('<span class="sub code">')) == (
        50,
        10,
    )
    assert "VIR-001-000059-1" in second
