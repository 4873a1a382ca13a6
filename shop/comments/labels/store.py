"""Labels in the database: of new comments as they are loaded, again by newer rules, and as a user corrected them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, text

from shop.access.audit import log_action
from shop.access.change_log import Edits
from shop.access.roles import Actor, require
from shop.comments.labels.intents import INTENTS
from shop.comments.labels.labeller import VERSION, Label, label, read_labels
from shop.comments.labels.normalize import normalize, normalize_all
from shop.core.clock import now_seconds
from shop.core.errors import ShopError
from shop.db import bulk_insert
from shop.db.database import Database
from shop.db.dialect import raw_cursor

EXAMPLE = "example"
BY_USER = "user"  # the version of a label that a user corrected
ROWS_PER_STEP = 5_000
ROWS_CACHED = 50_000
SENTIMENTS = ("pos", "neg", "neu", "unsure")
COLUMNS = "intents, sentiment, is_question, wants, reasons, version"
OF_LABEL = ", ".join(f"l.{name}" for name in COLUMNS.split(", "))
REPLACE = (
    "ON CONFLICT (shop_id, platform, comment_id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in COLUMNS.split(", "))
    + " WHERE comment_label.corrected_at IS NULL"
)
Row = tuple[str, str, bool, str, str, str]


class UnknownComment(ShopError):
    """A label was to be corrected of a comment that is not there."""

    message = "There is no comment {comment_id} of {platform}."


class UnknownLabel(ShopError):
    """A label has a word that is none of the intents or sentiments."""

    message = "“{name}” is not a label. Known: {known}."


_known_rows: dict[str, Row] = {}


def rows_of(remarks: Sequence[str]) -> list[Row]:
    """The labels of texts as the columns of comment_label; texts of before are not read again."""
    distinct = dict.fromkeys(remarks)
    rows = {remark: row for remark in distinct if (row := _known_rows.get(remark)) is not None}
    unread = [remark for remark in distinct if remark not in rows]
    for start in range(0, len(unread), ROWS_PER_STEP):
        step = unread[start : start + ROWS_PER_STEP]
        rows |= zip(step, [_columns(*parts, VERSION) for parts in read_labels(step)], strict=True)
    if len(_known_rows) + len(unread) > ROWS_CACHED:
        _known_rows.clear()
    _known_rows.update(rows)
    return [rows[remark] for remark in remarks]


def _columns(
    intents: Sequence[str], sentiment: str, question: bool, wants: Mapping[str, str | int], version: str
) -> Row:
    """A row without reasons: they are as long as all else, few are ever read, and the text gives them again."""
    stored = _wants_text(tuple(wants.items())) if wants else "{}"
    return ",".join(intents), sentiment, question, stored, "", version


@lru_cache(5_000)
def _wants_text(wants: tuple[tuple[str, str | int], ...]) -> str:
    """Wants as they are stored; the same few come again and again."""
    return json.dumps(dict(wants), ensure_ascii=False)


def _label_of(row: Sequence[Any], remark: str) -> Label:
    """The label of a row with COLUMNS; a label by rules gets its reasons from the text, where they still agree."""
    intents, sentiment, is_question, wants, reasons, version = row
    stored = Label(
        tuple(intents.split(",")),
        sentiment,
        bool(is_question),
        json.loads(wants),
        tuple(reasons.splitlines()),
        version,
    )
    if reasons or not remark or version == BY_USER:
        return stored
    now = label(remark)
    agrees = replace(now, wants=stored.wants, reasons=(), version=version) == stored
    return replace(stored, reasons=now.reasons) if agrees else stored


@dataclass
class CommentLabels:
    """Labels the comments of one shop inside a running transaction; corrections are read once."""

    cursor: Any
    shop_id: int
    _examples: dict[str, Row] | None = None
    _corrected: dict[tuple[str, str], bool] = field(default_factory=dict)

    def put(self, platform: str, ids: Sequence[str], texts: Sequence[str]) -> list[bool]:
        """Store the label of each comment, a corrected one excepted; whether each is a question."""
        rows = rows_of(texts)
        if examples := self._examples_by_text():
            rows = [examples.get(same, row) for same, row in zip(normalize_all(texts), rows, strict=True)]
        count = len(rows)
        columns: dict[str, Sequence[Any]] = {
            "shop_id": [self.shop_id] * count,
            "platform": [platform] * count,
            "comment_id": ids,
            **dict(zip(COLUMNS.split(", "), zip(*rows, strict=True), strict=True)),
        }
        bulk_insert.write(self.cursor, "comment_label", columns, REPLACE)
        if not self._corrected:
            return [row[2] for row in rows]
        return [self._corrected.get((platform, key), row[2]) for key, row in zip(ids, rows, strict=True)]

    def remove(self, platform: str, ids: Sequence[str]) -> None:
        """Delete the labels of comments that are removed; a user's stays for when the comment is read in again."""
        self.cursor.executemany(
            "DELETE FROM comment_label "
            "WHERE shop_id = ? AND platform = ? AND comment_id = ? AND corrected_at IS NULL",
            [(self.shop_id, platform, one) for one in ids],
        )

    def _examples_by_text(self) -> dict[str, Row]:
        """Corrected labels by normalized text: an equal text means the same."""
        if self._examples is None:
            self._examples = {}
            rows = self.cursor.execute(
                "SELECT l.platform, l.comment_id, c.text, l.intents, l.sentiment, l.is_question, l.wants "
                "FROM comment_label l JOIN comment c USING (shop_id, platform, comment_id) "
                "WHERE l.shop_id = ? AND l.corrected_at IS NOT NULL AND c.text <> '' ORDER BY l.corrected_at",
                (self.shop_id,),
            )
            for platform, key, remark, intents, sentiment, question, wants in rows.fetchall():
                self._corrected[platform, key] = bool(question)
                reasons = f"{EXAMPLE}: {platform} {key}"
                self._examples[normalize(remark)] = (
                    intents,
                    sentiment,
                    bool(question),
                    wants,
                    reasons,
                    EXAMPLE,
                )
        return self._examples


