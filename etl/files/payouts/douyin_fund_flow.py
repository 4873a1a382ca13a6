"""Douyin shop (抖店) fund flow 动账明细: one row per movement of money, in (入账) or out (出账).

Amounts in yuan, times on the Beijing clock. 动账金额 has no sign, 动账方向 gives it. Fees stand as negative
numbers; here a fee is positive when the platform retains it. Withdrawals (提现) and movements between the shop's
own accounts are no payouts and are left out. 动帐流水号 is the platform's spelling.
"""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from etl.files.base import Parsed
from etl.files.fields import Context, FileField, Values
from etl.files.payouts.payout_rows import payout_batch
from etl.files.rows import Rows

NAME = "douyin_fund_flow"
PLATFORM = "douyin"
VERSION = 1
PRIORITY = 310
ZONE = "Asia/Shanghai"

FIELDS = (
    FileField("settled_at", ("动账时间",), required=True),
    FileField("flow_id", ("动帐流水号", "动账流水号"), required=True),
    FileField("direction", ("动账方向",), required=True),
    FileField("amount", ("动账金额",), required=True, money=True),
    FileField("scene", ("动账场景",), required=True),
    FileField("line_id", ("子订单号", "子订单编号")),
    FileField("order_id", ("订单号", "主订单编号"), required=True),
    FileField("due", ("订单实付应结",), money=True),
    FileField("shipping", ("运费实付",), money=True),
    FileField("shipping_subsidy", ("实际平台补贴_运费",), money=True),
    FileField("platform_subsidy", ("实际平台补贴",), money=True),
    FileField("other_subsidy", ("其他平台补贴",), money=True),
    FileField("trade_in", ("以旧换新抵扣",), money=True),
    FileField("state_subsidy", ("政府补贴平台垫资",), money=True),
    FileField("creator_subsidy", ("实际达人补贴",), money=True),
    FileField("pay_subsidy", ("实际抖音支付补贴",), money=True),
    FileField("credit_subsidy", ("实际抖音月付营销补贴",), money=True),
    FileField("bank_subsidy", ("银行补贴",), money=True),
    FileField("refund", ("订单退款",), money=True),
    FileField("platform_fee", ("平台服务费",), money=True),
    FileField("commission", ("佣金",), money=True),
    FileField("provider_commission", ("服务商佣金",), money=True),
    FileField("channel_fee", ("渠道分成",), money=True),
    FileField("recruiting_fee", ("招商服务费",), money=True),
    FileField("promotion_fee", ("站外推广费",), money=True),
    FileField("other_fee", ("其他分成",), money=True),
)
DIRECTIONS = {"入账": 1, "出账": -1, "收入": 1, "支出": -1}
SUBSIDIES = (
    "platform_subsidy",
    "other_subsidy",
    "trade_in",
    "state_subsidy",
    "pay_subsidy",
    "credit_subsidy",
    "bank_subsidy",
)
FEES = ("platform_fee", "channel_fee", "recruiting_fee", "promotion_fee", "other_fee")
BANK_TRANSFER = "提现|充值"  # never about an order, whatever stands in its column
OWN_TRANSFER = "转账|余额|保证金"


def parse(rows: Rows, context: Context) -> Parsed:
    """The payouts of one chunk, each with its direction; transfers of the shop's own money are skipped."""
    own, always = (
        np.asarray(pc.fill_null(pc.match_substring_regex(rows.cells("scene"), words), False))
        for words in (OWN_TRANSFER, BANK_TRANSFER)
    )
    rows.skip_where(always | (own & np.asarray(rows.cells("order_id").is_null())))
    sign = rows.choice("direction", DIRECTIONS, missing=1).astype(np.int64)
    refund, shipping = rows.cents("refund"), rows.cents("shipping") + rows.cents("shipping_subsidy")
    subsidy: Values = np.sum([rows.cents(name) for name in SUBSIDIES], 0)
    creator, due = rows.cents("creator_subsidy"), rows.cents("due")
    sums = {
        "paid_out": sign * np.abs(rows.cents("amount", required=True)),
        "income": due + shipping + subsidy + creator - np.abs(refund),
        "buyer_paid": due,
        "shipping": shipping,
        "refund": np.abs(refund),
        "platform_subsidy": subsidy,
        "creator_subsidy": creator,
        "commission": -rows.cents("commission") - rows.cents("provider_commission"),
        **{name: -rows.cents(name) for name in FEES},
    }
    batch = payout_batch(
        rows,
        context,
        PLATFORM,
        sums,
        settlement_id=rows.identifier("flow_id"),
        order_id=rows.identifier("order_id", required=False),
        line_id=rows.identifier("line_id", required=False),
        kind=rows.text("scene"),
        settled_at=rows.instant("settled_at", ZONE, required=True),
        currency=np.full(len(rows), "CNY", object),
    )
    return Parsed(rows, [batch])
