"""The project of seven towns of the demonstration: true size, refusals, reductions, late money."""

import pytest

from filiere.kernel import checks
from filiere.operations.demo import projects as demo
from filiere.operations.demo.project_words import REQUESTS, TOWNS
from filiere.projects import queries
from filiere.projects.models import ProjectFile, Submission
from tests.agenda.factories import AT, CommuneFactory

pytestmark = pytest.mark.django_db


def test_fill_opens_a_project_of_true_size_once():
    for code in TOWNS:
        CommuneFactory(code=code)
    for _twice in range(2):
        demo.fill(at=AT)
    project = ProjectFile.objects.get(title=demo.TITLE)
    assert ProjectFile.objects.count() == 2
    assert project.territories.count() == 7
    plan = queries.plan_of(project.pk)
    assert (plan.cost_cents(in_kind=False), plan.cost_cents()) == (18_000_000, 18_800_000)
    sent = Submission.objects.filter(source__project=project)
    assert sent.count() == len(REQUESTS) == 22
    assert len({one.form_key for one in sent}) == 9
    assert all(1_000_000 <= one.asked_cents <= 2_000_000 for one in sent)
    replies = [one.reply for one in sent.order_by("pk")]
    assert [replies.count(one) for one in ("accepted", "reduced", "refused", "waiting")] == [
        5, 7, 8, 2,
    ]  # fmt: skip
    totals = queries.totals_of(project.pk)
    assert totals.allocated_cents < totals.cost_cents
    assert 0 < totals.missing_cents < 2_000_000
    late = [one for one in queries.awaited(project.pk, on=AT.date()) if one.late_days > 60]
    assert len(late) >= 3
    assert min(one.amount_cents for one in queries.payments_of(project.pk)) == -60_000
    proved = queries.proofs_of(project.pk)
    assert sum(one.proved_cents for one in proved) == 10 * (18_640 + 72_000 + 13_000)
    assert [one.name for one in queries.ending(project.pk, on=AT.date(), until=AT.date())] == [
        "dirigeants.pdf"
    ]
    assert [
        one.name for one in checks.run() if one.name.startswith("projects.") and not one.holds
    ] == []
