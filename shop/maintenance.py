"""Health checks of the database and of what it runs on."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text

from shop.access.audit import log_action
from shop.access.roles import Actor, require
from shop.core.errors import DamagedDatabase
from shop.db.backup import suspect_copies
from shop.db.buyer_key import BuyerKey, key_of
from shop.db.database import WAL_RESET_FIXED, Database, sqlite_is_sound
from shop.kiln.batch_costs import recompute_batch_costs
from shop.metrics.deferred_rollups import compute_marked
from shop.metrics.rollups import TABLES, rebuild
from shop.stock import consistency

MIN_FREE_BYTES = 512 << 20
MOST_CLOCK_MINUTES = 5  # between this machine's clock and the platforms'


@dataclass(frozen=True)
class Check:
    """One check: `verdict` is the key of its message, with `details`."""

    name: str
    ok: bool
    verdict: str
    details: dict[str, Any] = field(default_factory=dict)


def examine(db: Database, *, shop_id: int = 1) -> Iterator[Check]:
    """Look at the engine, the file, the key, the clock, roll-ups, stock, rejected rows, copies and disk space."""
    if db.is_file:
        wanted = ".".join(map(str, WAL_RESET_FIXED))
        yield _check("sqlite", sqlite_is_sound(), found=db.engine_version, wanted=wanted)
        damaged = damaged_tables(db)
        yield _check("file", not damaged, tables=", ".join(damaged))
        if damaged:
            return
    else:
        yield _check("server", True, found=db.engine_version)
    with db.read() as connection:
        rejected = connection.execute(text("SELECT COUNT(*) FROM rejected_record")).scalar()
    yield _check("key", BuyerKey(db).is_own(), file=str(key_of(db.path)))
    minutes = round(abs(clock_difference(db)) / 60)
    yield _check("clock", minutes <= MOST_CLOCK_MINUTES, minutes=minutes)
    yield _check("figures", figures_are_true(db, shop_id=shop_id))
    yield _check("costs", costs_are_true(db, shop_id=shop_id))
    problems = consistency.count_problems(db, shop_id=shop_id)
    yield _check("stock", not problems, count=problems)
    yield _check("set_aside", not rejected, count=rejected)
    suspect = [path.name for path in suspect_copies(db.path)]
    yield _check("copies", not suspect, names=", ".join(suspect))
    free = shutil.disk_usage(db.path.parent).free
    size = db.path.stat().st_size if db.is_file else 0
    yield _check("room", free > max(MIN_FREE_BYTES, size), megabytes=free >> 20)


def clock_difference(db: Database) -> int:
    """How many seconds the platforms' clock was ahead of this machine's at the last sync; 0 where none is known."""
    with db.read() as connection:
        stored = connection.execute(text("SELECT value FROM meta WHERE name = 'clock_difference'")).scalar()
    return int(stored or 0)


def damaged_tables(db: Database) -> list[str]:
    """The tables of which pages are damaged; "?" where that is unknown."""
    try:
        with db.read() as connection:
            if connection.execute(text("PRAGMA quick_check(1)")).scalar() == "ok":
                return []
    except DamagedDatabase:
        pass
    try:
        with db.read() as connection:
            names = connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'")).all()
        return [name for name in names if not _is_readable(db, name)] or ["?"]
    except DamagedDatabase:
        return ["?"]


def _is_readable(db: Database, table: str) -> bool:
    try:
        with db.read() as connection:
            verdict: str | None = connection.execute(text(f'PRAGMA quick_check("{table}")')).scalar()
            return verdict == "ok"
    except DamagedDatabase:
        return False


def accept_key(db: Database, *, actor: Actor, shop_id: int = 1) -> None:
    """Go on where the key of the buyers is lost: with the key that is there, or with a new one.

    Buyers known so far count as new when they come again. Nothing happens where the key is there. Raises NotAllowed.
    """
    require(actor, "manage_shop")
    key = BuyerKey(db)
    if key.is_own():
        return
    key.accept()
    with db.write() as connection:
        log_action(connection, actor, "key.accept", key_of(db.path).name, shop_id=shop_id)


def _check(name: str, ok: bool, **details: Any) -> Check:
    return Check(name, ok, "well" if ok else "ill", details)


class _TrialRollback(Exception):
    """Rolls the trial rebuild back."""


def figures_are_true(db: Database, *, shop_id: int = 1) -> bool:
    """Whether rebuilding the roll-ups would leave them unchanged; nothing is changed."""

    def up_to_date(connection: Connection) -> None:
        compute_marked(connection, shop_id)

    return _same(db, TABLES, lambda connection: rebuild(connection, shop_id), up_to_date)


COSTS = ("batch_cost", "unit_cost")


def costs_are_true(db: Database, *, shop_id: int = 1) -> bool:
    """Whether recomputing batch and unit costs would leave them unchanged; nothing is changed."""
    return _same(db, COSTS, lambda connection: recompute_batch_costs(connection, shop_id))


def _same(
    db: Database,
    tables: Iterable[str],
    recompute: Callable[[Connection], None],
    first: Callable[[Connection], None] | None = None,
) -> bool:
    """Whether recomputing these tables leaves them as they are."""
    same = True
    try:
        with db.write() as connection:
            cursor = connection.connection.driver_connection
            assert cursor is not None
            if first is not None:
                first(connection)
            for table in tables:
                cursor.execute(f"CREATE TEMP TABLE before_{table} AS SELECT * FROM {table}")
            recompute(connection)
            for table in tables:
                for source, target in ((table, f"before_{table}"), (f"before_{table}", table)):
                    sql = f"SELECT COUNT(*) FROM (SELECT * FROM {source} EXCEPT SELECT * FROM {target})"
                    same &= cursor.execute(sql).fetchone()[0] == 0
            raise _TrialRollback
    except _TrialRollback:
        return same
