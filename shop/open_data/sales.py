"""Views of orders, their lines, refunds and payouts, and of sales by day and SKU."""

from __future__ import annotations

from shop.core.enumerations import STATUSES, OrderStatus
from shop.db.dialect import shop_time
from shop.metrics.refund_sql import COUNTS, EARLIER
from shop.metrics.sources import FEW_REFUND_DAYS, QUIET_DAYS
from shop.open_data.columns import (
    CARRIER,
    CATALOG,
    CURRENCY,
    PLATFORM,
    SELLER,
    SHOP,
    OpenView,
    ViewColumn,
    at,
    columns,
    count,
    day,
    flag,
    money,
    text,
)

ORDER = text("order_id", "t.order_id", "order number of the platform", "平台订单号")
LINE = text("line_id", "t.line_id", "line of the order (sub-order number)", "子订单号")
SOLD_SKU = text("sku", "t.sku", "code under which it was sold", "售出时的编码")
PAID_ON = day("paid_on", "t.paid_on", "shop day of payment", "支付日（店铺日历）")
QUANTITY = count("quantity", "t.quantity", "pieces", "件数")
BUYER = count(
    "buyer_key",
    "t.buyer_key",
    "the same number for the same buyer, by a keyed hash; nobody's name",
    "同一买家为同一数字（加密哈希），不含姓名",
)
PROVINCE = text("province", "t.province", "province of the receiver", "收货省份")
GMV = money(
    "gmv", "t.buyer_paid_cents + t.platform_discount_cents", "buyer paid + platform discount", "成交金额"
)
PRICES = columns(
    GMV,
    money("list", "t.list_cents", "list price x quantity", "商品原价总额"),
    money("seller_discount", "t.seller_discount_cents", "discount borne by the shop", "商家优惠"),
    money(
        "platform_discount",
        "t.platform_discount_cents",
        "discount borne by platform, creator or payment channel",
        "平台、达人或支付渠道承担的优惠",
    ),
    money("buyer_paid", "t.buyer_paid_cents", "paid by the buyer for goods", "用户支付金额"),
    money("shipping", "t.shipping_cents", "shipping paid by the buyer", "用户支付的运费"),
)
IS_SOLD = "t.paid_at IS NOT NULL AND NOT t.is_gift"

ORDER_LINE = OpenView(
    "v_order_line",
    "One variant in one order, paid or not.",
    "一个订单中的一款商品，含未支付的。",
    "see_sums",
    """
FROM order_line t
LEFT JOIN sold_name n ON n.shop_id = t.shop_id AND n.name_key = t.name_key
LEFT JOIN sold_match m ON m.shop_id = t.shop_id AND m.name_key = t.name_key
LEFT JOIN variant v ON v.shop_id = m.shop_id AND v.sku = m.sku
LEFT JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code
LEFT JOIN order_traffic a ON a.shop_id = t.shop_id AND a.traffic_key = t.traffic_key
""",
    columns(
        SHOP,
        PLATFORM,
        ORDER,
        LINE,
        at("created", "t.created_at", "when the order was placed", "下单时间"),
        at("paid", "t.paid_at", "when it was paid", "支付时间"),
        PAID_ON,
        at("promised", "t.promised_at", "when the platform wants it sent", "承诺发货时间"),
        at("shipped", "t.shipped_at", "when it was sent", "发货时间"),
        at("completed", "t.completed_at", "when the platform closed it", "完成时间"),
        text("status", "t.status", f"one of {', '.join(STATUSES)}", "订单状态"),
        text(
            "after_sale", "t.after_sale", "after-sale state in the platform's words", "售后状态（平台原文）"
        ),
        flag("is_gift", "t.is_gift", "a gift line: in no sales figure", "赠品行，不计入成交"),
        flag("is_sold", IS_SOLD, "paid and no gift: counts in the sales figures", "已支付且非赠品，计入成交"),
        flag(
            "is_first",
            f"{IS_SOLD} AND NOT {EARLIER.format('').replace('l.', 't.').strip()}",
            "the sold line of the order with the smallest id: each order counts once, here",
            "订单中编号最小的成交行：每单在此计一次",
        ),
        SOLD_SKU,
        text("title", "n.title", "title under which it was sold", "售出时的标题"),
        text("spec", "n.spec", "specification under which it was sold", "售出时的规格"),
        text("product_id", "n.product_id", "product id of the platform", "平台商品 ID"),
        text("platform_sku", "n.platform_sku", "SKU id of the platform", "平台 SKU ID"),
        text("variant", "v.sku", "our SKU, empty while it is unmatched", "匹配到的本店 SKU，未匹配为空"),
        CATALOG,
        QUANTITY,
        CURRENCY,
        PRICES,
        CARRIER,
        SELLER,
        text("creator_id", "t.creator_id", "account of the creator that sold it", "带货达人账号"),
        text(
            "content_id",
            "t.content_id",
            "session or video that the platform names",
            "平台标明的直播场次或视频",
        ),
        text(
            "attribution",
            "t.attribution",
            "A named, B by id, C by time, D unknown",
            "归属等级：A 平台标明 … D 未知",
        ),
        flag(
            "is_provisional",
            "t.is_provisional",
            "the platform states the carrier a day later",
            "载体次日才由平台更新",
        ),
        text("traffic_source", "a.source", "traffic source in the platform's words", "流量来源（平台原文）"),
        text(
            "traffic_channel", "a.channel", "traffic channel in the platform's words", "流量渠道（平台原文）"
        ),
        text("traffic_type", "a.type", "type of traffic in the platform's words", "流量类型（平台原文）"),
        BUYER,
        PROVINCE,
        text("courier", "t.courier", "courier company", "快递公司"),
    ),
    month_of="paid_on",
)

