"""Live sessions of a Douyin shop with viewers, comments, clicks, orders and marks minute by minute, from a seed."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import SQLModel

from shop.access.roles import OWNER
from shop.db.database import Database
from shop.orders.batch import IngestBatch
from shop.orders.upsert import Upsert
from shop.streams.marks import Mark, add_marks

ZONE = ZoneInfo("Asia/Shanghai")
PIECES = (
    ("GP-0001", "青瓷主人杯 粉青", 16800),
    ("GP-0031", "天目盏 油滴", 42000),
    ("QC-W-L", "青瓷饭碗 大号", 8800),
    ("TQ-HQ-M", "天青花器 中号", 26800),
)
REMARKS = (
    "37号多少钱",
    "这只好看！",
    "能微波吗？",
    "<b>有没有小一点的</b>",
    "拍了",
    "*老板*讲讲釉色",
    "哈哈哈哈",
    "包邮吗",
)
HOSTS = ("窑边小陈", "阿青")


@dataclass(frozen=True)
class Evening:
    """One session: its start (UTC), minutes, how many comments and orders, and whether its pieces are marked."""

    started: datetime
    minutes: int = 120
    comments: int = 400
    orders: int = 40
    with_marks: bool = True
    with_minutes: bool = True

    @property
    def session_id(self) -> str:
        """The room."""
        return f"76{int(self.started.timestamp())}"


WEEK = [
    Evening(datetime(2026, 3, 20, 11, tzinfo=UTC) - timedelta(days=2 * back), minutes=120 + 5 * back)
    for back in range(6)
]


def fill_evenings(db: Database, evenings: Sequence[Evening], seed: int = 1) -> None:
    """Store the sessions with all that belongs to them, as one load, and their marks."""
    rng = random.Random(seed)
    with db.write() as connection:
        load = Upsert(connection, 1, 1)
        for number, evening in enumerate(evenings):
            for table, rows in _rows(evening, number, rng).items():
                if rows:
                    load.put(_batch(table, rows))
        load.finish()
    for evening in evenings:
        if evening.with_marks:
            add_marks(db, _marks(evening), actor=OWNER)


def _rows(evening: Evening, number: int, rng: random.Random) -> dict[str, list[dict[str, Any]]]:
    start = int(evening.started.timestamp())
    day = evening.started.astimezone(ZONE).date().isoformat()
    shown = range(10, evening.minutes, 15)
    weights = [1.0 + 3.0 * any(0 <= minute - at < 5 for at in shown) for minute in range(evening.minutes)]
    orders = sorted(rng.choices(range(evening.minutes), weights, k=evening.orders))
    remarks = sorted(rng.choices(range(evening.minutes), weights, k=evening.comments))
    lines = [
        _line(evening, number, place, start + minute * 60 + rng.randrange(60), rng)
        for place, minute in enumerate(orders)
    ]
    room = {"session_id": evening.session_id}
    viewers = evening.minutes * 30
    gmv = sum(line["buyer_paid_cents"] for line in lines)
    session = room | {
        "account": HOSTS[number % 2],
        "title": ("开窑啦！新一窑青瓷现场挑", "孤品专场 只此一件")[number % 2],
        "started_at": start,
        "ended_at": start + evening.minutes * 60,
        "started_on": day,
        "seconds": evening.minutes * 60,
        "currency": "CNY",
        "exposed_viewers": viewers * 8,
        "viewers": viewers,
        "views": viewers * 2,
        "impressions": viewers * 20,
        "product_viewers": viewers // 2,
        "product_clickers": viewers // 8,
        "product_impressions": viewers * 3,
        "product_clicks": viewers // 4,
        "peak_viewers": 120,
        "orders_created": len(lines) + 3,
        "orders": len(lines),
        "buyers": max(len(lines) - 2, 0),
        "units": len(lines),
        "gmv_cents": gmv,
        "followers_gained": 12,
        "comments": evening.comments,
    }
    minutes = [
        room
        | {
            "minute_at": start + minute * 60,
            "viewers": 40 + round(60 * weights[minute] / 4) + minute % 7,
            "comments": remarks.count(minute) if evening.comments < 5000 else None,
            "product_clicks": round(3 * weights[minute]),
            "currency": "CNY",
        }
        for minute in range(evening.minutes if evening.with_minutes else 0)
    ]
    comments = [
        room
        | {
            "comment_id": f"{number}-{place}",
            "text": rng.choice(REMARKS),
            "written_at": start + minute * 60 + rng.randrange(60),
            "written_on": day,
        }
        for place, minute in enumerate(remarks)
    ]
    return {"live_session": [session], "live_minute": minutes, "comment": comments, "order_line": lines}


def _line(evening: Evening, number: int, place: int, at: int, rng: random.Random) -> dict[str, Any]:
    sku, title, price = rng.choice(PIECES)
    return {
        "order_id": f"69{number:05d}{place:05d}",
        "line_id": f"69{number:05d}{place:05d}",
        "status": "completed",
        "created_at": at,
        "paid_at": at + 20,
        "paid_on": datetime.fromtimestamp(at, UTC).astimezone(ZONE).date().isoformat(),
        "merchant_sku": sku,
        "sku": sku,
        "title": title,
        "product_id": sku,
        "quantity": 1,
        "currency": "CNY",
        "list_cents": price,
        "seller_discount_cents": 0,
        "platform_discount_cents": 0,
        "buyer_paid_cents": price,
        "carrier": "live",
        "content_id": evening.session_id,
        "attribution": "A",
        "seller": "own",
    }


def _batch(table: str, rows: Sequence[Mapping[str, Any]]) -> IngestBatch:
    """Rows as columns, every column of the table filled."""
    columns: dict[str, list[Any]] = {}
    if table == "order_line":  # a load gives the sold wording, which the table refers to
        columns = {
            name: [row.get(name) for row in rows] for name in ("product_id", "platform_sku", "title", "spec")
        }
    for column in SQLModel.metadata.tables[table].columns:
        if column.name in ("shop_id", "platform", "source_id", "name_key", "stated_sku"):
            continue
        default = column.default.arg if column.default is not None and column.default.is_scalar else None
        usual = {"updated_at": 1, "payload_hash": 1}.get(column.name, default)
        columns[column.name] = [row.get(column.name, usual) for row in rows]
    return IngestBatch(table, "douyin", columns, list(range(len(rows))))


def _marks(evening: Evening) -> list[Mark]:
    start = int(evening.started.timestamp())
    marks = []
    for place, minute in enumerate(range(10, evening.minutes, 15)):
        sku, title, _ = PIECES[place % len(PIECES)]
        at = start + minute * 60
        marks.append(
            Mark("show", at, "douyin", evening.session_id, item=title, sku=sku, mark_id=f"{at}-show")
        )
        if place % 3 == 0:
            marks.append(Mark("coupon", at + 90, "douyin", evening.session_id, mark_id=f"{at}-coupon"))
    return marks
