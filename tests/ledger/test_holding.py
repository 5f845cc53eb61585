import datetime

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from filiere.ledger import queries, services
from filiere.ledger.errors import (
    AmountRefused,
    CaptureAboveHold,
    HoldEnded,
    HoldNeedsGuard,
    HoldOver,
    HoldUnknown,
    IdempotencyConflict,
    InsufficientBalance,
    UnitUnknown,
)
from filiere.ledger.models import GuardedBalance, HoldResolution
from filiere.ledger.services import Entry
from tests.conftest import AT
from tests.ledger.test_services import in_threads, post

UNTIL = AT + datetime.timedelta(days=2)
LATER = AT + datetime.timedelta(days=3)

pytestmark = pytest.mark.django_db


@pytest.fixture
def funded():
    """``g:1`` holds 500 and may not go under zero."""
    services.guard(code="g:1", floor=0, ceiling=None)
    post("cash", Entry("bank", "g:1", 500))


def hold(key="h", amount=300, **overrides):
    defaults = {
        "debit": "g:1",
        "credit": "b:1",
        "unit": "EUR",
        "until": UNTIL,
        "at": AT,
        "actor": "test",
    }
    return services.hold(key=key, amount=amount, **defaults | overrides)


def capture(key="h", amount=None, at=AT):
    return services.capture(key=key, amount=amount, at=at, actor="test")


def void(key="h", at=AT):
    services.void(key=key, at=at, actor="test")


def held():
    return GuardedBalance.objects.get(account__code="g:1").held


def test_hold_lowers_what_is_available_and_moves_nothing(funded):
    hold()

    assert queries.balances_of(["g:1"]) == {"g:1": 500}
    assert held() == 300
    with pytest.raises(InsufficientBalance) as refusal:
        post("spend", Entry("g:1", "c:1", 201))
    assert refusal.value.parameters == {"account": "g:1", "missing": 1}
    post("spend", Entry("g:1", "c:1", 200))


def test_hold_refuses_more_than_is_available(funded):
    hold("h1", 300)

    with pytest.raises(InsufficientBalance) as refusal:
        hold("h2", 201)

    assert refusal.value.parameters["missing"] == 1
    assert held() == 300


def test_hold_of_the_same_key_is_the_same_hold(funded):
    assert hold() == hold(at=AT + datetime.timedelta(hours=1))

    assert held() == 300
    for change in ({"amount": 299}, {"credit": "b:2"}, {"until": LATER}):
        with pytest.raises(IdempotencyConflict):
            hold(**change)


@pytest.mark.parametrize("debit", ["b:9", "bank"])
def test_hold_needs_a_guarded_account(funded, debit):
    with pytest.raises(HoldNeedsGuard):
        hold(debit=debit)


def test_hold_refuses_a_moment_already_past(funded):
    with pytest.raises(HoldOver):
        hold(until=AT)


def test_hold_refuses_an_unknown_unit(funded):
    with pytest.raises(UnitUnknown):
        hold(unit="USD")


@pytest.mark.parametrize("amount", [0, -1, 1.5, True, None, 10**15 + 1])
def test_attack_55_hold_refuses_strange_amounts(funded, amount):
    with pytest.raises(AmountRefused):
        hold(amount=amount)


def test_capture_takes_it_all_by_default(funded):
    hold()

    group = capture()

    assert queries.balances_of(["g:1", "b:1"]) == {"g:1": 200, "b:1": 300}
    assert held() == 0
    assert HoldResolution.objects.get().posting_group_id == group


def test_capture_of_a_part_gives_the_rest_back(funded):
    hold()

    capture(amount=120)

    assert queries.balances_of(["g:1", "b:1"]) == {"g:1": 380, "b:1": 120}
    assert held() == 0
    post("spend", Entry("g:1", "c:1", 380))


def test_attack_09_captured_twice_moves_once(funded):
    hold()

    assert capture(amount=120) == capture(amount=120, at=LATER)
    with pytest.raises(HoldEnded):
        capture(amount=121)

    assert queries.balance("b:1") == 120
    assert queries.check_sums() == []


def test_attack_09_captured_then_voided_is_refused(funded):
    hold()
    capture()

    with pytest.raises(HoldEnded) as refusal:
        void()

    assert refusal.value.parameters == {"key": "h", "on": AT}
    assert queries.balance("b:1") == 300
    assert held() == 0


def test_attack_09_voided_then_captured_is_refused(funded):
    hold()
    void()
    void()

    with pytest.raises(HoldEnded):
        capture()

    assert queries.balance("b:1") == 0
    assert held() == 0


