"""One video: its curve since publication next to the shop's usual one, its sales by grade, and the sessions it filled;
and the same clip on two platforms as one.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Any

import pandas as pd
from sqlalchemy import text

from shop.access.roles import require_reader
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.metrics.stream_rollups import Sum
from shop.metrics.tables import records
from shop.streams.sessions import VIDEO_TOTALS

USUAL_OTHERS = 60
LEAST_OTHERS = 3
SAME_CLIP_DAYS = 7
FILLED_SECONDS = 86_400  # sessions that started within a day after the video came out
COLUMNS = (
    "platform",
    "video_id",
    "title",
    "creator",
    "published_at",
    "published_on",
    "seconds",
    "views",
    "likes",
    "comments",
    "shares",
    "favorites",
    "followers_gained",
    "finish_rate",
    "average_watch_seconds",
)
VIDEO = f"""
SELECT {", ".join(COLUMNS)} FROM (
{VIDEO_TOTALS.format(where="v.video_id = :video AND (:platform IS NULL OR v.platform = :platform)")}
) t LIMIT 1
"""
DAYS = """
SELECT day, views, likes, comments, shares, product_clicks, orders, units, gmv_cents, attributed_gmv_cents
FROM video_day WHERE shop_id = :shop AND platform = :platform AND video_id = :video ORDER BY day
"""
USUAL = """
SELECT d.video_id, CAST(julianday(d.day) - julianday(v.published_on) AS INTEGER) AS age, d.views
FROM (SELECT * FROM video WHERE shop_id = :shop AND platform = :platform AND video_id <> :video
  AND published_on IS NOT NULL AND published_on <= :before ORDER BY published_on DESC LIMIT :others) v
JOIN video_day d ON d.shop_id = v.shop_id AND d.platform = v.platform AND d.video_id = v.video_id
WHERE d.views IS NOT NULL AND d.day >= v.published_on
"""
SALES = """
SELECT currency, attribution, orders, units, gmv_cents FROM fact_video
WHERE shop_id = :shop AND platform = :platform AND video_id = :video ORDER BY gmv_cents DESC
"""
STATED = """
SELECT currency, SUM(orders), SUM(units), SUM(gmv_cents) AS gmv_cents FROM video_day
WHERE shop_id = :shop AND platform = :platform AND video_id = :video GROUP BY currency ORDER BY gmv_cents DESC
"""
FILLED = """
SELECT session_id, title, started_at, views FROM live_session
WHERE shop_id = :shop AND platform = :platform AND started_at > :at AND started_at <= :at + :seconds
ORDER BY started_at
"""
COMMENTS = """
SELECT written_at, text FROM comment WHERE shop_id = :shop AND platform = :platform AND video_id = :video
ORDER BY written_at DESC LIMIT :limit
"""


class UnknownVideo(ShopError):
    """No video of this id."""

    message = "There is no video {video}. `kilnboard video list` shows the videos with their ids."


@dataclass(frozen=True)
class VideoRecord:
    """One video: totals at the latest reading, the sums of its days where no total is stated."""

    shop_id: int
    platform: str
    video_id: str
    title: str | None
    creator: str | None
    published_at: int | None
    published_on: date | None
    figures: dict[str, Any]


@dataclass(frozen=True)
class VideoSales:
    """What belongs to a video, in one currency: orders by grade, and what the platform states over its days."""

    currency: str | None
    grades: dict[str, Sum]
    stated: Sum | None

    @property
    def total(self) -> Sum:
        """The grades together: each order counts in one; without an order all parts are None."""
        if not self.grades:
            return Sum(None, None, None)
        columns = zip(
            *((item.orders, item.units, item.gmv_cents) for item in self.grades.values()), strict=True
        )
        return Sum(*(sum(value or 0 for value in column) for column in columns))


def find_video(db: Database, video_id: str, platform: str | None = None, *, shop: int = 1) -> VideoRecord:
    """The video of an id; raises UnknownVideo, and NotAllowed for a role that sees no sums."""
    require_reader(db, "see_sums")
    with db.read() as connection:
        values = {"shop": shop, "video": video_id, "platform": platform}
        row = connection.execute(text(VIDEO), values).mappings().first()
    if row is None:
        raise UnknownVideo(video=video_id)
    return VideoRecord(
        shop,
        row["platform"],
        row["video_id"],
        row["title"],
        row["creator"],
        row["published_at"],
        date.fromisoformat(row["published_on"]) if row["published_on"] else None,
        {name: row[name] for name in COLUMNS[6:]},
    )


def video_days(db: Database, video: VideoRecord) -> pd.DataFrame:
    """One row per day with figures: day, age (days since publication), views, likes, comments, shares,
    product_clicks, orders, units, gmv_cents, attributed_gmv_cents, and usual_views: the median of the platform's
    earlier videos at the same age.
    """
    with db.read() as connection:
        rows = [tuple(row) for row in connection.execute(text(DAYS), _key(video))]
        before = {"before": (video.published_on or date.max).isoformat(), "others": USUAL_OTHERS}
        usual: dict[int, list[int]] = {}
        for _, age, views in connection.execute(text(USUAL), _key(video) | before):
            usual.setdefault(age, []).append(views)
    names = ["day", "views", "likes", "comments", "shares", "product_clicks", "orders", "units"]
    table = pd.DataFrame(rows, columns=[*names, "gmv_cents", "attributed_gmv_cents"])
    born = video.published_on
    ages = [(date.fromisoformat(day) - born).days if born else None for day in table["day"]]
    table.insert(1, "age", pd.Series(ages, dtype="Int64"))
    table["usual_views"] = [
        float(median(usual[age])) if age is not None and len(usual.get(age, ())) >= LEAST_OTHERS else None
        for age in ages
    ]
    counts = [*names[1:], "gmv_cents", "attributed_gmv_cents"]
    return table.astype(dict.fromkeys(counts, "Int64") | {"usual_views": "Float64"})


def video_sales(db: Database, video: VideoRecord) -> VideoSales:
    """The sales of a video, in the currency of most of them; what is stated without a currency is in the same."""
    with db.read() as connection:
        rows = connection.execute(text(SALES), _key(video)).all()
        stated = connection.execute(text(STATED), _key(video)).all()
    currency = next((row.currency for row in (*rows, *stated) if row.currency), None)
    grades = {row.attribution: Sum(*row[2:]) for row in rows if row.currency == currency}
    parts = zip(*(row[1:] for row in stated if row.currency in (None, currency)), strict=True)
    known = [[value for value in values if value is not None] for values in parts]
    whole = Sum(*(sum(values) if values else None for values in known)) if known else Sum(None, None, None)
    is_known = whole.orders is not None or whole.gmv_cents is not None
    return VideoSales(currency, dict(sorted(grades.items())), whole if is_known else None)


def filled_sessions(db: Database, video: VideoRecord) -> list[tuple[str, str | None, int, int | None]]:
    """The platform's sessions that started within a day after the video: id, title, start (UTC), views."""
    if video.published_at is None:
        return []
    values = _key(video) | {"at": video.published_at, "seconds": FILLED_SECONDS}
    with db.read() as connection:
        return [tuple(row) for row in connection.execute(text(FILLED), values)]


