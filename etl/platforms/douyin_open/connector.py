"""Douyin open platform (open.douyin.com): the account's videos, their days, and comments where granted.

Not signed: a user token in a header. Its own app, tokens and scopes, apart from the shop's. Any number may
come as text. Facts: the platform's own JSON examples as kept in a public C# client. `item_id` belongs
to one app; `video_id`, where it is told, is the one that shop orders name. Sessions are not offered.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from etl.errors import NotOffered
from etl.http import errors
from etl.http.client import Answer, Call, Request
from etl.http.errors import code_text
from etl.platforms.base import DAY, Account, Credential, Gap, Keys, Pages, Person, Resource, Window
from etl.platforms.paging import chained
from etl.platforms.records import (
    Outcome,
    Record,
    Row,
    Told,
    Unreadable,
    at,
    code_of,
    identifier,
    kept,
    moment,
    names,
    needed,
    read_records,
    text,
    whole,
)
from shop.comments.classify import is_question, language_of, mask_personal

NAME = "douyin_open"
PLATFORM = "douyin"
HOSTS = {"api": "https://open.douyin.com"}
RATE = 5.0
SETTINGS = {
    "video_list": "/api/douyin/v1/video/video_list/",
    "comment_list": "/item/comment/list/",
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
GAPS = (Gap("live", ("douyin_sessions",)), Gap("orders", ("douyin_orders",)))
VIDEOS, COMMENTS = 20, 50
DAILY = {"play": "views", "like": "likes", "comment": "comments", "share": "shares"}
DAYS_TOLD = 30

EXPIRED = (2190008, 2190002, 28001003, 10008)
NOT_GRANTED = (2190004, 28001018, 28001014)
REFRESH_ENDED = (10010, 10020)
WRONG_KEYS = (10003, 10013)
BUSY = (2100004, 28001005, 2119002)  # not in any source beside public clients: the platform is busy
TOO_OFTEN = (2100001, 28003017, 2190005)


# --- the wire -------------------------------------------------------------------------------------


def signed(call: Call, keys: Keys, moment: float) -> Request:
    """The request with its token; nothing is signed."""
    body = None if call.data is None else json.dumps(call.data, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json"}
    query = dict(call.query)
    if not call.open:
        headers["access-token"] = keys.access_token
        query = {"open_id": keys["open_id"], **query}
    elif call.name == "form":
        pairs = (f"{name}={_form(value)}" for name, value in (call.data or {}).items())
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = "&".join(pairs).encode()
    return Request(call.verb, call.host, call.path, tuple(query.items()), headers, body)


def _form(value: Any) -> str:
    from urllib.parse import quote

    return quote(str(value), safe="")


def opened(answer: Answer) -> Any:
    """The data where neither envelope tells an error."""
    body = answer.body
    if not isinstance(body, Mapping) or not ("data" in body or "extra" in body or "err_no" in body):
        raise errors.BadAnswer(platform=NAME, found="no data")
    codes = (code_of(body, path) for path in ("data.error_code", "extra.error_code", "err_no"))
    code = next((one for one in codes if one), 0)
    if code == 0 and body.get("message") != "error":
        return body.get("data") or {}
    found = code_text(code)
    if code in EXPIRED:
        raise errors.TokenExpired(platform=NAME, found=found)
    if code in NOT_GRANTED:
        raise errors.NotPermitted(platform=NAME, found=found)
    if code in (*REFRESH_ENDED, *WRONG_KEYS):
        raise errors.NotAuthorised(platform=NAME, found=found)
    if code in BUSY:
        raise errors.PlatformDown(platform=NAME, found=found)
    if code in TOO_OFTEN:
        raise errors.RateLimited(platform=NAME, wait=0)
    raise errors.Refused(platform=NAME, found=found)


def _get(account: Account, path: str, **query: str) -> Any:
    return account.call(Call("GET", path, query=query))


def first_token(account: Account) -> Keys:
    """The first token from the code of the consent page."""
    keys = account.keys
    if not keys["code"]:
        return next_token(account)
    data = {
        "client_key": keys["client_key"],
        "client_secret": keys["client_secret"],
        "code": keys["code"],
        "grant_type": "authorization_code",
    }
    return _token(account, Call("POST", "/oauth/access_token/", data=data, open=True))


def next_token(account: Account) -> Keys:
    """The next token; the refresh token itself is renewed (30 days, five times) by its own call."""
    keys = account.keys
    data = {
        "client_key": keys["client_key"],
        "grant_type": "refresh_token",
        "refresh_token": keys.refresh_token or keys["refresh_token"],
    }
    return _token(account, Call("POST", "/oauth/refresh_token/", "form", data=data, open=True))


def _token(account: Account, call: Call) -> Keys:
    found = account.call(call)
    ends_at = account.now() + (whole(found, "expires_in") or 0)
    return account.keys.with_token(
        needed(found, "access_token"),
        str(found.get("refresh_token") or ""),
        ends_at,
        open_id=str(found.get("open_id") or ""),
    )


# --- videos ---------------------------------------------------------------------------------------


def _videos(account: Account) -> Pages:
    """All videos of the account: the list has no filter by time."""

    def read(cursor: str) -> tuple[list[dict[str, Any]], str, int | None]:
        found = _get(account, account.setting("video_list"), cursor=cursor or "0", count=str(VIDEOS))
        following = str(found.get("cursor") or "") if found.get("has_more") else ""
        return found.get("list") or [], following, None

    return chained(read, lambda one: one.get("item_id"))


def fetch_videos(account: Account, window: Window) -> Pages:
    """All videos with their lifetime totals at this moment."""
    return _videos(account)


def parse_videos(records: Sequence[Record], told: Told) -> Outcome:
    """One video each; totals as they stand when read. A private video has no time: it is left out."""
    return read_records(records, PLATFORM, lambda one: _video(one, told), lambda one: needed(one, "item_id"))


def _video(video: Record, told: Told) -> Iterator[Row]:
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
            "published_on": told.day(published),
            "views": whole(totals, "play_count"),
            "likes": whole(totals, "digg_count"),
            "comments": whole(totals, "comment_count"),
            "shares": whole(totals, "share_count"),
            "updated_at": told.fetched_at,
        },
    )


def fetch_video_days(account: Account, window: Window) -> Pages:
    """What each day of the last month added to the videos that are younger than three months."""
    young = account.now() - 90 * DAY
    for page in _videos(account):
        for video in page:
            if (moment(video, "create_time") or 0) >= young:
                yield [_days(account, video)]


def _days(account: Account, video: Record) -> dict[str, Any]:
    item, days = needed(video, "item_id"), dict[str, dict[str, Any]]()
    for theirs, ours in DAILY.items():
        path = f"{account.setting('daily')}{theirs}/"
        found = _get(account, path, item_id=item, date_type=str(DAYS_TOLD))
        for one in at(found, "result_list") or at(found, "result.result_list") or []:
            days.setdefault(str(one["date"]), {"date": str(one["date"])})[ours] = one.get(theirs)
    return {
        "item_id": item,
        "video_id": identifier(video, "video_id"),
        "days": [days[day] for day in sorted(days)],
    }


def parse_video_days(records: Sequence[Record], told: Told) -> Outcome:
    """One row per video and day."""
    return read_records(
        records, PLATFORM, lambda one: _video_days(one, told), lambda one: needed(one, "item_id")
    )


def _video_days(video: Record, told: Told) -> Iterator[Row]:
    for day in video.get("days") or []:
        yield (
            "video_day",
            {
                "video_id": needed(video, "video_id", "item_id"),
                "day": str(day["date"]),
                **{name: whole(day, name) for name in DAILY.values()},
                "updated_at": told.fetched_at,
            },
        )


# --- comments -------------------------------------------------------------------------------------


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


def set_stock(account: Account, product_id: str, sku_id: str, quantity: int) -> None:
    """Not offered: the stock is the shop's."""
    raise NotOffered(platform=NAME, kind="stock")


# --- personal data --------------------------------------------------------------------------------

KEPT = names("""
    item_id video_id title create_time is_top is_reviewed video_status media_type statistics
    play_count digg_count comment_count share_count forward_count download_count days date views
    likes comments shares comment_id parent_id reply_comment_total top
""")


def strip_personal(raw: Record, person: Person) -> dict[str, Any]:
    """Only fields that are known to be harmless; the author as a keyed hash, the text masked."""
    stripped: dict[str, Any] = kept(raw, KEPT)
    if "comment_id" in raw:
        author = text(raw, "comment_user_id")
        stripped["author_key"] = person(author) if author else None
        stripped["content"] = mask_personal(str(raw.get("content") or ""))
    return stripped


RESOURCES = (
    Resource("videos", fetch_videos, parse_videos, rest=3600, stored="snapshot"),
    Resource("video_days", fetch_video_days, parse_video_days, rest=12 * 3600, stored="snapshot"),
    Resource(
        "comments",
        fetch_comments,
        parse_comments,
        window=5 * 365 * DAY,
        look_back=7 * DAY,
        history=5 * 365 * DAY,
        rest=3600,
        stored="snapshot",
    ),
)
