"""Upsert: rows go in by natural key, the newer version wins, and the figures follow.

An upsert lives inside one write transaction. `put` takes rows of one table as columns and returns of
each whether it changed anything; `finish` folds orders and refreshes every figure that was touched.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import Connection
from sqlmodel import SQLModel

from shop.catalog import matching
from shop.db import bulk_insert
from shop.db.dialect import raw_cursor
from shop.listings.link_draft import replace_drafts
from shop.metrics import rollups
from shop.orders.batch import IngestBatch
from shop.orders.changes import NEVER, ChangeTracker, selected
from shop.orders.order_versions import outdated_lines
from shop.orders.return_sales import join_returns
from shop.orders.stored_rows import CELL_KEYS, WITHOUT_PLATFORM, StoredRows
from shop.orders.video_identity import under_one_id
from shop.stock import ledger, order_demand

TYPED_BY_HAND = WITHOUT_PLATFORM  # rows without a source belong to who typed them (shop/catalog/products.py)
VERSION = ("updated_at", "payload_hash")
NAME_PARTS = ("product_id", "platform_sku", "title", "spec")


@dataclass
class Upsert:
    """The running upsert of one shop; `touched` collects whose figures must be computed again."""

    connection: Connection
    shop_id: int
    source_id: int | None = None
    touched: rollups.Touched = field(default_factory=rollups.Touched)
    _names: dict[tuple[str | None, ...], int] = field(default_factory=dict)

    @cached_property
    def cursor(self) -> Any:
        """The driver's own connection: its executemany takes tuples without detours."""
        return raw_cursor(self.connection)

    @cached_property
    def _stored(self) -> StoredRows:
        return StoredRows(self.cursor, self.shop_id)

    @cached_property
    def _changes(self) -> ChangeTracker:
        since = ledger.tracked_since(self.connection, self.shop_id)
        return ChangeTracker(self.touched, NEVER if since is None else since)

    def put(
        self, batch: IngestBatch, *, whole_orders: bool = False, snapshot: bool = False, again: bool = False
    ) -> list[bool]:
        """Store a batch; for each record whether it was new or newer than what is stored.

        `whole_orders`: each row number is one whole order as its platform gives it, so that a stored
        line that it lacks goes (see shop/orders/order_versions.py). `snapshot`: `updated_at` is when it was
        read, and equal content changes nothing. `again`: at equal times this reading replaces.
        """
        if not len(batch):
            return []
        batch = batch.plain()
        if batch.table == "order_line":
            batch = self._with_names(batch)
        elif batch.table == "video":
            from_file = self.source_id is not None
            batch = under_one_id(self.cursor, self.shop_id, batch, from_file=from_file)
            self._stored.forget_range("video", batch.platform)  # ids may have changed
        keys = list(zip(*(batch.columns[name] for name in CELL_KEYS[batch.table]), strict=True))
        stored = self._stored.lookup(batch, keys)
        if stored or len(set(keys)) < len(keys):
            written = self._newest(batch, keys, stored, snapshot=snapshot, again=again)
        else:
            written = [True] * len(keys)
        gone: list[tuple[Any, ...]] = []
        if batch.table == "order_line" and (whole_orders or (stored and self.source_id is not None)):
            outdated, gone = outdated_lines(batch, keys, stored, whole=whole_orders, again=again)
            written = [new and not old for new, old in zip(written, outdated, strict=True)]
        if any(written):
            self._write(batch, written, replace=bool(stored))
            self._changes.track(batch, written, stored)
        if gone:
            self._remove_lines(batch.platform, gone, stored)
        return written

    def _remove_lines(
        self, platform: str, gone: list[tuple[Any, ...]], stored: dict[tuple[Any, ...], Any]
    ) -> None:
        """Take away lines that vanished from their order; the figures of their days follow."""
        self.cursor.executemany(
            "DELETE FROM order_line WHERE shop_id = ? AND platform = ? AND order_id = ? AND line_id = ?",
            [(self.shop_id, platform, *key) for key in gone],
        )
        self._changes.track_removed(platform, gone, stored)

    def _with_names(self, batch: IngestBatch) -> IngestBatch:
        """Order lines with the wording of their SKU stored once, in a table of its own."""
        gone = [None] * len(batch)
        columns = dict(batch.columns)
        parts = [columns["sku"], *(columns.pop(name, gone) for name in NAME_PARTS)]
        names = list(zip(*parts, strict=True))
        for name in set(names).difference(self._names):
            self._names[name] = _name_key(name)
            self.cursor.execute(
                "INSERT INTO sold_name (shop_id, name_key, sku, product_id, platform_sku, title, "
                "spec) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (self.shop_id, self._names[name], *name),
            )
        columns["name_key"] = [self._names[name] for name in names]
        self._note_days(columns["name_key"], columns["paid_on"])
        return IngestBatch(batch.table, batch.platform, columns, batch.rows)

    def _note_days(self, names: list[int], days: list[str | None]) -> None:
        """Note the last day each wording was sold under, of records that are not newer too."""
        latest = self.touched.names
        for name, day in set(zip(names, days, strict=True)):
            latest[name] = max(latest.get(name, ""), day or "")

    def finish(self) -> None:
        """Fold and refresh all that this upsert touched; call once, before the commit.

        New wordings find their SKU, then the stock follows the orders that changed.
        """
        touched = self.touched
        for platform, orders in join_returns(self.cursor, self.shop_id).items():
            touched.refund_orders.setdefault(platform, set()).update(orders)
        rollups.refresh(self.connection, self.shop_id, touched)
        names = None if touched.has_catalog else touched.names
        if touched.has_catalog:
            matching.assign_listing_skus(self.connection, self.shop_id)
            replace_drafts(self.connection, self.shop_id)
        rematched: set[int] = set()
        if names is None or names:
            rematched = matching.resolve(self.connection, self.shop_id, names)
        if touched.stock or rematched:
            order_demand.follow_orders(self.connection, self.shop_id, touched.stock, rematched)

    def _newest(
        self,
        batch: IngestBatch,
        keys: list[tuple[Any, ...]],
        stored: dict[tuple[Any, ...], Any],
        *,
        snapshot: bool,
        again: bool,
    ) -> list[bool]:
        """Which records are newer than what is stored and than their doubles in this batch."""
        best: dict[tuple[Any, ...], int] = {}
        versions = list(zip(batch.columns["updated_at"], batch.columns["payload_hash"], strict=True))
        for place, (key, version) in enumerate(zip(keys, versions, strict=True)):
            known = stored.get(key)
            if known is not None and not _is_newer(version, known, snapshot, again):
                continue
            if key not in best or version > versions[best[key]]:
                best[key] = place
        winners = set(best.values())
        return [place in winners for place in range(len(keys))]

    def _write(self, batch: IngestBatch, written: list[bool], *, replace: bool) -> None:
        columns = {name: selected(values, written) for name, values in batch.columns.items()}
        rows = sum(written)
        columns |= {"shop_id": [self.shop_id] * rows, "source_id": [self.source_id] * rows}
        if batch.table not in WITHOUT_PLATFORM:
            columns["platform"] = [batch.platform] * rows
        if batch.table == "live_session":
            columns["is_inferred"] = [False] * rows
        if batch.table == "listing":
            columns["stated_sku"] = [None] * rows  # its own code counts until a rule names another SKU
        rest = ""
        if replace:
            keys = {"shop_id", "platform", *CELL_KEYS[batch.table]}
            target = ", ".join(name for name in columns if name in keys)
            owned = batch.table if batch.table in TYPED_BY_HAND else None
            sets = ", ".join(_set(name, owned) for name in columns if name not in keys)
            rest = f"ON CONFLICT ({target}) DO UPDATE SET {sets}"
        for sql, values in bulk_insert.statements(batch.table, columns, rest):
            self.cursor.executemany(sql, values)


def _set(name: str, owned: str | None) -> str:
    """How a column takes a newer value; of a row typed by hand an import fills only what is empty."""
    if owned is None or name in VERSION:
        return f"{name} = excluded.{name}"
    value = "NULL" if name == "source_id" else f"COALESCE({owned}.{name}, excluded.{name})"
    return f"{name} = CASE WHEN {owned}.source_id IS NULL THEN {value} ELSE excluded.{name} END"


def _is_newer(version: tuple[int, int], known: Sequence[Any], snapshot: bool, again: bool) -> bool:
    updated_at, content = int(known[0]), int(known[1])
    if snapshot or again:
        return version[0] >= updated_at and version[1] != content
    return version > (updated_at, content)


def _name_key(name: tuple[str | None, ...]) -> int:
    joined = "\x1f".join("" if part is None else part for part in name)
    return int.from_bytes(hashlib.blake2b(joined.encode(), digest_size=8).digest(), "big") >> 1


def table_columns(table: str) -> tuple[str, ...]:
    """The names of a table's columns, from the models."""
    return tuple(column.name for column in SQLModel.metadata.tables[table].columns)
