"""`kilnboard shop`: the shop's name, time zone and currency."""

from __future__ import annotations

from typing import Any

import click

from dashboard.commands.common.output import print_json
from dashboard.commands.common.session import opened
from dashboard.i18n.messages import t


@click.group("shop", help=t("commands.shop.help"))
def shop_command() -> None:
    """The shop's own settings."""


@shop_command.command("show", help=t("commands.shop.show_help"))
@click.option("--json", "as_json", is_flag=True, help=t("commands.options.json"))
def show(as_json: bool) -> None:
    """Print the settings of the shop."""
    from shop.metrics.settings import has_settings, shop_settings

    with opened() as (db, _), db.read() as connection:
        settings, is_set = shop_settings(connection), has_settings(connection)
    _print(settings, is_set=is_set, as_json=as_json)


@shop_command.command("set", help=t("commands.shop.set_help"))
@click.option("--name", metavar="NAME", help=t("commands.shop.name"))
@click.option("--time-zone", metavar="ZONE", help=t("commands.shop.time_zone"))
@click.option("--currency", metavar="ISO", help=t("commands.shop.currency"))
@click.option("--json", "as_json", is_flag=True, help=t("commands.options.json"))
def set_settings(name: str | None, time_zone: str | None, currency: str | None, as_json: bool) -> None:
    """Change the settings of the shop; days are computed again where the time zone changes."""
    from shop.settings import save_settings

    if name is None and time_zone is None and currency is None:
        raise click.UsageError(t("commands.shop.nothing"))
    with opened() as (db, actor):
        change = save_settings(db, actor=actor, name=name, time_zone=time_zone, currency=currency)
    _print(change.after, is_set=True, as_json=as_json, moved_rows=change.changed_rows)
    if change.changed_rows and not as_json:
        click.echo(t("commands.shop.moved", rows=change.changed_rows))


def _print(settings: Any, *, is_set: bool, as_json: bool, **more: Any) -> None:
    if as_json:
        fields = {"name": settings.name, "time_zone": settings.time_zone, "currency": settings.currency}
        print_json({"shop": fields, "is_set": is_set, **more})
        return
    for key in ("name", "time_zone", "currency"):
        click.echo(t(f"commands.shop.shown.{key}", value=getattr(settings, key) or "–"))
    if not is_set:
        click.echo(t("commands.shop.not_set"))
