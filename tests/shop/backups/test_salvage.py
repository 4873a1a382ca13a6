"""A database with damaged pages: what can be read is saved, what is lost is counted, nothing is made up."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from shop.access.roles import OWNER, Actor, NotAllowed
from shop.connect import connect
from shop.core.errors import DamagedDatabase
from shop.db.backup import DamagedBackup, examine_copy, restore
from shop.db.database import sqlite_driver
from shop.maintenance import examine
from shop.salvage import DERIVED, Unsalvageable, salvage
from tests.support.database_pages import leaf_pages, leaves, page_size, spoil
from tests.support.kills.shops import small_shop

pytestmark = pytest.mark.sqlite_file("damages a file")
ROWS = 1_500
OTHER = b"\xa5" * 65_536  # as large as a page may be


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop of which orders, sold names and comments fill many pages."""
    path = small_shop(tmp_path_factory.mktemp("sound") / "shop") / "shop.db"
    with closing(sqlite_driver().connect(str(path))) as connection:
        for table, key in (("order_line", "order_id"), ("comment", "comment_id"), ("refund", "refund_id")):
            names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            values = ", ".join(f"'copy-' || n || '-' || {key}" if name == key else name for name in names)
            connection.execute(
                f"WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {ROWS}) "
                f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM n, (SELECT * FROM {table} LIMIT 1)"
            )
        connection.commit()
    db = connect(str(path))
    with db.write() as connection:
        from shop.metrics.rollups import rebuild

        rebuild(connection, 1)
    db.close()
    with closing(sqlite_driver().connect(str(path))) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


def rows_of(path: Path) -> dict[str, Counter[Any]]:
    with closing(sqlite_driver().connect(str(path))) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            name: Counter(connection.execute(f"SELECT * FROM {name}").fetchall())
            for (name,) in names
            if name not in DERIVED and not name.startswith("sqlite_")
        }


def damaged(sound: Path, place: Path, pages: list[int], content: bytes) -> Path:
    """A copy of which these pages hold something else."""
    place.parent.mkdir()
    shutil.copyfile(sound, place)
    spoil(place, pages, content)
    place.with_name(place.name + ".key").write_bytes(sound.with_name(sound.name + ".key").read_bytes())
    return place


def saved(sound: Path, place: Path, before: dict[str, Counter[Any]]) -> int:
    """Salvage and restore; how many rows were lost. Every kept row is one of before, every other one is counted."""
    result = salvage(place, actor=OWNER)
    assert examine_copy(result.path)
    after, losses = rows_of(result.path), {loss.table: loss for loss in result.losses}
    total = 0
    for name, rows in before.items():
        if name == "meta":
            continue
        if name == "audit":
            rows = rows + (after[name] - rows)
            assert (rows - before[name]).total() == 1  # that it was saved
        missing = (rows - after[name]).total()
        total += missing
        assert not after[name] - rows, name
        assert bool(missing) <= (name in losses), name
        if name in losses:
            kept = after[name].total() - (name == "audit")
            assert losses[name].kept == kept and losses[name].lost in (missing, None), name
    restore(result.path, place, connect, anyway=True)
    db = connect(str(place))
    checks = {check.name: check for check in examine(db)}
    db.close()
    assert all(checks[name].ok for name in ("file", "key", "figures", "costs")), checks
    return total


@pytest.mark.parametrize("content", [OTHER, b""], ids=["other bytes", "zeroes"])
def test_the_rows_around_damaged_pages_are_saved(content: bytes, sound: Path, tmp_path: Path) -> None:
    orders, refunds = leaf_pages(sound, "order_line"), leaf_pages(sound, "refund")
    assert len(orders) > 9 and len(refunds) > 3
    hurt = [orders[2], orders[6], refunds[1]]
    lost = saved(sound, damaged(sound, tmp_path / "hurt" / "shop.db", hurt, content), rows_of(sound))
    assert 0 < lost < ROWS


def test_damage_to_indexes_and_figures_loses_nothing(sound: Path, tmp_path: Path) -> None:
    hurt = [*leaf_pages(sound, "order_line_paid_on")[:2], *leaf_pages(sound, "fact_sku_day")[:1]]
    assert len(hurt) == 3
    assert saved(sound, damaged(sound, tmp_path / "hurt" / "shop.db", hurt, OTHER), rows_of(sound)) == 0


def test_a_sound_database_loses_nothing(sound: Path, tmp_path: Path) -> None:
    assert saved(sound, damaged(sound, tmp_path / "copy" / "shop.db", [], b""), rows_of(sound)) == 0


def test_what_cannot_be_read_at_all_is_said(sound: Path, tmp_path: Path) -> None:
    place = damaged(sound, tmp_path / "hurt" / "shop.db", [0], OTHER)
    with pytest.raises(Unsalvageable):
        salvage(place, actor=OWNER)
    with pytest.raises(NotAllowed):
        salvage(sound, actor=Actor("Mei", "packer"))


def test_damage_to_the_text_of_a_view_is_no_riddle(sound: Path, tmp_path: Path) -> None:
    """SQLite's own error has the damaged text in it, which is no UTF-8."""
    place = damaged(sound, tmp_path / "hurt" / "shop.db", [], b"")
    place.write_bytes(place.read_bytes().replace(b"CREATE VIEW v_day", b"CREATE \xd4IEW v_day"))
    with pytest.raises(DamagedBackup):
        examine_copy(place)
    with pytest.raises(DamagedDatabase, match="damaged"):
        connect(str(place))
    assert saved(sound, place, rows_of(sound)) == 0


def schema_of(path: Path) -> list[Any] | None:
    """The statements of the tables and indexes; None where they cannot be read."""
    try:
        with closing(sqlite_driver().connect(str(path))) as connection:
            connection.execute("PRAGMA writable_schema = ON")
            return connection.execute(
                "SELECT sql FROM sqlite_master WHERE type IN ('table', 'index')"
            ).fetchall()
    except (sqlite_driver().DatabaseError, UnicodeDecodeError):
        return None


def any_damage(sound: Path, folder: Path, count: int, seed: int = 1) -> None:
    rng, before, schema_before = random.Random(seed), rows_of(sound), schema_of(sound)
    schema = {0, *leaves(sound.read_bytes(), 0), *leaf_pages(sound, "alembic_version")}
    pages = [
        page for page in range(sound.stat().st_size // page_size(sound.read_bytes())) if page not in schema
    ]
    for number in range(count):
        hurt = rng.sample(pages, rng.choice((1, 1, 2, 5, 12)))
        content = rng.choice((OTHER, b"", rng.randbytes(65_536), b"\x0d"))
        place = damaged(sound, folder / str(number) / "shop.db", hurt, content)
        if schema_of(place) != schema_before:  # the end of a long statement is on a page of its own
            with pytest.raises(Unsalvageable):
                salvage(place, actor=OWNER)
            continue
        try:
            saved(sound, place, before)
            shutil.rmtree(place.parent)
        except Exception as problem:
            raise AssertionError(f"{number}: pages {hurt}, {content[:4]!r}") from problem


def test_any_damaged_pages(sound: Path, tmp_path: Path) -> None:
    any_damage(sound, tmp_path, 2)


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(1, 11))
def test_three_hundred_shops_with_any_damaged_pages(seed: int, sound: Path, tmp_path: Path) -> None:
    any_damage(sound, tmp_path, 30, seed)
