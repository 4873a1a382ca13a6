"""The plain SQL of every metric over the views: one number for a range of days, in every engine the same.

Parameters: $shop, $start and $end (shop days, both inclusive) and, for money and what it counts, $currency. The text
runs on SQLite, on PostgreSQL and, over the Parquet files, in DuckDB; tests compare it with what `shop.metrics.query`
answers.

No row is no figure: a sum over nothing is 0 where the program counts by itself, else it is NULL. The program shows
such a 0 as unknown where no order file covers the days.
"""

from __future__ import annotations

from dataclasses import dataclass

from shop.metrics.definitions import Measure, Ratio, metric
from shop.metrics.refund_sources import REFUND_MEASURES

ORDER_KEY = "platform || '/' || order_id"
SHOP = "shop_id = $shop"
OF_CURRENCY = "currency = $currency"


@dataclass(frozen=True)
class PlainSum:
    """An aggregate over one view: its SQL, the view, its day column, and which rows count."""

    sql: str
    view: str
    day: str
    conditions: tuple[str, ...] = ()
    is_zero_where_nothing: bool = True

    def text(self, name: str) -> str:
        """The SELECT of it."""
        value = (
            f"COALESCE({self.sql}, 0)"
            if self.is_zero_where_nothing and "COUNT(" not in self.sql
            else self.sql
        )
        where = " AND ".join((SHOP, f"{self.day} BETWEEN $start AND $end", *self.conditions))
        return f"SELECT {value} AS {name}\nFROM {self.view}\nWHERE {where}"


def _sold(sql: str, *conditions: str) -> PlainSum:
    return PlainSum(sql, "v_order_line", "paid_on", (OF_CURRENCY, *(conditions or ("is_sold = 1",))))


def _refunded(sql: str, day: str = "refunded_on", currency: str = "currency") -> PlainSum:
    return PlainSum(sql, "v_refund", day, (f"{currency} = $currency", "counts = 1"))


def _paid_out(column: str) -> PlainSum:
    sql = f"CASE WHEN SUM(settled_lines) > 0 THEN SUM({column}) END"
    return PlainSum(sql, "v_payout", "day", (OF_CURRENCY,), is_zero_where_nothing=False)


def _void(column: str) -> PlainSum:
    return PlainSum(f"SUM({column})", "v_payout", "day", (OF_CURRENCY,), is_zero_where_nothing=False)


def _video(sql: str) -> PlainSum:
    return PlainSum(sql, "v_video", "published_on", is_zero_where_nothing=False)


def _comment(sql: str, *conditions: str) -> PlainSum:
    return PlainSum(sql, "v_comment", "written_on", ("is_own = 0", *conditions))


def _pieces(*conditions: str) -> PlainSum:
    return PlainSum("SUM(quantity)", "v_order_line", "paid_on", ("is_sold = 1", *conditions))


CANCELLED = (OF_CURRENCY, "status = 'cancelled'", "is_gift = 0")

SUMS: dict[str, PlainSum] = {
    "gmv": _sold("SUM(gmv_cents)"),
    "buyer_paid": _sold("SUM(buyer_paid_cents)"),
    "list_value": _sold("SUM(list_cents)"),
    "seller_discounts": _sold("SUM(seller_discount_cents)"),
    "platform_discounts": _sold("SUM(platform_discount_cents)"),
    "shipping_paid": _sold("SUM(shipping_cents)"),
    "orders": _sold(f"COUNT(DISTINCT {ORDER_KEY})"),
    "units": _sold("SUM(quantity)"),
    "lines": _sold("COUNT(*)"),
    "refunds": _refunded("SUM(amount_cents)"),
    "refunds_by_order": _refunded("SUM(amount_cents)", "order_paid_on"),
    "refunded_orders": _refunded(f"COUNT(DISTINCT {ORDER_KEY})", "order_paid_on", "order_currency"),
    "returned_units": PlainSum("SUM(returned_units)", "v_day", "day", (OF_CURRENCY,)),
    "cancelled_orders": PlainSum(f"COUNT(DISTINCT {ORDER_KEY})", "v_order_line", "paid_on", CANCELLED),
    "cancelled_units": PlainSum("SUM(quantity)", "v_order_line", "paid_on", CANCELLED),
    "settled_orders": _paid_out("settled_orders"),
    "settled_gmv": _paid_out("settled_cents"),
    "settled_refunds": _paid_out("settled_refund_cents"),
    "settlement_income": _paid_out("income_cents"),
    "platform_fees": _paid_out("platform_fee_cents"),
    "commission": _paid_out("commission_cents"),
    "other_fees": _paid_out("other_fee_cents"),
    "void_orders": _void("void_orders"),
    "void_discounts": _void("void_cents"),
    "videos": _video("COUNT(*)"),
    "video_views": _video("SUM(views)"),
    "video_likes": _video("SUM(likes)"),
    "video_comments": _video("SUM(comments)"),
    "video_shares": _video("SUM(shares)"),
    "video_followers": _video("SUM(followers_gained)"),
    "remarks": _comment("COUNT(*)"),
    "questions": _comment("COUNT(*)", "is_question = 1"),
    "open_questions": _comment("COUNT(*)", "is_question = 1", "answered_at IS NULL"),
    "authors": PlainSum("COUNT(DISTINCT author)", "v_author", "day"),
    "pieces": _pieces(),
    "live_pieces": _pieces("carrier = 'live'"),
    "kiln_in": PlainSum("SUM(pieces_in)", "v_kiln", "done_on"),
    "kiln_out": PlainSum("SUM(pieces_out)", "v_kiln", "done_on"),
    "kiln_again": PlainSum("SUM(again)", "v_kiln", "done_on"),
    "kiln_lost": PlainSum("SUM(lost)", "v_kiln", "done_on"),
    "loss_value": PlainSum("SUM(loss_cents)", "v_kiln_loss", "done_on"),
    "batch_started": PlainSum("SUM(pieces)", "v_batch", "ended_on"),
    "batch_good": PlainSum("SUM(good)", "v_batch", "ended_on"),
}

