"""Products of the Douyin shop as listings, and their stock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from etl.platforms.base import Account, Pages, TimeWindow
from etl.platforms.douyin_shop.orders import SIZE
from etl.platforms.douyin_shop.wire import PLATFORM, post
from etl.platforms.paging import listed, numbered
from etl.platforms.records import (
    ParseContext,
    ParseResult,
    Record,
    Row,
    identifier,
    needed,
    read_records,
    text,
    whole,
)


def fetch_listings(account: Account, window: TimeWindow) -> Pages:
    """All products with their SKUs: one more request per product."""

    def read(page: int) -> tuple[list[dict[str, Any]], int]:
        data = post(account, "product.listV2", page=page + 1, size=SIZE)
        total = whole(data, "total")
        return listed(data, "data", total=total), total or 0

    done: set[object] = set()
    for page in numbered(read, SIZE, lambda record: record.get("product_id")):
        fresh = [record for record in page if record.get("product_id") not in done]
        done.update(record.get("product_id") for record in fresh)
        yield [
            {**record, "skus": post(account, "sku.list", product_id=record["product_id"]) or []}
            if identifier(record, "product_id")
            else record
            for record in fresh
        ]


def parse_listings(records: Sequence[Record], context: ParseContext) -> ParseResult:
    """One listing per SKU; price in fen, the stock on the platform."""
    return read_records(
        records,
        PLATFORM,
        lambda record: _listings(record, context),
        lambda record: needed(record, "product_id"),
    )


def _listings(product: Record, context: ParseContext) -> Iterator[Row]:
    product_id = needed(product, "product_id")
    status = _listing_status(product)
    for sku in product.get("skus") or []:
        names = (text(sku, f"spec_detail_name{number}") for number in (1, 2, 3))
        spec = " ".join(name for name in names if name) or None
        yield (
            "listing",
            {
                "listing_id": needed(sku, "id"),
                "sku": text(sku, "code") or (f"{product_id}/{spec}" if spec else product_id),
                "product_id": product_id,
                "title": text(product, "name"),
                "spec": spec,
                "status": status,
                "price_cents": whole(sku, "price"),
                "currency": "CNY",
                "quantity": whole(sku, "stock_num"),
                "updated_at": context.fetched_at,
            },
        )


def _listing_status(product: Record) -> str:
    status, check = whole(product, "status"), whole(product, "check_status")
    if status == 2 or check == 5:
        return "retired"
    if check in (1, 2, 4):
        return "draft"
    return "live" if status == 0 else "paused"


def set_stock(account: Account, product_id: str, sku_id: str, quantity: int) -> None:
    """Send the number of pieces as it is (not by how much it changed): a repeat does no harm."""
    post(
        account,
        "sku.syncStock",
        product_id=int(product_id),
        sku_id=int(sku_id),
        stock_num=quantity,
        incremental=False,
    )
