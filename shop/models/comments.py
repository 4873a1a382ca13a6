"""What the audience writes under videos and in live sessions."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Index, Integer, LargeBinary
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from shop.models.base import COMPUTED, Versioned, big, count, day, instant, key, shop_key

ANSWERS = ("reply", "platform", "host", "pinned", "hand", "none_needed")
"""How a question was answered: a reply of the shop, a reply that the platform states, the host in the session, a pinned
text, another way, or no answer is needed."""


class CommentLabel(SQLModel, table=True):
    """What one comment means (docs/manual/en/comment-labels.md), by rules or as a user corrected it.

    `intents` are joined with commas in the order of the definitions; `wants` is JSON; `version` names the rules, or
    `example` where an equal text was corrected; `reasons` are lines, of rules empty, for the text gives them again.
    A row with `corrected_at` belongs to the user.
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
    """One remark on a video, in a live session or as a review of an order; contacts are masked in the text.

    The author is a keyed hash, of a review the buyer of its order. `is_own`: the shop's own account wrote it;
    `is_replied`: the platform states that it has a reply. `answered_how` is one of ANSWERS. `sealed_contact` can be
    read with the owner's passphrase alone (shop/comments/vault.py).
    `is_live`: written in a live session; `second` is its place after the session's start.
    """

    __tablename__ = "comment"
    __table_args__: ClassVar = (
        # all columns that comments are counted by
        Index("comment_written_on", "shop_id", "written_on", "is_own", "is_question", "answered_at"),
        Index(
            "comment_open",
            "shop_id",
            "written_on",
            sqlite_where=sql("is_question AND answered_at IS NULL AND NOT is_own"),
        ),
        Index("comment_of_session", "shop_id", "platform", "session_id", "written_at"),
        Index("comment_of_video", "shop_id", "platform", "video_id", "written_at"),
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
    answered_how: str | None = None
    is_own: bool = Field(default=False)
    is_review: bool = Field(default=False)
    is_replied: bool = Field(default=False)
    order_id: str | None = None
    product_id: str | None = None
    stars: int | None = count()
    video_title: str | None = None
    sealed_contact: str | None = None


class CommentDay(SQLModel, table=True):
    """The comments of one shop day as arrays, for search and counts (shop/metrics/comment_days).

    A day that is in `stale_comment_day` too has changed since. Comments without a day have "".
    """

    __tablename__ = "comment_day"
    __table_args__: ClassVar = (
        {"info": COMPUTED},
    )  # without row numbers SQLite reads all arrays of every row

    shop_id: int = shop_key()
    day: str = key()
    group_numbers: bytes = Field(sa_type=LargeBinary)
    authors: bytes = Field(sa_type=LargeBinary)
    texts: bytes = Field(sa_type=LargeBinary)
    starts: bytes = Field(sa_type=LargeBinary)
    ids: bytes = Field(sa_type=LargeBinary)


class StaleCommentDay(SQLModel, table=True):
    """One day whose comments or labels changed since it was computed; triggers of the database write it."""

    __tablename__ = "stale_comment_day"
    __table_args__: ClassVar = ({"sqlite_with_rowid": False, "info": COMPUTED},)

    shop_id: int = shop_key()
    day: str = key()


class CommentGroup(SQLModel, table=True):
    """One combination of what comments are narrowed by, under the number that the arrays of `comment_day` have."""

    __tablename__ = "comment_group"
    __table_args__: ClassVar = ({"sqlite_with_rowid": False, "info": COMPUTED},)

    shop_id: int = shop_key()
    number: int = Field(primary_key=True, sa_type=Integer, sa_column_kwargs={"autoincrement": False})
    platform: str
    language: str
    place: str
    is_own: bool
    is_question: bool
    intents: str
    sentiment: str


class OwnAuthor(SQLModel, table=True):
    """One account that writes for the shop; `source` is typed, or replies where its replies show it.

    `is_dismissed`: it is not the shop's, whatever its replies show.
    """

    __tablename__ = "own_author"

    shop_id: int = shop_key()
    platform: str = key()
    author_key: int = big(primary_key=True)
    source: str = "typed"
    name: str | None = None
    is_dismissed: bool = False
    added_at: datetime = instant()


class CommentSettings(SQLModel, table=True):
    """How one shop treats comments: days until a question leaves the queue and until a lead is erased;
    `shipping_text` is the text of the reply about shipping.

    The key pair seals contacts: `public_key` is hex, `private_key` is sealed with a key that the owner's passphrase
    gives (argon2id with `salt`, `operations` and `memory`), both hex.
    """

    __tablename__ = "comment_settings"

    shop_id: int = shop_key()
    answer_days: int = 14
    lead_days: int = 180
    shipping_text: str | None = None
    public_key: str | None = None
    private_key: str | None = None
    salt: str | None = None
    operations: int = 0
    memory: int = 0


class Lead(SQLModel, table=True):
    """One comment that is a lead, as the shop follows it up; without a row it is new.

    `kind` is one of LEAD_KINDS, `state` one of LEAD_STATES. After `erase_on` its contact and note are erased.
    """

    __tablename__ = "lead"

    shop_id: int = shop_key()
    platform: str = key()
    comment_id: str = key()
    kind: str
    state: str = "new"
    owner: str | None = None
    next_step: str | None = None
    next_on: date | None = day()
    note: str | None = None
    erase_on: date | None = day()
    erased_at: datetime | None = instant()
    updated_at: datetime = instant()


LEAD_KINDS = ("custom_order", "lead_wholesale", "lead_workshop", "lead_job", "contact")
LEAD_STATES = ("new", "contacted", "offered", "won", "lost")


class Demand(SQLModel, table=True):
    """One thing wanted (form, glaze and size as words, "" for any) that the shop acted on.

    `sku` is the variant for it, `batch_id` the kiln batch; `people` is how many wanted it then.
    """

    __tablename__ = "demand"

    shop_id: int = shop_key()
    form: str = key()
    glaze: str = key()
    size: str = key()
    started_on: date = day()
    people: int = 0
    sku: str | None = None
    batch_id: str | None = None
    started_by: str


class DemandNotice(SQLModel, table=True):
    """One comment whose author was informed that the thing wanted is available."""

    __tablename__ = "demand_notice"

    shop_id: int = shop_key()
    platform: str = key()
    comment_id: str = key()
    informed_at: datetime = instant()