def labels_of(
    connection: Connection, keys: Sequence[tuple[str, str]], shop_id: int = 1
) -> dict[tuple[str, str], Label]:
    """The stored labels of comments, by platform and comment id; a comment without one is left out."""
    rows = connection.execute(
        text(
            f"SELECT platform, comment_id, c.text, {OF_LABEL} FROM comment_label l LEFT JOIN comment c "
            "USING (shop_id, platform, comment_id) WHERE shop_id = :shop AND (platform, comment_id) IN "
            "(SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(:keys))"
        ),
        {"shop": shop_id, "keys": json.dumps([list(key) for key in keys])},
    )
    return {(row[0], row[1]): _label_of(row[3:], row[2] or "") for row in rows}


def stored_label(db: Database, platform: str, comment_id: str, *, shop: int = 1) -> Label | None:
    """The stored label of one comment; None where it has none yet."""
    with db.read() as connection:
        return labels_of(connection, [(platform, comment_id)], shop).get((platform, comment_id))


def correct(
    db: Database, platform: str, comment_id: str, given: Label, *, actor: Actor, shop_id: int = 1
) -> int:
    """A user's label of one comment: never overwritten, and an example for comments of the same text.

    The number under which it is undone. Raises NotAllowed, UnknownComment, and UnknownLabel where an intent or the
    sentiment is none.
    """
    require(actor, "answer")
    for names, known in ((given.intents, INTENTS), ((given.sentiment,), SENTIMENTS)):
        for name in names:
            if name not in known:
                raise UnknownLabel(name=name, known=", ".join(known))
    row = _columns(given.intents, given.sentiment, given.is_question, given.wants, BY_USER)
    values = dict(zip(COLUMNS.split(", "), row, strict=True)) | {"corrected_at": now_seconds()}
    with db.write() as connection:
        edits = Edits(connection, shop_id)
        key = _key(edits, platform, comment_id)
        edits.put("comment_label", key, values)
        relabel_same_texts(connection, [key], shop_id)
        subject = f"{platform} {comment_id}"
        return log_action(connection, actor, "comment.label", subject, undo=edits.undo, shop_id=shop_id)


