"""Douyin shop (抖店) settlement export: what the platform paid out for a sub-order, and its fees.

Grain: one row of the export; it has no id of its own, so its key is sub-order, time, kind and
amount with the occurrence in the file. Amounts in yuan, times on the Beijing clock. The platform
writes fees as negative numbers; here a fee is positive when the platform retains it, negative when
it gives it back. The row under the header names formulas and is no record. 店铺劵 is the
platform's spelling.
"""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from etl.files.base import Parsed
from etl.files.fields import Context, FileField, Values
from etl.files.payouts.payout_rows import payout_batch
from etl.files.rows import Rows
from shop.orders.batch import MISSING

NAME = "douyin_settlement"
PLATFORM = "douyin"
VERSION = 1
PRIORITY = 30
ZONE = "Asia/Shanghai"

FIELDS = (
    FileField("settled_at", ("结算时间",), required=True),
    FileField("order_id", ("订单号", "主订单编号"), required=True),
    FileField("line_id", ("子订单号", "子订单编号"), required=True),
    FileField("paid_out", ("结算金额",), required=True, money=True),
    FileField("kind", ("结算单类型",)),
    FileField("shop_coupon", ("店铺劵", "店铺券"), money=True),
    FileField("shipping", ("运费",), money=True),
    FileField("refund", ("结算前退款金额",), money=True),
    FileField("platform_subsidy", ("平台补贴",), money=True),
    FileField("creator_subsidy", ("达人补贴",), money=True),
    FileField("pay_subsidy", ("抖音支付补贴",), money=True),
    FileField("credit_subsidy", ("抖音月付营销补贴",), money=True),
    FileField("buyer_paid", ("用户实付",), required=True, money=True),
    FileField("income", ("收入合计",), required=True, money=True),
    FileField("platform_fee", ("平台服务费",), required=True, money=True),
    FileField("commission", ("佣金",), money=True),
    FileField("channel_fee", ("渠道分成",), money=True),
    FileField("recruiting_fee", ("招商服务费",), money=True),
    FileField("promotion_fee", ("站外推广费",), money=True),
    FileField("other_fee", ("其他分成",), money=True),
    FileField("expenses", ("支出合计",), money=True),
)
FEES = ("platform_fee", "commission", "channel_fee", "recruiting_fee", "promotion_fee", "other_fee")
SUBSIDIES = ("platform_subsidy", "pay_subsidy", "credit_subsidy")
PLAIN = ("income", "buyer_paid", "shipping", "refund", "creator_subsidy")


def parse(rows: Rows, context: Context) -> Parsed:
    """The payouts of one chunk."""
    _skip_formulas(rows)
    settled_at = rows.instant("settled_at", ZONE, required=True)
    paid_out, kind = rows.cents("paid_out", required=True), rows.text("kind")
    line_id = rows.identifier("line_id")
    batch = payout_batch(
        rows,
        context,
        PLATFORM,
        {
            "paid_out": paid_out,
            **{name: rows.cents(name) for name in PLAIN},
            "platform_subsidy": np.sum([rows.cents(name) for name in SUBSIDIES], 0),
            **_fees(rows, paid_out),
        },
        settlement_id=rows.keys(context, line_id, settled_at, kind, paid_out),
        order_id=rows.identifier("order_id"),
        line_id=line_id,
        kind=kind,
        settled_at=settled_at,
        currency=np.full(len(rows), "CNY", object),
    )
    return Parsed(rows, [batch])


def _skip_formulas(rows: Rows) -> None:
    """Leave out the second header row and rows of totals: no ids, and words for time or amount."""
    no_ids = rows.cells("order_id").is_null().to_numpy(zero_copy_only=False)
    no_ids &= rows.cells("line_id").is_null().to_numpy(zero_copy_only=False)
    worded = pc.fill_null(pc.match_substring_regex(rows.cells("paid_out"), r"^[^\d]*$"), True)
    total = pc.fill_null(pc.match_substring_regex(rows.cells("settled_at"), "合计|总计|汇总"), False)
    rows.skip_where(no_ids & np.asarray(pc.or_(worded, total)))


def _fees(rows: Rows, paid_out: Values) -> dict[str, Values]:
    """What the platform retained; the sign is the one with which the row's own sum comes out."""
    expenses = rows.cents("expenses", missing=int(MISSING))
    is_positive = (expenses != MISSING) & (expenses != 0) & (paid_out == rows.cents("income") - expenses)
    sign = np.where(is_positive, 1, -1)
    return {name: sign * rows.cents(name) for name in FEES}
