"""Shopify order export (orders_export): one row per line item, what is of the order on its first row only.

Subtotal is what was paid for the goods of the order after every discount: it is shared among its lines by their
list value less their own discount. Shipping is counted by itself, taxes on top of the subtotal in no figure.
Where a line has lost its order (its Name was changed), an order whose subtotal is more than its lines cost is the one
that lost it: all of it is rejected, for the sum cannot be shared.
Refunded Amount is of the order, goods first, then shipping; it is an estimate, for the file has no day of it
but that of a cancellation. Moments carry their own offset.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from etl.files.base import Parsed
from etl.files.fields import Context, FileField
from etl.files.orders.order_rows import Back, LineSums, OrderFormat, OrderRows, goods_first, unpaid_where
from etl.files.rows import Rows
from etl.tables.base import Chunk
from etl.tables.order_amounts import Composition, OrderColumns
from shop.orders.batch import MISSING

NAME = "shopify_orders"
PLATFORM = "shopify"
VERSION = 1
PRIORITY = 170

FIELDS = (
    FileField("order_id", ("Name",), required=True),
    FileField("buyer", ("Email",), personal=True),
    FileField("status", ("Financial Status",), required=True),
    FileField("paid_at", ("Paid at",)),
    FileField("fulfilment", ("Fulfillment Status",)),
    FileField("shipped_at", ("Fulfilled at",)),
    FileField("currency", ("Currency",)),
    FileField("subtotal", ("Subtotal",), required=True, money=True),
    FileField("order_subtotal", ("Subtotal",), money=True),
    FileField("shipping", ("Shipping",), money=True),
    FileField("order_shipping", ("Shipping",), money=True),
    FileField("created_at", ("Created at",), required=True),
    FileField("quantity", ("Lineitem quantity",), required=True),
    FileField("title", ("Lineitem name",), required=True),
    FileField("unit", ("Lineitem price",), required=True, money=True),
    FileField("line_discount", ("Lineitem discount",), money=True),
    FileField("sku", ("Lineitem sku",)),
    FileField("cancelled_at", ("Cancelled at",)),
    FileField("refund", ("Refunded Amount",), money=True),
    FileField("province", ("Shipping Province", "Shipping Province Name")),
)
OF_ORDER = OrderColumns(
    carried=(
        "buyer",
        "status",
        "paid_at",
        "fulfilment",
        "shipped_at",
        "currency",
        "order_subtotal",
        "order_shipping",
        "created_at",
        "cancelled_at",
        "refund",
        "province",
    ),
    shared=("subtotal", "shipping"),
    weights=("unit", "quantity"),
    scattered=True,
    composed={"subtotal": Composition(discounts=("line_discount",))},
)
IN_SHOP_CURRENCY = True
FORMAT = OrderFormat(
    platform=PLATFORM,
    statuses=(
        ("partially_paid|partially paid", "paid"),
        ("pending|authorized|unpaid|expired|voided", "unpaid"),
        ("paid|refunded", "paid"),
    ),
)


def whole_orders(chunks: Iterator[Chunk], context: Context) -> Iterator[Chunk]:
    """The chunks with the order's cells carried down and its sums shared among its lines."""
    return FORMAT.shared(OF_ORDER, chunks, context)


def parse(rows: Rows, context: Context) -> Parsed:
    """The order lines of one chunk, and one refund estimate per order with money refunded."""
    order_rows = OrderRows(rows, context, FORMAT)
    times = order_rows.times
    unpaid_where(order_rows, order_rows.status == "unpaid", ("created_at",))
    listed = order_rows.unit_times_quantity("unit")
    paid = order_rows.money("subtotal", required=True)
    if not order_rows.given("order_subtotal").all():
        rows.refuse_where(paid > listed + 1, "subtotal", "MoreThanList")
    order_paid, order_shipping = order_rows.money("order_subtotal"), order_rows.money("order_shipping")
    of_goods, of_shipping = goods_first(np.abs(order_rows.money("refund")), order_paid, order_shipping)
    cancelled = times["cancelled_at"] != MISSING
    shipped = order_rows.matches("fulfilment", "(?i)^fulfilled$") & (order_rows.status == "paid")
    status = np.where(shipped, "shipped", order_rows.status)
    nothing = np.zeros(len(rows), np.int64)
    return order_rows.parsed(
        LineSums(listed, paid, nothing, order_rows.money("shipping")),
        back=Back(
            of_goods, of_shipping, of_order=True, before_shipping=cancelled & (times["shipped_at"] == MISSING)
        ),
        status=np.where(cancelled, "cancelled", status).astype(object),
    )
