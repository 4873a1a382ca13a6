"""`kilnboard week`: the weekly report of all platforms, of several shops too: printed, JSON, workbook or paper."""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import asdict
from datetime import date
from pathlib import Path

import click

from dashboard.commands.common.output import print_json
from dashboard.commands.common.params import DAY, json_option, opened
from dashboard.i18n.messages import t
from dashboard.text.table import table
from shop.core.files import write_whole

SHOP = click.Path(path_type=Path, dir_okay=False, exists=True)
FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("week", help=t("commands.week.help"))
@click.option("--on", type=DAY, help=t("commands.week.on"))
@click.option("--also", type=SHOP, multiple=True, help=t("commands.week.also"))
@click.option("--xlsx", "workbook", type=FILE, help=t("commands.week.xlsx"))
@click.option("--html", "paper", type=FILE, help=t("commands.week.html"))
@json_option
def week_command(
    on: date | None, also: tuple[Path, ...], workbook: Path | None, paper: Path | None, as_json: bool
) -> None:
    """The week of a day, platform by platform, each currency separately."""
    from dashboard.i18n import format
    from dashboard.reports import weekly as layout
    from dashboard.text import metrics
    from shop.connect import connect
    from shop.metrics.query import unit_of
    from shop.metrics.settings import today
    from shop.profit.weekly_report import FIGURES, report_of_shops

    with opened() as (db, actor), ExitStack() as others:
        with db.read() as connection:
            day = on or today(connection)
        files = {path.resolve() for path in also} - {db.path}
        more = [others.enter_context(closing(connect(str(path)))) for path in sorted(files)]
        result = report_of_shops([(shop, actor) for shop in (db, *more)], day)
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
                *([layout.shop_name(row)] if result.shops else []),
                layout.platform_name(row),
                *(cell(row.figures[name], name, row.currency) for name in FIGURES),
            ]
            for row in result.rows
        ]
        heads = [t("week.shop")] if result.shops else []
        click.echo(table([*heads, t("costs.platform"), *map(metrics.label_of, FIGURES)], rows))
        for path in (workbook, paper):
            if path:
                click.echo(t("commands.order.written", path=path), err=True)
