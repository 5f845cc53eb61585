import pytest

from filiere.ledger import services as ledger
from filiere.programmes import queries, services
from filiere.programmes.errors import PartsRefused, ProgrammeNotSigned, TranchesShort
from filiere.territories.models import Kind
from tests.programmes.factories import (
    AT,
    commune_of_departement,
    programme,
    receipt,
    territory,
    tranche,
)
from tests.programmes.test_funding import BY, match

pytestmark = pytest.mark.django_db


def engage(of, cents, lot=1):
    """Put cash of a tranche in a lot, as an activation does."""
    pot = f"tranche:{of.pk}"
    entries = [ledger.Entry(pot, f"pocket:{lot}:{of.pk}", cents)]
    ledger.post(
        key=f"lot:{lot}:{of.pk}", kind="activation", entries=entries, occurred_at=AT, at=AT,
        actor="test",
    )  # fmt: skip


def test_parts_for_lot_are_shared_in_proportion_to_the_cash():
    made = programme()
    first, second = tranche(made, cash=20_000), tranche(made, cash=10_000)

    assert queries.parts_for_lot(made, 3_000) == {first.pk: 2_000, second.pk: 1_000}


def test_parts_for_lot_count_promises_while_the_cash_does_not_suffice():
    made = programme()
    first, second = tranche(made, cap=30_000, cash=20_000), tranche(made, cap=30_000)

    assert queries.parts_for_lot(made, 40_000) == {first.pk: 20_000, second.pk: 20_000}


def test_attack_50_parts_for_lot_empty_a_tranche_then_go_on_with_the_next():
    made = programme()
    second, first = tranche(made, cash=9_000, rank=2), tranche(made, cash=5_000, rank=1)

    assert queries.parts_for_lot(made, 7_000) == {first.pk: 5_000, second.pk: 2_000}


def test_parts_for_lot_refuse_more_than_is_promised():
    made = programme()
    tranche(made, cap=1_000)

    with pytest.raises(TranchesShort) as refusal:
        queries.parts_for_lot(made, 1_250)

    assert refusal.value.parameters["missing_cents"] == 250


def test_parts_for_lot_refuse_a_draft_and_a_closed_programme():
    draft = programme(signed=False)
    tranche(draft, cash=1_000)
    with pytest.raises(ProgrammeNotSigned):
        queries.parts_for_lot(draft, 100)

    closed = services.close_programme(
        programme=services.sign_programme(programme=draft, **BY), **BY
    )

    with pytest.raises(ProgrammeNotSigned):
        queries.parts_for_lot(closed, 100)


def test_parts_for_lot_leave_earmarked_money_for_its_territory():
    commune, departement = commune_of_departement()
    made = programme(territory_ids=[departement.pk])
    anyone = tranche(made, cash=5_000)
    local = tranche(made, cash=5_000, earmark_territory_ids=[commune.pk])
    wide = tranche(made, cash=5_000, earmark_territory_ids=[departement.pk])

    whole = queries.parts_for_lot(made, 3_000)
    in_commune = queries.parts_for_lot(made, 3_000, [commune.pk])
    both = queries.parts_for_lot(made, 3_000, [commune.pk, territory(Kind.COMMUNE).pk])

    assert whole.keys() == {anyone.pk, wide.pk}
    assert in_commune == {anyone.pk: 1_000, local.pk: 1_000, wide.pk: 1_000}
    assert both == {anyone.pk: 3_000}


def test_parts_for_lot_leave_earmarked_money_for_its_publics():
    made = programme()
    anyone = tranche(made, cash=5_000)
    old = tranche(made, cash=5_000, earmark_publics=["seniors", "deafness"])

    assert queries.parts_for_lot(made, 1_000) == {anyone.pk: 1_000}
    assert queries.parts_for_lot(made, 1_000, publics=["seniors"]) == {anyone.pk: 500, old.pk: 500}
    assert queries.parts_for_lot(made, 1_000, publics=["seniors", "young"]) == {anyone.pk: 1_000}


def test_attack_51_matching_money_follows_the_euros_that_call_it_up_to_its_cap():
    made = programme()
    city, state = tranche(made, cash=100_000), tranche(made, cash=100_000)
    match(state, city, called=100, per=100, cap=10_000)

    assert queries.parts_for_lot(made, 12_000) == {city.pk: 6_000, state.pk: 6_000}

    engage(city, 6_000)
    engage(state, 6_000)
    assert queries.parts_for_lot(made, 12_000) == {city.pk: 8_000, state.pk: 4_000}

    engage(state, 4_000, lot=2)
    assert queries.parts_for_lot(made, 12_000) == {city.pk: 12_000}


def test_attack_51_a_match_that_never_arrives_does_not_stop_the_others():
    made = programme()
    city, state = tranche(made, cash=10_000), tranche(made)
    match(state, city)

    assert queries.parts_for_lot(made, 8_000) == {city.pk: 8_000}


def test_require_parts_refuse_an_earmark_and_uncalled_matching_money():
    commune, departement = commune_of_departement()
    made = programme(territory_ids=[departement.pk])
    city, state = tranche(made, cash=50_000), tranche(made, cash=50_000)
    local = tranche(made, cash=50_000, earmark_territory_ids=[commune.pk])
    match(state, city, cap=5_000)

    queries.require_parts(made, {city.pk: 500, state.pk: 500})
    queries.require_parts(made, {local.pk: 500}, [commune.pk])
    for parts in (
        {local.pk: 1},
        {city.pk: 499, state.pk: 500},
        {state.pk: 1},
        {city.pk: 6_000, state.pk: 5_001},
    ):
        with pytest.raises(PartsRefused):
            queries.require_parts(made, parts)


def test_leverage_says_what_each_euro_called():
    made = programme()
    city, state = tranche(made, cash=50_000), tranche(made, cash=25_000)
    match(state, city)
    parts = queries.parts_for_lot(made, 20_000)
    engage(city, parts[city.pk])
    engage(state, parts[state.pk])

    first, second = queries.leverage(made)

    assert (first.own_cents, first.others_cents, first.called_cents) == (50_000, 25_000, 10_000)
    assert first.per_euro_cents == 50
    assert (second.per_euro_cents, second.called_cents) == (200, 0)


def test_leverage_before_any_cash_is_not_a_division():
    made = programme()
    tranche(made)

    assert [row.per_euro_cents for row in queries.leverage(made)] == [None]
    receipt(made.tranches.get(), 100)
    assert [row.per_euro_cents for row in queries.leverage(made)] == [0]
