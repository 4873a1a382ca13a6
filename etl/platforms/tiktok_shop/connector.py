"""TikTok Shop (Partner API): orders, returns, listings and stock, videos by day, sessions by minute.

Money is decimal text in the shop's currency, times are Unix seconds, days are the shop's own. Path, query
and raw body are signed (HMAC-SHA256). Facts: the Partner Center's OpenAPI document as generated into a
public client, and the EcomPHP client's test vector. API versions are settings. Comments are not offered.
An order's line items are single units: those of one SKU are one line, with the key of the order export.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from etl.errors import NotOffered
from etl.platforms.base import DAY, Account, Credential, Gap, Pages, Person, Resource, Window
from etl.platforms.paging import chained
from etl.platforms.records import (
    RANK,
    Outcome,
    Record,
    Row,
    Told,
    Unreadable,
    at,
    identifier,
    kept,
    latest,
    moment,
    money,
    names,
    needed,
    read_records,
    text,
    whole,
    word,
)
from etl.platforms.tiktok_shop.analytics import fetch_live, fetch_videos, parse_live, parse_videos
from etl.platforms.tiktok_shop.wire import NAME, first_token, next_token, opened, search, signature, signed
from shop.core.money import split

__all__ = [
    "CREDENTIALS",
    "GAPS",
    "HOSTS",
    "NAME",
    "PLATFORM",
    "RATE",
    "RESOURCES",
    "SETTINGS",
    "TAKES_STOCK",
    "first_token",
    "next_token",
    "opened",
    "set_stock",
    "signature",
    "signed",
    "strip_personal",
]

PLATFORM = "tiktok"
HOSTS = {"api": "https://open-api.tiktokglobalshop.com", "auth": "https://auth.tiktok-shops.com"}
RATE = 5.0
SETTINGS = {
    "orders": "202309",
    "products": "202502",
    "inventory": "202309",
    "returns": "202602",
    "videos": "202605",
    "lives": "202609",
    "minutes": "202510",
    "shops": "202309",
}
CREDENTIALS = (
    Credential("app_key", secret=False),
    Credential("app_secret"),
    Credential("code", optional=True),
    Credential("refresh_token", optional=True),
    Credential("shop_cipher", optional=True),
)
TAKES_STOCK = True
GAPS = (Gap("comments", ("comments",)), Gap("settlement", ("generic",)))
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
RANKS = {"unpaid": 1, "paid": 2, "shipped": 3, "delivered": 4, "completed": 5, "cancelled": 6}
MONEY_LEFT = (
    "RETURN_OR_REFUND_REQUEST_COMPLETE",
    "REPLACEMENT_REQUEST_REFUND_SUCCESS",
    "CANCELLATION_REQUEST_COMPLETE",
)
CLOSED = ("REJECT", "REQUEST_CANCEL", "REPLACEMENT_REQUEST_COMPLETE", "EXCHANGE_REQUEST_COMPLETE")
KINDS = {"REFUND": "refund_only", "RETURN_AND_REFUND": "return_refund", "REPLACEMENT": "exchange"}


# --- orders ---------------------------------------------------------------------------------------


def fetch_orders(account: Account, window: Window) -> Pages:
    """Orders that changed in the window, oldest change first."""
    path = f"/order/{account.setting('orders')}/orders/search"
    data = {"update_time_ge": window.start, "update_time_lt": window.end}
    return _pages(account, path, data, "orders", "id")


def _pages(account: Account, path: str, data: Mapping[str, Any], name: str, key: str) -> Pages:
    def read(token: str) -> tuple[list[dict[str, Any]], str, int | None]:
        query = {
            "page_size": str(SIZE),
            "page_token": token,
            "sort_field": "update_time",
            "sort_order": "ASC",
        }
        found = search(account, path, query, data)
        return (found.get(name) or [], str(found.get("next_page_token") or ""), whole(found, "total_count"))

    return chained(read, lambda one: one.get(key))


def parse_orders(records: Sequence[Record], told: Told) -> Outcome:
    """One line per SKU of an order: units counted, amounts added; list = seller + platform + paid."""
    return read_records(records, PLATFORM, lambda one: _lines(one, told), lambda one: needed(one, "id"))


def _lines(order: Record, told: Told) -> Iterator[Row]:
    order_id = needed(order, "id")
    by_sku: dict[str, list[Record]] = defaultdict(list)
    for item in order.get("line_items") or []:
        by_sku[needed(item, "sku_id")].append(item)
    if not by_sku:
        raise Unreadable("line_items", "Missing")
    currency = text(order, "payment.currency") or told.currency
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
                "paid_on": told.day(times["paid_at"]),
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
                **_whence(units),
                "buyer_key": order.get("buyer_key"),
                "province": text(order, "state"),
                "updated_at": latest(moment(order, "update_time"), *times.values()),
                RANK: RANKS[status],
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


def _whence(units: Sequence[Record]) -> dict[str, Any]:
    """The room is stated by the platform (grade A); videos are not."""
    room = next((found for unit in units if (found := identifier(unit, "room_id"))), None)
    return {
        "carrier": "live" if room else "unknown",
        "seller": "own",
        "creator_id": None,
        "content_id": room,
        "attribution": "A" if room else "D",
    }


# --- returns and cancellations --------------------------------------------------------------------


def fetch_refunds(account: Account, window: Window) -> Pages:
    """Returns that changed in the window, then cancellations (a resource of its own)."""
    base = f"/return_refund/{account.setting('returns')}"
    data = {"update_time_ge": window.start, "update_time_lt": window.end}
    yield from _pages(account, f"{base}/returns/search", data, "return_orders", "return_id")
    yield from _pages(account, f"{base}/cancellations/search", data, "cancellations", "cancel_id")


def parse_refunds(records: Sequence[Record], told: Told) -> Outcome:
    """One refund per case and SKU; money has left only when a case is complete, on that day."""
    return read_records(records, PLATFORM, lambda one: _refunds(one, told), _case_id)


def _case_id(case: Record) -> str:
    return needed(case, "return_id", "cancel_id")


def _refunds(case: Record, told: Told) -> Iterator[Row]:
    cancelled = "cancel_id" in case
    state = str(case.get("cancel_status" if cancelled else "return_status") or "")
    status = _state(state)
    updated = moment(case, "update_time")
    if status == "refunded" and updated is None:
        raise Unreadable("update_time", "NoRefundTime")
    refunded_at = updated if status == "refunded" else None
    currency = text(case, "refund_amount.currency") or told.currency
    order_id, case_id = needed(case, "order_id"), _case_id(case)
    parts = _parts(case, "cancel_line_items" if cancelled else "return_line_items", currency)
    for number, (sku, goods, shipping) in enumerate(parts):
        nothing = status == "closed"
        yield (
            "refund",
            {
                "refund_id": case_id if number == 0 else f"{case_id}/{sku}",
                "order_id": order_id,
                "line_id": f"{order_id}/{sku}/1" if sku else None,
                "kind": "refund_only" if cancelled else KINDS.get(str(case.get("return_type")), "unknown"),
                "stage": "before_ship" if cancelled else "after_ship",
                "status": status,
                "reason": text(case, "return_reason_text", "cancel_reason_text", "return_reason"),
                "reason_label": None,
                "requested_at": moment(case, "create_time"),
                "refunded_at": refunded_at,
                "refunded_on": told.day(refunded_at),
                "amount_cents": 0 if nothing else goods,
                "shipping_cents": 0 if nothing else shipping,
                "currency": currency,
                "updated_at": updated or 0,
                RANK: {"asked": 1, "closed": 2, "refunded": 3}[status],
            },
        )


def _state(state: str) -> str:
    if state in MONEY_LEFT:
        return "refunded"
    return "closed" if any(one in state for one in CLOSED) else "asked"


def _parts(case: Record, name: str, currency: str) -> list[tuple[str | None, int, int]]:
    """SKU, goods and shipping of each SKU that the case gives money back for; whole where not told."""
    shipping = money(case, "refund_amount.refund_shipping_fee", currency)
    goods = max(money(case, "refund_amount.refund_total", currency) - shipping, 0)
    by_sku: dict[str, int] = defaultdict(int)
    for item in case.get(name) or []:
        by_sku[needed(item, "sku_id")] += money(item, "refund_amount.refund_subtotal", currency) or (
            money(item, "refund_amount.refund_total", currency)
            - money(item, "refund_amount.refund_shipping_fee", currency)
        )
    skus = sorted(by_sku)
    if len(skus) < 2:
        return [(skus[0] if skus else None, goods, shipping)]
    shares = split(goods, [by_sku[sku] for sku in skus])
    return [
        (sku, share, 0 if number else shipping)
        for number, (sku, share) in enumerate(zip(skus, shares, strict=True))
    ]


# --- listings and stock ---------------------------------------------------------------------------


def fetch_listings(account: Account, window: Window) -> Pages:
    """All products with their SKUs."""
    path = f"/product/{account.setting('products')}/products/search"

    def read(token: str) -> tuple[list[dict[str, Any]], str, int | None]:
        query = {"page_size": "100", "page_token": token}
        found = search(account, path, query, {"status": "ALL"})
        following = str(found.get("next_page_token") or "")
        return found.get("products") or [], following, whole(found, "total_count")

    return chained(read, lambda one: one.get("id"))


LISTED = {
    "ACTIVATE": "live",
    "SELLER_DEACTIVATED": "paused",
    "PLATFORM_DEACTIVATED": "paused",
    "FREEZE": "paused",
    "DELETED": "retired",
}


def parse_listings(records: Sequence[Record], told: Told) -> Outcome:
    """One listing per SKU; stock is added up over the warehouses."""
    return read_records(records, PLATFORM, lambda one: _listings(one, told), lambda one: needed(one, "id"))


def _listings(product: Record, told: Told) -> Iterator[Row]:
    status = LISTED.get(str(product.get("status")), "draft")
    for sku in product.get("skus") or []:
        currency = text(sku, "price.currency") or told.currency
        stock = [whole(one, "quantity") or 0 for one in sku.get("inventory") or []]
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
                "updated_at": told.fetched_at,
            },
        )


def set_stock(account: Account, product_id: str, sku_id: str, quantity: int) -> None:
    """Tell the number of pieces of a SKU in its only warehouse; refused where it has several."""
    version = account.setting("inventory")
    wanted = {"product_ids": [product_id], "sku_ids": [sku_id]}
    held = search(account, f"/product/{version}/inventory/search", {}, wanted)
    places = [
        str(place["warehouse_id"])
        for product in held.get("inventory") or []
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


# --- personal data --------------------------------------------------------------------------------

KEPT = names("""
    id create_time update_time paid_time rts_time collection_time delivery_time cancel_time status
    fulfillment_type order_type is_sample_order payment currency sub_total shipping_fee
    seller_discount platform_discount payment_platform_discount total_amount
    original_total_product_price original_shipping_fee shipping_fee_seller_discount
    shipping_fee_platform_discount tax line_items sku_id display_status product_name seller_sku
    sku_name product_id sale_price original_price is_gift room_id product_listing_type order_id
    return_id return_type return_status role return_reason return_reason_text refund_amount
    refund_total refund_subtotal refund_shipping_fee refund_tax return_line_items
    return_line_item_id order_line_item_id cancel_id cancel_type cancel_status cancel_reason
    cancel_reason_text cancel_line_items cancel_line_item_id title skus price tax_exclusive_price
    inventory warehouse_id quantity status_info deactivation_source list_price amount day
    video_post_time duration gmv attributed_gmv views likes comments shares sku_orders items_sold
    product_clicks product_impressions new_followers video_finish_rate creator user_name
    start_time end_time sales_performance interaction_performance traffic live_attributed_gmv
    live_gmv live_attributed_items_sold live_attributed_orders live_attributed_sku_orders
    created_sku_orders attributed_customers customers pcu acu impressions viewers
    avg_viewing_duration avg_viewing_duration_per_viewer minutes sales interactions conversion
    main_orders over_1m_views
