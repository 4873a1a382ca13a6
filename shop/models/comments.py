"""What the audience writes under videos and in live sessions."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Index
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from shop.models.base import Versioned, big, count, day, instant, key, shop_key


class CommentLabel(SQLModel, table=True):
    """What one comment means (docs/comment-labels.md), by rules or as a user corrected it.

    `intents` are joined with commas in the order of the definitions; `wants` is JSON, `reasons` are lines; `version`
    names the rules, or `example` where an equal text was corrected. A row with `corrected_at` belongs to the user.
    """

    __tablename__ = "comment_label"
    __table_args__: ClassVar = ({"sqlite_with_rowid": False},)

    shop_id: int = shop_key()
    platform: str = key()
    comment_id: str = key()
    intents: str
    sentiment: str
    is_question: bool = Field(default=False)
    wants: str = "{}"
    reasons: str = ""
    version: str
    corrected_at: datetime | None = instant()


class Comment(Versioned, table=True):
    """One audience remark; the author is a keyed hash, numbers to call are masked in the text.

    `is_live`: written in a live session; `second` is its place after the session's start.
    """

    __tablename__ = "comment"
    __table_args__: ClassVar = (
        Index("comment_written_on", "shop_id", "written_on"),
        # remarks of live sessions that wait for their session
        Index(
            "comment_unjoined",
            "shop_id",
            sqlite_where=sql("is_live AND (session_id IS NULL OR second IS NULL OR written_at IS NULL)"),
        ),
    )

    shop_id: int = shop_key()
    platform: str = key()
    comment_id: str = key()
    parent_id: str | None = None
    video_id: str | None = None
    session_id: str | None = None
    author_key: int | None = big(default=None)
    text: str
    language: str = "zh"
    is_question: bool = Field(default=False)
    written_at: datetime | None = instant()
    written_on: date | None = day()
    likes: int | None = count()
    replies: int | None = count()
    answered_at: datetime | None = instant()
    is_live: bool = Field(default=False)
    second: int | None = count()
