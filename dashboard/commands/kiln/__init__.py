"""`kilnboard kiln`: what the Kiln page does, for scripts."""

from __future__ import annotations

import os
from datetime import date
from typing import Any

import click

from dashboard.commands.common.output import figure, print_json
from dashboard.commands.common.params import DAY, done, json_option, opened
from dashboard.commands.kiln.batch import batch_group
from dashboard.commands.kiln.cost import card_command, cost_command, floor_command, rates_command
from dashboard.commands.kiln.curve import curve_command
from dashboard.commands.kiln.firing import firing_group, kilns_command
from dashboard.commands.kiln.material import material_group
from dashboard.commands.kiln.plan import next_command
from dashboard.i18n.messages import t
from dashboard.text.table import table
from shop.metrics.tables import records


@click.group("kiln", help=t("commands.kiln.help"))
@click.option("--as", "name", metavar="NAME", help=t("commands.kiln.as_"))
def kiln_command(name: str | None) -> None:
    """Batches, firings, materials, costs and floor prices."""
    if name:
        from dashboard.ui.actor import USER

        os.environ[USER] = name


for command in (
    batch_group,
    firing_group,
    material_group,
    kilns_command,
    cost_command,
    floor_command,
    card_command,
    curve_command,
    rates_command,
    next_command,
):
    kiln_command.add_command(command)

CUTS = ("stage", "firing_pass", "form", "glaze", "kiln", "position", "maker", "month", "variant", "firing")


@kiln_command.command("yield", help=t("commands.kiln.yield.help"))
@click.option(
    "--by", type=click.Choice(CUTS), default="stage", show_default=True, help=t("commands.kiln.yield.by")
)
@click.option("--stage", metavar="STAGE", help=t("commands.kiln.yield.stage"))
@click.option("--from", "first", type=DAY, help=t("commands.report.start"))
@click.option("--to", "last", type=DAY, help=t("commands.report.end"))
@json_option
def yield_command(by: str, stage: str | None, first: date | None, last: date | None, as_json: bool) -> None:
    """成品率 with its base and an interval, and what was lost by reason."""
    from shop.metrics.query import Query, plain
    from shop.metrics.settings import today
    from shop.performance.yields import losses, yields

    with opened() as (db, actor):
        with db.read() as connection:
            end = last or today(connection)
        query = Query(("kiln_in",), first or end.replace(day=1), end)
        table_ = yields(db, query, by, stage=stage)
        lost = losses(db, query)
    money = actor.may("see_margins")
    rows = [
        {
            name: value if isinstance(value, str) else plain(value)
            for name, value in row.items()
            if name != "loss_value" or money
        }
        for row in records(table_)
    ]
    if as_json:
        drivers = lost if money else lost.drop(columns="loss_value")
        print_json(
            {
                "from": query.start.isoformat(),
                "to": query.end.isoformat(),
                "by": by,
                "rows": rows,
                "losses": records(drivers),
            }
        )
        return
    _print(rows, by)
    for row in records(lost):
        click.echo(
            t(
                "commands.kiln.yield.lost",
                cause=t(f"kiln.causes.{row['cause']}"),
                stage=t(f"kiln.stages.{row['stage']}"),
                pieces=row["pieces"],
            )
        )


def _cut(by: str, value: str) -> str:
    if by == "stage":
        return t(f"kiln.stages.{value}")
    return t(f"kiln.passes.{value}") if by == "firing_pass" else value or "–"


def _print(rows: list[dict[str, Any]], by: str) -> None:
    if not rows:
        click.echo(t("commands.kiln.yield.none"))
        return
    heads = [
        t(f"commands.cuts.{by}"),
        *(t(f"commands.kiln.heads.{name}") for name in ("in", "out", "share", "interval")),
    ]
    cells = [
        [
            _cut(by, row[by]),
            str(row["pieces_in"]),
            str(row["pieces_out"]),
            figure(row["share"], "rate"),
            f"{figure(row['low'], 'rate')} – {figure(row['high'], 'rate')}",
        ]
        for row in rows
    ]
    click.echo(table(heads, cells))


@kiln_command.command("undo", help=t("commands.kiln.undo"))
@click.argument("number", type=int)
def undo_command(number: int) -> None:
    """Undo what one command changed."""
    from shop.undo.catalog import undo

    with opened() as (db, actor):
        done("undone", undo(db, number, actor=actor), number=number)
