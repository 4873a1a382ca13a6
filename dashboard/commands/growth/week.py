"""`kilnboard week`: the weekly report of all platforms, printed, as JSON, as a workbook or for paper."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path

import click

from dashboard.commands.common.output import print_json
from dashboard.commands.common.params import DAY, json_option, opened
from dashboard.i18n.messages import t
from dashboard.text.table import table
from shop.core.files import write_whole

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("week", help=t("commands.week.help"))
@click.option("--on", type=DAY, help=t("commands.week.on"))
@click.option("--xlsx", "workbook", type=FILE, help=t("commands.week.xlsx"))
@click.option("--html", "paper", type=FILE, help=t("commands.week.html"))
@json_option
def week_command(on: date | None, workbook: Path | None, paper: Path | None, as_json: bool) -> None:
    """The week of a day, platform by platform, each currency separately."""
    from dashboard.i18n import format
    from dashboard.reports import weekly as layout
    from dashboard.text import catalog, metrics
    from shop.metrics.query import unit_of
    from shop.metrics.settings import today
    from shop.profit.weekly_report import FIGURES, weekly_report

    with opened() as (db, actor):
        with db.read() as connection:
            day = on or today(connection)
        result = weekly_report(db, day, actor)
        if workbook:
            write_whole(workbook, layout.xlsx(result))
        if paper:
            write_whole(paper, layout.page(result).encode())
        if as_json:
            print_json(
                {
                    "from": result.period.start.isoformat(),
                    "to": result.period.end.isoformat(),
                    "rows": [asdict(row) for row in result.rows],
                }
            )
            return
        click.echo(layout.heading(result))
        if not result.rows:
            click.echo(t("week.none"))
            return

        def cell(value: int | None, name: str, currency: str) -> str:
            if value is None:
                return format.UNKNOWN
            return format.exact_in(value, currency) if unit_of(name) == "cents" else format.count(value)

        rows = [
            [
                catalog.platform(row.platform) if row.platform else t("week.all", currency=row.currency),
                *(cell(row.figures[name], name, row.currency) for name in FIGURES),
            ]
            for row in result.rows
        ]
        click.echo(table([t("costs.platform"), *map(metrics.label_of, FIGURES)], rows))
        for path in (workbook, paper):
            if path:
                click.echo(t("commands.order.written", path=path), err=True)