def video_comments(db: Database, video: VideoRecord, limit: int = 200) -> list[tuple[int | None, str]]:
    """The latest comments of a video: moment (seconds UTC) and text."""
    with db.read() as connection:
        return [
            (row[0], row[1]) for row in connection.execute(text(COMMENTS), _key(video) | {"limit": limit})
        ]


def clip_key(title: str | None) -> str:
    """What two uploads of one clip share: the title without tags, marks and blanks; "" where there is no title."""
    plain = re.sub(r"[#@]\S+", " ", unicodedata.normalize("NFKC", title or "")).casefold()
    return re.sub(r"[\W_]+", "", plain)


def same_clips(table: pd.DataFrame) -> pd.Series:
    """For each row of `shop.streams.sessions.videos` the number of its clip: uploads of equal titles on different
    platforms within SAME_CLIP_DAYS are one clip.
    """
    last: dict[str, tuple[date, int, set[str]]] = {}
    numbers: dict[int, int] = {}
    ordered = table.sort_values("published", kind="stable", na_position="last")
    for number, (place, row) in enumerate(zip(ordered.index, records(ordered), strict=True)):
        day = date.fromisoformat(str(row["published"])[:10]) if row["published"] else None
        key = clip_key(row["title"])
        known = last.get(key)
        if (
            key
            and day
            and known
            and day - known[0] <= timedelta(days=SAME_CLIP_DAYS)
            and row["platform"] not in known[2]
        ):
            known[2].add(row["platform"])
            numbers[place] = known[1]
            continue
        numbers[place] = number
        if key and day:
            last[key] = (day, number, {row["platform"]})
    return pd.Series([numbers[place] for place in table.index], index=table.index, dtype="Int64")


def _key(video: VideoRecord) -> dict[str, Any]:
    return {"shop": video.shop_id, "platform": video.platform, "video": video.video_id}
