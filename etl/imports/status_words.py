"""Status words of known kinds that a user gave a meaning: stored in the shop, used by every later import."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from etl.errors import UnknownMeaning, UnknownStatusWord
from etl.profiles.fields import TABLES
from shop.db.database import Database

UPSERT = text(
    "INSERT INTO status_word (shop_id, kind, word, meaning) VALUES (:shop, :kind, :word, :meaning) "
    "ON CONFLICT (shop_id, kind, word) DO UPDATE SET meaning = excluded.meaning"
)


@dataclass(frozen=True)
class UnknownStatus:
    """A status word that rejected rows of a kind of file: how many, and what it may mean."""

    kind: str
    word: str
    rows: int
    meanings: tuple[str, ...]


def taught_words(connection: Connection, shop_id: int, kind: str) -> dict[str, str]:
    """The words of a kind that were given a meaning."""
    rows = connection.execute(
        text("SELECT word, meaning FROM status_word WHERE shop_id = :shop AND kind = :kind"),
        {"shop": shop_id, "kind": kind},
    )
    return {row.word: row.meaning for row in rows}


def unknown_statuses(db: Database, *, shop_id: int = 1) -> list[UnknownStatus]:
    """The status words of the rejected rows, the commonest first."""
    with db.read() as connection:
        rows = connection.execute(
            text(
                "SELECT s.kind, r.details, count(*) AS rows FROM rejected_record r "
                "JOIN source_file s ON s.source_id = r.source_id "
                "WHERE r.shop_id = :shop AND r.code = 'UnknownStatus' GROUP BY s.kind, r.details"
            ),
            {"shop": shop_id},
        ).all()
    known = []
    for row in rows:
        details = json.loads(row.details)
        meanings = tuple(word for word in str(details.get("known", "")).split("、") if word)
        known.append(UnknownStatus(row.kind, str(details["found"]), int(row.rows), meanings))
    return sorted(known, key=lambda item: (-item.rows, item.kind, item.word))


def meanings_of(kind: Any) -> tuple[str, ...]:
    """What a status of a kind may mean; nothing where files of it state none."""
    if (profile := getattr(kind, "profile", None)) is not None:
        return TABLES[profile.table].statuses
    if (format := getattr(kind, "FORMAT", None)) is not None:
        return tuple(dict.fromkeys(ours for _, ours in format.statuses))
    return tuple(dict.fromkeys(getattr(kind, "STATUS", {}).values()))


def teach(
    db: Database, kind: str, words: Mapping[str, str], known: Sequence[str], *, shop_id: int = 1
) -> None:
    """Store what words of a kind mean; raises UnknownMeaning for a meaning that the kind does not have."""
    for word, meaning in words.items():
        if meaning not in known:
            raise UnknownMeaning(word=word, name=meaning, known=", ".join(known))
    rows = [
        {"shop": shop_id, "kind": kind, "word": word, "meaning": meaning} for word, meaning in words.items()
    ]
    if rows:
        with db.write() as connection:
            connection.execute(UPSERT, rows)


def teach_unknown(db: Database, words: Mapping[str, str], *, shop_id: int = 1) -> None:
    """Store what words mean for every kind whose rejected rows have them; raises UnknownMeaning.

    A word that no rejected row has is rejected as well: it would be a slip of the pen.
    """
    unknown = unknown_statuses(db, shop_id=shop_id)
    for word, meaning in words.items():
        kinds = [item for item in unknown if item.word == word]
        if not kinds:
            known = ", ".join(item.word for item in unknown) or "–"
            raise UnknownStatusWord(word=word, known=known)
        for item in kinds:
            teach(db, item.kind, {word: meaning}, item.meanings, shop_id=shop_id)
