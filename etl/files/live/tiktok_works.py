"""TikTok Shop video analysis export: one row per video with its lifetime totals.

Times are on the shop's clock; a missing figure is unknown. Totals only grow, so the export that was exported
later wins.
"""

from __future__ import annotations

from etl.files.base import Parsed
from etl.files.cumulative import counts_of, growing, known_rates
from etl.files.fields import Context, FileField, Values
from etl.files.rows import Rows
from etl.tables.timestamps import days_of, latest

NAME = "tiktok_works"
PLATFORM = "tiktok"
VERSION = 1
PRIORITY = 430

FIELDS = (
    FileField("title", ("Video Info", "Video title", "Video name"), required=True),
    FileField("video_id", ("Video ID",), required=True),
    FileField("published_at", ("Time", "Post time", "Publish time", "Video post date"), required=True),
    FileField("views", ("VV", "Video views", "Views"), required=True),
    FileField("likes", ("Likes",)),
    FileField("comments", ("Comments",)),
    FileField("shares", ("Shares",)),
    FileField("followers_gained", ("New followers", "New Followers")),
    FileField("finish_rate", ("Video Finish Rate", "Completion rate")),
    FileField("seconds", ("Video duration", "Duration")),
)


def parse(rows: Rows, context: Context) -> Parsed:
    """The videos of one chunk."""
    published_at = rows.instant("published_at", context.time_zone, required=True)
    counts = counts_of(rows, ("views", "likes", "comments", "shares"))
    columns: dict[str, Values] = {
        "video_id": rows.identifier("video_id"),
        "title": rows.text("title"),
        "published_at": published_at,
        "published_on": days_of(published_at, context.time_zone),
        "seconds": rows.seconds("seconds"),
        **counts,
        "followers_gained": rows.whole("followers_gained"),
        **known_rates(rows, ("finish_rate",)),
        "updated_at": latest(published_at),
    }
    content = [values for name, values in sorted(columns.items()) if name != "video_id"]
    columns["payload_hash"] = rows.version(content, growing(counts["views"]))
    return Parsed(rows, [rows.batch("video", PLATFORM, columns)])
