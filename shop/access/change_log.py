"""Row changes of one action, recorded as they are written, so that the action can be undone.

Every command that changes catalog, kiln or plans by hand writes through `Edits`. `Edits.undo` is what the
audit log stores and shop/undo/catalog.py restores: a list of {"table", "rows": [{"key", "before",
"after"}]} in the order of writing; before is null for a row that was added, after for one that was
deleted. Values are as the database stores them (moments as seconds, days as ISO text), without pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection
from sqlmodel import SQLModel

import shop.models  # noqa: F401  (fills the metadata)

Values = Mapping[str, Any]


@dataclass
class Edits:
    """The row changes of one action, inside its transaction."""

    connection: Connection
    shop_id: int = 1
    undo: list[dict[str, Any]] = field(default_factory=list)
    changes: int = 0

    def insert(self, table: str, key: Values, values: Values) -> None:
        """Add a row."""
        row = {**self._scope(table), **key, **values}
        names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
        self._run(f"INSERT INTO {table} ({names}) VALUES ({marks})", row)
        self.record(table, key, None, values)
        self.changes += 1

    def update(self, table: str, key: Values, values: Values) -> bool:
        """Change some columns of a row; whether that changed anything."""
        before = self.read(table, key, tuple(values))
        if before is None:
            return False
        changed = {name: value for name, value in values.items() if before[name] != value}
        if not changed:
            return False
        sets = ", ".join(f"{name} = :new_{name}" for name in changed)
        new = {f"new_{name}": value for name, value in changed.items()}
        self._run(
            f"UPDATE {table} SET {sets} WHERE {self._where(table, key)}", {**self._scope(table), **key, **new}
        )
        self.record(table, key, {name: before[name] for name in changed}, changed)
        self.changes += len(changed)
        return True

    def put(self, table: str, key: Values, values: Values) -> bool:
        """Change some columns of a row, or add it where there is none; whether that changed anything."""
        if self.read(table, key, ()) is not None:
            return self.update(table, key, values)
        self.insert(table, key, values)
        return True

    def delete(self, table: str, key: Values) -> bool:
        """Take a row away; whether there was one."""
        names = [column.name for column in SQLModel.metadata.tables[table].columns]
        rest = [name for name in names if name != "shop_id" and name not in key]
        before = self.read(table, key, rest)
        if before is None:
            return False
        self._run(f"DELETE FROM {table} WHERE {self._where(table, key)}", {**self._scope(table), **key})
        self.record(table, key, before, None)
        self.changes += 1
        return True

    def read(self, table: str, key: Values, names: Sequence[str]) -> dict[str, Any] | None:
        """Some columns of a row as they stand now, None where there is no such row."""
        wanted = ", ".join(names) or "1"
        row = self._run(
            f"SELECT {wanted} FROM {table} WHERE {self._where(table, key)}", {**self._scope(table), **key}
        ).fetchone()
        return None if row is None else dict(zip(names, row, strict=False))

    def _run(self, sql: str, values: Values) -> Any:
        cursor = self.connection.connection.driver_connection
        assert cursor is not None
        return cursor.execute(sql, dict(values))

    def _scope(self, table: str) -> dict[str, int]:
        return {"shop_id": self.shop_id} if "shop_id" in columns_of(table) else {}

    def _where(self, table: str, key: Values) -> str:
        return " AND ".join(f"{name} = :{name}" for name in (*self._scope(table), *key))

    def record(self, table: str, key: Values, before: Values | None, after: Values | None) -> None:
        """Record the change of a row that was written elsewhere."""
        row = {"key": dict(key), "before": _plain(before), "after": _plain(after)}
        if self.undo and self.undo[-1]["table"] == table:
            self.undo[-1]["rows"].append(row)
        else:
            self.undo.append({"table": table, "rows": [row]})


def _plain(values: Values | None) -> dict[str, Any] | None:
    if values is None:
        return None
    return {name: value for name, value in values.items() if not isinstance(value, bytes)}


def columns_of(table: str) -> frozenset[str]:
    """The names of a table's columns, from the models."""
    return frozenset(column.name for column in SQLModel.metadata.tables[table].columns)