_RANKS = " ".join(f"WHEN '{status}' THEN {rank}" for rank, status in enumerate(STATUSES[:-1]))
_STATUSES = " ".join(f"WHEN {rank} THEN '{status}'" for rank, status in enumerate(STATUSES[:-1]))
_ADDED = (
    "buyer_paid_cents",
    "platform_discount_cents",
    "list_cents",
    "seller_discount_cents",
    "shipping_cents",
)
ORDERS = OpenView(
    "v_order",
    "One checkout, added up from its lines.",
    "一次下单，由各商品行汇总。",
    "see_sums",
    f"""
FROM (
  SELECT shop_id, platform, order_id, COUNT(*) AS lines, SUM(quantity) AS quantity, MIN(line_id) AS first_line,
    CASE MIN(CASE status {_RANKS} ELSE {len(STATUSES) - 1} END)
      {_STATUSES} ELSE '{OrderStatus.CANCELLED}' END AS status,
    MIN(created_at) AS created_at, MIN(paid_at) AS paid_at, MIN(paid_on) AS paid_on,
    {", ".join(f"SUM({name}) AS {name}" for name in _ADDED)},
    MAX(buyer_key) AS buyer_key, MAX(province) AS province
  FROM order_line GROUP BY shop_id, platform, order_id
) t JOIN order_line h ON h.shop_id = t.shop_id AND h.platform = t.platform
  AND h.order_id = t.order_id AND h.line_id = t.first_line
""",
    columns(
        SHOP,
        PLATFORM,
        ORDER,
        count("lines", "t.lines", "lines of the order, gifts too", "商品行数，含赠品"),
        QUANTITY,
        text(
            "status",
            "t.status",
            "the least advanced state of the lines that are not cancelled",
            "未取消商品行中进度最慢的状态",
        ),
        at("created", "t.created_at", "when the order was placed", "下单时间"),
        at("paid", "t.paid_at", "when it was first paid", "首次支付时间"),
        PAID_ON,
        text("currency", "h.currency", "currency of the first line", "首行币种"),
        (
            ViewColumn(
                column.name, column.sql.replace("t.currency", "h.currency"), column.kind, column.en, column.zh
            )
            for column in PRICES
        ),
        text("carrier", "h.carrier", "what brought the first line", "首行载体"),
        text("seller", "h.seller", "own or partner, of the first line", "首行自营或达人"),
        BUYER,
        PROVINCE,
    ),
)

