"""WeChat shop (视频号小店, 微信小店) order export: one row per product line, the order's sums on every row.

Amounts in yuan, times on the Beijing clock. 商品总价, 订单实际支付金额 and 订单运费 are of the order; what counts
is the line's own 商品实际价格(总共). 商品已退款金额 is the line's refund without a day of its own: an estimate.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from etl.files.base import Parsed
from etl.files.fields import Context, FileField
from etl.files.gifts import GIFT
from etl.files.orders.order_rows import Back, LineSums, OrderFormat, OrderRows, unpaid_where
from etl.files.rows import Rows
from etl.tables.base import Chunk
from etl.tables.order_amounts import OrderColumns

NAME = "wechat_orders"
PLATFORM = "wechat_channels"
VERSION = 1
PRIORITY = 130

FIELDS = (
    FileField("order_id", ("订单号", "订单编号"), required=True),
    FileField("created_at", ("订单下单时间", "下单时间"), required=True),
    FileField("paid_at", ("支付时间",), required=True),
    FileField("shipped_at", ("订单发货时间", "发货时间")),
    FileField("completed_at", ("订单完成结算时间", "订单确认收货时间", "确认收货时间")),
    FileField("status", ("订单状态",), required=True),
    FileField("shipping", ("订单运费", "运费"), money=True),
    FileField("title", ("商品名称",), required=True),
    FileField("product_id", ("商品编码(平台)", "商品编码（平台）", "商品ID")),
    FileField("sku", ("SKU编码(自定义)", "SKU编码（自定义）")),
    FileField("product_code", ("商品编码(自定义)", "商品编码（自定义）")),
    FileField("spec", ("商品属性", "商品规格")),
    FileField("unit", ("商品价格(单件)", "商品价格（单件）", "商品单价"), required=True, money=True),
    FileField("paid", ("商品实际价格(总共)", "商品实际价格（总共）"), required=True, money=True),
    FileField("unit_paid", ("商品实际价格(单件)",)),
    FileField("quantity", ("商品数量",), required=True),
    FileField("coupon", ("商品平台券优惠",), money=True),
    FileField("refund", ("商品已退款金额",), money=True),
    FileField("gift_number", ("礼物单号",)),
    FileField("courier", ("物流公司", "快递公司")),
    FileField("province", ("省",)),
    FileField("receiver", ("收件人姓名",), personal=True),
    FileField("receiver_phone", ("收件人手机",), personal=True),
    GIFT,
)
OF_ORDER = OrderColumns(shared=("shipping",), weights=("paid",), fill_ids=True, scattered=True)
FORMAT = OrderFormat(
    platform=PLATFORM,
    zone="Asia/Shanghai",
    currency="CNY",
    statuses=(
        ("取消|关闭", "cancelled"),
        ("待付款|待支付|未支付", "unpaid"),
        ("已完成|交易成功|已确认收货", "completed"),
        ("已签收|已收货", "delivered"),
        ("部分发货|待发货|已支付|已付款|备货中|待揽收|待送礼|待收礼", "paid"),
        ("已发货|待收货", "shipped"),
    ),
)


def whole_orders(chunks: Iterator[Chunk], context: Context) -> Iterator[Chunk]:
    """The chunks with the order's postage shared among its lines."""
    return FORMAT.shared(OF_ORDER, chunks, context)


def parse(rows: Rows, context: Context) -> Parsed:
    """The order lines of one chunk and the refunds that their rows state."""
    order_rows = OrderRows(rows, context, FORMAT)
    unpaid_where(order_rows, order_rows.status == "unpaid")
    paid = order_rows.money("paid", required=True)
    money = LineSums(
        order_rows.unit_times_quantity("unit"),
        paid,
        np.abs(order_rows.money("coupon")),
        order_rows.money("shipping"),
    )
    refunded = np.abs(order_rows.money("refund"))
    return order_rows.parsed(money, back=Back(refunded, np.zeros(len(rows), np.int64)))
