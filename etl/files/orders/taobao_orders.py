"""Taobao and Tmall order report (千牛, ExportOrderList): one row per order, without its SKUs.

Amounts in yuan, times on the Beijing clock. 买家实际支付金额 is what is left after refunds: what was paid is
it and 退款金额 together, both with postage (买家应付邮费). Coupons of Tmall (天猫卡券抵扣, 集分宝抵扣) are borne by
the platform. An order of which the report of items is known too counts by that one's lines, which share its postage.
"""

from __future__ import annotations

import numpy as np

from etl.files.base import Parsed
from etl.files.fields import Context, FileField
from etl.files.orders.order_rows import (
    Back,
    LineSums,
    OrderFormat,
    OrderRows,
    goods_first,
    province_only,
    unpaid_where,
)
from etl.files.rows import Rows
from shop.orders.batch import MISSING

NAME = "taobao_orders"
PLATFORM = "taobao"
VERSION = 1
PRIORITY = 140

FIELDS = (
    FileField("order_id", ("订单编号", "主订单编号"), required=True),
    FileField("buyer", ("买家会员名", "买家昵称"), personal=True),
    FileField("goods", ("买家应付货款",), required=True, money=True),
    FileField("postage", ("买家应付邮费",), required=True, money=True),
    FileField("total", ("总金额",), required=True),
    FileField("left", ("买家实际支付金额",), required=True, money=True),
    FileField("status", ("订单状态",), required=True),
    FileField("created_at", ("订单创建时间",), required=True),
    FileField("paid_at", ("订单付款时间",), required=True),
    FileField("completed_at", ("确认收货时间",)),
    FileField("shipped_at", ("发货时间", "卖家发货时间")),
    FileField("title", ("宝贝标题", "商品标题")),
    FileField("quantity", ("宝贝总数量", "商品总数量"), required=True),
    FileField("coupon", ("天猫卡券抵扣",), money=True),
    FileField("points", ("集分宝抵扣",), money=True),
    FileField("refund", ("退款金额",), money=True),
    FileField("courier", ("物流公司",)),
    FileField("province", ("收货地址",), personal=True),
)
FORMAT = OrderFormat(
    platform=PLATFORM,
    zone="Asia/Shanghai",
    currency="CNY",
    whole_orders=True,
    statuses=(
        ("等待买家付款|买家未付款|待付款|创建", "unpaid"),
        ("买家已付款|等待卖家发货|等待发货|部分发货|卖家部分发货", "paid"),
        ("卖家已发货|等待买家确认|已发货", "shipped"),
        ("买家已签收", "delivered"),
        ("交易成功|交易完成", "completed"),
        ("交易关闭|交易被|付款以前|付款以后", "cancelled"),
    ),
)


def parse(rows: Rows, context: Context) -> Parsed:
    """One line for each order of the chunk, and a refund estimate where money went back."""
    province_only(rows)
    order_rows = OrderRows(rows, context, FORMAT)
    unpaid_where(order_rows, order_rows.status == "unpaid")
    postage, refunded = order_rows.money("postage"), np.abs(order_rows.money("refund"))
    goods, unpaid = order_rows.price("goods"), order_rows.times["paid_at"] == MISSING
    paid = order_rows.money("left", required=True) + refunded - postage
    rows.refuse_where(~unpaid & (paid < 0), "left", "Negative")
    paid = np.where(unpaid, goods, np.maximum(paid, 0))
    borne = np.abs(order_rows.money("coupon")) + np.abs(order_rows.money("points"))
    borne = np.where(unpaid, 0, np.clip(goods - paid, 0, borne))
    of_goods, of_postage = goods_first(refunded, paid, postage)
    return order_rows.parsed(
        LineSums(goods, paid, borne, postage),
        back=Back(of_goods, of_postage, before_shipping=(order_rows.status == "cancelled")),
    )
