"""Shop reviews of Kuaishou shop as comments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from etl.platforms.base import Account, Pages, TimeWindow
from etl.platforms.kuaishou_shop.wire import PLATFORM, get
from etl.platforms.paging import listed, numbered
from etl.platforms.records import (
    RANK,
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

REVIEWS = 20


def fetch_comments(account: Account, window: TimeWindow) -> Pages:
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
        total = whole(data, "total")
        return listed(data, "rootComment", total=total), total or 0

    return numbered(read, REVIEWS, lambda record: record.get("commentId"))


def parse_comments(records: Sequence[Record], context: ParseContext) -> ParseResult:
    """One remark per review, with its order and stars; the text was masked before it landed."""
    return read_records(
        records,
        PLATFORM,
        lambda record: [("comment", _remark(record, context))],
        lambda record: needed(record, "commentId"),
    )


def _remark(review: Record, context: ParseContext) -> dict[str, Any]:
    given = text(review, "content") or ""
    written_at = moment(review, "createTime", unit=1000)
    if written_at is None:
        raise Unreadable("createTime", "Missing")
    return {
        "comment_id": needed(review, "commentId"),
        "text": given,
        "language": language_of(given),
        "written_at": written_at,
        "written_on": context.day(written_at),
        "is_review": True,
        "is_replied": bool(whole(review, "replied")),
        "order_id": identifier(review, "orderId"),
        "product_id": identifier(review, "itemId"),
        "stars": whole(review, "qualityScore"),
        "sealed_contact": text(review, "sealed_contact"),
        RANK: whole(review, "replied") or 0,
        "updated_at": written_at,
    }
