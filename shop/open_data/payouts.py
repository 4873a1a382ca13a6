"""Views of what the platforms paid out: the owner's."""

from __future__ import annotations

from shop.open_data.columns import (
    CARRIER,
    CURRENCY,
    PLATFORM,
    SELLER,
    SHOP,
    OpenView,
    at,
    columns,
    count,
    day,
    money,
    text,
)
from shop.open_data.sales import LINE, ORDER

FEES = (
    ("platform_fee", "fee that the platform keeps", "平台服务费"),
    ("commission", "commission of creators", "达人佣金"),
    ("channel_fee", "share of the channel", "渠道分成"),
    ("recruiting_fee", "fee of the recruiting team leader", "招商服务费"),
    ("promotion_fee", "fee of promotion outside the platform", "站外推广费"),
    ("other_fee", "other deductions", "其他扣费"),
)
SETTLEMENTS = OpenView(
    "v_settlement",
    "One line of a platform's payout for an order line.",
    "平台结算明细中的一行。",
    "see_margins",
    "FROM settlement t",
    columns(
        SHOP,
        PLATFORM,
        text("settlement_id", "t.settlement_id", "number of the payout line", "结算单号"),
        ORDER,
        LINE,
        text("kind", "t.kind", "kind of the payout", "结算类型"),
        at("settled", "t.settled_at", "when it was paid out", "结算时间"),
        day("settled_on", "t.settled_on", "shop day on which it was paid out", "结算日（店铺日历）"),
        CURRENCY,
        money("paid_out", "t.paid_out_cents", "paid out to the shop", "结算金额"),
        money("income", "t.income_cents", "credited before fees", "收入合计"),
        money("buyer_paid", "t.buyer_paid_cents", "paid by the buyer", "用户实付"),
        money("shipping", "t.shipping_cents", "shipping paid by the buyer", "运费实付"),
        money("refund", "t.refund_cents", "given back before the payout", "结算前退款"),
        money("platform_subsidy", "t.platform_subsidy_cents", "subsidy of the platform", "平台补贴"),
        money("creator_subsidy", "t.creator_subsidy_cents", "subsidy of the creator", "达人补贴"),
        *(money(name, f"t.{name}_cents", en, zh) for name, en, zh in FEES),
    ),
    month_of="settled_on",
)

PAYOUTS = OpenView(
    "v_payout",
    "What was paid out for the orders paid on one shop day, by platform, currency, carrier and seller.",
    "某日支付的订单的结算情况，按平台、币种、载体、自营或达人。",
    "see_margins",
    "FROM fact_payout t",
    columns(
        SHOP,
        day("day", "t.day", "shop day of payment", "支付日（店铺日历）"),
        PLATFORM,
        CURRENCY,
        CARRIER,
        SELLER,
        count("settled_lines", "t.settled_lines", "lines with a payout", "已结算商品行数"),
        count("settled_orders", "t.settled_orders", "orders with a payout", "已结算订单数"),
        money("settled", "t.settled_cents", "gmv of those lines", "已结算商品的成交金额"),
        money("settled_refund", "t.settled_refund_cents", "refunds of those lines", "已结算商品的退款"),
        money("income", "t.income_cents", "credited before fees, shipping left out", "结算收入，不含运费"),
        money("platform_fee", "t.platform_fee_cents", "fee that the platform keeps", "平台服务费"),
        money("commission", "t.commission_cents", "commission of creators", "达人佣金"),
        money("other_fee", "t.other_fee_cents", "all other deductions", "其他扣费"),
        count(
            "void_orders",
            "t.void_orders",
            "orders given back whole before any payout",
            "全额退款未结算订单数",
        ),
        money("void", "t.void_cents", "gmv - refunds of those orders", "随退款失效的优惠"),
    ),
    month_of="day",
)
