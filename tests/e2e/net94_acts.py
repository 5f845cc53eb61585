"""``python -m tests.e2e.net94_acts DATABASE PROJECT STEP DAY``: what the journey does not type.

Each step does by services what is left of it, then says the totals of the project on one line.
"""

import datetime as dt
import json
import os
import sys
from collections.abc import Callable

from tests.e2e import clock

os.environ.update(clock.ENVIRONMENT)


def main() -> None:
    """Do one step on this database."""
    clock.stop_at_the_moment()
    import django

    django.setup()
    from django.db import transaction

    from filiere.operations import database
    from filiere.projects.models import ProjectFile

    name, project, step, day = sys.argv[1:]
    database.use(name)
    at = dt.datetime.combine(dt.date.fromisoformat(day), dt.time(9), tzinfo=dt.UTC)
    made = ProjectFile.objects.get(pk=project)
    with transaction.atomic():
        _steps()[step](made, at)
    sys.stdout.write(json.dumps(_told(made)) + "\n")


def _steps() -> "dict[str, Callable[..., object]]":
    from tests.projects import net94

    return {
        "written": _written,
        "sent": lambda made, _at: net94.sent(made),
        "answered": net94.answered,
        "agreed": net94.agreed,
        "paid": net94.paid,
        "proved": net94.proved,
        "told": lambda _made, _at: None,
    }


def _written(made, at) -> None:
    """Write every question, cost and funder that is not there yet; say who would pay what."""
    from filiere.projects import services
    from filiere.projects.forms import question_bank
    from tests.projects import net94

    known = set(made.answers.values_list("question", flat=True))
    for key, question in question_bank().items():
        if key not in known:
            services.save_answer(
                project_id=made.pk, question=key, length="short", number=0,
                text=f"{question.label.fr} : notre réponse."[: question.limits["short"]],
                **net94.act(at),
            )  # fmt: skip
    net94.costed(made)
    net94.funded(made)
    net94.shared_out(made)


def _told(made) -> dict[str, object]:
    """Give totals, requests, and what is broken among the invariants of projects."""
    from dataclasses import asdict

    from filiere.kernel import checks
    from filiere.projects import queries
    from filiere.projects.models import Submission

    totals = queries.totals_of(made.pk)
    sent = Submission.objects.filter(source__project=made)
    return asdict(totals) | {
        "missing_cents": totals.missing_cents,
        "requests": sent.count(),
        "forms": sent.values("form_key").distinct().count(),
        "asked_first_cents": sum(sent.values_list("asked_cents", flat=True)),
        "broken": [one.name for one in checks.run()
                   if one.name.startswith("projects.") and not one.holds],
    }  # fmt: skip


if __name__ == "__main__":
    main()
