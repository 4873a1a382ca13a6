"""Etsy sold orders (EtsySoldOrders): one row per order, with the number of its pieces.

Order Value less Discount Amount is what was paid for the goods; shipping is counted by itself and sales tax in
no figure. The day of sale is month first and stands for the payment. Adjusted Order Total is the total after
refunds, 0.00 where nothing was adjusted: then Adjusted Card Processing Fees is empty, or 0.00 in files that leave it
empty nowhere. An order of which the
file of items is known too counts by that one's lines.
"""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from etl.files.base import Parsed, Recognised
from etl.files.fields import Context, FileField
from etl.files.orders.order_rows import (
    ORDER,
    Back,
    LineSums,
    OrderFormat,
    OrderRows,
    detect_dates,
    goods_first,
)
from etl.files.rows import Rows
from etl.tables.date_order import scan
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
    FileField("adjusted_fees", ("Adjusted Card Processing Fees",), money=True),
    FileField("adjusted_net", ("Adjusted Net Order Amount",), money=True),
    FileField("sku", ("SKU",)),
)
IN_SHOP_CURRENCY = True
FORMAT = OrderFormat(
    platform=PLATFORM,
    dates="mdy",
    whole_orders=True,
    statuses=(("cancel", "cancelled"), ("complete|shipped|deliver", "shipped"), (".", "paid")),
)


def prepare(recognised: Recognised, context: Context) -> None:
    """Find out which way round the days are, and whether fees are left empty where nothing was adjusted."""
    detect_dates(FORMAT, recognised, context)
    wanted = {"adjusted_fees", "order_id"} & recognised.places.keys()
    chunks = scan(recognised.table, recognised.header, recognised.places, wanted)
    orders = [
        c.columns["adjusted_fees"].filter(c.columns["order_id"].is_valid()) for c in chunks if len(wanted) > 1
    ]
    empty = any(cells.null_count for cells in orders)
    context.settings.setdefault("fees_left_empty", str(empty))


def parse(rows: Rows, context: Context) -> Parsed:
    """One line for each order of the chunk, and a refund estimate where its total was adjusted."""
    one = pc.match_substring_regex(rows.cells("sku"), "[,;]")
    rows.replace("sku", pc.if_else(pc.fill_null(one, False), ORDER, rows.cells("sku")))
    order_rows = OrderRows(rows, context, FORMAT)
    times = order_rows.times
    times["paid_at"] = times["created_at"]
    shipped = (times["shipped_at"] != MISSING) & (order_rows.status != "cancelled")
    goods = order_rows.price("goods")
    paid = np.maximum(goods - np.abs(order_rows.money("discount")), 0)
    shipping = np.maximum(order_rows.money("shipping") - np.abs(order_rows.money("shipping_discount")), 0)
    total, adjusted = order_rows.money("total", required=True), order_rows.money("adjusted")
    net = order_rows.money("adjusted_net")
    changed = (
        (adjusted != 0)
        | (net != 0)
        | (order_rows.money("adjusted_fees") != 0)
        | (order_rows.given("adjusted_fees") & (rows.setting(context, "fees_left_empty") == "True"))
        | order_rows.matches("status", "(?i)refund")
    )
    of_goods, of_shipping = goods_first(np.where(changed, np.maximum(total - adjusted, 0), 0), paid, shipping)
    nothing = np.zeros(len(rows), np.int64)
    return order_rows.parsed(
        LineSums(goods, paid, nothing, shipping),
        back=Back(of_goods, of_shipping),
        status=np.where(shipped, "shipped", order_rows.status).astype(object),
    )
