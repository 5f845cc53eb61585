import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from filiere.ledger import queries as ledger_queries
from filiere.ledger import services as ledger
from filiere.ledger.errors import AmountRefused, InsufficientBalance
from filiere.programmes import queries, services
from filiere.programmes.errors import (
    ProgrammeDatesReversed,
    ProgrammeNowhere,
    ReceiptConflict,
    ReceiptOverPromise,
)
from filiere.programmes.models import Receipt
from filiere.territories.models import Kind, Territory
from tests.programmes.factories import (
    AT,
    commune_of_departement,
    organisation,
    programme,
    receipt,
    territory,
    tranche,
)

pytestmark = pytest.mark.django_db


def test_create_programme_refuses_to_pay_nowhere():
    with pytest.raises(ProgrammeNowhere):
        programme(territory_ids=[])


def test_create_programme_refuses_dates_in_the_wrong_order():
    with pytest.raises(ProgrammeDatesReversed):
        programme(starts_on=datetime.date(2027, 1, 1), ends_on=datetime.date(2026, 12, 31))


def test_promise_tranche_is_not_cash():
    made = tranche(programme(), cap=70_000)

    assert queries.available_cents(made) == 0


@pytest.mark.parametrize("cap", [0, -5, 10.0])
def test_promise_tranche_refuses_an_amount_that_is_not_whole_cents(cap):
    with pytest.raises(AmountRefused):
        tranche(programme(), cap=cap)


def test_confirm_receipt_makes_cash_available():
    made = tranche(programme(), cap=70_000)

    receipt(made, 40_000)
    receipt(made, 30_000)

    assert queries.available_cents(made) == 70_000
    assert ledger_queries.balance(f"funder:{made.funder_id}") == -70_000
    assert queries.money_of([made]) == [
        queries.TrancheMoney(made.pk, made.funder_id, 70_000, 70_000, 70_000)
    ]


def test_confirm_receipt_of_the_same_bank_line_is_the_same_receipt():
    made = tranche(programme(), cap=70_000)

    assert receipt(made, 40_000, "VIR-A") == receipt(made, 40_000, " VIR-A ")

    assert queries.available_cents(made) == 40_000


def test_confirm_receipt_refuses_a_bank_line_recorded_otherwise():
    made = programme()
    first, second = tranche(made), tranche(made)
    receipt(first, 40_000, "VIR-A")

    for of, cents in ((first, 40_001), (second, 40_000)):
        with pytest.raises(ReceiptConflict):
            receipt(of, cents, "VIR-A")

    assert Receipt.objects.count() == 1


def test_confirm_receipt_refuses_more_than_promised():
    made = tranche(programme(), cap=70_000, cash=40_000)

    with pytest.raises(ReceiptOverPromise) as refusal:
        receipt(made, 30_050)

    with translation.override("en"):
        assert refusal.value.sentence == (
            "This payment is €0.50 more than what the funder promised."
        )
    assert queries.available_cents(made) == 40_000


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_confirm_receipt_of_one_bank_line_for_two_tranches_at_once_is_one_receipt():
    made = programme()
    tranches = [tranche(made), tranche(made)]

    def confirm(of):
        try:
            return receipt(of, 40_000, "VIR-A").pk
        except ReceiptConflict:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(confirm, tranches))

    assert answers.count(None) == 1
    assert sum(queries.available_cents(one) for one in tranches) == 40_000


def test_confirm_receipt_refuses_a_line_without_reference():
    with pytest.raises(AmountRefused):
        receipt(tranche(programme()), 100, "  ")


def test_attack_36_cash_that_bounces_can_be_undone_while_it_is_there():
    made = tranche(programme(), cap=70_000)
    paid = receipt(made, 40_000)

    ledger.reverse(
        key="bounce", group_id=paid.posting_group_id, at=AT, actor="test", reason="rejected"
    )

    assert queries.available_cents(made) == 0
    assert queries.received_cents(made) == 0


def test_attack_36_cash_already_in_a_lot_cannot_be_undone():
    made = tranche(programme(), cap=70_000)
    paid = receipt(made, 40_000)
    ledger.post(
        key="lot",
        kind="activation",
        entries=[ledger.Entry(f"tranche:{made.pk}", f"pocket:1:{made.pk}", 1)],
        occurred_at=AT,
        at=AT,
        actor="test",
    )

    with pytest.raises(InsufficientBalance) as refusal:
        ledger.reverse(
            key="bounce", group_id=paid.posting_group_id, at=AT, actor="test", reason="rejected"
        )

    assert refusal.value.parameters["missing"] == 1


def test_territories_of_a_commune_are_all_that_contains_it():
    nation = territory(Kind.NATION)
    region, departement = territory(Kind.REGION), territory(Kind.DEPARTEMENT)
    epci = territory(Kind.EPCI)
    commune = territory(region=region, departement=departement, epci=epci)
    perimeter = territory(Kind.PERIMETER)
    perimeter.members.add(commune)
    territory(Kind.PERIMETER)

    assert set(queries.territories_of(commune.pk)) == {
        place.pk for place in (nation, region, departement, epci, commune, perimeter)
    }


def test_territories_of_an_arrondissement_are_those_of_its_city():
    city, departement = commune_of_departement()
    arrondissement = territory(Kind.ARRONDISSEMENT, commune=city)

    assert set(queries.territories_of(arrondissement.pk)) == {
        arrondissement.pk,
        city.pk,
        departement.pk,
    }


def test_the_database_covers_a_commune_by_just_the_territories_that_contain_it():
    departement, epci = territory(Kind.DEPARTEMENT), territory(Kind.EPCI)
    city = territory(region=territory(Kind.REGION), departement=departement, epci=epci)
    arrondissement = territory(Kind.ARRONDISSEMENT, commune=city)
    territory(Kind.PERIMETER).members.add(city)
    territory(Kind.NATION)
    elsewhere = territory(departement=territory(Kind.DEPARTEMENT))
    every_one = Territory.objects.order_by("pk").values_list("pk", flat=True)

    def said(within: list[int] | None, place: int | None) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT territories_covers(%s, %s)", [within, place])
            return bool(cursor.fetchone()[0])

    for place in (arrondissement.pk, city.pk, elsewhere.pk):
        covering = [one for one in every_one if said([one], place)]
        assert covering == queries.territories_of(place)
        assert not said([], place)
        assert said([elsewhere.pk, *covering], place)
    assert not said([city.pk], None)
    assert not said([-1], -1)


def test_territories_of_nowhere_is_nothing():
    assert queries.territories_of(None) == []


def test_covers_needs_the_place_the_service_and_the_day():
    commune, departement = commune_of_departement()
    made = programme(territory_ids=[departement.pk], services=["A"])
    day = datetime.date(2026, 6, 1)

    assert queries.covers(made, commune.pk, "A", day)
    assert not queries.covers(made, commune.pk, "B", day)
    assert not queries.covers(made, territory().pk, "A", day)
    assert not queries.covers(made, commune.pk, "A", datetime.date(2028, 1, 1))


def test_postgresql_refuses_a_programme_that_ends_before_it_starts():
    made = programme(signed=False)
    made.ends_on = made.starts_on - datetime.timedelta(days=1)

    with pytest.raises(IntegrityError, match="programme_dates_in_order"), transaction.atomic():
        made.save()


def test_funder_name_is_the_organisation_that_pays():
    made = programme()
    funder = organisation("Fondation")
    paid = services.promise_tranche(
        programme=made, funder_id=funder.pk, cap_cents=1, actor="t", at=AT
    )

    assert queries.funder_name(paid.pk) == funder.name
    connection.check_constraints()
