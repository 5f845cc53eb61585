"""Snapshots and seals, with real commits: what they may take is decided by open transactions."""

import datetime
import threading
import time
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, connections, transaction
from django.utils import translation

from filiere.kernel import checks
from filiere.ledger import queries, services
from filiere.ledger.models import BalanceSnapshot, Seal, Transfer
from filiere.ledger.services import Entry
from tests.conftest import AT
from tests.ledger.test_services import post

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def settle():
    """Another database of the same server may hold the horizon back for a moment."""
    for _attempt in range(1800):
        if not queries.backlog().stuck:
            return
        time.sleep(0.1)
    raise AssertionError("another transaction never ended")


def seal(**arguments):
    settle()
    return services.seal(**arguments)


def roll_up(**arguments):
    settle()
    return services.roll_up(**arguments)


@contextmanager
def late(key, *entries):
    """Post in another connection, and commit only when the block ends."""
    posted, go = threading.Event(), threading.Event()

    def run():
        try:
            with transaction.atomic():
                post(key, *entries)
                posted.set()
                go.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert posted.wait(20)
    try:
        yield
    finally:
        go.set()
        thread.join()


def wrong():
    found = queries.check_sums() + queries.check_chain()
    names = {one.name for one in checks.run() if not one.holds and one.name.startswith("ledger.")}
    assert names == {violation.invariant for violation in found}
    return [(violation.invariant, violation.row, violation.detail) for violation in found]


@contextmanager
def unguarded(*tables):
    """Let the owner force what triggers forbid."""
    with connections["owner"].cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield cursor.execute
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_roll_up_changes_no_balance():
    post("k1", Entry("a:1", "b:1", 500))
    assert roll_up(at=AT) == 1
    post("k2", Entry("b:1", "c:1", 200))

    assert queries.balances_of(["a:1", "b:1", "c:1"]) == {"a:1": -500, "b:1": 300, "c:1": 200}
    assert roll_up(at=AT) == 1
    assert roll_up(at=AT) == 0
    assert queries.balances_of(["a:1", "b:1", "c:1"]) == {"a:1": -500, "b:1": 300, "c:1": 200}
    assert BalanceSnapshot.objects.get(account__code="b:1").balance == 300
    assert wrong() == []


def test_attack_71_a_late_commit_with_a_lower_id_is_never_lost():
    post("accounts", Entry("a:1", "b:1", 1000))
    settle()
    with late("late", Entry("a:1", "b:1", 100)):
        post("early", Entry("a:1", "b:1", 7))
        services.roll_up(at=AT)
        services.seal(at=AT)
        assert queries.balance("b:1") == 1007

    assert queries.balance("b:1") == 1107
    late_one, early = (Transfer.objects.get(group__key=key) for key in ("late", "early"))
    assert late_one.pk < early.pk
    roll_up(at=AT)
    seal(at=AT)
    assert queries.balance("b:1") == 1107
    assert BalanceSnapshot.objects.get(account__code="b:1").balance == 1107
    first, second = Seal.objects.order_by("number")
    assert first.rows == 1
    assert set(second.ids) == {late_one.group_id, early.group_id}
    assert wrong() == []


