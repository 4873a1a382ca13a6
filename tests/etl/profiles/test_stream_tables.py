"""Videos, their days, minutes of live sessions and payouts of any table, by a profile of one's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from etl.imports.importer import import_file
from etl.imports.report import FileReport
from etl.profiles import model
from etl.profiles.kind import ProfileKind
from shop.db.database import Database

COMMON = """
name = "own_{table}"
table = "{table}"
[constants]
platform = "kuaishou"
{currency}
[dates]
order = "ymd"
time_zone = "Asia/Shanghai"
[columns]
"""
CNY = 'currency = "CNY"'
TABLES = {
    "video": (
        "",
        'title = "作品"\npublished_at = "发布时间"\nviews = "播放量"\nlikes = "点赞"\nfinish_rate = "完播率"\n'
        'seconds = "时长"\ncreator = "账号"\n',
        "作品,发布时间,播放量,点赞,完播率,时长,账号\n开窑,2026-03-02 12:00:00,1.2万,300,12.5%,35秒,窑边小陈\n"
        "坏的,明天,1,1,1%,1,窑\n",
        "SELECT title, published_on, views, likes, finish_rate, seconds, creator FROM video",
        [("开窑", "2026-03-02", 12_000, 300, 0.125, 35, "窑边小陈")],
    ),
    "video_day": (
        CNY,
        'video_id = "作品ID"\nday = "日期"\nviews = "播放量"\ngmv = "成交金额"\norders = "订单数"\n',
        "作品ID,日期,播放量,成交金额,订单数\n7350000000000000001,2026-03-02,1200,199.50,2\n"
        "7350000000000000001,2026-03-03,-,,\n7.35E+18,2026-03-03,1,1,1\n",
        "SELECT video_id, day, views, gmv_cents, orders, currency FROM video_day ORDER BY day",
        [
            ("7350000000000000001", "2026-03-02", 1_200, 19_950, 2, "CNY"),
            ("7350000000000000001", "2026-03-03", None, None, None, "CNY"),
        ],
    ),
    "live_minute": (
        CNY,
        'session_id = "直播ID"\nminute_at = "时间"\nviewers = "在线人数"\ngmv = "成交金额"\norders = "订单数"\n',
        "直播ID,时间,在线人数,成交金额,订单数\nk1,2026-03-02 20:01:30,88,50.00,1\nk1,,88,50.00,1\n",
        "SELECT session_id, minute_at, viewers, gmv_cents, orders FROM live_minute",
        [("k1", 1_772_452_860, 88, 5_000, 1)],
    ),
    "settlement": (
        CNY,
        'order_id = "订单编号"\nsettled_at = "结算时间"\npaid_out = "结算金额"\nplatform_fee = "技术服务费"\n',
        "订单编号,结算时间,结算金额,技术服务费\n2600000000000001,2026-03-12 10:00:00,95.00,-5.00\n"
        "2600000000000001,2026-03-12 10:00:00,95.00,-5.00\n2600000000000002,2026-03-12 10:00:00,,-5.00\n",
        "SELECT order_id, settled_on, paid_out_cents, platform_fee_cents FROM settlement",
        [("2600000000000001", "2026-03-12", 9_500, 500)] * 2,
    ),
}


def read(db: Database, folder: Path, table: str) -> FileReport:
    currency, columns, content, _, _ = TABLES[table]
    file = folder / f"{table}.csv"
    file.write_text(content, "utf-8")
    text = COMMON.format(table=table, currency=currency) + columns
    return import_file(db, file, kind=ProfileKind(model.read(text, table), own=True))


@pytest.mark.parametrize("table", TABLES)
def test_a_profile_fills_the_table_and_accounts_for_every_row(
    table: str, db: Database, tmp_path: Path, rows: Callable[[str], list[Any]]
) -> None:
    report = read(db, tmp_path, table)
    _, _, content, query, wanted = TABLES[table]
    assert rows(query) == wanted
    assert report.read == content.count("\n") - 1 == report.stored + report.rejected
    assert report.rejected == 1


@pytest.mark.parametrize("table", TABLES)
def test_the_same_file_again_changes_nothing(table: str, db: Database, tmp_path: Path) -> None:
    first = read(db, tmp_path, table)
    again = read(db, tmp_path, table)
    assert (again.stored, again.unchanged) == (0, first.stored) or again.read == 0
