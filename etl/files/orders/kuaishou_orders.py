"""Kuaishou shop (快手小店) order export: one row per order, which has one SKU.

Amounts in yuan, times on the Beijing clock. 实付款 includes the postage (快递费); what Kuaishou (平台补贴) and
the streamer (主播补贴) bear is credited to the shop. A row with 赠品订单号 that nothing was paid for is a gift
line of the order of that number. The refunded sum is not in the file: an order whose 售后状态 shows that the money
is back gets an estimate, all that was paid for it. 预售定金支付时间 is when the deposit of a pre-sale order was paid;
订单支付时间 is then when its balance was.
"""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from etl.files.base import Parsed
from etl.files.fields import Context, FileField, Values
from etl.files.gifts import GIFT
from etl.files.orders.order_rows import Back, LineSums, OrderFormat, OrderRows, unpaid_where
from etl.files.rows import Rows
from etl.tables.timestamps import days_of, latest
from shop.orders.batch import MISSING, IngestBatch

NAME = "kuaishou_orders"
PLATFORM = "kuaishou"
VERSION = 1
PRIORITY = 110

FIELDS = (
    FileField("order_id", ("订单号", "订单编号"), required=True),
    FileField("gift_of", ("赠品订单号",)),
    FileField("created_at", ("订单创建时间",), required=True),
    FileField("paid_at", ("订单支付时间",), required=True),
    FileField("deposit_paid_at", ("预售定金支付时间",)),
    FileField("shipped_at", ("发货时间",)),
    FileField("completed_at", ("订单完成时间", "交易成功时间")),
    FileField("status", ("订单状态",), required=True),
    FileField("after_sale", ("售后状态",)),
    FileField("paid", ("实付款",), required=True, money=True),
    FileField("postage", ("快递费",), required=True, money=True),
    FileField("shop_discount", ("店铺优惠",), money=True),
    FileField("platform_subsidy", ("平台补贴",), money=True),
    FileField("streamer_subsidy", ("主播补贴",), money=True),
    FileField("payment_discount", ("支付优惠",), money=True),
    FileField("quantity", ("成交数量",), required=True),
    FileField("title", ("商品名称",), required=True),
    FileField("product_id", ("商品ID",)),
    FileField("spec", ("商品规格",)),
    FileField("sku", ("SKU编码",)),
    FileField("unit", ("商品单价",), required=True, money=True),
    FileField("carrier", ("订单载体",)),
    FileField("promised_at", ("预售/承诺发货时间", "承诺发货时间")),
    FileField("courier", ("快递公司",)),
    FileField("province", ("收货地址-省",)),
    FileField("receiver", ("收货人姓名",), personal=True),
    FileField("receiver_phone", ("收货人电话",), personal=True),
    GIFT,
)
FORMAT = OrderFormat(
    platform=PLATFORM,
    zone="Asia/Shanghai",
    currency="CNY",
    statuses=(
        ("待付款|待支付|未付款", "unpaid"),
        ("待发货|已付款|已支付|部分发货", "paid"),
        ("已发货|待收货|运输中", "shipped"),
        ("已收货|已签收", "delivered"),
        ("交易成功|已完成|交易完成", "completed"),
        ("交易关闭|已关闭|已取消|交易失败", "cancelled"),
    ),
)
REFUNDED = "退款成功|已退款|退款完成"


def parse(rows: Rows, context: Context) -> Parsed:
    """The order lines of one chunk, and a refund estimate where the after-sale word shows that money is back."""
    order_rows = OrderRows(rows, context, FORMAT)
    unpaid_where(order_rows, order_rows.status == "unpaid")
    money = _money(order_rows)
    refunded = order_rows.matches("after_sale", REFUNDED) & (order_rows.times["paid_at"] != MISSING)
    given_away = order_rows.given("gift_of") & (money.paid + money.platform == 0)
    own = rows.identifier("order_id")
    line = np.array(["#" + str(order) if gift else "#1" for order, gift in zip(own, given_away, strict=True)])
    main = np.asarray(
        pc.coalesce(rows.cells("gift_of"), rows.cells("order_id")).to_numpy(zero_copy_only=False)
    )
    parsed = order_rows.parsed(
        money,
        back=Back(
            np.where(refunded, money.paid, 0),
            np.where(refunded, money.shipping, 0),
            before_shipping=order_rows.times["shipped_at"] == MISSING,
        ),
        gifts=given_away,
        order_id=np.where(given_away, main, own),
        line_id=line.astype(object),
    )
    return Parsed(parsed.rows, [*parsed.batches, _deposits(order_rows, own, line)])


def _deposits(order_rows: OrderRows, order_id: Values, line_id: Values) -> IngestBatch:
    """When deposits of pre-sale orders were paid; the file does not state how much they were."""
    rows, context = order_rows.rows, order_rows.context
    paid_at = rows.instant("deposit_paid_at", order_rows.zone)
    unknown = np.full(len(rows), None, object)
    columns: dict[str, Values] = {
        "order_id": order_id,
        "line_id": line_id.astype(object),
        "paid_at": paid_at,
        "paid_on": days_of(paid_at, context.time_zone),
        "deposit_cents": unknown,
        "balance_cents": unknown,
        "balance_due_at": unknown,
        "currency": order_rows.currencies,
        "updated_at": latest(paid_at, *order_rows.times.values()),
    }
    columns["payload_hash"] = rows.version([paid_at])
    places = np.flatnonzero(rows.accepted() & (paid_at != MISSING))
    return rows.batch("presale_deposit", PLATFORM, columns, places)


def _money(order_rows: OrderRows) -> LineSums:
    """The payment discount is borne by others where the row's sums show that 实付款 is without it."""
    listed, postage = order_rows.unit_times_quantity("unit"), order_rows.money("postage")
    paid = order_rows.money("paid", required=True) - postage
    borne = np.abs(order_rows.money("platform_subsidy")) + np.abs(order_rows.money("streamer_subsidy"))
    payment = np.abs(order_rows.money("payment_discount"))
    left = listed - np.abs(order_rows.money("shop_discount")) - borne - paid
    unpaid = order_rows.times["paid_at"] == MISSING
    paid = np.where(unpaid, np.maximum(paid, 0), paid)
    return LineSums(listed, paid, borne + np.where(left >= payment, payment, 0), postage)
