"""What the worker does by itself for the ledger: give back, add up, seal."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from filiere.ledger import services

WORKER = "worker"


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="ledger.seal", pass_context=False)
def seal_ledger(timestamp: int) -> int:
    """Every five minutes: chain what was posted."""
    return services.seal(at=datetime.fromtimestamp(timestamp, UTC))


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="ledger.roll_up", pass_context=False)
def roll_up_balances(timestamp: int) -> int:
    """Every ten minutes: add what was posted to the snapshots of balances."""
    return services.roll_up(at=datetime.fromtimestamp(timestamp, UTC))


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="ledger.holds", pass_context=False)
def expire_holds(timestamp: int) -> int:
    """Every minute: give back the amounts set aside whose time is over."""
    return services.expire_holds(at=datetime.fromtimestamp(timestamp, UTC), actor=WORKER)
