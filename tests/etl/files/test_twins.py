"""Exports as shops hold them, written by hand next to those in the cases: their figures, computed by hand, in cents."""

from pathlib import Path
from typing import Any

from etl.imports.importer import import_file
from shop.db.database import Database

TWINS = Path(__file__).parents[2] / "data" / "twins"
SOLD = (
    "SELECT platform, currency, SUM(buyer_paid_cents + platform_discount_cents), COUNT(DISTINCT order_id), "
    "SUM(quantity), SUM(shipping_cents) FROM order_line WHERE paid_on IS NOT NULL AND NOT is_gift "
    "GROUP BY platform, currency ORDER BY platform, currency"
)
BACK = "SELECT platform, SUM(amount_cents) FROM refund WHERE status = 'refunded' GROUP BY platform ORDER BY platform"


def stored(db: Database, *names: str) -> list[str]:
    """The kinds of these files, all rows of which are stored."""
    kinds = []
    for name in names:
        report = import_file(db, TWINS / name)
        assert report.rejected == 0, report.reasons
        kinds.append(report.kind)
    return kinds


def test_figures_of_exports_that_differ_from_the_samples(db: Database, rows: Any) -> None:
    """A discount on shipping, adjusted sums of 0.00, gifts by a column, cancelled orders without any moment."""
    kinds = stored(
        db,
        "EtsySoldOrderItems2026-2.csv",
        "orders_export2026-02-06.csv",
        "千帆订单.csv",
        "视频号小店订单.csv",
        "售后单.csv",
        "拼多多直播列表.csv",
    )
    assert kinds[:3] == ["etsy_order_items", "pinduoduo_orders", "xiaohongshu_orders"]
    assert kinds[3:] == ["wechat_orders", "kuaishou_aftersale", "douyin_sessions"]
    assert rows(SOLD) == [
        ("etsy", "EUR", 45_50, 1, 1, 0),  # shipping 4.00 less 4.00
        ("etsy", "USD", 246_00, 2, 4, 6_00),
        ("pinduoduo", "CNY", 350_00, 2, 4, 8_00),
        ("wechat_channels", "CNY", 12_160_00, 2, 3, 6_00),
        ("xiaohongshu", "CNY", 270_00, 2, 3, 0),
    ]
    assert rows(BACK) == [("kuaishou", 1_288_50), ("wechat_channels", 80_00), ("xiaohongshu", 175_00)]
    assert rows("SELECT platform, seconds, viewers, views FROM live_session") == [
        ("pinduoduo", 7200, 1200, 2400)
    ]
    cancelled = (
        "SELECT strftime('%Y-%m-%d %H:%M:%S', created_at, 'unixepoch', '8 hours') FROM order_line "
        "WHERE status = 'cancelled' "
    )
    assert rows(cancelled + "AND platform = 'pinduoduo'") == [("2026-02-05 00:00:00",)]


def test_adjusted_sums_of_nothing_are_no_refund(db: Database, rows: Any) -> None:
    stored(db, "EtsySoldOrders2026-2.csv")
    assert rows(SOLD) == [("etsy", "EUR", 1_071_50, 2, 4, 16_00)]
    assert rows(BACK) == [("etsy", 20_00)]


def test_cells_merged_over_the_lines_of_an_order_are_every_lines(db: Database, rows: Any) -> None:
    """In a workbook, in HTML and in XML; an amount that is merged is counted once."""
    wanted = {
        "小红书合并单元格.xlsx": (350_00, 2, 4, 6_00),
        "rowspan.xls": (350_00, 2, 4, 12_00),
        "mergedown.xls": (270_00, 1, 3, 12_00),
    }
    for name, figures in wanted.items():
        assert stored(db, name) == ["xiaohongshu_orders"]
        assert rows(SOLD) == [("xiaohongshu", "CNY", *figures)]
        with db.write() as connection:
            for table in ("order_line", "row_statement", "source_file", "refund"):
                connection.exec_driver_sql(f"DELETE FROM {table}")


def test_square_moments_are_on_the_clock_that_their_row_names(
    db: Database, rows: Any, tmp_path: Path
) -> None:
    """Days are day first where the file shows it; a clock that nobody knows rejects its row."""
    head = "Date,Time,Time Zone,Item,Qty,Gross Sales,Net Sales,Transaction ID\n"
    zones = ("Pacific Time (US & Canada)", "(GMT+01:00) Berlin", "Atlantis")
    lines = [f"24/02/2026,21:15,{zone},Mug,1,$50.00,$50.00,T{n}" for n, zone in enumerate(zones)]
    path = tmp_path / "items.csv"
    path.write_text(head + "\n".join(lines) + "\n", "utf-8")
    report = import_file(db, path, settings={"currency": "USD"})
    assert [(reason.column, reason.details["found"]) for reason in report.reasons] == [
        ("Time Zone", "Atlantis")
    ]
    at = rows("SELECT strftime('%Y-%m-%d %H:%M:%S', paid_at, 'unixepoch') FROM order_line ORDER BY order_id")
    assert at == [("2026-02-25 05:15:00",), ("2026-02-24 20:15:00",)]
