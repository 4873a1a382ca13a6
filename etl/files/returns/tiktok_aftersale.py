"""TikTok Shop return orders: one row per returned SKU of a case.

The refunded sum is the unit price times the returned quantity where no column states it. Times are on the
shop's clock, day or month first, which the whole file must show.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from etl.files.base import Parsed, Recognised
from etl.files.fields import Context, FileField
from etl.files.returns.case_rows import case_batch, worded
from etl.files.rows import Rows
from etl.tables.amounts import amount
from etl.tables.cells import FINER
from etl.tables.currency_hints import CurrencyHints
from etl.tables.date_order import DateOrder, scan
from shop.core.money import minor_digits
from shop.orders.batch import MISSING

NAME = "tiktok_aftersale"
PLATFORM = "tiktok"
VERSION = 1
PRIORITY = 410

FIELDS = (
    FileField("refund_id", ("Return Order ID", "Return ID"), required=True),
    FileField("order_id", ("Order ID",), required=True),
    FileField("sku_id", ("SKU ID",)),
    FileField("kind", ("Return Type",), required=True),
    FileField("status", ("Return Status",), required=True),
    FileField("sub_status", ("Return Sub Status",)),
    FileField("requested_at", ("Time Requested", "Request Time", "Return Time Requested"), required=True),
    FileField("refunded_at", ("Refund Time", "Refunded Time")),
    FileField("reason", ("Return Reason",)),
    FileField("unit", ("Return unit price",), money=True),
    FileField("quantity", ("Return Quantity",), required=True),
    FileField("amount", ("Refund Amount", "Return Amount", "Order return amount"), money=True),
    FileField("currency", ("Currency",)),
    FileField("country", ("Country", "Country/Region")),
    FileField("buyer", ("Buyer Username",), personal=True),
)
TIMES = ("requested_at", "refunded_at")
STATES = (
    ("complete|refunded|success|已完成|已退款", "refunded"),
    ("reject|cancel|close|拒绝|取消|关闭", "closed"),
)
KINDS = (
    ("return and refund|return & refund|return_and_refund|退货", "return_refund"),
    ("replace|exchange|换货", "exchange"),
    ("refund|cancel|退款|取消", "refund_only"),
)


def prepare(recognised: Recognised, context: Context) -> None:
    """Find out the date order and the currency; raises AmbiguousDates or CurrencyWanted."""
    order, hints = DateOrder(), CurrencyHints()
    wanted = (*TIMES, "unit", "amount", "currency", "country")
    for chunk in scan(recognised.table, recognised.header, recognised.places, wanted):
        for name in TIMES:
            if name in chunk.columns:
                order.see(chunk.columns[name])
        hints.see(chunk.columns, ("unit", "amount"))
    context.settings["dates"] = order.decide(recognised.table.name, context.settings.get("dates"))
    given = context.settings.get("currency")
    context.settings["currency"] = hints.decide(recognised.table.name, given)


def parse(rows: Rows, context: Context) -> Parsed:
    """The cases of one chunk, a record per returned SKU."""
    # row 2 explains the columns: words where the id and the quantity should be
    rows.skip_where(
        np.array(
            [
                bool(case) and not any(map(str.isdigit, f"{case}{pieces}"))
                for case, pieces in zip(
                    rows.cells("refund_id").to_pylist(), rows.cells("quantity").to_pylist(), strict=True
                )
            ],
            bool,
        )
    )
    currency = str(rows.setting(context, "currency", context.currency))
    dates = str(rows.setting(context, "dates", "ymd"))
    convert = partial(amount, currency=currency, decimal=rows.decimal, extra=FINER, rounded=True)
    read = partial(rows.rounded_amounts, convert=convert, digits=minor_digits(currency))
    requested_at, refunded_at = (rows.instant(name, context.time_zone, order=dates) for name in TIMES)
    pieces = rows.whole("quantity")
    pieces = np.where(pieces == MISSING, 1, np.maximum(np.abs(pieces), 1))  # some write returns with a minus
    in_file = np.abs(read("amount"))
    refund_id, sku = rows.identifier("refund_id"), rows.identifier("sku_id", required=False)
    ids = [f"{one}/{two}" if two else one for one, two in zip(refund_id, sku, strict=True)]
    batch = case_batch(
        rows,
        context,
        PLATFORM,
        refund_id=np.array(ids or [], object),
        order_id=rows.identifier("order_id"),
        line_id=np.array(
            [
                f"{order}/{two}/1" if two else None
                for order, two in zip(rows.text("order_id"), sku, strict=True)
            ]
            or [],
            object,
        ),
        status=worded(rows, "status", STATES, "asked"),
        kind=worded(rows, "kind", KINDS, "unknown"),
        stage=np.full(len(rows), "unknown", object),
        amounts=np.where(in_file > 0, in_file, np.abs(read("unit")) * pieces),
        requested_at=requested_at,
        refunded_at=np.where(refunded_at == MISSING, requested_at, refunded_at),
        changed_at=refunded_at,
        currency=np.full(len(rows), currency, object),
        name="refunded_at",
    )
    return Parsed(rows, [batch])
