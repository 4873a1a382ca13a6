"""Etsy sold orders (EtsySoldOrders): one row per order, with the number of its pieces.

Order Value less Discount Amount is what was paid for the goods; shipping is counted by itself and sales tax in
no figure. The day of sale is month first and stands for the payment. Adjusted Order Total is the total after
refunds, 0.00 where nothing was adjusted (then Adjusted Card Processing Fees is empty). An order of which the
file of items is known too counts by that one's lines.
"""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from etl.files.base import Parsed
from etl.files.fields import Context, FileField
from etl.files.orders.sheet import ORDER, Back, LineMoney, OrderRows, Sheet, goods_first
from etl.files.rows import Rows
from shop.orders.batch import MISSING

NAME = "etsy_orders"
PLATFORM = "etsy"
VERSION = 1
PRIORITY = 150

FIELDS = (
    FileField("created_at", ("Sale Date",), required=True),
    FileField("order_id", ("Order ID",), required=True),
    FileField("buyer", ("Buyer User ID", "Buyer"), personal=True),
    FileField("quantity", ("Number of Items",), required=True),
    FileField("shipped_at", ("Date Shipped",)),
    FileField("province", ("Ship State",)),
    FileField("currency", ("Currency",)),
    FileField("goods", ("Order Value",), required=True, money=True),
    FileField("discount", ("Discount Amount",), required=True, money=True),
    FileField("shipping_discount", ("Shipping Discount",), money=True),
    FileField("shipping", ("Shipping",), money=True),
    FileField("tax", ("Sales Tax",)),
    FileField("total", ("Order Total",), required=True, money=True),
    FileField("status", ("Status",)),
    FileField("adjusted", ("Adjusted Order Total",), money=True),
    FileField("adjusted_fees", ("Adjusted Card Processing Fees",)),
    FileField("adjusted_net", ("Adjusted Net Order Amount",), money=True),
    FileField("sku", ("SKU",)),
)
SHEET = Sheet(
    platform=PLATFORM,
    dates="mdy",
    whole_orders=True,
    statuses=(("cancel", "cancelled"), ("complete|shipped|deliver", "shipped"), (".", "paid")),
)


def parse(rows: Rows, context: Context) -> Parsed:
    """One line for each order of the chunk, and a refund estimate where its total was adjusted."""
    one = pc.match_substring_regex(rows.cells("sku"), "[,;]")
    rows.replace("sku", pc.if_else(pc.fill_null(one, False), ORDER, rows.cells("sku")))
    sheet = OrderRows(rows, context, SHEET)
    times = sheet.times
    times["paid_at"] = times["created_at"]
    shipped = (times["shipped_at"] != MISSING) & (sheet.status != "cancelled")
    goods = sheet.money("goods", required=True)
    paid = np.maximum(goods - np.abs(sheet.money("discount")), 0)
    shipping = np.maximum(sheet.money("shipping") - np.abs(sheet.money("shipping_discount")), 0)
    total, adjusted = sheet.money("total", required=True), sheet.money("adjusted")
    net = sheet.money("adjusted_net")
    changed = (
        (adjusted != 0) | (net != 0) | sheet.given("adjusted_fees") | sheet.matches("status", "(?i)refund")
    )
    of_goods, of_shipping = goods_first(np.where(changed, np.maximum(total - adjusted, 0), 0), paid, shipping)
    nothing = np.zeros(len(rows), np.int64)
    return sheet.parsed(
        LineMoney(goods, paid, nothing, shipping),
        back=Back(of_goods, of_shipping),
        status=np.where(shipped, "shipped", sheet.status).astype(object),
    )
