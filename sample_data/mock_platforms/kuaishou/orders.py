"""The wire shapes of Kuaishou shop orders and refunds (open.order.cursor.list and its kin).

One order has one item. `totalFee` is net of `discountFee` and includes the freight; the payment
channel's discount is borne by others (the documents are silent on both; our own choice).
"""

from collections.abc import Hashable
from typing import Any

from sample_data.generator.douyin.aftersale import ALL_REASONS
from sample_data.generator.douyin.order_lines import CARRIERS, PARTNERS
from sample_data.generator.sessions import ANCHOR
from sample_data.mock_platforms.history.buyers import person
from sample_data.mock_platforms.history.orders import (
    CANCELLED,
    COMPLETED,
    PAID,
    SHIPPED,
    UNPAID,
    Case,
    Line,
    Order,
    by,
)

STATUS = {UNPAID: 10, PAID: 30, SHIPPED: 40, COMPLETED: 70, CANCELLED: 80}
VIEWS = {2: 10, 3: 30, 4: 40, 5: 50, 6: 70, 7: 80}
CARRIER_TYPES = dict(zip(CARRIERS, (1, 2, 3, 4, 99, 0), strict=True))
HANDLING = {"退货退款": 1, "仅退款": 10, "换货": 3, "补寄": 4}
REFUND_STATUS = {True: {True: 60, False: 70}, False: {True: 10, False: 30}}


def ms(moment: int) -> int:
    """Return Unix milliseconds; 0 stays 0."""
    return moment * 1000


def known(moment: int, now: int) -> int:
    """Return milliseconds of what has happened, else 0."""
    return ms(moment) if by(moment, now) else 0


def wanted(order: Order, view: Hashable, now: int) -> bool:
    """Return whether an order belongs to the view requested."""
    return STATUS[order.status(order.lines[0], now)] == view


def item_id(line: Line) -> int:
    """Return the platform's id of a product."""
    return 22_000_000_000_000 + line.product % 10**12


def sku_id(line: Line) -> int:
    """Return the platform's id of a SKU."""
    return item_id(line) * 100 + sum(line.variant.sku.encode()) % 97


def order(order: Order, now: int, updated: int) -> dict[str, Any]:
    """Return one order with its one item."""
    line, who = order.lines[0], person(order.buyer)
    off = line.seller + line.platform + line.talent + line.change
    status = order.status(line, now)
    base = {
        "oid": order.number,
        "status": STATUS[status],
        "totalFee": line.payable,
        "discountFee": off,
        "expressFee": line.shipping,
        "payChannelDiscount": line.channel,
        "governmentDiscount": 0,
        "allowanceExpressFee": 0,
        "tradeInPayAfterPromoAmount": 0,
        "createTime": ms(order.created),
        "updateTime": ms(updated),
        "payTime": known(order.paid, now),
        "sendTime": known(line.shipped, now),
        "recvTime": known(line.done, now) if status == COMPLETED else 0,
        "refundTime": max((known(case.refunded, now) for case in order.cases), default=0),
        "promiseTimeStampOfDelivery": known(order.paid, now) and ms(order.promised),
        "payType": 1,
        "buyerOpenId": who.open_id("kuaishou"),
        "buyerNick": who.name,
        "buyerImage": f"https://p2.example/{who.phone}.jpg",
        "sellerOpenId": "f1a2c3practice",
        "sellerNick": ANCHOR,
        "cpsType": 2 if line.partner >= 0 else 1,
        "commentStatus": int(status == COMPLETED and order.number % 5 == 0),
        "preSale": 0,
        "coType": 0,
        "activityType": 1,
        "allActivityType": [],
        "channel": "kuaishou",
        "payChannel": "WECHAT",
        "remark": f"收货电话 {who.phone}",
        "riskCode": 0,
        "disableDeliveryReasonCode": [],
        "carrierType": CARRIER_TYPES[line.carrier],
        "carrierId": str(line.session_id or line.video or ""),
    }
    partner = PARTNERS[line.partner] if line.partner >= 0 else ("0", "")
    return {
        "orderBaseInfo": base,
        "orderItemInfo": _item(line),
        "orderRefundList": [
            {"refundId": case.number, "refundStatus": refund_status(case, now), "refundReason": case.reason}
            for case in order.cases
            if case.created <= now
        ],
        "orderAddress": {
            "province": who.province,
            "city": who.city,
            "district": who.district,
            "town": "",
            "encryptedConsignee": who.secret_name,
            "encryptedMobile": who.secret_phone,
            "encryptedAddress": who.secret_street,
            "desensitiseConsignee": who.name,
            "desensitiseMobile": who.phone,
            "desensitiseAddress": who.street,
        },
        "orderLogisticsInfo": [
            {"logisticsId": order.number, "expressNo": f"SF{order.number % 10**13:013d}", "expressCode": 4}
        ]
        if by(line.shipped, now)
        else [],
        "orderDeliveryInfo": {"deliveryNum": 0, "deliveryStatus": 0, "packageNum": 1},
        "orderCpsInfo": {
            "distributorId": int(partner[0]),
            "distributorName": partner[1],
            "activityUserId": 0,
            "activityUserNickName": "",
            "kwaiMoneyUserId": 0,
            "kwaiMoneyUserNickName": "",
        },
        "orderNote": {"sellerNote": []},
        "subOrderInfo": [],
    }


def _item(line: Line) -> dict[str, Any]:
    return {
        "itemId": item_id(line),
        "skuId": sku_id(line),
        "relItemId": 0,
        "relSkuId": 0,
        "orderItemId": line.number,
        "itemTitle": line.variant.title,
        "itemPicUrl": "https://p1.example/pot.jpg",
        "itemLinkUrl": "",
        "skuDesc": line.variant.spec,
        "skuNick": line.variant.sku,
        "goodsCode": "",
        "num": line.quantity,
        "originalPrice": line.price,
        "price": line.price,
        "discountFee": line.seller + line.platform + line.talent + line.change,
        "itemType": 1,
        "warehouseCode": "",
        "itemExtra": {"categoryInfo": {"itemCid": 1_107, "categoryName": "茶具"}, "brandName": ""},
    }


def refund_status(case: Case, now: int) -> int:
    """Return a refund's status: an exchange that went well is 60 as well."""
    good = "关闭" not in case.how.final and "拒绝" not in case.how.final
    early = case.how.type == "仅退款"
    return REFUND_STATUS[by(case.ended, now)][good if by(case.ended, now) else early]


def refund(case: Case, now: int, updated: int) -> dict[str, Any]:
    """Return one refund of the list; `refundFee` includes the refunded freight."""
    over, line = by(case.ended, now), case.line
    return {
        "refundId": case.number,
        "oid": case.order.number,
        "itemId": item_id(line),
        "skuId": sku_id(line),
        "relItemId": 0,
        "relSkuId": 0,
        "skuNick": line.variant.sku,
        "buyerId": person(case.order.buyer).open_id("kuaishou"),
        "refundFee": case.amount + case.shipping,
        "status": refund_status(case, now),
        "handlingWay": HANDLING[case.how.type],
        "refundType": 1,
        "refundReason": case.reason,
        "refundReasonDesc": ALL_REASONS[case.reason],
        "refundDesc": f"请打{person(case.order.buyer).phone}",
        "negotiateStatus": 1,
        "receiptStatus": 1 if by(line.shipped, case.created) else 0,
        "logisticsId": 0,
        "createTime": ms(case.created),
        "submitTime": ms(case.created),
        "updateTime": ms(updated),
        "endTime": ms(case.ended) if over else 0,
        "expireTime": 0 if over else ms(case.created + 3 * 86_400),
    }
