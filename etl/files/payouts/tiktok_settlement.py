"""TikTok Shop income statement (order details): one row per order or adjustment that was settled.

Amounts in the file's currency; what the platform deducts stands as negative numbers, here a fee is positive
when it is retained. Days are year first (2026/01/25) on the clock of the shop's region.
"""

from __future__ import annotations

import numpy as np

from etl.files.base import Parsed
from etl.files.fields import Context, FileField
from etl.files.orders.order_rows import OrderFormat, OrderRows
from etl.files.payouts.payout_rows import payout_batch
from etl.files.rows import Rows

NAME = "tiktok_settlement"
PLATFORM = "tiktok"
VERSION = 1
PRIORITY = 320

FIELDS = (
    FileField(
        "order_id", ("Order/adjustment ID", "Order/adjustment ID  ", "Order ID", "订单/调整ID"), required=True
    ),
    FileField("kind", ("Type", "Transaction type", "类型"), required=True),
    FileField(
        "settled_at",
        ("Order settled time", "Statement date", "Order settled time(UTC)", "结算时间"),
        required=True,
    ),
    FileField("related_order", ("Related order ID",)),
    FileField("line_id", ("SKU ID",)),
    FileField("currency", ("Currency", "币种")),
    FileField(
        "paid_out", ("Total settlement amount", "Settlement amount", "结算金额"), required=True, money=True
    ),
    FileField("income", ("Total revenue", "Total Revenue", "Net sales", "总收入"), required=True, money=True),
    FileField("refund", ("Refund subtotal after seller discounts", "Gross sales refund"), money=True),
    FileField("fees", ("Total fees", "Total Fees", "Fees", "总费用"), required=True, money=True),
    FileField("transaction_fee", ("Transaction fee",), money=True),
    FileField(
        "platform_fee", ("TikTok Shop commission fee", "Referral fee", "Platform commission"), money=True
    ),
    FileField("affiliate", ("Affiliate commission", "Affiliate Commission"), money=True),
    FileField("affiliate_ads", ("Affiliate Shop Ads commission",), money=True),
    FileField("affiliate_partner", ("Affiliate partner commission",), money=True),
    FileField("shipping", ("Seller shipping fee", "Shipping"), money=True),
    FileField("buyer_paid", ("Customer payment",), money=True),
)
FORMAT = OrderFormat(platform=PLATFORM, statuses=())
COMMISSIONS = ("affiliate", "affiliate_ads", "affiliate_partner")


def parse(rows: Rows, context: Context) -> Parsed:
    """The payouts of one chunk; fees that no column names are other fees, so that all add up."""
    order_rows = OrderRows(rows, context, FORMAT)
    settled_at = rows.instant("settled_at", context.time_zone, required=True)
    paid_out, income = order_rows.money("paid_out", required=True), order_rows.money("income", required=True)
    platform_fee = -order_rows.money("platform_fee") - order_rows.money("transaction_fee")
    commission = -np.sum([order_rows.money(name) for name in COMMISSIONS], 0)
    order_id, kind = rows.identifier("order_id"), rows.text("kind")
    related = rows.identifier("related_order", required=False)
    line_id = rows.identifier("line_id", required=False)
    sums = {
        "paid_out": paid_out,
        "income": income,
        "buyer_paid": order_rows.money("buyer_paid"),
        "refund": np.abs(order_rows.money("refund")),
        "platform_fee": platform_fee,
        "commission": commission,
        "courier": -order_rows.money("shipping"),
        "other_fee": income - paid_out - platform_fee - commission,
    }
    batch = payout_batch(
        rows,
        context,
        PLATFORM,
        sums,
        settlement_id=rows.keys(context, order_id, line_id, settled_at, kind, paid_out),
        order_id=np.where([item is None for item in related], order_id, related).astype(object),
        line_id=np.full(len(rows), None, object),
        kind=kind,
        settled_at=settled_at,
        currency=order_rows.currencies,
    )
    return Parsed(rows, [batch])
