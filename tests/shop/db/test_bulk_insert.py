"""Many rows in few strokes: what the statements store is what was handed over, whatever the words."""

import sqlite3
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shop.db import bulk_insert

WORDS = st.sampled_from(["live", "it's", "", None, "x'); DROP TABLE t; --", "杯\n", '"', "a\0b"])


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(WORDS, WORDS, st.integers(-5, 5), st.text(max_size=4), st.none() | st.floats(0, 1)),
        min_size=1,
        max_size=60,
    )
)
@example(rows=[("live", None, 1, "", 6.998504722100352e-306)] * 3)
def test_all_rows_are_stored_as_they_are(rows: list[tuple[Any, ...]]) -> None:
    names = ("status", "carrier", "quantity", "title", "rate")
    columns = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk_insert, "FROM_ROWS", 2)
        connection = sqlite3.connect(":memory:")
        connection.execute(f"CREATE TABLE t ({', '.join(names)})")
        for sql, values in bulk_insert.statements("t", columns):
            connection.executemany(sql, values)
    result = connection.execute(f"SELECT {', '.join(names)} FROM t").fetchall()
    connection.close()
    assert sorted(result, key=repr) == sorted(rows, key=repr)


def test_short_value_lists_are_inlined_in_the_statement() -> None:
    rows = 4_000
    columns = {"status": ["paid", "shipped"] * (rows // 2), "order_id": [str(n) for n in range(rows)]}
    result = [(sql, list(values)) for sql, values in bulk_insert.statements("t", columns)]
    assert [sql.split("VALUES")[1].strip() for sql, _ in result] == ["('paid', ?)", "('shipped', ?)"]
    assert [len(values) for _, values in result] == [rows // 2] * 2
