import datetime
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from filiere.kernel import checks
from filiere.ledger import queries, services
from filiere.ledger.errors import (
    AccountAlwaysOpen,
    AlreadyReversed,
    AmountRefused,
    GroupUnknown,
    IdempotencyConflict,
    InsufficientBalance,
    UnitUnknown,
)
from filiere.ledger.models import Account, GuardedBalance, PostingGroup, Transfer
from filiere.ledger.services import Entry, Posting
from tests.conftest import AT

pytestmark = pytest.mark.django_db


def post(key="k", *entries, **overrides):
    defaults = {"kind": "gift", "occurred_at": AT, "at": AT, "actor": "test"}
    return services.post(
        key=key, entries=entries or [Entry("a:1", "b:1", 500)], **defaults | overrides
    )


def test_post_moves_from_debit_to_credit():
    group = post("k", Entry("a:1", "b:1", 500), Entry("a:1", "c:1", 300))

    assert queries.balances_of(["a:1", "b:1", "c:1"]) == {"a:1": -800, "b:1": 500, "c:1": 300}
    assert list(
        Transfer.objects.filter(group=group).order_by("sequence").values_list("sequence", "amount")
    ) == [(1, 500), (2, 300)]
    assert Account.objects.get(code="c:1").kind == "c"


def test_post_same_key_same_content_is_the_same_group():
    assert post("k") == post("k", at=AT + datetime.timedelta(days=3))

    assert queries.balance("b:1") == 500
    assert PostingGroup.objects.get().posted_at == AT


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"kind": "other"}, id="kind"),
        pytest.param({"entries": [Entry("a:1", "b:1", 501)]}, id="amount"),
        pytest.param({"entries": [Entry("a:1", "b:2", 500)]}, id="account"),
        pytest.param({"entries": [Entry("a:1", "b:1", 500, "MIN")]}, id="unit"),
        pytest.param({"entries": [Entry("a:1", "b:1", 250), Entry("a:1", "b:1", 250)]}, id="split"),
    ],
)
def test_attack_14_same_key_other_payload_is_refused(change):
    post("k")

    with pytest.raises(IdempotencyConflict) as refusal:
        services.post(
            **{
                "key": "k",
                "kind": "gift",
                "entries": [Entry("a:1", "b:1", 500)],
                "occurred_at": AT,
                "at": AT,
                "actor": "test",
            }
            | change
        )

    assert refusal.value.parameters == {"key": "k"}
    assert queries.balance("b:1") == 500


def test_attack_16_key_reused_by_another_actor_moves_nothing():
    first = post("k", actor="user:1")

    assert post("k", actor="user:2") == first
    with pytest.raises(IdempotencyConflict):
        post("k", Entry("a:1", "mallory:1", 500), actor="user:2")

    assert PostingGroup.objects.get().actor == "user:1"
    assert queries.balances_of(["b:1", "mallory:1"]) == {"b:1": 500}


@pytest.mark.parametrize(
    "amount", [0, -1, 10**15 + 1, 2**63, 2**70, 1.0, float("nan"), True, "5", None]
)
def test_attack_55_amounts_that_are_not_whole_positive_cents_are_refused(amount):
    with pytest.raises(AmountRefused):
        post("k", Entry("a:1", "b:1", amount))

    assert not PostingGroup.objects.exists()


