"""``python -m tests.e2e.worker DATABASE``: the real worker, until nothing waits for it."""

import os
import sys

from tests.e2e import clock

os.environ.update(clock.ENVIRONMENT)


def main() -> None:
    """Do what waits in this database, then stop."""
    clock.stop_at_the_moment()
    import django

    django.setup()
    from django.core.management import call_command

    from filiere.operations import database

    database.use(sys.argv[1])
    call_command("procrastinate", "worker", "--one-shot", "--concurrency", "1")


if __name__ == "__main__":
    main()
