"""Etsy sold order items (EtsySoldOrderItems): one row per line of an order.

Price times Quantity less the line's Discount Amount is what was paid for it. Order Shipping and Shipping Discount stand
on every row of the order; their difference is shared among its lines. Sales tax is in no figure. Days are month first.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from etl.files.base import Parsed, Recognised
from etl.files.fields import Context, FileField
from etl.files.orders.order_rows import LineSums, OrderFormat, OrderRows, detect_dates
from etl.files.rows import Rows
from etl.tables.base import Chunk
from etl.tables.order_amounts import OrderColumns
from shop.orders.batch import MISSING

NAME = "etsy_order_items"
PLATFORM = "etsy"
VERSION = 1
PRIORITY = 160

FIELDS = (
    FileField("created_at", ("Sale Date",), required=True),
    FileField("title", ("Item Name",), required=True),
    FileField("buyer", ("Buyer",), personal=True),
    FileField("quantity", ("Quantity",), required=True),
    FileField("unit", ("Price",), required=True, money=True),
    FileField("discount", ("Discount Amount",), money=True),
    FileField("shipping", ("Order Shipping",), money=True),
    FileField("shipping_discount", ("Shipping Discount",), money=True),
    FileField("currency", ("Currency",)),
    FileField("line_id", ("Transaction ID",), required=True),
    FileField("product_id", ("Listing ID",)),
    FileField("paid_at", ("Date Paid",)),
    FileField("shipped_at", ("Date Shipped",)),
    FileField("province", ("Ship State",)),
    FileField("order_id", ("Order ID",), required=True),
    FileField("spec", ("Variations",)),
    FileField("sku", ("SKU",)),
)
OF_ORDER = OrderColumns(
    shared=("shipping", "shipping_discount"), weights=("unit", "quantity"), scattered=True
)
IN_SHOP_CURRENCY = True
FORMAT = OrderFormat(platform=PLATFORM, dates="mdy", statuses=())


def prepare(recognised: Recognised, context: Context) -> None:
    """Find out which way round the days are."""
    detect_dates(FORMAT, recognised, context)


def whole_orders(chunks: Iterator[Chunk], context: Context) -> Iterator[Chunk]:
    """The chunks with the order's shipping and its discount shared among its lines."""
    return FORMAT.shared(OF_ORDER, chunks, context)


def parse(rows: Rows, context: Context) -> Parsed:
    """The order lines of one chunk; the file knows no refunds."""
    order_rows = OrderRows(rows, context, FORMAT)
    times = order_rows.times
    if not rows.has("paid_at"):
        times["paid_at"] = times["created_at"]
    listed = order_rows.unit_times_quantity("unit")
    paid = np.maximum(listed - np.abs(order_rows.money("discount")), 0)
    shipping = order_rows.money("shipping") - np.abs(order_rows.money("shipping_discount"))
    nothing = np.zeros(len(rows), np.int64)
    status = np.where(times["paid_at"] == MISSING, "unpaid", "paid")
    status = np.where(times["shipped_at"] != MISSING, "shipped", status).astype(object)
    return order_rows.parsed(LineSums(listed, paid, nothing, np.maximum(shipping, 0)), status=status)
