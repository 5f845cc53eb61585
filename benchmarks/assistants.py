"""How long an assistant takes to answer, at worst: ``make bench NAME=assistants``.

Also a part of ``make bench NAME=plan``.

Each assistant answers many sets of random answers, the same ones every time, most of them whole;
the slowest answer of the slowest assistant is compared with its budget.
"""

import random
import time
from collections.abc import Callable
from datetime import date, timedelta

from benchmarks.report import show
from filiere.rules.assistants.registry import all_assistants
from filiere.rules.assistants.shape import Answer, Kind, Question, Sheet

BUDGET_SECONDS = 0.005
SETS = 300
ON = date(2026, 11, 22)


def _answer(question: Question, source: random.Random) -> Answer:
    makers: dict[Kind, Callable[[], Answer]] = {
        Kind.YES_NO: lambda: source.random() < 0.5,
        Kind.AMOUNT: lambda: source.randrange(40_000_000),
        Kind.COUNT: lambda: source.choice([0, 1, 3, 10, 2025, 2026]),
        Kind.DATE: lambda: ON - timedelta(days=source.randrange(1500)),
        Kind.CHOICE: lambda: source.choice(question.options).key,
    }
    return makers[question.kind]()


def _answers(sheet: Sheet, source: random.Random) -> dict[str, Answer]:
    return {one.key: _answer(one, source) for one in sheet.questions if source.random() < 0.95}


def slowest(sets: int = SETS) -> tuple[str, float, int]:
    """Measure every assistant.

    Returns:
        The slowest one's key, the seconds of its slowest answer once words are read, and the
        number of answers given in all.
    """
    worst, name, given = 0.0, "", 0
    for key, assistant in all_assistants().items():
        source = random.Random(key)
        assistant.judge({}, ON)
        for _ in range(sets):
            answers = _answers(assistant.sheet, source)
            best = min(_seconds(lambda: assistant.judge(answers, ON)) for _ in range(2))  # noqa: B023
            given += 1
            if best > worst:
                worst, name = best, key
    return name, worst, given


def _seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def measure() -> tuple[dict[str, float | int | str], dict[str, float]]:
    """Measure every assistant; a part of ``make bench NAME=plan`` too.

    Returns:
        Counts and milliseconds, and the ratio: budget ÷ the slowest answer of the slowest one.
    """
    name, worst, given = slowest()
    results: dict[str, float | int | str] = {
        "assistants": len(all_assistants()),
        "answers": given,
        "slowest": name,
        "slowest_milliseconds": round(worst * 1000, 3),
    }
    return results, {"assistant_budget": BUDGET_SECONDS / worst}


def main() -> None:
    """Measure and print the line."""
    results, ratios = measure()
    show(name="assistants", results=results, ratios=ratios)


if __name__ == "__main__":
    main()
