"""Kuaishou shop (快手小店): orders, refunds, listings, stock changes, shop reviews.

Money in fen, times in milliseconds, ids beyond 2^53 as text. All parameters are in the query, signed with
a third credential, the signSecret (HMAC_SHA256 in base64, or MD5 in hex). Facts: the schemas of
open.kwaixiaodian.com as copied by several public clients. An order has exactly one item. Videos and
sessions have no figures in this API, and no export with a known header either: a profile fills that gap.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from etl.http import errors
from etl.http.client import Call
from etl.platforms.base import DAY, Account, Credential, Gap, Pages, Person, Resource, Window
from etl.platforms.kuaishou_shop.wire import (
    NAME,
    SETTINGS,
    first_token,
    get,
    next_token,
    opened,
    signature,
    signed,
)
from etl.platforms.paging import chained, numbered
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
    text,
    whole,
    word,
)
from shop.comments.classify import is_question, language_of, mask_personal

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

PLATFORM = "kuaishou"
HOSTS = {"api": "https://openapi.kwaixiaodian.com"}
RATE = 5.0
CREDENTIALS = (
    Credential("app_key", secret=False),
    Credential("app_secret"),
    Credential("sign_secret"),
    Credential("code", optional=True),
    Credential("refresh_token", optional=True),
)
TAKES_STOCK = True
GAPS = (Gap("live", ("generic",)), Gap("videos", ("generic",)), Gap("settlement", ("generic",)))
ORDERS, REFUNDS, ITEMS, REVIEWS = 50, 100, 100, 20
END = "nomore"

STATUS = {10: "unpaid", 30: "paid", 40: "shipped", 50: "delivered", 70: "completed", 80: "cancelled"}
RANKS = {"unpaid": 1, "paid": 2, "shipped": 3, "delivered": 4, "completed": 5, "cancelled": 6}
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


# --- orders ---------------------------------------------------------------------------------------


def fetch_orders(account: Account, window: Window) -> Pages:
    """Orders that changed in the window (at most 7 days), by the platform's cursor."""

    def read(cursor: str) -> tuple[list[dict[str, Any]], str, int | None]:
        data = get(
            account,
            "open.order.cursor.list",
            orderViewStatus=1,
            pageSize=ORDERS,
            sort=2,
            queryType=2,
            beginTime=window.start * 1000,
            endTime=window.end * 1000,
            cpsType=0,
            cursor=cursor,
        )
        following = str(data.get("cursor") or END)
        return data.get("orderList") or [], "" if following == END else following, None

    return chained(read, lambda one: at(one, "orderBaseInfo.oid"))


def parse_orders(records: Sequence[Record], told: Told) -> Outcome:
    """One line per order: the platform has one item in each; money in fen."""
    return read_records(
        records,
        PLATFORM,
        lambda one: [("order_line", _line(one, told))],
        lambda one: needed(one, "orderBaseInfo.oid"),
    )


def _line(order: Record, told: Told) -> dict[str, Any]:
    base, item = order.get("orderBaseInfo") or {}, order.get("orderItemInfo") or {}
    status = word(whole(base, "status"), STATUS, "status")
    times = {
        name: moment(base, name, unit=1000)
        for name in ("createTime", "payTime", "sendTime", "recvTime", "updateTime")
    }
    if times["createTime"] is None:
        raise Unreadable("createTime", "Missing")
    order_id = needed(base, "oid")
    case = _case(order)
    return {
        "order_id": order_id,
        "line_id": identifier(item, "orderItemId") or order_id,
        "created_at": times["createTime"],
        "paid_at": times["payTime"],
        "paid_on": told.day(times["payTime"]),
        "shipped_at": times["sendTime"],
        "completed_at": times["recvTime"] if status in ("delivered", "completed") else None,
        "status": status,
        "after_sale": case,
        **_what(item),
        **_money(base, item),
        "currency": "CNY",
        **_whence(order, base),
        "buyer_key": order.get("buyer_key"),
        "province": text(order, "orderAddress.province"),
        "updated_at": latest(*times.values()),
        RANK: RANKS[status] * 4 + {None: 0, "asked": 1, "closed": 2, "refunded": 3}[case],
    }


