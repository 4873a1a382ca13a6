"""Orders of the Douyin shop as order lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from etl.couriers import courier
from etl.platforms.base import Account, Pages, TimeWindow
from etl.platforms.douyin_shop import presale
from etl.platforms.douyin_shop.wire import PLATFORM, post
from etl.platforms.paging import listed, timed
from etl.platforms.records import (
    RANK,
    ParseContext,
    ParseResult,
    Record,
    Row,
    Unreadable,
    fen,
    identifier,
    latest,
    moment,
    needed,
    quantity_of,
    read_records,
    shares,
    text,
    whole,
    word,
)
from etl.ranks import order_rank

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


BEFORE_SENDING = (2, 4, 5)  # after_sale_type: refund before shipping, cancelled by system or buyer


CLOSED_CASES = (14, 27, 28, 29, 51, 53)


def fetch_orders(account: Account, window: TimeWindow) -> Pages:
    """Orders that changed in the window, oldest change first."""

    def read(part: TimeWindow, page: int) -> tuple[list[dict[str, Any]], int]:
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
        total = whole(data, "total")
        return listed(data, "shop_order_list", total=total), total or 0

    return timed(
        read,
        SIZE,
        lambda record: moment(record, "update_time"),
        lambda record: record.get("order_id"),
        window,
    )


def parse_orders(records: Sequence[Record], context: ParseContext) -> ParseResult:
    """One line per SKU order; list = seller discount + platform discount + buyer paid, in fen."""
    return read_records(
        records, PLATFORM, lambda record: _lines(record, context), lambda record: needed(record, "order_id")
    )


def _lines(order: Record, context: ParseContext) -> Iterator[Row]:
    items = order.get("sku_order_list") or []
    if not items:
        raise Unreadable("sku_order_list", "Missing")
    weights = [_listed(item) for item in items]
    paid = shares(fen(order, "pay_amount"), [whole(i, "pay_amount") for i in items], weights)
    posts = [whole(item, "post_amount") for item in items]
    if None in posts:  # given for the order only: it counts on the first line
        posts = [fen(order, "post_amount") if number == 0 else 0 for number in range(len(items))]
    payments = shares(
        fen(order, "promotion_pay_amount"), [whole(i, "promotion_pay_amount") for i in items], weights
    )
    updated = max(
        latest(moment(record, "update_time"), moment(record, "create_time")) for record in (order, *items)
    )
    for number, item in enumerate(items):
        phases = presale.phases_of(order, item)
        if deposit := presale.deposit(order, item, phases, context):
            yield "presale_deposit", {**deposit, "updated_at": updated}
        shipping = posts[number] or 0
        money = _money(item, weights[number], paid[number] - shipping, payments[number])
        yield (
            "order_line",
            {
                **_order_header(order, item, context),
                **presale.payment(phases, context),
                **_product_fields(item),
                **money,
                "shipping_cents": shipping,
                **_attribution(item),
                "updated_at": updated,
            },
        )


def _listed(item: Record) -> int:
    total = whole(item, "sum_amount")
    if total is not None:
        return total
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


def _order_header(order: Record, item: Record, context: ParseContext) -> dict[str, Any]:
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
        "paid_on": context.day(paid_at),
        "shipped_at": moment(item, "ship_time") if _never_left(item, status) else when("ship_time"),
        "completed_at": when("finish_time"),
        "status": status,
        "after_sale": case,
        "currency": "CNY",
        "buyer_key": order.get("buyer_key"),
        "province": text(order, "post_addr.province.name"),
        "promised_at": when("exp_ship_time") if status == "paid" else None,
        "courier": _courier(order),
        RANK: order_rank(status, case),
    }


def _courier(order: Record) -> str | None:
    """The company of the first parcel; its number is not read."""
    parcels = order.get("logistics_info") or []
    return courier(text(parcels[0], "company_name", "company")) if parcels else None


def _never_left(item: Record, status: str) -> bool:
    """Whether a SKU order was cancelled before it was sent, whatever became of its order's others."""
    kind = whole(item, "after_sale_info.after_sale_type")
    return status == "cancelled" and kind in BEFORE_SENDING


def _case(item: Record) -> str | None:
    """The SKU order's after-sale case: requested, closed, refunded; None where there is none."""
    status = whole(item, "after_sale_info.after_sale_status") or 0
    refund = whole(item, "after_sale_info.refund_status") or 0
    kind = whole(item, "after_sale_info.after_sale_type")
    if not status and not refund:
        return None
    if refund == 3 or (status == 12 and kind not in (3, 7, 8)):
        return "refunded"
    return "closed" if refund == 4 or status == 12 or status in CLOSED_CASES else "asked"


def _product_fields(item: Record) -> dict[str, Any]:
    """The SKU is the shop's own code; without one, the platform's product and the chosen form."""
    product, title = identifier(item, "product_id_str", "product_id"), text(item, "product_name")
    spec = " ".join(value for part in item.get("spec") or [] if (value := text(part, "value"))) or None
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


def _attribution(item: Record) -> dict[str, Any]:
    """The platform's own statement of the session or video (grade A); else only how it was sold."""
    session_id, video = identifier(item, "room_id_str", "room_id"), identifier(item, "video_id")
    creator = identifier(item, "author_id")
    partner = whole(item, "c_biz") == 2
    theme = str(item.get("theme_type") or "")
    if session_id or theme == "1":
        carrier = "live"
    elif video:
        carrier = "video"
    else:
        carrier = CARRIER_WORDS.get(str(item.get("theme_type_desc") or ""), "unknown")
    return {
        "carrier": carrier,
        "seller": "partner" if partner else "own",
        "creator_id": creator if partner else None,
        "content_id": session_id
        or video
        or (identifier(item, "content_id") if carrier != "unknown" else None),
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
