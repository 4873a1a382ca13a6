"""Taobao and Tmall report of items (千牛, ExportItemList): one row per line of an order.

Amounts in yuan, times on the Beijing clock. 买家实际支付金额 is what is left of the line after refunds: what was
paid is it and 退款金额 together. Postage and coupons of Tmall are in the order report alone: where both are read,
they are shared among these lines (shop/orders/merging.py).
"""

from __future__ import annotations

import numpy as np

from etl.files.base import Parsed
from etl.files.fields import Context, FileField
from etl.files.gifts import GIFT
from etl.files.orders.order_rows import Back, LineSums, OrderFormat, OrderRows, unpaid_where
from etl.files.orders.taobao_orders import FORMAT as ORDER_FORMAT
from etl.files.rows import Rows
from shop.orders.batch import MISSING

NAME = "taobao_order_items"
PLATFORM = "taobao"
VERSION = 1
PRIORITY = 145

FIELDS = (
    FileField("line_id", ("子订单编号",), required=True),
    FileField("order_id", ("主订单编号", "订单编号"), required=True),
    FileField("title", ("商品标题", "宝贝标题", "标题"), required=True),
    FileField("unit", ("商品价格", "宝贝价格", "价格"), required=True, money=True),
    FileField("quantity", ("购买数量", "宝贝数量"), required=True),
    FileField("outer_sku", ("外部系统编号",)),
    FileField("spec", ("商品属性",)),
    FileField("sku", ("商家编码",)),
    FileField("product_id", ("商品ID", "宝贝ID")),
    FileField("status", ("订单状态",), required=True),
    FileField("due", ("买家应付货款",), money=True),
    FileField("left", ("买家实际支付金额",), money=True),
    FileField("after_sale", ("退款状态",)),
    FileField("refund", ("退款金额",), money=True),
    FileField("created_at", ("订单创建时间",), required=True),
    FileField("paid_at", ("订单付款时间",), required=True),
    FileField("shipped_at", ("发货时间",)),
    FileField("completed_at", ("确认收货时间",)),
    FileField("buyer", ("买家会员名", "买家昵称"), personal=True),
    GIFT,
)
FORMAT = OrderFormat(platform=PLATFORM, zone="Asia/Shanghai", currency="CNY", statuses=ORDER_FORMAT.statuses)


def parse(rows: Rows, context: Context) -> Parsed:
    """The order lines of one chunk, and a refund estimate where money went back."""
    if not rows.has("sku") and rows.has("outer_sku"):
        rows.replace("sku", rows.cells("outer_sku"))
    order_rows = OrderRows(rows, context, FORMAT)
    unpaid_where(order_rows, order_rows.status == "unpaid")
    listed = order_rows.unit_times_quantity("unit")
    back = np.abs(order_rows.money("refund"))
    due = np.where(order_rows.given("due"), order_rows.money("due"), listed)
    left = np.where(order_rows.given("left"), order_rows.money("left") + back, due)
    paid = np.where(order_rows.times["paid_at"] == MISSING, due, left)
    nothing = np.zeros(len(rows), np.int64)
    return order_rows.parsed(
        LineSums(listed, paid, nothing, nothing),
        back=Back(np.minimum(back, paid), nothing, before_shipping=order_rows.status == "cancelled"),
    )
