"""``ledger_post`` is the short way of ``ledger_post_many``: the same, to the last column."""

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from filiere.kernel.errors import FiliereError
from filiere.ledger import queries, services
from filiere.ledger.models import Account, GuardedBalance, PostingGroup, Transfer
from filiere.ledger.services import Entry, Posting
from tests.conftest import AT

pytestmark = pytest.mark.django_db
UNITS = ("EUR", "EUR", "EUR", "MIN", "USD")


def short(posting):
    return services.post(
        key=posting.key,
        kind=posting.kind,
        entries=posting.entries,
        occurred_at=posting.occurred_at,
        at=AT,
        actor="test",
        reason=posting.reason,
    )


def long(posting):
    return services.post_many(groups=[posting], at=AT, actor="test")[posting.key]


def outcome(way, posting):
    """What was written or refused, without ids."""
    try:
        with transaction.atomic():
            way(posting)
    except FiliereError as refusal:
        return (refusal.code, refusal.parameters)
    except IntegrityError as refusal:
        return str(refusal.__cause__.diag.constraint_name)
    return "posted"


def state():
    """Everything in the journal, without ids."""
    return (
        list(
            Transfer.objects.order_by("group__key", "sequence").values_list(
                "group__key", "group__kind", "group__fingerprint", "group__reason", "sequence",
                "unit", "amount", "debit_account__code", "credit_account__code",
            )
        ),
        sorted(Account.objects.values_list("code", "unit", "kind")),
        sorted(GuardedBalance.objects.values_list("account__code", "balance", "held")),
    )  # fmt: skip


def walk(way, history):
    """Play a history in one way, undo it, and tell what came of it."""
    with transaction.atomic():
        services.guard(code="h:0", floor=-50, ceiling=None)
        services.guard(code="h:1", floor=None, ceiling=60)
        way(Posting("cash", "gift", [Entry("h:3", "h:0", 40)], AT))
        services.hold(
            key="h", debit="h:0", credit="h:4", amount=20, until=AT.replace(year=2027), at=AT,
            actor="test",
        )  # fmt: skip
        outcomes = [outcome(way, posting) for posting in history]
        found = outcomes, state(), queries.check_sums()
        transaction.set_rollback(True)
    return found


entries = st.lists(
    st.builds(
        lambda debit, credit, amount, unit: Entry(f"h:{debit}", f"h:{credit}", amount, unit),
        st.integers(0, 5),
        st.integers(0, 5),
        st.sampled_from([-1, 0, 1, 7, 30, 10**15, 10**15 + 1]) | st.integers(1, 60),
        st.sampled_from(UNITS),
    ).filter(lambda entry: entry.debit != entry.credit),
    max_size=5,
)
postings = st.builds(
    lambda key, kind, moves, reason: Posting(f"k{key}", kind, moves, AT, reason),
    st.integers(0, 6),
    st.sampled_from(["gift", "redemption"]),
    entries,
    st.sampled_from(["", "why", "é\x1f"]),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(postings, max_size=8))
def test_post_and_post_many_write_and_refuse_the_same(history):
    assert walk(short, history) == walk(long, history)


def test_post_writes_the_transfers_of_new_accounts_in_their_rank():
    services.post(
        key="k0", kind="gift", entries=[Entry("a", "b", 1)], occurred_at=AT, at=AT, actor="test"
    )
    services.post(
        key="k",
        kind="gift",
        entries=[Entry("new:1", "a", 10), Entry("a", "b", 20), Entry("b", "new:2", 30)],
        occurred_at=AT,
        at=AT,
        actor="test",
    )

    group = PostingGroup.objects.get(key="k")
    assert list(group.transfers.order_by("sequence").values_list("sequence", "amount")) == [
        (1, 10),
        (2, 20),
        (3, 30),
    ]
    assert queries.balances_of(["a", "b", "new:1", "new:2"]) == {
        "a": -1 + 10 - 20,
        "b": 1 + 20 - 30,
        "new:1": -10,
        "new:2": 30,
    }


def test_post_refuses_a_null_amount_in_the_database():
    with (
        pytest.raises(IntegrityError, match="not between 1 and 10"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "SELECT ledger_post('k', 'gift', '{a}', '{b}', '{NULL}', '{EUR}', %s, %s, 'test')",
            [AT, AT],
        )
