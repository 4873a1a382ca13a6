"""Remarks of a live session as recorders write them (danmaku): XML, JSON lines, ASS, SRT or a table.

Grain: one remark; gifts, arrivals and likes that loggers write down next to remarks are left out. `second` is its
place after the start of the session, in whole seconds; where the file gives only that, the moment follows from the
start that the file states (in its name, a column or above the header), or from the session that the user names once
it is known (shop/comments/live_remarks.py). A time of day alone is such a place (00:01:12), or goes on from the start
(19:05:10). The author is only a keyed hash, and numbers to call are masked in the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import PurePath

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl.errors import SessionWanted
from etl.files.base import Parsed, Recognised, places_of
from etl.files.comments import authors, masked_texts, remarks
from etl.files.fields import Context, FileField, Values
from etl.files.headers import normal
from etl.files.rows import Rows
from etl.tables.base import Table
from etl.tables.cells import to_seconds
from etl.tables.date_order import scan
from etl.tables.timestamps import days_of, latest, to_local, to_utc
from shop.orders.batch import MISSING

NAME = "danmaku"
PLATFORM = "douyin"
ASKS_PLATFORM = True
VERSION = 2
PRIORITY = 300
ZONE = "Asia/Shanghai"
LONGEST = 30 * 86_400  # seconds: no session is longer

FIELDS = (
    FileField("comment_id", ("comment_id", "msg_id", "消息ID")),
    FileField(
        "text",
        ("remark_text", "弹幕内容", "弹幕", "content", "message", "msg", "text", "内容"),
        required=True,
        personal=True,
    ),
    FileField(
        "written_at",
        (
            "remark_at",
            "event_ts_ms",
            "timestamp",
            "发送时间",
            "弹幕时间",
            "弹幕添加时间戳",
            "发布时间",
            "时间",
            "time",
            "event_iso",
            "create_time",
            "published_at",
            "ctime",
        ),
    ),
    FileField(
        "second",
        (
            "remark_second",
            "相对时间(秒)",
            "相对秒数",
            "出现时间",
            "弹幕出现时间",
            "video_time",
            "time_in_seconds",
            "content_offset_seconds",
            "offset",
            "progress",
        ),
    ),
    FileField("starts_at", ("开播时间", "直播开始时间", "session_start", "live_start", "start_time")),
    FileField("author_id", ("user_id", "uid", "用户ID", "midHash", "user_hash"), personal=True),
    FileField(
        "nickname",
        (
            "remark_user",
            "user",
            "user_name",
            "username",
            "uname",
            "nickname",
            "昵称",
            "用户昵称",
            "用户名",
            "用户",
            "nick",
            "发送者",
            "发送人",
            "author",
            "sender",
        ),
        personal=True,
    ),
    FileField("session_id", ("直播间ID", "直播ID", "room_id", "roomid", "live_id")),
    FileField("event", ("cmd", "method", "msg_type", "event_type", "消息类型", "类型", "type")),
)
OTHER_EVENTS = re.compile(  # what loggers write down next to remarks
    r"gift|member|enter|join|like|follow|social|share|guard|room|rank|stat|control|heart|interact|entry|effect|notice|"
    r"礼物|进场|进入|入场|点赞|关注|分享|灯牌|在线|榜",
    re.IGNORECASE,
)
AGAINST = frozenset(map(normal, ("评论ID", "parent_comment_id", "aweme_id", "note_id", "订单号", "Order ID")))
VIDEO = normal("video_id")  # of a table of chat messages: the broadcast that they were written in
CHAT = frozenset(map(normal, ("message", "msg")))
NAMED = frozenset(
    map(normal, ("remark_text", "弹幕内容", "弹幕"))
)  # what names remarks without their authors, too
CLOCK = r"^\d{1,3}:\d{2}(?::\d{2})?(?:[.,]\d+)?$"
LATEST_FIRST = 6 * 3600  # seconds after the start: the first remark of a recording is no later
LEAD = 600  # seconds: a recorder starts before the platform's clock
START = re.compile(
    r"(20\d\d)[-_.年]?(\d\d)[-_.月]?(\d\d)日?[ _T-]*(\d\d)[-:_.时点]?(\d\d)(?:[-:_.分]?(\d\d))?"
)


def places(headers: Sequence[str], table: Table, header: int) -> Mapping[str, int]:
    """The columns of a table of remarks: a text, who wrote it, and when; nothing for other tables."""
    matched, known = places_of(FIELDS, headers), [*map(normal, headers)]
    text = known[matched["text"]] if "text" in matched else ""
    has_time = "written_at" in matched or "second" in matched
    if "event" in matched and "nickname" not in matched and "name" in headers:
        matched = {**matched, "nickname": list(headers).index("name")}  # of the user whom the event names
    if not has_time or not ({"author_id", "nickname"} & matched.keys() or text in NAMED):
        return {}
    if VIDEO in known and "session_id" not in matched:
        matched = {**matched, "session_id": known.index(VIDEO)} if text in CHAT else {}
    return matched if AGAINST.isdisjoint(known) else {}


def prepare(recognised: Recognised, context: Context) -> None:
    """Take the start of the recording from the file's name or rows, else of the session that the user named.

    Raises SessionWanted for times of day that nothing places.
    """
    name = recognised.table.name
    context.settings.setdefault("file_key", PurePath(name).stem)
    start = _started_in_rows(recognised)
    start = started_in(name) if start is None else start
    named = context.settings.get("session_start")
    if start is None and named is not None:
        start = int(to_local(np.array([named]), ZONE)[0])
    if start is not None:
        context.settings.setdefault("starts", start)
    clock = _first_clock(recognised)
    meaning = _meaning_of_clocks(clock, start)
    if clock is not None and not meaning:
        raise SessionWanted(file=name, sample=str(timedelta(seconds=clock)))
    context.settings.setdefault("clocks", meaning)


def _started_in_rows(recognised: Recognised) -> int | None:
    """The start on the local clock that a column states, or a row above the header."""
    above = " ".join(cell for row in recognised.table.head[: recognised.header] for cell in row)
    place = recognised.places.get("starts_at")
    below = recognised.table.head[recognised.header + 1 :]
    cells = (row[place] for row in below if place is not None and place < len(row))
    return started_in(next((cell for cell in cells if cell), above))


def _first_clock(recognised: Recognised) -> int | None:
    """The first time of day without a day, in seconds; None where there is none."""
    place = recognised.places.get("written_at")
    rows = recognised.table.head[recognised.header + 1 :]
    cells = (row[place] for row in rows if place is not None and place < len(row))
    return next((to_seconds(cell.partition(".")[0]) for cell in cells if re.fullmatch(CLOCK, cell)), None)


def _meaning_of_clocks(first: int | None, start: int | None) -> str:
    """What times of day without a day count from, by the first one: the `session`, the `day` of its start; else ""."""
    if first is None:
        return ""
    lead = LEAD if first >= LATEST_FIRST else 0
    if start is not None and first >= start % 86_400 - lead:
        return "day"
    return "session" if first < LATEST_FIRST else ""


def lacks_session(recognised: Recognised, context: Context) -> bool:
    """Whether nothing names the session in which the remarks of a file were written: they have their second alone."""
    if {"session", "starts"} & context.settings.keys():
        return False
    chunks = scan(recognised.table, recognised.header, recognised.places, ("written_at", "session_id"))
    columns = (cells.drop_null() for chunk in chunks for cells in chunk.columns.values())
    if _first_clock(recognised) is not None:
        columns = (cells.filter(pc.invert(pc.match_substring_regex(cells, CLOCK))) for cells in columns)
    return not any(len(cells) for cells in columns)


def started_in(name: str) -> int | None:
    """The moment on the local clock that a file's name states, in seconds; None where it states none."""
    match = START.search(name)
    if match is None:
        return None
    try:
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
        start = datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None
    return int((start - datetime(1970, 1, 1)).total_seconds())


