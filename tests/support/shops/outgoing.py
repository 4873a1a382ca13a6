"""A studio with twenty SKUs on a shelf and paid orders that have to leave it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from shop.db.database import Database
from shop.orders.batch import IngestBatch
from shop.orders.upsert import Upsert
from tests.support.stock.places import fill

NOW = datetime.now(UTC).replace(microsecond=0)
FIRST_NUMBER = 6_930_000_000_000_000_000


def number(place: int) -> str:
    """The number of an order, with 19 digits as the platform has them."""
    return str(FIRST_NUMBER + place * 7_919_003)


def put_lines(db: Database, lines: list[dict[str, Any]], platform: str = "douyin") -> None:
    """Order lines as an import puts them: one piece, paid yesterday, due tomorrow, where nothing else is said."""
    rows = [_row(line) for line in lines]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    with db.write() as connection:
        load = Upsert(connection, 1)
        load.put(IngestBatch("order_line", platform, columns, list(range(1, len(rows) + 1))))
        load.finish()


def _row(line: dict[str, Any]) -> dict[str, Any]:
    paid = line.pop("paid", NOW - timedelta(days=1))
    promised = line.pop("promised", paid + timedelta(days=2))
    cents = line.pop("cents", 12_800) * line.get("quantity", 1)
    row = {
        "line_id": line["order_id"],
        "created_at": int(paid.timestamp()),
        "paid_at": int(paid.timestamp()),
        "paid_on": (paid + timedelta(hours=8)).date().isoformat(),
        "shipped_at": None,
        "promised_at": None if promised is None else int(promised.timestamp()),
        "status": "paid",
        "after_sale": None,
        "quantity": 1,
        "currency": "CNY",
        "list_cents": cents,
        "buyer_paid_cents": cents,
        "buyer_key": None,
        "province": "浙江省",
        "courier": None,
        "updated_at": int(paid.timestamp()),
        "payload_hash": hash((line["order_id"], line.get("line_id"))) & 0xFFFFFF,
        "product_id": None,
        "platform_sku": None,
        "title": None,
        "spec": None,
    }
    return row | line


def orders_to_send(db: Database, orders: int = 10) -> list[str]:
    """Two SKUs with photos for each order, and orders of one or two lines: two are late, the most urgent first."""
    skus = fill(db, 2 * orders, pictures=5)
    lines = []
    for place in range(orders):
        paid = NOW - timedelta(hours=60 - 5 * place)
        order = number(place)
        lines.append({"order_id": order, "sku": skus[place * 2], "paid": paid})
        if place % 3 == 0:
            lines.append(
                {"order_id": order, "line_id": f"{order}2"[1:], "sku": skus[place * 2 + 1], "paid": paid}
            )
    put_lines(db, lines)
    return [number(place) for place in range(orders)]
