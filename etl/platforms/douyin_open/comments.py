"""Comments under the videos of the account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from etl.platforms.base import Account, Pages, Window
from etl.platforms.douyin_open.videos import _videos
from etl.platforms.douyin_open.wire import PLATFORM, _get
from etl.platforms.records import (
    Outcome,
    Record,
    Told,
    Unreadable,
    identifier,
    moment,
    needed,
    read_records,
    text,
    whole,
)
from shop.comments.classify import is_question, language_of

COMMENTS = 50


def fetch_comments(account: Account, window: Window) -> Pages:
    """Comments written in the window, newest first per video; a video without any is not asked for."""
    for page in _videos(account):
        for video in page:
            if whole(video, "statistics.comment_count") != 0 and moment(video, "create_time"):
                yield from _comments(account, video, window)


def _comments(account: Account, video: Record, window: Window) -> Pages:
    item, cursor = needed(video, "item_id"), "0"
    while cursor:
        found = _get(
            account,
            account.setting("comment_list"),
            item_id=item,
            cursor=cursor,
            count=str(COMMENTS),
            sort_type="time",
        )
        remarks = found.get("list") or []
        video_id = identifier(video, "video_id") or item
        if remarks:
            yield [{**one, "video_id": video_id} for one in remarks]
        oldest = min((moment(one, "create_time") or 0 for one in remarks if not one.get("top")), default=0)
        following = str(found.get("cursor") or "") if found.get("has_more") else ""
        cursor = following if oldest >= window.start and following != cursor else ""


def parse_comments(records: Sequence[Record], told: Told) -> Outcome:
    """One remark each; the text was masked before it landed, the author is a keyed hash."""
    return read_records(
        records,
        PLATFORM,
        lambda one: [("comment", _remark(one, told))],
        lambda one: needed(one, "comment_id"),
    )


def _remark(remark: Record, told: Told) -> dict[str, Any]:
    written_at, said = moment(remark, "create_time"), text(remark, "content") or ""
    if written_at is None:
        raise Unreadable("create_time", "Missing")
    return {
        "comment_id": needed(remark, "comment_id"),
        "parent_id": identifier(remark, "parent_id"),
        "video_id": identifier(remark, "video_id"),
        "session_id": None,
        "author_key": remark.get("author_key"),
        "text": said,
        "language": language_of(said),
        "is_question": is_question(said),
        "written_at": written_at,
        "written_on": told.day(written_at),
        "likes": whole(remark, "digg_count"),
        "replies": whole(remark, "reply_comment_total"),
        "updated_at": told.fetched_at,
    }
