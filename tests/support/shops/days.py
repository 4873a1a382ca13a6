"""A shop given by its days: so many cents sold on each, in one order a day."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from shop.core.periods import Period
from shop.db.database import Database
from shop.orders.batch import IngestBatch
from shop.orders.upsert import Upsert

ZONE = ZoneInfo("Asia/Shanghai")


def noon(day: date) -> int:
    return int(datetime.combine(day, time(12), ZONE).astimezone(UTC).timestamp())


def sell(db: Database, cents: Mapping[date, int], **more: Any) -> None:
    """One paid order line of this many cents at noon of each day; days of zero sell nothing."""
    days = [day for day, amount in cents.items() if amount]
    size = len(days)
    columns: dict[str, Any] = {
        "order_id": [f"{more.get('order', 'o')}{day:%Y%m%d}" for day in days],
        "line_id": ["1"] * size,
        "paid_on": [day.isoformat() for day in days],
        "created_at": [noon(day) for day in days],
        "paid_at": [noon(day) for day in days],
        "sku": ["cup"] * size,
        "title": ["杯"] * size,
        "quantity": [1] * size,
        "status": ["completed"] * size,
        "currency": [more.get("currency", "CNY")] * size,
        "list_cents": [cents[day] for day in days],
        "buyer_paid_cents": [cents[day] for day in days],
        "platform_discount_cents": [0] * size,
        "carrier": [more.get("carrier", "live")] * size,
        "updated_at": [noon(day) for day in days],
        "payload_hash": list(range(1, size + 1)),
    }
    with db.write() as connection:
        load = Upsert(connection, 1)
        load.put(IngestBatch("order_line", more.get("platform", "douyin"), columns, list(range(size))))
        load.finish()


def every_day(first: date, last: date) -> Iterable[date]:
    return iter(Period(first, last))
