"""Orders of TikTok Shop as order lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from etl.couriers import courier
from etl.platforms.base import Account, Pages, TimeWindow
from etl.platforms.paging import chained, count_left, listed
from etl.platforms.records import (
    RANK,
    ParseContext,
    ParseResult,
    Record,
    Row,
    Unreadable,
    identifier,
    latest,
    moment,
    money,
    needed,
    read_records,
    text,
    whole,
    word,
)
from etl.platforms.tiktok_shop.wire import PLATFORM, search
from etl.ranks import ORDER_RANK

SIZE = 50


STATUS = {
    "UNPAID": "unpaid",
    "ON_HOLD": "paid",
    "AWAITING_SHIPMENT": "paid",
    "PARTIALLY_SHIPPING": "paid",
    "AWAITING_COLLECTION": "paid",
    "IN_TRANSIT": "shipped",
    "DELIVERED": "delivered",
    "COMPLETED": "completed",
    "CANCELLED": "cancelled",
}


def fetch_orders(account: Account, window: TimeWindow) -> Pages:
    """Orders that changed in the window, oldest change first."""
    path = f"/order/{account.setting('orders')}/orders/search"
    data = {"update_time_ge": window.start, "update_time_lt": window.end}
    return search_pages(account, path, data, "orders", "id")


def search_pages(account: Account, path: str, data: Mapping[str, Any], name: str, key: str) -> Pages:
    """The pages of a search; its records stand under `name`, each known by its `key`."""

    def read(token: str) -> tuple[list[dict[str, Any]], str, int | None]:
        query = {
            "page_size": str(SIZE),
            "page_token": token,
            "sort_field": "update_time",
            "sort_order": "ASC",
        }
        result = search(account, path, query, data)
        total = whole(result, "total_count")
        following = str(result.get("next_page_token") or "")
        return listed(result, name, total=count_left(total, following)), following, total

    return chained(read, lambda record: record.get(key))


def parse_orders(records: Sequence[Record], context: ParseContext) -> ParseResult:
    """One line per SKU of an order: units counted, amounts added; list = seller + platform + paid."""
    return read_records(
        records, PLATFORM, lambda record: _lines(record, context), lambda record: needed(record, "id")
    )


def _lines(order: Record, context: ParseContext) -> Iterator[Row]:
    order_id = needed(order, "id")
    by_sku: dict[str, list[Record]] = defaultdict(list)
    for item in order.get("line_items") or []:
        by_sku[needed(item, "sku_id")].append(item)
    if not by_sku:
        raise Unreadable("line_items", "Missing")
    currency = text(order, "payment.currency") or context.currency
    times = _times(order)
    status = word(order.get("status"), STATUS, "status")
    shipping = money(order, "payment.shipping_fee", currency)
    for sku_id, units in by_sku.items():
        yield (
            "order_line",
            {
                "order_id": order_id,
                "line_id": f"{order_id}/{sku_id}/1",  # the key that the order export's rows get
                **times,
                "paid_on": context.day(times["paid_at"]),
                "status": status,
                "after_sale": None,
                "sku": text(units[0], "seller_sku") or sku_id,
                "product_id": identifier(units[0], "product_id"),
                "platform_sku": sku_id,
                "title": text(units[0], "product_name"),
                "spec": text(units[0], "sku_name"),
                "is_gift": all(bool(unit.get("is_gift")) for unit in units),
                **_money(units, currency),
                "shipping_cents": shipping,
                "currency": currency,
                **_attribution(units),
                "buyer_key": order.get("buyer_key"),
                "province": text(order, "state"),
                "courier": courier(text(order, "shipping_provider")),
                "updated_at": latest(moment(order, "update_time"), *times.values()),
                RANK: ORDER_RANK[status],
            },
        )
        shipping = 0


def _times(order: Record) -> dict[str, int | None]:
    created_at = moment(order, "create_time")
    if created_at is None:
        raise Unreadable("create_time", "Missing")
    delivered = moment(order, "delivery_time")
    done = order.get("status") == "COMPLETED"
    return {
        "created_at": created_at,
        "paid_at": moment(order, "paid_time"),
        "shipped_at": moment(order, "rts_time", "collection_time"),
        "completed_at": (delivered or moment(order, "update_time")) if done else None,
    }


def _money(units: Sequence[Record], currency: str) -> dict[str, int]:
    listed = paid = platform = 0
    for unit in units:
        price = money(unit, "sale_price", currency)
        borne = abs(money(unit, "platform_discount", currency))
        taken = abs(money(unit, "seller_discount", currency))
        original = money(unit, "original_price", currency, missing=price + borne + taken)
        listed, paid, platform = listed + original, paid + price, platform + borne
    seller = listed - paid - platform
    if seller < 0:
        raise Unreadable("sale_price", "MoreThanList", found=str(seller))
    return {
        "quantity": len(units),
        "list_cents": listed,
        "seller_discount_cents": seller,
        "platform_discount_cents": platform,
        "buyer_paid_cents": paid,
    }


def _attribution(units: Sequence[Record]) -> dict[str, Any]:
    """The session is given by the platform (grade A); videos are not."""
    session_id = next(filter(None, (identifier(unit, "room_id") for unit in units)), None)
    return {
        "carrier": "live" if session_id else "unknown",
        "seller": "own",
        "creator_id": None,
        "content_id": session_id,
        "attribution": "A" if session_id else "D",
    }
