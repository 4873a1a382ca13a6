"""Douyin shop (抖店, Doudian): orders, after-sale cases, listings, stock.

Money in fen, times in Unix seconds, ids of 19 digits as text. Every call is a POST whose raw JSON body
is signed (HMAC-SHA256) together with the common parameters. Facts: the official Go SDK 1.1.0 and
op.jinritemai.com as read by several public clients. Reviews, sessions, videos are not offered.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from etl.platforms.base import DAY, Credential, Person, Resource, UnavailableKind
from etl.platforms.douyin_shop.listings import fetch_listings, parse_listings, set_stock
from etl.platforms.douyin_shop.orders import fetch_orders, parse_orders
from etl.platforms.douyin_shop.refunds import fetch_refunds, parse_refunds
from etl.platforms.douyin_shop.wire import (
    NAME,
    PLATFORM,
    canonical,
    first_token,
    next_token,
    opened,
    signature,
    signed,
)
from etl.platforms.records import Record, names, only_allowed, text

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
    "canonical",
    "first_token",
    "next_token",
    "opened",
    "set_stock",
    "signature",
    "signed",
    "strip_personal",
]

HOSTS = {"api": "https://openapi-fxg.jinritemai.com"}
RATE = 5.0
SETTINGS: Mapping[str, str] = {}
CREDENTIALS = (
    Credential("app_key", secret=False),
    Credential("app_secret"),
    Credential("shop_id", secret=False, optional=True),
    Credential("code", optional=True),
)
TAKES_STOCK = True
GAPS = (
    UnavailableKind("comments", ("comments",)),
    UnavailableKind("live", ("douyin_sessions",)),
    UnavailableKind("videos", ("douyin_works",)),
    UnavailableKind("product_statements", ("douyin_products",)),
    UnavailableKind("settlement", ("douyin_settlement",)),
)


# --- personal data --------------------------------------------------------------------------------

ALLOWED_FIELDS = names("""
    order_id parent_order_id order_level order_status main_status order_type trade_type b_type
    pay_type create_time update_time pay_time ship_time finish_time exp_ship_time order_amount
    pay_amount post_amount post_origin_amount post_promotion_amount modify_amount
    modify_post_amount promotion_amount promotion_shop_amount promotion_platform_amount
    promotion_talent_amount total_promotion_amount promotion_pay_amount shop_cost_amount
    platform_cost_amount only_platform_cost_amount author_cost_amount packing_amount tax_amount
    post_addr province name sku_order_list product_id product_id_str product_name sku_id code
    out_sku_id out_product_id spec value item_num goods_price origin_amount sum_amount goods_type
    pre_sale_type given_product_type is_comment after_sale_info after_sale_status after_sale_type
    refund_status c_biz theme_type theme_type_desc author_id room_id room_id_str video_id
    content_id ad_env_type aftersale_info aftersale_id related_id aftersale_type aftersale_status
    refund_amount refund_post_amount refund_tax_amount return_promotion_amount apply_time
    aftersale_status_to_final_time aftersale_num got_pkg reason_second_labels order_info
    shop_order_id related_order_info sku_order_id price text_part aftersale_status_text
    aftersale_type_text reason_text status check_status product_type outer_product_id sell_num
    skus id spec_detail_name1 spec_detail_name2 spec_detail_name3 stock_num prehold_stock_num
    sku_type logistics_info company company_name order_phase_list total_phase current_phase
    pay_success phase_payable_price phase_pay_time phase_close_time
""")


def strip_personal(raw: Record, person: Person) -> dict[str, Any]:
    """Only fields that are known to be harmless; the buyer as a keyed hash, the province stays."""
    stripped: dict[str, Any] = only_allowed(raw, ALLOWED_FIELDS)
    buyer = text(raw, "doudian_open_id")
    if buyer:
        stripped["buyer_key"] = person(buyer)
    return stripped


RESOURCES = (
    Resource("orders", fetch_orders, parse_orders, window=7 * DAY, look_back=3 * DAY, stored="orders"),
    Resource("refunds", fetch_refunds, parse_refunds, window=30 * DAY, look_back=90 * DAY, history=180 * DAY),
    Resource("listings", fetch_listings, parse_listings, rest=6 * 3600, stored="snapshot"),
)
