"""The demo command: a practice shop in the middle of its business day, from mock platforms or files."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dashboard.i18n.messages import t

if TYPE_CHECKING:
    from shop.db.database import Database


@click.command("demo", help=t("commands.demo.help"))
@click.option("--orders", default=6000, show_default=True, help=t("commands.demo.orders"))
@click.option("--files", "only_files", is_flag=True, help=t("commands.demo.files"))
@click.option("--spring", is_flag=True, help=t("commands.demo.spring"))
@click.option("--no-open", is_flag=True, help=t("commands.demo.no_open"))
@click.option("--port", type=int, help=t("commands.open.port"))
@click.option("--no-browser", is_flag=True, help=t("commands.open.no_browser"))
@click.option(
    "--keep", "folder", type=click.Path(path_type=Path, file_okay=False), help=t("commands.demo.keep")
)
def demo_command(
    orders: int,
    only_files: bool,
    spring: bool,
    no_open: bool,
    port: int | None,
    no_browser: bool,
    folder: Path | None,
) -> None:
    """Fill a practice shop, print its figures and open the dashboard on it."""
    from dashboard.commands.demo import filling
    from dashboard.commands.demo.business_day import business_day
    from dashboard.commands.demo.live_session import live_session
    from dashboard.commands.open_ import loading_server, serve
    from dashboard.ui.frame.practice_mode import DEMO
    from etl.garbage import no_gc

    place = folder or Path(tempfile.mkdtemp(prefix="kilnboard-demo-"))
    url = str(place / "shop.db")
    try:
        place.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            stack.enter_context(filling.own_keys())
            server = None if no_open else stack.enter_context(loading_server())
            with no_gc():
                if spring:
                    last = filling.fill_spring(url)
                else:
                    day = business_day(datetime.now(UTC))
                    stack.enter_context(day.clock())
                    plan = stack.enter_context(filling.filled(place, url, orders, day, only_files=only_files))
                    last = day.now.date()
                    stack.enter_context(live_session(url, place / "exports", plan))
                    os.environ[DEMO] = "1"
            figures = partial(_print_figures, url, last)
            if server is None:
                figures()
            else:
                serve(server, url, port=port, browser=not no_browser, meanwhile=figures)
    finally:
        if folder is None:
            shutil.rmtree(place, ignore_errors=True)


def _print_figures(url: str, last: date) -> None:
    """Print last month's and this month's figures, as `report` would."""
    from dashboard.commands.report import DEFAULT, contract, print_text
    from shop.connect import connect
    from shop.metrics.query import Query, answer

    db = connect(url)
    query = Query(DEFAULT, last - timedelta(days=29), last)
    click.echo()
    print_text(contract(db, query, answer(db, query), "previous"), query, "CNY")
    click.echo()
    _print_studio(db, last)
    db.close()


def _print_studio(db: Database, last: date) -> None:
    """One line on stock and kiln."""
    from shop.catalog import match_queue
    from shop.kiln_planning import lead_times
    from shop.metrics.query import Query, total
    from shop.stock import oversold

    on_hand = total(db, Query(("on_hand",), last, last))["on_hand"]
    result = total(db, Query(("yield",), last - timedelta(days=89), last))
    with db.read() as connection:
        coming = sum(lead_times.under_way(connection, last).values())
        short = oversold.undecided_count(connection)
    click.echo(
        t(
            "demo.studio",
            pieces=int(on_hand or 0),
            coming=coming,
            short=short,
            good=result["yield"],
            unmatched=match_queue.count(db),
        )
    )
    click.echo()
