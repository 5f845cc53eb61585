"""What the worker does by itself for vouchers: make large lots, warn before their end."""

from datetime import UTC, datetime

from django.db import connection, transaction
from procrastinate.contrib.django import app

from filiere.vouchers import queries, services
from filiere.vouchers.models import Lot, LotState


def ask_vouchers(*, lot: Lot, at: datetime, actor: str) -> None:
    """Have the worker make the vouchers of a lot. Asked twice, they are made once."""
    with transaction.atomic():
        locked = Lot.objects.select_for_update().get(pk=lot.pk)
        if locked.state != LotState.DRAFT or locked.vouchers.exists():
            return
        locked.generation_asked_at = at
        locked.save(update_fields=["generation_asked_at"])
        make_vouchers.configure(lock="vouchers.series").defer(lot_id=lot.pk, actor=actor)


@app.task
def make_vouchers(lot_id: int, actor: str) -> int:
    """Make the vouchers of one lot; nothing to do when they exist."""
    lot = Lot.objects.get(pk=lot_id)
    if lot.state != LotState.DRAFT or lot.vouchers.exists():
        return 0
    at = lot.generation_asked_at or lot.created_at
    with transaction.atomic():
        tell_progress(lot.pk, 0)
        made = services.make_vouchers(
            lot=lot, at=at, actor=actor, progress=lambda done, _of: tell_progress(lot_id, done)
        )
    return len(made)


def tell_progress(lot_id: int, done: int) -> None:
    """Let pages read how far the work is, before it is committed; see ``queries.made_so_far``.

    The name of the connection is seen at once by others, and takes its former value when the
    transaction ends, however it ends.
    """
    with connection.cursor() as cursor:
        name = f"{queries.MAKING}{lot_id} {done}"
        cursor.execute("SELECT set_config('application_name', %s, true)", [name])


@app.periodic(cron="30 6 * * *")
@app.task(queueing_lock="vouchers.alerts", pass_context=False)
def warn_of_endings(timestamp: int) -> int:
    """Every morning: tell of the lots whose last day of use comes near."""
    return services.closing_alerts(at=datetime.fromtimestamp(timestamp, UTC))
