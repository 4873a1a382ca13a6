"""Open questions, grouped by topic and thing, by age and by the money at stake.

A question is open when it comes from the audience, has no answer, and is younger than the shop's chosen
number of days (14 unless changed): older ones leave the queue and every count. The money at stake is people x pieces
wanted x typical price of the thing (shop/comments/offers.py), for questions of buyers; others have none.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from shop.access.audit import log_action
from shop.access.change_log import Edits
from shop.access.roles import Actor, require, require_reader
from shop.comments.labels.normalize import normalize
from shop.comments.offers import prices
from shop.comments.search import KIND, author_mark
from shop.comments.topics import UNNAMED, Thing, topic_of
from shop.core.clock import now_seconds
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.metrics.settings import shop_settings

DAYS = 14
LEAST_DAYS, MOST_DAYS = 1, 365
MOST_PIECES = 500  # of one question: a larger number is a year or a size
REPEATED_WITHIN_DAYS = 60  # how far back the questions for a session are counted
BUYING = frozenset(
    ("buy", "price", "where_to_buy", "stock", "spec", "shipping", "custom_order", "lead_wholesale")
)
QUESTIONS = f"""
SELECT c.platform, c.comment_id, c.text, c.written_at, c.written_on, c.author_key, c.likes, {KIND},
  COALESCE(l.intents, ''), COALESCE(l.wants, '{{}}'), c.answered_at IS NOT NULL
FROM comment c LEFT JOIN comment_label l USING (shop_id, platform, comment_id)
WHERE c.shop_id = :shop AND c.is_question AND NOT c.is_own AND c.written_on > :since AND c.written_on <= :until
"""
OPEN = "shop_id = :shop AND is_question AND answered_at IS NULL AND NOT is_own AND written_on > :since"

Answered = Literal["host", "pinned", "hand", "none_needed"]
CommentKey = tuple[str, str]


class BadAnswerDays(ShopError):
    """The age at which questions leave the queue is out of range."""

    message = "Questions can stay between {least} and {most} days; {found} is not one of them."


@dataclass(frozen=True)
class QueuedQuestion:
    """One question as it is shown: `written` on the shop's clock, its age in days, the author as a short mark."""

    platform: str
    comment_id: str
    text: str
    written: str
    written_on: date
    days: int
    author: str
    likes: int
    kind: str
    is_answered: bool


@dataclass(frozen=True)
class QuestionGroup:
    """Questions that ask the same: what about, which thing, by how many people, the money at stake in cents."""

    topic: str
    thing: Thing
    questions: tuple[QueuedQuestion, ...]
    people: int
    value_cents: int

    @property
    def key(self) -> str:
        """A name that stays while the group does."""
        return f"{self.questions[-1].platform}-{self.questions[-1].comment_id}"

    @property
    def oldest_days(self) -> int:
        """The age of its oldest question."""
        return max(question.days for question in self.questions)

    @property
    def ids(self) -> tuple[CommentKey, ...]:
        """The questions by platform and comment id."""
        return tuple((question.platform, question.comment_id) for question in self.questions)


@dataclass(frozen=True)
class Queue:
    """The open questions by group; `expired` were never answered and are older than `days`."""

    groups: tuple[QuestionGroup, ...]
    days: int
    expired: int

    @property
    def questions(self) -> int:
        """How many questions are open."""
        return sum(len(group.questions) for group in self.groups)

    @property
    def people(self) -> int:
        """How many people ask, each counted once per group."""
        return sum(group.people for group in self.groups)

    @property
    def value_cents(self) -> int:
        """The money at stake in all of them."""
        return sum(group.value_cents for group in self.groups)


def answer_days(connection: Connection, shop_id: int = 1) -> int:
    """After how many days a question leaves the queue."""
    value = connection.execute(
        text("SELECT answer_days FROM comment_settings WHERE shop_id = :shop"), {"shop": shop_id}
    ).scalar()
    return int(value or DAYS)


def open_count(connection: Connection, today: date, shop_id: int = 1) -> int:
    """How many questions are open on a day of the shop."""
    since = today - timedelta(days=answer_days(connection, shop_id))
    values = {"shop": shop_id, "since": since.isoformat()}
    return int(connection.execute(text(f"SELECT COUNT(*) FROM comment WHERE {OPEN}"), values).scalar_one())


def open_questions(
    db: Database, today: date, platforms: Sequence[str] = (), order: str = "value", shop_id: int = 1
) -> Queue:
    """The queue on a day of the shop, by money at stake (`value`), people (`people`) or age (`age`).

    Raises NotAllowed for a role that sees no sums, as `most_frequent` does.
    """
    require_reader(db, "see_sums")
    with db.read() as connection:
        days = answer_days(connection, shop_id)
        since = today - timedelta(days=days)
        rows = _rows(connection, shop_id, since, date.max, "AND c.answered_at IS NULL", platforms)
        groups = _grouped(connection, shop_id, rows, today)
        expired = connection.execute(
            text(
                "SELECT COUNT(*) FROM comment WHERE shop_id = :shop AND is_question AND answered_at IS NULL "
                "AND NOT is_own AND written_on <= :since"
            ),
            {"shop": shop_id, "since": since.isoformat()},
        ).scalar_one()
    return Queue(tuple(sorted(groups, key=ORDERS[order])), days, int(expired))


