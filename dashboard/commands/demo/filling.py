"""The filling of the practice shop: its books typed in, its files imported, its mock platforms pulled."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dashboard.i18n.language import language
from dashboard.i18n.messages import t

if TYPE_CHECKING:
    from dashboard.commands.demo.business_day import BusinessDay
    from sample_data.generator.plan import Plan
    from sample_data.mock_platforms import MockPlatforms
    from sample_data.studio.values import Workshop

DAYS = 430
COMMENTS = 800
BEIJING = timedelta(hours=8)
RATE = 5_000.0  # the mock platforms' limit: nobody should wait for a practice shop
APIS_REACH_BACK = timedelta(days=89)  # what is older comes from export files
OLDER = ("douyin_orders_", "douyin_aftersale_")
AUDIENCE, REMARKS = "audience.csv", 240
NOT_OFFERED = ("douyin_settlement_", "douyin_sessions", "商品_")


def fill_spring(url: str) -> date:
    """Fill the small committed shop of one winter; its last day."""
    from sample_data.generator.spring import FOLDER, UNTIL
    from sample_data.studio import shops

    with _workshop(url, shops.of_spring()):
        _import(url, _tables(FOLDER))
    return UNTIL


@contextmanager
def filled(
    place: Path, url: str, orders: int, day: BusinessDay, *, only_files: bool, days: int = DAYS
) -> Iterator[Plan]:
    """A database with the practice shop of so many `days` in it, and the plan of its files; the mock platforms run
    meanwhile.
    """
    from sample_data.studio import shops

    _set_time_zone(url, day.time_zone)
    click.echo(t("commands.demo.writing", orders=orders))
    plan, files = _written(place / "exports", orders, day, days)
    if only_files:
        with _workshop(url, shops.of_files(plan)):
            _import(url, files)
            _import_live(url, place / "exports")
        yield plan
        return
    with _mock_platforms(orders, day, days) as mock:
        with _workshop(url, shops.of_mock_platforms(mock.shops)):
            _import(url, [path for path in files if _is_wanted(path, plan.until)])
            click.echo("\n" + t("commands.demo.mock"))
            _pull(url, mock)
            _import_live(url, place / "exports")
        yield plan


def _set_time_zone(url: str, time_zone: str) -> None:
    from shop.access.roles import OWNER
    from shop.connect import connect
    from shop.settings import save_settings

    db = connect(url)
    save_settings(db, time_zone=time_zone, actor=OWNER)
    db.close()


@contextmanager
def _workshop(url: str, workshop: Workshop) -> Iterator[None]:
    """Type in what the studio's people would have: before the orders come, and after."""
    from sample_data.generator.english.studio import in_english
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


def _written(folder: Path, orders: int, day: BusinessDay, days: int) -> tuple[Plan, list[Path]]:
    from sample_data.generator.audience import make_audience, write_audience
    from sample_data.generator.live_files import write_live_files
    from sample_data.generator.practice import plan_shop, write_plan

    plan = plan_shop(orders=orders, **_plan_of(day, days))
    write_plan(folder, plan)
    write_live_files(folder, plan)
    remarks, _ = make_audience(day.now + BEIJING - timedelta(hours=day.hours), REMARKS)
    write_audience(folder / AUDIENCE, remarks, plan.language)
    return plan, _tables(folder)


def _plan_of(day: BusinessDay, days: int) -> dict[str, Any]:
    """What the files and the mock platforms share."""
    from sample_data.generator.clock import moment

    return {
        "until": day.now.date(),
        "now": day.now,
        "days": days,
        "language": language(),
        "on_air": moment(day.on_air),
    }


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
def _mock_platforms(orders: int, day: BusinessDay, days: int) -> Iterator[MockPlatforms]:
    """The mock platforms with this process (and those it starts) pointed at them."""
    from sample_data.mock_platforms import PLATFORMS, Shop, serve

    shop = Shop(orders=orders, comments=COMMENTS, **_plan_of(day, days))
    with serve(shop, rate=RATE) as mock:
        for name in PLATFORMS:
            prefix = f"KILNBOARD_{name.upper()}_"
            os.environ |= {f"{prefix}URL": mock.url(name), f"{prefix}RATE": str(RATE)}
        yield mock


@contextmanager
def own_keys() -> Iterator[None]:
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
