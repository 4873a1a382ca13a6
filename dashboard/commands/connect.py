"""`kilnboard connect`: the keys of a platform."""

from __future__ import annotations

import sys
from typing import Any

import click

from dashboard.commands.common.output import platform_name, resource_name
from dashboard.commands.common.session import require_owner
from dashboard.commands.status import gap_lines
from dashboard.i18n.messages import t
from dashboard.text.errors import error


@click.command("connect", help=t("commands.connect.help"))
@click.argument("platform", required=False)
@click.option("--forget", is_flag=True, help=t("commands.connect.forget"))
@click.pass_context
def connect_command(ctx: click.Context, platform: str | None, forget: bool) -> None:
    """Prompt for the keys of a platform, log in, try one call of each resource, and report what works."""
    require_owner()
    from etl import platforms

    if platform is None:
        click.echo(t("commands.connect.which"))
        for name in platforms.names():
            click.echo(f"  {name}  {platform_name(name)}")
        ctx.exit(2)
    connector = platforms.connector(platform)
    if forget:
        from etl import credentials

        credentials.forget(connector)
        click.echo(t("commands.connect.forgotten", platform=platform_name(platform)))
        return
    click.echo(t(f"connect.{platform}.steps"))
    ctx.exit(_log_in(platform, _prompt(connector)))


def _prompt(connector: Any) -> dict[str, str]:
    """What the owner pastes; what the environment or the file has already is not prompted for."""
    from etl import credentials

    known = credentials.known(connector)
    values = {}
    for item in connector.CREDENTIALS:
        if item.name in known:
            click.echo(t("commands.connect.known", name=item.name))
            values[item.name] = known[item.name]
            continue
        key = "optional" if item.optional else "needed"
        label = t(f"connect.{connector.NAME}.{item.name}")
        text = t(f"commands.connect.{key}", label=label)
        default = "" if item.optional else None
        values[item.name] = click.prompt(
            text, hide_input=item.secret and sys.stdin.isatty(), default=default, show_default=False
        )
    return values


def _log_in(platform: str, values: dict[str, str]) -> int:
    from etl.sync.login import connect as log_in
    from shop.connect import connect

    db = connect()
    try:
        tried = log_in(db, platform, values)
    finally:
        db.close()
    for item in tried:
        message = t("commands.connect.works") if item.error is None else error(item.error)
        click.echo(f"  {resource_name(item.kind)}: {message}")
    for line in gap_lines(platform):
        click.echo(f"  {line}")
    click.echo(t("commands.connect.next", platform=platform))
    return int(any(item.error is not None for item in tried))
