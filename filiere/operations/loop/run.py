"""Running the loop day by day under a carried clock, alone or with helper processes."""

import datetime as dt
import multiprocessing
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connections

from filiere.agenda import queries as agenda_queries
from filiere.agenda import services as agenda
from filiere.directory import services as directory
from filiere.directory.models import Place
from filiere.kernel import checks
from filiere.kernel.errors import FiliereError
from filiere.observatory import queries as observatory
from filiere.operations.loop import counter, money, people, world
from filiere.operations.loop.counter import Tally
from filiere.operations.loop.people import Visitor, Walk
from filiere.operations.loop.report import Report
from filiere.operations.loop.state import Run
from filiere.operations.loop.world import PARIS, World
from filiere.orientation import services as orientation
from filiere.pathways import queries as pathways_queries
from filiere.pathways import services as pathways
from filiere.settlement.models import Batch
from filiere.territories.models import Territory
from filiere.vouchers import queries as voucher_queries
from filiere.vouchers import services as vouchers

OPENS_AT = dt.datetime(2026, 1, 5, tzinfo=PARIS)
ARRIVAL_DAYS = 22
# People begin to arrive this many days before the first slot.
BEFORE = 5


def _seek(task: tuple[World, Visitor]) -> Walk:
    return people.seek(*task)


def _receive(task: dict[str, Any]) -> Tally:
    return counter.receive(**task)


def _answer(task: dict[str, Any]) -> Tally:
    return counter.answer_referral(**task)


def _expire(at: dt.datetime) -> int:
    return orientation.expire_due(at=at, actor="loop")


def _ask_again(task: dict[str, Any]) -> None:
    pathways.answer_follow_up(**task, actor="loop")


def open_doors(run: Run, *, until: dt.datetime | None = None) -> None:
    """Issue the vouchers and live every day: people arrive, places answer, sessions take place.

    Args:
        until: stop before the first day that begins after it; the whole run by default.
    """
    with run.phase("vouchers"):
        purse = money.issue(run.world, persons=run.persons, seed=run.seed, tally=run.tally)
    visitors = _visitors(run, purse)
    with _pool(run.workers) as each:
        for number in range(ARRIVAL_DAYS + world.WEEKS * 7):
            day = number - BEFORE
            if until and run.world.opens_at + dt.timedelta(days=day + 1) > until:
                break
            _day(run, day, visitors.get(day, []), each)


def close_books(run: Run, *, folder: Path) -> tuple[Batch, Path]:
    """Collect, settle, pay, and ask people one and six months after."""
    with run.phase("settlement"):
        closing = run.world.closes_at + dt.timedelta(days=14)
        money.collect_third_parties(run.world, at=closing)
        label = f"VIR-{closing:%Y%m%d}-{run.world.programme_id}"
        paid = money.settle(at=closing, label=label, folder=folder, tally=run.tally)
    with run.phase("follow_up"), _pool(run.workers) as each:
        _follow_up(run, each)
    return paid


def walk(run: Run, *, folder: Path, places_read: dict[str, int]) -> Report:
    """Walk the twelve links; the territory and its places are already loaded."""
    open_doors(run)
    batch, path = close_books(run, folder=folder)
    with run.phase("board"):
        board = observatory.board(
            Territory.objects.get(pk=run.world.territory_id),
            at=run.world.closes_at + dt.timedelta(days=300),
        )
    with run.phase("check"):
        verdicts = checks.run()
    return Report(
        run=run, batch=batch, path=path, board=board, verdicts=verdicts, places=places_read
    )


def _visitors(run: Run, purse: money.Purse) -> dict[int, list[Visitor]]:
    """Everyone's day and hour of arrival; two in three hold a voucher."""
    by_day: dict[int, list[Visitor]] = {}
    rng = random.Random(f"arrivals:{run.seed}")
    codes = iter(purse.codes)
    keepers = voucher_queries.custodians_of([issued.serial for issued in purse.codes])
    for number in range(run.persons):
        day = rng.randrange(ARRIVAL_DAYS) - BEFORE
        at = run.world.opens_at + dt.timedelta(days=day, hours=9, minutes=rng.randrange(480))
        issued = next(codes, None) if rng.random() < 0.62 else None
        visitor = Visitor(
            number=number,
            seed=run.seed,
            arrives_at=at,
            serial=issued.serial if issued else None,
            code=issued.code if issued else "",
            keeper_id=(keepers[issued.serial] or 0) if issued else 0,
        )
        by_day.setdefault(day, []).append(visitor)
    return by_day


