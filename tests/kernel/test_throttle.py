"""Counting across processes: bursts, waits, other callers, a store that is down."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections

from filiere.kernel import throttle
from filiere.kernel.models import Throttle
from filiere.kernel.throttle import Pace, ThrottleDown, seconds_to_wait
from tests.conftest import AT

PACE = Pace(most=5, seconds=60)


def wait(*, after=0.0, caller="192.0.2.1", scope="test", pace=PACE, open_if_down=False):
    return seconds_to_wait(
        scope=scope,
        caller=caller,
        pace=pace,
        at=AT + timedelta(seconds=after),
        open_if_down=open_if_down,
    )


@pytest.mark.django_db
def test_seconds_to_wait_admits_a_burst_then_one_at_a_time():
    assert [wait() for _ in range(5)] == [0] * 5
    assert wait() == 12
    assert wait(after=11.5) == pytest.approx(0.5)
    assert wait(after=12) == 0
    assert wait(after=12) == 12


@pytest.mark.django_db
@pytest.mark.parametrize("most", [1, 3, 7, 300])
def test_seconds_to_wait_admits_as_many_as_said_at_once(most):
    pace = Pace(most=most, seconds=60)

    assert [wait(pace=pace) for _ in range(most)] == [0] * most
    assert wait(pace=pace) == pytest.approx(60 / most, abs=0.001)


@pytest.mark.django_db
def test_seconds_to_wait_does_not_count_what_it_refuses():
    for _ in range(5):
        wait()
    for second in range(50):
        wait(after=second / 10)

    assert wait(after=60) == 0
    assert [wait(after=120) for _ in range(6)] == [0, 0, 0, 0, 0, 12]


@pytest.mark.django_db
def test_seconds_to_wait_counts_each_caller_and_each_scope_apart():
    for _ in range(6):
        wait()

    assert wait() > 0
    assert wait(caller="192.0.2.2") == wait(scope="other") == 0


@pytest.mark.django_db
def test_seconds_to_wait_never_holds_longer_than_the_window():
    wait(after=86_400)  # a clock that was wrong for a moment

    assert wait() <= 60


@pytest.mark.django_db
def test_seconds_to_wait_keeps_no_address():
    wait(caller="192.0.2.77")

    assert "192.0.2.77" not in Throttle.objects.get().key


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_seconds_to_wait_is_exact_when_everybody_comes_at_once():
    def knock(_number):
        try:
            return wait(pace=Pace(most=20, seconds=60))
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        waits = list(pool.map(knock, range(64)))

    assert waits.count(0) == 20


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
@pytest.mark.parametrize("fault", ["gone", "locked"])
def test_attack_74_counters_down_close_to_guesses_and_open_to_who_is_known(fault):
    """Whoever brings the counters down must not be able to guess."""
    with connections["owner"].cursor() as owner:
        if fault == "gone":
            owner.execute("ALTER TABLE kernel_throttle RENAME TO hidden")
        else:
            owner.execute("BEGIN; LOCK TABLE kernel_throttle IN ACCESS EXCLUSIVE MODE")
        try:
            with pytest.raises(ThrottleDown):
                wait()
            assert wait(open_if_down=True) == 0
        finally:
            owner.execute(
                "ALTER TABLE hidden RENAME TO kernel_throttle" if fault == "gone" else "ROLLBACK"
            )
    assert wait() == 0


@pytest.mark.django_db
def test_sweep_forgets_who_may_do_everything_again():
    from django.core.cache import cache

    wait()
    wait(caller="192.0.2.2", after=3600)
    cache.set("attempts", [1], timeout=-1)

    assert throttle.sweep(at=AT + timedelta(seconds=60)) >= 1
    assert Throttle.objects.count() == 1


@pytest.mark.django_db
def test_counters_are_shared_by_all_processes():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, relpersistence FROM pg_class"
            " WHERE relname IN ('kernel_throttle', 'kernel_cache') ORDER BY relname"
        )
        assert cursor.fetchall() == [("kernel_cache", "u"), ("kernel_throttle", "u")]
