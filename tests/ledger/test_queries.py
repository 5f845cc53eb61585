from datetime import timedelta

import pytest

from filiere.ledger import queries, services
from filiere.ledger.services import Entry
from tests.conftest import AT
from tests.programmes.factories import programme, receipt, tranche

pytestmark = pytest.mark.django_db


def post(key, *entries, occurred_at=AT):
    return services.post(
        key=key, kind="gift", entries=entries, occurred_at=occurred_at, at=AT, actor="test"
    )


def test_balance_of_an_unknown_account_is_zero():
    assert queries.balance("nobody:1") == 0


def test_balance_until_a_moment_leaves_out_what_came_after():
    post("k1", Entry("a:1", "b:1", 100), occurred_at=AT - timedelta(days=2))
    post("k2", Entry("a:1", "b:1", 30))

    assert queries.balance("b:1", until=AT - timedelta(days=1)) == 100
    assert queries.balance("b:1", until=AT) == 130


def test_balances_takes_the_prefix_literally():
    post("k", Entry("a:1", "b_1", 100), Entry("a:1", "bx1", 7))

    assert queries.balances("b_") == {"b_1": 100}


def test_statement_tells_each_movement_and_the_balance_after():
    post("k1", Entry("a:1", "b:1", 100), occurred_at=AT - timedelta(days=2))
    post("k2", Entry("b:1", "c:1", 30))

    lines = queries.statement("b:1")

    assert [(line.other_account, line.amount, line.balance) for line in lines] == [
        ("a:1", 100, 100),
        ("c:1", -30, 70),
    ]


def test_moved_adds_up_each_pair_asked_for():
    post("k1", Entry("a:1", "b:1", 100), Entry("a:1", "b:1", 5), Entry("a:1", "c:1", 9))

    assert queries.moved([("a:1", "b:1"), ("b:1", "a:1")]) == {("a:1", "b:1"): 105}
    assert queries.moved_between("a:", "c:") == {("a:1", "c:1"): 9}


def test_group_origins_names_the_groups_nobody_claims():
    receipt(tranche(programme()), 500)
    orphan = post("orphan", Entry("a:1", "b:1", 100))
    services.reverse(key="undo", group_id=orphan, at=AT, actor="test", reason="error")

    assert [(group.key, group.origins) for group in queries.group_origins()] == [("orphan", ())]


def test_check_sums_is_empty_when_all_is_well():
    receipt(tranche(programme()), 500)

    assert queries.check_sums() == []
