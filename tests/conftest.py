"""Options of the tests and how their files are given to processes; the fixtures of all tests are in `fixtures`."""

from __future__ import annotations

import gc
import os
import sys
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

from tests.support.engines import redirect

# Compiled files are kept even where the environment forbids it: otherwise every process that a test starts compiles
# the program again, and each of the two test processes rewrites all tests.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
gc.disable()  # until all tests are collected
FIXTURES = "tests.fixtures"
TOGETHER = ("tests/browser/", "tests/architecture/")
WITH_SERVERS = (
    "tests/shop/db/",
    "tests/shop/group/",
)  # most of what needs a PostgreSQL server: one is enough


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        redirect.OPTION,
        choices=("sqlite", "postgresql"),
        default="sqlite",
        help="where the shops of the tests are",
    )


def pytest_configure(config: pytest.Config) -> None:
    if not redirect.distributes(config):
        config.pluginmanager.import_plugin(FIXTURES)
    redirect.configure(config)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    """Give each file to one process, and some folders: the browser waits while the others compute; trees are shared."""
    return _FoldersInOneProcess(config, log) if config.getoption("dist") == "loadfile" else None


class _FoldersInOneProcess(LoadFileScheduling):
    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        if file.startswith(WITH_SERVERS):
            return WITH_SERVERS[0]
        return next((folder for folder in TOGETHER if file.startswith(folder)), file)
