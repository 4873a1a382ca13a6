"""One buyer under two keys: a file has the receiver, the API an id; orders of both show which belong together."""

import itertools
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.access.roles import OWNER
from shop.db.database import Database
from shop.maintenance import figures_are_true
from shop.metrics import deferred_rollups, rollups
from shop.metrics.query import Query, answer
from shop.orders.batch import IngestBatch
from shop.orders.undo_import import undo_import
from shop.orders.upsert import Upsert
from shop.privacy.buyer import buyer_of, erase_buyer
from tests.support.canaries import everything_written
from tests.support.fresh import new_database
from tests.support.odd_inputs.examples import examples

API = 0
RECEIVER, OTHER, MASKED = 71_000_000_000_007, 72_000_000_000_007, None
ANNA, BEN = 11_000_000_000_007, 12_000_000_000_007
MARCH = 1_772_323_200 - 86_400  # the day before its first, in seconds UTC
DAYS = {order: f"2026-03-0{place}" for place, order in enumerate("ABCDE", 1)}
Reading = tuple[int, dict[str, int | None]]  # a source, and the buyer of each order that it states


def batch_of(source: int, buyers: dict[str, int | None], line: str = "1") -> IngestBatch:
    columns: dict[str, list[Any]] = defaultdict(list)
    for order, buyer in buyers.items():
        content = (source == API, order, buyer)
        row = {
            "order_id": order,
            "line_id": line,
            "paid_at": MARCH + 86_400 * int(DAYS[order][-1]),
            "paid_on": DAYS[order],
            "status": "paid",
            "sku": "cup",
            "quantity": 1,
            "currency": "CNY",
            "list_cents": 10_000,
            "buyer_paid_cents": 10_000,
            "buyer_key": buyer,
            "updated_at": 1_772_500_000,
            "payload_hash": 1 << 39 | crc32(repr(content).encode()),
        }
        for name, value in row.items():
            columns[name].append(value)
    return IngestBatch("order_line", "douyin", columns, list(range(len(buyers))))


def read(db: Database, source: int, buyers: dict[str, int | None], line: str = "1") -> None:
    with db.write() as connection:
        if source != API:
            connection.exec_driver_sql(
                "INSERT INTO source_file (source_id, shop_id, sha256, name, kind, reader, bytes, read, stored, "
                f"unchanged, set_aside) VALUES ({source}, 1, '{source}', '', '', '', 0, 0, 0, 0, 0)"
            )
        load = Upsert(connection, 1, source_id=source or None)
        load.put(batch_of(source, buyers, line), whole_orders=source == API)
        load.finish()


def undo(db: Database, source: int) -> None:
    with db.write() as connection:
        undo_import(connection, 1, source, OWNER)


