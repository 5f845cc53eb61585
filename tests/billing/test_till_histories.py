"""Random histories of a till beside a model in memory: sums, the cash limit, numbers, months."""

import datetime
from dataclasses import dataclass, field

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filiere.billing.errors import (
    CashLimitReached,
    DepositNotPossible,
    TillMonthClosed,
    TillMonthNotReady,
)
from filiere.billing.models import Till, TillReceipt
from filiere.billing.queries import tills as queries
from filiere.billing.services import tills
from filiere.rules.tills import month_of
from tests.billing.factories import World
from tests.billing.test_tills import AT, broken, opened, town

LIMIT, PRICE = 2_500, 1_000
DAY = datetime.timedelta(days=1)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("record"), st.sampled_from(["cash", "card"])),
        st.tuples(st.just("undo"), st.integers(0, 5)),
        st.tuples(st.just("deposit"), st.integers(1, 3_000)),
        st.tuples(st.just("count"), st.integers(0, LIMIT)),
        st.tuples(st.just("close"), st.just(0)),
        st.tuples(st.just("wait"), st.integers(1, 12)),
    ),
    max_size=10,
)


@dataclass
class History:
    """A till, and what we believe is in hand there."""

    here: World
    till: Till
    at: datetime.datetime = AT
    hand: dict = field(default_factory=lambda: {"cash": 0, "card": 0})
    receipts: list = field(default_factory=list)

    def step(self, what: str, how) -> None:
        try:
            with transaction.atomic():
                getattr(self, what)(how)
        except TillMonthClosed:
            assert month_of(self.at.date()) in queries.months_of(self.till)
        except (CashLimitReached, DepositNotPossible, TillMonthNotReady):
            assert what in {"record", "deposit", "close"}

    def record(self, means: str) -> None:
        over = means == "cash" and self.hand["cash"] + PRICE > LIMIT
        receipt = tills.record_receipt(
            charge=self.here.split(at=self.at), means=means, at=self.at, actor="user:1"
        )
        assert not over
        self.receipts.append(receipt)
        self.hand[means] += PRICE

    def undo(self, which: int) -> None:
        if which < len(self.receipts):
            receipt = self.receipts[which]
            enough = self.hand[receipt.means] >= PRICE
            made = tills.reverse_receipt(
                receipt=receipt, reason="erreur", at=self.at, actor="user:7"
            )
            assert made.by_accountant is not enough
            self.hand[receipt.means] -= PRICE if enough else 0
            self.receipts.remove(receipt)

    def deposit(self, cents: int) -> None:
        possible = cents <= self.hand["cash"]
        tills.deposit(
            till_id=self.till.pk, means="cash", amount_cents=cents, at=self.at, actor="user:7",
            reference=f"B-{self.till.deposits.count()}",
        )  # fmt: skip
        assert possible
        self.hand["cash"] -= cents

    def count(self, cents: int) -> None:
        tills.count_cash(
            till_id=self.till.pk, counted_cents=cents, note="compté", at=self.at, actor="user:7"
        )
        self.hand["cash"] = cents

    def close(self, _how: int) -> None:
        tills.hand_over_month(
            till_id=self.till.pk, month=self.at.date(), at=self.at + 40 * DAY, actor="user:7"
        )

    def wait(self, days: int) -> None:
        self.at += days * DAY


@given(steps=STEPS)
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_history_adds_up_stays_under_the_limit_and_leaves_closed_months_alone(db, steps):
    with transaction.atomic():
        here = town(price=PRICE)
        story = History(here, opened(here, cash_limit_cents=LIMIT))
        for what, how in steps:
            story.step(what, how)
            held = queries.in_hand(story.till)
            assert (held["cash"], held["card"]) == (story.hand["cash"], story.hand["card"])
            assert 0 <= held["cash"] <= LIMIT
        numbers = TillReceipt.objects.filter(till=story.till).order_by("number")
        assert [one.number for one in numbers] == list(range(1, len(numbers) + 1))
        for month in queries.months_with_lines(story.till):
            told = queries.journal(story.till, month)
            assert sum(one.received_cents for one in told.totals) == told.receipts * PRICE
        assert broken() == []
        transaction.set_rollback(True)
