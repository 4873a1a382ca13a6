"""TikTok Shop's analytics: videos by day, live sessions in both shapes, their minutes.

Days are the shop's own, the end of a stretch exclusive; a figure that is missing is unknown, never 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from etl.platforms.base import Account, Pages, TimeWindow
from etl.platforms.paging import chained, count_left, listed
from etl.platforms.records import (
    ParseContext,
    ParseResult,
    Record,
    Row,
    Unreadable,
    at,
    iso_moment,
    moment,
    money,
    needed,
    read_records,
    share,
    text,
    whole,
)
from etl.platforms.tiktok_shop.wire import get

PLATFORM = "tiktok"
ANALYTICS_SIZE = 100


def _analytics(account: Account, path: str, window: TimeWindow, name: str, key: str, **more: str) -> Pages:
    """Pages of a list of figures for the whole days of the window; days not ready yet give nothing."""

    def read(token: str) -> tuple[list[dict[str, Any]], str, int | None]:
        result = get(
            account,
            path,
            start_date_ge=account.context.day(window.start) or "",
            end_date_lt=account.context.day(window.end) or "",
            currency="LOCAL",
            page_size=str(ANALYTICS_SIZE),
            page_token=token,
            **more,
        )
        total = whole(result, "total_count")
        following = str(result.get("next_page_token") or "")
        return listed(result, name, total=count_left(total, following)), following, total

    return chained(read, lambda record: record.get(key))


def fetch_videos(account: Account, window: TimeWindow) -> Pages:
    """The videos' figures of one day each, the day added to every record."""
    path = f"/analytics/{account.setting('videos')}/shop_videos/performance"
    day = account.context.day(window.start)
    for page in _analytics(account, path, window, "videos", "id"):
        yield [{**_with_creator(record), "day": day} for record in page]


