import pytest

from filiere.ledger import queries, services
from filiere.ledger.errors import UnitRefused
from filiere.ledger.models import AccountUnit, UnitOfAccount
from filiere.ledger.services import Entry
from tests.conftest import AT
from tests.ledger.test_services import post

pytestmark = pytest.mark.django_db


def create(code="EUSKO", name="eusko", decimals=2):
    services.create_unit(code=code, name=name, decimals=decimals, at=AT, actor="test")


def test_every_installation_has_euros_minutes_and_points():
    known = dict(AccountUnit.objects.filter(code__in=UnitOfAccount).values_list("code", "decimals"))

    assert known == {"EUR": 2, "MIN": 0, "PTS": 0}


def test_create_unit_makes_a_currency_that_balances_by_itself():
    create()

    post("k", Entry("a:1", "b:1", 500), Entry("a:1", "b:1", 70, "EUSKO"))

    assert queries.balance("b:1") == 500
    assert queries.balance("b:1", "EUSKO") == 70
    assert sum(queries.balances_of(["a:1", "b:1"], "EUSKO").values()) == 0
    assert queries.decimals_of("EUSKO") == 2
    assert queries.check_sums() == []


def test_create_unit_twice_is_once_and_another_meaning_is_refused():
    create()
    create()

    with pytest.raises(UnitRefused):
        create(decimals=0)
    assert AccountUnit.objects.filter(code="EUSKO").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "e"},
        {"code": "eusko"},
        {"code": "A"},
        {"code": "1EU"},
        {"code": "ABCDEFGHIJKLM"},
        {"decimals": 7},
        {"decimals": -1},
        {"name": ""},
    ],
)
def test_create_unit_refuses_what_it_cannot_be(wrong):
    with pytest.raises(UnitRefused):
        create(**wrong)
