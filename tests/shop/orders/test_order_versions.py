"""Whole orders: whatever order their versions come in, the newest one stands, line for line."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from zlib import crc32

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shop.db.database import Database
from shop.metrics import rollups
from shop.metrics.query import Query, total
from shop.orders.batch import IngestBatch
from shop.orders.upsert import Upsert
from tests.support.fresh import new_database
from tests.support.odd_inputs.examples import examples

Version = tuple[int, tuple[tuple[int, int], ...]]  # when, and (line, quantity) of each line


def lines_of(order: str, version: Version) -> list[dict[str, Any]]:
    when, lines = version
    content = crc32(repr((order, version)).encode())
    return [
        {
            "order_id": order,
            "line_id": f"{order}-{line}",
            "created_at": 1_700_000_000,
            "paid_at": 1_700_000_000 + 86_400 * line,
            "paid_on": f"2023-11-{15 + line}",
            "status": "paid",
            "sku": f"SKU-{line}",
            "quantity": quantity,
            "currency": "CNY",
            "list_cents": 100 * quantity,
            "buyer_paid_cents": 100 * quantity,
            "updated_at": when,
            "payload_hash": content * 10 + line,
        }
        for line, quantity in lines
    ]


def batch(orders: list[tuple[str, Version]]) -> IngestBatch:
    rows = [
        (number, line) for number, (order, version) in enumerate(orders) for line in lines_of(order, version)
    ]
    names = list(rows[0][1])
    columns = {name: [line[name] for _, line in rows] for name in names}
    return IngestBatch("order_line", "tiktok", columns, [number for number, _ in rows])


def put(db: Database, orders: list[tuple[str, Version]]) -> None:
    with db.write() as connection:
        load = Upsert(connection, 1)
        load.put(batch(orders), whole_orders=True)
        load.finish()


def rows(db: Database, table: str) -> list[tuple[Any, ...]]:
    with db.read() as connection:
        what = "order_id, line_id, quantity, updated_at, payload_hash" if table == "order_line" else "*"
        return sorted(map(tuple, connection.exec_driver_sql(f"SELECT {what} FROM {table}")))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = new_database(tmp_path_factory.mktemp("orders") / "shop.db")
    yield database
    database.close()


line_sets = st.lists(
    st.tuples(st.integers(1, 4), st.integers(1, 3)), min_size=1, max_size=4, unique_by=lambda item: item[0]
)
versions = st.tuples(st.integers(1_700_000_000, 1_700_000_004), line_sets.map(tuple))
histories = st.lists(st.tuples(st.sampled_from(["7001", "7002"]), versions), min_size=1, max_size=6)


@settings(
    max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(history=histories, data=st.data())
def test_the_newest_version_stands_whatever_order_they_come_in(
    history: list[tuple[str, Version]], data: st.DataObject, shared: Database
):
    def report(pieces: list[list[tuple[str, Version]]]) -> dict[str, list[tuple[Any, ...]]]:
        with shared.write() as connection:
            for table in ("order_line", "fact_day", "fact_sku_day", "fact_sku_month"):
                connection.exec_driver_sql(f"DELETE FROM {table}")
        db = shared
        for piece in pieces:
            put(db, piece)
        result = {table: rows(db, table) for table in ("order_line", "fact_day", "fact_sku_day")}
        with db.write() as connection:
            rollups.rebuild(connection, 1)
        rebuilt = {table: rows(db, table) for table in ("order_line", "fact_day", "fact_sku_day")}
        assert result == rebuilt
        return result

    one_by_one = report([[version] for version in history])
    shuffled = data.draw(st.permutations(history))
    assert report([[version] for version in shuffled]) == one_by_one
    assert report([history]) == one_by_one
    for order in {order for order, _ in history}:
        newest = max(
            (v for o, v in history if o == order),
            key=lambda v, order=order: max((x["updated_at"], x["payload_hash"]) for x in lines_of(order, v)),
        )
        expected = {f"{order}-{line}" for line, _ in newest[1]}
        assert {row[1] for row in one_by_one["order_line"] if row[0] == order} == expected


def stored(db: Database) -> set[tuple[str, int]]:
    with db.read() as connection:
        result = connection.exec_driver_sql("SELECT line_id, quantity FROM order_line")
        return {(row[0], row[1]) for row in result}


def test_a_line_that_the_newer_version_lacks_goes_and_does_not_come_back(db: Database):
    put(db, [("1", (100, ((1, 1), (2, 1))))])
    put(db, [("1", (200, ((1, 2),)))])
    assert stored(db) == {("1-1", 2)}
    put(db, [("1", (100, ((1, 1), (2, 1))))])
    assert stored(db) == {("1-1", 2)}


def put_file(db: Database, version: Version) -> list[bool]:
    with db.write() as connection:
        load = Upsert(connection, 1, source_id=5)
        changed = load.put(batch([("1", version)]))
        load.finish()
        return changed


@pytest.mark.parametrize("file_first", [True, False])
def test_a_file_brings_no_line_back_that_a_newer_answer_lacks(db: Database, file_first: bool):
    file, answer = (100, ((1, 1), (2, 1))), [("1", (200, ((1, 2),)))]
    if file_first:
        put_file(db, file)
    put(db, answer)
    if not file_first:
        assert put_file(db, file) == [False, False]
    assert stored(db) == {("1-1", 2)}


@pytest.mark.parametrize("file_first", [True, False])
def test_a_line_of_a_newer_file_stays(db: Database, file_first: bool):
    file, answer = (300, ((2, 1),)), [("1", (200, ((1, 2),)))]
    if file_first:
        put_file(db, file)
    put(db, answer)
    if not file_first:
        put_file(db, file)
    assert stored(db) == {("1-1", 2), ("1-2", 1)}


@pytest.mark.parametrize("file_first", [True, False])
def test_an_order_of_file_and_api_has_the_buyer_of_the_api(db: Database, file_first: bool) -> None:
    """The file knows the receiver, the API the buyer: with the API's other order it is one buyer who came again."""
    by_api, by_file = batch([("A", (5, ((0, 1),))), ("B", (5, ((0, 1),)))]), batch([("A", (9, ((0, 1),)))])
    by_api.columns["buyer_key"] = [1, 1]
    by_file.columns["buyer_key"] = [2]
    with db.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO source_file (source_id, shop_id, sha256, name, kind, reader, bytes, read, stored, "
            "unchanged, set_aside) VALUES (7, 1, '7', '', '', '', 0, 0, 0, 0, 0)"
        )
        for is_file in (file_first, not file_first):
            load = Upsert(connection, 1, source_id=7 if is_file else None)
            load.put(by_file if is_file else by_api, whole_orders=not is_file)
            load.finish()
    query = Query(("buyers", "repeat_buyers"), date(2023, 11, 1), date(2023, 11, 30))
    assert total(db, query) == {"buyers": 1, "repeat_buyers": 1}
