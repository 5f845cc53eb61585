"""What the worker does about payments."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from filiere.settlement import notices, queries


@app.periodic(cron="0 6 * * 1")
@app.task(name="settlement.propose_batch")
def propose_batch(timestamp: int) -> None:
    """Each Monday, tell the operators what a batch prepared now would pay. Nothing is frozen.

    A person prepares the batch and another approves it, as always.

    Args:
        timestamp: moment the task was due, in seconds since 1970.
    """
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    owed = queries.payables(until=at)
    out = queries.left_out(cutoff_at=at, at=at)
    cents = sum(owed.values()) - sum(one.amount_cents for one in out)
    if cents:
        notices.propose_batch(owed_cents=cents, providers=len(owed) - len(out), at=at)
