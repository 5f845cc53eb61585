import datetime

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from filiere.kernel.models import AuditEntry
from filiere.ledger.errors import AmountRefused
from filiere.programmes import queries, services
from filiere.programmes.errors import (
    MatchRefused,
    ProgrammeClosed,
    ProgrammeDatesReversed,
    ProgrammeNotDraft,
    ProgrammeNotSigned,
    ProgrammeNowhere,
    TermsRefused,
)
from filiere.programmes.models import MatchRule, Programme
from tests.programmes.factories import AT, organisation, programme, territory, tranche

pytestmark = pytest.mark.django_db

BY = {"actor": "test", "at": AT}


def match(matching, trigger, called=100, per=100, cap=10_000):
    return services.match_tranches(
        matching=matching, trigger=trigger, called_cents=called, per_cents=per, cap_cents=cap, **BY
    )


def test_create_programme_is_in_force_unless_a_draft_is_asked_for():
    signed, draft = programme(), programme(signed=False)

    assert (signed.state, signed.signed_by, signed.signed_at) == ("signed", "test", AT)
    assert (draft.state, draft.signed_at) == ("draft", None)


@pytest.mark.parametrize(
    ("term", "value"),
    [
        ("name", "  "),
        ("publics", ["martians"]),
        ("payer_order", ["person", "voucher", "third_party"]),
        ("regulated_price_cents", -1),
        ("regulated_price_cents", 10.5),
        ("cap_cents_per_person_year", 0),
        ("reach_minutes", 0),
        ("reach_share_percent", 101),
    ],
)
def test_create_programme_refuses_a_term_that_means_nothing(term, value):
    with pytest.raises(TermsRefused) as refusal:
        programme(**{term: value})

    assert refusal.value.parameters["term"] == term
    assert not Programme.objects.exists()


def test_edit_programme_changes_a_draft_and_records_what_changed():
    draft, elsewhere = programme(signed=False), territory()

    services.edit_programme(
        programme=draft, territory_ids=[elsewhere.pk], name="Autre", publics=["seniors"], **BY
    )

    draft.refresh_from_db()
    assert (draft.name, draft.publics) == ("Autre", ["seniors"])
    assert queries.rule_of(draft).territory_ids == (elsewhere.pk,)
    written = AuditEntry.objects.get(action="programmes.edited")
    assert written.detail == {"changed": ["name", "publics"]}


def test_edit_programme_refuses_what_would_mean_nothing():
    draft = programme(signed=False)
    where = [territory().pk]

    with pytest.raises(ProgrammeNowhere):
        services.edit_programme(programme=draft, territory_ids=[], **BY)
    with pytest.raises(ProgrammeDatesReversed):
        services.edit_programme(
            programme=draft, territory_ids=where, ends_on=datetime.date(2020, 1, 1), **BY
        )
    with pytest.raises(TermsRefused):
        services.edit_programme(programme=draft, territory_ids=where, state="signed", **BY)


def test_attack_48_the_terms_of_a_signed_programme_cannot_change():
    signed = programme(services=["A"])

    with pytest.raises(ProgrammeNotDraft):
        services.edit_programme(programme=signed, territory_ids=[territory().pk], **BY)
    for change in (
        lambda: Programme.objects.filter(pk=signed.pk).update(services=["B"]),
        lambda: Programme.objects.filter(pk=signed.pk).update(cap_cents_per_person_year=1),
        lambda: Programme.objects.filter(pk=signed.pk).update(state="draft"),
        signed.territories.clear,
        lambda: signed.territories.add(territory()),
        lambda: signed.providers.add(organisation()),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()

    signed.refresh_from_db()
    assert queries.rule_of(signed).services == ("A",)


def test_sign_programme_twice_keeps_the_first_signature():
    draft = programme(signed=False)
    later = AT + datetime.timedelta(days=1)

    services.sign_programme(programme=draft, **BY)
    again = services.sign_programme(programme=draft, actor="other", at=later)

    assert (again.signed_at, again.signed_by) == (AT, "test")


def test_close_programme_refuses_a_draft_then_ends_promises():
    draft = programme(signed=False)
    with pytest.raises(ProgrammeNotSigned):
        services.close_programme(programme=draft, **BY)
    signed = services.sign_programme(programme=draft, **BY)

    closed = services.close_programme(programme=signed, **BY)

    assert services.close_programme(programme=signed, **BY).closed_at == closed.closed_at == AT
    with pytest.raises(ProgrammeClosed):
        tranche(closed)
    with pytest.raises(ProgrammeNotDraft):
        services.sign_programme(programme=closed, **BY)


@pytest.mark.parametrize("terms", [{"rank": 0}, {"rank": 100}, {"earmark_publics": ["martians"]}])
def test_promise_tranche_refuses_an_unknown_term(terms):
    with pytest.raises(TermsRefused):
        tranche(programme(), **terms)


def test_match_tranches_twice_is_one_rule_and_another_is_refused():
    made = programme()
    city, state = tranche(made), tranche(made)

    assert match(state, city) == match(state, city)
    with pytest.raises(MatchRefused):
        match(state, city, cap=10_001)

    assert MatchRule.objects.count() == 1


def test_match_tranches_refuses_itself_another_programme_and_a_chain():
    made = programme()
    first, second, third = tranche(made), tranche(made), tranche(made)
    match(second, first)

    for matching, trigger in (
        (first, first),
        (tranche(programme()), first),
        (third, second),
        (first, third),
    ):
        with pytest.raises(MatchRefused):
            match(matching, trigger)
    for wrong in ({"called": 0}, {"per": -1}, {"cap": 1.5}):
        with pytest.raises(AmountRefused):
            match(third, first, **wrong)


def test_postgresql_refuses_to_rewrite_a_promise_or_a_matching_rule():
    made = programme()
    first, second = tranche(made), tranche(made)
    rule = match(second, first)

    for change in (
        lambda: type(first).objects.filter(pk=first.pk).update(rank=2),
        lambda: MatchRule.objects.filter(pk=rule.pk).update(cap_cents=99),
        rule.delete,
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_postgresql_refuses_unknown_terms_too():
    draft = programme(signed=False)
    for field, value, constraint in (
        ("publics", ["martians"], "programme_publics_known"),
        ("payer_order", ["person"], "programme_payer_order_known"),
        ("reach_minutes", 0, "programme_reach_in_range"),
        ("regulated_price_cents", -1, "programme_regulated_price_not_negative"),
        ("state", "closed", "programme"),
    ):
        with pytest.raises((IntegrityError, DatabaseError), match=constraint), transaction.atomic():
            Programme.objects.filter(pk=draft.pk).update(**{field: value})
