"""What the worker does by itself for pathways."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from filiere.kernel.calendar import legal_day
from filiere.pathways import services


@app.periodic(cron="45 2 * * *")
@app.task(queueing_lock="pathways.follow_ups", pass_context=False)
def close_silent_follow_ups(timestamp: int) -> int:
    """Every night: count as unanswered the questions that waited too long."""
    return services.close_silent_follow_ups(on=legal_day(datetime.fromtimestamp(timestamp, UTC)))
