"""Taking an import back as a whole: its rows go, and rows that others state too say what those say.

Works on the statements of rows (shop/orders/statements.py). What the shop typed in itself is never touched.
Stock follows the orders through `Upsert.finish`; everything happens in the caller's transaction.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text
from sqlmodel import SQLModel

from shop.access.audit import log_action
from shop.access.roles import Actor, require
from shop.backups import automatic
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.orders.merging import WHOLE_ORDER, key_kind
from shop.orders.numbers import remove_numbers
from shop.orders.replaced_rows import WORKSHEETS, restore_replaced
from shop.orders.restating import best_kinds, orders_with_lines
from shop.orders.statements import FACTS, Key, RowVersion
from shop.orders.stored_rows import CELL_KEYS
from shop.orders.upsert import Upsert

AT_ONCE = 20_000  # first keys
LAST_DAYS = """
SELECT n.name_key, MAX(l.paid_on) FROM sold_name n
JOIN order_line l ON l.shop_id = n.shop_id AND l.name_key = n.name_key
WHERE n.shop_id = ? AND n.sku IN (SELECT value FROM json_each(?)) GROUP BY n.name_key
"""
UNUSED_TRAFFIC = """
DELETE FROM order_traffic WHERE shop_id = ?
  AND traffic_key NOT IN (SELECT traffic_key FROM order_line WHERE shop_id = ?)
  AND traffic_key NOT IN (SELECT CAST(body ->> 'traffic_key' AS INTEGER) FROM row_statement
    WHERE shop_id = ? AND fact = 'order_line' AND body ->> 'traffic_key' IS NOT NULL)
