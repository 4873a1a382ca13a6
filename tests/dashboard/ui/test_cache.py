"""What is stored under one key, and what is told apart."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import streamlit as st
from streamlit.runtime.caching.cache_errors import UnhashableParamError

from dashboard.ui.cache import cached_of
from shop.connect import connect
from shop.db.database import Database
from shop.metrics.query import Query


@pytest.fixture
def db(empty_shop: Path) -> Iterator[Database]:
    st.cache_data.clear()
    opened = connect(str(empty_shop))
    yield opened
    opened.close()


def value_of(_db: Database, value: object) -> object:
    return value


JANUARY = Query(("gmv",), date(2026, 1, 1), date(2026, 1, 31))
TABLE = pd.DataFrame({"units": range(1_000)})
APART = (
    ("1", 1, 1.5, None, "None", (), ((),), ("a", "b"), ("a, b",), "object at 0x7f"),
    (JANUARY, Query(("gmv",), date(2026, 1, 1), date(2026, 1, 30)), str(JANUARY)),
    (["a"], ["b"]),
)


@pytest.mark.parametrize("values", APART, ids=("plain", "questions", "lists"))
def test_arguments_are_told_apart(db: Database, values: tuple[object, ...]) -> None:
    for _ in range(2):
        assert [cached_of(db, value_of, value) for value in values] == list(values)


def test_tables_are_told_apart_by_rows_that_their_text_leaves_out(db: Database) -> None:
    other = TABLE.copy()
    other.loc[500, "units"] = -1
    assert str(other) == str(TABLE)
    assert cached_of(db, value_of, TABLE).equals(TABLE)
    assert cached_of(db, value_of, other).equals(other)


def test_an_object_whose_text_is_its_place_in_memory_is_refused(db: Database) -> None:
    with pytest.raises(UnhashableParamError):
        cached_of(db, value_of, object())


def test_a_result_is_stored_until_the_data_change(db: Database) -> None:
    read: list[object] = []

    def reader(_db: Database, query: Query) -> int:
        read.append(query)
        return len(read)

    assert [cached_of(db, reader, JANUARY) for _ in range(3)] == [1, 1, 1]
    with db.write() as connection:
        connection.exec_driver_sql("UPDATE meta SET value = value")
    assert cached_of(db, reader, JANUARY) == 2
    assert cached_of(db.read_as("creator"), reader, JANUARY) == 3
