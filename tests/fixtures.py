"""Fixtures of all tests: a fresh database, and the committed spring set imported once.

The process that gives the tests to others runs none and does not load this.
"""

import gc
import logging
import os
import signal
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import time_machine
from argon2 import PasswordHasher, profiles
from hypothesis import settings
from nacl.pwhash import argon2id
from streamlit import config, logger
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import app_test, local_script_runner

from dashboard.i18n.language import use_language
from etl.imports.importer import import_file
from sample_data.generator.practice import plan_shop
from sample_data.studio import shops
from shop.access import accounts
from shop.connect import connect
from shop.core import passphrase
from shop.db import database
from shop.db.database import Database
from shop.metrics.comment_days.arrays import fill
from shop.metrics.deferred_rollups import up_to_date
from tests.oracles.studio import StudioTruth
from tests.support.chat_robot import Robot, running
from tests.support.engines.postgres import server
from tests.support.fresh import begin_as_copy, new_database, share_with_other_processes
from tests.support.shared import built_once
from tests.support.shops import outgoing
from tests.support.shops.practice_studio import Studio, spring_files, write_studio

settings.register_profile("untimed", deadline=None)  # no example may fail because the machine is slow
settings.load_profile("untimed")


def pytest_collection_finish() -> None:
    """Collect garbage from now on, more rarely than usual, and never among what the imports made."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


@pytest.fixture(autouse=True, scope="session")
def cheap_hashes() -> Iterator[None]:
    """Passwords and passphrases are hashed at the least cost; the program's own has a test in tests/shop/access."""
    hasher = PasswordHasher.from_parameters(profiles.CHEAPEST)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "hasher", lambda: hasher)
        patch.setattr(passphrase, "OPERATIONS", argon2id.OPSLIMIT_MIN)
        patch.setattr(passphrase, "MEMORY", argon2id.MEMLIMIT_MIN)
        yield


@pytest.fixture(autouse=True, scope="session")
def cheap_new_shops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A new shop is a copy of one that the first process migrated; the steps have tests in tests/shop/migrations."""
    share_with_other_processes(tmp_path_factory)
    new_database(tmp_path_factory.mktemp("new") / "shop.db").close()
    opening = import_module("shop.connect")
    open_shop = opening.open_shop

    def open_copy(url: str | None, *given: Any, **named: Any) -> Any:
        begin_as_copy(url or database.default_url())
        return open_shop(url, *given, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "open_shop", open_copy)
        yield


@pytest.fixture(autouse=True, scope="session")
def cheap_page_starts() -> Iterator[None]:
    """What `AppTest` does again for each page although no test changes it is done once per process.

    That is to look through all installed packages for components, to compile the scripts and to make the double of
    the runtime, whose parts each run sets anew. A run is waited for by its thread instead of a question each
    millisecond.
    """
    scan, scripts, runtime, give_up = (
        manifest_scanner.scan_component_manifests,
        ScriptCache(),
        app_test.MagicMock(spec=app_test.Runtime),
        local_script_runner.require_widgets_deltas,
    )

    def wait(runner: local_script_runner.LocalScriptRunner, timeout: float) -> None:
        if thread := runner._script_thread:
            thread.join(timeout)
        if not runner.script_stopped():
            give_up(runner, 0)

    for option in ("browser.gatherUsageStats", "runner.magicEnabled", "runner.postScriptGC"):
        config.set_option(option, False)  # as dashboard/theme/config.toml has it
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(scan))
        for module in (app_test, local_script_runner):
            patch.setattr(module, "ScriptCache", lambda: scripts)
        patch.setattr(app_test, "MagicMock", lambda spec: runtime)
        patch.setattr(local_script_runner, "require_widgets_deltas", wait)
        yield


@pytest.fixture(autouse=True, scope="session")
def no_waiting_for_the_disk() -> Iterator[None]:
    """Nothing that a test stores has to outlive a power cut, and no test cuts the power: the disk is not waited for."""
    prepare = database.prepare

    def prepare_quickly(connection: Any, record: Any) -> None:
        prepare(connection, record)
        connection.execute("PRAGMA synchronous = OFF")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "prepare", prepare_quickly)
        patch.setattr(os, "fsync", lambda _: None)
        yield


@pytest.fixture(autouse=True, scope="session")
def no_console_log() -> Iterator[None]:
    """Streamlit's loggers write to no console: theirs may be the closed stream of an earlier test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(logger, "setup_formatter", remove_console)
        logger.update_formatter()
        yield


def remove_console(log: logging.Logger) -> None:
    if hasattr(log, "streamlit_console_handler"):
        log.removeHandler(log.streamlit_console_handler)
    log.addHandler(logging.NullHandler())  # without any, Python's own last resort would write to the console


@pytest.fixture(autouse=True)
def usual_process() -> Iterator[None]:
    """Each test begins in Chinese, with the environment, folder and signals of the others, whatever one of them left.

    Commands that a test runs in this process change them: --db, --user, `sync` and `open` do.
    """
    use_language("zh")
    environment, folder = dict(os.environ), Path.cwd()
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    os.chdir(folder)
    for number, handler in handlers.items():
        signal.signal(number, handler)
    for name in {*os.environ} - {*environment, "PYTEST_CURRENT_TEST"}:
        del os.environ[name]
    for name, value in environment.items():
        if name != "PYTEST_CURRENT_TEST" and os.environ.get(name) != value:
            os.environ[name] = value


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    result = new_database(tmp_path / "shop.db")
    yield result
    result.close()


@pytest.fixture
def outgoing_clock() -> Iterator[None]:
    """The moment when the orders of `outgoing` have to leave, however late a test begins: it may be another day."""
    with time_machine.travel(outgoing.NOW, tick=True):
        yield


@pytest.fixture(scope="session")
def spring_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def build(folder: Path) -> None:
        db = new_database(folder / "shop.db")
        for file in spring_files():
            import_file(db, file)
        up_to_date(db)  # two processes that compute late figures at once would meet
        fill(db)
        db.close()

    return built_once(tmp_path_factory, "spring", build) / "shop.db"


@pytest.fixture
def spring(spring_path: Path) -> Iterator[Database]:
    """The spring set; read only, for it is shared."""
    result = connect(str(spring_path))
    yield result
    result.close()


@pytest.fixture(scope="session")
def server_url(pytestconfig: pytest.Config) -> Iterator[str]:
    """A PostgreSQL server of this process, on which tests make databases of their own.

    Translations of earlier runs by the same translator are used again, as those of earlier processes of a user are.
    """
    with server() as url, pytest.MonkeyPatch.context() as patch:
        from shop.db.postgresql import translation_store

        stored = pytestconfig.rootpath / ".pytest_cache" / "statements.db"
        patch.setattr(translation_store, "place", lambda: stored)
        yield url


@pytest.fixture
def robot() -> Iterator[Robot]:
    """A chat robot on loopback that checks the signature of posts."""
    with running() as result:
        yield result


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    plan = plan_shop(orders=900, until=date(2025, 10, 31), days=150)
    workshop = shops.of_files(plan)
    folder = built_once(tmp_path_factory, "studio", lambda folder: write_studio(folder, plan, workshop))
    return Studio(folder / "shop.db", workshop, StudioTruth(workshop))


@pytest.fixture
def workshop_db(studio: Studio) -> Iterator[Database]:
    """A practice shop with kilns, stock and costs; read only, for it is shared (see `studio`)."""
    result = connect(str(studio.path))
    yield result
    result.close()
