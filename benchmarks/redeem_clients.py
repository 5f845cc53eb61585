"""Processes that redeem through the service as fast as they can, one connection each."""

import multiprocessing
import os
import time
from collections.abc import Callable

from benchmarks.redeem_scene import AT, ON, SERVICE, Scene

BATCH = 100


def single(scene: Scene, client: int, step: int, run: str) -> int:
    """Redeem once through the service."""
    from filiere.vouchers import services

    services.redeem(reference=f"{run}-{client}-{step}", **scene.act(step * 7919 + client * 104729))  # type: ignore[arg-type]
    return 1


def batched(scene: Scene, client: int, step: int, run: str) -> int:
    """Redeem a hundred in one call of the service."""
    from filiere.vouchers import services

    acts = []
    for rank in range(BATCH):
        told = scene.act(step * 7919 + client * 104729 + rank * 31)
        acts.append(
            services.Act(
                voucher=str(told["code"]), reference=f"{run}-{client}-{step}-{rank}",
                provider_id=int(str(told["provider_id"])), wanted_cents=700, service=SERVICE,
                commune_id=scene.commune_id, on=ON, occurred_at=AT,
            )
        )  # fmt: skip
    answers = services.redeem_many(acts=acts, at=AT, actor="bench")
    return sum(isinstance(answer, services.Redeemed) for answer in answers)


type_step = Callable[[Scene, int, int, str], int]


def rate(step: type_step, scene: Scene, clients: int, seconds: int) -> float:
    """Run one step again and again in as many processes as clients; give done a second."""
    from django.db import connections

    connections.close_all()
    context = multiprocessing.get_context("fork")
    barrier, answers = context.Barrier(clients), context.Queue()
    run = f"{os.getpid()}-{time.monotonic_ns()}"

    def work(client: int) -> None:
        step(scene, client, 0, run)
        barrier.wait()
        began, done, turn = time.perf_counter(), 0, 0
        while time.perf_counter() - began < seconds:
            turn += 1
            done += step(scene, client, turn, run)
        answers.put(done / (time.perf_counter() - began))
        connections.close_all()

    workers = [context.Process(target=work, args=(client,)) for client in range(clients)]
    for worker in workers:
        worker.start()
    total = sum(answers.get() for _ in workers)
    for worker in workers:
        worker.join()
    return float(total)


def oppose(scene: Scene, *, clients: int, seconds: int) -> tuple[int, int]:
    """Redeem the same vouchers in batches of opposite orders; give batches done and deadlocks."""
    from django.db import OperationalError, connections

    from filiere.vouchers import services

    connections.close_all()
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    run = f"{os.getpid()}-{time.monotonic_ns()}"

    def work(client: int) -> None:
        until, done, deadlocks = time.monotonic() + seconds, 0, 0
        while time.monotonic() < until:
            acts = [
                services.Act(
                    voucher=code, reference=f"{run}-{client}-{done}-{rank}",
                    provider_id=scene.provider_ids[rank % 7], wanted_cents=1, service=SERVICE,
                    commune_id=scene.commune_id, on=ON, occurred_at=AT,
                )
                for rank, code in enumerate(scene.codes[:BATCH])
            ]  # fmt: skip
            try:
                services.redeem_many(acts=acts[:: -1 if client % 2 else 1], at=AT, actor="bench")
            except OperationalError:
                deadlocks += 1
            done += 1
        answers.put((done, deadlocks))
        connections.close_all()

    workers = [context.Process(target=work, args=(client,)) for client in range(clients)]
    for worker in workers:
        worker.start()
    told = [answers.get() for _ in workers]
    for worker in workers:
        worker.join()
    return sum(done for done, _ in told), sum(deadlocks for _, deadlocks in told)