"""
OWN_TABLES = {*WORKSHEETS, *FACTS, "sold_sku", "sold_name", "sold_match", "row_statement"}


class UnknownImport(ShopError):
    """There is no import of this number."""

    message = "There is no import {number}. What was imported: kilnboard import --list"


@dataclass
class Undone:
    """What goes with an import: rows by table, orders, and money of the lines that go (minor units)."""

    source_id: int
    name: str
    kind: str
    removed: dict[str, int] = field(default_factory=dict)
    restored: dict[str, int] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)
    orders: int = 0
    money: dict[str, int] = field(default_factory=dict)
    rejected: int = 0


def undo_import(connection: Connection, shop_id: int, source_id: int, actor: Actor) -> Undone:
    """Take one import back inside the caller's transaction; raises UnknownImport.

    `removed` are rows that no other import states, `restored` rows that say again what others state,
    `kept` products and SKUs that something of the shop's own refers to by now.
    """
    load = Upsert(connection, shop_id)
    result = remove_rows(load, source_id)
    load.finish()
    log_action(connection, actor, "undo_import", result.name, changes=sum(result.removed.values()))
    return result


def undo(db: Database, source_id: int, *, actor: Actor, shop_id: int = 1) -> Undone:
    """Take one import back; see `undo_together`."""
    return undo_together(db, [source_id], actor=actor, shop_id=shop_id)[0]


def undo_together(db: Database, source_ids: Sequence[int], *, actor: Actor, shop_id: int = 1) -> list[Undone]:
    """Take imports back, all or nothing, after a backup; raises UnknownImport, NotAllowed or DatabaseBusy."""
    require(actor, "edit_catalog")
    automatic.before(db, "undo")
    with db.write() as connection:
        return [undo_import(connection, shop_id, number, actor) for number in source_ids]


def preview(db: Database, source_id: int, *, shop_id: int = 1) -> Undone:
    """What would go with an import; see `preview_together`."""
    return preview_together(db, [source_id], shop_id=shop_id)[0]


def preview_together(db: Database, source_ids: Sequence[int], *, shop_id: int = 1) -> list[Undone]:
    """What would go with imports, one after the other; nothing is changed. Raises UnknownImport or DatabaseBusy."""
    connection = db.engine.connect().execution_options(kilnboard_write=True)
    try:
        return [remove_rows(Upsert(connection, shop_id), number) for number in source_ids]
    finally:
        connection.rollback()
        connection.close()


def imports_of(db: Database, digest: str, *, shop_id: int = 1) -> list[int]:
    """The numbers of the imports of a file by the SHA-256 of its bytes."""
    with db.read() as connection:
        rows = connection.execute(
            text("SELECT source_id FROM source_file WHERE shop_id = :shop AND sha256 = :digest"),
            {"shop": shop_id, "digest": digest},
        )
        return [int(row[0]) for row in rows]


def remove_rows(load: Upsert, source_id: int) -> Undone:
    """The same without the figures and the log: `load` goes on to store another reading of the file."""
    connection, shop_id = load.connection, load.shop_id
    row = connection.execute(
        text("SELECT name, kind FROM source_file WHERE source_id = :source AND shop_id = :shop"),
        {"source": source_id, "shop": shop_id},
    ).one_or_none()
    if row is None:
        raise UnknownImport(number=source_id)
    result = Undone(source_id, row.name, row.kind)
    for fact in FACTS:
        for platform, first_keys in _first_keys(load, fact, source_id).items():
            for start in range(0, len(first_keys), AT_ONCE):
                _remove(load, fact, platform, first_keys[start : start + AT_ONCE], result)
    _remove_worksheet_rows(load, result)
    _forget_names(load)
    values = {"source": source_id}
    gone = connection.execute(text("DELETE FROM rejected_record WHERE source_id = :source"), values)
    result.rejected = gone.rowcount
    connection.execute(text("DELETE FROM source_file WHERE source_id = :source"), values)
    return result


def _first_keys(load: Upsert, fact: str, source_id: int) -> dict[str, list[str]]:
    """The first keys of all rows that this source states, by platform."""
    first = CELL_KEYS[fact][0]
    own = load.cursor.execute(
        f"SELECT DISTINCT platform, {first} FROM {fact} WHERE shop_id = ? AND source_id = ?",
        (load.shop_id, source_id),
    ).fetchall()
    rows: dict[str, list[str]] = {}
    for platform, key in sorted({*own, *load.statements.naming(fact, source_id)}):
        rows.setdefault(platform, []).append(key)
    return rows


def _remove(load: Upsert, fact: str, platform: str, first_keys: list[str], result: Undone) -> None:
    stored = load.stored_rows(fact, platform, first_keys)
    separate = load.statements.of(fact, platform, first_keys)
    known = {key: load.merger.known(fact, key, stored, separate) for key in {*stored, *separate}}
    touched = {key for key, of in known.items() if any(result.source_id in item.sources for item in of)}
    whole = orders_with_lines(known) if fact == "order_line" else {}
    touched |= {key for key in known if key[0] in whole}
    several = {key: of for key, of in known.items() if key in touched and len(of) > 1}
    load.merger.fill_bodies(fact, platform, several, stored)
    left: dict[Key, list[RowVersion]] = {}
    for key, of in known.items():
        for item in of:
            item.sources.discard(result.source_id)
        left[key] = [item for item in of if item.sources]
    if fact == "order_line":
        kinds = best_kinds(key for key, of in left.items() if of)
        hidden = {key for key, of in left.items() if of and key_kind(key[1]) < kinds[key[0]]}
    else:
        hidden = set()
    shown = {key for key, of in left.items() if of} - hidden
    gone = [key for key in stored if key not in shown]
    back = {key: left[key] for key in shown if key in touched or key not in stored}
    _count(load, fact, platform, gone, back, result)
    load.remove(fact, platform, gone, stored)
    if fact == "order_line":
        remove_numbers(load.cursor, load.shop_id, platform, gone, {key[0] for key in shown})
    whole = {order: left[order, WHOLE_ORDER] for order in orders_with_lines(left)} if whole else {}
    _restate(load, fact, platform, back, stored, whole)
    touched |= back.keys()  # what was hidden is stored itself now
    statements = {key: left[key] for key in touched & hidden}
    alone = {key: left[key] for key in touched - hidden}
    statements |= load.merger.separate(fact, platform, alone, whole)
    load.statements.replace(fact, platform, statements)
    if fact == "order_line":
        load.links.note_statements(platform, (key[0] for key in touched))


def _restate(
    load: Upsert,
    fact: str,
    platform: str,
    back: dict[Key, list[RowVersion]],
    stored: dict[Key, Any],
    whole: dict[str, list[RowVersion]],
) -> None:
    """Write what the other sources say of these rows."""
    load.merger.fill_bodies(fact, platform, back, stored)
    if back:
        load.write_merged(load.merger.batch(fact, platform, back, whole), [True] * len(back), stored)


def _count(
    load: Upsert, fact: str, platform: str, gone: list[Key], back: dict[Key, list[RowVersion]], result: Undone
) -> None:
    result.removed[fact] = result.removed.get(fact, 0) + len(gone)
    result.restored[fact] = result.restored.get(fact, 0) + len(back)
    if fact != "order_line":
        return
    result.orders += len({key[0] for key in gone} - {key[0] for key in back})
    keys = json.dumps([list(key) for key in gone])
    rows = load.cursor.execute(
        "SELECT l.currency, SUM(l.buyer_paid_cents + l.platform_discount_cents) FROM json_each(?) j "
        "CROSS JOIN order_line l ON l.shop_id = ? AND l.platform = ? AND l.order_id = j.value ->> 0 "
        "AND l.line_id = j.value ->> 1 WHERE l.paid_on IS NOT NULL AND NOT l.is_gift GROUP BY l.currency",
        (keys, load.shop_id, platform),
    )
    for currency, cents in rows:
        result.money[currency] = result.money.get(currency, 0) + (cents or 0)


def _remove_worksheet_rows(load: Upsert, result: Undone) -> None:
    """Listings, SKUs and products that came with the file, unless something of the shop's names them."""
    for table, keys in WORKSHEETS.items():
        names = ", ".join(keys)
        result.restored[table] = restore_replaced(load.cursor, load.shop_id, table, result.source_id)
        rows = load.cursor.execute(
            f"SELECT {names} FROM {table} WHERE shop_id = ? AND source_id = ?",
            (load.shop_id, result.source_id),
        ).fetchall()
        used = _used(load, keys[0], [row[0] for row in rows]) if table != "listing" else set()
        marks = " AND ".join(f"{name} = ?" for name in keys)
        load.cursor.executemany(
            f"DELETE FROM {table} WHERE shop_id = ? AND {marks}",
            [(load.shop_id, *row) for row in rows if row[0] not in used],
        )
        load.cursor.execute(
            f"UPDATE {table} SET source_id = NULL WHERE shop_id = ? AND source_id = ?",
            (load.shop_id, result.source_id),
        )
        result.removed[table] = sum(row[0] not in used for row in rows)
        result.kept[table] = len(rows) - result.removed[table]
        load.touched.has_catalog |= bool(rows or result.restored[table])


