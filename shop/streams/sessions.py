"""Live sessions and videos, one row each, with the figures that were read or that orders show."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import text

from shop.access.roles import require_reader
from shop.db.database import Database
from shop.metrics.query import Query, answer
from shop.metrics.settings import currency_of, shop_settings
from shop.metrics.tables import cells

SESSION_FIGURES = (
    "views",
    "viewers",
    "comments",
    "followers_gained",
    "session_orders",
    "session_units",
    "session_gmv",
    "stated_gmv",
    "gpm",
    "gmv_per_hour",
    "click_rate",
)
REPORTED = "stated"
SLOTS = {
    "night": 0,
    "morning": 6,
    "noon": 11,
    "afternoon": 14,
    "evening": 18,
}  # each from this hour of the shop's clock
LEAST_SESSIONS = 4  # for percentiles


def sessions(db: Database, query: Query) -> pd.DataFrame:
    """The live sessions that started in the range, the latest first.

    One row per session. Columns: platform, session, title, host, started (shop time, 2026-01-31 19:30), slot (of
    the day, see SLOTS), seconds, peak_viewers, the figures of SESSION_FIGURES, attribution (the grade that most of
    the known orders are of: A the platform names it, B by live session id, C by order time; "stated" where only the
    platform states a sum; empty where neither is), basis (of session_orders and session_gmv: stated, room, time),
    currency with headline_orders and headline_gmv (the same figures in the session's own currency, where the query's
    differs), stated_orders and matched_orders (how many of them orders of the shop's own match), is_inferred (only
    orders name it), and percentile: the share (0 to 100) of these sessions that its GMV per hour is above.
    """
    figures = answer(db, replace(query, metrics=SESSION_FIGURES, by=("platform", "session")))
    columns = ["platform", "session", "title", "host", "started", "seconds", "peak_viewers", "attribution"]
    columns += ["basis", "stated_orders", "matched_orders", "is_inferred"]
    columns += ["currency", "headline_orders", "headline_gmv"]
    session_rows = pd.DataFrame(_rows(db, query, SESSIONS), columns=columns, dtype=object)
    session_rows["started"] = _local(db, query.shop, session_rows["started"].tolist())
    session_rows.insert(5, "slot", [slot_of(started) for started in cells(session_rows["started"])])
    for name in (
        "seconds",
        "peak_viewers",
        "stated_orders",
        "matched_orders",
        "headline_orders",
        "headline_gmv",
    ):
        session_rows[name] = session_rows[name].astype("Int64")
    table = session_rows.merge(figures, on=["platform", "session"], how="left")
    known = table["session_orders"].fillna(0) > 0
    reported = table["stated_gmv"].notna() & ~known
    table["attribution"] = [
        grade if is_known and grade else REPORTED if is_reported or is_known else None
        for grade, is_known, is_reported in zip(cells(table["attribution"]), known, reported, strict=True)
    ]
    table["is_inferred"] = table["is_inferred"].astype(bool)
    table["percentile"] = _percentiles(table["gmv_per_hour"])
    return table


def slot_of(started: str | None) -> str | None:
    """The time slot of a start in shop time (2026-01-31 19:30): one of SLOTS."""
    if started is None:
        return None
    hour = int(started[11:13])
    return next(name for name, first in reversed(SLOTS.items()) if hour >= first)


def by_group(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """The rows of `sessions` added up by host or slot, the most per hour first: sessions, seconds, orders, gmv (cents)
    and gmv_per_hour. Each sum is of the sessions in which it is known, the rate of those in which both its parts are.
    """
    names = ["seconds", "session_orders", "session_gmv"]
    both = table[table["seconds"].notna() & table["session_gmv"].notna()]
    rated = both.groupby(name)[["seconds", "session_gmv"]].sum()
    rate = (
        rated["session_gmv"].astype("Float64") * 3600 / rated["seconds"].replace(0, pd.NA).astype("Float64")
    )
    groups = table.groupby(name)
    result = groups.size().rename("sessions").to_frame().join(groups[names].sum(min_count=1))
    result.columns = pd.Index(["sessions", "seconds", "orders", "gmv"])
    result["gmv_per_hour"] = rate.round().astype("Int64").reindex(result.index)
    result = result.reset_index()
    return result.sort_values("gmv_per_hour", ascending=False, na_position="last", ignore_index=True)


def _percentiles(values: pd.Series) -> pd.Series:
    """Of each value the share (0 to 100) of the others that it is above, equal ones half; missing where it is."""
    known = values.dropna()
    if len(known) < LEAST_SESSIONS:
        return pd.Series(pd.NA, index=values.index, dtype="Int64")
    ranks = known.astype("float64").rank(method="average") - 1
    return (ranks * 100 / (len(known) - 1)).round().astype("Int64").reindex(values.index)


SESSIONS = """
SELECT s.platform, s.session_id, s.title, COALESCE(n.host, s.account), s.started_at, s.seconds, s.peak_viewers,
  (SELECT f.attribution FROM fact_session f WHERE f.shop_id = s.shop_id AND f.platform = s.platform
    AND f.session_id = s.session_id GROUP BY f.attribution ORDER BY SUM(f.orders) DESC, f.attribution LIMIT 1),
  o.basis, s.orders,
  MIN(s.orders, COALESCE((SELECT SUM(own.orders) FROM session_sum own WHERE own.shop_id = s.shop_id
    AND own.platform = s.platform AND own.session_id = s.session_id AND own.currency = s.currency
    AND own.basis = CASE WHEN o.basis = 'time' THEN 'time' ELSE 'room' END), 0)),
  s.is_inferred, s.currency, o.orders, o.gmv_cents