def test_attack_09_captured_or_voided_after_expiry_is_refused(funded):
    hold()

    with pytest.raises(HoldOver):
        capture(at=LATER)
    assert services.expire_holds(at=UNTIL, actor="test") == 0
    assert services.expire_holds(at=LATER, actor="test") == 1
    assert services.expire_holds(at=LATER, actor="test") == 0
    for end in (capture, void):
        with pytest.raises(HoldEnded):
            end(at=LATER)

    assert held() == 0
    assert queries.balance("g:1") == 500


def test_attack_09_a_part_above_the_hold_is_refused(funded):
    hold()

    with pytest.raises(CaptureAboveHold) as refusal:
        capture(amount=301)

    assert refusal.value.parameters["held"] == 300
    assert held() == 300
    capture(at=UNTIL)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_attack_09_resolved_by_many_at_once_ends_once(funded):
    for n in range(5):
        hold(f"h{n}", 100)

    def end(n):
        key = f"h{n % 5}"
        try:
            match n % 4:
                case 0:
                    return bool(capture(key, 60))
                case 1:
                    return bool(capture(key, 100))
                case 2:
                    void(key)
                case _:
                    services.expire_holds(at=LATER, actor="test")
        except HoldEnded:
            return False
        return None

    in_threads(end, range(40), 8)

    services.expire_holds(at=LATER, actor="test")
    assert HoldResolution.objects.count() == 5
    assert held() == 0
    assert queries.balance("g:1") == 500 - queries.balance("b:1")
    assert queries.check_sums() == []


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_hold_concurrently_never_crosses_the_floor(funded):
    def work(n):
        try:
            if n % 2:
                return hold(f"h{n}", 90) and 90
            return post(f"p{n}", Entry("g:1", "c:1", 90)) and 90
        except InsufficientBalance:
            return 0

    assert sum(in_threads(work, range(16), 8)) == 450


def test_capture_refuses_what_the_receiver_may_not_hold(funded):
    services.guard(code="b:1", floor=None, ceiling=100)
    hold()

    with pytest.raises(InsufficientBalance):
        capture()

    assert held() == 300
    capture(amount=100)


@pytest.mark.parametrize("end", [capture, void])
def test_resolving_an_unknown_hold_is_refused(end):
    with pytest.raises(HoldUnknown):
        end("nothing")


def test_guard_again_counts_what_is_held(funded):
    hold()

    with pytest.raises(InsufficientBalance):
        services.guard(code="g:1", floor=201, ceiling=None)
    services.guard(code="g:1", floor=200, ceiling=None)


def test_attack_39_the_application_cannot_touch_holds(funded):
    hold()
    for statement in (
        "UPDATE ledger_hold SET amount = 1",
        "DELETE FROM ledger_hold",
        "TRUNCATE ledger_hold CASCADE",
        "INSERT INTO ledger_holdresolution SELECT id, 'voided', 0, now(), 'x', NULL FROM ledger_hold",
        "DELETE FROM ledger_holdresolution",
        "UPDATE ledger_accountunit SET decimals = 0",
        "DELETE FROM ledger_accountunit",
    ):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["hold", "capture", "void", "expire", "post"]),
            st.integers(0, 3),
            st.integers(1, 400),
        ),
        max_size=25,
    )
)
def test_any_history_of_holds_agrees_with_a_model(steps):
    with transaction.atomic():
        services.guard(code="g:1", floor=0, ceiling=None)
        post("cash", Entry("bank", "g:1", 500))
        balance, open_holds, known, taken = 500, {}, set(), 0
        for rank, (what, n, amount) in enumerate(steps):
            key = f"h{n}"
            free = balance - sum(open_holds.values())
            try:
                match what:
                    case "hold":
                        hold(key, amount)
                        if key not in known:
                            assert free >= amount
                            known.add(key)
                            open_holds[key] = amount
                    case "capture":
                        capture(key, amount)
                        if key in open_holds:
                            assert amount <= open_holds.pop(key)
                            balance -= amount
                            taken += amount
                    case "void":
                        void(key)
                        open_holds.pop(key, None)
                    case "expire":
                        services.expire_holds(at=LATER, actor="test")
                        open_holds.clear()
                    case "post":
                        post(f"p{rank}", Entry("g:1", "c:1", amount))
                        assert free >= amount
                        balance -= amount
            except (InsufficientBalance, HoldEnded, HoldUnknown, CaptureAboveHold):
                pass
            except IdempotencyConflict:
                assert what == "hold"
            assert held() == sum(open_holds.values())
            assert queries.balance("g:1") == balance
        assert queries.balance("b:1") == taken
        transaction.set_rollback(True)
