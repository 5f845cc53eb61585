"""The site as the browser tests serve it: the real application, on the stage's database."""

import os

from tests.e2e import clock

os.environ.update(clock.ENVIRONMENT)
moves = clock.stop_at_the_moment()
clock.lighten()

from config.wsgi import application as site  # noqa: E402
from filiere.operations import database  # noqa: E402

database.use(os.environ[clock.DATABASE])
application = clock.following(site, moves)
__all__ = ["application"]