FROM live_session s LEFT JOIN session_note n ON n.shop_id = s.shop_id AND n.platform = s.platform
  AND n.session_id = s.session_id
LEFT JOIN session_sum o ON o.shop_id = s.shop_id AND o.platform = s.platform AND o.session_id = s.session_id
  AND o.currency = s.currency AND o.is_headline
WHERE s.shop_id = :shop AND s.started_on BETWEEN :start AND :end
  AND (:platforms IS NULL OR s.platform IN (SELECT value FROM json_each(:platforms)))
ORDER BY s.started_at DESC, s.session_id
"""
# A video with its totals at the latest reading; of one that states none, the sums of its days.
VIDEO_TOTALS = """
SELECT v.shop_id, v.platform, v.video_id, v.title, v.creator, v.published_at, v.published_on, v.seconds,
  COALESCE(v.views, SUM(d.views)) AS views, COALESCE(v.likes, SUM(d.likes)) AS likes,
  COALESCE(v.comments, SUM(d.comments)) AS comments, COALESCE(v.shares, SUM(d.shares)) AS shares, v.favorites,
  COALESCE(v.followers_gained, SUM(d.followers_gained)) AS followers_gained,
  COALESCE(v.finish_rate, SUM(d.finish_rate * d.views)
    / SUM(CASE WHEN d.finish_rate IS NOT NULL THEN d.views END)) AS finish_rate, v.average_watch_seconds
FROM video v LEFT JOIN video_day d ON d.shop_id = v.shop_id AND d.platform = v.platform
  AND d.video_id = v.video_id
WHERE v.shop_id = :shop AND {where}
GROUP BY v.shop_id, v.platform, v.video_id
"""
VIDEOS = """
SELECT s.platform, s.video_id, s.title, s.published_at, s.seconds, s.views, s.likes, s.comments,
  s.shares, s.favorites, s.followers_gained, s.finish_rate, s.average_watch_seconds, d.gmv, d.orders, d.clicks,
  f.gmv, f.orders
