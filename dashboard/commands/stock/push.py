"""`kilnboard stock push|margin`: what the platforms are told, and whether they may be told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from dashboard.commands.common.output import say_json
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
    """Tell the platforms how many pieces there are, or say what they would be told."""
    with opened() as (db, actor):
        if on or off:
            _allow(db, platform, on and not off, actor)
            return
        found = _would(db, platform) if dry_run else pushed(db, platform, quiet=as_json)
        if as_json:
            say_json(
                {"pushes": [as_contract(one) for one in found], **({"dry_run": True} if dry_run else {})}
            )
        elif not found:
            click.echo(t("commands.stock.push.nothing"))
            _say_switches(db)
    for one in found if dry_run and not as_json else ():
        say_push(one)
    ctx.exit(0 if dry_run else exit_code(found))


def _allow(db: Any, platform: str | None, allowed: bool, actor: Any) -> None:
    from etl import platforms
    from shop.stock import publish

    if platform is None:
        raise click.UsageError(t("commands.stock.push.which"))
    name = platforms.connector(platform).PLATFORM
    publish.allow(db, name, allowed, actor=actor)
    click.echo(t(f"commands.stock.push.is_{'on' if allowed else 'off'}", platform=platform))


def _would(db: Any, platform: str | None) -> list[Any]:
    """What would be told, of one platform or of all, allowed or not."""
    from etl import platforms
    from etl.sync.stock_push import Pushed
    from shop.stock import publish

    names = [platform] if platform else platforms.names()
    known = [platforms.connector(name) for name in names]
    found = publish.due(db, {one.PLATFORM for one in known if one.TAKES_STOCK})
    return [Pushed(one, "would") for one in found]


def pushed(db: Any, platform: str | None = None, *, quiet: bool = False) -> list[Any]:
    """Push what is due, one line per listing unless `quiet`."""
    from etl.sync.stock_push import push_due

    return push_due(db, platform, tell=(lambda one: None) if quiet else say_push)


def say_push(one: Any) -> None:
    """Print what one platform was told about one listing."""
    due, known = one.due, "–" if one.due.known is None else one.due.known
    click.echo(
        t(
            f"commands.stock.push.outcome.{one.outcome}",
            platform=due.platform,
            sku=due.sku,
            listing=due.listing_id,
            quantity=due.quantity,
            known=known,
        )
    )
    if one.error is not None:
        click.echo("  " + error(one.error), err=True)


def _say_switches(db: Any) -> None:
    """Which platforms may be told at all."""
    from shop.stock import publish

    for one in publish.policies(db):
        key = "allowed" if one.is_allowed else "not_allowed"
        click.echo(
            t(f"commands.stock.push.{key}", platform=one.platform, margin=one.margin, listings=one.listings)
        )


def as_contract(one: Any) -> dict[str, Any]:
    """One listing's push as `--json` prints it."""
    due = one.due
    found = {
        "platform": due.platform,
        "listing": due.listing_id,
        "sku": due.sku,
        "known": due.known,
        "quantity": due.quantity,
        "outcome": one.outcome,
    }
    return found if one.error is None else {**found, "error": error(one.error), "code": one.error.code}


def exit_code(found: Sequence[Any]) -> int:
    """75 where trying later helps, 1 where a platform refused or the answer got lost, else 0."""
    if any(one.error is not None and one.error.exit_code == 75 for one in found):
        return 75
    return int(any(one.outcome != "done" for one in found))


@click.command("margin", help=t("commands.stock.margin.help"))
@click.argument("platform")
@click.argument("pieces", type=int)
def margin_command(platform: str, pieces: int) -> None:
    """Keep pieces back from a platform."""
    from etl import platforms
    from shop.stock import publish

    name = platforms.connector(platform).PLATFORM
    with opened() as (db, actor):
        publish.set_margin(db, name, pieces, actor=actor)
    click.echo(t("commands.stock.margin.done", platform=platform, pieces=pieces))
