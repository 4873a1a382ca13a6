"""METRICS: every figure said once, with its unit, its formula and what it means in two languages.

A `Measure` is one SQL aggregate over one fact; a `Ratio` is one metric over another, divided after
adding up, so that a rate is never averaged. The README table and the dictionary in the app are made
from here; figures are read through `shop.query.answer` alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shop.errors import UnknownMetric

Unit = Literal["cents", "count", "seconds", "rate", "number", "days"]
Fact = Literal["sales", "buyers", "session", "video", "comment", "calendar", "held",
               "pieces", "stock", "payout", "kiln", "batch"]  # fmt: skip
Basis = Literal["payment", "refund", "session", "published", "written", "calendar", "own days",
                "stock", "done", "ended"]  # fmt: skip


@dataclass(frozen=True)
class Measure:
    """One SQL aggregate over one fact. `good` is 1 where more is better, -1 where less is, else 0."""

    name: str
    unit: Unit
    fact: Fact
    sql: str
    basis: Basis
    formula: str
    en: str
    zh: str
    means_en: str
    means_zh: str
    good: int = 1
    additive: bool = True


@dataclass(frozen=True)
class Ratio:
    """One metric over another times `scale`, divided after adding up; no value where the base is 0."""

    name: str
    unit: Unit
    over: str
    under: str
    basis: Basis
    formula: str
    en: str
    zh: str
    means_en: str
    means_zh: str
    scale: int = 1
    good: int = 1
    additive: bool = False


Metric = Measure | Ratio

GMV = "SUM(buyer_paid_cents + platform_discount_cents)"

_SALES = (
    Measure(
        "gmv", "cents", "sales", GMV, "payment", "buyer paid + discounts borne by others",
        "GMV", "成交金额",
        "What the shop is credited for paid lines before fees: what buyers paid plus discounts that the "
        "platform or a creator bears. Shipping apart; orders cancelled or refunded later stay in.",
        "已支付商品在扣费前计入店铺的金额：用户支付金额加上平台、达人承担的优惠。不含运费；之后取消或退款的订单仍计入。",
    ),
    Measure(
        "net_sales", "cents", "sales",
        "SUM(buyer_paid_cents + platform_discount_cents - refund_cents)", "own days",
        "gmv - refunds", "Net sales", "净成交金额",
        "GMV less refunds, each on its own day: sales on the day of payment, refunds on the day that the "
        "money went back.",
        "成交金额减退款金额，各按自己的日期：成交按支付日，退款按退款日。",
    ),
    Measure(
        "buyer_paid", "cents", "sales", "SUM(buyer_paid_cents)", "payment", "paid by buyers for goods",
        "Buyer paid", "用户支付金额",
        "What buyers themselves paid for the goods, shipping apart.", "用户实际为商品支付的金额，不含运费。",
    ),
    Measure(
        "list_value", "cents", "sales", "SUM(list_cents)", "payment", "list price x quantity",
        "List value", "商品原价总额",
        "What the sold pieces would have cost at list price.", "已售商品按标价计算的总额。",
    ),
    Measure(
        "seller_discounts", "cents", "sales", "SUM(seller_discount_cents)", "payment",
        "list value - gmv", "Shop discounts", "商家优惠",
        "What the shop itself gave away on the list price, changes of price by hand included.",
        "店铺自己承担的优惠，含手工改价。", good=-1,
    ),
    Measure(
        "platform_discounts", "cents", "sales", "SUM(platform_discount_cents)", "payment",
        "discounts borne by platform, creator or payment channel", "Platform discounts", "平台优惠",
        "Discounts that others bear (platform, creator, payment channel): the buyer pays less, the shop is "
        "credited all the same.",
        "由平台、达人或支付渠道承担的优惠：用户少付，店铺照常入账。", good=0,
    ),
    Measure(
        "shipping_paid", "cents", "sales", "SUM(shipping_cents)", "payment", "shipping paid by buyers",
        "Shipping paid", "运费收入",
        "Shipping that buyers paid; in no other figure.", "用户支付的运费，不计入其他指标。", good=0,
    ),
    Measure(
        "refunds", "cents", "sales", "SUM(refund_cents)", "refund", "money given back, by refund day",
        "Refunds", "退款金额",
        "Money given back for goods, on the day of the refund.", "商品退款金额，按退款成功日计。", good=-1,
    ),
    Measure(
        "refunds_by_order", "cents", "sales", "SUM(refund_by_order_cents)", "payment",
        "money given back, by payment day of its order", "Refunds by order day", "退款金额（支付时间）",
        "The same refunds, on the payment day of their order; recent days still grow.",
        "同样的退款，按所属订单的支付日计；近期数值仍会增长。", good=-1,
    ),
    Measure(
        "net_by_order", "cents", "sales",
        "SUM(buyer_paid_cents + platform_discount_cents - refund_by_order_cents)", "payment",
        "gmv - refunds by order day", "Net sales by order day", "净成交金额（支付时间）",
        "GMV less what was given back for the very same orders, on their payment day; recent days still shrink.",
        "成交金额减去这些订单自己的退款，都按支付日计；近期数值仍会减少。",
    ),
    Measure(
        "orders", "count", "sales", "SUM(orders)", "payment", "paid orders", "Orders", "成交订单数",
        "Distinct paid orders. An order counts under the carrier of its first line; by SKU it counts under "
        "every SKU in it.",
        "已支付订单数（去重）。按载体看时归入首个商品的载体；按 SKU 看时在其中每个 SKU 下各计一次。",
    ),
    Measure(
        "units", "count", "sales", "SUM(units)", "payment", "pieces sold", "Units", "成交件数",
        "Pieces in paid orders, gifts left out.", "已支付订单中的件数，不含赠品。",
    ),
    Measure(
        "lines", "count", "sales", "SUM(lines)", "payment", "order lines", "Order lines", "商品行数",
        "Lines of paid orders, gifts left out.", "已支付订单的商品行数，不含赠品。",
    ),
    Measure(
        "refunded_orders", "count", "sales", "SUM(refunded_orders)", "payment",
        "paid orders of these days with money given back", "Refunded orders", "退款订单数",
        "Orders paid on these days for which money was given back at any time since.",
        "这些日期支付、之后发生退款的订单数。", good=-1,
    ),
    Measure(
        "returned_units", "count", "sales", "SUM(returned_units)", "payment",
        "pieces of these orders that came back or never left", "Units back", "退回件数",
        "Pieces of the orders paid on these days that came back or were given up before shipping; of a line "
        "given back in part, its share.",
        "这些日期支付的订单中退回或发货前取消的件数；部分退款的商品按比例计。", good=-1,
    ),
    Measure(
        "buyers", "count", "buyers", "buyers", "payment", "distinct buyers", "Buyers", "成交人数",
        "Distinct buyers of the whole range; days do not add up to it. A buyer is known by a keyed hash only.",
        "整个区间内去重后的买家数，不能按天相加。买家仅以加密哈希识别。", additive=False,
    ),
    Measure(
        "repeat_buyers", "count", "buyers", "repeat", "payment", "buyers with two or more orders",
        "Repeat buyers", "复购人数",
        "Buyers with two or more paid orders within the range.", "区间内支付两单及以上的买家数。", additive=False,
    ),
    Measure(
        "days", "days", "calendar", "days", "calendar", "days of the range", "Days", "天数",
        "Days of the range, days without a sale counted.", "区间天数，含无成交的日期。", good=0,
    ),
)  # fmt: skip


def _settled(name: str, sql: str, formula: str, en: str, zh: str, means_en: str, means_zh: str, *,
             unit: Unit = "cents", good: int = 1) -> Measure:  # fmt: skip
    """A sum of payouts; unknown, never 0, where no line of these days was paid out yet."""
    known = f"CASE WHEN SUM(settled_lines) > 0 THEN SUM({sql}) END"
    return Measure(
        name, unit, "payout", known, "payment", formula, en, zh, means_en, means_zh, good=good
    )


_PAYOUTS = (
    _settled("settled_orders", "settled_orders", "paid orders of these days with a payout",
             "Settled orders", "已结算订单数", "Orders paid on these days that the platform has paid out since.",
             "这些日期支付、平台已经结算的订单数。", unit="count"),
    _settled("settled_gmv", "settled_cents", "gmv of the lines that were paid out",
             "Settled GMV", "已结算成交金额",
             "GMV of the lines paid on these days that the platform has paid out since; recent days still grow.",
             "这些日期支付、平台已经结算的商品的成交金额；近期数值仍会增长。"),
    _settled("settled_refunds", "settled_refund_cents", "refunds of the lines that were paid out",
             "Refunds of settled", "已结算商品的退款", "Money given back for those lines.", "上述商品的退款金额。", good=-1),
    _settled("settlement_income", "income_cents", "income of the payouts, shipping apart",
             "Settlement income", "结算收入",
             "What the platform credits for these lines before its fees, shipping apart.",
             "平台就这些商品计入的收入，扣费前，不含运费。"),
    _settled("platform_fees", "platform_fee_cents", "fees that the platform kept",
             "Platform fees", "平台服务费", "What the platform kept of the payouts for itself.",
             "平台在结算时收取的服务费。", good=-1),
    _settled("commission", "commission_cents", "commission of creators", "Commission", "达人佣金",
             "What creators were paid for sales that they brought, kept from the payouts.",
             "结算时扣除的达人佣金。", good=-1),
    _settled("other_fees", "other_fee_cents", "income - paid out - fees - commission",
             "Other deductions", "其他扣费",
             "Everything else that was kept from the payouts: channels, recruiting, promotion, and what the "
             "platform does not name.",
             "结算时的其他扣费：渠道分成、招商、站外推广，以及平台没有写明的部分。", good=-1),
    Measure("void_orders", "count", "payout", "SUM(void_orders)", "payment",
            "orders given back whole and never paid out", "Void orders", "全额退款未结算订单数",
            "Orders paid on these days that were given back whole before any payout.",
            "这些日期支付、结算前已全额退款的订单数。", good=-1),
    Measure("void_discounts", "cents", "payout", "SUM(void_cents)", "payment",
            "gmv - refunds of void orders", "Discounts fallen away", "随退款失效的优惠",
            "Discounts that others would have borne on void orders: in the GMV, but nobody pays them any more.",
            "全额退款订单上本由平台、达人承担的优惠：计入成交金额，但不会再有人支付。", good=-1),
)  # fmt: skip

_SALES_RATIOS = (
    Ratio("aov", "cents", "gmv", "orders", "payment", "gmv / orders", "Per order", "笔单价",
          "GMV per order.", "成交金额 ÷ 订单数。"),
    Ratio("per_buyer", "cents", "gmv", "buyers", "payment", "gmv / buyers", "Per buyer", "客单价",
          "GMV per distinct buyer of the range.", "成交金额 ÷ 去重买家数。"),
    Ratio("per_unit", "cents", "gmv", "units", "payment", "gmv / units", "Per piece", "件单价",
          "GMV per piece sold.", "成交金额 ÷ 件数。"),
    Ratio("refund_rate", "rate", "refunded_orders", "orders", "payment", "refunded orders / orders",
          "Refund rate", "退款率",
          "Share of the orders paid on these days for which money was given back; recent days still grow.",
          "这些日期支付的订单中已发生退款的比例；近期数值仍会上升。", good=-1),
    Ratio("units_per_day", "number", "units", "days", "payment", "units / days of the range",
          "Units per day", "日均销量",
          "Pieces per day of the range, days without a sale counted: months of different length compare fairly.",
          "区间内平均每天售出件数，含无成交的日期；天数不同的月份也能公平比较。"),
    Ratio("sales_per_day", "cents", "gmv", "days", "payment", "gmv / days of the range",
          "Sales per day", "日均成交金额",
          "GMV per day of the range, days without a sale counted.", "区间内平均每天成交金额，含无成交的日期。"),
    Ratio("repeat_rate", "rate", "repeat_buyers", "buyers", "payment", "repeat buyers / buyers",
          "Repeat rate", "复购率",
          "Share of the buyers in the range who paid two or more orders within it.",
          "区间内买家中支付两单及以上的比例。"),
)  # fmt: skip


def _counted(name: str, en: str, zh: str, means_en: str, means_zh: str, *, unit: Unit = "count",
             column: str | None = None, additive: bool = True) -> Measure:  # fmt: skip
    column = column or name
    return Measure(
        name, unit, "session", f"SUM({column})", "session", f"sum of {column} over live sessions",
        en, zh, means_en, means_zh, additive=additive,
    )  # fmt: skip


_SESSIONS = (
    Measure("sessions", "count", "session", "SUM(1)", "session", "live sessions", "Sessions", "直播场次",
            "Live sessions that started on these days.", "这些日期开播的场次。"),
    _counted("live_seconds", "Time on air", "直播时长", "Seconds on air.", "直播总时长（秒）。",
             unit="seconds", column="seconds"),
    _counted("views", "Views", "观看人次", "Views of live sessions (plays, not people), as the platform counts.",
             "直播观看次数（人次），以平台口径为准。"),
    _counted("viewers", "Viewers", "观看人数",
             "People per session, added up: somebody who came to two sessions counts twice.",
             "各场观看人数之和；看过两场的人计两次。", additive=False),
    _counted("impressions", "Impressions", "曝光次数", "Times a live room was shown.", "直播间曝光次数。"),
    _counted("exposed_viewers", "People reached", "曝光人数", "People a live room was shown to, per session.",
             "各场被曝光的人数之和。", additive=False),
    _counted("product_viewers", "Saw products", "商品曝光人数", "Viewers who saw a product, per session.",
             "各场看到商品的人数之和。", additive=False),
    _counted("product_clicks", "Product clicks", "商品点击次数", "Clicks on products (times).", "商品点击次数。"),
    _counted("product_clickers", "Clicked products", "商品点击人数", "Viewers who clicked a product, per session.",
             "各场点击商品的人数之和。", additive=False),
    _counted("comments", "Comments", "评论次数", "Comments in live sessions, as the platform counts.",
             "直播评论数，以平台口径为准。"),
    _counted("likes", "Likes", "点赞次数", "Likes in live sessions.", "直播点赞数。"),
    _counted("shares", "Shares", "分享次数", "Shares of live sessions.", "直播分享数。"),
    _counted("followers_gained", "New followers", "涨粉人数", "Followers gained in live sessions.", "直播新增粉丝数。"),
    _counted("watch_seconds", "Time watched", "观看总时长", "Seconds watched by all viewers together.",
             "全部观众观看时长之和（秒）。", unit="seconds"),
    _counted("session_orders", "Session orders", "场次订单数",
             "Orders that belong to live sessions: by room id, else by order time inside the session.",
             "归属直播场次的订单数：优先按直播间 ID，否则按下单时间落在场次内。"),
    _counted("session_units", "Session units", "场次件数", "Pieces in those orders.", "上述订单的件数。"),
    _counted("session_gmv", "Session GMV", "场次成交金额",
             "GMV of those orders; where none are known, what the platform states for the session.",
             "上述订单的成交金额；无订单数据时采用平台给出的场次成交金额。", unit="cents"),
    _counted("stated_gmv", "Stated GMV", "平台场次金额", "GMV of the sessions as the platform states it.",
             "平台给出的场次成交金额。", unit="cents"),
    _counted("session_buyers", "Session buyers", "场次成交人数", "Buyers per session, as the platform counts.",
             "各场成交人数之和，以平台口径为准。", additive=False),
)  # fmt: skip

_SESSION_RATIOS = (
    Ratio("gpm", "cents", "session_gmv", "views", "session", "session gmv x 1000 / views",
          "GMV per 1000 views", "千次观看成交金额",
          "GMV per thousand views (times, not people).", "每千次观看（人次）带来的成交金额。", scale=1000),
    Ratio("uv_value", "cents", "session_gmv", "viewers", "session", "session gmv / viewers",
          "GMV per viewer", "UV 价值", "GMV per viewer (people per session).", "平均每位观众带来的成交金额。"),
    Ratio("gmv_per_hour", "cents", "session_gmv", "live_seconds", "session", "session gmv x 3600 / seconds",
          "GMV per live hour", "每小时成交金额", "GMV per hour on air.", "每小时直播带来的成交金额。", scale=3600),
    Ratio("gmv_per_session", "cents", "session_gmv", "sessions", "session", "session gmv / sessions",
          "GMV per session", "场均成交金额",
          "GMV per live session, sessions without a sale counted: nine sessions compare fairly with fourteen.",
          "平均每场直播的成交金额，没有成交的场次也算在内：九场与十四场也能公平比较。"),
    Ratio("orders_per_session", "number", "session_orders", "sessions", "session",
          "session orders / sessions", "Orders per session", "场均订单数",
          "Orders per live session, sessions without a sale counted.", "平均每场直播的订单数，没有成交的场次也算在内。"),
    Ratio("units_per_session", "number", "session_units", "sessions", "session", "session units / sessions",
          "Units per session", "场均件数",
          "Pieces per live session, sessions without a sale counted.", "平均每场直播的件数，没有成交的场次也算在内。"),
    Ratio("orders_per_hour", "number", "session_orders", "live_seconds", "session",
          "session orders x 3600 / seconds", "Orders per live hour", "每小时订单数",
          "Orders per hour on air.", "每小时直播带来的订单数。", scale=3600),
    Ratio("units_per_hour", "number", "session_units", "live_seconds", "session",
          "session units x 3600 / seconds", "Units per live hour", "每小时件数",
          "Pieces per hour on air.", "每小时直播带来的件数。", scale=3600),
    Ratio("average_watch", "seconds", "watch_seconds", "viewers", "session", "seconds watched / viewers",
          "Average watch time", "人均观看时长", "Seconds watched per viewer.", "平均每位观众观看的秒数。"),
    Ratio("enter_rate", "rate", "viewers", "exposed_viewers", "session", "viewers / people reached",
          "Enter rate", "曝光-进入率", "Share of the people reached who entered.", "被曝光的人中进入直播间的比例（按人数）。"),
    Ratio("click_rate", "rate", "product_clickers", "viewers", "session", "clicked products / viewers",
          "Click rate", "商品点击率", "Share of viewers who clicked a product.", "观众中点击商品的比例（按人数）。"),
    Ratio("order_rate", "rate", "session_orders", "viewers", "session", "session orders / viewers",
          "Order rate", "进入-成交率", "Orders per viewer.", "平均每位观众的订单数。"),
    Ratio("pay_rate", "rate", "session_buyers", "product_clickers", "session",
          "session buyers / clicked products", "Pay rate", "点击-成交率",
          "Share of those who clicked a product who bought, in people.", "点击商品的人中成交的比例（按人数）。"),
    Ratio("conversion", "rate", "session_orders", "product_clicks", "session", "session orders / product clicks",
          "Conversion", "点击成交转化率", "Orders per product click (times).", "订单数 ÷ 商品点击次数。"),
)  # fmt: skip

_OTHERS = (
    Measure("videos", "count", "video", "COUNT(*)", "published", "videos published", "Videos", "发布视频数",
            "Videos published on these days.", "这些日期发布的视频数。"),
    Measure("video_views", "count", "video", "SUM(views)", "published", "lifetime views of these videos",
            "Video views", "视频播放量",
            "Plays up to the last reading of the videos published on these days.",
            "这些日期发布的视频截至最近一次读取的累计播放量。"),
    Measure("video_likes", "count", "video", "SUM(likes)", "published", "lifetime likes of these videos",
            "Video likes", "视频点赞量", "Likes up to the last reading.", "截至最近一次读取的累计点赞量。"),
    Measure("video_comments", "count", "video", "SUM(comments)", "published",
            "lifetime comments of these videos", "Video comments", "视频评论量",
            "Comments up to the last reading, as the platform counts.", "截至最近一次读取的累计评论量，以平台口径为准。"),
    Measure("video_shares", "count", "video", "SUM(shares)", "published", "lifetime shares of these videos",
            "Video shares", "视频分享量", "Shares up to the last reading.", "截至最近一次读取的累计分享量。"),
    Measure("video_followers", "count", "video", "SUM(followers_gained)", "published",
            "followers gained by these videos", "Followers by video", "视频涨粉",
            "Followers gained by these videos up to the last reading.", "这些视频截至最近一次读取带来的粉丝。"),
    Measure("remarks", "count", "comment", "COUNT(*)", "written", "comments stored", "Comments read", "已收集评论数",
            "Audience comments that were read in, by the day they were written.", "已导入的观众评论，按评论日期计。"),
    Measure("questions", "count", "comment", "SUM(is_question)", "written", "comments that ask",
            "Questions", "提问数", "Comments that ask something.", "带有提问的评论数。", good=0),
    Measure("open_questions", "count", "comment", "SUM(is_question AND answered_at IS NULL)", "written",
            "questions without an answer", "Open questions", "待回复提问",
            "Questions that nobody has answered yet.", "尚未回复的提问数。", good=-1),
    Measure("authors", "count", "comment", "COUNT(DISTINCT author_key)", "written", "distinct authors",
            "Authors", "评论人数", "Distinct authors of comments, known by a keyed hash only.",
            "去重后的评论人数，仅以加密哈希识别。", additive=False),
)  # fmt: skip

_STOCK = (
    Measure("stock_start", "count", "stock", "SUM(start)", "stock", "on hand when the range begins",
            "On hand at the start", "期初在库",
            "Pieces on the shelf when the first day of the range began, of SKUs whose stock is kept.",
            "区间第一天开始时货架上的件数，仅限已记库存的 SKU。", good=0, additive=False),
    Measure("stock_received", "count", "stock", "SUM(made + counted)", "stock",
            "made + found or missed when counted", "Came in", "入库件数",
            "Pieces that came into stock in the range: good pieces out of the kiln, and what counting found "
            "more or less than the book said; a first count too.",
            "区间内入库的件数：出窑合格品，加上盘点的增减（含首次盘点）。", good=0),
    Measure("stock_base", "count", "stock", "SUM(start + made + counted)", "stock",
            "on hand at the start + came in", "There to sell", "可售件数",
            "Pieces that there were to sell in the range: those at its start and those that came in.",
            "区间内可以卖的件数：期初在库加入库。", good=0, additive=False),
    Measure("stock_sold", "count", "stock", "SUM(sold)", "stock", "left for buyers - came back",
            "Sold from stock", "库存售出",
            "Pieces that left the shelf for buyers in the range, less those that came back.",
            "区间内因售出离开货架的件数，减去退回上架的件数。"),
    Measure("stock_broken", "count", "stock", "SUM(broken)", "stock", "broken on the shelf or come back so",
            "Broken", "破损件数", "Pieces of the stock that broke in the range.", "区间内库存中破损的件数。", good=-1),
    Measure("on_hand", "count", "stock", "SUM(on_hand)", "stock", "sum of all movements",
            "On hand", "在库件数",
            "Pieces on the shelf at the end of the range, those kept aside for somebody included.",
            "区间结束时货架上的件数，含预留。", good=0, additive=False),
    Measure("pieces", "count", "pieces", "SUM(units)", "payment", "pieces sold, in whatever currency",
            "Pieces sold", "售出件数",
            "Pieces in paid orders of all currencies, gifts left out: what a shelf has to last for.",
            "所有币种已支付订单中的件数，不含赠品：货架要供应的量。"),
    Measure("live_pieces", "count", "pieces", "SUM(CASE carrier WHEN 'live' THEN units ELSE 0 END)",
            "payment", "pieces sold in live sessions, in whatever currency", "Pieces sold live", "直播售出件数",
            "Pieces of paid orders of all currencies that came from a live session.",
            "所有币种中来自直播的已支付件数。"),
    Measure("sessions_held", "count", "held", "SUM(1)", "session", "live sessions of the range",
            "Sessions held", "开播场次",
            "Live sessions that started in the range, the same for every product.",
            "区间内开播的场次，对每款商品都相同。", good=0),
)  # fmt: skip

_STOCK_RATIOS = (
    Ratio("sell_through", "rate", "stock_sold", "stock_base", "stock",
          "sold from stock / (on hand at the start + came in)", "Sell-through", "售罄率",
          "Share of the pieces that there were to sell in the range that sold and stayed sold. Base: on hand at "
          "the start + came in.",
          "区间内可售件数中卖出且未退回的比例。分母：期初在库＋入库。"),
    Ratio("pieces_per_day", "number", "pieces", "days", "payment", "pieces sold / days of the range",
          "Pieces per day", "日均售出",
          "Pieces sold per day of the range in all currencies, days without a sale counted.",
          "区间内所有币种平均每天售出的件数，含无成交的日期。"),
    Ratio("stock_cover_days", "number", "on_hand", "pieces_per_day", "stock", "on hand / pieces per day",
          "Cover in days", "可售天数",
          "Days that the pieces on hand last at the pace of the range, days without a sale counted.",
          "按区间日均销量，在库件数还够卖多少天（含无成交的日期）。", good=0),
    Ratio("live_pieces_per_session", "number", "live_pieces", "sessions_held", "session",
          "pieces sold live / live sessions", "Pieces per session", "场均件数",
          "Pieces sold per live session of the range.", "区间内平均每场直播售出的件数。"),
    Ratio("stock_cover_sessions", "number", "on_hand", "live_pieces_per_session", "stock",
          "on hand / pieces per session", "Cover in sessions", "可售场次",
          "Live sessions that the pieces on hand last at the pace of the range.",
          "按区间场均件数，在库件数还够播多少场。", good=0),
)  # fmt: skip

_KILN = (
    Measure("kiln_in", "count", "kiln", "SUM(pieces_in)", "done", "pieces into the stages done",
            "Pieces in", "进入件数",
            "Pieces that went into a stage (greenware, bisque, glazing, glaze firing, check), on the day the "
            "stage was done. Every stage counts them again: cut by stage, or ask for one.",
            "进入某道工序（坯、素烧、上釉、釉烧、质检）的件数，按完成日计。每道工序各计一次，请按工序查看。", good=0),
    Measure("kiln_out", "count", "kiln", "SUM(pieces_out)", "done", "pieces good out of the stages done",
            "Pieces out", "完成件数", "Pieces that came out of a stage whole, on the day it was done.",
            "完成某道工序的好件数，按完成日计。", good=0),
    Measure("kiln_lost", "count", "kiln", "SUM(lost)", "done", "pieces in - pieces out",
            "Pieces lost", "损耗件数", "Pieces lost in a stage, on the day it was done.",
            "某道工序损耗的件数，按完成日计。", good=-1),
    Measure("loss_value", "cents", "kiln", "SUM(loss)", "done",
            "material and kiln share already in the lost pieces", "Value lost", "损耗金额",
            "What had gone into the lost pieces at the stage where they were lost: a piece lost at greenware "
            "carries only clay, one lost in the glaze firing carries clay, bisque, glaze and its firing.",
            "损耗件在损耗工序之前已投入的材料与烧成成本：坯损只含泥料，釉烧损耗含泥料、素烧、釉料和釉烧。", good=-1),
    Measure("batch_started", "count", "batch", "SUM(pieces)", "ended", "pieces that ended batches began with",
            "Pieces started", "投产件数", "Pieces that the batches began with that ended on these days.",
            "这些日期结束的批次最初投产的件数。", good=0),
    Measure("batch_good", "count", "batch", "SUM(good)", "ended", "good pieces of ended batches",
            "Good pieces", "合格件数", "Pieces of those batches that passed the check, seconds included.",
            "这些批次中通过质检的件数，含微瑕。"),
)  # fmt: skip

_KILN_RATIOS = (
    Ratio("yield", "rate", "batch_good", "batch_started", "ended", "good pieces / pieces started",
          "Yield", "成品率",
          "Share of the pieces that ended batches began with which passed the check, all stages together, "
          "seconds included.",
          "已结束批次中，从投产到质检合格（含微瑕）的比例，含全部工序。"),
    Ratio("stage_yield", "rate", "kiln_out", "kiln_in", "done", "pieces out / pieces in",
          "Stage yield", "工序合格率",
          "Share of the pieces that went into a stage which came out whole; by stage, kiln, firing or place "
          "in the kiln.",
          "进入某道工序后完好的比例，可按工序、窑、窑次或窑位查看。"),
)  # fmt: skip

METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        *_SALES,
        *_PAYOUTS,
        *_SALES_RATIOS,
        *_SESSIONS,
        *_SESSION_RATIOS,
        *_OTHERS,
        *_STOCK,
        *_STOCK_RATIOS,
        *_KILN,
        *_KILN_RATIOS,
    )
}


def metric(name: str) -> Metric:
    """The metric of this name; raises UnknownMetric with the names that there are."""
    try:
        return METRICS[name]
    except KeyError as problem:
        raise UnknownMetric(name=name, known=", ".join(METRICS)) from problem


def measures_of(name: str) -> tuple[Measure, ...]:
    """The measures that a metric is made from: itself, or those that its ratio divides."""
    found = metric(name)
    if isinstance(found, Measure):
        return (found,)
    return (*measures_of(found.over), *measures_of(found.under))
