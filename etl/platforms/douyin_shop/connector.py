"""Douyin shop (抖店, Doudian): orders, after-sale cases, listings, stock.

Money in fen, times in Unix seconds, ids of 19 digits as text. Every call is a POST whose raw JSON body
is signed (HMAC-SHA256) together with the common parameters. Facts: the official Go SDK 1.1.0 and
op.jinritemai.com as read by several public clients. Reviews, sessions, videos are not offered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from etl.platforms.base import DAY, Account, Credential, Gap, Pages, Person, Resource, Window
from etl.platforms.douyin_shop.wire import (
    NAME,
    canonical,
    first_token,
    next_token,
    opened,
    post,
    signature,
    signed,
)
from etl.platforms.paging import numbered, timed
from etl.platforms.records import (
    RANK,
    Outcome,
    Record,
    Row,
    Told,
    Unreadable,
    at,
    fen,
    identifier,
    kept,
    latest,
    moment,
    names,
    needed,
    quantity_of,
    read_records,
    shares,
    text,
    whole,
    word,
)

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

PLATFORM = "douyin"
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
    Gap("comments", ("comments",)),
    Gap("live", ("douyin_sessions",)),
    Gap("videos", ("douyin_works",)),
    Gap("product_statements", ("douyin_products",)),
    Gap("settlement", ("douyin_settlement",)),
)
SIZE = 100

STATUS = {
    1: "unpaid",
    105: "paid",
    2: "paid",
    101: "paid",
    3: "shipped",
    4: "cancelled",
    5: "completed",
    21: "cancelled",
    22: "cancelled",
    39: "cancelled",
    103: "unpaid",
}
RANKS = {"unpaid": 1, "paid": 2, "shipped": 3, "delivered": 4, "completed": 5, "cancelled": 6}
BEFORE_SENDING = (2, 4, 5)  # after_sale_type: refund before shipping, cancelled by system or buyer
CASE_RANKS = {None: 0, "asked": 1, "closed": 2, "refunded": 3}
CASE_KINDS = {0: "return_refund", 1: "refund_only", 2: "refund_only", 3: "exchange", 7: "resend"}
CLOSED_CASES = (14, 27, 28, 29, 51, 53)


# --- orders ---------------------------------------------------------------------------------------


def fetch_orders(account: Account, window: Window) -> Pages:
    """Orders that changed in the window, oldest change first."""

    def read(part: Window, page: int) -> tuple[list[dict[str, Any]], int]:
        data = post(
            account,
            "order.searchList",
            page=page,
            size=SIZE,
            order_by="update_time",
            order_asc=True,
            update_time_start=part.start,
            update_time_end=part.end,
        )
        return data.get("shop_order_list") or [], whole(data, "total") or 0

    return timed(read, SIZE, lambda one: moment(one, "update_time"), lambda one: one["order_id"], window)


def parse_orders(records: Sequence[Record], told: Told) -> Outcome:
    """One line per SKU order; list = seller discount + platform discount + buyer paid, in fen."""
    return read_records(records, PLATFORM, lambda one: _lines(one, told), lambda one: needed(one, "order_id"))


def _lines(order: Record, told: Told) -> Iterator[Row]:
    items = order.get("sku_order_list") or []
    if not items:
        raise Unreadable("sku_order_list", "Missing")
    weights = [_listed(item) for item in items]
    paid = shares(fen(order, "pay_amount"), [whole(i, "pay_amount") for i in items], weights)
    posts = [whole(item, "post_amount") for item in items]
    if None in posts:  # told for the order only: it counts on the first line
        posts = [fen(order, "post_amount") if number == 0 else 0 for number in range(len(items))]
    payments = shares(
        fen(order, "promotion_pay_amount"), [whole(i, "promotion_pay_amount") for i in items], weights
    )
    updated = max(latest(moment(one, "update_time"), moment(one, "create_time")) for one in (order, *items))
    for number, item in enumerate(items):
        shipping = posts[number] or 0
        money = _money(item, weights[number], paid[number] - shipping, payments[number])
        yield (
            "order_line",
            {
                **_who_and_when(order, item, told),
                **_what(item),
                **money,
                "shipping_cents": shipping,
                **_whence(item),
                "updated_at": updated,
            },
        )


def _listed(item: Record) -> int:
    stated = whole(item, "sum_amount")
    if stated is not None:
        return stated
    return fen(item, "origin_amount") * quantity_of(item, "item_num")


def _money(item: Record, listed: int, due: int, payment: int) -> dict[str, int]:
    """Who bears a discount decides what the shop is credited for."""
    borne = whole(item, "platform_cost_amount")
    if borne is None:
        borne = fen(item, "promotion_platform_amount") + fen(item, "promotion_talent_amount")
    buyer_paid, platform = due - payment, borne + payment
    seller = listed - buyer_paid - platform
    if buyer_paid < 0:
        raise Unreadable("pay_amount", "Negative", found=str(buyer_paid))
    if seller < 0 and not fen(item, "modify_amount"):
        raise Unreadable("pay_amount", "MoreThanList", found=str(seller))
    return {
        "list_cents": listed,
        "seller_discount_cents": seller,
        "platform_discount_cents": platform,
        "buyer_paid_cents": buyer_paid,
    }


def _who_and_when(order: Record, item: Record, told: Told) -> dict[str, Any]:
    def when(name: str) -> int | None:
        return moment(item, name) or moment(order, name)

    raw_status = whole(item, "order_status") or whole(order, "order_status")
    status, case = word(raw_status, STATUS, "order_status"), _case(item)
    paid_at, created_at = when("pay_time"), when("create_time")
    if created_at is None:
        raise Unreadable("create_time", "Missing")
    return {
        "order_id": needed(order, "order_id"),
        "line_id": needed(item, "order_id"),
        "created_at": created_at,
        "paid_at": paid_at,
        "paid_on": told.day(paid_at),
        "shipped_at": moment(item, "ship_time") if _never_left(item, status) else when("ship_time"),
        "completed_at": when("finish_time"),
        "status": status,
        "after_sale": case,
        "currency": "CNY",
        "buyer_key": order.get("buyer_key"),
        "province": text(order, "post_addr.province.name"),
        RANK: RANKS[status] * 4 + CASE_RANKS[case],
    }


def _never_left(item: Record, status: str) -> bool:
    """Whether a SKU order was cancelled before it was sent, whatever became of its order's others."""
    kind = whole(item, "after_sale_info.after_sale_type")
    return status == "cancelled" and kind in BEFORE_SENDING