def _used(load: Upsert, column: str, codes: list[str]) -> set[str]:
    """The codes that a table of the shop's own refers to (stock, kiln, pieces, rules, other SKUs)."""
    used: set[str] = set()
    if not codes:
        return used
    owner = "product" if column == "product_code" else "variant"
    for name, table in SQLModel.metadata.tables.items():
        if name.startswith("fact_") or name == owner or column not in table.columns:
            continue
        if name in OWN_TABLES and name not in ("variant", "listing"):
            continue
        ours = "shop_id = :shop AND" if "shop_id" in table.columns else ""
        rows = load.cursor.execute(
            f'SELECT DISTINCT "{column}" FROM "{name}" WHERE {ours} "{column}" '
            "IN (SELECT value FROM json_each(:codes))",
            {"shop": load.shop_id, "codes": json.dumps(codes)},
        )
        used.update(row[0] for row in rows)
    return used


def _forget_names(load: Upsert) -> None:
    """Wordings, SKUs and words of traffic under which nothing is sold any more; the others are dated again."""
    values = (load.shop_id, load.shop_id)
    names = (load.shop_id, json.dumps(sorted(load.touched.names)))
    named = "sku IN (SELECT sku FROM sold_name WHERE shop_id = ? AND name_key IN (SELECT value FROM json_each(?)))"
    skus = load.cursor.execute(
        f"SELECT sku FROM sold_sku WHERE shop_id = ? AND {named}", (load.shop_id, *names)
    )
    sold_again = json.dumps([row[0] for row in skus.fetchall()])
    unsold = "name_key NOT IN (SELECT name_key FROM order_line WHERE shop_id = ?)"
    load.cursor.execute(f"DELETE FROM sold_match WHERE shop_id = ? AND {unsold}", values)
    load.cursor.execute(f"DELETE FROM sold_name WHERE shop_id = ? AND {unsold}", values)
    load.cursor.execute(
        "DELETE FROM sold_sku WHERE shop_id = ? AND sku IN (SELECT value FROM json_each(?))",
        (load.shop_id, sold_again),
    )
    last_days = load.cursor.execute(LAST_DAYS, (load.shop_id, sold_again)).fetchall()
    load.touched.names.update((name, day or "") for name, day in last_days)
    load.cursor.execute(UNUSED_TRAFFIC, (load.shop_id,) * 3)
