import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from filiere.kernel.errors import NotFound
from filiere.kernel.keyed import KeyNotPossible, KeyReused, once
from filiere.kernel.models import KeyedAnswer

pytestmark = pytest.mark.django_db
KEY = "0123456789abcdef"


def ask(at, act, **overrides):
    defaults = {
        "actor": "user:1",
        "key": KEY,
        "operation": "book",
        "request": b"{}",
        "at": at,
        "act": act,
    }
    return once(**defaults | overrides)


def counting():
    calls = []

    def act():
        calls.append(1)
        return {"calls": len(calls)}

    return act


def test_once_acts_once_and_repeats_its_answer(at):
    act = counting()

    assert ask(at, act) == ask(at, act) == {"calls": 1}


def test_once_knows_each_actor_apart(at):
    act = counting()

    assert ask(at, act) == {"calls": 1}
    assert ask(at, act, actor="user:2") == {"calls": 2}


@pytest.mark.parametrize("other", [{"request": b"[]"}, {"operation": "send"}])
def test_once_refuses_a_key_used_for_something_else(at, other):
    ask(at, counting())

    with pytest.raises(KeyReused):
        ask(at, counting(), **other)


@pytest.mark.parametrize("key", ["short", "x" * 101])
def test_once_refuses_keys_too_short_or_too_long(at, key):
    with pytest.raises(KeyNotPossible):
        ask(at, counting(), key=key)


def test_once_keeps_nothing_of_a_refusal(at):
    def refuse():
        raise NotFound(reference="x")

    with pytest.raises(NotFound):
        ask(at, refuse)

    assert not KeyedAnswer.objects.exists()
    assert ask(at, counting()) == {"calls": 1}


def test_once_keeps_no_request_and_forgets_after_two_days(at):
    act = counting()
    ask(at, act, request=b"voucher 7F3K28Q4")
    assert "7F3K" not in str(KeyedAnswer.objects.values().get())

    later = at + datetime.timedelta(days=2, minutes=1)
    assert ask(later, act, request=b"voucher 7F3K28Q4") == {"calls": 2}
    assert KeyedAnswer.objects.count() == 1


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_once_sent_by_eight_at_the_same_moment_acts_once(at):
    act = counting()

    def client(_number):
        try:
            return ask(at, act)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(client, range(8)))

    assert answers == [{"calls": 1}] * 8