def _with_creator(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record with its account where newer versions have it."""
    name = record.get("username")
    return {"creator": {"user_name": name}, **record} if name else dict(record)


def parse_videos(records: Sequence[Record], context: ParseContext) -> ParseResult:
    """One video and what one day added to it; lifetime totals are not offered."""
    return read_records(
        records,
        PLATFORM,
        lambda record: _video(record, context),
        lambda record: f"{needed(record, 'id')} {record['day']}",
    )


def _video(video: Record, context: ParseContext) -> Iterator[Row]:
    published = iso_moment(video.get("video_post_time"), context.time_zone)
    currency = text(video, "gmv.currency") or context.currency
    yield (
        "video",
        {
            "video_id": needed(video, "id"),
            "title": text(video, "title"),
            "published_at": published,
            "published_on": context.day(published),
            "seconds": whole(video, "duration"),
            "creator": text(video, "creator.user_name"),
            "updated_at": published or 0,
        },
    )
    yield (
        "video_day",
        {
            "video_id": needed(video, "id"),
            "day": str(video["day"]),
            **{name: whole(video, name) for name in ("views", "likes", "comments", "shares")},
            "gmv_cents": _gmv(video, "gmv", currency),
            "orders": whole(video, "sku_orders"),
            "units": whole(video, "items_sold"),
            "product_clicks": whole(video, "product_clicks"),
            "product_impressions": whole(video, "product_impressions"),
            "followers_gained": whole(video, "new_followers"),
            "finish_rate": share(video, "video_finish_rate"),
            "attributed_gmv_cents": _gmv(video, "attributed_gmv", currency),
            "currency": currency,
            "updated_at": context.fetched_at,
        },
    )


def _gmv(record: Record, path: str, currency: str) -> int | None:
    reported = at(record, path)
    if reported is None:
        return None
    amount = reported.get("amount") if isinstance(reported, Mapping) else reported
    return money({"amount": amount}, "amount", currency) if amount not in (None, "") else None


def fetch_live(account: Account, window: TimeWindow) -> Pages:
    """The live sessions that began in the window, each with its minutes."""
    lives, minutes = account.setting("lives"), account.setting("minutes")
    more = {"account_type": "ALL"} if lives >= "202609" else {}
    path = f"/analytics/{lives}/shop_lives/performance"
    for page in _analytics(account, path, window, "live_stream_sessions", "id", **more):
        yield [
            {**_with_creator(record), "minutes": _minutes(account, minutes, str(record.get("id")))}
            for record in page
        ]


def _minutes(account: Account, version: str, session: str) -> list[dict[str, Any]]:
    def read(token: str) -> tuple[list[dict[str, Any]], str, int | None]:
        path = f"/analytics/{version}/shop_lives/{session}/performance_per_minutes"
        result = get(account, path, currency="LOCAL", page_token=token)
        intervals = at(result, "performance.intervals") or []
        return intervals, str(result.get("next_page_token") or ""), whole(result, "total_count")

    pages = chained(read, lambda record: record.get("start_time"))
    result = {record.get("start_time"): record for page in pages for record in page}
    return [result[start] for start in sorted(result, key=str)]


def parse_live(records: Sequence[Record], context: ParseContext) -> ParseResult:
    """One session with its minutes, from the shape of 202509 or of 202609."""
    return read_records(
        records, PLATFORM, lambda record: _live(record, context), lambda record: needed(record, "id")
    )


def _live(live: Record, context: ParseContext) -> Iterator[Row]:
    sold, talk = live.get("sales_performance") or {}, live.get("interaction_performance") or {}
    seen = {**talk, **(live.get("traffic") or {})}  # 202509 has no `traffic`: its figures are in talk
    started, ended = moment(live, "start_time"), moment(live, "end_time")
    if started is None:
        raise Unreadable("start_time", "Missing")
    gmv = sold.get("live_attributed_gmv") or sold.get("gmv") or {}
    currency = text(gmv, "currency") or context.currency
    views, average = whole(seen, "views"), whole(seen, "avg_viewing_duration")
    session = needed(live, "id")
    yield (
        "live_session",
        {
            "session_id": session,
            "account": text(live, "creator.user_name"),
            "title": text(live, "title"),
            "started_at": started,
            "ended_at": ended,
            "started_on": context.day(started),
            "seconds": ended - started if started and ended else None,
            "peak_viewers": whole(seen, "pcu"),
            "average_viewers": whole(seen, "acu"),
            "impressions": whole(seen, "impressions"),
            "views": views,
            "viewers": whole(seen, "viewers"),
            "average_watch_seconds": whole(seen, "avg_viewing_duration_per_viewer", "avg_viewing_duration"),
            "views_over_minute": whole(seen, "over_1m_views"),
            "watch_seconds": views * average if views is not None and average is not None else None,
            "followers_gained": whole(talk, "new_followers"),
            **{name: whole(talk, name) for name in ("comments", "likes", "shares")},
            "product_impressions": whole(seen, "product_impressions"),
            "product_clicks": whole(seen, "product_clicks"),
            "orders_created": whole(sold, "created_sku_orders"),
            "orders": whole(sold, "live_attributed_orders", "live_attributed_sku_orders", "sku_orders"),
            "units": whole(sold, "live_attributed_items_sold", "items_sold"),
            "buyers": whole(sold, "attributed_customers", "customers"),
            "gmv_cents": _gmv({"gmv": gmv or None}, "gmv", currency),
            "currency": currency,
            "updated_at": context.fetched_at,
        },
    )
    for minute in live.get("minutes") or []:
        yield "live_minute", _minute(session, minute, currency, context)


def _minute(session: str, minute: Record, currency: str, context: ParseContext) -> dict[str, Any]:
    sold, seen = minute.get("sales") or {}, minute.get("traffic") or {}
    talk = minute.get("interactions") or {}
    begins = moment(minute, "start_time")
    if begins is None:
        raise Unreadable("start_time", "Missing")
    return {
        "session_id": session,
        "minute_at": begins,
        **{
            name: whole(seen, name)
            for name in ("viewers", "views", "impressions", "product_impressions", "product_clicks")
        },
        **{name: whole(talk, name) for name in ("comments", "likes", "shares")},
        "followers_gained": whole(talk, "new_followers"),
        "orders_created": whole(minute, "conversion.created_sku_orders"),
        "orders": whole(sold, "main_orders", "sku_orders"),
        "units": whole(sold, "items_sold"),
        "buyers": whole(sold, "customers"),
        "gmv_cents": _gmv(sold, "gmv", currency),
        "currency": currency,
        "updated_at": context.fetched_at,
    }
