"""The law of undoing: read A, read B, undo B, and every table and view is as after A alone.

Over every kind of file: A and B are parts of one file that share rows which B changes, or files of different kinds.
"""

import random
import shutil
from pathlib import Path
from typing import Any

import pytest

from etl.errors import FileRejected
from etl.imports.importer import import_file
from shop.access.roles import OWNER
from shop.db.database import Database
from shop.metrics import deferred_rollups
from shop.open_data.views import VIEWS
from shop.orders.undo_import import undo_import
from tests.etl.imports.test_mutated_files import mark_of, opened, settings_of, table_of
from tests.support.files_by_kind import SAMPLES, Sample
from tests.support.mutations.changes import Table, written

LOGS = ("audit", "source_file", "meta")  # what happened, when
# From the comments, as the laws in tests/shop/metrics/test_comment_days.py hold; which days are noted is no trace.
COMPUTED = ("comment_day", "comment_group", "stale_comment_day")
CALENDAR = "v_calendar"  # a century of days, the same in every shop
OF_ONE_VERSION = ("row_statement", "body")  # of the row itself, or as it was read: both mean the same


def state(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables and views but the calendar and what is computed by day from comments."""
    deferred_rollups.up_to_date(db)
    rows: dict[str, list[tuple[Any, ...]]] = {}
    with db.read() as connection:
        names = {name for name in db.tables(connection) if not name.startswith("sqlite_")} | {*VIEWS}
        for name in sorted(names.difference((*LOGS, *COMPUTED, CALENDAR))):
            cursor = connection.exec_driver_sql(f'SELECT * FROM "{name}"')
            read = [place for place, column in enumerate(cursor.keys()) if (name, column) != OF_ONE_VERSION]
            rows[name] = sorted((tuple(row[place] for place in read) for row in cursor), key=repr)
    return rows


def overlapping(sample: Sample, rng: random.Random) -> tuple[Table, Table]:
    """The first two thirds of a file, and the last two with cells changed and rows in another order."""
    rows = [list(row) for row in table_of(sample)]
    head, body = rows[: sample.top], rows[sample.top :]
    later = [list(row) for row in body[len(body) // 3 :]]
    for row in later:
        place, other = rng.randrange(len(row)), rng.choice(later)
        number = row[place].strip().replace(".", "", 1)
        if rng.random() < 0.4:
            continue
        if number.isdigit() and len(number) < 9:
            row[place] = f"{float(row[place]) + 1:.2f}" if "." in row[place] else str(int(row[place]) + 1)
        elif rng.random() < 0.5 and place < len(other):
            row[place] = other[place]
    if rng.random() < 0.3:
        rng.shuffle(later)
    return head + body[: max(1, (2 * len(body) + 2) // 3)], head + later


def difference(
    empty: Path, folder: Path, first: tuple[Sample, Table], second: tuple[Sample, Table]
) -> dict[str, Any]:
    """The tables that differ after the second file was undone: rows that lack, and rows too many."""
    if first == second:  # read again with other settings a file replaces itself
        return {}
    db = opened(empty, folder)
    try:
        for place, (sample, table) in enumerate((first, second)):
            path = folder / f"{sample.path.stem}{'_' * place}.csv"
            path.write_bytes(
                written(table, mark_of(sample)).encode("cp1252" if sample.own_profile else "utf-8")
            )
            settings = {**settings_of(sample), "saved_at": 1_760_000_000 + place * 86_400}
            if import_file(db, path, kind=sample.kind, settings=settings).seen_before:
                return {}
            if not place:
                wanted = state(db)
        with db.write() as connection:
            latest = connection.exec_driver_sql("SELECT MAX(source_id) FROM source_file").scalar()
            undo_import(connection, 1, int(str(latest)), OWNER)
        after = state(db)
    except FileRejected:  # a cell that stands for the whole file
        return {}
    finally:
        db.close()
        shutil.rmtree(folder)
    return {
        name: (
            [row for row in rows if row not in after[name]],
            [row for row in after[name] if row not in rows],
        )
        for name, rows in wanted.items()
        if rows != after[name]
    }


def check(empty: Path, folder: Path, seed: int) -> None:
    rng = random.Random(seed)
    others = rng.sample(SAMPLES, len(SAMPLES))
    for place, (sample, other) in enumerate(zip(SAMPLES, others, strict=True)):
        first, second = overlapping(sample, rng)
        pairs = [((sample, first), (sample, second))]
        if seed and other is not sample:
            pairs.append(((sample, table_of(sample)), (other, table_of(other))))
        for number, pair in enumerate(pairs):
            differing = difference(empty, folder / f"{place}-{number}", *pair)
            assert differing == {}, f"{pair[0][0].name}, then {pair[1][0].name}"


def test_what_is_undone_leaves_no_trace(empty: Path, tmp_path: Path) -> None:
    check(empty, tmp_path, 0)


def test_orders_imported_over_their_items_leave_no_trace(empty: Path, tmp_path: Path) -> None:
    """An order without its lines is shown by the lines that another file states: it is no SKU and no second number."""
    items, orders = (
        next(sample for sample in SAMPLES if sample.path.stem == name)
        for name in ("etsy_order_items", "etsy_orders")
    )
    pair = (items, table_of(items)), (orders, table_of(orders))
    assert difference(empty, tmp_path / "both", *pair) == {}


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(1, 21))
def test_what_is_undone_leaves_no_trace_in_many_pairs(empty: Path, tmp_path: Path, seed: int) -> None:
    check(empty, tmp_path, seed)
