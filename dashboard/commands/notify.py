"""The commands that manage and notify the recipients of the morning message."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from dashboard.i18n.messages import t
from dashboard.text.errors import error

if TYPE_CHECKING:
    from shop.db.database import Database

CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@click.group("notify", help=t("commands.notify.help"))
def notify_command() -> None:
    """The recipients of the morning message."""


@notify_command.command("list", help=t("commands.notify.list"))
def list_command() -> None:
    """List the addresses without their secrets."""
    from etl.notifications.recipients import all_addresses

    result = all_addresses()
    if not result:
        click.echo(t("commands.notify.none"))
    for item in result:
        service = t(f"services.{item.service}")
        click.echo(t("commands.notify.line", name=item.name, service=service, at=item.at))


@notify_command.command("add", help=t("commands.notify.add"))
@click.argument("name")
@click.option("--url", help=t("commands.notify.url"))
@click.option("--secret", help=t("commands.notify.secret"))
@click.option(
    "--service", type=click.Choice(["feishu", "dingtalk", "wecom"]), help=t("commands.notify.service")
)
@click.option("--mail", "mailbox", metavar="ADDRESS", help=t("commands.notify.mail"))
@click.option("--host", help=t("commands.notify.host"))
@click.option("--port", type=int, default=465, help=t("commands.notify.port"))
@click.option("--user", help=t("commands.notify.user"))
@click.option("--card", is_flag=True, help=t("commands.notify.card"))
@click.option("--at", default="09:00", metavar="HH:MM", help=t("commands.notify.at"))
def add_command(
    name: str,
    url: str | None,
    secret: str | None,
    service: str | None,
    mailbox: str | None,
    host: str | None,
    port: int,
    user: str | None,
    card: bool,
    at: str,
) -> None:
    """Prompt for what is missing, and save the address."""
    from etl.notifications import MAIL, Address, service_of
    from etl.notifications.recipients import save

    if not CLOCK.fullmatch(at):
        raise click.UsageError(t("commands.notify.bad_at", found=at))
    if mailbox:
        result = Address(name, MAIL, at, _mailbox(mailbox, host, port, user))
    else:
        url = url or click.prompt(t("commands.notify.ask_url"), hide_input=True)
        service = service or service_of(url)
        if secret is None and service != "wecom":
            secret = click.prompt(
                t("commands.notify.ask_secret"), default="", hide_input=True, show_default=False
            )
        result = Address(name, service, at, {"url": url, "secret": secret or ""})
    if card:
        result.settings["card"] = "yes"
    save(result)
    label = t(f"services.{result.service}")
    click.echo(t("commands.notify.added", name=name, service=label, at=at))


def _mailbox(to: str, host: str | None, port: int, user: str | None) -> dict[str, str]:
    import os

    settings = {
        "to": to,
        "host": host or click.prompt(t("commands.notify.ask_host")),
        "port": str(port),
        "user": user or click.prompt(t("commands.notify.ask_user")),
    }
    if not os.environ.get("KILNBOARD_MAIL_PASSWORD"):
        settings["password"] = click.prompt(t("commands.notify.ask_password"), hide_input=True)
    return settings


@notify_command.command("remove", help=t("commands.notify.remove"))
@click.argument("name")
def remove_command(name: str) -> None:
    """Forget an address."""
    from etl.notifications.recipients import forget

    forget(name)
    click.echo(t("commands.notify.removed", name=name))


@notify_command.command("test", help=t("commands.notify.test"))
@click.argument("name")
@click.pass_context
def test_command(ctx: click.Context, name: str) -> None:
    """Send this morning's message to one address."""
    from dashboard.reports import morning
    from etl.http.errors import PlatformError
    from etl.notifications import send
    from etl.notifications.recipients import address
    from shop.connect import connect

    db = connect()
    try:
        item = address(name)
        send(item, morning.message_for(db, item, morning.shop_now(db)))
    except PlatformError as problem:
        click.echo(t("commands.notify.failed", name=name, problem=error(problem)), err=True)
        ctx.exit(problem.exit_code)
    finally:
        db.close()
    click.echo(t("commands.notify.sent", name=name))


@notify_command.command("preview", help=t("commands.notify.preview"))
def preview_command() -> None:
    """Print this morning's message."""
    from dashboard.reports import morning
    from shop.connect import connect

    db = connect()
    try:
        result = morning.morning(db, morning.shop_now(db))
    finally:
        db.close()
    click.echo(f"{result.title}\n{result.text}")


@notify_command.command("now", help=t("commands.notify.now"))
@click.pass_context
def now_command(ctx: click.Context) -> None:
    """Notify whoever is due."""
    from shop.connect import connect

    db = connect()
    try:
        ctx.exit(send_due(db))
    finally:
        db.close()


def send_due(db: Database, *, quiet: bool = False) -> int:
    """Notify every address that is due, print the outcome; 1 where one could not be reached."""
    from dashboard.reports import morning

    code = 0
    for report in morning.send_due(db):
        name = report.address.name
        if report.error is not None:
            code = 1
            problem = error(report.error)
            click.echo(t("commands.notify.failed", name=name, problem=problem), err=True)
        elif not quiet:
            click.echo(t("commands.notify.sent", name=name))
    return code
