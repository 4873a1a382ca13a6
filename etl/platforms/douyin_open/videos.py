"""Videos of the account and their days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from etl.platforms.base import DAY, Account, Pages, TimeWindow
from etl.platforms.douyin_open.wire import PLATFORM, get
from etl.platforms.paging import chained, listed
from etl.platforms.records import (
    ParseContext,
    ParseResult,
    Record,
    Row,
    at,
    identifier,
    moment,
    needed,
    read_records,
    text,
    whole,
)

VIDEOS = 20


DAILY = {"play": "views", "like": "likes", "comment": "comments", "share": "shares"}


DAYS_REQUESTED = 30


def video_pages(account: Account) -> Pages:
    """All videos of the account: the list has no filter by time."""

    def read(cursor: str) -> tuple[list[dict[str, Any]], str, int | None]:
        result = get(account, account.setting("video_list"), cursor=cursor or "0", count=str(VIDEOS))
        following = str(result.get("cursor") or "") if result.get("has_more") else ""
        return listed(result, "list"), following, None

    return chained(read, lambda record: record.get("item_id"))


def fetch_videos(account: Account, window: TimeWindow) -> Pages:
    """All videos with their lifetime totals at this moment."""
    return video_pages(account)


def parse_videos(records: Sequence[Record], context: ParseContext) -> ParseResult:
    """One video each; totals as they stand when read. A private video has no time: it is left out."""
    return read_records(
        records, PLATFORM, lambda record: _video(record, context), lambda record: needed(record, "item_id")
    )


def _video(video: Record, context: ParseContext) -> Iterator[Row]:
    published = moment(video, "create_time")
    if published is None:
        return
    totals = video.get("statistics") or {}
    yield (
        "video",
        {
            "video_id": needed(video, "video_id", "item_id"),
            "title": text(video, "title"),
            "form": {2: "图文", 4: "视频"}.get(whole(video, "media_type") or 0),
            "state": {1: "公开", 2: "私密", 4: "审核中"}.get(whole(video, "video_status") or 0),
            "published_at": published,
            "published_on": context.day(published),
            "views": whole(totals, "play_count"),
            "likes": whole(totals, "digg_count"),
            "comments": whole(totals, "comment_count"),
            "shares": whole(totals, "share_count"),
            "updated_at": context.fetched_at,
        },
    )


def fetch_video_days(account: Account, window: TimeWindow) -> Pages:
    """What each day of the last month added to the videos that are younger than three months."""
    young = account.now() - 90 * DAY
    for page in video_pages(account):
        for video in page:
            if (moment(video, "create_time") or 0) >= young:
                yield [_days(account, video)]


def _days(account: Account, video: Record) -> dict[str, Any]:
    item, days = needed(video, "item_id"), dict[str, dict[str, Any]]()
    for theirs, ours in DAILY.items():
        path = f"{account.setting('daily')}{theirs}/"
        result = get(account, path, item_id=item, date_type=str(DAYS_REQUESTED))
        for record in at(result, "result_list") or at(result, "result.result_list") or []:
            days.setdefault(str(record["date"]), {"date": str(record["date"])})[ours] = record.get(theirs)
    return {
        "item_id": item,
        "video_id": identifier(video, "video_id"),
        "days": [days[day] for day in sorted(days)],
    }


def parse_video_days(records: Sequence[Record], context: ParseContext) -> ParseResult:
    """One row per video and day."""
    return read_records(
        records,
        PLATFORM,
        lambda record: _video_days(record, context),
        lambda record: needed(record, "item_id"),
    )


def _video_days(video: Record, context: ParseContext) -> Iterator[Row]:
    for day in video.get("days") or []:
        yield (
            "video_day",
            {
                "video_id": needed(video, "video_id", "item_id"),
                "day": str(day["date"]),
                **{name: whole(day, name) for name in DAILY.values()},
                "updated_at": context.fetched_at,
            },
        )
