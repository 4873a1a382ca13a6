"""Marks of one live session from a table, or from the log of a live assistant's pins (one event per line).

A table has a column of time and, in any order, of what happened and of the item; without a column of what happened
every row is a presentation. Times are moments, clock times (19:05:10, on the session's own evening) or places after
the start (00:12:30, 750): a clock time that lies within the session is one, else it is a place. The same file again
adds nothing: a mark's id consists of the session, its moment, kind and item.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from etl.errors import FileRejected
from etl.files.headers import normal
from etl.tables.base import clean
from etl.tables.cells import to_seconds
from etl.tables.hashes import content_key
from etl.tables.moments import read_moment
from etl.tables.open import open_table
from etl.tables.timestamps import to_utc
from shop.access.roles import Actor
from shop.db.database import Database
from shop.streams.marks import EARLY_SECONDS, AddedMarks, Mark, add_marks
from shop.streams.session import SessionRecord

HEAD_ROWS = 20
HEADERS = {
    "at": (
        "时间",
        "时刻",
        "操作时间",
        "开始时间",
        "讲解时间",
        "time",
        "at",
        "start",
        "timestamp",
        "秒",
        "second",
        "offset",
    ),
    "kind": ("动作", "操作", "事件", "类型", "操作类型", "action", "event", "kind", "type"),
    "item": (
        "商品",
        "商品名称",
        "商品标题",
        "链接",
        "编号",
        "货号",
        "品名",
        "item",
        "product",
        "sku",
        "piece",
        "title",
    ),
    "note": ("备注", "说明", "note", "remark"),
}
PLACES = {normal(word): name for name, words in HEADERS.items() for word in words}
KINDS = (
    ("hide", r"下架|下链接|下车|收起|取消置顶|结束讲解|取消讲解|unpin|hide|remove|down"),
    ("lucky_bag", r"福袋|lucky"),
    ("coupon", r"优惠券|优惠卷|红包|发券|coupon|voucher"),
    ("pin", r"置顶|pin"),
    ("explain", r"讲解|弹品|弹窗|explain"),
    ("show", r"上架|上链接|上车|展示|上品|show|up|present"),
)
LINE = re.compile(
    r"^\W*(?P<at>(?:\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?[ T]+)?\d{1,2}:\d{2}(?::\d{2})?)(?:[.,]\d+)?\W+(?P<rest>\S.*)$"
)


class NoMarks(FileRejected):
    """A file in which no line can be read as a mark."""

    message = "{file} has no marks. Expected: a column of times (19:05:10 or 00:12:30), what happened, and the item."


@dataclass(frozen=True)
class UnreadLine:
    """A line that is no mark: its row, the column it fails in, and what stands there."""

    row: int
    column: str
    cell: str


@dataclass(frozen=True)
class MarksReport:
    """What a file of marks came to: lines read = added.new + added.known + unread."""

    read: int
    added: AddedMarks
    unread: tuple[UnreadLine, ...]


def import_marks(db: Database, session: SessionRecord, path: Path, *, actor: Actor) -> MarksReport:
    """Read the marks of a session from a file; raises a FileRejected where it has none, NotAllowed."""
    marks: list[Mark] = []
    unread: list[UnreadLine] = []
    seen: Counter[tuple[int, str, str | None]] = Counter()
    for row, cells in _lines(path):
        at = moment_in(cells.get("at", ""), session)
        if at is None:
            unread.append(UnreadLine(row, "at", cells.get("at", "")[:80]))
            continue
        kind = _kind(cells["kind"]) if cells.get("kind") else "show"
        if kind is None:
            unread.append(UnreadLine(row, "kind", cells["kind"][:80]))
            continue
        item = cells.get("item") or None
        seen[at, kind, item] += 1
        mark_id = content_key(session.platform, session.session_id, at, kind, item, seen[at, kind, item])
        place = (session.platform, session.session_id, item)
        marks.append(Mark(kind, at, *place, note=cells.get("note"), source="file", mark_id=mark_id))
    if not marks:
        raise NoMarks(file=path.name)
    added = add_marks(db, marks, actor=actor, shop=session.shop_id)
    return MarksReport(len(marks) + len(unread), added, tuple(unread))


def _lines(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows that may be marks, each with the number of its row and its cells by name."""
    for table in open_table(path):
        rows = [[clean(cell or "") for cell in row] for row in table.raw_rows()]
        header, places = _header(rows)
        for number, row in enumerate(rows[header + 1 :], header + 2):
            if not any(row):
                continue
            if places:
                yield number, {name: row[place] for name, place in places.items() if place < len(row)}
            elif match := LINE.match(" ".join(cell for cell in row if cell)):
                kind = next(
                    (word[0] for _, words in KINDS if (word := re.search(words, match["rest"], re.I))), ""
                )
                item = re.sub(r"^\W+|\W+$", "", match["rest"].replace(kind, " ", 1)).strip()
                yield number, {"at": match["at"], "kind": kind or match["rest"], "item": item}
            else:
                yield number, {"at": " ".join(row)}


def _header(rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    """The row of headers and the places of the columns; -1 and nothing for a log without headers."""
    for number, row in enumerate(rows[:HEAD_ROWS]):
        places: dict[str, int] = {}
        for place, cell in enumerate(row):
            if (name := PLACES.get(normal(cell))) and name not in places:
                places[name] = place
        if "at" in places and len(places) > 1:
            return number, places
    return -1, {}


def _kind(word: str) -> str | None:
    return next((kind for kind, words in KINDS if re.search(words, word, re.IGNORECASE)), None)


def moment_in(cell: str, session: SessionRecord) -> int | None:
    """The moment (seconds UTC) that a cell states; None where it is none of the session."""
    first, last = session.started_at - EARLY_SECONDS, session.window_end
    if not cell:
        return None
    known = read_moment(cell)
    if known is not None:
        at = known.seconds if known.is_utc else int(to_utc(np.array([known.seconds]), session.time_zone)[0])
        return at if first <= at <= last else None
    try:
        seconds = to_seconds(cell) if ":" in cell or not cell.isdecimal() else int(cell)
    except ValueError:
        return None
    clocks = (_clock(cell, session, shift) for shift in (0, 1)) if ":" in cell else ()
    for moment in clocks:
        if moment is not None and first <= moment <= last:
            return moment
    at = session.started_at + seconds
    return at if at <= last else None


def _clock(cell: str, session: SessionRecord, days: int) -> int | None:
    """A clock time on the day of the session's start, or on the day after."""
    parts = [int(part) for part in re.findall(r"\d+", cell)[:3]]
    if len(parts) < 2 or parts[0] > 23 or max(parts[1:]) > 59:
        return None
    day = session.local(session.started_at).date() + timedelta(days=days)
    hour, minute, second = (*parts, 0)[:3]
    local = datetime(day.year, day.month, day.day, hour, minute, second)
    seconds = int((local - datetime(1970, 1, 1)).total_seconds())
    return int(to_utc(np.array([seconds]), session.time_zone)[0])