def _money(base: Record, item: Record) -> dict[str, int]:
    """`totalFee` is what the buyer pays, shipping with it; the list price is told per piece.

    What list and payment differ by was taken off: by the platform what it says to bear (its channel
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


def _what(item: Record) -> dict[str, Any]:
    product, spec, title = (identifier(item, "itemId"), text(item, "skuDesc"), text(item, "itemTitle"))
    by_platform = f"{product}/{spec}" if product and spec else product
    return {
        "sku": text(item, "skuNick", "goodsCode") or by_platform or title or "",
        "product_id": product,
        "platform_sku": identifier(item, "skuId"),
        "title": title,
        "spec": spec,
    }


def _whence(order: Record, base: Record) -> dict[str, Any]:
    stated = str(at(base, "carrierType") or at(order, "carrierType") or "")
    carrier = CARRIERS.get(stated, "unknown")
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
    states = [_state(whole(one, "refundStatus") or 0) for one in order.get("orderRefundList") or []]
    return max(states, key=["closed", "asked", "refunded"].index, default=None)


def _state(status: int) -> str:
    return {60: "refunded", 12: "closed", 70: "closed"}.get(status, "asked")


# --- refunds --------------------------------------------------------------------------------------


def fetch_refunds(account: Account, window: Window) -> Pages:
    """Refunds that changed in the window (at most one day)."""

    def read(cursor: str) -> tuple[list[dict[str, Any]], str, int | None]:
        data = get(
            account,
            "open.seller.order.refund.pcursor.list",
            type=9,
            pageSize=REFUNDS,
            currentPage=1,
            sort=2,
            queryType=2,
            beginTime=window.start * 1000,
            endTime=window.end * 1000,
            pcursor=cursor,
        )
        following = str(data.get("pcursor") or END)
        found = data.get("refundOrderInfoList") or data.get("dataList") or []
        return found, "" if following == END else following, whole(data, "totalSize")

    return chained(read, lambda one: one.get("refundId"))


def parse_refunds(records: Sequence[Record], told: Told) -> Outcome:
    """One case each, in fen; goods and shipping are not told apart."""
    return read_records(
        records, PLATFORM, lambda one: [("refund", _refund(one, told))], lambda one: needed(one, "refundId")
    )


def _refund(case: Record, told: Told) -> dict[str, Any]:
    way, amount, state = (
        whole(case, "handlingWay"),
        fen(case, "refundFee"),
        _state(whole(case, "status") or 0),
    )
    if state == "refunded" and (way not in (1, 10) or amount <= 0):
        state = "closed"  # an exchange ends with the same status, and no money
    ended, updated = moment(case, "endTime", unit=1000), moment(case, "updateTime", unit=1000)
    refunded_at = (ended or updated) if state == "refunded" else None
    if state == "refunded" and refunded_at is None:
        raise Unreadable("endTime", "NoRefundTime")
    return {
        "refund_id": needed(case, "refundId"),
        "order_id": needed(case, "oid"),
        "line_id": None,
        "kind": {1: "return_refund", 10: "refund_only"}.get(way or 0, "unknown"),
        "stage": {1: "before_ship", 2: "after_ship", 3: "after_ship"}.get(
            whole(case, "receiptStatus") or 0, "unknown"
        ),
        "status": state,
        "reason": text(case, "refundReasonDesc"),
        "reason_label": None,
        "requested_at": moment(case, "submitTime", "createTime", unit=1000),
        "refunded_at": refunded_at,
        "refunded_on": told.day(refunded_at),
        "amount_cents": 0 if state == "closed" else amount,
        "shipping_cents": 0,
        "currency": "CNY",
        "updated_at": latest(updated, ended),
        RANK: {"asked": 1, "closed": 2, "refunded": 3}[state],
    }


# --- listings, stock, reviews ---------------------------------------------------------------------


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


def fetch_comments(account: Account, window: Window) -> Pages:
    """Shop reviews written in the window."""

    def read(page: int) -> tuple[list[dict[str, Any]], int]:
        data = get(
            account,
            "open.comment.list.get",
            offset=page * REVIEWS,
            limit=REVIEWS,
            createTimeFrom=window.start * 1000,
            createTimeTo=window.end * 1000,
        )
        return data.get("rootComment") or [], whole(data, "total") or 0

    return numbered(read, REVIEWS, lambda one: one.get("commentId"))


def parse_comments(records: Sequence[Record], told: Told) -> Outcome:
    """One remark per review; the text was masked before it landed."""
    return read_records(
        records, PLATFORM, lambda one: [("comment", _remark(one, told))], lambda one: needed(one, "commentId")
    )


def _remark(review: Record, told: Told) -> dict[str, Any]:
    said = text(review, "content") or ""
    written_at = moment(review, "createTime", unit=1000)
    if written_at is None:
        raise Unreadable("createTime", "Missing")
    return {
        "comment_id": needed(review, "commentId"),
        "text": said,
        "language": language_of(said),
        "is_question": is_question(said),
        "written_at": written_at,
        "written_on": told.day(written_at),
        "answered_at": None,
        "updated_at": written_at,
    }


# --- personal data --------------------------------------------------------------------------------

KEPT = names("""
    orderBaseInfo oid status totalFee discountFee expressFee payChannelDiscount governmentDiscount
    allowanceExpressFee createTime payTime sendTime recvTime refundTime updateTime payType cpsType
    commentStatus preSale coType activityType channel carrierType carrierId orderItemInfo itemId
    skuId relItemId relSkuId orderItemId itemTitle skuDesc skuNick goodsCode num originalPrice
    price itemType orderRefundList refundId refundStatus refundReason orderAddress province
    orderCpsInfo distributorId refundFee handlingWay refundType refundReasonDesc negotiateStatus
    receiptStatus submitTime endTime expireTime kwaiItemId title itemStatus auditStatus
    onOfflineStatus stock volume categoryName skus kwaiSkuId skuStock skuSalePrice specification
    commentId itemSkuId orderId qualityScore serviceScore logisticsScore replied
""")


def strip_personal(raw: Record, person: Person) -> dict[str, Any]:
    """Only fields that are known to be harmless; the buyer as a keyed hash, reviews masked."""
    stripped: dict[str, Any] = kept(raw, KEPT)
    buyer = text(raw, "orderBaseInfo.buyerOpenId")
    if buyer:
        stripped["buyer_key"] = person(buyer)
    if "commentId" in raw:
        stripped["content"] = mask_personal(str(raw.get("content") or ""))
    return stripped


RESOURCES = (
    Resource("orders", fetch_orders, parse_orders, window=7 * DAY, look_back=3 * DAY, stored="orders"),
    Resource("refunds", fetch_refunds, parse_refunds, window=DAY, look_back=90 * DAY),
    Resource("listings", fetch_listings, parse_listings, rest=6 * 3600, stored="snapshot"),
    Resource("comments", fetch_comments, parse_comments, window=30 * DAY, look_back=3 * DAY),
)