# Session figures: the column of v_session, and of which rows: one a session, or those in the currency.
SESSION_SALES = {"session_orders": "orders", "session_units": "units", "session_gmv": "gmv_cents"}
SESSION_MONEY = SESSION_SALES | {"stated_gmv": "stated_gmv_cents"}
OTHER_NAMES = {"live_seconds": "seconds", "session_buyers": "buyers", "sessions": "1", "sessions_held": "1"}
COUNTED_BY_US = ("sessions", "sessions_held", "session_orders", "session_units")


def _session(*parts: str) -> str:
    """The condition on the rows of v_session that figures of these names are read from."""
    return OF_CURRENCY if any(name in SESSION_MONEY for name in parts) else "is_main = 1"


def _session_column(name: str) -> str:
    return SESSION_MONEY.get(name) or OTHER_NAMES.get(name, name)


def _session_sum(name: str) -> PlainSum:
    return PlainSum(
        f"SUM({_session_column(name)})",
        "v_session",
        "started_on",
        (_session(name),),
        is_zero_where_nothing=name in COUNTED_BY_US,
    )


KNOWN_SALES = (OF_CURRENCY, "gmv_cents IS NOT NULL")
SUMS |= {
    "sessions_with_sales": PlainSum("COUNT(*)", "v_session", "started_on", KNOWN_SALES),
    "seconds_with_sales": PlainSum(
        "SUM(seconds)", "v_session", "started_on", KNOWN_SALES, is_zero_where_nothing=False
    ),
}

# Stock: what is there now, back along the movements; unknown where no stock is tracked.
NOW = f"(SELECT SUM(on_hand) FROM v_stock WHERE {SHOP})"
IN_RANGE = "moved_on BETWEEN $start AND $end"


def _movements(*conditions: str) -> str:
    where = " AND ".join((SHOP, *conditions))
    return f"(SELECT COALESCE(SUM(on_hand), 0) FROM v_stock_movement WHERE {where})"


BECAUSE_SOLD, BECAUSE_BROKEN = "reason IN ('sold', 'returned')", "reason = 'broken'"
AT_START = f"{NOW} - {_movements('moved_on >= $start')}"
CAME_IN = _movements(IN_RANGE, "reason IN ('made', 'counted')")
STOCK = {
    "stock_start": AT_START,
    "stock_received": CAME_IN,
    "stock_base": f"{AT_START} + {CAME_IN}",
    "stock_sold": f"-{_movements(IN_RANGE, BECAUSE_SOLD)}",
    "stock_broken": f"-{_movements(IN_RANGE, BECAUSE_BROKEN)}",
    "on_hand": f"{NOW} - {_movements('moved_on > $end')}",
}