REFUNDS = OpenView(
    "v_refund",
    "One after-sale case, or a request for one, on its own day.",
    "一笔售后（或售后申请），按自己的日期。",
    "see_sums",
    """
FROM refund t LEFT JOIN order_line f ON f.shop_id = t.shop_id AND f.platform = t.platform
  AND f.order_id = t.order_id AND f.line_id = (SELECT MIN(x.line_id) FROM order_line x WHERE x.shop_id = t.shop_id
    AND x.platform = t.platform AND x.order_id = t.order_id AND x.paid_on IS NOT NULL AND NOT x.is_gift)
""",
    columns(
        SHOP,
        PLATFORM,
        text("refund_id", "t.refund_id", "number of the case", "售后单号"),
        ORDER,
        LINE,
        text("kind", "t.kind", "refund, return_refund, exchange, resend …", "售后类型"),
        text("stage", "t.stage", "before_ship, after_ship or unknown", "发货前或发货后"),
        text("status", "t.status", "only refunded means that money went back", "状态，refunded 表示已退款"),
        text("reason", "t.reason", "reason as the platform states it", "平台给出的原因"),
        at("requested", "t.requested_at", "when it was requested", "申请时间"),
        at("refunded", "t.refunded_at", "when the money went back", "退款时间"),
        day("refunded_on", "t.refunded_on", "shop day on which the money went back", "退款日（店铺日历）"),
        CURRENCY,
        money("amount", "t.amount_cents", "money given back for goods", "商品退款金额"),
        money("shipping", "t.shipping_cents", "shipping given back", "退回的运费"),
        text("sku", "t.sku", "code of what came back, where stated", "退回商品编码（如有）"),
        count("quantity", "t.quantity", "pieces that came back, where stated", "退回件数（如有）"),
        flag(
            "is_estimate",
            "t.is_estimate",
            "stated by an order file without its case",
            "仅由订单文件给出、没有售后单",
        ),
        flag(
            "counts",
            COUNTS.replace("r.", "t.").strip(),
            "money went back, and no case replaces this estimate: counts in the refund figures",
            "已退款且未被售后单取代，计入退款",
        ),
        day(
            "order_paid_on",
            "f.paid_on",
            "shop day of payment of its order, by the first sold line",
            "所属订单的支付日",
        ),
        text(
            "order_currency",
            "f.currency",
            "currency of the first sold line of its order",
            "所属订单首行的币种",
        ),
    ),
    month_of="refunded_on",
)

DAY_SUMS = columns(
    count("units", "t.units", "pieces sold", "成交件数"),
    count("lines", "t.lines", "sold lines", "成交商品行数"),
    PRICES,
    money("refund", "t.refund_cents", "refunds of this day", "当日退款"),
    money(
        "refund_by_order",
        "t.refund_by_order_cents",
        "refunds of the orders paid on this day",
        "当日支付订单的退款",
    ),
    count(
        "refunded_orders",
        "t.refunded_orders",
        "orders of this day with a refund",
        "当日支付订单中退款的订单数",
    ),
    count(
        "returned_units",
        "t.returned_units",
        "pieces of them that came back or never left",
        "其中退回或未发出的件数",
    ),
)
DAY = day("day", "t.day", "shop day", "日期（店铺日历）")
DAYS = OpenView(
    "v_day",
    "Sales of one shop day by platform, currency, carrier and seller.",
    "每日成交，按平台、币种、载体、自营或达人。",
    "see_sums",
    """
FROM fact_day t LEFT JOIN v_refund_day u ON u.shop_id = t.shop_id AND u.platform = t.platform AND u.day = t.day
""",
    columns(
        SHOP,
        DAY,
        PLATFORM,
        CURRENCY,
        CARRIER,
        SELLER,
        count(
            "orders", "t.orders", "paid orders, each where its first line is", "成交订单数，归入首个商品行"
        ),
        DAY_SUMS,
        flag(
            "refunds_known",
            "COALESCE(u.is_known, 1)",
            "files or syncs cover the refunds of this platform and day",
            "该平台当日的退款已由文件或同步覆盖",
        ),
    ),
    month_of="day",
)

