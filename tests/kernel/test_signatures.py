"""Who read the source of a rule: two readers verify it, a third who disagrees contests it."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from filiere.kernel import signatures
from filiere.kernel.models import AuditEntry, ParameterSignature
from filiere.kernel.signatures import NothingToSign, RuleChanged, SourceNotNamed

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 24)
KEY = "association.franchise_cents@2026"


def shown(key=KEY, on=ON):
    return next(signatures.said(one) for one in signatures.doubts(on) if one.sign_key == key)


def sign(at, **more):
    given = {
        "key": KEY, "on": ON, "reading": shown(), "source_read": "BOFiP, mai 2026",
        "is_right": True, "actor": "user:1", "at": at,
    }  # fmt: skip
    return signatures.sign(**given | more)


def test_verified_keys_needs_two_different_readers(at):
    sign(at)
    sign(at, source_read="Une autre page")
    assert signatures.verified_keys(ON) == frozenset()
    sign(at, actor="user:2")
    assert signatures.verified_keys(ON) == {KEY}


def test_sign_twice_the_same_is_one(at):
    first = sign(at)
    assert sign(at + timedelta(hours=1)) == first
    assert ParameterSignature.objects.count() == 1
    entry = AuditEntry.objects.get(action="kernel.rule_signed")
    assert (entry.subject, entry.actor) == (f"rule:{KEY}", "user:1")


def test_a_reader_who_disagrees_contests_until_she_changes_her_mind(at):
    sign(at)
    sign(at, actor="user:2")
    sign(at, actor="user:3", is_right=False)
    assert signatures.verified_keys(ON) == frozenset()
    reading = next(one for one in signatures.readings(ON) if one.doubt.sign_key == KEY)
    assert (reading.readers, reading.is_contested, reading.is_verified) == (2, True, False)
    sign(at + timedelta(days=1), actor="user:3", source_read="Le bon article")
    assert signatures.verified_keys(ON) == {KEY}


def test_sign_of_another_value_holds_no_longer(at):
    sign(at)
    ParameterSignature.objects.create(
        key=KEY, reading="2026-01-01 1 euro cents", source_read="x", is_right=True,
        signed_by="user:2", at=at,
    )  # fmt: skip
    assert signatures.verified_keys(ON) == frozenset()
    with pytest.raises(RuleChanged):
        sign(at, reading="2026-01-01 1 euro cents", actor="user:2")


@pytest.mark.parametrize("source", ["", "   ", "x" * 301])
def test_sign_refuses_a_source_that_is_not_named(at, source):
    with pytest.raises(SourceNotNamed):
        sign(at, source_read=source)
    assert not ParameterSignature.objects.exists()


def test_sign_refuses_what_does_not_wait(at):
    for key in ("de_minimis.ceiling_cents", "association.franchise_cents@2031", "rien"):
        with pytest.raises(NothingToSign):
            sign(at, key=key, reading="x")


def test_sign_takes_sentences_too(at):
    key = "de_minimis.not_economic"
    for actor in ("user:1", "user:2"):
        sign(at, key=key, reading=shown(key), actor=actor)
    assert signatures.verified_keys(ON) == {key}


def test_signatures_are_never_rewritten(at):
    mine = sign(at)
    with pytest.raises(DatabaseError), transaction.atomic():
        ParameterSignature.objects.filter(pk=mine.pk).update(is_right=False)
    with pytest.raises(DatabaseError), transaction.atomic():
        mine.delete()


def test_readings_is_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert len(signatures.readings(ON)) > 20
