"""Pinduoduo (拼多多) order export: one row per order, which has one SKU; cells end in a tab.

Amounts in yuan, times on the Beijing clock. 商家实收金额 is what the shop is credited: the price less its own
discounts, with postage; what Pinduoduo bears lies between it and 用户实付金额. The columns are chosen at the export
(报表模板): without 用户实付金额 the buyer paid what was credited less what Pinduoduo bore, without 商品总价 the list
value is what was credited and the shop's discount. The state is one word of shipping and refund together
(未发货，退款成功); the refunded sum is not in the file and therefore an estimate.
An order number begins with its day (260110-…): the day of an order that was cancelled before it had any other moment.
"""

from __future__ import annotations

import re

import numpy as np
import pyarrow.compute as pc

from etl.files.base import Parsed
from etl.files.fields import Context, FileField, Values
from etl.files.gifts import GIFT
from etl.files.orders.order_rows import Back, LineSums, OrderFormat, OrderRows, first_known, unpaid_where
from etl.files.rows import Rows
from etl.tables.timestamps import read_moments
from shop.orders.batch import MISSING

NAME = "pinduoduo_orders"
PLATFORM = "pinduoduo"
VERSION = 2
PRIORITY = 120

OWN = ("style_id", "sku", "product_code", "grouped_at", "payment_discount")  # only Pinduoduo writes them
FIELDS = (
    FileField("order_id", ("订单号",), required=True),
    FileField("title", ("商品", "商品名称"), required=True, instead=("product_id", "sku", "product_code")),
    FileField("status", ("订单状态",), required=True),
    FileField(
        "listed",
        ("商品总价(元)", "商品总价"),
        required=True,
        money=True,
        instead=("received",),
        like=re.compile("总价|原价"),
    ),
    FileField("shop_discount", ("店铺优惠折扣(元)", "店铺优惠折扣"), money=True),
    FileField("platform_discount", ("平台优惠折扣(元)", "平台优惠折扣"), money=True),
    FileField("payment_discount", ("多多支付立减金额(元)", "多多支付立减金额"), money=True),
    FileField(
        "postage", ("邮费(元)", "邮费"), required=True, money=True, instead=OWN, like=re.compile("邮费|运费")
    ),
    FileField(
        "paid",
        ("用户实付金额(元)", "用户实付金额"),
        required=True,
        money=True,
        instead=("received",),
        like=re.compile("实付|支付金额"),
    ),
    FileField("received", ("商家实收金额(元)", "商家实收金额"), money=True),
    FileField("quantity", ("商品数量(件)", "商品数量"), required=True),
    FileField("promised_at", ("承诺发货时间",)),
    FileField("courier", ("快递公司",)),
    FileField("province", ("省",)),
    FileField("paid_at", ("支付时间",)),
    FileField("grouped_at", ("拼单成功时间",)),
    FileField("created_at", ("订单成交时间", "下单时间", "订单确认时间")),
    FileField("shipped_at", ("发货时间",)),
    FileField("completed_at", ("确认收货时间",)),
    FileField("product_id", ("商品id", "商品ID")),
    FileField("spec", ("商品规格",)),
    FileField("style_id", ("样式ID",)),
    FileField("sku", ("商家编码-SKU维度", "商家编码-规格维度")),
    FileField("product_code", ("商家编码-商品维度",)),
    FileField("after_sale", ("售后状态",)),
    FileField("receiver", ("收货人",), personal=True),
    FileField("receiver_phone", ("手机",), personal=True),
    GIFT,
)
FORMAT = OrderFormat(
    platform=PLATFORM,
    zone="Asia/Shanghai",
    currency="CNY",
    statuses=(
        ("未发货.*退款成功|已取消|交易取消|交易关闭|拼单失败", "cancelled"),
        ("待支付|待付款|未支付", "unpaid"),
        ("已收货|交易成功|已完成|已评价", "completed"),
        ("已签收", "delivered"),
        ("已发货|待收货", "shipped"),
        ("待发货|未发货|待成团|拼单中|已支付|已成团", "paid"),
    ),
)


def parse(rows: Rows, context: Context) -> Parsed:
    """The order lines of one chunk, and a refund estimate where the words show that money is back."""
    if not rows.has("sku") and rows.has("product_code"):
        rows.replace("sku", rows.cells("product_code"))
    order_rows = OrderRows(rows, context, FORMAT)
    grouped = rows.instant("grouped_at", order_rows.zone)
    times = order_rows.times
    times["paid_at"] = np.where(times["paid_at"] == MISSING, grouped, times["paid_at"])
    times["created_at"] = first_known(times["created_at"], times["paid_at"], _numbered_day(order_rows))
    refunded = order_rows.matches("status", "退款成功") | order_rows.matches("after_sale", "退款成功")
    never = (order_rows.status == "unpaid") | ((order_rows.status == "cancelled") & ~refunded)
    unpaid_where(order_rows, never & (times["paid_at"] == MISSING), ("created_at",))
    unpaid_where(order_rows, order_rows.status == "unpaid")
    money = _money(order_rows)
    return order_rows.parsed(
        money,
        back=Back(
            np.where(refunded, money.paid, 0),
            np.where(refunded, money.shipping, 0),
            before_shipping=order_rows.matches("status", "未发货"),
        ),
    )


def _numbered_day(order_rows: OrderRows) -> Values:
    """The day with which the number of each order begins, its first second in UTC; MISSING where it has none."""
    days = pc.struct_field(
        pc.extract_regex(order_rows.rows.cells("order_id"), r"^(?P<day>\d{6})-\d{9,}"), "day"
    )
    return read_moments(pc.binary_join_element_wise("20", days, ""), order_rows.zone)[0]


def _money(order_rows: OrderRows) -> LineSums:
    rows, postage = order_rows.rows, order_rows.money("postage")
    own = np.abs(order_rows.money("shop_discount"))
    received = order_rows.money("received", required=not (rows.has("listed") and rows.has("paid"))) - postage
    listed = order_rows.price("listed") if rows.has("listed") else np.maximum(received, 0) + own
    credited: Values = np.where(order_rows.given("received"), received, listed - own)
    if rows.has("paid"):
        paid = order_rows.money("paid", required=True) - postage
    else:
        borne = np.abs(order_rows.money("platform_discount")) + np.abs(order_rows.money("payment_discount"))
        paid = np.maximum(credited - borne, 0)
    return LineSums(listed, paid, np.maximum(credited - paid, 0), postage)
