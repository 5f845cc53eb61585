"""Planted corruptions: each turns its own invariant false, and the first wrong row is named.

The guards that normally forbid each of them (triggers, constraints) are put to sleep by the owner
inside a transaction that is never committed.
"""

from dataclasses import dataclass

import pytest

from filiere.kernel import checks
from tests.projects.test_plan import CORRUPTIONS as OF_PROJECTS

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Corruption:
    """A wrong row: which one (``victim``: its id, then how the check names it), and the change.

    Attributes:
        guards: tables whose triggers sleep, or ``table constraint`` to be dropped.
        also: other invariants that the same change breaks by what it is, and no more.
    """

    name: str
    victim: str
    change: str
    guards: tuple[str, ...] = ()
    also: frozenset[str] = frozenset()


def breaks(*names: str) -> frozenset[str]:
    return frozenset(names)


CORRUPTIONS = {
    "transfer amount altered": Corruption(
        "ledger.group_unaltered",
        """SELECT t.id, g.key FROM ledger_transfer t JOIN ledger_postinggroup g ON g.id = t.group_id
            WHERE g.kind = 'charge' ORDER BY g.key LIMIT 1""",
        "UPDATE ledger_transfer SET amount = amount + 1 WHERE id = %s",
        guards=("ledger_transfer",),
        also=breaks("billing.charge_is_posted"),
    ),
    "transfer of a redemption altered": Corruption(
        "vouchers.movement_is_its_transfers",
        """SELECT t.id, t.group_id FROM ledger_transfer t
             JOIN ledger_postinggroup g ON g.id = t.group_id
            WHERE g.kind = 'redemption' ORDER BY t.id LIMIT 1""",
        "UPDATE ledger_transfer SET amount = amount - 1 WHERE id = %s",
        guards=("ledger_transfer",),
        also=breaks(
            "ledger.group_unaltered",
            "settlement.payables_are_what_is_owed",
            "vouchers.pocket_is_what_vouchers_hold",
        ),
    ),
    "guarded balance altered": Corruption(
        "ledger.guarded_balance_is_its_sum",
        """SELECT guard.account_id, account.code FROM ledger_guardedbalance guard
             JOIN ledger_account account ON account.id = guard.account_id
            WHERE guard.balance > 0 ORDER BY account.code LIMIT 1""",
        "UPDATE ledger_guardedbalance SET balance = balance - 1 WHERE account_id = %s",
    ),
    "guarded balance under its floor": Corruption(
        "ledger.guarded_balance_within_bounds",
        """SELECT guard.account_id, account.code FROM ledger_guardedbalance guard
             JOIN ledger_account account ON account.id = guard.account_id
            WHERE guard.floor = 0 ORDER BY account.code LIMIT 1""",
        "UPDATE ledger_guardedbalance SET balance = -1 WHERE account_id = %s",
        guards=("ledger_guardedbalance guardedbalance_above_floor",),
        also=breaks("ledger.guarded_balance_is_its_sum"),
    ),
    "transfer of another unit": Corruption(
        "ledger.transfer_one_unit",
        "SELECT id, id FROM ledger_transfer ORDER BY id LIMIT 1",
        "UPDATE ledger_transfer SET unit = 'MIN' WHERE id = %s",
        guards=("ledger_transfer",),
        also=breaks("ledger.group_unaltered"),
    ),
    "group without a cause": Corruption(
        "operations.group_has_an_origin",
        "SELECT id, id FROM ledger_postinggroup WHERE kind = 'charge' ORDER BY key LIMIT 1",
        """UPDATE billing_charge SET posting_group_id = NULL WHERE posting_group_id = %s""",
        also=breaks("billing.charge_is_posted"),
    ),
    "voucher raised": Corruption(
        "vouchers.voucher_remaining_is_face_less_movements",
        """SELECT id, serial FROM vouchers_voucher
            WHERE remaining_cents BETWEEN 1 AND face_cents - 1 ORDER BY serial LIMIT 1""",
        "UPDATE vouchers_voucher SET remaining_cents = remaining_cents + 1 WHERE id = %s",
        guards=("vouchers_voucher", "vouchers_voucher voucher_parts_hold"),
        also=breaks("vouchers.voucher_parts_add_up"),
    ),
    "voucher part altered": Corruption(
        "vouchers.voucher_parts_add_up",
        """SELECT id, serial FROM vouchers_voucher
            WHERE left_parts[1] > 0 ORDER BY serial LIMIT 1""",
        "UPDATE vouchers_voucher SET left_parts[1] = left_parts[1] - 1 WHERE id = %s",
        guards=("vouchers_voucher", "vouchers_voucher voucher_parts_hold"),
        also=breaks("vouchers.pocket_is_what_vouchers_hold"),
    ),
    "use undone without its transfers": Corruption(
        "vouchers.reversal_undoes_its_movement",
        "SELECT m.id, m.id::text FROM vouchers_movement m ORDER BY m.occurred_at, m.id LIMIT 1",
        """INSERT INTO vouchers_reversal
                  (movement_id, amount_cents, reason, reversed_at, actor, posting_group_id)
           SELECT id, amount_cents, 'planted', occurred_at, 'mallory', posting_group_id
             FROM vouchers_movement WHERE id = %s""",
        guards=("vouchers_reversal",),
        also=breaks(
            "vouchers.voucher_remaining_is_face_less_movements", "operations.origin_is_unique"
        ),
    ),
    "voucher number missing": Corruption(
        "vouchers.voucher_series_continuous",
        """SELECT id, max(serial) OVER () + 1 FROM vouchers_voucher
            ORDER BY serial DESC LIMIT 1""",
        "UPDATE vouchers_voucher SET serial = serial + 1 WHERE id = %s",
        guards=("vouchers_voucher",),
        also=breaks("vouchers.voucher_in_one_booklet"),
    ),
    "booklet cut short": Corruption(
        "vouchers.voucher_in_one_booklet",
        """SELECT id, serial_to FROM vouchers_booklet
            WHERE serial_to > serial_from ORDER BY serial_from LIMIT 1""",
        "UPDATE vouchers_booklet SET serial_to = serial_to - 1 WHERE id = %s",
        guards=("vouchers_booklet",),
    ),
    "value given back before the closing": Corruption(
        "vouchers.pocket_gives_back_what_it_holds",
        """SELECT g.id, min(account.code) FROM ledger_postinggroup g
             JOIN ledger_transfer t ON t.group_id = g.id
             JOIN ledger_account account ON account.id = t.credit_account_id
            WHERE g.kind = 'activation' GROUP BY g.id ORDER BY min(account.code) LIMIT 1""",
        "UPDATE ledger_postinggroup SET kind = 'closing' WHERE id = %s",
        guards=("ledger_postinggroup",),
        also=breaks("ledger.group_unaltered", "vouchers.pocket_is_what_vouchers_hold"),
    ),
    "lot part altered": Corruption(
        "vouchers.lot_parts_are_its_worth",
        """SELECT part.id, 'lot ' || part.lot_id FROM vouchers_lotpart part
             JOIN vouchers_lot lot ON lot.id = part.lot_id
            WHERE lot.state = 'active' ORDER BY part.lot_id, part.tranche_id LIMIT 1""",
        "UPDATE vouchers_lotpart SET amount_cents = amount_cents + 1 WHERE id = %s",
        guards=("vouchers_lotpart",),
        also=breaks("vouchers.lot_vouchers_are_its_parts"),
    ),
    "movement part altered": Corruption(
        "vouchers.movement_parts_add_up",
        "SELECT id, id FROM vouchers_movement ORDER BY occurred_at, id LIMIT 1",
        "UPDATE vouchers_movement SET given_parts[1] = given_parts[1] + 1 WHERE id = %s",
        guards=("vouchers_movement", "vouchers_movement movement_parts_hold"),
        also=breaks("vouchers.movement_is_its_transfers"),
    ),
    "mediator in two places at once": Corruption(
        "agenda.unit_in_one_place_at_a_time",
        "SELECT id, 'unit:' || unit_id FROM agenda_occupation WHERE NOT released ORDER BY id LIMIT 1",
        """INSERT INTO agenda_occupation (unit_id, during, cause, released)
           SELECT unit_id, during, 'absence', false FROM agenda_occupation WHERE id = %s""",
        guards=("agenda_occupation occupation_no_overlap",),
    ),
    "slot without its worker": Corruption(
        "agenda.live_slot_occupies_its_worker",
        """SELECT taken.id, 'slot:' || taken.slot_id FROM agenda_occupation taken
             JOIN agenda_slot slot ON slot.id = taken.slot_id
            WHERE slot.state = 'open' AND NOT taken.released ORDER BY slot.id LIMIT 1""",
        "UPDATE agenda_occupation SET released = true WHERE id = %s",
    ),
    "more persons than seats": Corruption(
        "agenda.seat_exists",
        """SELECT id, 'slot:' || slot_id FROM agenda_registration WHERE state = 'absent'
            ORDER BY slot_id LIMIT 1""",
        "UPDATE agenda_registration SET seat = 2 WHERE id = %s",
        guards=("agenda_registration",),
    ),
    "note of someone who did not come": Corruption(
        "pathways.note_needs_presence",
        """SELECT seat.id, seat.ref FROM agenda_registration seat
             JOIN pathways_sessionnote note ON note.registration_id = seat.id
             JOIN billing_charge charge ON charge.registration_id = seat.id
            WHERE seat.state = 'present' ORDER BY seat.ref LIMIT 1""",
        "UPDATE agenda_registration SET state = 'absent' WHERE id = %s",
        guards=("agenda_registration",),
        also=breaks("billing.charge_has_attendance"),
    ),
    "shares that do not add up": Corruption(
        "billing.shares_add_up",
        "SELECT id, 'charge:' || id FROM billing_charge WHERE state = 'split' ORDER BY id LIMIT 1",
        "UPDATE billing_charge SET price_cents = price_cents + 1 WHERE id = %s",
        guards=("billing_charge",),
    ),
    "voucher share altered": Corruption(
        "billing.voucher_share_is_its_movement",
        """SELECT share.id, 'share:' || share.id FROM billing_payershare share
             JOIN settlement_orderline line ON line.share_id = share.id
            WHERE share.kind = 'voucher' ORDER BY share.id LIMIT 1""",
        "UPDATE billing_payershare SET amount_cents = amount_cents + 1 WHERE id = %s",
        guards=("billing_payershare",),
        also=breaks("billing.shares_add_up", "settlement.order_adds_up"),
    ),
    "released beyond what was received": Corruption(
        "billing.released_is_received",
        """SELECT receipt.id, 'commitment:' || receipt.commitment_id
             FROM billing_thirdpartyreceipt receipt
             JOIN billing_payershare share ON share.commitment_id = receipt.commitment_id
              AND share.released_group_id IS NOT NULL AND share.amount_cents > 1
            ORDER BY receipt.commitment_id LIMIT 1""",
        "UPDATE billing_thirdpartyreceipt SET amount_cents = 1 WHERE id = %s",
    ),
    "payment line altered": Corruption(
        "settlement.order_adds_up",
        """SELECT line.id, 'order:' || line.order_id FROM settlement_orderline line
            ORDER BY line.order_id LIMIT 1""",
        "UPDATE settlement_orderline SET amount_cents = amount_cents + 1 WHERE id = %s",
        guards=("settlement_orderline",),
        also=breaks("settlement.batch_adds_up"),
    ),
    "batch total altered": Corruption(
        "settlement.batch_adds_up",
        "SELECT id, 'batch:' || label FROM settlement_batch ORDER BY id LIMIT 1",
        "UPDATE settlement_batch SET total_cents = total_cents + 1 WHERE id = %s",
        guards=("settlement_batch",),
    ),
    "share paid twice": Corruption(
        "settlement.share_in_one_live_line",
        """SELECT line.id, 'share:' || line.share_id FROM settlement_orderline line
            ORDER BY line.share_id LIMIT 1""",
        """INSERT INTO settlement_orderline (order_id, share_id, amount_cents, cancelled)
           SELECT order_id, share_id, amount_cents, false FROM settlement_orderline
            WHERE id = %s""",
        guards=("settlement_orderline", "settlement_orderline orderline_share_paid_once"),
        also=breaks("settlement.batch_adds_up", "settlement.order_adds_up"),
    ),
    "session refunded without its opposite": Corruption(
        "billing.refund_is_reversed",
        """SELECT charge.id, 'charge:' || charge.id FROM billing_charge charge
            WHERE charge.state = 'split' AND EXISTS (
                  SELECT FROM billing_payershare share WHERE share.charge_id = charge.id)
              AND NOT EXISTS (
                  SELECT FROM billing_payershare share
                   WHERE share.charge_id = charge.id AND share.kind <> 'person')
            ORDER BY charge.id LIMIT 1""",
        "UPDATE billing_charge SET state = 'refunded' WHERE id = %s",
        guards=("billing_charge",),
    ),
    "payment returned without its opposite": Corruption(
        "settlement.refusal_is_reversed",
        "SELECT id, 'order:' || id FROM settlement_paymentorder ORDER BY id LIMIT 1",
        """UPDATE settlement_paymentorder SET state = 'returned', refused_on = '2026-01-01'
            WHERE id = %s""",
        guards=("settlement_paymentorder",),
        also=breaks("settlement.share_in_one_live_line"),
    ),
    "payment no longer paid": Corruption(
        "settlement.transit_is_what_the_bank_holds",
        "SELECT id, 'batch:' || batch_id FROM settlement_paymentorder ORDER BY id LIMIT 1",
        """UPDATE settlement_paymentorder SET state = 'sent', paid_on = NULL, paid_group_id = NULL
            WHERE id = %s""",
        guards=("settlement_paymentorder",),
        also=breaks("operations.group_has_an_origin"),
    ),
    "bank file altered": Corruption(
        "settlement.file_unaltered",
        "SELECT id, 'batch:' || label FROM settlement_batch ORDER BY id LIMIT 1",
        "UPDATE settlement_batch SET file_xml = replace(file_xml, 'FR76', 'FR77') WHERE id = %s",
        guards=("settlement_batch",),
    ),
    "receipt altered": Corruption(
        "programmes.receipt_is_its_transfer",
        "SELECT id, bank_reference FROM programmes_receipt ORDER BY bank_reference LIMIT 1",
        "UPDATE programmes_receipt SET amount_cents = amount_cents + 1 WHERE id = %s",
    ),
    "open referral that asks nobody": Corruption(
        "orientation.open_referral_asks_one_place",
        "SELECT id, ref FROM orientation_referral WHERE state = 'done' ORDER BY ref LIMIT 1",
        "UPDATE orientation_referral SET state = 'open' WHERE id = %s",
    ),
    "exhausted referral not counted": Corruption(
        "orientation.exhausted_referral_is_counted",
        "SELECT id, ref FROM orientation_referral WHERE state = 'done' ORDER BY ref LIMIT 1",
        "UPDATE orientation_referral SET state = 'exhausted' WHERE id = %s",
    ),
    "name kept without consent": Corruption(
        "persons.identity_needs_consent",
        """SELECT consent.person_id, 'person:' || consent.person_id FROM persons_consent consent
            ORDER BY consent.person_id LIMIT 1""",
        "INSERT INTO persons_identity (person_id, sealed, name_mac) VALUES (%s, '', '')",
    ),
}


