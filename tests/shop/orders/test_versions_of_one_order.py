"""The law of versions: whatever exports of an order are read, in whatever order, one end state; nothing known is lost.

The expected row is computed here by the definition, one field at a time over all exports at once.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.access.roles import OWNER
from shop.db.database import Database
from shop.maintenance import figures_are_true
from shop.orders.batch import IngestBatch
from shop.orders.undo_import import undo_import
from shop.orders.upsert import Upsert
from tests.support.fresh import new_database
from tests.support.odd_inputs.examples import examples

OPTIONAL = {  # what an export may not know, with its word for unknown
    "carrier": ("unknown", ("live", "video")),
    "province": (None, ("江西省", "浙江省")),
    "creator_id": (None, ("77", "78")),
    "content_id": (None, ("room-1", "room-2")),
    "buyer_key": (None, (11, 12)),
    "title": (None, ("杯", "主人杯")),
    "spec": (None, ("青釉", "天青")),
    "shipped_at": (None, (1_700_200_000, 1_700_300_000)),
}
RANKS = ("unpaid", "paid", "shipped", "completed")
TABLES = ("order_line", "fact_day", "fact_sku_day", "fact_sku_month")
Export = dict[str, Any]

lines = st.fixed_dictionaries(
    {
        "updated_at": st.sampled_from((1_700_000_000, 1_700_000_050)),
        "status": st.sampled_from(RANKS),
        "sku": st.sampled_from(("CUP", "CUP-NEW")),
        "paid": st.sampled_from((10_000, 9_000)),
        "quantity": st.integers(1, 2),
        **{name: st.sampled_from((unknown, *known)) for name, (unknown, known) in OPTIONAL.items()},
    }
)
exports = st.dictionaries(st.sampled_from(("1", "2")), lines, min_size=1, max_size=2)
histories = st.lists(
    st.tuples(st.integers(1, 3), exports), min_size=1, max_size=6
)  # (moment of export, its lines)


def batch_of(export: dict[str, Export]) -> IngestBatch:
    columns: dict[str, list[Any]] = {}
    for line, content in export.items():
        row = {
            "order_id": "O1",
            "line_id": line,
            "created_at": 1_700_000_000,
            "paid_at": 1_700_000_000,
            "paid_on": "2023-11-15",
            "currency": "CNY",
            "list_cents": content["paid"],
            "buyer_paid_cents": content["paid"],
            "attribution": "D" if content["carrier"] == "unknown" else "A",
            "seller": "own" if content["creator_id"] is None else "partner",
            **{name: value for name, value in content.items() if name != "paid"},
            "payload_hash": version_of(line, content)[1],
        }
        for name, value in row.items():
            columns.setdefault(name, []).append(value)
    return IngestBatch("order_line", "douyin", columns, list(range(len(export))))


def version_of(line: str, content: Export) -> tuple[int, int]:
    return content["updated_at"], RANKS.index(content["status"]) << 39 | crc32(
        repr((line, sorted(content.items(), key=str))).encode()
    )


@pytest.fixture(scope="module")
def shared() -> Iterator[Database]:
    with tempfile.TemporaryDirectory() as folder:
        database = new_database(Path(folder) / "shop.db")
        yield database
        database.close()


def read(
    db: Database, number: int, moment: int, export: dict[str, Export], *, with_figures: bool = False
) -> None:
    with db.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO source_file (source_id, shop_id, sha256, name, kind, reader, bytes, read, stored, "
            f"unchanged, set_aside, exported_at) VALUES ({number}, 1, '{number}', '', '', '', 0, 0, 0, 0, 0, "
            f"{moment})"
        )
        load = Upsert(connection, 1, source_id=number)
        load.put(batch_of(export))
        if with_figures:
            load.finish()


def clear(db: Database) -> None:
    with db.write() as connection:
        for table in (*TABLES, "source_file", "row_statement", "sold_name", "sold_sku", "sold_match"):
            connection.exec_driver_sql(f"DELETE FROM {table}")


def state(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    with db.read() as connection:
        columns = [c for c in _columns(connection) if c not in ("source_id", "name_key")]
        named = ", ".join(f"l.{name}" for name in columns)
        return {
            "lines": sorted(
                map(
                    tuple,
                    connection.exec_driver_sql(
                        f"SELECT {named}, n.title, n.spec FROM order_line l JOIN sold_name n USING (name_key)"
                    ),
                )
            ),
            **{
                table: sorted(map(tuple, connection.exec_driver_sql(f"SELECT * FROM {table}")))
                for table in TABLES[1:]
            },
        }


def _columns(connection: Any) -> list[str]:
    return list(connection.exec_driver_sql("SELECT * FROM order_line LIMIT 0").keys())


def expected(history: list[tuple[int, dict[str, Export]]], numbers: list[int]) -> dict[str, dict[str, Any]]:
    """Each line by the definition: of each field the last export that knows it."""
    result: dict[str, dict[str, Any]] = {}
    for line in {line for _, export in history for line in export}:
        contents = sorted(
            (
                (content["updated_at"], RANKS.index(content["status"]), moment, number, content)
                for number, (moment, export) in zip(numbers, history, strict=True)
                for which, content in export.items()
                if which == line
            ),
            key=lambda item: item[:4],
        )
        row = dict(contents[-1][4])
        for name, (unknown, _) in OPTIONAL.items():
            known = [item[4][name] for item in contents if item[4][name] != unknown]
            row[name] = known[-1] if known else unknown
        result[line] = row
    return result


def shown(db: Database) -> dict[str, dict[str, Any]]:
    names = ("updated_at", "status", "sku", "buyer_paid_cents", "quantity", *OPTIONAL)
    with db.read() as connection:
        rows = connection.exec_driver_sql(
            f"SELECT line_id, {', '.join(('n.' if n in ('title', 'spec') else 'l.') + n for n in names)} "
            "FROM order_line l JOIN sold_name n USING (name_key)"
        ).all()
    keys = [name if name != "buyer_paid_cents" else "paid" for name in names]
    return {row[0]: dict(zip(keys, row[1:], strict=True)) for row in rows}


def law_of_versions(db: Database, history: list[tuple[int, dict[str, Export]]], order: list[int]) -> None:
    """Read in both orders, the numbers of the files staying with them."""
    numbers = list(range(1, len(history) + 1))
    clear(db)
    for number, (moment, export) in zip(numbers, history, strict=True):
        read(db, number, moment, export)
    assert shown(db) == expected(history, numbers)
    first = state(db)
    clear(db)
    for place in order:
        read(db, numbers[place], *history[place])
    assert state(db) == first


@settings(max_examples=40, deadline=None)
@given(history=histories, data=st.data())
def test_any_order_of_reading_gives_one_end_state(
    history: list[tuple[int, dict[str, Export]]], data: st.DataObject, shared: Database
) -> None:
    law_of_versions(shared, history, data.draw(st.permutations(range(len(history)))))


@pytest.mark.proof
@settings(max_examples=5_000, deadline=None)
@given(history=histories, data=st.data())
def test_any_order_of_reading_gives_one_end_state_5000_times(
    history: list[tuple[int, dict[str, Export]]], data: st.DataObject, shared: Database
) -> None:
    law_of_versions(shared, history, data.draw(st.permutations(range(len(history)))))


@settings(max_examples=examples(10), deadline=None)
@given(history=histories, gone=st.sets(st.integers(0, 5)))
def test_what_is_undone_was_never_there(
    history: list[tuple[int, dict[str, Export]]], gone: set[int], shared: Database
) -> None:
    numbers = list(range(1, len(history) + 1))
    left = [place for place in range(len(history)) if place not in gone]
    clear(shared)
    for place in left:
        read(shared, numbers[place], *history[place], with_figures=True)
    wanted, wanted_statements = state(shared), statements(shared)
    clear(shared)
    for place in range(len(history)):
        read(shared, numbers[place], *history[place], with_figures=True)
    for place in sorted(gone & set(range(len(history)))):
        with shared.write() as connection:
            undo_import(connection, 1, numbers[place], OWNER)
    assert state(shared) == wanted
    assert statements(shared) == wanted_statements
    assert figures_are_true(shared)


def statements(db: Database) -> list[tuple[Any, ...]]:
    with db.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT rest_key, updated_at, payload_hash, sources, body IS NULL FROM row_statement"
        )
        return sorted(map(tuple, rows))
