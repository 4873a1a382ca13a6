"""What the stock tests share: a shop with a few SKUs, and orders written by hand."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from shop.access.roles import Actor
from shop.db.database import Database
from shop.orders.batch import IngestBatch
from shop.orders.upsert import Upsert

OWNER = Actor("窑主")
HELPER = Actor("小林", "assistant")
START = 1_790_000_000  # the opening count of these tests, seconds UTC


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(START + seconds, UTC)


def catalog(db: Database, **policies: str) -> None:
    """Variants with these SKUs and stock policies, each a product of its own."""
    with db.write() as connection:
        for sku, policy in policies.items():
            connection.exec_driver_sql(
                "INSERT INTO product (shop_id, product_code, title, form, glaze, updated_at, "
                "payload_hash) VALUES (1, ?, ?, 'cup', 'celadon', 0, 0)",
                (sku, sku),
            )
            connection.exec_driver_sql(
                "INSERT INTO variant (shop_id, sku, product_code, currency, stock_policy, "
                "updated_at, payload_hash) VALUES (1, ?, ?, 'CNY', ?, 0, 0)",
                (sku, sku, policy),
            )


def line(
    order: str,
    sku: str,
    quantity: int = 1,
    *,
    paid: int | None = 10,
    number: str = "1",
    status: str = "paid",
    version: int = 1,
    platform: str = "douyin",
    shipped: int | None = None,
    cents: int = 1000,
    **more: Any,
) -> dict[str, Any]:
    """One order line; `paid` and `shipped` are seconds after the opening count."""
    return {
        "platform": platform,
        "order_id": order,
        "line_id": number,
        "sku": sku,
        "title": sku,
        "quantity": quantity,
        "status": status,
        "currency": "CNY",
        "list_cents": cents,
        "buyer_paid_cents": cents,
        "paid_at": None if paid is None else START + paid,
        "paid_on": None if paid is None else f"{at(paid):%Y-%m-%d}",
        "shipped_at": None if shipped is None else START + shipped,
        "updated_at": START + version,
        "content_id": None,
        "is_gift": False,
        **more,
    }


def refund(
    order: str,
    *,
    number: str | None = "1",
    kind: str = "return_refund",
    cents: int = 1000,
    status: str = "refunded",
    stage: str = "after_ship",
    version: int = 1,
    platform: str = "douyin",
    case: str = "",
) -> dict[str, Any]:
    return {
        "platform": platform,
        "refund_id": case or f"R-{order}",
        "order_id": order,
        "line_id": number,
        "kind": kind,
        "stage": stage,
        "status": status,
        "amount_cents": cents,
        "currency": "CNY",
        "refunded_at": START + 50,
        "refunded_on": f"{at(50):%Y-%m-%d}",
        "is_estimate": False,
        "updated_at": START + version,
    }


def load(db: Database, *records: dict[str, Any], whole: bool = False) -> list[bool]:
    """Load lines and refunds in one transaction, as an import does."""
    stored: list[bool] = []
    with db.write() as connection:
        running = Upsert(connection, 1)
        for table in ("order_line", "refund"):
            wanted = [item for item in records if ("refund_id" in item) == (table == "refund")]
            for platform in sorted({item["platform"] for item in wanted}):
                batch = _batch(table, [item for item in wanted if item["platform"] == platform])
                stored += running.put(batch, whole_orders=whole and table == "order_line")
        running.finish()
    return stored


def _batch(table: str, records: list[dict[str, Any]]) -> IngestBatch:
    columns: dict[str, list[Any]] = defaultdict(list)
    for record in records:
        rest = {name: value for name, value in record.items() if name != "platform"}
        digest = hashlib.blake2b(repr(sorted(rest.items(), key=str)).encode(), digest_size=7)
        for name, value in {**rest, "payload_hash": int.from_bytes(digest.digest(), "big")}.items():
            columns[name].append(value)
    orders = {item["order_id"]: number for number, item in enumerate(records)}
    rows = (
        [orders[item["order_id"]] for item in records] if table == "order_line" else list(range(len(records)))
    )
    return IngestBatch(table, records[0]["platform"], columns, rows)


def stock(db: Database, sku: str) -> tuple[int, int]:
    """On hand and reserved."""
    with db.read() as connection:
        row = connection.exec_driver_sql(
            "SELECT on_hand, reserved FROM stock_balance WHERE sku = ?", (sku,)
        ).one()
        return row[0], row[1]


def allocations(db: Database) -> dict[tuple[str, str], tuple[str, int, int]]:
    """By order and line: SKU, pieces taken, pieces short."""
    with db.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT order_id, line_id, sku, taken, short FROM stock_claim WHERE part = 0 AND wanted > 0"
        )
        return {(row[0], row[1]): (row[2], row[3], row[4]) for row in rows}


def short(db: Database) -> dict[str, int]:
    """How many pieces each order lacks."""
    return {order: lack for (order, _), (_, _, lack) in allocations(db).items() if lack}


def ledger_is_sound(db: Database) -> bool:
    """Balances are the sums of movements, allocations equal their movements, and nothing is below zero."""
    with db.read() as connection:
        run = connection.exec_driver_sql
        wrong = run(
            "SELECT b.sku FROM stock_balance b LEFT JOIN (SELECT sku, SUM(on_hand) AS on_hand, "
            "SUM(reserved) AS reserved FROM stock_movement GROUP BY sku) m USING (sku) "
            "WHERE b.on_hand <> COALESCE(m.on_hand, 0) OR b.reserved <> COALESCE(m.reserved, 0)"
        ).all()
        assert not wrong, wrong
        allocated = run(
            "SELECT order_id, line_id, sku, SUM(taken - counted_out) FROM stock_claim GROUP BY 1, 2, 3"
        ).all()
        changed = {
            tuple(row[:3]): row[3]
            for row in run(
                "SELECT order_id, line_id, sku, -SUM(on_hand) FROM stock_movement WHERE order_id "
                "IS NOT NULL AND reason IN ('sold', 'counted') GROUP BY 1, 2, 3"
            )
        }
        for order, number, sku, pieces in allocated:
            assert changed.pop((order, number, sku), 0) == pieces, (order, number, sku)
        assert not {key: pieces for key, pieces in changed.items() if pieces}
        reserved = run("SELECT COALESCE(SUM(kept), 0) FROM stock_hold").scalar()
        assert reserved == run("SELECT COALESCE(SUM(reserved), 0) FROM stock_balance").scalar()
        below = run("SELECT sku FROM stock_balance WHERE on_hand < -presale").all()
        assert not below, below
    return True