""")


def strip_personal(raw: Record, person: Person) -> dict[str, Any]:
    """Only fields that are known to be harmless; the buyer as a keyed hash, of the address the state."""
    stripped: dict[str, Any] = kept(raw, KEPT)
    buyer = text(raw, "user_id")
    if buyer:
        stripped["buyer_key"] = person(buyer)
    districts = at(raw, "recipient_address.district_info") or []
    levels = ("state", "province")
    state = next(
        (
            text(one, "address_name")
            for one in districts
            if str(one.get("address_level_name", "")).lower() in levels
        ),
        None,
    )
    if state:
        stripped["state"] = state
    return stripped


RESOURCES = (
    Resource(
        "orders",
        fetch_orders,
        parse_orders,
        window=90 * DAY,
        look_back=3 * DAY,
        history=5 * 365 * DAY,
        stored="orders",
    ),
    Resource(
        "refunds", fetch_refunds, parse_refunds, window=30 * DAY, look_back=90 * DAY, history=5 * 365 * DAY
    ),
    Resource("listings", fetch_listings, parse_listings, rest=6 * 3600, stored="snapshot"),
    Resource(
        "videos",
        fetch_videos,
        parse_videos,
        window=DAY,
        look_back=4 * DAY,
        rest=6 * 3600,
        stored="snapshot",
        whole_days=True,
    ),
    Resource(
        "live",
        fetch_live,
        parse_live,
        window=30 * DAY,
        look_back=4 * DAY,
        rest=3600,
        stored="snapshot",
        whole_days=True,
    ),
)
