"""`kilnboard rates`: exchange rates by day, typed or from a file."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import click

from dashboard.commands.common.output import print_json
from dashboard.commands.common.params import json_option, on_option, opened
from dashboard.i18n.messages import t
from dashboard.text.table import table

into_option = click.option("--into", metavar="ISO", help=t("commands.rates.into"))


@click.group("rates", help=t("commands.rates.help"))
def rates_command() -> None:
    """Exchange rates by day."""


@rates_command.command("import", help=t("commands.rates.import_help"))
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@into_option
@json_option
def import_command(path: Path, into: str | None, as_json: bool) -> None:
    """Read rates from a file; exit code 1 where a row is no rate."""
    from etl.imports.rates_file import import_rates

    with opened() as (db, actor):
        report = import_rates(db, path, into or _own_currency(db), actor=actor)
    if as_json:
        print_json(asdict(report))
    else:
        click.echo(t("rates.imported", file=path.name, rates=report.stored))
        for item in report.unread:
            click.echo(t("rates.unread", row=item.row, cell=item.cell))
    if report.unread:
        raise SystemExit(1)


@rates_command.command("set", help=t("commands.rates.set_help"))
@click.argument("currency")
@click.argument("rate")
@into_option
@on_option
def set_command(currency: str, rate: str, into: str | None, on: date | None) -> None:
    """Enter the rate of a day."""
    from shop.metrics.exchange.rates import put_rates, rate_of
    from shop.metrics.settings import today

    with opened() as (db, actor):
        with db.read() as connection:
            day = on or today(connection)
        put_rates(db, [rate_of(day, currency, into or _own_currency(db), rate)], actor=actor)
    click.echo(t("rates.saved"))


@rates_command.command("list", help=t("commands.rates.list_help"))
@json_option
def list_command(as_json: bool) -> None:
    """The rates, the latest day first."""
    from shop.metrics.exchange.rates import day_rates

    with opened() as (db, _):
        rates = day_rates(db)
    cells = [[rate.day.isoformat(), rate.currency, rate.text, rate.into] for rate in rates]
    names = ("day", "currency", "rate", "into")
    if as_json:
        print_json({"rates": [dict(zip(names, row, strict=True)) for row in cells]})
    elif cells:
        click.echo(table([t(f"rates.{name}") for name in names], cells))
    else:
        click.echo(t("rates.none"))


def _own_currency(db: Any) -> str:
    from shop.metrics.settings import shop_settings

    with db.read() as connection:
        currency: str = shop_settings(connection).currency
    return currency
