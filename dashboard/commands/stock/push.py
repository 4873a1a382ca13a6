"""`kilnboard stock push|margin`: the quantities sent to platforms, and whether they may be sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from dashboard.commands.common.output import print_json
from dashboard.commands.common.params import json_option, opened
from dashboard.i18n.messages import t
from dashboard.text.errors import error


@click.command("push", help=t("commands.stock.push.help"))
@click.argument("platform", required=False)
@click.option("--dry-run", is_flag=True, help=t("commands.stock.push.dry_run"))
@click.option("--on", "on", is_flag=True, help=t("commands.stock.push.on"))
@click.option("--off", "off", is_flag=True, help=t("commands.stock.push.off"))
@json_option
@click.pass_context
def push_command(
    ctx: click.Context, platform: str | None, dry_run: bool, on: bool, off: bool, as_json: bool
) -> None:
    """Send the platforms how many pieces there are, or print what would be sent."""
    with opened() as (db, actor):
        if on or off:
            _allow(db, platform, on and not off, actor)
            return
        result = _would(db, platform) if dry_run else pushed(db, platform, quiet=as_json)
        if as_json:
            print_json(
                {"pushes": [as_contract(item) for item in result], **({"dry_run": True} if dry_run else {})}
            )
        elif not result:
            click.echo(t("commands.stock.push.nothing"))
            _print_switches(db)
    for item in result if dry_run and not as_json else ():
        print_push(item)
    ctx.exit(0 if dry_run else exit_code(result))


def _allow(db: Any, platform: str | None, allowed: bool, actor: Any) -> None:
    from etl import platforms
    from shop.stock import publish

    if platform is None:
        raise click.UsageError(t("commands.stock.push.which"))
    name = platforms.connector(platform).PLATFORM
    publish.allow(db, name, allowed, actor=actor)
    click.echo(t(f"commands.stock.push.is_{'on' if allowed else 'off'}", platform=platform))


def _would(db: Any, platform: str | None) -> list[Any]:
    """What would be sent, to one platform or of all, allowed or not."""
    from etl import platforms
    from etl.sync.stock_push import Pushed
    from shop.stock import publish

    names = [platform] if platform else platforms.names()
    known = [platforms.connector(name) for name in names]
    result = publish.due(db, {item.PLATFORM for item in known if item.TAKES_STOCK})
    return [Pushed(item, "would") for item in result]


def pushed(db: Any, platform: str | None = None, *, quiet: bool = False) -> list[Any]:
    """Push what is due, one line per listing unless `quiet`."""
    from etl.sync.stock_push import push_due

    return push_due(db, platform, on_pushed=(lambda item: None) if quiet else print_push)


def print_push(item: Any) -> None:
    """Print what was sent to one platform about one listing."""
    due, known = item.due, "–" if item.due.known is None else item.due.known
    click.echo(
        t(
            f"commands.stock.push.outcome.{item.outcome}",
            platform=due.platform,
            sku=due.sku,
            listing=due.listing_id,
            quantity=due.quantity,
            known=known,
        )
    )
    if item.error is not None:
        click.echo("  " + error(item.error), err=True)


def _print_switches(db: Any) -> None:
    """Which platforms may be sent quantities at all."""
    from shop.stock import publish

    for item in publish.policies(db):
        key = "allowed" if item.is_allowed else "not_allowed"
        click.echo(
            t(
                f"commands.stock.push.{key}",
                platform=item.platform,
                margin=item.margin,
                listings=item.listings,
            )
        )


def as_contract(item: Any) -> dict[str, Any]:
    """One listing's push as `--json` prints it."""
    due = item.due
    result = {
        "platform": due.platform,
        "listing": due.listing_id,
        "sku": due.sku,
        "known": due.known,
        "quantity": due.quantity,
        "outcome": item.outcome,
    }
    return result if item.error is None else {**result, "error": error(item.error), "code": item.error.code}


def exit_code(result: Sequence[Any]) -> int:
    """75 where trying later helps, 1 where a platform rejected or the answer got lost, else 0."""
    if any(item.error is not None and item.error.exit_code == 75 for item in result):
        return 75
    return int(any(item.outcome != "done" for item in result))


@click.command("margin", help=t("commands.stock.margin.help"))
@click.argument("platform")
@click.argument("pieces", type=int)
def margin_command(platform: str, pieces: int) -> None:
    """Withhold pieces from a platform."""
    from etl import platforms
    from shop.stock import publish

    name = platforms.connector(platform).PLATFORM
    with opened() as (db, actor):
        publish.set_margin(db, name, pieces, actor=actor)
    click.echo(t("commands.stock.margin.done", platform=platform, pieces=pieces))
