"""Growth that leaves the program: `report growth` as text, JSON, HTML, PDF or XLSX, and the picture card."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dashboard.commands.common.output import say_json, table
from dashboard.i18n.messages import t

if TYPE_CHECKING:
    from dashboard.reports.export import Told
    from dashboard.reports.growth_story import Story
    from dashboard.reports.options import Asked
    from shop.db.database import Database


def without_server() -> None:
    """Say to the framework that no server runs here, so that it does not warn of it."""
    from streamlit.logger import set_log_level

    set_log_level("ERROR")


def report_growth(
    asked: Asked, metrics: tuple[str, ...], files: Mapping[str, str], as_json: bool, force: bool
) -> None:
    """Tell the growth of a period: printed, or written to files."""
    without_server()
    from dashboard.reports import export
    from shop.connect import connect

    for path in files.values():
        _refuse_existing(Path(path), force)
    db = connect()
    try:
        told = export.told(db, datetime.now(UTC), asked, metrics[0] if metrics else "gmv")
        for kind, path in files.items():
            Path(path).write_bytes(export.as_file(db, told, kind))
    finally:
        db.close()
    if as_json:
        say_json(contract(told.story))
    elif files:
        for path in files.values():
            click.echo(t("commands.report.written", path=path))
    else:
        _say(told)


def _refuse_existing(path: Path, force: bool) -> None:
    from shop.db.backup import TargetExists

    if path.exists() and not force:
        raise TargetExists(path=str(path))


def _say(told: Told) -> None:
    from dashboard.reports import growth_story, html
    from dashboard.views.growth import comparison

    for line in growth_story.sentences(told.story):
        click.echo(html.plain(line))
    now, before = comparison.names(told.story.found)
    heads = ["", now, before, t("sheet.change"), t("sheet.interval")]
    click.echo()
    rows = [html.figures_row(name, told.story.every[name]) for name in growth_story.METRICS]
    click.echo(table(heads, rows))


def contract(story: Story) -> dict[str, Any]:
    """What `report growth --json` prints: cents as integers, days as ISO text, missing as null."""
    pair = story.pair
    return {
        "metric": story.metric,
        "ranges": {
            "now": [pair.now.start.isoformat(), pair.now.end.isoformat()],
            "before": [pair.before.start.isoformat(), pair.before.end.isoformat()],
            "calendar": pair.calendar,
        },
        "figures": {
            name: {
                "now": one.now.total,
                "before": one.before.total,
                "now_per_day": one.now.per_day,
                "before_per_day": one.before.per_day,
                "change": one.change,
                "interval": one.interval,
                "is_noise": one.is_noise,
            }
            for name, one in story.every.items()
        },
        "why": {
            "metric": story.why.metric,
            "basis": story.why.basis,
            "change": story.why.change,
            "causes": [
                {"cause": one.name, "part": one.part, "now": one.now, "before": one.before}
                for one in story.why.drivers
            ],
        },
        "effort": {"sessions": story.effort.sessions, "seconds": story.effort.seconds},
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
    without_server()
    from dashboard.reports import export
    from dashboard.reports.options import Asked
    from shop.connect import connect

    target = Path(out)
    _refuse_existing(target, force)
    db: Database = connect()
    try:
        asked = Asked(start, end, against, (), currency)
        told = export.told(db, datetime.now(UTC), asked, metric)
        target.write_bytes(export.card(db, told, amounts=not no_amounts))
    finally:
        db.close()
    click.echo(t("commands.report.written", path=out))