def wrong() -> dict[str, str]:
    return {verdict.name: verdict.first for verdict in checks.run() if not verdict.holds}


def test_run_finds_nothing_wrong_in_what_the_services_wrote(tampered):
    verdicts = checks.run()
    assert len(verdicts) >= 40
    assert {verdict.name: verdict.first for verdict in verdicts if not verdict.holds} == {}


@pytest.mark.parametrize("what", CORRUPTIONS)
def test_run_names_the_invariant_and_the_row(tampered, what):
    planted = CORRUPTIONS[what]
    [(victim, label)] = tampered(planted.victim)
    for guard in planted.guards:
        table, _, constraint = guard.partition(" ")
        if constraint:
            tampered(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {constraint}")
            tampered(f"DROP INDEX IF EXISTS {constraint}")
        else:
            tampered(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    tampered(planted.change, victim)
    found = wrong()
    assert set(found) == {planted.name} | planted.also
    assert str(label) in found[planted.name]


def test_every_part_of_the_chain_has_a_planted_corruption():
    planted = {corruption.name.split(".")[0] for corruption in CORRUPTIONS.values()}
    # The loop writes no project file: theirs are planted beside their services.
    planted |= {name.split(".")[0] for name in OF_PROJECTS}
    declared = {name.split(".")[0] for name in checks.registry}
    assert declared - planted == set()
