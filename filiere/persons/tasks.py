"""What the worker does by itself for persons: forget on time, send what waits."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from filiere.kernel.calendar import legal_day
from filiere.persons import outbox, services

WORKER = "worker"


@app.periodic(cron="15 2 * * *")
@app.task(queueing_lock="persons.purge", pass_context=False)
def purge_persons(timestamp: int) -> int:
    """Every night: anonymise the files whose last contact is too old."""
    at = datetime.fromtimestamp(timestamp, UTC)
    return services.purge(on=legal_day(at), at=at, actor=WORKER)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="persons.outbox", pass_context=False)
def send_outbox(timestamp: int) -> int:
    """Every minute: send the e-mails that wait."""
    return outbox.send_waiting(at=datetime.fromtimestamp(timestamp, UTC), reader=WORKER)
