import pytest
from django.db import connections

from filiere.billing import services
from filiere.billing.models import Charge, Package, PayerShare
from filiere.kernel import checks
from filiere.settlement.models import Batch, OrderLine, PaymentOrder
from tests.billing.factories import AT, DAY, bank_account, commitment, lot_for, receive, world
from tests.settlement.test_services import approve, emit, freeze

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def _package(here):
    """A pack of five sessions, one used."""
    services.set_price(
        offer_id=here.offer.pk, kind="pack", amount_cents=9000, from_on=DAY, actor="test", at=AT,
        package=services.Package(90, sessions=5),
    )  # fmt: skip
    here.charge()


def paid_world():
    here = world(price=3000)
    payer = commitment(envelope=5000)
    here.split(lot_for(here, face=1000).issued[0].code, commitment=payer)
    receive(payer, 1000)
    _package(here)
    bank_account(here)
    return emit(approve(freeze()))


CORRUPTIONS = {
    "billing.shares_add_up": (PayerShare, "amount_cents = amount_cents + 1"),
    "billing.voucher_share_is_its_movement": (PayerShare, "amount_cents = amount_cents - 1"),
    "billing.charge_is_posted": (PayerShare, "amount_cents = amount_cents + 2"),
    "billing.envelope_not_exceeded": (PayerShare, "amount_cents = amount_cents + 9000"),
    "billing.released_is_received": (PayerShare, "amount_cents = amount_cents + 1"),
    "billing.employer_hours_not_exceeded": (
        PayerShare,
        "kind = 'employer', minutes = 600 WHERE commitment_id IS NOT NULL",
    ),
    "billing.package_left_is_its_uses": (Package, "sessions_left = sessions_left - 1"),
    "billing.terms_are_applied": (
        Charge,
        "waived_cents = waived_cents + 1 WHERE programme_id IS NOT NULL",
    ),
    "billing.charge_has_attendance": (Charge, "registration_id = registration_id"),
    "settlement.batch_adds_up": (Batch, "total_cents = total_cents + 1"),
    "settlement.order_adds_up": (
        PaymentOrder,
        "amount_cents = amount_cents + 1, gross_cents = gross_cents + 1",
    ),
    "settlement.order_is_posted": (PaymentOrder, "posting_group_id = NULL"),
    "settlement.payables_are_what_is_owed": (OrderLine, "cancelled = true"),
    "settlement.file_unaltered": (Batch, "file_xml = file_xml || ' '"),
    "settlement.line_is_payable": (PayerShare, "released_group_id = NULL"),
    "settlement.share_in_one_live_line": (OrderLine, "cancelled = true"),
}


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_planted_corruption_turns_its_invariant_false(name):
    paid_world()
    assert [verdict.name for verdict in checks.run() if not verdict.holds] == []
    model, change = CORRUPTIONS[name]
    table = model._meta.db_table
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"UPDATE {table} SET {change}")
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        if name == "billing.charge_has_attendance":
            cursor.execute("UPDATE agenda_registration SET state = 'absent'")
    verdicts = {verdict.name: verdict for verdict in checks.run()}
    assert not verdicts[name].holds
    assert ":" in verdicts[name].first
