"""The triggers of the database, in the words of SQLite; each is for one row."""

from __future__ import annotations

from collections.abc import Sequence

SEARCHED = (  # of `comment`: the columns that its arrays have
    "written_on",
    "written_at",
    "text",
    "language",
    "session_id",
    "author_key",
    "is_question",
    "is_own",
    "is_review",
    "is_live",
)
LABELLED = ("intents", "sentiment")  # of `comment_label`


def _changed(columns: Sequence[str]) -> str:
    """Whether a row has another value in one of the columns."""
    return " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in columns)


def _marks(row: str) -> str:
    """Note the day of a comment."""
    return (
        f"INSERT INTO stale_comment_day (shop_id, day) VALUES ({row}.shop_id, COALESCE({row}.written_on, '')) "
        "ON CONFLICT (shop_id, day) DO NOTHING; "
    )


def _marks_labelled(row: str) -> str:
    """Note the day of a label's comment."""
    return (
        "INSERT INTO stale_comment_day (shop_id, day) SELECT c.shop_id, COALESCE(c.written_on, '') FROM comment c "
        f"WHERE c.shop_id = {row}.shop_id AND c.platform = {row}.platform AND c.comment_id = {row}.comment_id "
        "ON CONFLICT (shop_id, day) DO NOTHING; "
    )


ERASED = (  # at once, with all else of its day: the transaction that erases leaves nothing in the file
    "(OLD.text <> '' AND NEW.text = '') OR (OLD.author_key IS NOT NULL AND OLD.author_key IS NOT NEW.author_key)"
)
TRIGGERS = (
    f"CREATE TRIGGER comment_stored AFTER INSERT ON comment BEGIN {_marks('NEW')}END",
    f"CREATE TRIGGER comment_changed AFTER UPDATE ON comment WHEN {_changed(SEARCHED)} "
    f"BEGIN {_marks('OLD')}{_marks('NEW')}END",
    f"CREATE TRIGGER comment_erased AFTER UPDATE ON comment WHEN {ERASED} BEGIN "
    "DELETE FROM comment_day WHERE shop_id = OLD.shop_id AND day = COALESCE(OLD.written_on, ''); END",
    f"CREATE TRIGGER comment_removed AFTER DELETE ON comment BEGIN {_marks('OLD')}END",
    f"CREATE TRIGGER comment_label_stored AFTER INSERT ON comment_label BEGIN {_marks_labelled('NEW')}END",
    f"CREATE TRIGGER comment_label_changed AFTER UPDATE ON comment_label WHEN {_changed(LABELLED)} "
    f"BEGIN {_marks_labelled('NEW')}END",
    f"CREATE TRIGGER comment_label_removed AFTER DELETE ON comment_label BEGIN {_marks_labelled('OLD')}END",
)
