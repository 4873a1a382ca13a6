"""Where the orders of one session came from, in the platform's own words (流量来源, 流量体裁, 流量渠道)."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import text

from shop.db.database import Database
from shop.streams.minutes import OF_SESSION, orders_sql, parameters_of
from shop.streams.session import SessionRecord
from shop.streams.sums import SessionSums, session_sums

WORDS = ("source", "form", "channel", "type", "ad_channel", "creator")
JOINED = "JOIN order_traffic t ON t.shop_id = l.shop_id AND t.traffic_key = l.traffic_key\nWHERE "
TRAFFIC = f"""
SELECT {", ".join(f"t.{name}" for name in WORDS)}, COUNT(DISTINCT l.order_id), SUM(l.quantity),
  SUM(l.buyer_paid_cents + l.platform_discount_cents) {OF_SESSION.replace("WHERE ", JOINED, 1)} {{}}
GROUP BY l.traffic_key ORDER BY 9 DESC
"""


def session_traffic(db: Database, session: SessionRecord, sums: SessionSums | None = None) -> pd.DataFrame:
    """The orders of a session by what the platform states of their traffic, the most money first.

    Columns: WORDS, orders, units, gmv_cents. Empty where no source states it.
    """
    sums = sums or session_sums(db, session)
    with db.read() as connection:
        rows = connection.execute(text(orders_sql(sums, TRAFFIC)), parameters_of(session)).all()
    counts = ["orders", "units", "gmv_cents"]
    table = pd.DataFrame([tuple(row) for row in rows], columns=[*WORDS, *counts])
    return table.astype(dict.fromkeys(counts, "Int64"))