# Buyers: unknown where orders name none.
PAID_LINE = f"{SHOP} AND paid_on BETWEEN $start AND $end AND {OF_CURRENCY}"
OTHERS = {
    "days": "SELECT COUNT(*) AS days\nFROM v_calendar\nWHERE day BETWEEN $start AND $end",
    "buyers": "SELECT CASE WHEN COUNT(buyer_key) > 0 OR COUNT(*) = 0 THEN COUNT(DISTINCT buyer_key) END AS buyers\n"
    f"FROM v_order_line\nWHERE {PAID_LINE}",
    "repeat_buyers": "SELECT CASE WHEN COUNT(buyer_key) > 0 OR COUNT(*) = 0\n"
    "  THEN COUNT(CASE WHEN orders > 1 THEN buyer_key END) END AS repeat_buyers\n"
    f"FROM (\n  SELECT buyer_key, COUNT(DISTINCT {ORDER_KEY}) AS orders FROM v_order_line\n"
    f"  WHERE {PAID_LINE} GROUP BY buyer_key\n) AS by_buyer",
}
OF_BUYERS = f"SELECT SUM(gmv_cents) AS gmv\nFROM v_order_line\nWHERE {PAID_LINE} AND buyer_key IS NOT NULL"
IN_DAYS = f"FROM v_day WHERE {SHOP} AND day BETWEEN $start AND $end AND orders > 0 AND"
REFUNDS_KNOWN = (
    f"NOT EXISTS (SELECT 1 {IN_DAYS} refunds_known = 0)\n  OR EXISTS (SELECT 1 {IN_DAYS} refunds_known = 1)"
)


def metric_sql(name: str) -> str:
    """The plain SQL of a metric: a SELECT of one row and one column of the metric's name; raises UnknownMetric."""
    definition = metric(name)
    if isinstance(definition, Ratio):
        return _ratio(definition)
    if name in ("net_sales", "net_by_order"):
        refunds = "refunds" if name == "net_sales" else "refunds_by_order"
        return _if_refunds_known(name, f"({_sum('gmv')})\n- ({_sum(refunds)})")
    if name in REFUND_MEASURES:
        return _if_refunds_known(name, f"({_sum(name)})")
    if name in STOCK:
        has_stock = f"EXISTS (SELECT 1 FROM v_stock WHERE {SHOP})"
        return f"SELECT CASE WHEN {has_stock} THEN\n  {STOCK[name]}\nEND AS {name}"
    return OTHERS.get(name) or _sum(name)


def _sum(name: str) -> str:
    if name in SUMS:
        return SUMS[name].text(name)
    definition = metric(name)
    assert isinstance(definition, Measure) and definition.fact in ("session", "held"), name
    return _session_sum(name).text(name)


def _if_refunds_known(name: str, value: str) -> str:
    """A figure of refunds: unknown, not 0, where sales of the range are of months alone whose refunds are unknown."""
    return f"SELECT CASE WHEN {REFUNDS_KNOWN} THEN\n{value}\nEND AS {name}"


def _ratio(ratio: Ratio) -> str:
    over, under = metric(ratio.over), metric(ratio.under)
    if isinstance(over, Measure) and isinstance(under, Measure) and over.fact == under.fact == "session":
        return _session_ratio(ratio)
    amount = OF_BUYERS if ratio.under == "buyers" and ratio.over == "gmv" else metric_sql(ratio.over)
    value = _divided(ratio, "amount", "base")
    return (
        f"SELECT CASE WHEN base > 0 THEN {value} END AS {ratio.name}\nFROM (SELECT\n"
        f"{_indented(f'({amount}) AS amount')},\n{_indented(f'({metric_sql(ratio.under)}) AS base')}\n) AS parts"
    )


def _session_ratio(ratio: Ratio) -> str:
    """A ratio of sessions: of those alone in which both of its parts are known."""
    columns = [_session_column(name) for name in (ratio.over, ratio.under)]
    conditions = [f"{column} IS NOT NULL" for column in columns if column != "1"]
    over, under = (f"SUM({column})" for column in columns)
    both = PlainSum(
        f"CASE WHEN {under} > 0 THEN {_divided(ratio, over, under)} END",
        "v_session",
        "started_on",
        (_session(ratio.over, ratio.under), *conditions),
        is_zero_where_nothing=False,
    )
    return both.text(ratio.name)


def _divided(ratio: Ratio, over: str, under: str) -> str:
    """One ratio as SQL; money is rounded half up to the minor unit."""
    times = f" * {ratio.scale}" if ratio.scale != 1 else ""
    if ratio.unit == "cents":
        return f"FLOOR((2.0 * {over}{times} + {under}) / (2 * {under}))"
    return f"CAST({over} AS DOUBLE PRECISION){times} / {under}"


def _indented(sql: str) -> str:
    return "\n".join(f"  {line}" for line in sql.splitlines())
