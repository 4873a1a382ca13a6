"""The command that opens the dashboard, and how it is served."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from types import FrameType
from typing import Any

import click

from dashboard.commands.common.output import warn_of_old_sqlite
from dashboard.i18n.language import language
from dashboard.i18n.messages import t

FIRST_PORT = 8501
STARTS_WITHIN_SECONDS = 60


@click.command("open", help=t("commands.open.help"))
@click.option("--port", type=int, help=t("commands.open.port"))
@click.option("--no-browser", is_flag=True, help=t("commands.open.no_browser"))
@click.option("--role", type=click.Choice(["owner", "assistant", "creator"]), help=t("commands.open.role"))
def open_command(port: int | None, no_browser: bool, role: str | None) -> None:
    """Open the dashboard on the shop's own database and stay up until Ctrl-C."""
    from dashboard.ui.actor import ROLE
    from shop.connect import connect
    from shop.db.database import default_url

    connect(default_url()).close()
    if role:
        os.environ[ROLE] = role
    serve(default_url(), port=port, browser=not no_browser)


def serve(url: str, *, port: int | None = None, browser: bool = True) -> None:
    """Run the dashboard on loopback until Ctrl-C; its address is printed once it answers."""
    warn_of_old_sqlite()
    port = port or _free_port()
    signal.signal(signal.SIGTERM, _leave)
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


def _leave(_number: int, _frame: FrameType | None) -> None:
    """End as by Ctrl-C, so that the server goes along."""
    raise SystemExit(0)


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
