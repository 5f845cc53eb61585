import datetime
import io
from decimal import Decimal

import pytest
from beancount import loader
from beancount.core import data, realization
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from filiere.ledger import queries, services
from filiere.ledger.export import account_code, account_name, decimal_text, export_beancount
from filiere.ledger.services import Entry
from tests.conftest import AT
from tests.ledger.test_services import post

DAY = datetime.timedelta(days=1)
DIGITS = {"EUR": 2, "MIN": 0, "EUSKO": 3}


@pytest.fixture
def journal(db):
    """Two days, three units, a reversal, codes and reasons with everything in them."""
    services.create_unit(code="EUSKO", name="eusko", decimals=3, at=AT, actor="test")
    post("k1", Entry("funder:1", "tranche:1", 123_456), Entry("funder:1", "tranche:2", 1))
    post("k2", Entry("tranche:1", "pocket:9:1", 5_000), reason='deux "guillemets" et \\ ; :')
    post(
        "k3", Entry("tranche:1", "A_b:é::x-y", 7), Entry("a", "b", 90, "MIN"), occurred_at=AT + DAY
    )
    post("k4", Entry("a", "b", 12_345, "EUSKO"), Entry("b", "a", 1, "EUSKO"))
    group = post("k5", Entry("tranche:2", "tranche:1", 1))
    services.reverse(key="k6", group_id=group, at=AT + 2 * DAY, actor="test", reason="erreur\nfin")


def load(text, tmp_path):
    path = tmp_path / "journal.beancount"
    path.write_text(text, encoding="utf-8")
    entries, errors, _options = loader.load_file(str(path))
    assert errors == []
    return entries


def totals(entries):
    """What beancount finds in each account, in our codes and smallest parts."""
    found = {}
    for leaf in realization.iter_children(realization.realize(entries)):
        for position in leaf.balance:
            unit = position.units.currency
            cents = position.units.number * Decimal(10) ** DIGITS[unit]
            assert cents == int(cents)
            found[account_code(leaf.account), unit] = int(cents)
    return found


def ours(unit):
    return {(code, unit): total for code, total in queries.balances("", unit).items() if total}


@pytest.mark.usefixtures("journal")
def test_export_beancount_loads_without_error_and_totals_are_ours(tmp_path):
    stream = io.StringIO()

    written = export_beancount(stream)

    entries = load(stream.getvalue(), tmp_path)
    assert totals(entries) == ours("EUR") | ours("MIN") | ours("EUSKO")
    assert (written.groups, written.transfers) == (6, 9)
    assert sum(isinstance(entry, data.Transaction) for entry in entries) == 6
    assert sum(isinstance(entry, data.Balance) for entry in entries) == 9
    assert sum(total for (_code, unit), total in totals(entries).items() if unit == "EUR") == 0


@pytest.mark.usefixtures("journal")
def test_export_beancount_until_a_day_leaves_out_what_came_after(tmp_path):
    stream = io.StringIO()

    written = export_beancount(stream, until=AT.date())

    found = totals(load(stream.getvalue(), tmp_path))
    assert written.groups == 4
    assert found["tranche:1", "EUR"] == queries.balance("tranche:1", until=AT) == 118_457
    assert not any(unit == "MIN" for _code, unit in found)


@pytest.mark.usefixtures("journal")
def test_export_beancount_a_total_that_lies_is_an_error(tmp_path):
    stream = io.StringIO()
    export_beancount(stream)
    path = tmp_path / "journal.beancount"
    path.write_text(stream.getvalue().replace("1234.56", "1234.57", 1), encoding="utf-8")

    assert loader.load_file(str(path))[1]


@pytest.mark.django_db
def test_export_beancount_of_nothing_loads(tmp_path):
    stream = io.StringIO()

    assert export_beancount(stream).groups == 0
    assert load(stream.getvalue(), tmp_path) == []


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_ledger_export_writes_the_file(tmp_path, capsys):
    post("k1", Entry("funder:1", "tranche:1", 123_456))
    path = tmp_path / "out.beancount"

    call_command("ledger_export", str(path))
    assert "1" in capsys.readouterr().out
    call_command("ledger_export", "-")

    assert capsys.readouterr().out == path.read_text(encoding="utf-8")
    assert totals(load(path.read_text(encoding="utf-8"), tmp_path)) == ours("EUR")


@given(st.lists(st.text(st.characters(exclude_characters=":"), max_size=8), min_size=1, max_size=5))
def test_account_name_is_read_back_whatever_the_code(parts):
    code = ":".join(parts)

    name = account_name(code)

    assert account_code(name) == code
    assert all(part[0].isupper() or part[0].isdigit() for part in name.split(":"))
    assert set(name) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-:")


def test_account_name_of_usual_codes_reads_well():
    assert account_name("payable:7:tranche:12") == "Equity:Payable:7:Tranche:12"
    assert account_name("a_b") == "Equity:A-5F-b"


def test_account_code_refuses_what_is_not_ours():
    with pytest.raises(ValueError, match="Assets:Bank"):
        account_code("Assets:Bank")


@pytest.mark.parametrize(
    ("amount", "decimals", "text"),
    [(1234, 2, "12.34"), (-5, 2, "-0.05"), (0, 2, "0.00"), (7, 0, "7"), (-12, 3, "-0.012")],
)
def test_decimal_text(amount, decimals, text):
    assert decimal_text(amount, decimals) == text
