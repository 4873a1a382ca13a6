"""Products, SKUs and listings that one file states over another: the replaced row is stored until either is undone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlmodel import SQLModel

WORKSHEETS = {"listing": ("platform", "listing_id"), "variant": ("sku",), "product": ("product_code",)}
SAVE = """
INSERT OR REPLACE INTO row_statement (shop_id, fact, platform, first_key, rest_key, updated_at, payload_hash, sources,
  body) VALUES (?, ?, ?, ?, '[]', ?, ?, ?, ?)
"""
SAVED = """
SELECT updated_at, payload_hash, body FROM row_statement
WHERE shop_id = ? AND fact = ? AND platform = ? AND first_key = ? ORDER BY updated_at DESC, payload_hash DESC LIMIT 1
"""
FORGET = "DELETE FROM row_statement WHERE shop_id = ? AND fact = ?"


def save_replaced(
    cursor: Any, shop_id: int, table: str, columns: Mapping[str, Sequence[Any]], source_id: int | None
) -> None:
    """Save what another file states of these rows, before a file replaces it."""
    if source_id is None or table not in WORKSHEETS:
        return
    key = WORKSHEETS[table][-1]
    where = f"source_id <> ? AND {key} IN (SELECT value FROM json_each(?))"
    given: list[Any] = [source_id, json.dumps(list(columns[key]))]
    if "platform" in columns:
        where, given = f"{where} AND platform = ?", [*given, columns["platform"][0]]
    for values in _rows(cursor, shop_id, table, where, given):
        place = (shop_id, table, *_place(table, values))
        version = (values["updated_at"], values["payload_hash"])
        body = json.dumps(values, ensure_ascii=False)
        cursor.execute(SAVE, (*place, *version, f",{values['source_id']},", body))


def restore_replaced(cursor: Any, shop_id: int, table: str, source_id: int) -> int:
    """Restore what this source's rows of a table replaced, and delete what was saved of it; the number of rows."""
    cursor.execute(f"{FORGET} AND sources = ?", (shop_id, table, f",{source_id},"))
    restored = 0
    for row in _rows(cursor, shop_id, table, "source_id = ?", [source_id]):
        place = (shop_id, table, *_place(table, row))
        if (saved := cursor.execute(SAVED, place).fetchone()) is None:
            continue
        *version, body = saved
        values: dict[str, Any] = json.loads(body)
        keys = ("shop_id", *WORKSHEETS[table])
        sets = [name for name in values if name not in keys]
        cursor.execute(
            f"UPDATE {table} SET {', '.join(f'{name} = ?' for name in sets)} "
            f"WHERE {' AND '.join(f'{name} = ?' for name in keys)}",
            [values[name] for name in (*sets, *keys)],
        )
        cursor.execute(
            f"{FORGET} AND platform = ? AND first_key = ? AND updated_at = ? AND payload_hash = ?",
            (*place, *version),
        )
        restored += 1
    return restored


def _rows(cursor: Any, shop_id: int, table: str, where: str, values: Iterable[Any]) -> list[dict[str, Any]]:
    names = [column.name for column in SQLModel.metadata.tables[table].columns]
    rows = cursor.execute(
        f"SELECT {', '.join(names)} FROM {table} WHERE shop_id = ? AND {where}", (shop_id, *values)
    ).fetchall()
    return [dict(zip(names, row, strict=True)) for row in rows]


def _place(table: str, row: dict[str, Any]) -> tuple[str, str]:
    """Platform and key under which a row is saved."""
    return row.get("platform", ""), row[WORKSHEETS[table][-1]]
