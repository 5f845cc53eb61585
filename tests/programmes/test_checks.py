import datetime

import pytest
from django.db import connections

from filiere.kernel import checks
from filiere.programmes import services
from filiere.programmes.models import BankLine
from tests.programmes.factories import AT, programme, ring_fence, statement, tranche
from tests.programmes.test_funding import match
from tests.programmes.test_parts import engage

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

BY = {"actor": "test", "at": AT}
CORRUPTIONS = {
    "programmes.bank_line_is_what_it_confirms": "programmes_bankline SET amount_cents = 1",
    "programmes.return_is_its_transfer": "programmes_funderreturn SET amount_cents = 1",
    "programmes.match_within_its_cap": "programmes_matchrule SET cap_cents = 1",
    "programmes.receipt_is_its_transfer": "programmes_receipt SET amount_cents = 1",
    "programmes.commission_is_earned": "programmes_commission SET settled_cents = 1",
    "programmes.tranche_is_guarded": "ledger_guardedbalance SET floor = NULL",
}


def lived():
    """Two funders, a matching rule, a lot, a return, a bounce: all seen on the bank."""
    made = programme(commission_basis_points=1000)
    city, state = tranche(made), tranche(made)
    match(state, city)
    account = ring_fence()
    statement(
        account, ("2026-11-20", 50_000, "A"), ("2026-11-20", 40_000, "B"), ("2026-11-20", 900, "C"),
        ("2026-11-21", -900, "REJET"), ("2026-11-22", -7_000, "RENDU"),
    )  # fmt: skip
    line = {one.reference: one for one in BankLine.objects.all()}
    services.confirm_line(tranche=city, bank_line=line["A"], **BY)
    services.confirm_line(tranche=state, bank_line=line["B"], **BY)
    small = services.confirm_line(tranche=city, bank_line=line["C"], **BY)
    services.undo_receipt(
        receipt=small, bounced_on=datetime.date(2026, 11, 21), reason="", bank_line=line["REJET"],
        **BY,
    )  # fmt: skip
    engage(city, 5_000)
    engage(state, 5_000)
    back = services.return_to_funder(tranche=city, amount_cents=7_000, **BY)
    services.confirm_return(funder_return=back, bank_line=line["RENDU"], **BY)
    fees = tranche(made, cash=500, pays_fees=True)
    services.set_commission_aside(tranche=fees, amount_cents=400, settled_cents=4_000, uses=4, **BY)


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_planted_corruption_turns_its_invariant_false(name):
    lived()
    ours = {one.name: one for one in checks.run() if one.name.startswith("programmes.")}
    assert {one: verdict.holds for one, verdict in ours.items()} == dict.fromkeys(CORRUPTIONS, True)
    table = CORRUPTIONS[name].split()[0]
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"UPDATE {CORRUPTIONS[name]}")
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    found = {one.name: one for one in checks.run()}[name]

    assert not found.holds
    assert found.first


def test_a_line_used_behind_the_back_of_its_trigger_is_found():
    lived()
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM programmes_banklineuse WHERE kind = 'funder_return'")

    found = {one.name: one for one in checks.run()}["programmes.bank_line_is_what_it_confirms"]

    assert not found.holds
    assert "-7000 on the line" in str(found.first)
