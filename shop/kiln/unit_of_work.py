"""Unit of work of the kiln: changes of batches and firings in one transaction, with what depends on them.

A command reads batches and firings here and puts the changed ones. The unit of work updates material
movements, stock and costs, and writes the audit row with its undo.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection

from shop.access import audit, roles
from shop.access.roles import Actor, Permission
from shop.core import clock
from shop.db.database import Database
from shop.kiln import batch_costs, consumption, moving_average, repository
from shop.kiln.batch_rules import validated
from shop.kiln.batch_values import batch_to_dict
from shop.kiln.batches import Batch, UnknownBatch
from shop.kiln.consumption import Consumption
from shop.kiln.output import Output
from shop.kiln.repository import FiringRecord, UnknownFiring, firing_to_dict
from shop.metrics.settings import ShopSettings, shop_settings

KILN_ROWS = "kiln_room"  # the "table" of these undo records in the audit log


@dataclass
class UnitOfWork:
    """The running change of one shop's kiln records, by one actor."""

    connection: Connection
    shop: ShopSettings
    actor: Actor
    today: date
    since: dict[str, int] = field(default_factory=dict)  # material: first second (UTC) to revalue from
    costly: set[str] = field(default_factory=set)  # batches whose cost must be recomputed
    shared: set[str] = field(default_factory=set)  # firings that share their cost among other pieces now
    skus: set[str] = field(default_factory=set)  # SKUs whose unit cost must be recomputed
    _batches: dict[str, Batch | None] = field(default_factory=dict)
    _firings: dict[str, FiringRecord | None] = field(default_factory=dict)
    _before: dict[tuple[str, str], Any] = field(default_factory=dict)
    _used: dict[str, list[list[Any]]] = field(default_factory=dict)

    @property
    def cursor(self) -> Any:
        """The driver's own connection."""
        return self.connection.connection.driver_connection

    @property
    def output(self) -> Output:
        """Books finished pieces into stock, in this transaction."""
        return Output(self.connection, self.shop, self.actor, self.today)

    @property
    def shop_id(self) -> int:
        """The shop's number."""
        return self.shop.shop_id

    def batch(self, batch_id: str) -> Batch:
        """One batch as it is now; raises UnknownBatch."""
        batch = self.batch_or_none(batch_id)
        if batch is None:
            raise UnknownBatch(batch=batch_id)
        return batch

    def batch_or_none(self, batch_id: str) -> Batch | None:
        """One batch as it is now, None where there is none of this id."""
        if batch_id not in self._batches:
            stored = repository.batches(self.cursor, self.shop_id, [batch_id])
            self._batches[batch_id] = stored.get(batch_id)
        return self._batches[batch_id]

    def firing(self, firing_id: str) -> FiringRecord:
        """One firing as it is now; raises UnknownFiring."""
        if firing_id not in self._firings:
            stored = repository.firings(self.cursor, self.shop_id, [firing_id])
            self._firings[firing_id] = stored.get(firing_id)
        firing = self._firings[firing_id]
        if firing is None:
            raise UnknownFiring(firing=firing_id)
        return firing

    def put(self, batch_id: str, batch: Batch | None, used: dict[str, Consumption] | None = None) -> None:
        """Store a batch (None deletes it) and update everything that depends on it.

        Steps that changed use what the recipe of its SKU lists, or `used` where given.
        """
        before = self.batch_or_none(batch_id)
        if batch == before:
            return
        if ("batch", batch_id) not in self._before:
            stored = consumption.stored(self.cursor, self.shop_id, batch_id)
            self._used[batch_id] = [list(vars(use).values()) for use in stored.values()]
        self._save_before("batch", batch_id, batch_to_dict(before) if before else None)
        if batch is None:
            repository.delete_batch(self.cursor, self.shop_id, batch_id)
        else:
            repository.save_batch(self.cursor, self.shop_id, validated(batch, self.today))
        self._batches[batch_id] = batch
        if used is None:
            self._use(batch_id, before, batch)
        else:
            self._use_as(batch_id, used)
        self.output.follow(batch_id, before, batch)
        self.costly.add(batch_id)
        steps = [step for item in (before, batch) if item for step in item.steps]
        self.shared |= {step.firing_id for step in steps if step.firing_id}

    def _use(self, batch_id: str, before: Batch | None, after: Batch | None) -> None:
        skus = {batch.sku for batch in (before, after) if batch}
        recipes = consumption.recipes(self.cursor, self.shop_id, skus)
        uses = [
            consumption.uses(batch, recipes[batch.sku] if batch else {}, self.shop.time_zone)
            for batch in (before, after)
        ]
        self.value_since(
            consumption.sync_movements(self.cursor, self.shop_id, batch_id, uses[0], uses[1], self.actor.name)
        )

    def apply_recipe(self, batch: Batch) -> None:
        """Apply the current recipe of its SKU to a batch."""
        recipe = consumption.recipes(self.cursor, self.shop_id, [batch.sku])[batch.sku]
        self._use_as(batch.batch_id, consumption.uses(batch, recipe, self.shop.time_zone))
        self.costly.add(batch.batch_id)

    def _use_as(self, batch_id: str, uses: dict[str, Consumption]) -> None:
        self.value_since(
            consumption.sync_movements(
                self.cursor, self.shop_id, batch_id, {}, uses, self.actor.name, replace_all=True
            )
        )

    def value_since(self, moments: dict[str, int]) -> None:
        """Revalue these materials from these seconds (UTC) on."""
        for material, at in moments.items():
            self.since[material] = min(self.since.get(material, at), at)

    def put_firing(self, firing_id: str, firing: FiringRecord | None) -> None:
        """Store a firing (None deletes it); the costs of its load follow."""
        stored = repository.firings(self.cursor, self.shop_id, [firing_id]).get(firing_id)
        if stored == firing:
            return
        self._save_before("firing", firing_id, firing_to_dict(stored) if stored else None)
        if firing is None:
            repository.delete_firing(self.cursor, self.shop_id, firing_id)
        else:
            repository.save_firing(self.cursor, self.shop_id, firing)
        self._firings[firing_id] = firing
        self.costly |= {
            part.batch_id for part in repository.loaded_parts(self.cursor, self.shop_id, [firing_id])
        }

    def _save_before(self, kind: str, name: str, before: Any) -> None:
        self._before.setdefault((kind, name), before)

    def changes(self) -> list[dict[str, Any]]:
        """What was changed since the last audit row: each batch and firing before and after."""
        rows: list[dict[str, Any]] = []
        for (kind, name), before in self._before.items():
            row = {"kind": kind, "name": name, "before": before, "after": self.current(kind, name)}
            rows.append(row | ({"used": self._used.pop(name)} if kind == "batch" else {}))
        self._before.clear()
        return rows

    def current(self, kind: str, name: str) -> dict[str, Any] | None:
        """A batch or firing as it is now, as plain values; None where it does not exist."""
        if kind == "batch":
            batch = self.batch_or_none(name)
            return batch_to_dict(batch) if batch else None
        stored = repository.firings(self.cursor, self.shop_id, [name]).get(name)
        return firing_to_dict(stored) if stored else None

    def note(self, action: str, subject: str) -> int:
        """Write an audit row for the changes since the last one; its number, which undoes them."""
        rows = self.changes()
        return audit.log_action(
            self.connection,
            self.actor,
            action,
            subject,
            changes=max(len(rows), 1),
            undo=[{"table": KILN_ROWS, "rows": rows}] if rows else None,
            shop_id=self.shop_id,
        )

    def finish(self) -> None:
        """Revalue materials and recompute costs of all that was changed; call it before the commit."""
        for material, at in sorted(self.since.items()):
            self.costly |= moving_average.revalue(self.cursor, self.shop_id, material, at)
            self.skus |= batch_costs.packed_with(self.cursor, self.shop_id, material)
        if self.shared:
            parts = repository.loaded_parts(self.cursor, self.shop_id, self.shared)
            self.costly |= {part.batch_id for part in parts}
        if self.costly:
            batch_costs.recompute_batch_costs(self.connection, self.shop_id, self.costly)
        if self.skus:
            batch_costs.recompute_unit_costs(self.connection, self.shop_id, self.skus)
        self.since.clear()
        self.costly.clear()
        self.shared.clear()
        self.skus.clear()


@contextmanager
def kiln_transaction(
    db: Database, actor: Actor, *, may: Permission = "edit_kiln", shop_id: int = 1
) -> Iterator[UnitOfWork]:
    """A unit of work in a transaction of its own: any number of changes, all or none.

    Raises NotAllowed where the role lacks the permission.
    """
    roles.require(actor, may)
    with db.write() as connection:
        work = unit_of_work_in(connection, shop_id, actor)
        yield work
        work.finish()


def unit_of_work_in(connection: Connection, shop_id: int, actor: Actor) -> UnitOfWork:
    """A unit of work inside the caller's transaction; the caller must call `finish`."""
    shop = shop_settings(connection, shop_id)
    return UnitOfWork(connection, shop, actor, clock.today(shop.time_zone))