SKU_DAYS = OpenView(
    "v_sku_day",
    "Sales of one sold code on one shop day by platform, currency, carrier and seller.",
    "每个售出编码的每日成交，按平台、币种、载体、自营或达人。",
    "see_sums",
    "FROM fact_sku_day t LEFT JOIN sold_sku n ON n.shop_id = t.shop_id AND n.sku = t.sku",
    columns(
        SHOP,
        DAY,
        PLATFORM,
        CURRENCY,
        CARRIER,
        SELLER,
        SOLD_SKU,
        text("title", "n.title", "its latest title", "最近的标题"),
        count(
            "orders",
            "t.orders",
            "paid orders with this code; do not add over codes",
            "含该编码的订单数，不可跨编码相加",
        ),
        DAY_SUMS,
    ),
    month_of="day",
)

# As shop.metrics.refund_sources: the days that files and syncs cover, by platform.
REFUND_DAYS = OpenView(
    "v_refund_day",
    "One day on which a platform sold, and whether its refunds are known.",
    "某平台有成交的日期，及当日退款是否已知。",
    "see_sums",
    f"""
FROM (
  WITH run AS MATERIALIZED (
    SELECT shop_id, CASE instr(platform, '_') WHEN 0 THEN platform
        ELSE substr(platform, 1, instr(platform, '_') - 1) END AS platform,
      kind, since_at, until_at, has_records
    FROM read_stretch WHERE kind IN ('orders', 'refunds')
  ), span AS MATERIALIZED (
    SELECT shop_id, CASE WHEN substr(kind, -10) = '_aftersale' THEN substr(kind, 1, length(kind) - 10)
        ELSE platform END AS platform,
      substr(kind, -10) = '_aftersale' OR COALESCE(states_refunds, 0) AS is_stated, 0 AS synced,
      first_on, last_on
    FROM source_file WHERE states_refunds IS NOT NULL OR substr(kind, -10) = '_aftersale'
    UNION ALL SELECT shop_id, platform, kind = 'refunds', CASE WHEN kind = 'refunds' THEN 1 ELSE 0 END,
      substr({shop_time("since_at", "run.shop_id")}, 1, 10), substr({shop_time("until_at", "run.shop_id")}, 1, 10)
    FROM run WHERE kind = 'refunds' OR has_records
  ), listed AS MATERIALIZED (
    SELECT shop_id, platform, SUM(synced) = 0 AND (
        SELECT COUNT(DISTINCT f.day) FROM fact_day f WHERE f.shop_id = s.shop_id AND f.platform = s.platform
          AND f.refund_cents > 0 AND EXISTS (SELECT 1 FROM span x WHERE x.shop_id = f.shop_id
            AND x.platform = f.platform AND x.is_stated AND f.day BETWEEN x.first_on AND x.last_on)
      ) < {FEW_REFUND_DAYS} AS by_month
    FROM span s GROUP BY shop_id, platform
    HAVING SUM(is_stated AND first_on IS NULL) = 0 AND (SUM(is_stated) > 0 OR NOT EXISTS (
      SELECT 1 FROM refund r WHERE r.shop_id = s.shop_id AND r.platform = s.platform AND NOT r.is_estimate))
  )
  SELECT d.shop_id, d.platform, d.day,
    g.platform IS NULL OR EXISTS (SELECT 1 FROM span s WHERE s.shop_id = d.shop_id AND s.platform = d.platform
      AND s.is_stated AND CASE WHEN g.by_month
        THEN substr(d.day, 1, 7) BETWEEN substr(s.first_on, 1, 7) AND substr(s.last_on, 1, 7)
        ELSE d.day BETWEEN date(s.first_on, '-{QUIET_DAYS} days') AND date(s.last_on, '+{QUIET_DAYS} days')
        END) AS is_known
  FROM (SELECT DISTINCT shop_id, platform, day FROM fact_day WHERE orders > 0) d
  LEFT JOIN listed g ON g.shop_id = d.shop_id AND g.platform = d.platform
) t
""",
    columns(
        SHOP,
        PLATFORM,
        day("day", "t.day", "shop day", "日期（店铺日历）"),
        flag("is_known", "t.is_known", "its refunds are known", "当日退款已知"),
    ),
    month_of="day",
)