def withdraw_correction(
    db: Database, platform: str, comment_id: str, *, actor: Actor, shop_id: int = 1
) -> int:
    """Drop a user's label: the rules label the comment, and those of the same text, again.

    The number under which it is undone. Raises NotAllowed, UnknownComment.
    """
    require(actor, "answer")
    names = (*COLUMNS.split(", "), "corrected_at")
    with db.write() as connection:
        edits = Edits(connection, shop_id)
        key = _key(edits, platform, comment_id)
        before = edits.read("comment_label", key, names)
        connection.execute(
            text(
                "UPDATE comment_label SET corrected_at = NULL "
                "WHERE shop_id = :shop AND platform = :platform AND comment_id = :comment_id"
            ),
            {"shop": shop_id, **key},
        )
        relabel_same_texts(connection, [key], shop_id)
        edits.record("comment_label", key, before, edits.read("comment_label", key, names))
        subject = f"{platform} {comment_id}"
        return log_action(connection, actor, "comment.relabel", subject, undo=edits.undo, shop_id=shop_id)


def _key(edits: Edits, platform: str, comment_id: str) -> dict[str, str]:
    key = {"platform": platform, "comment_id": comment_id}
    if edits.read("comment", key, ()) is None:
        raise UnknownComment(**key)
    return key


def relabel_same_texts(connection: Connection, keys: Sequence[Mapping[str, str]], shop_id: int = 1) -> None:
    """Label all comments of the same text as these again, inside a transaction."""
    for key in keys:
        rows = connection.execute(
            text(
                "SELECT platform, comment_id, text FROM comment WHERE shop_id = :shop AND text = (SELECT text "
                "FROM comment WHERE shop_id = :shop AND platform = :platform AND comment_id = :comment_id)"
            ),
            {"shop": shop_id, **key},
        ).fetchall()
        _write(connection, shop_id, rows)


def _write(connection: Connection, shop_id: int, rows: Sequence[Sequence[Any]]) -> None:
    """Label these comments (platform, id, text) again, and mark the questions among them."""
    cursor = raw_cursor(connection)
    labels = CommentLabels(cursor, shop_id)
    for platform in sorted({row[0] for row in rows}):
        own = [row for row in rows if row[0] == platform]
        question = labels.put(platform, [row[1] for row in own], [row[2] for row in own])
        cursor.executemany(
            "UPDATE comment SET is_question = ?1 "
            "WHERE shop_id = ?2 AND platform = ?3 AND comment_id = ?4 AND is_question <> ?1",
            [(bool(one), shop_id, platform, row[1]) for one, row in zip(question, own, strict=True)],
        )


OUTDATED = (
    "FROM comment c LEFT JOIN comment_label l USING (shop_id, platform, comment_id) WHERE c.shop_id = :shop "
    "AND (l.version IS NULL OR (l.corrected_at IS NULL AND l.version <> :version AND c.text <> '')) "
)


def outdated_count(connection: Connection, shop_id: int = 1) -> int:
    """How many comments have no label, or one of older rules; a corrected one is never outdated."""
    values = {"shop": shop_id, "version": VERSION}
    return int(connection.execute(text(f"SELECT COUNT(*) {OUTDATED}"), values).scalar_one())


def relabel(db: Database, progress: Callable[[int, int], None] | None = None, *, shop_id: int = 1) -> int:
    """Label every comment without a label of these rules; how many were labelled.

    Works in steps of 5,000 comments, each its own transaction: when interrupted, the next run goes on where
    this one stopped. `progress` gets the comments done and the comments in all after each step.
    """
    with db.read() as connection:
        total = outdated_count(connection, shop_id)
    done, last = 0, ("", "")
    while True:
        with db.write() as connection:
            rows = connection.execute(
                text(
                    f"SELECT c.platform, c.comment_id, c.text {OUTDATED}"
                    "AND (c.platform, c.comment_id) > (:platform, :id) "
                    "ORDER BY c.platform, c.comment_id LIMIT :rows"
                ),
                {
                    "shop": shop_id,
                    "version": VERSION,
                    "platform": last[0],
                    "id": last[1],
                    "rows": ROWS_PER_STEP,
                },
            ).fetchall()
            if rows:
                _write(connection, shop_id, rows)
        if not rows:
            return done
        last = (rows[-1][0], rows[-1][1])
        done += len(rows)
        if progress:
            progress(done, max(total, done))
