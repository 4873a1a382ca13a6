"""What brought the shop's sales: carriers, sessions, videos and what is unknown, by grade; and the editable rules.

Grades and rules: shop/metrics/stream_rollups.py. Each paid line counts in one row, so that the rows of any range and
filter add up to the shop's orders, units and GMV exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import text

from shop.access.audit import log_action
from shop.access.change_log import Edits
from shop.access.roles import Actor, require
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.metrics.query import Query
from shop.metrics.rollups import rebuild
from shop.metrics.settings import currency_of

GRADES = ("A", "B", "C", "D")
FILTERS = ("platform", "carrier", "seller")
SUMS = ("orders", "units", "gmv_cents", "provisional_cents")
ROWS = """
SELECT {cuts}, SUM(orders), SUM(units), SUM(gmv_cents), SUM(provisional_cents) FROM fact_stream
WHERE shop_id = :shop AND day BETWEEN :start AND :end AND currency = :currency {filters}
GROUP BY {cuts} ORDER BY SUM(gmv_cents) DESC, {cuts}
"""
CUTS = ("platform", "carrier", "kind", "content_id", "attribution")
TRAFFIC = """
SELECT t.source, t.form, t.channel, t.type, t.ad_channel, t.creator, COUNT(DISTINCT l.order_id), SUM(l.quantity),
  SUM(l.buyer_paid_cents + l.platform_discount_cents)
FROM order_line l INDEXED BY order_line_paid_on
JOIN order_traffic t ON t.shop_id = l.shop_id AND t.traffic_key = l.traffic_key
WHERE l.shop_id = :shop AND l.paid_on BETWEEN :start AND :end AND l.currency = :currency AND NOT l.is_gift
  AND l.paid_at IS NOT NULL {filters}
GROUP BY l.traffic_key ORDER BY 9 DESC
"""


class BadRules(ShopError):
    """A limit of a rule that cannot be."""

    message = "{found} seconds is no limit of a rule. Expected: 0 to {most}."


@dataclass(frozen=True)
class Rules:
    """The rules of grade C: seconds after a session's end and after a video's publication within which an order
    without an id belongs to it; whether orders are joined by time at all; and whether orders whose carrier is
    unknown are taken as live ones.
    """

    late_seconds: int = 900
    video_seconds: int = 3600
    is_by_time: bool = True
    takes_unknown: bool = False


MOST_SECONDS = 86_400


def attribution(db: Database, query: Query, *, by: tuple[str, ...] = CUTS) -> pd.DataFrame:
    """Sales of the paid days of a range by some of CUTS: the most money first.

    Columns: those of `by`, orders (each at its first line), units, gmv_cents, provisional_cents (will be restated by
    the platform). `kind` is session, video or "" (unknown). Filters: FILTERS.
    """
    values: dict[str, Any] = {
        "shop": query.shop,
        "start": query.start.isoformat(),
        "end": query.end.isoformat(),
    }
    filters = _filters(query, values)
    with db.read() as connection:
        values["currency"] = currency_of(connection, query)
        rows = connection.execute(text(ROWS.format(cuts=", ".join(by), filters=filters)), values).all()
    table = pd.DataFrame([tuple(row) for row in rows], columns=[*by, *SUMS])
    return table.astype(dict.fromkeys(SUMS, "Int64"))


def grade_shares(db: Database, query: Query) -> dict[str, tuple[int, float | None]]:
    """Cents of GMV by grade A to D, and their shares of the whole; None where nothing was sold."""
    sums = attribution(db, query, by=("attribution",)).set_index("attribution")["gmv_cents"].to_dict()
    whole = sum(int(value) for value in sums.values())
    return {
        grade: (int(sums.get(grade, 0)), int(sums.get(grade, 0)) / whole if whole > 0 else None)
        for grade in GRADES
    }


def traffic(db: Database, query: Query) -> pd.DataFrame:
    """Sales by the platform's own words of traffic: source, form, channel, type, ad_channel, creator, orders, units,
    gmv_cents; the most money first. Only orders of sources that state them.
    """
    values: dict[str, Any] = {
        "shop": query.shop,
        "start": query.start.isoformat(),
        "end": query.end.isoformat(),
    }
    filters = _filters(query, values, "l.")
    with db.read() as connection:
        values["currency"] = currency_of(connection, query)
        rows = connection.execute(text(TRAFFIC.format(filters=filters)), values).all()
    names = ["source", "form", "channel", "type", "ad_channel", "creator", "orders", "units", "gmv_cents"]
    return pd.DataFrame([tuple(row) for row in rows], columns=names)


def rules(db: Database, *, shop: int = 1) -> Rules:
    """The rules of a shop; the usual ones where none were set."""
    sql = "SELECT late_seconds, video_seconds, is_by_time, takes_unknown FROM attribution_rules WHERE shop_id = :shop"
    with db.read() as connection:
        row = connection.execute(text(sql), {"shop": shop}).first()
    return Rules(row[0], row[1], bool(row[2]), bool(row[3])) if row else Rules()


def set_rules(db: Database, wanted: Rules, *, actor: Actor, shop: int = 1) -> bool:
    """Set the rules and attribute all orders again; whether anything changed. Raises BadRules, NotAllowed."""
    require(actor, "edit_calendar")
    for limit in (wanted.late_seconds, wanted.video_seconds):
        if not 0 <= limit <= MOST_SECONDS:
            raise BadRules(found=limit, most=MOST_SECONDS)
    with db.write() as connection:
        edits = Edits(connection, shop)
        if not edits.put("attribution_rules", {}, vars(wanted)):
            return False
        log_action(connection, actor, "live.rules", "", shop_id=shop)
        rebuild(connection, shop)
    return True


def _filters(query: Query, values: dict[str, Any], prefix: str = "") -> str:
    parts = []
    for name, allowed in query.where:
        if name not in FILTERS:
            continue
        marks = []
        for place, value in enumerate(allowed):
            values[f"{name}_{place}"] = value
            marks.append(f":{name}_{place}")
        parts.append(f"AND {prefix}{name} IN ({', '.join(marks) or 'NULL'})")
    return " ".join(parts)
