"""The weekly report of two platforms and two currencies, by hand; as JSON, workbook, page to print and on the page."""

import io
import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from dashboard.cli import root_command
from shop.access.accounts import new_setup_code, set_up
from shop.access.roles import OWNER, Actor
from shop.db.database import Database
from shop.models.costs import RateKind
from shop.pricing.cost_rates import RateScope, set_cost_rate
from shop.pricing.day_costs import set_labour
from shop.profit.weekly_report import report_of_shops, weekly_report
from tests.support.fresh import new_database
from tests.support.pages import no_error, open_page, shown
from tests.support.shops.small_shop import line, refund, store

THURSDAY = date(2026, 3, 12)


@pytest.fixture
def two_platforms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    path = tmp_path / "shop.db"
    monkeypatch.setenv("KILNBOARD_DB", str(path))
    db = new_database(path)
    store(
        db,
        lines=[
            line("A", "2026-03-09 10:00:00", 10_000, status="completed"),
            line("B", "2026-03-12 10:00:00", 6_000, quantity=2, status="completed"),
            line("C", "2026-03-03 10:00:00", 4_000),  # Tuesday of the week before
            line("D", "2026-03-06 10:00:00", 9_999),  # its Friday: after the days that are compared
        ],
        refunds=[refund("r", "C", "2026-03-10 10:00:00", 1_000, line_id="C")],
    )
    store(db, lines=[line("K", "2026-03-11 10:00:00", 2_000)], platform="kuaishou")
    store(db, lines=[line("T", "2026-03-11 10:00:00", 1_500, currency="USD")], platform="tiktok")
    return db


def test_every_platform_in_its_own_currency(two_platforms: Database) -> None:
    set_cost_rate(two_platforms, RateScope(RateKind.WAGE), 3_000, actor=OWNER, from_on=date(2026, 3, 1))
    set_labour(two_platforms, THURSDAY, 60, actor=OWNER)
    result = weekly_report(two_platforms, THURSDAY, OWNER)
    assert (result.period.start, result.before.end) == (date(2026, 3, 9), date(2026, 3, 5))
    rows = {(row.currency, row.platform): row for row in result.rows}
    assert list(rows) == [("CNY", "douyin"), ("CNY", "kuaishou"), ("CNY", ""), ("USD", "tiktok")]
    douyin = rows["CNY", "douyin"]
    assert douyin.figures == {
        "gmv": 16_000,
        "refunds": 1_000,
        "net_sales": 15_000,
        "orders": 2,
        "units": 3,
        "aov": 8_000,
    }
    assert (douyin.gmv_before, rows["CNY", ""].figures["gmv"]) == (4_000, 18_000)
    assert rows["USD", "tiktok"].figures["gmv"] == 1_500
    assert weekly_report(two_platforms, THURSDAY, Actor("Li", "assistant")).rows[0].left_state is None


@pytest.fixture
def second(two_platforms: Database, tmp_path: Path) -> Database:
    """A shop in the same folder, with a currency of its own."""
    db = new_database(tmp_path / "vases.db")
    store(db, lines=[line("V", "2026-03-10 10:00:00", 5_000), line("W", "2026-03-04 10:00:00", 700)])
    store(db, lines=[line("J", "2026-03-10 10:00:00", 1_980, currency="JPY")], platform="shopify")
    return db


def test_several_shops_in_one_sheet(two_platforms: Database, second: Database) -> None:
    """The currency that both shops sold in is added up, the others never."""
    result = report_of_shops([(two_platforms, OWNER), (second, OWNER)], THURSDAY)
    rows = {(row.shop, row.currency, row.platform): row for row in result.rows}
    assert list(rows) == [
        ("shop", "CNY", "douyin"),
        ("shop", "CNY", "kuaishou"),
        ("shop", "CNY", ""),
        ("shop", "USD", "tiktok"),
        ("vases", "CNY", "douyin"),
        ("vases", "JPY", "shopify"),
        ("", "CNY", ""),
    ]
    both = rows["", "CNY", ""]
    assert (both.figures["gmv"], both.figures["orders"], both.gmv_before) == (23_000, 4, 4_700)
    assert both.figures["aov"] == 5_750
    for currency in ("CNY", "USD", "JPY"):
        own = [row for row in result.rows if row.currency == currency and row.shop and row.platform]
        alone = [row for row in result.rows if row.currency == currency and not row.shop]
        assert len(alone) == (1 if len({row.shop for row in own}) > 1 else 0)
        for row in alone:
            assert row.figures["gmv"] == sum(item.figures["gmv"] or 0 for item in own)
    words = ["week", "--on", "2026-03-12", "--also", str(second.path), "--also", str(two_platforms.path)]
    listed = CliRunner().invoke(root_command(), words, catch_exceptions=False).output
    assert "vases" in listed and "¥230.00" in listed and "JP¥1,980" in listed


@pytest.mark.sqlite_file("finds the shops in one folder")
def test_a_second_shop_asks_for_its_own_account(second: Database) -> None:
    page = open_page("growth", part="week", shops="vases,nowhere", period="custom", on="2026-03-12")
    assert no_error(page) and "所有店铺" in shown(page)
    set_up(second, new_setup_code(second) or "", "mei", "celadon-blue-1")
    page = open_page("growth", part="week", shops="vases", period="custom", on="2026-03-12")
    assert no_error(page) and "所有店铺" not in shown(page)
    page.text_input(key="week-user-vases").input("mei")
    page.text_input(key="week-password-vases").input("wrong-password")
    page.button(key="week-go-vases").click().run()
    assert "所有店铺" not in shown(page)
    page.text_input(key="week-password-vases").input("celadon-blue-1")
    page.button(key="week-go-vases").click().run()
    assert no_error(page) and "所有店铺" in shown(page)


def test_the_command_and_the_page(two_platforms: Database, tmp_path: Path) -> None:
    words = [
        "week",
        "--on",
        "2026-03-12",
        "--xlsx",
        str(tmp_path / "w.xlsx"),
        "--html",
        str(tmp_path / "w.html"),
    ]
    result = CliRunner().invoke(root_command(), [*words, "--json"], catch_exceptions=False)
    parsed = json.loads(result.output)
    assert (parsed["from"], parsed["to"], len(parsed["rows"])) == ("2026-03-09", "2026-03-12", 4)
    assert parsed["rows"][0]["figures"]["gmv"] == 16_000
    workbook = load_workbook(io.BytesIO((tmp_path / "w.xlsx").read_bytes())).active
    assert [cell.value for cell in workbook[2]][1:3] == ["CNY", 160]
    assert "¥160.00" in (tmp_path / "w.html").read_text("utf-8")
    page = open_page("growth", part="week")
    assert no_error(page) and "周报" in shown(page)