def most_frequent(db: Database, today: date, most: int = 10, shop_id: int = 1) -> tuple[QuestionGroup, ...]:
    """The questions to answer early in the next session: the most frequent ones by people, answered or not."""
    require_reader(db, "see_sums")
    with db.read() as connection:
        rows = _rows(connection, shop_id, today - timedelta(days=REPEATED_WITHIN_DAYS), today)
        groups = _grouped(connection, shop_id, rows, today)
    named = [group for group in groups if group.topic != UNNAMED]
    return tuple(sorted(named, key=ORDERS["people"])[:most])


ORDERS = {
    "value": lambda group: (-group.value_cents, -group.people, -group.oldest_days),
    "people": lambda group: (-group.people, -group.value_cents, -group.oldest_days),
    "age": lambda group: (-group.oldest_days, -group.value_cents, -group.people),
}


def _rows(
    connection: Connection,
    shop_id: int,
    since: date,
    until: date,
    more: str = "",
    platforms: Sequence[str] = (),
) -> list[Any]:
    rows = connection.execute(
        text(f"{QUESTIONS} {more} ORDER BY c.written_on DESC, c.written_at DESC, c.comment_id"),
        {"shop": shop_id, "since": since.isoformat(), "until": until.isoformat()},
    )
    return [row for row in rows if not platforms or row[0] in platforms]


def _grouped(connection: Connection, shop_id: int, rows: Iterable[Any], today: date) -> list[QuestionGroup]:
    zone = ZoneInfo(shop_settings(connection, shop_id).time_zone)
    typical = prices(connection, shop_id)
    groups: dict[tuple[str, Thing, str], list[tuple[QueuedQuestion, Any, int]]] = {}
    for row in rows:
        wants, topic = json.loads(row[9]), topic_of(row[2])
        thing = Thing(str(wants.get("form", "")), str(wants.get("glaze", "")))
        same = normalize(row[2]) if topic == UNNAMED else ""
        pieces = _pieces(wants) if BUYING.intersection(row[8].split(",")) else 0
        groups.setdefault((topic, thing, same), []).append((_question(row, zone, today), row[5], pieces))
    result = []
    for (topic, thing, _), members in groups.items():
        by_person: dict[Any, int] = {}
        for question, author, pieces in members:
            who = question.comment_id if author is None else author
            by_person[who] = max(by_person.get(who, 0), pieces)
        value = sum(by_person.values()) * typical.of(thing)
        result.append(QuestionGroup(topic, thing, tuple(item[0] for item in members), len(by_person), value))
    return result


def _pieces(wants: dict[str, Any]) -> int:
    number = wants.get("number", 1)
    return number if isinstance(number, int) and 0 < number <= MOST_PIECES else 1


def _question(row: Any, zone: ZoneInfo, today: date) -> QueuedQuestion:
    on = date.fromisoformat(row[4])
    written = (
        row[4] if row[3] is None else f"{datetime.fromtimestamp(row[3], UTC).astimezone(zone):%Y-%m-%d %H:%M}"
    )
    return QueuedQuestion(
        row[0],
        row[1],
        row[2],
        written,
        on,
        max((today - on).days, 0),
        author_mark(row[5]),
        row[6] or 0,
        row[7],
        bool(row[10]),
    )


def answer_questions(
    db: Database, keys: Sequence[CommentKey], how: Answered | None, *, actor: Actor, shop_id: int = 1
) -> int:
    """Mark questions as answered in a way, or as open again (None); the number under which it is undone."""
    require(actor, "answer")
    values = {"answered_at": now_seconds() if how else None, "answered_how": how}
    with db.write() as connection:
        edits = Edits(connection, shop_id)
        for platform, comment_id in keys:
            edits.update("comment", {"platform": platform, "comment_id": comment_id}, values)
        return log_action(
            connection,
            actor,
            "comment.answer",
            str(len(keys)),
            changes=edits.changes,
            undo=edits.undo,
            shop_id=shop_id,
        )


def set_answer_days(db: Database, days: int, *, actor: Actor, shop_id: int = 1) -> None:
    """Choose after how many days a question leaves the queue; raises BadAnswerDays."""
    require(actor, "answer")
    if not LEAST_DAYS <= days <= MOST_DAYS:
        raise BadAnswerDays(found=days, least=LEAST_DAYS, most=MOST_DAYS)
    _store(db, actor, shop_id, "answer_days", days)


def set_shipping_text(db: Database, shipping: str, *, actor: Actor, shop_id: int = 1) -> None:
    """Set the text of the reply about shipping."""
    require(actor, "answer")
    _store(db, actor, shop_id, "shipping_text", shipping.strip() or None)


def shipping_text(db: Database, shop_id: int = 1) -> str:
    """The text of the reply about shipping, "" where there is none."""
    with db.read() as connection:
        sql = text("SELECT shipping_text FROM comment_settings WHERE shop_id = :shop")
        return str(connection.execute(sql, {"shop": shop_id}).scalar() or "")


def _store(db: Database, actor: Actor, shop_id: int, column: str, value: Any) -> None:
    with db.write() as connection:
        connection.execute(
            text(
                f"INSERT INTO comment_settings (shop_id, {column}) VALUES (:shop, :value) "
                f"ON CONFLICT (shop_id) DO UPDATE SET {column} = excluded.{column}"
            ),
            {"shop": shop_id, "value": value},
        )
        log_action(connection, actor, f"comment.{column}", str(value), shop_id=shop_id)
