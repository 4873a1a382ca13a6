"""Douyin open platform (open.douyin.com): the account's videos, their days, and comments where granted.

Not signed: a user token in a header. Its own app, tokens and scopes, separate from the shop's. Any number may
come as text. Facts: the platform's own JSON examples as stored in a public C# client. `item_id` belongs
to one app; `video_id`, where it is given, is the one that shop orders name. Sessions are not offered.
"""

from __future__ import annotations

from typing import Any

from etl.errors import NotOffered
from etl.platforms.base import DAY, Account, Credential, Person, Resource, UnavailableKind
from etl.platforms.douyin_open.comments import fetch_comments, parse_comments
from etl.platforms.douyin_open.videos import fetch_video_days, fetch_videos, parse_video_days, parse_videos
from etl.platforms.douyin_open.wire import NAME, PLATFORM, first_token, next_token, opened, signed
from etl.platforms.records import Record, names, only_allowed, text

__all__ = [
    "CREDENTIALS",
    "GAPS",
    "HOSTS",
    "NAME",
    "PLATFORM",
    "RATE",
    "RESOURCES",
    "SETTINGS",
    "TAKES_STOCK",
    "first_token",
    "next_token",
    "opened",
    "set_stock",
    "signed",
    "strip_personal",
]

HOSTS = {"api": "https://open.douyin.com"}
RATE = 5.0
SETTINGS = {
    "video_list": "/api/douyin/v1/video/video_list/",
    "comment_list": "/item/comment/list/",
    "reply_list": "/item/comment/reply/list/",
    "daily": "/data/external/item/",
}
CREDENTIALS = (
    Credential("client_key", secret=False),
    Credential("client_secret"),
    Credential("code", optional=True),
    Credential("refresh_token", optional=True),
    Credential("open_id", optional=True),
)
TAKES_STOCK = False
GAPS = (UnavailableKind("live", ("douyin_sessions",)), UnavailableKind("orders", ("douyin_orders",)))


def set_stock(account: Account, product_id: str, sku_id: str, quantity: int) -> None:
    """Not offered: the stock is the shop's."""
    raise NotOffered(platform=NAME, kind="stock")


# --- personal data --------------------------------------------------------------------------------

ALLOWED_FIELDS = names("""
    item_id video_id title create_time is_top is_reviewed video_status media_type statistics
    play_count digg_count comment_count share_count forward_count download_count days date views
    likes comments shares comment_id parent_id reply_comment_total top
""")


def strip_personal(raw: Record, person: Person) -> dict[str, Any]:
    """Only fields that are known to be harmless; the author as a keyed hash, the text masked."""
    stripped: dict[str, Any] = only_allowed(raw, ALLOWED_FIELDS)
    if "comment_id" in raw:
        author = text(raw, "comment_user_id")
        stripped["author_key"] = person(author) if author else None
        stripped |= person.masked(str(raw.get("content") or ""))
    return stripped


RESOURCES = (
    Resource("videos", fetch_videos, parse_videos, rest=3600, stored="snapshot"),
    Resource("video_days", fetch_video_days, parse_video_days, rest=12 * 3600, stored="snapshot"),
    Resource(
        "comments",
        fetch_comments,
        parse_comments,
        window=5 * 365 * DAY,
        look_back=14 * DAY,  # as long as a question waits in the queue, its reply is looked for
        history=5 * 365 * DAY,
        rest=3600,
        stored="snapshot",
    ),
)
