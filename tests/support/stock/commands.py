"""A small shop for scenarios: two designs, three SKUs, functions to sell and to query."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from shop.access.roles import OWNER, Actor
from shop.catalog import products
from shop.catalog.products import ProductFields, VariantFields
from shop.db.database import Database
from shop.orders.batch import IngestBatch
from shop.orders.upsert import Upsert

MEI = Actor("mei", "assistant")
LI = Actor("li", "creator")
READY = {"height_mm": 62, "width_mm": 88, "weight_g": 180, "price_cents": 12_800}


def cups(db: Database) -> tuple[str, str]:
    """A celadon cup in two sizes; their SKUs."""
    fields = [
        VariantFields(sku="QC-S", title="小号", **READY),
        VariantFields(sku="QC-L", title="大号", **{**READY, "price_cents": 16_800}),
    ]
    product = ProductFields("青瓷主人杯", form="主人杯", glaze="青瓷", is_food_safe=True)
    added = products.add(db, product, fields, actor=OWNER, code="QC")
    return added.skus[0], added.skus[1]


def sell(
    db: Database,
    order: str,
    code: str,
    *,
    cents: int = 10_000,
    units: int = 1,
    on: date = date(2026, 3, 2),
    platform: str = "douyin",
    **words: str | None,
) -> None:
    """One paid order line of one piece or more."""
    at = int(datetime(on.year, on.month, on.day, 12, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp())
    row: dict[str, Any] = {
        "order_id": order,
        "line_id": order,
        "created_at": at,
        "paid_at": at,
        "paid_on": on.isoformat(),
        "status": "paid",
        "sku": code,
        "quantity": units,
        "currency": "CNY",
        "list_cents": cents * units,
        "buyer_paid_cents": cents * units,
        "updated_at": at,
        "payload_hash": hash(order) & 0xFFFF,
        "product_id": None,
        "platform_sku": None,
        "title": None,
        "spec": None,
        **words,
    }
    batch = IngestBatch("order_line", platform, {name: [value] for name, value in row.items()}, [1])
    with db.write() as connection:
        load = Upsert(connection, 1)
        load.put(batch)
        load.finish()


def state(
    db: Database,
    listing: str,
    *,
    platform: str = "douyin",
    sku: str | None = None,
    updated_at: int = 1000,
    **values: Any,
) -> None:
    """What a platform states of a listing, as a sync stores it."""
    row: dict[str, Any] = {
        "listing_id": listing,
        "sku": sku or listing,
        "product_id": None,
        "title": None,
        "spec": None,
        "status": "live",
        "price_cents": None,
        "currency": "CNY",
        "quantity": None,
        "updated_at": updated_at,
        **values,
    }
    row["payload_hash"] = hash(repr(sorted(row.items()))) & 0xFFFFFF
    batch = IngestBatch("listing", platform, {name: [value] for name, value in row.items()}, [1])
    with db.write() as connection:
        load = Upsert(connection, 1)
        load.put(batch, snapshot=True)
        load.finish()


def rows(db: Database, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """The contents of the database."""
    with db.read() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(sql, values)]


def dump(db: Database, *tables: str) -> dict[str, list[tuple[Any, ...]]]:
    """Whole tables, to compare before and after."""
    return {table: sorted(rows(db, f"SELECT * FROM {table}"), key=repr) for table in tables}
