import datetime
import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from filiere.ledger import queries, services
from filiere.ledger.services import Entry
from tests.conftest import AT
from tests.ledger.test_services import post

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture
def moved():
    """Ten movements of ``b:1``, one a day, of 1, 2… 10 cents; the third leaves it."""
    for n in range(1, 11):
        entry = Entry("b:1", "c:1", n) if n == 3 else Entry("a:1", "b:1", n)
        post(f"k{n}", entry, occurred_at=AT + n * DAY, reason=f"=n{n}")


def amounts(lines):
    return [(line.amount, line.balance) for line in lines]


def test_statement_between_two_moments_counts_what_came_before(moved):
    lines = queries.statement("b:1", since=AT + 3 * DAY, until=AT + 5 * DAY)

    assert amounts(lines) == [(-3, 0), (4, 4), (5, 9)]
    assert queries.opening_balance("b:1", before=AT + 3 * DAY) == 3
    assert queries.balance("b:1", until=AT + 5 * DAY) == 9


def test_statement_page_reads_on_from_the_last_line(moved):
    pages, after = [], None
    while True:
        page = queries.statement_page("b:1", after=after, limit=4)
        pages.append((page.opening, len(page.lines), page.closing))
        if not page.more:
            break
        after = page.lines[-1]

    assert pages == [(0, 4, 4), (4, 4, 30), (30, 2, 49)]
    assert queries.balance("b:1") == 49


def test_statement_page_without_line_tells_the_balance(moved):
    page = queries.statement_page("b:1", since=AT + 20 * DAY)

    assert (page.opening, page.lines, page.closing, page.more) == (49, (), 49, False)


def test_stream_statement_is_the_statement(moved):
    assert list(queries.stream_statement("b:1")) == queries.statement("b:1")


def test_ledger_statement_prints_text(moved, capsys):
    call_command("ledger_statement", "b:1", "--from", "2026-11-27", "--to", "2026-11-28")

    first, *lines, last = capsys.readouterr().out.splitlines()
    assert first.split()[-1] == "0.03"
    assert [line.split()[-2:] for line in lines] == [["-0.03", "0.00"], ["0.04", "0.04"]]
    assert last.split()[-1] == "0.04"


def test_ledger_statement_prints_json_in_the_smallest_part(moved, capsys):
    call_command("ledger_statement", "b:1", "--from", "2026-12-03", "--format", "json")

    found = json.loads(capsys.readouterr().out)
    assert found["opening"] == 30
    assert [line["amount"] for line in found["lines"]] == [9, 10]
    assert found["closing"] == 49


def test_ledger_statement_prints_csv_that_runs_nothing(moved, capsys):
    call_command("ledger_statement", "b:1", "--format", "csv")

    header, first, *rest = capsys.readouterr().out.splitlines()
    assert header == "occurred_at,kind,other_account,amount,balance,reason,key"
    assert first.split(",")[3:] == ["0.01", "0.01", "'=n1", "k1"]
    assert len(rest) == 9


def test_ledger_statement_writes_other_units_as_they_are(capsys):
    services.create_unit(code="EUSKO", name="eusko", decimals=3, at=AT, actor="test")
    post("k", Entry("a:1", "b:1", 12_345, "EUSKO"), Entry("a:1", "b:1", 90, "MIN"))

    for unit, closing in (("EUSKO", "12.345"), ("MIN", "90")):
        call_command("ledger_statement", "b:1", "--unit", unit)
        assert capsys.readouterr().out.split()[-1] == closing


def test_ledger_statement_refuses_an_unknown_account():
    with pytest.raises(CommandError):
        call_command("ledger_statement", "nobody:1")
