"""The site as the browser tests serve it: the real application, on the stage's database."""

import os

from tests.e2e import clock

os.environ.update(clock.ENVIRONMENT)
clock.stop_at_the_moment()
clock.lighten()

from config.wsgi import application  # noqa: E402
from filiere.operations import database  # noqa: E402

database.use(os.environ[clock.DATABASE])
__all__ = ["application"]
