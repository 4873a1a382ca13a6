"""Upsert: rows go in by natural key, the newer version wins, and the figures follow.

An upsert lives inside one write transaction. `put` takes rows of one table as columns and returns of
each whether it changed anything; `finish` folds orders and refreshes every figure that was touched.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import compress
from typing import Any

from sqlalchemy import Connection

from shop.catalog import matching
from shop.comments import upkeep
from shop.comments.labels.store import CommentLabels
from shop.comments.live_remarks import join_sessions
from shop.db import bulk_insert
from shop.db.dialect import raw_cursor
from shop.listings.link_draft import replace_drafts
from shop.metrics import rollups
from shop.metrics.settings import shop_settings
from shop.orders.batch import IngestBatch
from shop.orders.changes import NEVER, ChangeTracker, in_parts, part_of, selected
from shop.orders.identity.buyers import BuyerLinks
from shop.orders.identity.videos import under_one_id
from shop.orders.identity.wordings import SoldNames
from shop.orders.merging import WHOLE_ORDER, key_kind
from shop.orders.numbers import add_numbers
from shop.orders.personal_guard import PersonalGuard
from shop.orders.replaced_rows import save_replaced
from shop.orders.restating import RowMerger, best_kinds, body_at, orders_with_lines
from shop.orders.return_sales import join_returns
from shop.orders.statements import API, Key, RowVersion, Statements
from shop.orders.stored_rows import (
    CELL_KEYS,
    IDS_PER_LOOKUP,
    SOURCE,
    WITHOUT_PLATFORM,
    ReadMode,
    StoredRows,
    forget_inferred,
    is_newer,
    newest,
    repeats,
)
from shop.orders.traffic import with_traffic
from shop.orders.vanished_lines import outdated_lines
from shop.privacy.erased import ErasedRecords
from shop.privacy.retention import apply_retention
from shop.stock import ledger, order_demand


@dataclass
class Upsert:
    """The running upsert of one shop; `touched` collects whose figures must be computed again."""

    connection: Connection
    shop_id: int
    source_id: int | None = None
    touched: rollups.Touched = field(default_factory=lambda: rollups.Touched(attributed=set()))
    _guard: PersonalGuard = field(default_factory=PersonalGuard)
    _has_comments: bool = False

    @cached_property
    def cursor(self) -> Any:
        """The driver's own connection: its executemany takes tuples without detours."""
        return raw_cursor(self.connection)

    @cached_property
    def _stored(self) -> StoredRows:
        return StoredRows(self.cursor, self.shop_id)

    @cached_property
    def _erased(self) -> ErasedRecords:
        return ErasedRecords(self.cursor, self.shop_id)

    @cached_property
    def _labels(self) -> CommentLabels:
        return CommentLabels(self.cursor, self.shop_id)

    @cached_property
    def _changes(self) -> ChangeTracker:
        since = ledger.tracked_since(self.connection, self.shop_id)
        return ChangeTracker(self.touched, NEVER if since is None else since)

    @cached_property
    def statements(self) -> Statements:
        """What each import states of the rows that several state."""
        return Statements(self.cursor, self.shop_id)

    @cached_property
    def links(self) -> BuyerLinks:
        """Which buyers of files and APIs are the same."""
        return BuyerLinks(self.cursor, self.shop_id)

    @cached_property
    def merger(self) -> RowMerger:
        """What makes rows of statements."""
        zone = shop_settings(self.connection, self.shop_id).time_zone
        return RowMerger(self.cursor, self.shop_id, zone, self.statements, self.links)

    @cached_property
    def _names(self) -> SoldNames:
        return SoldNames(self.cursor, self.shop_id, self.touched.names)

    def put(
        self, batch: IngestBatch, *, whole_orders: bool = False, snapshot: bool = False, again: bool = False
    ) -> list[bool]:
        """Store a batch; for each record whether it changed what is stored.

        `whole_orders`: each row number is one whole order, a stored line that it lacks goes (vanished_lines.py).
        `snapshot`: `updated_at` is when it was read, and equal content changes nothing. `again`: at equal times this
        reading replaces. Rows that another source states too become what all of their statements say (merging.py).
        """
        if not len(batch):
            return []
        batch = self._guard.clean(batch.plain())
        batch = replace(batch, columns=self._erased.hide(batch.table, batch.platform, batch.columns))
        if "traffic" in batch.columns:
            batch = with_traffic(self.cursor, self.shop_id, batch)
        if batch.table == "video":
            from_file = self.source_id is not None
            batch = under_one_id(self.cursor, self.shop_id, batch, from_file=from_file)
            self._stored.forget_range("video", batch.platform)  # ids may have changed
        keys = list(zip(*(batch.columns[name] for name in CELL_KEYS[batch.table]), strict=True))
        forget_inferred(self.cursor, self.shop_id, batch)
        stored = self._stored.lookup(batch, keys)
        reading = ReadMode(whole_orders, snapshot, again)
        known = {key[0] for key in (*stored, *compress(keys, repeats(keys)))}
        if known and batch.table in SOURCE:
            others = {key[0] for key in keys}.difference(known)
            known |= {key[0] for key in self.statements.of(batch.table, batch.platform, others)}
        is_known = [whole_orders or key[0] in known for key in keys]
        if not any(is_known):
            return self._insert(batch)

        def put_among_known(part: IngestBatch) -> list[bool]:
            return self._put_among_known(part, list(compress(keys, is_known)), stored, reading)

        return in_parts(batch, is_known, put_among_known, self._insert)

    def _insert(self, batch: IngestBatch) -> list[bool]:
        """Write rows of which none is stored."""
        if batch.table == "order_line":
            batch = self._names.replaced(batch)
            columns = batch.columns
            add_numbers(self.cursor, self.shop_id, batch.platform, columns["order_id"], columns["line_id"])
        written = [True] * len(batch)
        self._write(batch, written, replace=False)
        self._changes.track(batch, written, {})
        return written

    def _put_among_known(
        self, batch: IngestBatch, keys: list[Key], stored: dict[Key, Any], reading: ReadMode
    ) -> list[bool]:
        """Write rows whose orders are known; a file that states a row twice states both, first come all first ones."""
        is_again = repeats(keys)
        if any(is_again) and self.source_id is not None and batch.table in SOURCE:
            return in_parts(batch, [not later for later in is_again], self.put, self.put)
        return self._put_known(batch, keys, stored, reading)

    def _put_known(
        self, batch: IngestBatch, keys: list[Key], stored: dict[Key, Any], reading: ReadMode
    ) -> list[bool]:
        """Write rows of which some are stored: the newer version replaces, or all statements are merged."""
        table, is_file = batch.table, self.source_id is not None
        separate = (
            self.statements.of(table, batch.platform, (key[0] for key in keys)) if table in SOURCE else {}
        )
        answers = {key: s.version for key, known in separate.items() for s in known if API in s.sources}
        written = newest(batch, keys, stored, reading)
        gone: list[Key] = []
        outdated = [False] * len(keys)
        kinds: dict[str, int] = {}
        if table == "order_line" and (reading.whole_orders or (stored and is_file)):
            outdated, gone = outdated_lines(
                batch, keys, stored, whole=reading.whole_orders, again=reading.again, answers=answers
            )
        if table == "order_line":  # lines of worse keys are hidden, whatever their version
            kinds = best_kinds({*keys, *stored, *separate}.difference(gone))
            outdated = [
                old and key_kind(key[1]) >= kinds[key[0]] for key, old in zip(keys, outdated, strict=True)
            ]
            gone = [key for key in gone if key_kind(key[1]) >= kinds.get(key[0], -1)]
            self.statements.forget(table, batch.platform, gone)
        is_best = [not kinds or key_kind(key[1]) >= kinds[key[0]] for key in keys]
        shared = [
            not old
            and table in SOURCE
            and (
                key in separate
                or (key in stored and (is_file or stored[key][SOURCE[table]] is not None))
                or not best
            )
            for key, old, best in zip(keys, outdated, is_best, strict=True)
        ]
        written = [
            new and not old and not is_separate
            for new, old, is_separate in zip(written, outdated, shared, strict=True)
        ]
        plain, is_new = part_of(batch, is_best), list(compress(written, is_best))
        if table == "order_line":
            plain = self._names.replaced(plain)  # the wordings of older versions are known too
            if new_keys := dict.fromkeys(key for key in compress(keys, written) if key not in stored):
                add_numbers(self.cursor, self.shop_id, batch.platform, *zip(*new_keys, strict=True))
        if any(is_new):
            self._write(plain, is_new, replace=bool(stored))
            self._changes.track(plain, is_new, stored)
        worse = [key for key in stored if kinds and key_kind(key[1]) < kinds[key[0]] and key not in gone]
        whole = {
            key[0]
            for key in (*keys, *stored, *separate)
            if kinds and key[1] == WHOLE_ORDER and kinds[key[0]] > key_kind(WHOLE_ORDER)
        }
        changed: set[Key] = set()
        if any(shared) or worse:
            changed = self._restate(batch, keys, stored, separate, reading, shared, worse, whole)
        if gone or worse:
            self.remove(table, batch.platform, [*gone, *worse], stored)
        if whole:
            changed |= self._merge_lines(batch.platform, whole)
        return [new or key in changed for new, key in zip(written, keys, strict=True)]

    def _restate(
        self,
        batch: IngestBatch,
        keys: list[Key],
        stored: dict[Key, Any],
        separate: dict[Key, list[RowVersion]],
        reading: ReadMode,
        shared: list[bool],
        worse: list[Key],
        whole: set[str],
    ) -> set[Key]:
        """Note what this batch states of rows that others state; the keys of the rows that changed.

        The lines of the orders `whole` are not written: `_merge_lines` does so.
        """
        table, source = batch.table, self.source_id or API
        restated: dict[Key, list[RowVersion]] = {
            key: self.merger.known(table, key, stored, separate) for key in worse
        }
        for place in (place for place, is_shared in enumerate(shared) if is_shared):
            key = keys[place]
            known = restated.get(key) or self.merger.known(table, key, stored, separate)
            version = (batch.columns["updated_at"][place], batch.columns["payload_hash"][place])
            same = next((item for item in known if item.version == version), None)
            if same and source in same.sources:
                continue
            if source == API:
                mine = next((item for item in known if API in item.sources), None)
                if mine and not is_newer(version, mine.version, reading):
                    continue
                for item in known:
                    item.sources.discard(API)
            if same:
                same.sources.add(source)
            else:
                known.append(RowVersion(*version, {source}, body_at(batch, place)))
            restated[key] = known
        several = {key: of for key, of in restated.items() if len(of) > 1 or key in worse}
        bodies = self.merger.fill_bodies(table, batch.platform, several, stored)
        restated = {key: [item for item in of if item.sources] for key, of in restated.items()}
        self.statements.replace(table, batch.platform, restated)
        if table == "order_line":
            self.links.note_statements(batch.platform, (key[0] for key in restated))
        shown = {
            key: of
            for key, of in restated.items()  # what is not stored is a line of an order known by better keys
            if key in stored and key not in worse and key[0] not in whole
            if all(item.body is not None for item in of)
        }
        return self._show(table, batch.platform, shown, stored, bodies)

    def _merge_lines(self, platform: str, orders: Iterable[str]) -> set[Key]:
        """Write the lines of these orders as all statements of lines and whole orders say; the keys that changed."""
        table, ids = "order_line", sorted(orders)
        changed: set[Key] = set()
        for start in range(0, len(ids), IDS_PER_LOOKUP):
            some = ids[start : start + IDS_PER_LOOKUP]
            stored = self.stored_rows(table, platform, some)
            separate = self.statements.of(table, platform, some)
            lines = {key: self.merger.known(table, key, stored, separate) for key in stored}
            bodies = self.merger.fill_bodies(table, platform, lines, stored)
            whole = orders_with_lines({**separate, **lines})
            statements = self.merger.separate(table, platform, lines, whole)
            self.statements.replace(table, platform, statements)
            changed |= self._show(table, platform, lines, stored, bodies, whole)
        return changed

    def _show(
        self,
        table: str,
        platform: str,
        rows: dict[Key, list[RowVersion]],
        stored: dict[Key, Any],
        bodies: dict[Key, dict[str, Any]],
        whole: dict[str, list[RowVersion]] | None = None,
    ) -> set[Key]:
        """Write the rows that follow from their statements; `bodies` are the stored ones. The keys that changed."""
        if not rows:
            return set()
        merged = self.merger.batch(table, platform, rows, whole)
        versions = zip(merged.columns["updated_at"], merged.columns["payload_hash"], strict=True)
        changed = [body_at(merged, place) != bodies.get(key) for place, key in enumerate(rows)]
        newer = [version != stored[key][:2] for version, key in zip(versions, rows, strict=True)]
        self.write_merged(merged, [a or b for a, b in zip(changed, newer, strict=True)], stored)
        return {key for key, is_changed in zip(rows, changed, strict=True) if is_changed}

    def write_merged(self, merged: IngestBatch, changed: list[bool], stored: dict[Key, Any]) -> None:
        """Write rows that were merged from statements, those that changed."""
        if any(changed):
            batch = self._names.replaced(merged) if merged.table == "order_line" else merged
            self._write(batch, changed, replace=True)
            self._changes.track(batch, changed, stored)

    def stored_rows(self, table: str, platform: str, first_keys: list[str]) -> dict[Key, Any]:
        """What is stored of the rows whose keys begin so: version and tracked columns."""
        return self._stored.rows(table, platform, first_keys)

    def remove(self, table: str, platform: str, gone: list[Key], stored: dict[Key, Any]) -> None:
        """Take rows away; the figures of their days follow."""
        columns = " AND ".join(f"{name} = ?" for name in CELL_KEYS[table])
        self.cursor.executemany(
            f"DELETE FROM {table} WHERE shop_id = ? AND platform = ? AND {columns}",
            [(self.shop_id, platform, *key) for key in gone],
        )
        if table == "comment":
            self._labels.remove(platform, [str(key[0]) for key in gone])
        if table == "live_session":
            for fact in ("fact_session", "session_sum"):
                self.cursor.executemany(
                    f"DELETE FROM {fact} WHERE shop_id = ? AND platform = ? AND session_id = ?",
                    [(self.shop_id, platform, *key) for key in gone],
                )
        self._changes.track_removed(table, platform, gone, stored)

    def finish(self) -> None:
        """Fold and refresh all that this upsert touched; call once, before the commit.

        New wordings find their SKU, then the stock follows the orders that changed.
        """
        touched = self.touched
        for platform, linked in self.links.learn().items():
            self._merge_lines(platform, linked)
        join_sessions(self.connection, self.shop_id, shop_settings(self.connection, self.shop_id).time_zone)
        for platform, orders in join_returns(self.cursor, self.shop_id, self.links).items():
            touched.refund_orders.setdefault(platform, set()).update(orders)
        rollups.refresh(self.connection, self.shop_id, touched)
        if self._has_comments:
            upkeep.refresh(self.connection, self.shop_id)
            apply_retention(self.connection, ("comments",), self.shop_id)
        names = None if touched.has_catalog else touched.names
        if touched.has_catalog:
            matching.assign_listing_skus(self.connection, self.shop_id)
            replace_drafts(self.connection, self.shop_id)
        rematched: set[int] = set()
        if names is None or names:
            rematched = matching.resolve(self.connection, self.shop_id, names)
        if touched.stock or rematched:
            order_demand.follow_orders(self.connection, self.shop_id, touched.stock, rematched)

    def _write(self, batch: IngestBatch, written: list[bool], *, replace: bool) -> None:
        columns = {name: selected(values, written) for name, values in batch.columns.items()}
        rows = sum(written)
        columns |= {"shop_id": [self.shop_id] * rows}
        columns.setdefault("source_id", [self.source_id] * rows)
        if batch.table not in WITHOUT_PLATFORM:
            columns["platform"] = [batch.platform] * rows
        if batch.table == "order_line":
            columns.setdefault("is_provisional", [False] * rows)
            self.links.note_lines(batch.platform, columns["order_id"], columns.get("buyer_key", ()))
        if batch.table == "live_session":
            columns["is_inferred"] = [False] * rows
        if batch.table == "comment":
            self._has_comments = True
            columns["is_question"] = self._labels.put(batch.platform, columns["comment_id"], columns["text"])
        if batch.table == "listing":
            columns["stated_sku"] = [None] * rows  # its own code counts until a rule names another SKU
        rest = ""
        if replace:
            save_replaced(self.cursor, self.shop_id, batch.table, columns, self.source_id)
            keys = {"shop_id", "platform", *CELL_KEYS[batch.table]}
            target = ", ".join(name for name in columns if name in keys)
            owned = batch.table if batch.table in WITHOUT_PLATFORM else None
            sets = ", ".join(_set(name, owned) for name in columns if name not in keys)
            rest = f"ON CONFLICT ({target}) DO UPDATE SET {sets}"
        bulk_insert.write(self.cursor, batch.table, columns, rest)


def _set(name: str, owned: str | None) -> str:
    """How a column takes a newer value; of a row typed by hand an import fills only what is empty."""
    if owned is None or name in ("updated_at", "payload_hash"):
        return f"{name} = excluded.{name}"
    value = "NULL" if name == "source_id" else f"COALESCE({owned}.{name}, excluded.{name})"
    return f"{name} = CASE WHEN {owned}.source_id IS NULL THEN {value} ELSE excluded.{name} END"
