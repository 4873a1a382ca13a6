"""Xiaohongshu shop (小红书千帆) order export: one row per SKU of an order.

Amounts in yuan, times on the Beijing clock. What the shop is credited is the price less its own discount;
what Xiaohongshu bears of it is the platform's discount. Postage is of the order and shared among its lines. A
refund that only a word states is an estimate of all that was paid for the line.
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
from shop.orders.batch import MISSING

NAME = "xiaohongshu_orders"
PLATFORM = "xiaohongshu"
VERSION = 1
PRIORITY = 190

FIELDS = (
    FileField("order_id", ("订单号", "订单编号"), required=True),
    FileField("status", ("订单状态",), required=True),
    FileField("after_sale", ("售后状态",)),
    FileField("created_at", ("订单创建时间", "用户下单时间", "下单时间"), required=True),
    FileField("paid_at", ("订单支付时间", "支付时间", "付款时间"), required=True),
    FileField("shipped_at", ("订单发货时间", "发货时间")),
    FileField("completed_at", ("订单完成时间", "完成时间", "签收时间")),
    FileField("title", ("商品名称", "SKU名称"), required=True),
    FileField("spec", ("规格", "规格名称", "SKU规格")),
    FileField("sku", ("商家编码", "规格编码", "商品编码", "SKU条码", "条码")),
    FileField("product_id", ("商品ID", "规格ID", "SKU ID")),
    FileField("quantity", ("SKU件数", "商品件数", "商品数量"), required=True),
    FileField("listed", ("商品总价(元)", "商品总价", "商品总价(元) "), money=True),
    FileField("unit", ("商品单价(元)", "商品单价", "商品原价(元)"), money=True),
    FileField(
        "paid",
        ("用户实付金额(元)", "用户应付金额(元)", "实付金额(元)", "用户实付(元)", "支付金额(元)"),
        money=True,
    ),
    FileField(
        "received",
        ("商家应收金额(元)(支付金额)", "商家应收金额(元)", "商家实收金额(元)"),
        required=True,
        money=True,
    ),
    FileField(
        "shop_discount",
        ("店铺优惠总金额(元)", "商家优惠(元)", "商家优惠总金额(元)", "店铺优惠(元)"),
        money=True,
    ),
    FileField("platform_discount", ("平台优惠总金额(元)", "平台优惠(元)", "小红书优惠(元)"), money=True),
    FileField("postage", ("运费(元)", "运费", "邮费(元)"), money=True),
    FileField("refund", ("退款金额(元)", "已退款金额(元)"), money=True),
    FileField("promised_at", ("承诺发货时间",)),
    FileField("courier", ("快递公司", "物流公司")),
    FileField("province", ("省", "收件省份", "收货省份")),
    FileField("receiver", ("收件人姓名", "收货人姓名"), personal=True),
    FileField("receiver_phone", ("收件人手机", "收货人电话"), personal=True),
    GIFT,
)
OF_ORDER = OrderColumns(shared=("postage",), weights=("received",), fill_ids=True, scattered=True)
FORMAT = OrderFormat(
    platform=PLATFORM,
    zone="Asia/Shanghai",
    currency="CNY",
    statuses=(
        ("已取消|已关闭|取消", "cancelled"),
        ("待支付|待付款|未支付|已下单待付款", "unpaid"),
        ("已完成|交易成功", "completed"),
        ("已签收|已收货", "delivered"),
        ("部分发货|待发货|待配货|已支付|已付款|处理中", "paid"),
        ("已发货|待收货", "shipped"),
    ),
)


def whole_orders(chunks: Iterator[Chunk], context: Context) -> Iterator[Chunk]:
    """The chunks with the order's postage shared among its lines."""
    return FORMAT.shared(OF_ORDER, chunks, context)


def parse(rows: Rows, context: Context) -> Parsed:
    """The order lines of one chunk, and refund estimates."""
    order_rows = OrderRows(rows, context, FORMAT)
    unpaid_where(order_rows, order_rows.status == "unpaid")
    postage, received = order_rows.money("postage"), order_rows.money("received", required=True)
    has_total = rows.has("listed")
    listed = (
        order_rows.price("listed", required=False) if has_total else order_rows.unit_times_quantity("unit")
    )
    own, borne = np.abs(order_rows.money("shop_discount")), np.abs(order_rows.money("platform_discount"))
    with_postage = (postage > 0) & (received - postage == listed - own)
    credited = received - np.where(with_postage, postage, 0)
    paid = np.maximum(credited - borne, 0)
    if rows.has("paid"):
        in_file = order_rows.money("paid") - np.where(with_postage, postage, 0)
        paid = np.where(order_rows.given("paid") & (in_file <= credited), np.maximum(in_file, 0), paid)
    refunded = order_rows.matches("after_sale", "退款成功|已退款|售后完成|退款完成")
    paid_for = order_rows.times["paid_at"] != MISSING
    back = np.abs(order_rows.money("refund"))
    back = np.where((back == 0) & refunded & paid_for, paid, np.minimum(back, paid))
    early = order_rows.times["shipped_at"] == MISSING
    nothing = np.zeros(len(rows), np.int64)
    return order_rows.parsed(
        LineSums(listed, paid, credited - paid, postage), back=Back(back, nothing, before_shipping=early)
    )
