"""Order lines written one by one, for tests in which every order matters."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from shop.db.database import Database
from shop.orders.batch import IngestBatch
from shop.orders.upsert import Upsert

ZONE = ZoneInfo("Asia/Shanghai")
COLUMNS = {
    "line_id": "1",
    "sku": "cup",
    "title": "杯",
    "quantity": 1,
    "status": "completed",
    "currency": "CNY",
    "seller_discount_cents": 0,
    "platform_discount_cents": 0,
    "shipping_cents": 0,
    "carrier": "live",
    "seller": "own",
    "is_gift": False,
}


def at(text: str, zone: ZoneInfo = ZONE) -> int:
    """The second of a moment on the shop's clock: 2026-03-05 23:59:58."""
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC).timestamp())


def order(order_id: str, paid: str | None, cents: int, **more: Any) -> dict[str, Any]:
    """One line: bought for so many cents; list value, discounts and shipping as given."""
    created = more.pop("created", paid)
    completed = more.pop("completed", None)
    row = {
        **COLUMNS,
        "order_id": order_id,
        "buyer_paid_cents": cents,
        "created_at": at(created),
        "paid_at": at(paid) if paid else None,
        "paid_on": paid[:10] if paid else None,
        "completed_at": at(completed) if completed else None,
        "updated_at": at(created),
        **more,
    }
    row.setdefault(
        "list_cents", row["buyer_paid_cents"] + row["platform_discount_cents"] + row["seller_discount_cents"]
    )
    return row


def back(order_id: str, on: str, cents: int) -> dict[str, Any]:
    """A refund of an order."""
    return {
        "refund_id": f"r-{order_id}-{on}",
        "order_id": order_id,
        "line_id": None,
        "status": "refunded",
        "refunded_at": at(f"{on} 10:00:00"),
        "refunded_on": on,
        "amount_cents": cents,
        "currency": "CNY",
        "is_estimate": False,
        "updated_at": at(f"{on} 10:00:00"),
    }


def write(db: Database, *rows: dict[str, Any], platform: str = "douyin") -> None:
    """Write lines and refunds as an import would."""
    tables = {
        "refund": [row for row in rows if "refund_id" in row],
        "order_line": [row for row in rows if "refund_id" not in row],
    }
    with db.write() as connection:
        load = Upsert(connection, 1)
        for table, result in tables.items():
            if result:
                columns: dict[str, list[Any]] = {name: [row[name] for row in result] for name in result[0]}
                columns["payload_hash"] = list(range(1, len(result) + 1))
                load.put(IngestBatch(table, platform, columns, list(range(len(result)))))
        load.finish()
