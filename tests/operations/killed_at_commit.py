"""``python -m tests.operations.killed_at_commit``: send one request, and die without warning.

Reads one JSON line: ``moment`` (before or after the COMMIT that writes the first use of a voucher),
and the request. The process kills itself with -9 there, so the answer never leaves it.
"""

import json
import os
import signal
import sys

from tests.e2e import clock

os.environ.update(clock.ENVIRONMENT)


def main() -> None:
    """Answer one request of the real site, and be killed while doing so."""
    clock.stop_at_the_moment()
    clock.lighten()
    import django

    django.setup()
    from django.db import connection
    from django.test import Client

    from filiere.operations import database
    from filiere.vouchers.models import Movement

    database.use(os.environ[clock.DATABASE])
    asked = json.loads(sys.stdin.readline())
    commit = connection._commit

    def killed() -> None:
        paying = Movement.objects.exists()
        if paying and asked["moment"] == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        commit()
        if paying and asked["moment"] == "after":
            os.kill(os.getpid(), signal.SIGKILL)

    connection._commit = killed  # type: ignore[method-assign]
    answer = Client(SERVER_NAME="127.0.0.1").post(
        asked["path"],
        asked["body"],
        content_type="application/json",
        headers=asked["headers"],
    )
    sys.stdout.write(answer.content.decode())  # only if nothing was paid: the test then fails


if __name__ == "__main__":
    main()
