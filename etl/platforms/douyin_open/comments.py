"""Comments under the videos of the account, with the replies to them: the studio's own answer a question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from etl.platforms.base import Account, Pages, TimeWindow
from etl.platforms.douyin_open.videos import video_pages
from etl.platforms.douyin_open.wire import PLATFORM, get
from etl.platforms.paging import Progress, listed, tolerant
from etl.platforms.records import (
    ParseContext,
    ParseResult,
    Record,
    Unreadable,
    identifier,
    moment,
    needed,
    read_records,
    text,
    whole,
)
from shop.comments.classify import language_of

COMMENTS = 50
REPLIES = 20


def fetch_comments(account: Account, window: TimeWindow) -> Pages:
    """Comments written in the window, newest first per video, each page followed by the replies to its comments.

    A video without comments and a comment without replies are not requested.
    """
    for page in video_pages(account):
        for video in page:
            if tolerant(_has_comments)(video):
                yield from _comments(account, video, window)


def _has_comments(video: Record) -> bool:
    return bool(needed(video, "item_id")) and bool(
        whole(video, "statistics.comment_count") != 0 and moment(video, "create_time")
    )


def _written(remark: Record) -> int | None:
    return moment(remark, "create_time")


def _has_replies(remark: Record) -> bool:
    return bool(needed(remark, "comment_id") and whole(remark, "reply_comment_total"))


def _comments(account: Account, video: Record, window: TimeWindow) -> Pages:
    item = needed(video, "item_id")
    known = {"video_id": identifier(video, "video_id") or item}
    for remarks in _pages(account, "comment_list", item_id=item, count=str(COMMENTS), sort_type="time"):
        yield [{**record, **known} for record in remarks]
        for record in remarks:
            if (tolerant(_written)(record) or 0) < window.start:
                if not record.get("top"):
                    return
            elif tolerant(_has_replies)(record):
                yield from _replies(account, item, known | {"parent_id": needed(record, "comment_id")})


def _replies(account: Account, item: str, known: Record) -> Pages:
    comment, count = known["parent_id"], str(REPLIES)
    for replies in _pages(
        account, "reply_list", item_id=item, comment_id=comment, count=count, sort_type="time"
    ):
        yield [{**reply, **known} for reply in replies]


def _pages(account: Account, path: str, **query: str) -> Pages:
    """The pages of a list that its own cursor leads through; a cursor that stands still ends it."""
    cursor, known = "0", Progress(lambda record: record.get("comment_id"))
    while cursor:
        result = get(account, account.setting(path), cursor=cursor, **query)
        remarks = listed(result, "list")
        known.add(remarks)
        if remarks:
            yield remarks
        following = str(result.get("cursor") or "") if result.get("has_more") else ""
        cursor = following if following != cursor else ""


def parse_comments(records: Sequence[Record], context: ParseContext) -> ParseResult:
    """One remark each; the text was masked before it landed, the author is a keyed hash."""
    return read_records(
        records,
        PLATFORM,
        lambda record: [("comment", _remark(record, context))],
        lambda record: needed(record, "comment_id"),
    )


def _remark(remark: Record, context: ParseContext) -> dict[str, Any]:
    written_at, given = moment(remark, "create_time"), text(remark, "content") or ""
    if written_at is None:
        raise Unreadable("create_time", "Missing")
    return {
        "comment_id": needed(remark, "comment_id"),
        "parent_id": identifier(remark, "parent_id"),
        "video_id": identifier(remark, "video_id"),
        "session_id": None,
        "author_key": remark.get("author_key"),
        "text": given,
        "language": language_of(given),
        "written_at": written_at,
        "written_on": context.day(written_at),
        "likes": whole(remark, "digg_count"),
        "replies": whole(remark, "reply_comment_total"),
        "sealed_contact": text(remark, "sealed_contact"),
        "updated_at": context.fetched_at,
    }
