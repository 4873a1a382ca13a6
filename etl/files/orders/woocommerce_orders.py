"""WooCommerce order export (Advanced Order Export): one row per product line, the order's sums on every row.

Item Cost times Quantity less the line's Discount Amount is what was paid for it; where an order has only a
discount of its own (Cart Discount Amount) that is shared among its lines. Shipping and refund are of the
order. The refund is not divided into goods or shipping: all of it counts, as an estimate on the day of the
order. Taxes are in no figure.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from etl.files.base import Parsed
from etl.files.fields import Context, FileField
from etl.files.orders.order_rows import Back, LineSums, OrderFormat, OrderRows, unpaid_where
from etl.files.rows import Rows
from etl.tables.base import Chunk
from etl.tables.order_amounts import OrderColumns, codes_of

NAME = "woocommerce_orders"
PLATFORM = "woocommerce"
VERSION = 1
PRIORITY = 180

FIELDS = (
    FileField("order_id", ("Order Number", "Order ID"), required=True),
    FileField("status", ("Order Status",), required=True),
    FileField("created_at", ("Order Date",), required=True),
    FileField("paid_at", ("Paid Date", "Date Paid")),
    FileField("completed_at", ("Completed Date", "Date Completed")),
    FileField("buyer", ("Email (Billing)",), personal=True),
    FileField("currency", ("Order Currency", "Currency")),
    FileField("cart_discount", ("Cart Discount Amount",), money=True),
    FileField("shipping", ("Order Shipping Amount",), required=True, money=True),
    FileField("refund", ("Order Refund Amount",), money=True),
    FileField("total", ("Order Total Amount",), required=True, money=True),
    FileField("sku", ("SKU",)),
    FileField("title", ("Item Name",), required=True),
    FileField("quantity", ("Quantity",), required=True),
    FileField("unit", ("Item Cost",), required=True, money=True),
    FileField("discount", ("Discount Amount",), money=True),
    FileField("product_id", ("Product ID", "Product Id")),
    FileField("spec", ("Product Variation", "Variation")),
    FileField("province", ("State Name (Shipping)", "State Code (Shipping)")),
)
OF_ORDER = OrderColumns(shared=("shipping", "cart_discount"), weights=("unit", "quantity"), scattered=True)
IN_SHOP_CURRENCY = True
FORMAT = OrderFormat(
    platform=PLATFORM,
    statuses=(
        ("cancelled|canceled|trash", "cancelled"),
        ("pending|on.hold|failed|draft", "unpaid"),
        ("completed", "completed"),
        ("refunded|processing|shipped", "paid"),
    ),
)


def whole_orders(chunks: Iterator[Chunk], context: Context) -> Iterator[Chunk]:
    """The chunks with the order's shipping and discount shared among its lines."""
    return FORMAT.shared(OF_ORDER, chunks, context)


def parse(rows: Rows, context: Context) -> Parsed:
    """The order lines of one chunk, and one refund estimate per order with money refunded."""
    order_rows = OrderRows(rows, context, FORMAT)
    refunded = np.abs(order_rows.money("refund"))
    never = (order_rows.status == "unpaid") | ((order_rows.status == "cancelled") & (refunded == 0))
    unpaid_where(order_rows, never, ("created_at",))
    listed = order_rows.unit_times_quantity("unit")
    of_line, of_cart = np.abs(order_rows.money("discount")), np.abs(order_rows.money("cart_discount"))
    orders = codes_of(rows.cells("order_id"))
    by_line = np.bincount(orders, of_line > 0)[orders] > 0  # the discounts of the lines are the order's
    paid = np.maximum(listed - np.where(by_line, of_line, of_cart), 0)
    nothing = np.zeros(len(rows), np.int64)
    return order_rows.parsed(
        LineSums(listed, paid, nothing, order_rows.money("shipping")),
        back=Back(refunded, nothing, of_order=True),
    )