def _day(run: Run, day: int, arriving: list[Visitor], each: Any) -> None:
    """One calendar day: answers and deadlines, arrivals, mishaps, sessions."""
    morning = run.world.opens_at + dt.timedelta(days=day, hours=8)
    with run.phase("referrals"):
        # Each process takes what the others do not hold: expiry skips locked referrals.
        run.tally.counts["referrals_expired"] += sum(each(_expire, [morning] * run.workers))
        for tally in each(_answer, counter.to_answer(at=morning, seed=run.seed)):
            run.tally.add(tally)
    with run.phase("people"):
        for visitor, walked in zip(
            arriving, each(_seek, [(run.world, v) for v in arriving]), strict=True
        ):
            run.walks[visitor.number] = walked
            run.tally.refusals.update(walked.refusals)
            if visitor.code:
                run.codes[walked.person_id] = visitor.code
                _maybe_lose(run, visitor, walked.person_id)
            run.say("people", len(run.walks), run.persons)
    with run.phase("mishaps"):
        _mishaps(run, day, morning)
    with run.phase("sessions"):
        expected = counter.expected_between(morning, morning + dt.timedelta(days=1))
        tasks = [
            {
                "registration_id": registration_id,
                "ends_at": ends_at,
                "code": run.codes.get(person_id, ""),
                "seed": run.seed,
            }
            for registration_id, person_id, ends_at in expected
        ]
        for tally in each(_receive, tasks):
            run.tally.add(tally)
            run.say("sessions", run.tally.counts["sessions"], run.persons)


def _maybe_lose(run: Run, visitor: Visitor, person_id: UUID) -> None:
    """One holder in thirty loses the paper; one in two of them still shows the old code."""
    rng = random.Random(f"lost:{run.seed}:{visitor.number}")
    if rng.random() > 1 / 30 or visitor.serial is None:
        return
    try:
        fresh = vouchers.declare_lost(serial=visitor.serial, at=visitor.arrives_at, actor="loop")
    except FiliereError as refusal:
        run.tally.refusals[refusal.code] += 1
        return
    run.tally.counts["vouchers_lost"] += 1
    run.codes[person_id] = fresh.code if rng.random() < 0.5 else visitor.code


def _mishaps(run: Run, day: int, at: dt.datetime) -> None:
    """On two days something goes wrong: a mediator is ill, then a place closes for good."""
    if day == 3:
        slots = agenda_queries.day_of_place(run.world.place_ids[1], at.date())
        run.tally.counts["slots_cancelled"] += agenda.cancel_slots(
            slot_ids=[slot.pk for slot in slots], at=at, actor="loop"
        )
    if day == 10:
        place = Place.objects.get(pk=run.world.place_ids[0])
        directory.close_place(place=place, on=at.date(), at=at, actor="loop")
        run.tally.counts["places_closed"] += 1


def _follow_up(run: Run, each: Any) -> None:
    """Ask at one and six months: seven in ten answer, the silent are counted."""
    for days in (45, 230):
        at = run.world.closes_at + dt.timedelta(days=days)
        due = pathways_queries.due_follow_ups(at.date()).order_by("pk")
        answers: list[dict[str, Any]] = []
        for pk in list(due.values_list("pk", flat=True)):
            rng = random.Random(f"follow:{run.seed}:{pk}")
            if rng.random() < 0.7:
                alone = rng.random() < 0.55
                answers.append({"follow_up_id": pk, "did_it_alone": alone, "at": at})
        each(_ask_again, answers)
        run.tally.counts["follow_ups_answered"] += len(answers)
        run.tally.counts["follow_ups_silent"] += pathways.close_silent_follow_ups(
            on=at.date() + dt.timedelta(days=70)
        )


@contextmanager
def _pool(workers: int) -> Iterator[Any]:
    """Give a ``map`` that keeps order: in this process, or spread over ``workers``."""
    if workers <= 1:
        yield lambda function, tasks: [function(task) for task in tasks]
        return
    # Forked at once, while no connection is open: a socket to the database is never shared.
    connections.close_all()
    with multiprocessing.get_context("fork").Pool(workers) as pool:
        # Small parts: the last to end keeps the others waiting.
        yield lambda function, tasks: pool.map(
            function, tasks, chunksize=min(4, 1 + len(tasks) // (workers * 4))
        )
