"""Open questions, grouped by topic and thing, by age and by the money at stake.

A question is open when it comes from the audience, has no answer, and is younger than the shop's chosen number of days
(14 unless changed): older ones leave the queue and every count. Those of a live session are answered there or the
writer is gone: they leave LIVE_DAYS after the day on which the session ended. The money at stake is people x pieces
wanted x typical price of the thing (shop/comments/offers.py), for questions of buyers; others have none.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from shop.access.audit import log_action
from shop.access.change_log import Edits
from shop.access.roles import Actor, require, require_reader
from shop.comments.labels.normalize import normalize
from shop.comments.offers import prices
from shop.comments.search import author_mark
from shop.comments.topics import UNNAMED, Thing, topic_of
from shop.core.clock import now_seconds
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.metrics.comment_days.arrays import KIND
from shop.metrics.settings import shop_settings

DAYS = 14
LIVE_DAYS = 1
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
# A remark whose session is not known counts by the day it was written.
WAITS = f"""
({KIND} <> 'live' OR COALESCE((SELECT COALESCE(s.ended_at, s.started_at) >= :live_from FROM live_session s
  WHERE s.shop_id = c.shop_id AND s.platform = c.platform AND s.session_id = c.session_id), c.written_on >= :live_on))
"""
UNANSWERED = """
SELECT COUNT(*) FROM comment WHERE shop_id = :shop AND is_question AND answered_at IS NULL AND NOT is_own
  AND written_on IS NOT NULL
"""
OF_PLATFORMS = "AND platform IN (SELECT value FROM json_each(:platforms))"

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
    """The open questions by group, the people who ask them (each once); `expired` left the queue without an answer."""

    groups: tuple[QuestionGroup, ...]
    people: int
    days: int
    expired: int

    @property
    def questions(self) -> int:
        """How many questions are open."""
        return sum(len(group.questions) for group in self.groups)

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


def open_questions(
    db: Database, today: date, platforms: Sequence[str] = (), order: str = "value", shop_id: int = 1
) -> Queue:
    """The queue on a day of the shop, by money at stake (`value`), people (`people`) or age (`age`).

    Raises NotAllowed for a role that sees no sums, as `most_frequent` does.
    """
    require_reader(db, "see_sums")
    with db.read() as connection:
        days = answer_days(connection, shop_id)
        live_on = today - timedelta(days=LIVE_DAYS)
        zone = ZoneInfo(shop_settings(connection, shop_id).time_zone)
        values = {
            "shop": shop_id,
            "since": (today - timedelta(days=days)).isoformat(),
            "until": date.max.isoformat(),
            "live_on": live_on.isoformat(),
            "live_from": int(datetime.combine(live_on, time(), zone).timestamp()),
            "platforms": json.dumps(list(platforms)),
        }
        narrowed = OF_PLATFORMS if platforms else ""
        rows = _rows(connection, f"AND c.answered_at IS NULL AND {WAITS} {narrowed}", values)
        groups = _grouped(connection, shop_id, rows, today)
        unanswered = connection.execute(text(f"{UNANSWERED} {narrowed}"), values).scalar_one()
    people = len({_writer(row) for row in rows})
    return Queue(tuple(sorted(groups, key=ORDERS[order])), people, days, int(unanswered) - len(rows))


def most_frequent(db: Database, today: date, most: int = 10, shop_id: int = 1) -> tuple[QuestionGroup, ...]:
    """The questions to answer early in the next session: the most frequent ones by people, answered or not."""
    require_reader(db, "see_sums")
    with db.read() as connection:
        since = today - timedelta(days=REPEATED_WITHIN_DAYS)
        values = {"shop": shop_id, "since": since.isoformat(), "until": today.isoformat()}
        rows = _rows(connection, "", values)
        groups = _grouped(connection, shop_id, rows, today)
    named = [group for group in groups if group.topic != UNNAMED]
    return tuple(sorted(named, key=ORDERS["people"])[:most])


ORDERS = {
    "value": lambda group: (-group.value_cents, -group.people, -group.oldest_days),
    "people": lambda group: (-group.people, -group.value_cents, -group.oldest_days),
    "age": lambda group: (-group.oldest_days, -group.value_cents, -group.people),
}


def _rows(connection: Connection, more: str, values: dict[str, Any]) -> Sequence[Any]:
    sql = f"{QUESTIONS} {more} ORDER BY c.written_on DESC, c.written_at DESC, c.comment_id"
    return connection.execute(text(sql), values).all()


def _writer(row: Any) -> int | CommentKey:
    """Who wrote a question; each one of an unknown author has its own."""
    return (row[0], row[1]) if row[5] is None else int(row[5])


def _grouped(connection: Connection, shop_id: int, rows: Iterable[Any], today: date) -> list[QuestionGroup]:
    zone = ZoneInfo(shop_settings(connection, shop_id).time_zone)
    typical = prices(connection, shop_id)
    groups: dict[tuple[str, Thing, str], list[tuple[QueuedQuestion, int | CommentKey, int]]] = {}
    for row in rows:
        wants, topic = json.loads(row[9]), topic_of(row[2])
        thing = Thing(str(wants.get("form", "")), str(wants.get("glaze", "")))
        same = normalize(row[2]) if topic == UNNAMED else ""
        pieces = _pieces(wants) if BUYING.intersection(row[8].split(",")) else 0
        groups.setdefault((topic, thing, same), []).append(
            (_question(row, zone, today), _writer(row), pieces)
        )
    result = []
    for (topic, thing, _), members in groups.items():
        by_person: dict[int | CommentKey, int] = {}
        for _, writer, pieces in members:
            by_person[writer] = max(by_person.get(writer, 0), pieces)
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
