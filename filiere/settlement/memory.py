"""Room for large batches."""

from django.db import connection

ROOM = "64MB"


def take_memory() -> None:
    """Let sorts and joins of this transaction use more memory than PostgreSQL's few megabytes.

    A batch may hold a million lines: without it each of its statements goes through files. At most
    one batch is frozen or emitted at a time (``billing.lock_payments``, the batch's row).
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('work_mem', %s, TRUE)", [ROOM])
