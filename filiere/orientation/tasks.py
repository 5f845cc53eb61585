"""What the worker does by itself for orientation."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from filiere.orientation import services


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="orientation.expire", pass_context=False)
def expire_referrals(timestamp: int) -> int:
    """Every five minutes: pass on the referrals whose place stayed silent."""
    return services.expire_due(at=datetime.fromtimestamp(timestamp, UTC), actor="worker")