def parse(rows: Rows, context: Context) -> Parsed:
    """The remarks of one chunk."""
    events = rows.text("event")
    rows.skip_where(
        np.array([item is not None and OTHER_EVENTS.search(item) is not None for item in events], bool)
    )
    given, author = masked_texts(rows, context), authors(rows, context)
    starts = rows.setting(context, "starts")
    _place_clocks(rows, str(rows.setting(context, "clocks", "")), starts)
    in_file = rows.instant("written_at", ZONE)
    seconds = rows.number("second")
    far = [place for place, item in enumerate(seconds) if item is not None and not 0 <= item < LONGEST]
    rows.refuse(far, "second", "BadNumber")
    known = (MISSING if item is None or not 0 <= item < LONGEST else int(item) for item in seconds)
    second = np.array(list(known), np.int64)
    rows.refuse_where((in_file == MISSING) & (second == MISSING), "written_at", "Missing")
    written_at = in_file
    if starts is not None:
        start = to_utc(np.array([int(starts)]), ZONE)[0]
        written_at = np.where((in_file == MISSING) & (second != MISSING), start + second, in_file)
        second = np.where((second == MISSING) & (in_file != MISSING), np.maximum(in_file - start, 0), second)
    session, session_ids = rows.setting(context, "session"), rows.identifier("session_id", required=False)
    if session is not None:
        session_ids = np.full(len(rows), str(session), object)
    file_key = np.full(len(rows), str(session or rows.setting(context, "file_key", "")), object)
    own_place = np.where(in_file == MISSING, file_key, "").astype(object)
    file_ids = rows.identifier("comment_id", required=False)
    derived = rows.keys(context, author, given, np.where(in_file == MISSING, second, in_file), own_place)
    columns: dict[str, Values] = {
        "comment_id": np.where([item is None for item in file_ids], derived, file_ids).astype(object),
        "session_id": session_ids,
        "author_key": author,
        **remarks(given),
        "is_live": np.ones(len(rows), bool),
        "second": second,
        "written_at": written_at,
        "written_on": days_of(written_at, context.time_zone),
        "updated_at": latest(written_at, second),
    }
    columns["payload_hash"] = rows.version([v for name, v in sorted(columns.items()) if name != "comment_id"])
    platform = str(rows.setting(context, "platform", PLATFORM))
    columns["sealed_contact"] = rows.extra["sealed_contact"]
    return Parsed(rows, [rows.batch("comment", platform, columns)])


