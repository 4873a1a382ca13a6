"""Douyin Compass (罗盘) product worksheet: what each product did over one period, as the platform reports it.

Grain: one product x period x carrier (all, live, video, product_card). Money in yuan. The file
does not state which days it covers: the user's setting (`period`) or the file's name does.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

import numpy as np

from etl.errors import PeriodWanted
from etl.files.base import Parsed, Recognised
from etl.files.cumulative import counts_of, growing
from etl.files.fields import Context, FileField, Values
from etl.files.rows import Rows
from shop.orders.batch import MISSING, IngestBatch

NAME = "douyin_products"
PLATFORM = "douyin"
VERSION = 1
PRIORITY = 70

SCOPES = {"live": "直播间", "video": "短视频", "product_card": "商品卡"}
SOLD = {
    "gmv": "成交金额",
    "orders": "成交订单数",
    "units": "成交件数",
    "buyers": "成交人数",
    "refund": "退款金额",
    "refund_orders": "退款订单数",
}
SEEN = {"exposed_viewers": "曝光人数", "product_clickers": "点击人数"}
AMOUNTS = ("gmv", "refund")
COUNTS = ("orders", "units", "buyers", "refund_orders", "exposed_viewers", "product_clickers")
WHOLE_ONLY = ("impressions", "product_clicks", "refund_units", "reviews", "good_reviews", "bad_reviews")


def _scope_fields(carrier: str, prefix: str) -> tuple[FileField, ...]:
    sold = (
        FileField(f"{carrier}.{name}", (prefix + word,), money=name in AMOUNTS) for name, word in SOLD.items()
    )
    seen = (
        FileField(f"{carrier}.{name}", (f"{prefix}商品{word}", prefix + word)) for name, word in SEEN.items()
    )
    return (*sold, *seen)


FIELDS = (
    FileField("product_id", ("商品编号", "商品ID"), required=True),
    FileField("title", ("商品标题", "商品名称"), required=True),
    FileField("all.gmv", (SOLD["gmv"],), required=True, money=True),
    *(
        FileField(f"all.{name}", (word,), required=name == "orders", money=name in AMOUNTS)
        for name, word in SOLD.items()
        if name != "gmv"
    ),
    *(FileField(f"all.{name}", (word, f"商品{word}")) for name, word in SEEN.items()),
    FileField("all.impressions", ("曝光次数", "商品曝光次数")),
    FileField("all.product_clicks", ("点击次数", "商品点击次数")),
    FileField("all.refund_units", ("退货件数",)),
    FileField("all.reviews", ("评价数",)),
    FileField("all.good_reviews", ("好评数",)),
    FileField("all.bad_reviews", ("差评数",)),
    *(field for carrier, prefix in SCOPES.items() for field in _scope_fields(carrier, prefix)),
)

DAY = r"(20\d{2})[-./年_]?(\d{1,2})[-./月_]?(\d{1,2})日?"
COMPACT = r"(20\d{2})(\d{2})(\d{2})"
MONTH = re.compile(r"(?<!\d)(20\d{2})[-年_.]?(0[1-9]|1[0-2])月?(?!\d)")


def prepare(recognised: Recognised, context: Context) -> None:
    """Determine which days the file covers; raises PeriodWanted."""
    given = context.settings.get("period") or recognised.table.name
    period = period_in(str(given))
    if period is None:
        raise PeriodWanted(file=recognised.table.name)
    context.settings["first_on"], context.settings["last_on"] = (day.isoformat() for day in period)


def period_in(text: str) -> tuple[date, date] | None:
    """The first and last day that a text names: two days, one day or one whole month."""
    for pattern in (rf"(?<!\d){COMPACT}(?!\d)", rf"(?<!\d){DAY}(?!\d)"):
        days = [_day(*map(int, parts)) for parts in re.findall(pattern, text)]
        if None not in days and len(days) in (1, 2):
            first, last = days[0], days[-1]
            return (first, last) if first and last and first <= last else None
    if months := MONTH.findall(text):
        first = _day(int(months[0][0]), int(months[0][1]), 1)
        after = (first or date.min) + timedelta(days=32)
        return (first, after.replace(day=1) - timedelta(days=1)) if first else None
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def parse(rows: Rows, context: Context) -> Parsed:
    """Up to four records per product: the whole, and each carrier that has columns."""
    product_id, title = rows.identifier("product_id"), rows.text("title")
    first_on, last_on = rows.setting(context, "first_on"), rows.setting(context, "last_on")
    if last_on is None:
        rows.refuse(range(len(rows)), "product_id", "NoPeriod")
        first_on = last_on = "1970-01-01"
    figures = {carrier: _figures(rows, carrier) for carrier in ("all", *SCOPES) if rows.has(f"{carrier}.gmv")}
    batches = []
    for carrier, columns in figures.items():
        shared: dict[str, Values] = {
            "product_id": product_id,
            "first_on": np.full(len(rows), str(first_on), object),
            "last_on": np.full(len(rows), str(last_on), object),
            "carrier": np.full(len(rows), carrier, object),
            "title": title,
            "currency": np.full(len(rows), "CNY", object),
            "updated_at": np.full(len(rows), _midnight_after(str(last_on)), np.int64),
        }
        batches.append(_batch(rows, {**shared, **columns}))
    return Parsed(rows, batches)


def _midnight_after(day: str) -> int:
    return (date.fromisoformat(day) - date(1970, 1, 1)).days * 86400 + 86400


def _figures(rows: Rows, carrier: str) -> dict[str, Values]:
    names = (*COUNTS, *WHOLE_ONLY) if carrier == "all" else COUNTS
    known = counts_of(rows, tuple(f"{carrier}.{name}" for name in names))
    figures = {name.split(".")[1]: values for name, values in known.items()}
    for name in set(WHOLE_ONLY) - set(names):
        figures[name] = np.full(len(rows), MISSING)
    for name in AMOUNTS:
        figures[f"{name}_cents"] = rows.cents(f"{carrier}.{name}", missing=int(MISSING))
    return figures


def _batch(rows: Rows, columns: dict[str, Values]) -> IngestBatch:
    """Counts of a period only grow while it lasts and refunds trickle in: the later file wins."""
    rank = growing(*(columns[name] for name in (*COUNTS, *WHOLE_ONLY)))
    content = [values for name, values in sorted(columns.items()) if name != "product_id"]
    columns["payload_hash"] = rows.version(content, rank)
    return rows.batch("product_statement", PLATFORM, columns)
