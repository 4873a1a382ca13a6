"""The demo command: a practice shop, pulled from a mock platform of the platforms or read from files."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from dashboard.i18n.language import language
from dashboard.i18n.messages import t

if TYPE_CHECKING:
    from sample_data.generator.plan import Plan
    from sample_data.mock_platforms import MockPlatforms
    from sample_data.studio.values import Workshop
    from shop.db.database import Database

DAYS = 430
RATE = 500.0  # the mock platforms' limit: nobody should wait for a practice shop
APIS_REACH_BACK = timedelta(days=89)  # what is older comes from export files
OLDER = ("douyin_orders_", "douyin_aftersale_")
AUDIENCE, REMARKS = "audience.csv", 240
NOT_OFFERED = ("douyin_settlement_", "douyin_sessions", "商品_")


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
    from dashboard.commands.open_ import serve

    place = folder or Path(tempfile.mkdtemp(prefix="kilnboard-demo-"))
    try:
        place.mkdir(parents=True, exist_ok=True)
        url = str(place / "shop.db")
        with _own_keys(), _filled(place, url, orders, only_files=only_files, spring=spring) as last:
            _print_figures(url, last)
            if not no_open:
                serve(url, port=port, browser=not no_browser)
    finally:
        if folder is None:
            shutil.rmtree(place, ignore_errors=True)


@contextmanager
def _filled(place: Path, url: str, orders: int, *, only_files: bool, spring: bool) -> Iterator[date]:
    """A database with the practice shop in it, and its last day; the mock platforms run meanwhile."""
    from sample_data.studio import shops

    now = datetime.now(ZoneInfo("Asia/Shanghai")).replace(tzinfo=None)
    if spring:
        from sample_data.generator.spring import FOLDER

        with _workshop(url, shops.of_spring()):
            _import(url, _tables(FOLDER))
        yield date(2022, 3, 15)
        return
    click.echo(t("commands.demo.writing", orders=orders))
    plan, files = _written(place / "exports", orders, now)
    if only_files:
        with _workshop(url, shops.of_files(plan)):
            _import(url, files)
            _import_live(url, place / "exports")
        yield now.date()
        return
    with _mock_platforms(orders, now) as mock:
        with _workshop(url, shops.of_mock_platforms(mock.shops)):
            _import(url, [path for path in files if _is_wanted(path, now.date())])
            click.echo("\n" + t("commands.demo.mock"))
            _pull(url, mock)
            _import_live(url, place / "exports")
        yield now.date()


@contextmanager
def _workshop(url: str, workshop: Workshop) -> Iterator[None]:
    """Type in what the studio's people would have: before the orders come, and after."""
    from sample_data.generator.english import in_english
    from sample_data.studio.photos import add_photos
    from sample_data.studio.seed_database import enter_stock, enter_studio
    from sample_data.studio.sets_and_refires import enter_sets_and_refires
    from shop.connect import connect

    if language() == "en":
        workshop = in_english(workshop)
    db = connect(url)
    click.echo(t("demo.typing", batches=len(workshop.batches), firings=len(workshop.firings)))
    enter_studio(db, workshop)
    yield
    add_photos(db, workshop)
    enter_stock(db, workshop)
    enter_sets_and_refires(db, workshop.until, language=language())
    db.close()


def _written(folder: Path, orders: int, now: datetime) -> tuple[Plan, list[Path]]:
    from sample_data.generator.audience import make_audience, write_audience
    from sample_data.generator.live_files import write_live_files
    from sample_data.generator.practice import plan_shop, write_plan

    plan = plan_shop(orders=orders, until=now.date(), days=DAYS, now=now, language=language())
    write_plan(folder, plan)
    write_live_files(folder, plan)
    write_audience(folder / AUDIENCE, make_audience(now, REMARKS)[0])
    return plan, _tables(folder)


def _tables(folder: Path) -> list[Path]:
    return sorted(
        path for path in folder.iterdir() if path.suffix in (".csv", ".xlsx") and path.name != AUDIENCE
    )


def _is_wanted(path: Path, last: date) -> bool:
    """Whether a file provides what no platform's API does: another kind, or months long gone."""
    if path.name.startswith(NOT_OFFERED):
        return True
    if not path.name.startswith(OLDER):
        return False
    return path.stem.rpartition("_")[2] <= f"{last - APIS_REACH_BACK:%Y-%m}"


def _import(url: str, files: Sequence[Path]) -> None:
    """Import files as a user would."""
    from dashboard.commands.import_ import print_report
    from etl.imports.importer import import_file
    from shop.connect import connect

    db = connect(url)
    for path in files:
        known = {"currency": "USD"} if path.name.startswith("tiktok") else {}
        print_report(import_file(db, path, settings=known))
    db.close()


def _import_live(url: str, folder: Path) -> None:
    """Import what is only in files of the studio's own: remarks of sessions and videos, marks, advertising."""
    from dashboard.commands.import_ import print_report
    from etl.imports.importer import import_file
    from etl.imports.marks_file import import_marks
    from sample_data.studio.live_files import live_settings, marks_of
    from shop.access.roles import OWNER
    from shop.connect import connect
    from shop.streams.session import find_session

    db = connect(url)
    audience = (folder / AUDIENCE, {"platform": "douyin"})
    for path, known in (*live_settings(folder), audience):
        print_report(import_file(db, path, settings=known))
    for session, path in marks_of(folder).items():
        import_marks(db, find_session(db, session, "douyin"), path, actor=OWNER)
    db.close()


@contextmanager
def _mock_platforms(orders: int, now: datetime) -> Iterator[MockPlatforms]:
    """The mock platforms with this process (and those it starts) pointed at them."""
    from sample_data.mock_platforms import PLATFORMS, Shop, serve

    shop = Shop(orders=orders, until=now.date(), days=DAYS, now=now, language=language())
    with serve(shop, rate=RATE) as mock:
        for name in PLATFORMS:
            prefix = f"KILNBOARD_{name.upper()}_"
            os.environ |= {f"{prefix}URL": mock.url(name), f"{prefix}RATE": str(RATE)}
        yield mock


@contextmanager
def _own_keys() -> Iterator[None]:
    """This process and those it starts with a folder of keys and recipients of their own: none of the user's is used,
    so that nothing of the practice shop reaches a platform or a group chat.
    """
    from etl import platforms

    before = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="kilnboard-keys-") as keys:
        try:
            prefixes = tuple(f"KILNBOARD_{name.upper()}_" for name in platforms.names())
            for own in [item for item in os.environ if item.upper().startswith(prefixes)]:
                del os.environ[own]
            os.environ["KILNBOARD_CONFIG"] = keys
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


def _pull(url: str, mock: MockPlatforms) -> None:
    """Log in to every platform of the mock platforms as an owner would, and sync."""
    from dashboard.commands.sync import print_report, progress
    from etl import platforms
    from etl.sync.engine import sync
    from etl.sync.login import connect as log_in
    from etl.sync.options import Options
    from shop.connect import connect

    db = connect(url)
    try:
        for name in mock.platforms:
            log_in(db, name, _pasted(platforms.connector(name), mock.credentials(name)))
            for report in sync(db, name, options=Options(progress=progress())):
                print_report(report)
    finally:
        db.close()


def _pasted(connector: Any, given: dict[str, str]) -> dict[str, str]:
    """What an owner would paste: the app's keys and the consent code."""
    names = {item.name for item in connector.CREDENTIALS} - {"refresh_token"}
    return {name: value for name, value in given.items() if name in names}


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