def state(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    deferred_rollups.up_to_date(db)
    statements = (
        "rest_key, updated_at, payload_hash, sources, body IS NULL, body ->> 'buyer_key' FROM row_statement"
    )
    lines = "order_id, line_id, buyer_key, status, paid_on, buyer_paid_cents FROM order_line"
    wanted = (lines, statements, *(f"* FROM {table}" for table in ("buyer_link", *rollups.TABLES)))
    with db.read() as connection:
        return {
            rows: sorted(map(tuple, connection.exec_driver_sql(f"SELECT {rows}")), key=repr)
            for rows in wanted
        }


def buyers(db: Database) -> dict[str, int | None]:
    with db.read() as connection:
        return dict(connection.exec_driver_sql("SELECT order_id, buyer_key FROM order_line").all())


def figures(db: Database) -> tuple[int, float]:
    """Buyers, and the repeat rate, of the month."""
    row = answer(db, Query(("buyers", "repeat_rate"), date(2026, 3, 1), date(2026, 3, 31))).iloc[0]
    return int(row["buyers"]), float(row["repeat_rate"])


@pytest.mark.parametrize("order", [*itertools.permutations(range(3))])
def test_a_file_and_the_api_count_one_buyer_once(db: Database, order: tuple[int, ...]) -> None:
    readings: list[Reading] = [
        (API, {"A": ANNA, "C": ANNA}),
        (1, {"A": RECEIVER, "B": RECEIVER}),  # A teaches that the receiver of B is Anna
        (2, {"D": RECEIVER, "E": OTHER}),
    ]
    for place in order:
        read(db, *readings[place])
    assert buyers(db) == {"A": ANNA, "B": ANNA, "C": ANNA, "D": ANNA, "E": OTHER}
    assert figures(db) == (2, 0.5)  # Anna four times, the other once
    assert figures_are_true(db)


def test_undoing_an_import_takes_what_only_it_taught(db: Database) -> None:
    read(db, API, {"A": ANNA, "C": ANNA})
    read(db, 2, {"D": RECEIVER, "E": OTHER})
    wanted = state(db)
    read(db, 1, {"A": RECEIVER, "B": RECEIVER})
    assert figures(db) == (2, 0.5)
    undo(db, 1)
    assert state(db) == wanted and figures(db) == (3, 1 / 3)


def test_masked_and_shared_receivers_stand_for_nobody(db: Database) -> None:
    read(db, API, {"A": ANNA, "B": BEN, "C": ANNA})
    read(db, 1, {"A": RECEIVER, "B": RECEIVER, "C": MASKED, "D": RECEIVER, "E": MASKED})
    assert buyers(db) == {"A": ANNA, "B": BEN, "C": ANNA, "D": RECEIVER, "E": None}
    assert figures(db) == (3, 1 / 3)


def test_lines_of_other_keys_teach_too(db: Database) -> None:
    read(db, 1, {"A": RECEIVER, "B": RECEIVER}, line="#1")  # a file without ids of lines
    read(db, API, {"A": ANNA, "C": ANNA}, line="7001")
    assert buyers(db) == {"A": ANNA, "B": ANNA, "C": ANNA}


def test_nothing_leads_to_an_erased_buyer(db: Database) -> None:
    read(db, API, {"A": ANNA, "C": BEN})
    read(db, 1, {"A": RECEIVER, "B": RECEIVER})
    before = figures(db)
    assert set(buyer_of(db, "B", actor=OWNER).orders) == {("douyin", "A"), ("douyin", "B")}
    erase_buyer(db, "B", actor=OWNER)
    written = everything_written(db.path)
    assert str(ANNA).encode() not in written and str(RECEIVER).encode() not in written
    assert figures(db) == before == (2, 0.5)


def test_a_shop_of_an_earlier_version_learns_with_its_next_load(db: Database) -> None:
    read(db, API, {"A": ANNA})
    read(db, 1, {"A": RECEIVER, "B": RECEIVER})
    with db.write() as connection:
        connection.exec_driver_sql("DELETE FROM buyer_link")
        connection.exec_driver_sql("DELETE FROM row_statement WHERE first_key = 'B'")
        connection.exec_driver_sql(f"UPDATE order_line SET buyer_key = {RECEIVER} WHERE order_id = 'B'")
        connection.exec_driver_sql("INSERT INTO meta VALUES ('buyers_to_learn_1', '')")
    read(db, API, {"E": BEN})
    assert buyers(db) == {"A": ANNA, "B": ANNA, "E": BEN}


keys = st.sampled_from((RECEIVER, OTHER, MASKED, ANNA))
of_file = st.dictionaries(st.sampled_from("ABCDE"), keys, min_size=1)
of_api = st.dictionaries(st.sampled_from("ABCDE"), st.sampled_from((ANNA, BEN, None)), min_size=1)


@pytest.fixture(scope="module")
def shared() -> Iterator[Database]:
    with tempfile.TemporaryDirectory() as folder:
        database = new_database(Path(folder) / "shop.db")
        yield database
        database.close()


def clear(db: Database) -> None:
    with db.write() as connection:
        for table in ("order_line", "row_statement", "buyer_link", "source_file", "stale_day"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
        for table in rollups.TABLES:
            connection.exec_driver_sql(f"DELETE FROM {table}")


def expected(api: dict[str, int | None], files: list[dict[str, int | None]]) -> set[tuple[str, int]]:
    """Order and the buyer whom both orders and links show, where all files of an order say the same."""
    links: dict[int, set[int]] = defaultdict(set)
    for order, buyer in api.items():
        for key in {file[order] for file in files if order in file} - {None}:
            if buyer is not None and key != buyer:
                assert key is not None
                links[key].add(buyer)
    known: set[tuple[str, int]] = set()
    for order in {*api, *(order for file in files for order in file)}:
        known_keys = {file[order] for file in files if order in file} - {None}
        key = api.get(order) or (known_keys.pop() if len(known_keys) == 1 else None)
        if key is not None:
            one = links.get(key, {key}) if api.get(order) is None else {key}
            known.add((order, min(one) if len(one) == 1 else key))
    return known


@settings(max_examples=examples(6), deadline=None)
@given(api=of_api, files=st.lists(of_file, min_size=1, max_size=3), data=st.data())
def test_any_order_of_reading_gives_the_same_buyers(
    api: dict[str, int | None], files: list[dict[str, int | None]], data: st.DataObject, shared: Database
) -> None:
    readings = [(API, api), *enumerate(files, 1)]
    clear(shared)
    for reading in readings:
        read(shared, *reading)
    first = state(shared)
    assert expected(api, files) <= set(buyers(shared).items())
    gone = data.draw(st.integers(1, len(files)))
    undo(shared, gone)
    without = state(shared)
    for order in (data.draw(st.permutations(readings)), readings):
        clear(shared)
        for source, content in order:
            if order is not readings or source != gone:
                read(shared, source, content)
        assert state(shared) == (without if order is readings else first)
    assert figures_are_true(shared)
