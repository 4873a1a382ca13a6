"""Square item sales (items-…csv): one row per line of a payment; refunds are rows of their own.

Gross Sales less Discounts is what was paid for the goods; tax is in no figure. Date and Time are on the clock
that the Time Zone of their row names (Eastern Time …). A row whose Event Type is Refund takes goods back: it is
a return on its own day. Amounts carry the currency mark of the account.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl.files.base import Parsed, Recognised
from etl.files.fields import Context, FileField, Values
from etl.files.orders.order_rows import LineSums, OrderFormat, OrderRows, detect_dates
from etl.files.rows import Rows
from etl.tables.timestamps import days_of, latest
from etl.tables.zone_names import zone_named
from shop.orders.batch import MISSING, IngestBatch

NAME = "square_items"
PLATFORM = "square"
VERSION = 1
PRIORITY = 200

FIELDS = (
    FileField("created_at", ("Date",), required=True),
    FileField("time", ("Time",)),
    FileField("zone", ("Time Zone",)),
    FileField("title", ("Item",), required=True),
    FileField("quantity", ("Qty",), required=True),
    FileField("spec", ("Price Point Name",)),
    FileField("sku", ("SKU",)),
    FileField("gross", ("Gross Sales",), required=True, money=True),
    FileField("discount", ("Discounts",), money=True),
    FileField("net", ("Net Sales",), required=True, money=True),
    FileField("order_id", ("Transaction ID",), required=True),
    FileField("event", ("Event Type",)),
    FileField("buyer", ("Customer ID",), personal=True),
)
IN_SHOP_CURRENCY = True
FORMAT = OrderFormat(platform=PLATFORM, statuses=(), dates="mdy")


def prepare(recognised: Recognised, context: Context) -> None:
    """Find out which way round the days are."""
    detect_dates(FORMAT, recognised, context)


def parse(rows: Rows, context: Context) -> Parsed:
    """The order lines of one chunk, and its returns."""
    when = [pc.fill_null(rows.cells(name), "") for name in ("created_at", "time")]
    joined = pc.utf8_trim(pc.binary_join_element_wise(*when, " "), " ")
    rows.replace(
        "created_at", pc.if_else(rows.cells("created_at").is_null(), pa.scalar(None, pa.string()), joined)
    )
    order_rows = OrderRows(rows, context, FORMAT)
    order_rows.times["created_at"] = _moments(order_rows)
    order_rows.times["paid_at"] = order_rows.times["created_at"]
    gross, discount = order_rows.money("gross", required=True), order_rows.money("discount")
    back = order_rows.matches("event", "(?i)refund") | (gross < 0)
    pieces = rows.whole("quantity", required=True)
    order_rows.quantity = np.where(pieces == MISSING, 1, np.maximum(np.abs(pieces), 1))
    nothing = np.zeros(len(rows), np.int64)
    paid = np.maximum(np.abs(gross) - np.abs(discount), 0)
    status = np.full(len(rows), "completed", object)
    columns = order_rows.lines(LineSums(np.abs(gross), paid, nothing, nothing), status=status)
    accepted = rows.accepted()
    sold = rows.batch("order_line", PLATFORM, columns, np.flatnonzero(accepted & ~back))
    return Parsed(rows, [sold, _returns(rows, context, columns, np.flatnonzero(accepted & back))])


def _moments(order_rows: OrderRows) -> Values:
    """The moment of each row on the clock that the row names, else on the shop's; one that is not known rejects it."""
    rows = order_rows.rows
    zones = rows.translated("zone", zone_named, order_rows.zone)
    moments = np.full(len(rows), MISSING)
    for zone in dict.fromkeys(zones.tolist()):
        moments = np.where(zones == zone, rows.instant("created_at", zone, order=order_rows.dates), moments)
    return moments


def _returns(rows: Rows, context: Context, lines: dict[str, Values], places: Values) -> IngestBatch:
    """Money refunded on the day of the row, for goods that came back."""
    at = lines["created_at"]
    size = len(rows)
    line_ids = zip(lines["order_id"], lines["line_id"], strict=True)
    columns: dict[str, Values] = {
        "refund_id": np.array([f"{order}/{line}" for order, line in line_ids] or [], object),
        "order_id": lines["order_id"],
        "kind": np.full(size, "return_refund", object),
        "stage": np.full(size, "after_ship", object),
        "status": np.full(size, "refunded", object),
        "refunded_at": at,
        "refunded_on": days_of(at, context.time_zone),
        "amount_cents": lines["buyer_paid_cents"],
        "currency": lines["currency"],
        "is_estimate": np.zeros(size, bool),
        "updated_at": latest(at),
    }
    columns["payload_hash"] = rows.version([v for _, v in sorted(columns.items())])
    return rows.batch("refund", PLATFORM, columns, places)