def _place_clocks(rows: Rows, meaning: str, starts: str | int | None) -> None:
    """Times of day without a day become seconds after the start of the session, or moments of the day of the start."""
    cells = rows.cells("written_at")
    is_clock = pc.fill_null(pc.match_substring_regex(cells, CLOCK), False)
    if not meaning or not pc.any(is_clock).as_py():
        return
    nothing = pa.scalar(None, pa.string())
    clocks = pc.if_else(is_clock, pc.replace_substring_regex(cells, "[.,].*$", ""), nothing)
    if meaning == "session":
        rows.replace("second", pc.coalesce(rows.cells("second"), clocks))
        rows.replace("written_at", pc.if_else(is_clock, nothing, cells))
    elif starts is not None:
        start = datetime.fromtimestamp(int(starts), UTC)
        moments = [clock and str(_on_or_after(start, to_seconds(clock))) for clock in clocks.to_pylist()]
        rows.replace("written_at", pc.coalesce(pa.array(moments, pa.string()), cells))


def _on_or_after(start: datetime, second: int) -> datetime:
    """The moment at this second of the day of a start on the local clock, or of the next day."""
    midnight = start.replace(hour=0, minute=0, second=0, tzinfo=None)
    moment = midnight + timedelta(seconds=second)
    earliest = start.replace(tzinfo=None) - timedelta(seconds=LEAD)
    return moment if moment >= earliest else moment + timedelta(days=1)
