"""Shop reviews of Kuaishou shop as comments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from etl.platforms.base import Account, Pages, Window
from etl.platforms.kuaishou_shop.wire import PLATFORM, get
from etl.platforms.paging import numbered
from etl.platforms.records import Outcome, Record, Told, Unreadable, moment, needed, read_records, text, whole
from shop.comments.classify import is_question, language_of

REVIEWS = 20


def fetch_comments(account: Account, window: Window) -> Pages:
    """Shop reviews written in the window."""

    def read(page: int) -> tuple[list[dict[str, Any]], int]:
        data = get(
            account,
            "open.comment.list.get",
            offset=page * REVIEWS,
            limit=REVIEWS,
            createTimeFrom=window.start * 1000,
            createTimeTo=window.end * 1000,
        )
        return data.get("rootComment") or [], whole(data, "total") or 0

    return numbered(read, REVIEWS, lambda one: one.get("commentId"))


def parse_comments(records: Sequence[Record], told: Told) -> Outcome:
    """One remark per review; the text was masked before it landed."""
    return read_records(
        records, PLATFORM, lambda one: [("comment", _remark(one, told))], lambda one: needed(one, "commentId")
    )


def _remark(review: Record, told: Told) -> dict[str, Any]:
    said = text(review, "content") or ""
    written_at = moment(review, "createTime", unit=1000)
    if written_at is None:
        raise Unreadable("createTime", "Missing")
    return {
        "comment_id": needed(review, "commentId"),
        "text": said,
        "language": language_of(said),
        "is_question": is_question(said),
        "written_at": written_at,
        "written_on": told.day(written_at),
        "answered_at": None,
        "updated_at": written_at,
    }
