"""What the platforms paid out for the orders of a range."""

from __future__ import annotations

from shop.metrics.definitions.model import Measure, Unit


def _settled(
    name: str,
    sql: str,
    formula: str,
    en: str,
    zh: str,
    means_en: str,
    means_zh: str,
    *,
    unit: Unit = "cents",
    good: int = 1,
) -> Measure:
    """A sum of payouts; unknown, never 0, where no line of these days was paid out yet."""
    known = f"CASE WHEN SUM(settled_lines) > 0 THEN SUM({sql}) END"
    return Measure(name, unit, "payout", known, "payment", formula, en, zh, means_en, means_zh, good=good)


PAYOUTS = (
    _settled(
        "settled_orders",
        "settled_orders",
        "paid orders of these days with a payout",
        "Settled orders",
        "已结算订单数",
        "Orders paid on these days that the platform has paid out since.",
        "这些日期支付、平台已经结算的订单数。",
        unit="count",
    ),
    _settled(
        "settled_gmv",
        "settled_cents",
        "gmv of the lines that were paid out",
        "Settled GMV",
        "已结算成交金额",
        "GMV of the lines paid on these days that the platform has paid out since; recent days still grow.",
        "这些日期支付、平台已经结算的商品的成交金额；近期数值仍会增长。",
    ),
    _settled(
        "settled_refunds",
        "settled_refund_cents",
        "refunds of the lines that were paid out",
        "Refunds of settled",
        "已结算商品的退款",
        "Money given back for those lines.",
        "上述商品的退款金额。",
        good=-1,
    ),
    _settled(
        "settlement_income",
        "income_cents",
        "income of the payouts, shipping apart",
        "Settlement income",
        "结算收入",
        "What the platform credits for these lines before its fees, shipping apart.",
        "平台就这些商品计入的收入，扣费前，不含运费。",
    ),
    _settled(
        "platform_fees",
        "platform_fee_cents",
        "fees that the platform kept",
        "Platform fees",
        "平台服务费",
        "What the platform kept of the payouts for itself.",
        "平台在结算时收取的服务费。",
        good=-1,
    ),
    _settled(
        "commission",
        "commission_cents",
        "commission of creators",
        "Commission",
        "达人佣金",
        "What creators were paid for sales that they brought, kept from the payouts.",
        "结算时扣除的达人佣金。",
        good=-1,
    ),
    _settled(
        "other_fees",
        "other_fee_cents",
        "income - paid out - fees - commission",
        "Other deductions",
        "其他扣费",
        "Everything else that was kept from the payouts: channels, recruiting, promotion, and what the "
        "platform does not name.",
        "结算时的其他扣费：渠道分成、招商、站外推广，以及平台没有写明的部分。",
        good=-1,
    ),
    Measure(
        "void_orders",
        "count",
        "payout",
        "SUM(void_orders)",
        "payment",
        "orders given back whole and never paid out",
        "Void orders",
        "全额退款未结算订单数",
        "Orders paid on these days that were given back whole before any payout.",
        "这些日期支付、结算前已全额退款的订单数。",
        good=-1,
    ),
    Measure(
        "void_discounts",
        "cents",
        "payout",
        "SUM(void_cents)",
        "payment",
        "gmv - refunds of void orders",
        "Discounts fallen away",
        "随退款失效的优惠",
        "Discounts that others would have borne on void orders: in the GMV, but nobody pays them any more.",
        "全额退款订单上本由平台、达人承担的优惠：计入成交金额，但不会再有人支付。",
        good=-1,
    ),
)
