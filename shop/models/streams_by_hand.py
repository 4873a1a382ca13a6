"""What people enter about live sessions: marks of presentations, reviews, notes, and the rules of attribution."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import Index
from sqlmodel import SQLModel

from shop.models.base import count, instant, key, shop_key


class MarkKind(StrEnum):
    """What happened in a session at a moment."""

    SHOW = "show"  # the piece is in the hand, or its link went up
    HIDE = "hide"  # the piece is put away, or its link was taken down
    PIN = "pin"
    EXPLAIN = "explain"
    COUPON = "coupon"
    LUCKY_BAG = "lucky_bag"  # 福袋
    OTHER = "other"


class LiveMark(SQLModel, table=True):
    """One moment of one live session that somebody marked; `mark_id` is made where the mark was made.

    `source`: typed, file, or suggested (a change point that was confirmed). `item` is what was shown as it was
    written (a piece number, a SKU, a title), `sku` is ours where it is known. Without `session_id` it belongs to the
    session of its platform that ran at its moment. An undone mark stays with `undone_at`.
    """

    __tablename__ = "live_mark"
    __table_args__: ClassVar = (Index("live_mark_session", "shop_id", "platform", "session_id", "marked_at"),)

    shop_id: int = shop_key()
    mark_id: str = key()
    platform: str
    session_id: str | None = None
    marked_at: datetime = instant()
    kind: str
    item: str | None = None
    sku: str | None = None
    note: str | None = None
    source: str = "typed"
    received_at: datetime = instant()
    made_by: str
    undone_at: datetime | None = instant()


class SessionNote(SQLModel, table=True):
    """What was typed about one session: host, link to the replay, and what its advertising cost (cents)."""

    __tablename__ = "session_note"

    shop_id: int = shop_key()
    platform: str = key()
    session_id: str = key()
    host: str | None = None
    replay_url: str | None = None
    spend_cents: int | None = count()
    spend_currency: str | None = None


class SessionReview(SQLModel, table=True):
    """The review (复盘) of one session: its goal (orders or cents of GMV), notes and the one action for the next.

    `last_action` says whether the action of the review before was done: done, partly, not_done.
    """

    __tablename__ = "session_review"

    shop_id: int = shop_key()
    platform: str = key()
    session_id: str = key()
    goal_metric: str | None = None
    goal_target: int | None = count()
    notes: str | None = None
    action: str | None = None
    last_action: str | None = None
    reviewed_at: datetime = instant()
    reviewed_by: str


class AttributionRules(SQLModel, table=True):
    """The rules of one shop by which orders without an id belong to a session or a video (grade C)."""

    __tablename__ = "attribution_rules"

    shop_id: int = shop_key()
    late_seconds: int = 900
    video_seconds: int = 3600
    is_by_time: bool = True
    takes_unknown: bool = False
