"""Marks of live sessions: product up and down, pin, explanation, coupon, lucky bag (福袋), each at its moment.

A mark carries an id from the device that sets it, so that one sent twice counts once. A mark may come before
its session is known: without a session it belongs to the one of its platform that ran at its moment.
"""

from __future__ import annotations

import uuid
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

import pandas as pd
from sqlalchemy import Connection, text

from shop.access.audit import log_action
from shop.access.roles import Actor, require
from shop.comments.search import words_of
from shop.core.clock import now_seconds
from shop.core.enumerations import values_of
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.models.streams_by_hand import MarkKind
from shop.streams.session import SessionRecord, UnknownSession, find_session

KINDS = values_of(MarkKind)
PRESENTATIONS = ("show", "pin", "explain")  # kinds that begin a presentation
Source = Literal["typed", "file", "suggested"]
EARLY_SECONDS = 600  # a mark set just before the start belongs to the session that follows
AHEAD_SECONDS = 60  # the clock of a phone may be ahead of this machine's
FUTURE_SECONDS = 86_400  # a phone's clock may be wrong, but not by more than a day
LONGEST_TEXT = 200

OF_SESSION = """
shop_id = :shop AND platform = :platform AND (session_id = :session OR session_id IS NULL
  AND marked_at BETWEEN :first AND :last)
"""
MARKS = f"""
SELECT mark_id, platform, session_id, marked_at, kind, item, sku, note, source, made_by, undone_at FROM live_mark
WHERE {OF_SESSION} AND (:undone OR undone_at IS NULL) ORDER BY marked_at, mark_id
"""
ADD = """
INSERT INTO live_mark (shop_id, mark_id, platform, session_id, marked_at, kind, item, sku, note, source,
  received_at, made_by) VALUES (:shop, :mark_id, :platform, :session_id, :marked_at, :kind, :item, :sku, :note,
  :source, :now, :actor) ON CONFLICT DO NOTHING
"""
REMARKS = """
SELECT written_at, text FROM comment WHERE shop_id = :shop AND platform = :platform AND session_id = :session
  AND written_at IS NOT NULL AND NOT is_own ORDER BY written_at
"""
WORDS = 6
WORD_COLUMNS = ["minute", "kind", "item", "comments", "words"]
SKU_OF_ITEM = """
SELECT sku FROM variant WHERE shop_id = :shop AND sku = :item
UNION SELECT sku FROM piece WHERE shop_id = :shop AND number = :item LIMIT 2
"""


class BadMark(ShopError):
    """A mark of an unknown kind, or at a moment that cannot be."""

    message = "“{found}” is no mark. Kinds are {known}; the moment must lie within the session."


class UnknownMark(ShopError):
    """No mark of this id."""

    message = "There is no mark {mark}."


@dataclass(frozen=True)
class Mark:
    """One mark: `marked_at` in seconds UTC; `item` as it was written, `sku` ours where known."""

    kind: str
    marked_at: int
    platform: str
    session_id: str | None = None
    item: str | None = None
    sku: str | None = None
    note: str | None = None
    source: Source = "typed"
    mark_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    made_by: str = ""
    undone_at: int | None = None


@dataclass(frozen=True)
class AddedMarks:
    """How many marks were new, and how many had arrived before."""

    new: int
    known: int


def marks(db: Database, session: SessionRecord, *, with_undone: bool = False) -> list[Mark]:
    """The marks of a session in order of time."""
    values = {
        "shop": session.shop_id,
        "platform": session.platform,
        "session": session.session_id,
        "first": session.started_at - EARLY_SECONDS,
        "last": session.window_end + (AHEAD_SECONDS if session.is_running else 0),
        "undone": with_undone,
    }
    with db.read() as connection:
        rows = connection.execute(text(MARKS), values).mappings().all()
    return [Mark(**row) for row in rows]