def _case(item: Record) -> str | None:
    """The SKU order's after-sale case: asked, closed, refunded; None where there is none."""
    status = whole(item, "after_sale_info.after_sale_status") or 0
    refund = whole(item, "after_sale_info.refund_status") or 0
    kind = whole(item, "after_sale_info.after_sale_type")
    if not status and not refund:
        return None
    if refund == 3 or (status == 12 and kind not in (3, 7, 8)):
        return "refunded"
    return "closed" if refund == 4 or status == 12 or status in CLOSED_CASES else "asked"


def _what(item: Record) -> dict[str, Any]:
    """The SKU is the shop's own code; without one, the platform's product and the chosen form."""
    product, title = identifier(item, "product_id_str", "product_id"), text(item, "product_name")
    spec = " ".join(one for part in item.get("spec") or [] if (one := text(part, "value"))) or None
    by_platform = f"{product}/{spec}" if product and spec else product
    return {
        "sku": text(item, "code") or by_platform or title or "",
        "product_id": product,
        "platform_sku": identifier(item, "sku_id"),
        "title": title,
        "spec": spec,
        "quantity": quantity_of(item, "item_num"),
        "is_gift": item.get("given_product_type") == "FREE",
    }


def _whence(item: Record) -> dict[str, Any]:
    """The platform's own statement of the room or video (grade A); else only how it was sold."""
    room, video = identifier(item, "room_id_str", "room_id"), identifier(item, "video_id")
    creator = identifier(item, "author_id")
    partner = whole(item, "c_biz") == 2
    theme = str(item.get("theme_type") or "")
    if room or theme == "1":
        carrier = "live"
    elif video:
        carrier = "video"
    else:
        carrier = CARRIER_WORDS.get(str(item.get("theme_type_desc") or ""), "unknown")
    return {
        "carrier": carrier,
        "seller": "partner" if partner else "own",
        "creator_id": creator if partner else None,
        "content_id": room or video or (identifier(item, "content_id") if carrier != "unknown" else None),
        "attribution": "D" if carrier == "unknown" else "A",
    }


CARRIER_WORDS = {
    "直播间": "live",
    "直播": "live",
    "短视频": "video",
    "商品卡": "product_card",
    "图文": "image_text",
    "其他": "other",
}


# --- after-sale cases -----------------------------------------------------------------------------


def fetch_refunds(account: Account, window: Window) -> Pages:
    """Cases that changed in the window; the update window only works with this order."""

    def read(part: Window, page: int) -> tuple[list[dict[str, Any]], int]:
        data = post(
            account,
            "afterSale.List",
            page=page,
            size=SIZE,
            order_by=["update_time asc"],
            update_start_time=part.start,
            update_end_time=part.end,
        )
        return data.get("items") or [], whole(data, "total") or 0

    return timed(
        read,
        SIZE,
        lambda one: moment(one, "aftersale_info.update_time"),
        lambda one: at(one, "aftersale_info.aftersale_id"),
        window,
    )


