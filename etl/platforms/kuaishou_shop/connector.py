"""Kuaishou shop (快手小店): orders, refunds, listings, stock changes, shop reviews.

Money in fen, times in milliseconds, ids beyond 2^53 as text. All parameters are in the query, signed with
a third credential, the signSecret (HMAC_SHA256 in base64, or MD5 in hex). Facts: the schemas of
open.kwaixiaodian.com as copied by several public clients. An order has exactly one item. Videos and
sessions have no figures in this API, and no export with a known header either: a profile fills that gap.
"""

from __future__ import annotations

from typing import Any

from etl.platforms.base import DAY, Credential, Person, Resource, UnavailableKind
from etl.platforms.kuaishou_shop.comments import fetch_comments, parse_comments
from etl.platforms.kuaishou_shop.listings import fetch_listings, parse_listings, set_stock
from etl.platforms.kuaishou_shop.orders import fetch_orders, parse_orders
from etl.platforms.kuaishou_shop.refunds import fetch_refunds, parse_refunds
from etl.platforms.kuaishou_shop.wire import (
    NAME,
    PLATFORM,
    SETTINGS,
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
    "first_token",
    "next_token",
    "opened",
    "set_stock",
    "signature",
    "signed",
    "strip_personal",
]

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
GAPS = (
    UnavailableKind("live", ("generic",)),
    UnavailableKind("videos", ("generic",)),
    UnavailableKind("settlement", ("generic",)),
)


# --- personal data --------------------------------------------------------------------------------

ALLOWED_FIELDS = names("""
    orderBaseInfo oid status totalFee discountFee expressFee payChannelDiscount governmentDiscount
    allowanceExpressFee createTime payTime sendTime recvTime refundTime updateTime payType cpsType
    commentStatus preSale coType activityType channel carrierType carrierId orderItemInfo itemId
    skuId relItemId relSkuId orderItemId itemTitle skuDesc skuNick goodsCode num originalPrice
    price itemType orderRefundList refundId refundStatus refundReason orderAddress province
    orderCpsInfo distributorId refundFee handlingWay refundType refundReasonDesc negotiateStatus
    receiptStatus promiseTimeStampOfDelivery submitTime endTime expireTime kwaiItemId title itemStatus auditStatus
    onOfflineStatus stock volume categoryName skus kwaiSkuId skuStock skuSalePrice specification
    commentId itemSkuId orderId qualityScore serviceScore logisticsScore replied
""")


def strip_personal(raw: Record, person: Person) -> dict[str, Any]:
    """Only fields that are known to be harmless; the buyer as a keyed hash, reviews masked."""
    stripped: dict[str, Any] = only_allowed(raw, ALLOWED_FIELDS)
    buyer = text(raw, "orderBaseInfo.buyerOpenId")
    if buyer:
        stripped["buyer_key"] = person(buyer)
    if "commentId" in raw:
        stripped |= person.masked(str(raw.get("content") or ""))
    return stripped


RESOURCES = (
    Resource("orders", fetch_orders, parse_orders, window=7 * DAY, look_back=3 * DAY, stored="orders"),
    Resource("refunds", fetch_refunds, parse_refunds, window=DAY, look_back=90 * DAY),
    Resource("listings", fetch_listings, parse_listings, rest=6 * 3600, stored="snapshot"),
    Resource("comments", fetch_comments, parse_comments, window=30 * DAY, look_back=3 * DAY),
)
