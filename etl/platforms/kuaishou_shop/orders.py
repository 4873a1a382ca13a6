"""Orders of Kuaishou shop as order lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from etl.platforms.base import Account, Pages, TimeWindow
from etl.platforms.kuaishou_shop.wire import PLATFORM, get
from etl.platforms.paging import chained, listed
from etl.platforms.records import (
    RANK,
    ParseContext,
    ParseResult,
    Record,
    Unreadable,
    at,
    fen,
    identifier,
    latest,
    moment,
    needed,
    quantity_of,
    read_records,
    text,
    whole,
    word,
)
from etl.ranks import order_rank

SIZE = 50
PROMISED = "promiseTimeStampOfDelivery"
END = "nomore"
STATUS = {10: "unpaid", 30: "paid", 40: "shipped", 50: "delivered", 70: "completed", 80: "cancelled"}
CARRIERS = {
    "1": "live",
    "2": "video",
    "3": "product_card",
    "4": "other",
    "live": "live",
    "video": "video",
    "photo": "video",
    "item": "product_card",
    "other": "other",
    "直播": "live",
    "短视频": "video",
    "商品卡": "product_card",
    "其他": "other",
}


def fetch_orders(account: Account, window: TimeWindow) -> Pages:
    """Orders that changed in the window (at most 7 days), by the platform's cursor."""

    def read(cursor: str) -> tuple[list[dict[str, Any]], str, int | None]:
        data = get(
            account,
            "open.order.cursor.list",
            orderViewStatus=1,
            pageSize=SIZE,
            sort=2,
            queryType=2,
            beginTime=window.start * 1000,
            endTime=window.end * 1000,
            cpsType=0,
            cursor=cursor,
        )
        following = str(data.get("cursor") or END)
        end = 0 if data.get("cursor") == END else None
        return listed(data, "orderList", total=end), "" if following == END else following, None

    return chained(read, lambda record: at(record, "orderBaseInfo.oid"))


def parse_orders(records: Sequence[Record], context: ParseContext) -> ParseResult:
    """One line per order: the platform has one item in each; money in fen."""
    return read_records(
        records,
        PLATFORM,
        lambda record: [("order_line", _line(record, context))],
        lambda record: needed(record, "orderBaseInfo.oid"),
    )


def _line(order: Record, context: ParseContext) -> dict[str, Any]:
    base, item = order.get("orderBaseInfo") or {}, order.get("orderItemInfo") or {}
    status = word(whole(base, "status"), STATUS, "status")
    times = {
        name: moment(base, name, unit=1000)
        for name in ("createTime", "payTime", "sendTime", "recvTime", "updateTime", PROMISED)
    }
    promised_at = times.pop(PROMISED)
    if times["createTime"] is None:
        raise Unreadable("createTime", "Missing")
    order_id = needed(base, "oid")
    case = _case(order)
    return {
        "order_id": order_id,
        "line_id": identifier(item, "orderItemId") or order_id,
        "created_at": times["createTime"],
        "paid_at": times["payTime"],
        "paid_on": context.day(times["payTime"]),
        "shipped_at": times["sendTime"],
        "completed_at": times["recvTime"] if status in ("delivered", "completed") else None,
        "status": status,
        "after_sale": case,
        **_product_fields(item),
        **_money(base, item),
        "currency": "CNY",
        **_attribution(order, base),
        "buyer_key": order.get("buyer_key"),
        "province": text(order, "orderAddress.province"),
        "promised_at": promised_at if status == "paid" else None,
        "updated_at": latest(*times.values()),
        RANK: order_rank(status, case),
    }


def _money(base: Record, item: Record) -> dict[str, int]:
    """`totalFee` is what the buyer pays, shipping with it; the list price is per piece.

    What list and payment differ by was taken off: by the platform what it declares to bear (its channel
    and subsidies), by the shop the rest.
    """
    quantity = quantity_of(item, "num")
    unit = whole(item, "originalPrice") or whole(item, "price")
    if unit is None:
        raise Unreadable("originalPrice", "Missing")
    shipping, listed = fen(base, "expressFee"), unit * quantity
    platform = fen(base, "payChannelDiscount") + fen(base, "governmentDiscount")
    buyer_paid = fen(base, "totalFee") - shipping - platform
    seller = listed - buyer_paid - platform
    if buyer_paid < 0:
        raise Unreadable("totalFee", "Negative", found=str(buyer_paid))
    if seller < 0:
        raise Unreadable("totalFee", "MoreThanList", found=str(seller))
    return {
        "quantity": quantity,
        "list_cents": listed,
        "seller_discount_cents": seller,
        "platform_discount_cents": platform,
        "buyer_paid_cents": buyer_paid,
        "shipping_cents": shipping,
    }


def _product_fields(item: Record) -> dict[str, Any]:
    product, spec, title = (identifier(item, "itemId"), text(item, "skuDesc"), text(item, "itemTitle"))
    by_platform = f"{product}/{spec}" if product and spec else product
    return {
        "sku": text(item, "skuNick", "goodsCode") or by_platform or title or "",
        "product_id": product,
        "platform_sku": identifier(item, "skuId"),
        "title": title,
        "spec": spec,
    }


def _attribution(order: Record, base: Record) -> dict[str, Any]:
    carrier_type = str(at(base, "carrierType") or at(order, "carrierType") or "")
    carrier = CARRIERS.get(carrier_type, "unknown")
    content = identifier(base, "carrierId") or identifier(order, "carrierId")
    creator = identifier(order, "orderCpsInfo.distributorId")
    partner = whole(base, "cpsType") == 2 or creator is not None
    return {
        "carrier": carrier,
        "seller": "partner" if partner else "own",
        "creator_id": creator,
        "content_id": content if carrier in ("live", "video") else None,
        "attribution": "D" if carrier == "unknown" else "A",
    }


def _case(order: Record) -> str | None:
    states = [case_state(whole(record, "refundStatus") or 0) for record in order.get("orderRefundList") or []]
    return max(states, key=["closed", "asked", "refunded"].index, default=None)


def case_state(status: int) -> str:
    """The state of an after-sale case by its number: refunded, closed, or requested (still open)."""
    return {60: "refunded", 12: "closed", 70: "closed"}.get(status, "asked")
