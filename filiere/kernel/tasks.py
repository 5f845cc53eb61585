"""What the worker does by itself for every app: forget who did what how often."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from filiere.kernel import throttle


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="kernel.sweep", pass_context=False)
def sweep_counters(timestamp: int) -> int:
    """Every ten minutes: drop the counters that hold nobody back any more."""
    return throttle.sweep(at=datetime.fromtimestamp(timestamp, UTC))
