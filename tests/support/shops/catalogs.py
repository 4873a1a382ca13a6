"""A catalog typed by hand for tests: designs, their variants, what sold, and which of them it was."""

from typing import Any

from sqlalchemy import text

from shop.db.database import Database
from shop.orders.batch import IngestBatch
from tests.shop.metrics.test_query import at
from tests.shop.metrics.test_query import put as put_batch


def design(db: Database, code: str, *skus: str, **known: Any) -> None:
    """A design with variants; `known` are columns of the design (form, glaze, size, family …)."""
    of_variant = {name: known.pop(name) for name in list(known) if name in VARIANT}
    with db.write() as connection:
        put(connection, "product", product_code=code, title=code, **known)
        for sku in skus:
            put(connection, "variant", sku=sku, product_code=code, currency="CNY", **of_variant)


VARIANT = {
    "stock_policy",
    "shelf_cm2",
    "price_cents",
    "packing",
    "lead_days",
    "seconds_of",
    "grade",
    "is_archived",
    "reorder_point",
}


def put(connection: Any, table: str, **row: Any) -> None:
    """One row of a table, with what every versioned table needs."""
    if table in ("product", "variant", "listing"):
        row = {"updated_at": 1, "payload_hash": 1, **row}
    row = {"shop_id": 1, **row}
    names = ", ".join(row)
    marks = ", ".join(f":{name}" for name in row)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), row)


def offer(connection: Any, sku: str, quantity: int | None = None) -> None:
    """A live listing of a SKU on Douyin."""
    put(
        connection,
        "listing",
        platform="douyin",
        listing_id=sku,
        sku=sku,
        currency="CNY",
        status="live",
        quantity=quantity,
    )


def match(db: Database, wording: dict[str, str], sku: str | None, how: str = "rule") -> None:
    """Match everything sold under these words (columns of sold_name) to this SKU of ours."""
    conditions = " AND ".join(f"{name} = :{name}" for name in wording)
    with db.write() as connection:
        connection.execute(
            text(
                "INSERT OR REPLACE INTO sold_match (shop_id, name_key, sku, how) "
                f"SELECT shop_id, name_key, :ours, :how FROM sold_name WHERE {conditions}"
            ),
            {**wording, "ours": sku, "how": how},
        )


def sell(db: Database, order: str, when: str, cents: int, **more: Any) -> None:
    line = {
        "order_id": order,
        "line_id": order,
        "sku": "code",
        "title": "杯",
        "quantity": 1,
        "status": "paid",
        "currency": "CNY",
        "buyer_paid_cents": cents,
        "list_cents": cents,
        "paid_at": at(when),
        "created_at": at(when),
        "paid_on": when[:10],
        "updated_at": at(when),
        "payload_hash": 1,
        "carrier": "live",
        "buyer_key": 1,
        **more,
    }
    put_batch(db, IngestBatch("order_line", "douyin", {name: [value] for name, value in line.items()}, [2]))
