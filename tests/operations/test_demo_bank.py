import pytest

from filiere.operations.demo import bank as demo_bank
from filiere.programmes import queries
from filiere.programmes.models import BankLine, BankStatement, MatchRule, Programme
from filiere.programmes.queries import Verdict
from filiere.territories.models import Kind
from tests.programmes.factories import AT, programme, territory, tranche

pytestmark = pytest.mark.django_db


def test_the_demonstration_has_a_draft_a_match_and_a_statement_that_covers_what_is_owed():
    tranche(programme(), cash=40_000)
    where = territory(Kind.DEPARTEMENT)

    for _again in range(2):
        demo_bank.open_programmes(where, at=AT)
        demo_bank.import_statement(at=AT)

    assert Programme.objects.filter(name=demo_bank.DRAFT).get().state == "draft"
    assert (MatchRule.objects.count(), BankStatement.objects.count()) == (1, 1)
    cover = queries.ring_fence_cover(at=AT)
    assert (cover.verdict, cover.surplus_cents) == (Verdict.ENOUGH, demo_bank.AWAITED_CENTS)
    waiting = queries.lines_without_use().get()
    assert waiting.amount_cents == demo_bank.AWAITED_CENTS
    assert BankLine.objects.exclude(receipt=None).count() == 3
