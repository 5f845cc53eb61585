"""What the worker does by itself for invoices."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from filiere.billing import services


@app.periodic(cron="30 5 * * 1-5")
@app.task(queueing_lock="billing.reminders", pass_context=False)
def prepare_reminders(timestamp: int) -> int:
    """Each working day: prepare the reminders of invoices not paid. A person sends each of them."""
    return services.prepare_reminders(at=datetime.fromtimestamp(timestamp, UTC))