def test_attack_71_the_late_one_may_take_its_transaction_number_last():
    """Its id was drawn long before; only the number of its transaction decides."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('ledger_transfer', 'id'))")
        drawn = cursor.fetchone()[0]
    post("early", Entry("a:1", "b:1", 7))
    roll_up(at=AT)
    seal(at=AT)
    group = post("late", Entry("a:1", "b:1", 100))
    with unguarded("ledger_transfer") as execute:
        execute("UPDATE ledger_transfer SET id = %s WHERE group_id = %s", [drawn, group])

    roll_up(at=AT)
    seal(at=AT)

    assert queries.balance("b:1") == 107
    assert [seal.ids for seal in Seal.objects.order_by("number")][1] == [group]
    assert wrong() == []


def test_attack_70_a_long_transaction_blocks_the_horizon_visibly_and_figures_stay_right():
    post("before", Entry("a:1", "b:1", 1))
    settle()
    with late("long", Entry("a:1", "c:1", 5)):
        post("after", Entry("a:1", "b:1", 10))

        assert services.seal(at=AT) == 1
        assert services.roll_up(at=AT) == 1
        assert queries.balance("b:1") == 11
        backlog = queries.backlog()
        assert (backlog.waiting, backlog.stuck) == (1, 1)
        assert backlog.since is not None

    assert seal(at=AT) == 2
    assert queries.backlog().waiting == 0
    assert queries.balances_of(["b:1", "c:1"]) == {"b:1": 11, "c:1": 5}


def test_seal_cuts_blocks_and_chains_them():
    for n in range(7):
        post(f"k{n}", Entry("a:1", "b:1", n + 1))

    assert seal(at=AT, block=3) == 7
    assert seal(at=AT) == 0

    seals = list(Seal.objects.order_by("number"))
    assert [(seal.number, seal.rows) for seal in seals] == [(1, 3), (2, 3), (3, 1)]
    assert bytes(seals[0].previous) == bytes(32)
    assert bytes(seals[2].previous) == bytes(seals[1].hash)
    assert wrong() == []


def test_seal_refuses_an_empty_block():
    with pytest.raises(ValueError, match="at least one"):
        services.seal(at=AT, block=0)


def test_attack_68_a_clock_that_steps_back_does_not_reorder_seals():
    post("k1")
    seal(at=AT)
    post("k2", Entry("a:1", "b:1", 1))
    seal(at=AT - DAY)

    assert [seal.sealed_at for seal in Seal.objects.order_by("number")] == [AT, AT]


def test_root_is_the_last_seal_of_the_legal_day():
    post("k1")
    seal(at=AT)
    first = queries.root(AT.date())
    post("k2", Entry("a:1", "b:1", 1))
    seal(at=AT + DAY)

    assert queries.root((AT - DAY).date()) is None
    assert queries.root(AT.date()) == first
    assert (first.number, first.groups, len(first.hash)) == (1, 1, 64)
    assert queries.root((AT + 5 * DAY).date()).groups == 2
    assert queries.root_of_hash(first.hash) == first
    assert queries.root_of_hash("ff" * 32) is None
    assert queries.root_of_hash("not a root") is None


TAMPERED = {
    "amount edited": (
        "UPDATE ledger_transfer SET amount = 501 WHERE group_id = %s",
        "group_unaltered",
    ),
    "transfer removed": (
        "DELETE FROM ledger_transfer WHERE group_id = %s AND sequence = 2",
        "group_unaltered",
    ),
    "transfer added": (
        """INSERT INTO ledger_transfer
                  (group_id, sequence, unit, debit_account_id, credit_account_id, amount)
           SELECT group_id, 9, unit, debit_account_id, credit_account_id, 1
             FROM ledger_transfer WHERE group_id = %s LIMIT 1""",
        "group_unaltered",
    ),
    "account renamed": (
        """UPDATE ledger_account SET code = 'mallory:1'
            WHERE id = (SELECT credit_account_id FROM ledger_transfer
                         WHERE group_id = %s AND sequence = 2)""",
        "group_unaltered",
    ),
    "reason edited": (
        "UPDATE ledger_postinggroup SET reason = 'x' WHERE id = %s",
        "sealed_unaltered",
    ),
    "moment edited": (
        """UPDATE ledger_postinggroup SET occurred_at = occurred_at - interval '1 year'
            WHERE id = %s""",
        "sealed_unaltered",
    ),
    "amount and fingerprint edited together": (
        """WITH edited AS (
               UPDATE ledger_transfer SET amount = 501 WHERE group_id = %s AND sequence = 2
            RETURNING group_id)
           UPDATE ledger_postinggroup g
              SET fingerprint = ledger_fingerprint(
                  'gift', NULL, '{a:1,a:1}', '{c:1,d:1}', '{500,501}', '{EUR,EUR}')
             FROM edited WHERE g.id = edited.group_id""",
        "sealed_unaltered",
    ),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_attack_39_what_was_sealed_and_is_edited_is_named(what):
    post("k1", Entry("a:1", "b:1", 1))
    victim = post("k2", Entry("a:1", "c:1", 500), Entry("a:1", "d:1", 300))
    seal(at=AT)
    statement, invariant = TAMPERED[what]
    with unguarded("ledger_transfer", "ledger_postinggroup", "ledger_account") as execute:
        execute(statement, [victim])

    assert [found[:2] for found in wrong()] == [(f"ledger.{invariant}", "k2")]


def test_attack_39_a_group_removed_is_named_by_its_seal():
    victim = post("k1")
    seal(at=AT)
    with unguarded("ledger_transfer", "ledger_postinggroup") as execute:
        execute("DELETE FROM ledger_transfer")
        execute("DELETE FROM ledger_postinggroup")

    assert wrong() == [("ledger.sealed_unaltered", f"group:{victim}", "removed, it was in seal 1")]


def test_attack_39_a_group_slipped_into_the_sealed_past_is_named():
    post("k1")
    seal(at=AT)
    group = post("k2", Entry("a:1", "mallory:1", 999))
    with unguarded("ledger_postinggroup") as execute:
        execute("UPDATE ledger_postinggroup SET xact = 3 WHERE id = %s", [group])

    assert wrong() == [("ledger.sealed_unaltered", "k2", "added to what was sealed")]


@pytest.mark.parametrize(
    ("statement", "row", "word"),
    [
        ("DELETE FROM ledger_seal WHERE number = 2", "seal:3", "missing"),
        ("UPDATE ledger_seal SET sealed_at = sealed_at - interval '1 day' WHERE number = 2",
         "seal:2", "altered"),
        ("UPDATE ledger_seal SET hash = sha256('forged') WHERE number = 2", "seal:2", "altered"),
    ],
)  # fmt: skip
def test_attack_39_a_seal_edited_or_removed_is_named(statement, row, word):
    for n in range(3):
        post(f"k{n}", Entry("a:1", "b:1", n + 1))
    seal(at=AT, block=1)
    with unguarded("ledger_seal") as execute:
        execute(statement)

    [first, *_rest] = [found for found in wrong() if found[0] == "ledger.chain_unbroken"]
    assert first[1] == row
    assert word in first[2]


def test_attack_39_rows_edited_with_their_seals_made_anew_miss_the_kept_root(capsys):
    """Whoever owns the database can rebuild the whole chain; the root kept elsewhere tells."""
    post("k1", Entry("a:1", "b:1", 1))
    seal(at=AT)
    kept = queries.root(AT.date()).hash
    with unguarded("ledger_postinggroup", "ledger_seal") as execute:
        execute("UPDATE ledger_postinggroup SET reason = 'rewritten'")
        execute("DELETE FROM ledger_seal")
    seal(at=AT)

    assert queries.check_chain() == []
    with pytest.raises(CommandError, match="not in the chain"):
        call_command("ledger_root", verify=kept)


def test_attack_39_an_older_backup_is_found_by_the_kept_root(capsys):
    post("k1", Entry("a:1", "b:1", 1))
    seal(at=AT)
    older = queries.root(AT.date()).hash
    post("k2", Entry("a:1", "b:1", 2))
    seal(at=AT + DAY)
    kept = queries.root((AT + DAY).date()).hash
    call_command("ledger_root", verify=kept)
    with unguarded("ledger_transfer", "ledger_postinggroup", "ledger_seal") as execute:
        execute("DELETE FROM ledger_seal WHERE number = 2")
        execute("DELETE FROM ledger_transfer WHERE amount = 2")
        execute("DELETE FROM ledger_postinggroup WHERE key = 'k2'")

    assert wrong() == []
    call_command("ledger_root", verify=older)
    with pytest.raises(CommandError, match="older copy"):
        call_command("ledger_root", verify=kept)


def test_attack_39_verify_names_the_row_and_refuses_what_is_no_root(capsys):
    post("k1")
    seal(at=AT)
    kept = queries.root(AT.date()).hash
    with unguarded("ledger_postinggroup") as execute:
        execute("UPDATE ledger_postinggroup SET actor = 'someone else'")

    with pytest.raises(CommandError):
        call_command("ledger_root", verify=kept)
    assert "ledger.sealed_unaltered  k1 " in capsys.readouterr().out
    with pytest.raises(CommandError, match="64"):
        call_command("ledger_root", verify="abc")


def test_attack_39_a_snapshot_or_a_held_amount_altered_is_named():
    services.guard(code="b:1", floor=0, ceiling=None)
    post("k1")
    roll_up(at=AT)
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE ledger_balancesnapshot SET balance = 501 WHERE balance = 500")
        cursor.execute("UPDATE ledger_guardedbalance SET held = 1")

    assert [found[:2] for found in wrong()] == [
        ("ledger.held_is_its_holds", "b:1"),
        ("ledger.snapshot_is_its_sum", "b:1"),
    ]


def test_attack_39_the_application_cannot_touch_seals_and_snapshots():
    post("k1")
    seal(at=AT)
    roll_up(at=AT)
    for statement in (
        "UPDATE ledger_seal SET upto_xact = 0",
        "DELETE FROM ledger_seal",
        "TRUNCATE ledger_seal",
        "UPDATE ledger_balancesnapshot SET balance = 0",
        "DELETE FROM ledger_balancesnapshot",
        "TRUNCATE ledger_balancesnapshot",
    ):
        with pytest.raises(DatabaseError, match="permission denied"), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(DatabaseError), connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM ledger_seal")


def test_attack_72_after_a_restore_elsewhere_the_stamps_are_renewed_and_the_chain_holds():
    post("sealed", Entry("a:1", "b:1", 1))
    seal(at=AT)
    roll_up(at=AT)
    post("tail", Entry("a:1", "b:1", 10))
    kept = queries.root(AT.date()).hash
    with unguarded("ledger_postinggroup", "ledger_transfer", "ledger_seal") as execute:
        execute("UPDATE ledger_postinggroup SET xact = xact + 10^12::bigint")
        execute("UPDATE ledger_transfer SET xact = xact + 10^12::bigint")
        execute("UPDATE ledger_seal SET upto_xact = upto_xact + 10^12::bigint")
        execute("UPDATE ledger_balancesnapshot SET upto_xact = upto_xact + 10^12::bigint")
    assert [found[0] for found in wrong()] == ["ledger.written_by_this_server"] * 4

    assert services.restamp(at=AT) == 2

    assert wrong() == []
    assert queries.balance("b:1") == 11
    assert post("sealed", Entry("a:1", "b:1", 1))
    assert seal(at=AT) == 1
    assert queries.root_of_hash(kept) is not None
    assert queries.balance("b:1") == 11
    assert wrong() == []


def test_attack_69_a_seal_waits_for_another_and_both_are_whole():
    for n in range(20):
        post(f"k{n}", Entry("a:1", "b:1", n + 1))
    done = []

    settle()

    def run():
        try:
            done.append(services.seal(at=AT, block=4))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(done) == [0, 0, 0, 20]
    assert wrong() == []
