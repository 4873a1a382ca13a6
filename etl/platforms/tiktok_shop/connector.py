"""TikTok Shop (Partner API): orders, returns, listings and stock, videos by day, sessions by minute.

Money is decimal text in the shop's currency, times are Unix seconds, days are the shop's own. Path, query
and raw body are signed (HMAC-SHA256). Facts: the Partner Center's OpenAPI document as generated into a
public client, and the EcomPHP client's test vector. API versions are settings. Comments are not offered.
An order's line items are single units: those of one SKU are one line, with the key of the order export.
"""

from __future__ import annotations

from typing import Any

from etl.platforms.base import DAY, Credential, Person, Resource, UnavailableKind
from etl.platforms.records import Record, at, names, only_allowed, text
from etl.platforms.tiktok_shop.analytics import fetch_live, fetch_videos, parse_live, parse_videos
from etl.platforms.tiktok_shop.listings import fetch_listings, parse_listings, set_stock
from etl.platforms.tiktok_shop.orders import fetch_orders, parse_orders
from etl.platforms.tiktok_shop.refunds import fetch_refunds, parse_refunds
from etl.platforms.tiktok_shop.wire import NAME, PLATFORM, first_token, next_token, opened, signature, signed

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
GAPS = (UnavailableKind("comments", ("comments",)), UnavailableKind("settlement", ("generic",)))


# --- personal data --------------------------------------------------------------------------------

ALLOWED_FIELDS = names("""
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
    main_orders over_1m_views shipping_provider
""")


def strip_personal(raw: Record, person: Person) -> dict[str, Any]:
    """Only fields that are known to be harmless; the buyer as a keyed hash, of the address the state."""
    stripped: dict[str, Any] = only_allowed(raw, ALLOWED_FIELDS)
    buyer = text(raw, "user_id")
    if buyer:
        stripped["buyer_key"] = person(buyer)
    districts = at(raw, "recipient_address.district_info") or []
    levels = ("state", "province")
    state = next(
        (
            text(record, "address_name")
            for record in districts
            if str(record.get("address_level_name", "")).lower() in levels
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
