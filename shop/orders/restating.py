"""Rows that several sources give: their statements are stored, and the row follows from all of them."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlmodel import SQLModel

from shop.orders.batch import IngestBatch
from shop.orders.identity.buyers import BuyerLinks
from shop.orders.merging import DAYS, WHOLE_ORDER, WORDING, complete_lines, key_kind, linked_buyer, merged
from shop.orders.statements import API, Key, RowVersion, Statements
from shop.orders.stored_rows import CELL_KEYS, IDS_PER_LOOKUP, SOURCE

OUTSIDE_BODY = ("shop_id", "platform", "updated_at", "payload_hash", "source_id")  # of a row, not in its body


@dataclass(frozen=True)
class RowMerger:
    """Reads statements and whole rows of one shop, and makes rows of statements."""

    cursor: Any
    shop_id: int
    zone: str
    statements: Statements
    links: BuyerLinks

    def known(
        self,
        table: str,
        key: Key,
        stored: Mapping[Key, Sequence[Any]],
        separate: Mapping[Key, list[RowVersion]],
    ) -> list[RowVersion]:
        """All statements of a row, or the one that it is itself."""
        if key in separate:
            return separate[key]
        if key not in stored:
            return []
        old = stored[key]
        return [RowVersion(old[0], old[1], {old[SOURCE[table]] or API})]

    def fill_bodies(
        self, table: str, platform: str, rows: Mapping[Key, list[RowVersion]], stored: Iterable[Key]
    ) -> dict[Key, dict[str, Any]]:
        """Fill the body of a row's own statement from the row itself; the bodies of the stored rows, by key."""
        stored_keys = set(stored)
        whole = self.bodies(table, platform, {key[0] for key in rows if key in stored_keys})
        for key, statements in rows.items():
            for statement in statements:
                if statement.body is None and key in whole:
                    statement.body = whole[key]
        return whole

    def bodies(self, table: str, platform: str, first_keys: Iterable[str]) -> dict[Key, dict[str, Any]]:
        """The known columns of stored rows; of an order line with its wording in full."""
        keys = CELL_KEYS[table]
        names = [name for name in columns_of(table) if name not in (*OUTSIDE_BODY, *keys, "name_key")]
        bodies_by_key: dict[Key, dict[str, Any]] = {}
        wording, join = "", ""
        if table == "order_line":
            wording = "".join(f", n.{name}" for name in WORDING)
            join = "LEFT JOIN sold_name n ON n.shop_id = t.shop_id AND n.name_key = t.name_key"
            names += WORDING
        read = ", ".join(f"t.{name}" for name in (*keys, *(n for n in names if n not in WORDING or not join)))
        ids = sorted(set(first_keys))
        for start in range(0, len(ids), IDS_PER_LOOKUP):
            rows = self.cursor.execute(
                f"SELECT {read}{wording} FROM {table} t {join} WHERE t.shop_id = ? AND t.platform = ? "
                f"AND t.{keys[0]} IN (SELECT value FROM json_each(?))",
                (self.shop_id, platform, json.dumps(ids[start : start + IDS_PER_LOOKUP])),
            )
            for row in rows:
                values = zip(names, row[len(keys) :], strict=True)
                bodies_by_key[row[: len(keys)]] = _known_part(table, values)
        return bodies_by_key

    def separate(
        self, table: str, platform: str, rows: Mapping[Key, list[RowVersion]], whole: Container[str]
    ) -> dict[Key, list[RowVersion]]:
        """The statements to store of stored rows: none where a row itself is the only one and shows what it states.

        `whole` are the orders that are stated as a whole too: their lines show more than they state.
        """
        links = self.links.of(platform) if table == "order_line" else {}
        statements: dict[Key, list[RowVersion]] = {}
        for key, known in rows.items():
            statements[key] = known
            if len(known) == 1 and key[0] not in whole and linked_buyer(known, links) is None:
                only = known[0]
                statements[key] = [] if len(only.sources) == 1 else [RowVersion(*only.version, only.sources)]
        return statements

    def batch(
        self,
        table: str,
        platform: str,
        rows: Mapping[Key, list[RowVersion]],
        whole: Mapping[str, list[RowVersion]] | None = None,
    ) -> IngestBatch:
        """The rows that follow from these statements, each of which has its body.

        `whole` are the statements of whole orders, by order, all of whose lines are among the rows.
        """
        how = (self.statements.order_of, self.zone, self.links.of(platform) if table == "order_line" else {})
        merged_rows = {key: merged(table, of, *how) for key, of in rows.items()}
        lines: dict[str, dict[Key, dict[str, Any]]] = {}
        for key, row in merged_rows.items() if whole else ():
            lines.setdefault(key[0], {})[key] = row
        for order, of in (whole or {}).items():
            complete_lines(lines.get(order, {}), merged(table, of, *how), self.zone)
        names = [name for name in columns_of(table) if name not in ("shop_id", "platform", "name_key")]
        names += WORDING if table == "order_line" else ()
        columns: dict[str, list[Any]] = {name: [] for name in dict.fromkeys(names)}
        for key, row in merged_rows.items():
            full = {**row, **dict(zip(CELL_KEYS[table], key, strict=True))}
            for name, values in columns.items():
                values.append(full.get(name, defaults_of(table).get(name)))
        return IngestBatch(table, platform, columns, list(range(len(merged_rows))))


def body_at(batch: IngestBatch, place: int) -> dict[str, Any]:
    """What a batch knows of one of its rows."""
    left_out = (*OUTSIDE_BODY, *CELL_KEYS[batch.table])
    values = ((name, column[place]) for name, column in batch.columns.items() if name not in left_out)
    return _known_part(batch.table, values)


def _known_part(table: str, values: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    day = DAYS.get(table, ("", ""))[1]
    return {name: value for name, value in values if value is not None and name != day}


@cache
def columns_of(table: str) -> tuple[str, ...]:
    """The names of a table's columns, from the models."""
    return tuple(column.name for column in SQLModel.metadata.tables[table].columns)


@cache
def defaults_of(table: str) -> dict[str, Any]:
    """What a column is where nobody states it."""
    columns = SQLModel.metadata.tables[table].columns
    return {c.name: getattr(c.default, "arg", None) for c in columns if c.default is not None}


def orders_with_lines(known: Mapping[Key, list[RowVersion]]) -> dict[str, list[RowVersion]]:
    """The statements of whole orders whose lines are known too, by order."""
    by_line = {order for (order, line), of in known.items() if of and line != WHOLE_ORDER}
    return {
        order: of for (order, line), of in known.items() if of and line == WHOLE_ORDER and order in by_line
    }


def best_kinds(keys: Iterable[Key]) -> dict[str, int]:
    """Of each order the best kind of key that any of its lines has (see `merging.key_kind`)."""
    best: dict[str, int] = {}
    for order, line in keys:
        best[order] = max(best.get(order, -1), key_kind(line))
    return best
