"""What the platform paid out for completed lines, and its fees."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sample_data.generator.catalog import Catalog
from sample_data.generator.clock import DAY
from sample_data.generator.columns import Ints, ids, money, pick, same, stamps
from sample_data.generator.douyin.aftersale import Cases
from sample_data.generator.douyin.order_lines import Lines
from sample_data.generator.headers import DOUYIN_SETTLEMENT

WAIT = 3 * DAY
FEE_PERCENT, COMMISSION_PERCENT = 5, 20
SUBTITLES = {
    "结算金额": "收入+支出",
    "收入合计": "用户实付+补贴-退款",
    "支出合计": "服务费+佣金+其他",
    "平台服务费": "支出",
    "佣金": "支出",
}
SECOND_HEADER = tuple(SUBTITLES.get(header, " ") for header in DOUYIN_SETTLEMENT)


@dataclass
class Payouts:
    """One entry per settled line, in fen; fees are negative as in the export."""

    line: Ints
    at: Ints
    refunded: Ints
    income: Ints
    fee: Ints
    commission: Ints

    @property
    def paid_out(self) -> Ints:
        """What reached the shop's account: income plus the (negative) fees."""
        return self.income + self.fee + self.commission


def settle(lines: Lines, cases: Cases, now: int) -> Payouts:
    """Return the payouts up to `now`: completed lines some days later, refunds taken off."""
    at = lines.done + WAIT
    line = np.flatnonzero((lines.done > 0) & (at <= now) & ~lines.closed)
    back = np.zeros(len(lines), dtype=np.int64)
    given = cases.refunded > 0
    back[cases.line[given]] = cases.amount[given]
    income = lines.gmv[line] + lines.shipping[line] - back[line]
    partner = lines.partner[line] >= 0
    commission = np.where(partner, -(income * COMMISSION_PERCENT // 100), 0)
    fee = -(income * FEE_PERCENT // 100)
    return Payouts(line, at[line], back[line], income, fee, commission)


def payout_columns(payouts: Payouts, lines: Lines, catalog: Catalog) -> dict[str, pa.Array]:
    """Return the settlement export's columns, one row per settled line."""
    line, rows = payouts.line, len(payouts.line)
    none = money(np.zeros(rows, dtype=np.int64))
    goods = lines.list_value[line]
    paid = lines.buyer_paid[line] + lines.shipping[line]
    return {
        "结算时间": stamps(payouts.at),
        "订单号": ids(lines.order_id[line], before="'"),
        "子订单号": ids(lines.line_id[line], before="'"),
        "结算金额": money(payouts.paid_out),
        "结算账户": same("聚合账户", rows),
        "结算单类型": same("已结算", rows),
        "有结算前退款": pick(("否", "是"), payouts.refunded > 0),
        "下单时间": stamps(lines.submitted[line]),
        "商品ID": pick([f"'{number}" for number in catalog.product_ids], lines.variant[line]),
        "商品数量": pa.array(lines.quantity[line]),
        "业务类型": same("鲁班", rows),
        "订单类型": same("普通订单", rows),
        "订单总价": money(goods + lines.shipping[line]),
        "商品总价": money(goods),
        "运费": money(lines.shipping[line]),
        "店铺劵": money(lines.seller_discount[line] + lines.price_change[line]),
        "结算前退款金额": money(payouts.refunded),
        "平台补贴": money(lines.platform_discount[line]),
        "达人补贴": money(lines.talent_discount[line]),
        "抖音支付补贴": money(lines.pay_discount[line]),
        "用户实付": money(paid),
        "收入合计": money(payouts.income),
        "平台服务费": money(payouts.fee),
        "佣金": money(payouts.commission),
        "渠道分成": none,
        "支出合计": money(payouts.fee + payouts.commission),
        "是否免佣": same("否", rows),
    }
