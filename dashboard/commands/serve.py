"""Commands that open the dashboard: demo, open."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from dashboard.commands.text import warn_of_old_sqlite
from dashboard.words import language, t

FIRST_PORT = 8501
STARTS_WITHIN_SECONDS = 60


@click.command("open", help=t("commands.open.help"))
@click.option("--port", type=int, help=t("commands.open.port"))
@click.option("--no-browser", is_flag=True, help=t("commands.open.no_browser"))
def open_command(port: int | None, no_browser: bool) -> None:
    """Open the dashboard on the shop's own database and stay up until Ctrl-C."""
    from shop.db import connect, default_url

    connect(default_url()).close()
    serve(default_url(), port=port, browser=not no_browser)


@click.command("demo", help=t("commands.demo.help"))
@click.option("--orders", default=6000, show_default=True, help=t("commands.demo.orders"))
@click.option("--spring", is_flag=True, help=t("commands.demo.spring"))
@click.option("--no-open", is_flag=True, help=t("commands.demo.no_open"))
@click.option("--port", type=int, help=t("commands.open.port"))
@click.option("--no-browser", is_flag=True, help=t("commands.open.no_browser"))
@click.option(
    "--keep", type=click.Path(path_type=Path, file_okay=False), help=t("commands.demo.keep")
)
def demo_command(
    orders: int, spring: bool, no_open: bool, port: int | None, no_browser: bool, keep: Path | None
) -> None:
    """Import a practice shop, print its figures and open the dashboard on it."""
    place = keep or Path(tempfile.mkdtemp(prefix="kilnboard-demo-"))
    try:
        place.mkdir(parents=True, exist_ok=True)
        url = str(place / "shop.db")
        last = _fill(place, url, orders, spring=spring)
        _say_figures(url, last)
        if not no_open:
            serve(url, port=port, browser=not no_browser)
    finally:
        if keep is None:
            shutil.rmtree(place, ignore_errors=True)


def _fill(place: Path, url: str, orders: int, *, spring: bool) -> date:
    """Write the practice shop's export files and import them as a user would; the last day."""
    from dashboard.commands.data import say_report
    from etl.jobs import import_file
    from shop.db import connect

    files, last = _export_files(place, orders, spring=spring)
    db = connect(url)
    for path in files:
        report = import_file(db, path, settings=_known_of(path))
        say_report(report)
    db.close()
    return last


def _known_of(path: Path) -> dict[str, str]:
    return {"currency": "USD"} if path.name.startswith("tiktok") else {}


def _export_files(place: Path, orders: int, *, spring: bool) -> tuple[Sequence[Path], date]:
    from sample_data.practice import write_shop

    if spring:
        from sample_data.spring import FOLDER

        return _tables(FOLDER), date(2022, 3, 15)
    now = datetime.now(ZoneInfo("Asia/Shanghai"))
    click.echo(t("commands.demo.writing", orders=orders))
    write_shop(place / "exports", orders=orders, until=now.date(), now=now.replace(tzinfo=None))
    return _tables(place / "exports"), now.date()


def _tables(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix in (".csv", ".xlsx"))


def _say_figures(url: str, last: date) -> None:
    """Print last month's and this month's figures, as `report` would."""
    from dashboard.commands.figures import DEFAULT, contract, say_text
    from shop.db import connect
    from shop.query import Query, answer

    db = connect(url)
    query = Query(DEFAULT, last - timedelta(days=29), last)
    click.echo()
    say_text(contract(db, query, answer(db, query), "previous"), query, "CNY")
    click.echo()
    db.close()


def serve(url: str, *, port: int | None = None, browser: bool = True) -> None:
    """Run the dashboard on loopback until Ctrl-C; its address is printed once it answers."""
    warn_of_old_sqlite()
    port = port or _free_port()
    process = subprocess.Popen(
        command(port), env={**os.environ, "KILNBOARD_DB": url}, stdout=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        if not _answers(address, process):
            raise click.ClickException(t("commands.open.failed"))
        click.echo(t("commands.open.at", address=f"{address}/?lang={language()}"))
        if browser and _has_desktop():
            click.launch(f"{address}/?lang={language()}")
        process.wait()
    except KeyboardInterrupt:
        click.echo(t("commands.open.closed"))
    finally:
        process.terminate()
        process.wait()


def command(port: int) -> list[str]:
    """The server's command line: our settings win over what lies about on the machine."""
    from dashboard import theme

    app = str(Path(__file__).parent.parent / "app.py")
    flags = [f"--{name}={_flag(value)}" for name, value in theme.options().items()]
    return [sys.executable, "-m", "streamlit", "run", app, *flags, f"--server.port={port}"]


def _flag(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _free_port() -> int:
    for port in range(FIRST_PORT, FIRST_PORT + 50):
        with socket.socket() as probe:
            if os.name != "nt":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise click.ClickException(t("commands.open.no_port"))


def _answers(address: str, process: subprocess.Popen[Any]) -> bool:
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            time.sleep(0.1)
    return False


def _has_desktop() -> bool:
    return (
        os.name == "nt"
        or sys.platform == "darwin"
        or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    )
