"""Videos as a list: totals at the latest reading, their own sales by attribution, what the platform states."""

from __future__ import annotations

import pandas as pd

from shop.db.database import Database
from shop.metrics.query import Query
from shop.metrics.settings import currency_of
from shop.streams import sessions
from shop.streams.videos import same_clips

SALES = """
SELECT f.platform, f.video_id, SUM(f.orders), SUM(f.gmv_cents), MAX(f.attribution) FROM fact_video f
WHERE f.shop_id = :shop AND f.currency = :currency GROUP BY f.platform, f.video_id
"""
CLICKS = """
SELECT d.platform, d.video_id, SUM(d.product_clicks) FROM video v JOIN video_day d
  ON d.shop_id = v.shop_id AND d.platform = v.platform AND d.video_id = v.video_id
WHERE v.shop_id = :shop AND v.published_on BETWEEN :start AND :end GROUP BY d.platform, d.video_id
"""
SUMMED = (
    "views",
    "likes",
    "comments",
    "shares",
    "favorites",
    "followers_gained",
    "product_clicks",
    "gmv_cents",
    "orders",
    "stated_cents",
)


def video_list(db: Database, query: Query) -> pd.DataFrame:
    """The videos published in the range, the latest first.

    Columns: those of `sessions.videos` (`gmv` as stated_cents), product_clicks, gmv_cents and orders of the orders
    that belong to the video in the query's currency, the weakest grade of these, and the number of its clip.
    """
    from sqlalchemy import text

    table = sessions.videos(db, query).drop(columns=["orders"]).rename(columns={"gmv": "stated_cents"})
    values = {"shop": query.shop, "start": query.start.isoformat(), "end": query.end.isoformat()}
    with db.read() as connection:
        values["currency"] = currency_of(connection, query)
        sales = {(row[0], row[1]): row[2:] for row in connection.execute(text(SALES), values)}
        clicks = {(row[0], row[1]): row[2] for row in connection.execute(text(CLICKS), values)}
    keys = list(zip(table["platform"], table["video"], strict=True))
    for place, name in enumerate(("orders", "gmv_cents")):
        values_of = [sales[key][place] if key in sales else None for key in keys]
        table[name] = pd.array(values_of, dtype="Int64")
    table["product_clicks"] = pd.array([clicks.get(key) for key in keys], dtype="Int64")
    table["grade"] = pd.Series([sales[key][2] if key in sales else None for key in keys], dtype=object)
    table["clip"] = same_clips(table) if len(table) else pd.array([], dtype="Int64")
    return table


def on_two_platforms(table: pd.DataFrame) -> int:
    """How many clips of a list are on more than one platform."""
    return int((table.groupby("clip")["platform"].nunique() > 1).sum()) if len(table) else 0


def clips(table: pd.DataFrame) -> pd.DataFrame:
    """The list with uploads of one clip as one row: sums of what is known, names of all its platforms."""
    rules: dict[str, object] = dict.fromkeys(table.columns, "first")
    rules |= dict.fromkeys(SUMMED, lambda values: values.sum(min_count=1))
    rules |= {"platform_name": lambda names: " + ".join(dict.fromkeys(names)), "finish_rate": _watched}
    result = table.groupby("clip", sort=False).agg(rules)  # type: ignore[arg-type]
    return result.reset_index(drop=True)


def _watched(values: pd.Series) -> float | None:
    """The rate of one upload; of several none: their bases differ."""
    return values.iloc[0] if len(values) == 1 else None
