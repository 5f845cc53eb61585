import pytest

from filiere.accounts.models import OrganisationKind
from filiere.billing.models import InvoicePayment, Reminder
from filiere.billing.queries import receivables as queries
from filiere.kernel import checks
from filiere.kernel.calendar import legal_day
from filiere.operations.demo import invoices
from filiere.operations.loop.world import organisation
from tests.conftest import AT

pytestmark = pytest.mark.django_db


def test_prepare_leaves_each_state_of_what_is_due_and_twice_is_once():
    provider = organisation("Lieu", OrganisationKind.ASSOCIATION)
    customer = organisation("Département", OrganisationKind.DEPARTEMENT)
    made = invoices.prepare(provider, customer, at=AT)
    assert invoices.prepare(provider, customer, at=AT) == made

    rows = queries.due_rows(issuer_id=made.issuer_id, on=legal_day(AT))
    assert [(row.days_late, row.open_cents, row.is_disputed, row.has_plan) for row in rows] == [
        (98, 12_000, False, False),
        (65, 42_500, True, False),
        (44, 6_400, False, True),
        (22, 9_000, False, False),
        (-16, 48_000, False, False),
    ]
    balances = [
        queries.credit_cents(one.debtor_id) for one in InvoicePayment.objects.order_by("pk")
    ]
    assert sorted(balances) == [0, 0, 3_000]
    waiting = Reminder.objects.filter(state="prepared").order_by("pk")
    assert [(one.step, one.invoice.recipient_kind) for one in waiting] == [
        ("second", "organisation"), ("first", "person"),
    ]  # fmt: skip
    assert Reminder.objects.filter(state="sent").count() == 1
    assert [one.name for one in checks.run() if not one.holds] == []
