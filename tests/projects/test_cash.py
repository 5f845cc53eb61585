"""What one project's mistakes of typing do to the cash of the others."""

import datetime

import pytest

from filiere.projects import queries, services
from tests.projects.factories import ACT, TODAY, asked, granted, line, pay, project

pytestmark = pytest.mark.django_db


def test_cash_book_takes_a_day_typed_wrong_elsewhere_for_ten_years_at_most():
    theirs, mine = project(), project()
    funder = granted(theirs, 100_000, funder_name="Région")
    due = services.DueWanted(
        kind="advance", due_on=datetime.date(2026, 12, 1), amount_cents=100_000
    )
    made = services.schedule_payments(source_id=funder.pk, dues=[due], **ACT)
    pay(funder, 100_000, received_on=datetime.date(9999, 12, 31), scheduled_id=made[0].pk)
    line(mine, 100_000)
    asked(mine, 100_000, funder_name="Région")
    book = queries.cash_book(mine, on=TODAY)
    assert max(book.receipts[0].delays.days) == 3_650
    assert "Région" in queries.cash_book(theirs, on=TODAY).names.values()


def test_cash_book_learns_nothing_from_an_invented_project():
    theirs, mine = project(is_invented=True), project()
    funder = granted(theirs, 100_000, funder_name="Région")
    due = services.DueWanted(kind="advance", due_on=TODAY, amount_cents=100_000)
    made = services.schedule_payments(source_id=funder.pk, dues=[due], **ACT)
    late = TODAY + datetime.timedelta(days=900)
    pay(funder, 100_000, received_on=late, scheduled_id=made[0].pk)
    line(mine, 100_000)
    asked(mine, 100_000, funder_name="Région")
    assert max(queries.cash_book(mine, on=TODAY).receipts[0].delays.days) < 900
