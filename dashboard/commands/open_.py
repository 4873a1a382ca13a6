"""The command that opens the dashboard, and how it is served."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

import click

from dashboard.commands.common.output import warn_of_old_sqlite
from dashboard.i18n.language import language
from dashboard.i18n.messages import t

FIRST_PORT = 8501
SLOW_SECONDS = 20  # until a start that takes long is reported
Server = subprocess.Popen[str]
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("open", help=t("commands.open.help"))
@click.option("--port", type=int, help=t("commands.open.port"))
@click.option("--no-browser", is_flag=True, help=t("commands.open.no_browser"))
@click.option(
    "--role", type=click.Choice(["owner", "assistant", "packer", "creator"]), help=t("commands.open.role")
)
@click.option("--share", is_flag=True, help=t("commands.open.share"))
@click.option("--certificate", type=FILE, help=t("commands.open.certificate"))
@click.option("--key", type=FILE, help=t("commands.open.key"))
@click.option("--host", "hosts", multiple=True, metavar="NAME", help=t("commands.open.host"))
@click.option("--new", "is_new", is_flag=True, help=t("commands.open.new"))
def open_command(
    port: int | None,
    no_browser: bool,
    role: str | None,
    share: bool,
    certificate: Path | None,
    key: Path | None,
    hosts: tuple[str, ...],
    is_new: bool,
) -> None:
    """Open the dashboard on the shop's own database and stay up until Ctrl-C.

    Where only backups of it are there, its pages offer them on this machine.
    """
    if bool(certificate) != bool(key):
        raise click.UsageError(t("commands.open.both"))
    with loading_server() as server:
        from dashboard.server.hosts import HOSTS
        from dashboard.server.listener import CERTIFICATE, CERTIFICATE_KEY, SHARE
        from dashboard.text.errors import error
        from shop.access.accounts import have_accounts, new_setup_code
        from shop.connect import connect
        from shop.core.errors import LostShop
        from shop.db.database import ROLE_VARIABLE, default_url

        code, is_shared = None, False
        try:
            db = connect(default_url(), is_new=is_new)
        except LostShop as lost:
            click.echo(error(lost), err=True)
            share = False
        else:
            code, is_shared = new_setup_code(db), share and have_accounts(db)
            db.close()
        given = {ROLE_VARIABLE: role, SHARE: "1" if is_shared else None, HOSTS: ",".join(hosts) or None}
        given |= {
            name: str(path.resolve())
            for name, path in ((CERTIFICATE, certificate), (CERTIFICATE_KEY, key))
            if path
        }
        os.environ.update({name: value for name, value in given.items() if value})
        if not is_shared:
            os.environ.pop(SHARE, None)
        serve(server, default_url(), port=port, browser=not no_browser, code=code, is_shared=share)


@contextmanager
def loading_server() -> Iterator[Server]:
    """A process of the dashboard that loads the program meanwhile; it listens once `serve` sends where and what."""
    process = subprocess.Popen(
        [sys.executable, "-m", "dashboard.server.launch"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


def serve(
    server: Server,
    url: str,
    *,
    port: int | None = None,
    browser: bool = True,
    code: str | None = None,
    is_shared: bool = False,
    meanwhile: Callable[[], None] | None = None,
) -> None:
    """Run the dashboard until Ctrl-C; its address is printed once it answers.

    `code` is the set-up code of a shop without accounts. With `is_shared` the addresses in the studio's network are
    printed too, the first as a QR code; without accounts nothing is shared. `meanwhile` runs while the server starts.
    """
    warn_of_old_sqlite()
    port = port or _free_port()
    signal.signal(signal.SIGTERM, _leave)
    _send(server, {"arguments": arguments(port), "environment": {**os.environ, "KILNBOARD_DB": url}})
    if meanwhile is not None:
        meanwhile()
    address = f"http://127.0.0.1:{port}"
    try:
        if not _answers(address, server):
            raise click.ClickException(t("commands.open.failed"))
        click.echo(t("commands.open.at", address=f"{address}/?lang={language()}"))
        if code:
            click.echo(t("commands.open.code", code=code, address=f"{address}/set-up?lang={language()}"))
        if is_shared:
            _print_shared(port, has_accounts=code is None)
        if browser and _has_desktop():
            click.launch(f"{address}/?lang={language()}")
        server.wait()
    except KeyboardInterrupt:
        click.echo(t("commands.open.closed"))


def _send(server: Server, what: dict[str, Any]) -> None:
    assert server.stdin is not None
    # A server that has ended is reported by `_answers`.
    with suppress(BrokenPipeError), server.stdin as stream:
        stream.write(json.dumps(what) + "\n")


def _print_shared(port: int, *, has_accounts: bool) -> None:
    """The addresses that other devices open, the first as a QR code, and whether they are encrypted."""
    import segno

    from dashboard.server.hosts import network_addresses
    from dashboard.server.listener import urls

    if not has_accounts:
        click.echo(t("commands.open.share_wants_account"))
        return
    addresses = urls(network_addresses(), port)
    if not addresses:
        click.echo(t("commands.open.no_network"))
        return
    click.echo(t("commands.open.shared", addresses="\n".join(addresses)))
    segno.make(addresses[0], error="m").terminal(out=sys.stdout, compact=True)
    if addresses[0].startswith("http:"):
        click.echo(t("commands.open.plain"))


def _leave(_number: int, _frame: FrameType | None) -> None:
    """End as by Ctrl-C, so that the server goes along."""
    raise SystemExit(0)


def arguments(port: int) -> list[str]:
    """The arguments of `streamlit run`: our settings win over what lies about on the machine."""
    from dashboard import theme

    app = str(Path(__file__).parent.parent / "server" / "main.py")
    return [app, *theme.flags(), f"--server.port={port}"]


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
    """Whether the server answers, however long it takes to start; false when it has ended."""
    began, is_reported = time.monotonic(), False
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while process.poll() is None:
        try:
            with opener.open(f"{address}/_stcore/health", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            time.sleep(0.1)
        if not is_reported and time.monotonic() - began > SLOW_SECONDS:
            click.echo(t("commands.open.slow"))
            is_reported = True
    return False


def _has_desktop() -> bool:
    return (
        os.name == "nt"
        or sys.platform == "darwin"
        or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    )
