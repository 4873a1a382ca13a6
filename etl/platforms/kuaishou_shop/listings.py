"""Items of Kuaishou shop as listings, and their stock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from etl.http import errors
from etl.http.client import Call
from etl.platforms.base import Account, Pages, TimeWindow
from etl.platforms.kuaishou_shop.wire import NAME, PLATFORM, get
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

ITEMS = 100


def fetch_listings(account: Account, window: TimeWindow) -> Pages:
    """All items with their SKUs: one more request per item."""

    def read(page: int) -> tuple[list[dict[str, Any]], int]:
        data = get(account, "open.item.list.get", pageNumber=page + 1, pageSize=ITEMS)
        total = whole(data, "totalItemCount")
        return listed(data, "items", total=total), total or 0

    done: set[object] = set()
    for page in numbered(read, ITEMS, lambda record: record.get("kwaiItemId")):
        fresh = [record for record in page if record.get("kwaiItemId") not in done]
        done.update(record.get("kwaiItemId") for record in fresh)
        yield [
            {**record, "skus": _skus(account, record["kwaiItemId"])}
            if identifier(record, "kwaiItemId")
            else record
            for record in fresh
        ]


def _skus(account: Account, item: Any) -> list[dict[str, Any]]:
    result = get(account, "open.item.sku.list.get", kwaiItemId=item)
    listed = result if isinstance(result, list) else result.get("skuList") or result.get("skus") or []
    return list(listed)


def parse_listings(records: Sequence[Record], context: ParseContext) -> ParseResult:
    """One listing per SKU; an item without SKUs is one listing."""
    return read_records(
        records,
        PLATFORM,
        lambda record: _listings(record, context),
        lambda record: needed(record, "kwaiItemId"),
    )


def _listings(item: Record, context: ParseContext) -> Iterator[Row]:
    item_id = needed(item, "kwaiItemId")
    for sku in item.get("skus") or [item]:
        spec = text(sku, "specification", "skuDesc")
        yield (
            "listing",
            {
                "listing_id": identifier(sku, "kwaiSkuId", "skuId") or item_id,
                "sku": text(sku, "skuNick") or (f"{item_id}/{spec}" if spec else item_id),
                "product_id": item_id,
                "title": text(item, "title"),
                "spec": spec,
                "status": _listing_status(item),
                "price_cents": whole(sku, "skuSalePrice", "price") or whole(item, "price"),
                "currency": "CNY",
                "quantity": whole(sku, "skuStock", "stock"),
                "updated_at": context.fetched_at,
            },
        )


def _listing_status(item: Record) -> str:
    if whole(item, "auditStatus") in (0, 3):
        return "draft"
    if whole(item, "itemStatus") in (2, 3):
        return "retired"
    return "live" if whole(item, "onOfflineStatus") in (1, None) else "paused"


def set_stock(account: Account, product_id: str, sku_id: str, quantity: int) -> None:
    """Change the stock to a number: the platform takes only by how much, so the stock is read first.

    A lost answer raises Unsure: the same change twice would be wrong.
    """
    current = next(
        (
            whole(record, "skuStock", "stock") or 0
            for record in _skus(account, int(product_id))
            if identifier(record, "kwaiSkuId", "skuId") == sku_id
        ),
        None,
    )
    if current is None:
        raise errors.Refused(platform=NAME, found="sku.unknown")
    change = quantity - current
    if change:
        data = {
            "kwaiItemId": int(product_id),
            "skuId": int(sku_id),
            "skuChangeStock": abs(change),
            "changeType": 1 if change > 0 else 2,
        }
        account.call(Call("POST", "", "open.item.sku.stock.update", data=data, once=True))