FROM (
{totals}
) s LEFT JOIN (
  SELECT platform, video_id, SUM(CASE WHEN COALESCE(currency, :currency) = :currency THEN gmv_cents END) AS gmv,
    SUM(orders) AS orders, SUM(product_clicks) AS clicks
  FROM video_day WHERE shop_id = :shop GROUP BY platform, video_id
) d ON d.platform = s.platform AND d.video_id = s.video_id
LEFT JOIN (
  SELECT platform, video_id, SUM(gmv_cents) AS gmv, SUM(orders) AS orders FROM fact_video
  WHERE shop_id = :shop AND currency = :currency GROUP BY platform, video_id
) f ON f.platform = s.platform AND f.video_id = s.video_id
WHERE s.shop_id = :shop AND (:platforms IS NULL OR s.platform IN (SELECT value FROM json_each(:platforms)))
ORDER BY s.published_at DESC, s.video_id
""".format(totals=VIDEO_TOTALS.format(where="v.published_on BETWEEN :start AND :end"))
ANY = """
SELECT EXISTS (SELECT 1 FROM live_session WHERE shop_id = :shop) OR EXISTS (SELECT 1 FROM video WHERE shop_id = :shop)
"""
VIDEO_COLUMNS = [
    "platform",
    "video",
    "title",
    "published",
    "seconds",
    "views",
    "likes",
    "comments",
    "shares",
    "favorites",
    "followers_gained",
    "finish_rate",
    "average_watch",
    "gmv",
    "orders",
    "product_clicks",
    "own_gmv",
    "own_orders",
]


def videos(db: Database, query: Query) -> pd.DataFrame:
    """The videos published in the range, the latest first, with their totals at the latest reading.

    One row per video. Columns: VIDEO_COLUMNS; published in shop time; seconds; counts; finish_rate
    as a share; average_watch in seconds; gmv (cents), orders and product_clicks where the platform states them for
    its days; own_gmv and own_orders of the shop's orders that belong to the video (shop/streams/attribution.py). Both
    sums of money are of the query's currency alone.
    """
    table = pd.DataFrame(_rows(db, query, VIDEOS), columns=VIDEO_COLUMNS, dtype=object)
    table["published"] = _local(db, query.shop, table["published"].tolist())
    for name in VIDEO_COLUMNS[4:]:
        kind = "Float64" if name in ("finish_rate", "average_watch") else "Int64"
        table[name] = table[name].astype(kind)  # type: ignore[call-overload]
    return table


def newest_day(db: Database, shop: int = 1) -> str | None:
    """The last shop day (ISO text) on which a session started or a video came out; None without any."""
    sql = """
    SELECT MAX(day) FROM (SELECT MAX(started_on) AS day FROM live_session WHERE shop_id = :shop
      UNION ALL SELECT MAX(published_on) FROM video WHERE shop_id = :shop)
    """
    with db.read() as connection:
        newest: str | None = connection.execute(text(sql), {"shop": shop}).scalar()
    return newest


def any_stream(db: Database, shop: int = 1) -> bool:
    """Whether any session or video was read in."""
    with db.read() as connection:
        return bool(connection.execute(text(ANY), {"shop": shop}).scalar())


def _rows(db: Database, query: Query, sql: str) -> list[tuple[Any, ...]]:
    require_reader(db, "see_sums")
    platforms = dict(query.where).get("platform", ())
    values: dict[str, Any] = {
        "shop": query.shop,
        "start": query.start.isoformat(),
        "end": query.end.isoformat(),
        "platforms": json.dumps(platforms) if platforms else None,
    }
    with db.read() as connection:
        values["currency"] = currency_of(connection, query)
        return [tuple(row) for row in connection.execute(text(sql), values)]


def _local(db: Database, shop: int, moments: list[int | None]) -> list[str | None]:
    """Moments (seconds UTC) on the shop's own clock."""
    with db.read() as connection:
        zone = ZoneInfo(shop_settings(connection, shop).time_zone)
    return [
        None if at is None else f"{datetime.fromtimestamp(at, UTC).astimezone(zone):%Y-%m-%d %H:%M}"
        for at in moments
    ]