def parse_refunds(records: Sequence[Record], told: Told) -> Outcome:
    """One case each, in fen; the list tells no moment of the refund: the final one stands for it."""
    return read_records(
        records,
        PLATFORM,
        lambda one: [("refund", _refund(one, told))],
        lambda one: needed(one, "aftersale_info.aftersale_id"),
    )


def _refund(case: Record, told: Told) -> dict[str, Any]:
    info = case.get("aftersale_info") or {}
    kind = whole(info, "aftersale_type")
    status = _refund_state(info, kind)
    updated = moment(info, "update_time")
    ended = moment(info, "aftersale_status_to_final_time") or updated
    if status == "refunded" and ended is None:
        raise Unreadable("aftersale_status_to_final_time", "NoRefundTime")
    refunded_at = ended if status == "refunded" else None
    shipping = fen(info, "refund_post_amount")
    total = fen(info, "refund_amount")
    nothing = status == "closed"
    return {
        "refund_id": needed(info, "aftersale_id"),
        "order_id": needed(case, "order_info.shop_order_id"),
        "line_id": identifier(info, "related_id"),
        "kind": CASE_KINDS.get(kind if kind is not None else -1, "unknown"),
        "stage": {2: "before_ship"}.get(kind if kind is not None else -1, "after_ship"),
        "status": status,
        "reason": text(case, "text_part.reason_text"),
        "reason_label": " ".join(
            one for label in info.get("reason_second_labels") or [] if (one := text(label, "name"))
        )
        or None,
        "requested_at": moment(info, "apply_time", "create_time"),
        "refunded_at": refunded_at,
        "refunded_on": told.day(refunded_at),
        "amount_cents": 0 if nothing else max(total - shipping, 0),
        "shipping_cents": 0 if nothing else shipping,
        "currency": "CNY",
        "updated_at": latest(updated, ended),
        RANK: {"asked": 1, "closed": 2, "refunded": 3}[status],
    }


def _refund_state(info: Record, kind: int | None) -> str:
    status, refund = whole(info, "aftersale_status"), whole(info, "refund_status")
    if refund == 3 or (status == 12 and kind in (0, 1, 2, 6)):
        return "refunded"
    return "closed" if refund in (4, 5) or status == 12 or status in CLOSED_CASES else "asked"


# --- listings and stock ---------------------------------------------------------------------------


def fetch_listings(account: Account, window: Window) -> Pages:
    """All products with their SKUs: one more request per product."""

    def read(page: int) -> tuple[list[dict[str, Any]], int]:
        data = post(account, "product.listV2", page=page + 1, size=SIZE)
        return data.get("data") or [], whole(data, "total") or 0

    done: set[object] = set()
    for page in numbered(read, SIZE, lambda one: one.get("product_id")):
        fresh = [one for one in page if one.get("product_id") not in done]
        done.update(one.get("product_id") for one in fresh)
        yield [
            {**one, "skus": post(account, "sku.list", product_id=one["product_id"]) or []} for one in fresh
        ]


def parse_listings(records: Sequence[Record], told: Told) -> Outcome:
    """One listing per SKU; price in fen, the stock that the platform holds."""
    return read_records(
        records, PLATFORM, lambda one: _listings(one, told), lambda one: needed(one, "product_id")
    )


def _listings(product: Record, told: Told) -> Iterator[Row]:
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
                "updated_at": told.fetched_at,
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
    """Tell the number of pieces as it is (not by how much it changed): a repeat does no harm."""
    post(
        account,
        "sku.syncStock",
        product_id=int(product_id),
        sku_id=int(sku_id),
        stock_num=quantity,
        incremental=False,
    )


# --- personal data --------------------------------------------------------------------------------

KEPT = names("""
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
    sku_type
""")


def strip_personal(raw: Record, person: Person) -> dict[str, Any]:
    """Only fields that are known to be harmless; the buyer as a keyed hash, the province stays."""
    stripped: dict[str, Any] = kept(raw, KEPT)
    buyer = text(raw, "doudian_open_id")
    if buyer:
        stripped["buyer_key"] = person(buyer)
    return stripped


RESOURCES = (
    Resource("orders", fetch_orders, parse_orders, window=7 * DAY, look_back=3 * DAY, stored="orders"),
    Resource("refunds", fetch_refunds, parse_refunds, window=30 * DAY, look_back=90 * DAY, history=180 * DAY),
    Resource("listings", fetch_listings, parse_listings, rest=6 * 3600, stored="snapshot"),
)