@pytest.mark.parametrize("amount", [0, -1, 10**15 + 1])
def test_attack_55_the_database_refuses_the_amount_too(amount):
    with (
        pytest.raises(IntegrityError, match="not between 1 and 10"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "SELECT ledger_post('k', 'gift', '{a:1}', '{b:1}', ARRAY[%s::bigint], '{EUR}',"
            " %s, %s, 'test')",
            [amount, AT, AT],
        )


def test_attack_55_an_unknown_currency_is_refused():
    with pytest.raises(UnitUnknown):
        post("k", Entry("a:1", "b:1", 500, "USD"))


def test_post_keeps_units_apart():
    post("k", Entry("a:1", "b:1", 500), Entry("a:1", "b:1", 90, "MIN"))

    assert queries.balance("b:1") == 500
    assert queries.balance("b:1", "MIN") == 90


def test_post_refuses_a_transfer_to_itself():
    with pytest.raises(IntegrityError, match="transfer_two_accounts"), transaction.atomic():
        post("k", Entry("a:1", "a:1", 500))


def test_post_refuses_a_group_without_transfer():
    with pytest.raises(IntegrityError, match="a group has no transfer"), transaction.atomic():
        services.post(key="k", kind="gift", entries=[], occurred_at=AT, at=AT, actor="test")


def test_post_many_writes_all_groups_and_answers_each_key():
    post("old")
    groups = [Posting(f"k{n}", "gift", [Entry(f"a:{n}", "b:9", n)], AT) for n in range(1, 101)]
    groups.append(Posting("old", "gift", [Entry("a:1", "b:1", 500)], AT))

    answer = services.post_many(groups=groups, at=AT, actor="test")

    assert len(answer) == 101
    assert answer["k7"] == PostingGroup.objects.get(key="k7").pk
    assert queries.balance("b:9") == sum(range(1, 101))
    assert queries.balance("b:1") == 500


def test_attack_10_the_same_key_twice_in_one_batch_moves_once():
    twice = [Posting("k", "gift", [Entry("a:1", "b:1", 500)], AT)] * 2

    assert len(services.post_many(groups=twice, at=AT, actor="test")) == 1
    assert queries.balance("b:1") == 500


def test_post_many_of_nothing_is_nothing():
    assert services.post_many(groups=[], at=AT, actor="test") == {}


def test_guard_starts_from_what_was_posted_and_refuses_to_go_under():
    post("k", Entry("a:1", "b:1", 500))

    assert services.guard(code="b:1", floor=0, ceiling=None) == 500
    with pytest.raises(InsufficientBalance) as refusal:
        post("k2", Entry("b:1", "c:1", 501))
    assert refusal.value.parameters == {"account": "b:1", "missing": 1}

    post("k3", Entry("b:1", "c:1", 500))
    assert GuardedBalance.objects.get().balance == 0
    assert queries.balance("c:1") == 500


def test_guard_refuses_to_go_over_the_ceiling():
    services.guard(code="b:1", floor=None, ceiling=100)

    with pytest.raises(InsufficientBalance):
        post("k", Entry("a:1", "b:1", 101))


def test_guard_nets_what_enters_and_leaves_in_one_group():
    services.guard(code="b:1", floor=0, ceiling=None)

    post("k", Entry("b:1", "c:1", 70), Entry("a:1", "b:1", 100))

    assert GuardedBalance.objects.get().balance == 30


def test_guard_refuses_bounds_already_crossed():
    post("k", Entry("a:1", "b:1", 500))

    with pytest.raises(InsufficientBalance):
        services.guard(code="a:1", floor=0, ceiling=None)


def test_guard_again_sets_new_bounds():
    services.guard(code="b:1", floor=0, ceiling=None)
    services.guard(code="b:1", floor=-100, ceiling=None)

    post("k", Entry("b:1", "c:1", 100))

    assert queries.balance("b:1") == -100


def test_reverse_undoes_once_and_keeps_both():
    group = post("k", Entry("a:1", "b:1", 500), Entry("b:1", "c:1", 200))

    undone = services.reverse(key="k!", group_id=group, at=AT, actor="test", reason="error")

    assert queries.balances_of(["a:1", "b:1", "c:1"]) == {"a:1": 0, "b:1": 0, "c:1": 0}
    assert PostingGroup.objects.get(pk=undone).reverses_id == group
    assert services.reverse(key="k!", group_id=group, at=AT, actor="test", reason="error") == undone
    with pytest.raises(AlreadyReversed):
        services.reverse(key="k!!", group_id=group, at=AT, actor="test", reason="again")


def test_reverse_refuses_an_unknown_group():
    with pytest.raises(GroupUnknown):
        services.reverse(
            key="k", group_id="00000000-0000-0000-0000-000000000000", at=AT, actor="t", reason=""
        )


def test_attack_39_the_application_cannot_touch_the_journal():
    post("k")
    for statement in (
        "UPDATE ledger_transfer SET amount = 1",
        "DELETE FROM ledger_transfer",
        "TRUNCATE ledger_transfer",
        "INSERT INTO ledger_account (code, unit, kind) VALUES ('x', 'EUR', 'x')",
        "UPDATE ledger_guardedbalance SET balance = 0",
        "DELETE FROM ledger_postinggroup",
        "DROP FUNCTION ledger_guard",
        "ALTER TABLE ledger_transfer DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
    ):
        with (
            pytest.raises(DatabaseError, match=r"permission denied|must be owner"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_attack_39_even_the_owner_is_refused_and_what_it_forces_is_found():
    post("k", Entry("a:1", "b:1", 500), Entry("a:1", "c:1", 300))
    for statement in (
        "UPDATE ledger_transfer SET amount = 1",
        "DELETE FROM ledger_postinggroup",
        "TRUNCATE ledger_transfer",
    ):
        with pytest.raises(DatabaseError), connections["owner"].cursor() as cursor:
            cursor.execute(statement)
    assert queries.check_sums() == []

    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_transfer DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM ledger_transfer WHERE sequence = 2")
        cursor.execute("ALTER TABLE ledger_transfer ENABLE TRIGGER USER")

    found = queries.check_chain()
    assert [(v.invariant, v.row) for v in found] == [("ledger.group_unaltered", "k")]
    assert [v.name for v in checks.run() if not v.holds and v.name.startswith("ledger.")] == [
        "ledger.group_unaltered"
    ]


def in_threads(work, arguments, workers):
    barrier = threading.Barrier(len(arguments), timeout=60) if len(arguments) <= workers else None

    def run(argument):
        try:
            if barrier:
                barrier.wait()
            return work(argument)
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(run, arguments))


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_attack_13_the_same_key_at_once_is_one_group():
    groups = in_threads(lambda _n: post("k"), range(16), 16)

    assert len(set(groups)) == 1
    assert queries.balance("b:1") == 500


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_post_many_opposed_batches_do_not_deadlock():
    for n in range(20):
        services.guard(code=f"g:{n}", floor=-(10**9), ceiling=None)

    def batch(n):
        order = range(20) if n % 2 else range(19, -1, -1)
        groups = [
            Posting(f"k:{n}:{m}", "gift", [Entry(f"g:{m}", f"new:{m}", 1)], AT) for m in order
        ]
        return len(services.post_many(groups=groups, at=AT, actor="test"))

    assert in_threads(batch, range(24), 8) == [20] * 24
    assert queries.balances("new:") == {f"new:{m}": 24 for m in range(20)}
    assert queries.check_sums() == []


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_post_concurrently_never_crosses_a_floor():
    services.guard(code="g:1", floor=0, ceiling=None)
    post("cash", Entry("a:1", "g:1", 10))

    def spend(n):
        try:
            return post(f"k:{n}", Entry("g:1", "b:1", 3)) and 1
        except InsufficientBalance:
            return 0

    assert sum(in_threads(spend, range(16), 16)) == 3
    assert queries.balance("g:1") == 1


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_guard_waits_for_a_posting_still_open():
    post("before")
    posted, ended = threading.Event(), threading.Event()

    def post_slowly(_n):
        with transaction.atomic():
            post("slow", Entry("a:1", "b:1", 30))
            posted.set()
            return ended.wait(1.0)

    def guard(_n):
        posted.wait(30)
        found = services.guard(code="b:1", floor=0, ceiling=None)
        ended.set()
        return found

    slow, found = in_threads(lambda n: (post_slowly, guard)[n](n), range(2), 2)
    assert (slow, found) == (False, 530)
    assert queries.check_sums() == []


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_guard_while_others_post_starts_from_the_right_balance():
    def work(n):
        if n == 7:
            return services.guard(code="b:1", floor=0, ceiling=None)
        return post(f"k:{n}", Entry("a:1", "b:1", 10))

    in_threads(work, range(16), 16)

    assert GuardedBalance.objects.get().balance == queries.balance("b:1") == 150


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(1, 10**6)).filter(
            lambda move: move[0] != move[1]
        ),
        min_size=1,
        max_size=20,
    )
)
def test_post_any_history_sums_to_zero(moves):
    with transaction.atomic():
        for rank, (source, target, amount) in enumerate(moves):
            post(f"k{rank}", Entry(f"h:{source}", f"h:{target}", amount))
        expected = dict.fromkeys(range(5), 0)
        for source, target, amount in moves:
            expected[source] -= amount
            expected[target] += amount
        found = queries.balances("h:")
        transaction.set_rollback(True)

    assert sum(found.values()) == 0
    assert all(found.get(f"h:{n}", 0) == amount for n, amount in expected.items())


@pytest.mark.parametrize("code", ["pocket:1:2", "payable:7:tranche:2"])
def test_guard_refuses_a_kind_that_has_no_bounds(code):
    with pytest.raises(AccountAlwaysOpen):
        services.guard(code=code, floor=0, ceiling=None)
    for near in ("pocket", "pocketed:1", "payables:7", "till:pocket:1"):
        assert services.guard(code=near, floor=0, ceiling=None) == 0
