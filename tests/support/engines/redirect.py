"""`pytest --engine postgresql`: every shop that a test opens at a path is a database of a PostgreSQL server instead.

At the path is a small file that names the database. A file of SQLite that lies there is carried over when it is opened;
a copy of the small file becomes a copy of the database. Processes that a test starts do the same (see `child`), and
whoever opens the small file by SQLite's own module reads the database.
"""

from __future__ import annotations

import pytest

OPTION = "--engine"
VARIABLE = "KILNBOARD_TEST_ENGINE"  # the URL of the server, for processes that tests start


def distributes(config: pytest.Config) -> bool:
    """Whether this process runs no tests but gives them to others."""
    return bool(config.getoption("numprocesses", None)) and not hasattr(config, "workerinput")


def configure(config: pytest.Config) -> None:
    """Let all shops be opened on a server where the option asks for it; each process that runs tests has its own."""
    if config.getoption(OPTION) == "postgresql" and not distributes(config):
        from tests.support.engines.on_server import start

        start(config)
