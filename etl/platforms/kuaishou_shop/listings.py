"""Items of Kuaishou shop as listings, and their stock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from etl.http import errors
from etl.http.client import Call
from etl.platforms.base import Account, Pages, Window
from etl.platforms.kuaishou_shop.wire import NAME, PLATFORM, get
from etl.platforms.paging import numbered
from etl.platforms.records import Outcome, Record, Row, Told, identifier, needed, read_records, text, whole

ITEMS = 100


def fetch_listings(account: Account, window: Window) -> Pages:
    """All items with their SKUs: one more request per item."""

    def read(page: int) -> tuple[list[dict[str, Any]], int]:
        data = get(account, "open.item.list.get", pageNumber=page + 1, pageSize=ITEMS)
        return data.get("items") or [], whole(data, "totalItemCount") or 0

    done: set[object] = set()
    for page in numbered(read, ITEMS, lambda one: one.get("kwaiItemId")):
        fresh = [one for one in page if one.get("kwaiItemId") not in done]
        done.update(one.get("kwaiItemId") for one in fresh)
        yield [{**one, "skus": _skus(account, one.get("kwaiItemId"))} for one in fresh]


def _skus(account: Account, item: Any) -> list[dict[str, Any]]:
    found = get(account, "open.item.sku.list.get", kwaiItemId=item)
    listed = found if isinstance(found, list) else found.get("skuList") or found.get("skus") or []
    return list(listed)


def parse_listings(records: Sequence[Record], told: Told) -> Outcome:
    """One listing per SKU; an item without SKUs is one listing."""
    return read_records(
        records, PLATFORM, lambda one: _listings(one, told), lambda one: needed(one, "kwaiItemId")
    )


def _listings(item: Record, told: Told) -> Iterator[Row]:
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
                "updated_at": told.fetched_at,
            },
        )


def _listing_status(item: Record) -> str:
    if whole(item, "auditStatus") in (0, 3):
        return "draft"
    if whole(item, "itemStatus") in (2, 3):
        return "retired"
    return "live" if whole(item, "onOfflineStatus") in (1, None) else "paused"


def set_stock(account: Account, product_id: str, sku_id: str, quantity: int) -> None:
    """Change the stock to a number: the platform takes only by how much, so what it holds is read first.

    A lost answer raises Unsure: the same change twice would be wrong.
    """
    held = next(
        (
            whole(one, "skuStock", "stock") or 0
            for one in _skus(account, int(product_id))
            if identifier(one, "kwaiSkuId", "skuId") == sku_id
        ),
        None,
    )
    if held is None:
        raise errors.Refused(platform=NAME, found="sku.unknown")
    change = quantity - held
    if change:
        data = {
            "kwaiItemId": int(product_id),
            "skuId": int(sku_id),
            "skuChangeStock": abs(change),
            "changeType": 1 if change > 0 else 2,
        }
        account.call(Call("POST", "", "open.item.sku.stock.update", data=data, once=True))
