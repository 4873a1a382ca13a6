"""Products of TikTok Shop as listings, and their stock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from etl.errors import NotOffered
from etl.platforms.base import Account, Pages, TimeWindow
from etl.platforms.paging import chained, count_left, listed
from etl.platforms.records import (
    ParseContext,
    ParseResult,
    Record,
    Row,
    at,
    money,
    needed,
    read_records,
    text,
    whole,
)
from etl.platforms.tiktok_shop.wire import NAME, PLATFORM, search


def fetch_listings(account: Account, window: TimeWindow) -> Pages:
    """All products with their SKUs."""
    path = f"/product/{account.setting('products')}/products/search"

    def read(token: str) -> tuple[list[dict[str, Any]], str, int | None]:
        query = {"page_size": "100", "page_token": token}
        result = search(account, path, query, {"status": "ALL"})
        following = str(result.get("next_page_token") or "")
        total = whole(result, "total_count")
        return listed(result, "products", total=count_left(total, following)), following, total

    return chained(read, lambda record: record.get("id"))


LISTED = {
    "ACTIVATE": "live",
    "SELLER_DEACTIVATED": "paused",
    "PLATFORM_DEACTIVATED": "paused",
    "FREEZE": "paused",
    "DELETED": "retired",
}


def parse_listings(records: Sequence[Record], context: ParseContext) -> ParseResult:
    """One listing per SKU; stock is added up over the warehouses."""
    return read_records(
        records, PLATFORM, lambda record: _listings(record, context), lambda record: needed(record, "id")
    )


def _listings(product: Record, context: ParseContext) -> Iterator[Row]:
    status = LISTED.get(str(product.get("status")), "draft")
    for sku in product.get("skus") or []:
        currency = text(sku, "price.currency") or context.currency
        stock = [whole(record, "quantity") or 0 for record in sku.get("inventory") or []]
        off = at(sku, "status_info.status") == "DEACTIVATED"
        price = text(sku, "price.sale_price", "price.tax_exclusive_price")
        yield (
            "listing",
            {
                "listing_id": needed(sku, "id"),
                "sku": text(sku, "seller_sku") or needed(sku, "id"),
                "product_id": needed(product, "id"),
                "title": text(product, "title"),
                "spec": None,
                "status": "paused" if off and status == "live" else status,
                "price_cents": money({"price": price}, "price", currency) if price else None,
                "currency": currency,
                "quantity": sum(stock) if stock else None,
                "updated_at": context.fetched_at,
            },
        )


def set_stock(account: Account, product_id: str, sku_id: str, quantity: int) -> None:
    """Send the number of pieces of a SKU in its only warehouse; rejected where it has several."""
    version = account.setting("inventory")
    wanted = {"product_ids": [product_id], "sku_ids": [sku_id]}
    current = search(account, f"/product/{version}/inventory/search", {}, wanted)
    places = [
        str(place["warehouse_id"])
        for product in current.get("inventory") or []
        for sku in product.get("skus") or []
        if str(sku.get("id")) == sku_id
        for place in sku.get("warehouse_inventory") or []
        if place.get("warehouse_id")
    ]
    if len(places) > 1:
        raise NotOffered(platform=NAME, kind="stock of several warehouses")
    stock: dict[str, Any] = {"quantity": quantity}
    if places:
        stock["warehouse_id"] = places[0]
    data = {"skus": [{"id": sku_id, "inventory": [stock]}]}
    search(account, f"/product/{version}/products/{product_id}/inventory/update", {}, data)