def add_marks(db: Database, wanted: Iterable[Mark], *, actor: Actor, shop: int = 1) -> AddedMarks:
    """Store marks; one whose id is known already changes nothing. Raises BadMark before anything is stored."""
    require(actor, "edit_live")
    rows = list(wanted)
    now = now_seconds()
    for mark in rows:
        if mark.kind not in KINDS or not 0 < mark.marked_at <= now + FUTURE_SECONDS or not mark.mark_id:
            raise BadMark(found=mark.kind, known=", ".join(KINDS))
    new = 0
    with db.write() as connection:
        for mark in rows:
            values = {
                **{name: getattr(mark, name) for name in ("mark_id", "platform", "session_id", "marked_at")},
                **{name: getattr(mark, name) for name in ("kind", "source")},
                "item": _short(mark.item),
                "sku": mark.sku or _sku_of(connection, mark.item, shop),
                "note": _short(mark.note),
                "shop": shop,
                "now": now,
                "actor": actor.name,
            }
            new += connection.execute(text(ADD), values).rowcount
        if new:
            names = {mark.session_id or mark.platform for mark in rows}
            log_action(connection, actor, "live.mark", ", ".join(sorted(names)), changes=new, shop_id=shop)
    return AddedMarks(new, len(rows) - new)


def undo_mark(db: Database, mark_id: str, *, actor: Actor, shop: int = 1) -> None:
    """Take a mark away; its id stays known, so that a resent one does not return. Raises UnknownMark."""
    _set_undone(db, mark_id, now_seconds(), actor, shop)


def restore_mark(db: Database, mark_id: str, *, actor: Actor, shop: int = 1) -> None:
    """Bring a mark that was undone back. Raises UnknownMark."""
    _set_undone(db, mark_id, None, actor, shop)


def _set_undone(db: Database, mark_id: str, at: int | None, actor: Actor, shop: int) -> None:
    require(actor, "edit_live")
    with db.write() as connection:
        changed = connection.execute(
            text("UPDATE live_mark SET undone_at = :at WHERE shop_id = :shop AND mark_id = :mark"),
            {"at": at, "shop": shop, "mark": mark_id},
        ).rowcount
        if not changed:
            raise UnknownMark(mark=mark_id)
        log_action(
            connection, actor, "live.mark_undone" if at else "live.mark_restored", mark_id, shop_id=shop
        )


def mark_words(db: Database, platform: str, session_id: str, shop: int = 1) -> pd.DataFrame:
    """Each mark of a session with the comments from it until the next one, and the words that most of these have.

    Columns: minute (of the session), kind, item (as it was written), comments, words. Empty without marks, or where
    the session itself is not known.
    """
    try:
        session = find_session(db, session_id, platform, shop=shop)
    except UnknownSession:
        return pd.DataFrame(columns=WORD_COLUMNS)
    marked = marks(db, session)
    values = {"shop": shop, "platform": platform, "session": session_id}
    with db.read() as connection:
        remarks = connection.execute(text(REMARKS), values).all() if marked else []
    moments = [remark[0] for remark in remarks]
    starts = [bisect_left(moments, mark.marked_at) for mark in marked]
    rows = []
    for mark, (first, after) in zip(marked, pairwise([*starts, len(remarks)]), strict=True):
        counts = Counter(word for _, remark in remarks[first:after] for word in words_of(remark))
        top = sorted(counts, key=lambda word: (-counts[word], word))[:WORDS]
        minute = (mark.marked_at - session.started_at) // 60
        rows.append((minute, mark.kind, mark.item or "", after - first, " ".join(top)))
    return pd.DataFrame(rows, columns=WORD_COLUMNS)


def recent_items(db: Database, platform: str, *, shop: int = 1, limit: int = 30) -> list[tuple[str, str]]:
    """What was marked last, the latest first: item as it was written and SKU ("" where unknown)."""
    sql = """
    SELECT item, COALESCE(sku, ''), MAX(marked_at) AS at FROM live_mark
    WHERE shop_id = :shop AND platform = :platform AND item IS NOT NULL AND undone_at IS NULL
    GROUP BY item, COALESCE(sku, '') ORDER BY at DESC LIMIT :limit
    """
    values = {"shop": shop, "platform": platform, "limit": limit}
    with db.read() as connection:
        return [(row[0], row[1]) for row in connection.execute(text(sql), values)]


def _sku_of(connection: Connection, item: str | None, shop: int) -> str | None:
    """The SKU that an item names by itself: a SKU or the number of a piece; None where that is not sure."""
    if not item:
        return None
    rows: Sequence[str] = connection.scalars(text(SKU_OF_ITEM), {"shop": shop, "item": item.strip()}).all()
    return rows[0] if len(rows) == 1 else None


def _short(value: str | None) -> str | None:
    return (value or "").strip()[:LONGEST_TEXT] or None
