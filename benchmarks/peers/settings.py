"""The project's settings, middleware included, with three pages to measure and one database."""

import os

from config.settings import *  # noqa: F403
from config.settings import DATABASES

ROOT_URLCONF = "benchmarks.peers.pages"
for _login in DATABASES.values():
    _login["NAME"] = os.environ["FILIERE_BENCH_DATABASE"]
