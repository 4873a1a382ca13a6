"""Growth that leaves the program: `report growth` as text, JSON, HTML, PDF or XLSX, and the picture card."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dashboard.commands.common.output import print_json, refuse_existing
from dashboard.i18n.messages import t
from dashboard.text.markdown import plain
from dashboard.text.table import table
from shop.core.files import write_whole

if TYPE_CHECKING:
    from dashboard.reports.export import GrowthReport
    from dashboard.reports.growth_story import GrowthStory
    from dashboard.reports.options import ReportOptions
    from shop.db.database import Database


def report_growth(
    options: ReportOptions, metrics: tuple[str, ...], files: Mapping[str, str], as_json: bool, force: bool
) -> None:
    """Report the growth of a period: printed, or written to files."""
    from dashboard.reports import export
    from shop.connect import connect

    for path in files.values():
        refuse_existing(Path(path), force)
    db = connect()
    try:
        report = export.build_report(db, datetime.now(UTC), options, metrics[0] if metrics else "gmv")
        for kind, path in files.items():
            write_whole(Path(path), export.as_file(db, report, kind))
    finally:
        db.close()
    if as_json:
        print_json(contract(report.growth_story))
    elif files:
        for path in files.values():
            click.echo(t("commands.report.written", path=path))
    else:
        _print(report)


def _print(report: GrowthReport) -> None:
    from dashboard.reports import growth_story, html
    from dashboard.text import comparison

    for line in growth_story.sentences(report.growth_story):
        click.echo(plain(line))
    now, before = comparison.range_names(report.growth_story.result)
    heads = ["", now, before, t("sheet.change"), t("sheet.interval")]
    click.echo()
    rows = [html.figures_row(name, report.growth_story.every[name]) for name in growth_story.METRICS]
    click.echo(table(heads, rows))


def contract(growth_story: GrowthStory) -> dict[str, Any]:
    """What `report growth --json` prints: cents as integers, days as ISO text, missing as null."""
    pair = growth_story.pair
    return {
        "metric": growth_story.metric,
        "ranges": {
            "now": [pair.now.start.isoformat(), pair.now.end.isoformat()],
            "before": [pair.before.start.isoformat(), pair.before.end.isoformat()],
            "calendar": pair.calendar,
        },
        "figures": {
            name: {
                "now": item.now.total,
                "before": item.before.total,
                "now_per_day": item.now.per_day,
                "before_per_day": item.before.per_day,
                "change": item.change,
                "interval": item.interval,
                "is_noise": item.is_noise,
            }
            for name, item in growth_story.every.items()
        },
        "why": {
            "metric": growth_story.why.metric,
            "basis": growth_story.why.basis,
            "change": growth_story.why.change,
            "causes": [
                {"cause": item.name, "part": item.part, "now": item.now, "before": item.before}
                for item in growth_story.why.drivers
            ],
        },
        "effort": {"sessions": growth_story.effort.sessions, "seconds": growth_story.effort.seconds},
    }


@click.command("card", help=t("commands.card.help"))
@click.argument("metric", default="gmv")
@click.option("--from", "start", metavar="D", help=t("commands.report.start"))
@click.option("--to", "end", metavar="D", help=t("commands.report.end"))
@click.option("--against", metavar="CALENDAR", help=t("commands.report.against"))
@click.option("--currency", metavar="ISO", help=t("commands.report.currency"))
@click.option(
    "--out",
    type=click.Path(dir_okay=False),
    default="card.png",
    show_default=True,
    help=t("commands.card.out"),
)
@click.option("--no-amounts", is_flag=True, help=t("commands.card.no_amounts"))
@click.option("--force", is_flag=True, help=t("commands.report.force"))
def card_command(
    metric: str,
    start: str | None,
    end: str | None,
    against: str | None,
    currency: str | None,
    out: str,
    no_amounts: bool,
    force: bool,
) -> None:
    """Draw a picture card of a period for a chat group."""
    from dashboard.reports import export
    from dashboard.reports.options import ReportOptions
    from shop.connect import connect

    target = Path(out)
    refuse_existing(target, force)
    db: Database = connect()
    try:
        options = ReportOptions(start, end, against, (), currency)
        report = export.build_report(db, datetime.now(UTC), options, metric)
        write_whole(target, export.card(db, report, amounts=not no_amounts))
    finally:
        db.close()
    click.echo(t("commands.report.written", path=out))
