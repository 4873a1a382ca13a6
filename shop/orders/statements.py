"""What each import states of a row that several state (`row_statement`), and how it is stored.

A row without statements is what its own source states. As soon as a second source states it, every
source that states it has one: so the row is a function of the set of its statements (shop/orders/merging.py),
whatever order they were read in, and an import can be undone (shop/orders/undo_import.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shop.orders.stored_rows import IDS_PER_LOOKUP, SOURCE

Key = tuple[Any, ...]
FACTS = tuple(SOURCE)  # the tables whose rows have statements
API = 0  # the source of what a platform's API answers
ALWAYS_LAST = (1 << 62, 0)  # an API states what stands now: at equal times it is later than any file


@dataclass
class RowVersion:
    """One content of one row: its version, the sources that state it, and its known columns."""

    updated_at: int
    payload_hash: int
    sources: set[int] = field(default_factory=set)
    body: dict[str, Any] | None = None

    @property
    def version(self) -> tuple[int, int]:
        """Update time (seconds UTC) and hash."""
        return self.updated_at, self.payload_hash


class Statements:
    """The statements of one shop, read and written through the driver's cursor."""

    def __init__(self, cursor: Any, shop_id: int) -> None:
        self.cursor, self.shop_id = cursor, shop_id
        self._is_empty: dict[str, bool] = {}
        self._order: dict[int, tuple[int, int]] = {API: ALWAYS_LAST}

    def order_of(self, source: int) -> tuple[int, int]:
        """Where a source stands among others: when it was exported, then when it was read."""
        if source not in self._order:
            row = self.cursor.execute(
                "SELECT exported_at FROM source_file WHERE source_id = ?", (source,)
            ).fetchone()
            self._order[source] = ((row[0] if row else None) or 0, source)
        return self._order[source]

    def of(self, fact: str, platform: str, first_keys: Iterable[str]) -> dict[Key, list[RowVersion]]:
        """The statements of all rows whose keys begin so; by the whole key."""
        statements_by_key: dict[Key, list[RowVersion]] = {}
        if self._has_none(fact):
            return statements_by_key
        ids = sorted(set(first_keys))
        for start in range(0, len(ids), IDS_PER_LOOKUP):
            rows = self.cursor.execute(
                "SELECT first_key, rest_key, updated_at, payload_hash, sources, body FROM row_statement "
                "WHERE shop_id = ? AND fact = ? AND platform = ? "
                "AND first_key IN (SELECT value FROM json_each(?))",
                (self.shop_id, fact, platform, json.dumps(ids[start : start + IDS_PER_LOOKUP])),
            )
            for first, rest, updated_at, content, sources, body in rows:
                statement = RowVersion(updated_at, content, ids_of(sources), body and json.loads(body))
                statements_by_key.setdefault((first, *json.loads(rest)), []).append(statement)
        return statements_by_key

    def _has_none(self, fact: str) -> bool:
        if fact not in self._is_empty:
            row = self.cursor.execute(
                "SELECT 1 FROM row_statement WHERE shop_id = ? AND fact = ? LIMIT 1", (self.shop_id, fact)
            ).fetchone()
            self._is_empty[fact] = row is None
        return self._is_empty[fact]

    def replace(self, fact: str, platform: str, rows: Mapping[Key, list[RowVersion]]) -> None:
        """Store these statements as all that there are of their rows."""
        self.forget(fact, platform, rows)
        values = [
            (
                self.shop_id,
                fact,
                platform,
                key[0],
                json.dumps(key[1:]),
                *statement.version,
                f",{','.join(map(str, sorted(statement.sources)))},",
                None if statement.body is None else json.dumps(statement.body, ensure_ascii=False),
            )
            for key, statements in rows.items()
            for statement in statements
        ]
        if values:
            self._is_empty[fact] = False
            self.cursor.executemany(
                "INSERT INTO row_statement (shop_id, fact, platform, first_key, rest_key, updated_at, "
                "payload_hash, sources, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                values,
            )

    def forget(self, fact: str, platform: str, keys: Iterable[Key]) -> None:
        """Delete the statements of these rows."""
        if self._has_none(fact):
            return
        self.cursor.executemany(
            "DELETE FROM row_statement WHERE shop_id = ? AND fact = ? AND platform = ? AND first_key = ? "
            "AND rest_key = ?",
            [(self.shop_id, fact, platform, key[0], json.dumps(key[1:])) for key in keys],
        )

    def naming(self, fact: str, source: int) -> list[tuple[str, str]]:
        """Platform and first key of the rows that this source and others give."""
        rows = self.cursor.execute(
            "SELECT DISTINCT platform, first_key FROM row_statement "
            "WHERE shop_id = ? AND fact = ? AND sources LIKE ?",
            (self.shop_id, fact, f"%,{source},%"),
        )
        return [(row[0], row[1]) for row in rows]


def ids_of(sources: str) -> set[int]:
    """The ids of sources as they are stored: ",3,17,"."""
    return {int(source) for source in sources.split(",") if source}
