"""Live sessions and videos, one row each, with the figures that were read or that orders show."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import text

from shop.db.database import Database
from shop.metrics.query import Query, answer
from shop.metrics.settings import shop_settings
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


def sessions(db: Database, query: Query) -> pd.DataFrame:
    """The live sessions that started in the range, the latest first.

    One row per session. Columns: platform, session, title, started (shop time, 2026-01-31 19:30),
    seconds, peak_viewers, the figures of SESSION_FIGURES, and attribution: how its orders are known
    (A the platform states it, B by live session id, C by order time; "stated" where no order is known
    and only the platform states a sum; empty where neither is).
    """
    figures = answer(db, replace(query, metrics=SESSION_FIGURES, by=("platform", "session")))
    rows = _rows(db, query, SESSIONS)
    columns = ["platform", "session", "title", "started", "seconds", "peak_viewers", "attribution"]
    session_rows = pd.DataFrame(rows, columns=columns, dtype=object)
    session_rows["started"] = _local(db, query.shop, session_rows["started"].tolist())
    for name in ("seconds", "peak_viewers"):
        session_rows[name] = session_rows[name].astype("Int64")
    table = session_rows.merge(figures, on=["platform", "session"], how="left")
    known = table["session_orders"].fillna(0) > 0
    reported = table["stated_gmv"].notna() & ~known
    table["attribution"] = [
        grade if is_known else REPORTED if is_reported else None
        for grade, is_known, is_reported in zip(cells(table["attribution"]), known, reported, strict=True)
    ]
    return table


SESSIONS = """
SELECT s.platform, s.session_id, s.title, s.started_at, s.seconds, s.peak_viewers,
  (SELECT MAX(f.attribution) FROM fact_session f WHERE f.shop_id = s.shop_id
    AND f.platform = s.platform AND f.session_id = s.session_id)
FROM live_session s WHERE s.shop_id = :shop AND s.started_on BETWEEN :start AND :end {platforms}
ORDER BY s.started_at DESC, s.session_id
"""
VIDEOS = """
SELECT s.platform, s.video_id, s.title, s.published_at, s.seconds, s.views, s.likes, s.comments,
  s.shares, s.favorites, s.followers_gained, s.finish_rate, s.average_watch_seconds, d.gmv, d.orders
FROM video s LEFT JOIN (
  SELECT platform, video_id, SUM(gmv_cents) AS gmv, SUM(orders) AS orders FROM video_day
  WHERE shop_id = :shop GROUP BY platform, video_id
) d ON d.platform = s.platform AND d.video_id = s.video_id
WHERE s.shop_id = :shop AND s.published_on BETWEEN :start AND :end {platforms}
ORDER BY s.published_at DESC, s.video_id
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
]


def videos(db: Database, query: Query) -> pd.DataFrame:
    """The videos published in the range, the latest first, with their totals at the latest reading.

    One row per video. Columns: VIDEO_COLUMNS; published in shop time; seconds; counts; finish_rate
    as a share; average_watch in seconds; gmv (cents) and orders where the platform states them.
    """
    table = pd.DataFrame(_rows(db, query, VIDEOS), columns=VIDEO_COLUMNS, dtype=object)
    table["published"] = _local(db, query.shop, table["published"].tolist())
    for name in VIDEO_COLUMNS[4:]:
        kind = "Float64" if name in ("finish_rate", "average_watch") else "Int64"
        table[name] = table[name].astype(kind)  # type: ignore[call-overload]
    return table


def any_stream(db: Database, shop: int = 1) -> bool:
    """Whether any session or video was read in."""
    with db.read() as connection:
        return any(
            connection.execute(
                text(f"SELECT EXISTS (SELECT 1 FROM {table} WHERE shop_id = :shop)"), {"shop": shop}
            ).scalar()
            for table in ("live_session", "video")
        )


def _rows(db: Database, query: Query, sql: str) -> list[tuple[Any, ...]]:
    wanted = dict(query.where).get("platform", ())
    marks = ", ".join(f":p{place}" for place in range(len(wanted)))
    values: dict[str, Any] = {f"p{place}": name for place, name in enumerate(wanted)}
    values |= {"shop": query.shop, "start": query.start.isoformat(), "end": query.end.isoformat()}
    sql = sql.format(platforms=f"AND s.platform IN ({marks})" if wanted else "")
    with db.read() as connection:
        return [tuple(row) for row in connection.execute(text(sql), values)]


def _local(db: Database, shop: int, moments: list[int | None]) -> list[str | None]:
    """Moments (seconds UTC) on the shop's own clock."""
    with db.read() as connection:
        zone = ZoneInfo(shop_settings(connection, shop).time_zone)
    return [
        None if at is None else f"{datetime.fromtimestamp(at, UTC).astimezone(zone):%Y-%m-%d %H:%M}"
        for at in moments
    ]
