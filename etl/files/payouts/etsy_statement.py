"""Etsy monthly statement (etsy_statement): one row per sale, fee, tax, refund, advertisement or deposit.

Amounts in the file's currency, days written out (January 10, 2026). A row names its order in Title or Info
(Order #3300000001, Payment for Order #…). Deposits move the shop's own money and are left out; Etsy Ads are
spent on advertising. The statement has no ids: a row is known by its content and its occurrence.
"""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from etl.files.base import Parsed
from etl.files.fields import Context, FileField
from etl.files.orders.order_rows import OrderFormat, OrderRows
from etl.files.payouts.ad_rows import ad_batch
from etl.files.payouts.payout_rows import payout_batch
from etl.files.rows import Rows

NAME = "etsy_statement"
PLATFORM = "etsy"
VERSION = 1
PRIORITY = 330

FIELDS = (
    FileField("settled_at", ("Date",), required=True),
    FileField("kind", ("Type",), required=True),
    FileField("title", ("Title",), required=True),
    FileField("info", ("Info",), required=True),
    FileField("currency", ("Currency",), required=True),
    FileField("amount", ("Amount",), required=True, money=True),
    FileField("fees", ("Fees & Taxes",), required=True, money=True),
    FileField("net", ("Net",), required=True, money=True),
)
FORMAT = OrderFormat(platform=PLATFORM, statuses=())
ORDER = r"(?i)order\s*:?\s*#?\s*(?P<id>\d{6,})"


def parse(rows: Rows, context: Context) -> Parsed:
    """Payouts and fees as settlements, advertising as spend; deposits are skipped."""
    order_rows = OrderRows(rows, context, FORMAT)
    rows.skip_where(order_rows.matches("kind", "(?i)deposit|disbursement"))
    settled_at = rows.instant("settled_at", context.time_zone, required=True, order="mdy")
    amount, fees, net = (order_rows.money(name) for name in ("amount", "fees", "net"))
    is_sale, is_refund = order_rows.matches("kind", "(?i)^sale"), order_rows.matches("kind", "(?i)^refund")
    is_tax = order_rows.matches("kind", "(?i)^tax|^vat|^sales tax")
    is_ad = order_rows.matches("kind", "(?i)marketing") & order_rows.matches("title", r"(?i)\bads?\b")
    kind, title, info = rows.text("kind"), rows.text("title"), rows.text("info")
    goods = np.where(is_sale | is_refund, amount, 0)
    fee = np.where(is_tax, 0, np.where(is_sale | is_refund, -fees, -net))
    named = pc.struct_field(pc.extract_regex(_both(rows), ORDER), "id")
    spent = -net
    keys = rows.keys(context, settled_at, kind, title, info, amount, net)
    batch = payout_batch(
        rows,
        context,
        PLATFORM,
        {
            "paid_out": net,
            "income": goods,
            "refund": np.where(is_refund, np.abs(amount), 0),
            "platform_fee": fee,
            "other_fee": goods - net - fee,
        },
        settlement_id=keys,
        order_id=np.asarray(named.to_numpy(zero_copy_only=False)),
        line_id=np.full(len(rows), None, object),
        kind=kind,
        settled_at=settled_at,
        currency=order_rows.currencies,
        wanted=~is_ad,
    )
    ads = ad_batch(rows, context, PLATFORM, settled_at, keys, spent, order_rows.currencies, is_ad)
    return Parsed(rows, [batch, ads])


def _both(rows: Rows) -> object:
    cells = (pc.fill_null(rows.cells(name), "") for name in ("title", "info"))
    return pc.binary_join_element_wise(*cells, " ")
