"""A statement for many values at once leaves what it leaves for one after the other: on both engines, sent once."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from shop.db.database import sqlite_driver
from tests.support.engines.postgres import new_database

DAYS = [f"2026-01-{day:02}" for day in range(1, 29)]
TABLES = (
    "CREATE TEMP TABLE sale (day TEXT, sku TEXT, pieces INTEGER)",
    "CREATE TEMP TABLE sum_of_day (day TEXT, sku TEXT, pieces INTEGER, PRIMARY KEY (day, sku))",
)
SUM_OF_DAY = """
INSERT INTO sum_of_day (day, sku, pieces) SELECT :day, sku, SUM(pieces) + :more FROM sale
WHERE day = :day AND sku IS NOT :left GROUP BY sku ON CONFLICT (day, sku) DO UPDATE SET pieces = excluded.pieces
"""
AT_ONCE = {
    "sums of days": (SUM_OF_DAY, [{"day": day, "more": 1, "left": "CUP"} for day in DAYS]),
    "different kinds": (
        SUM_OF_DAY,
        [{"day": day, "more": place % 2 == 0, "left": None} for place, day in enumerate(DAYS)],
    ),
    "some without a value": (
        SUM_OF_DAY,
        [{"day": day, "more": 0, "left": ("CUP", None)[place % 2]} for place, day in enumerate(DAYS)],
    ),
    "deletes": ("DELETE FROM sum_of_day WHERE day = ? AND pieces > ?", [(day, 4) for day in DAYS[:20]]),
}
ONE_BY_ONE = {
    "a row twice": (
        "INSERT INTO sum_of_day (day, sku, pieces) SELECT 'all', sku, SUM(pieces) FROM sale WHERE day = :day "
        "GROUP BY sku ON CONFLICT (day, sku) DO UPDATE SET pieces = sum_of_day.pieces + excluded.pieces",
        [{"day": day} for day in DAYS],
    ),
    "what the one before wrote": (
        "INSERT INTO sum_of_day (day, sku, pieces) SELECT :day, 'HIGHEST', MAX(pieces) + 1 FROM sum_of_day",
        [{"day": day} for day in DAYS],
    ),
    "a limit": (
        "INSERT INTO sum_of_day (day, sku, pieces) SELECT day, sku, 0 FROM sale WHERE sku = 'BOWL' AND day > :day "
        "ORDER BY day LIMIT :rows ON CONFLICT DO NOTHING",
        [{"day": day, "rows": place} for place, day in enumerate(DAYS)],
    ),
    "numbers and fractions": (
        "DELETE FROM sum_of_day WHERE day = ? AND pieces > ?",
        [(day, 2.5 if place % 2 else 3) for place, day in enumerate(DAYS)],
    ),
    "updates": (
        "UPDATE sum_of_day SET pieces = pieces + ? WHERE sku = ?",
        [(place, "CUP") for place in range(20)],
    ),
}

INSERTS = {
    "all columns by their place": "INSERT INTO sum_of_day VALUES (?1, ?2, ?3)",
    "their place and a literal": "INSERT INTO sum_of_day VALUES (?, ?, 3)",
    "names": "INSERT INTO sum_of_day (day, sku, pieces) VALUES (?, ?, ?)",
    "names in another order": "INSERT INTO sum_of_day (pieces, day, sku) VALUES (?3, ?1, ?2)",
    "one value twice": "INSERT INTO sum_of_day (day, sku, pieces) VALUES (?1, ?1, ?3)",
    "some columns": "INSERT INTO sum_of_day (day, sku) VALUES (?, ?)",
    "what is there already stays": "INSERT OR IGNORE INTO sum_of_day VALUES (?, ?, ?)",
    "what is there already is replaced": (
        "INSERT INTO sum_of_day (day, sku, pieces) VALUES (?, ?, ?) "
        "ON CONFLICT (day, sku) DO UPDATE SET pieces = excluded.pieces"
    ),
}


@pytest.fixture(scope="module")
def url(server_url: str) -> str:
    return new_database(server_url)


@pytest.fixture
def engines(url: str) -> Iterator[tuple[Any, Any]]:
    from shop.db.postgresql.driver import Connection
    from shop.db.postgresql.functions import FUNCTIONS

    with closing(sqlite_driver().connect(":memory:")) as file, closing(Connection(url)) as served:
        for statement in FUNCTIONS:
            served.raw.execute(statement)
        served.begin(writes=True)
        for engine in (file, served):
            for table in TABLES:
                engine.execute(table)
            sales = [
                (day, sku, len(sku) + place % 5) for place, day in enumerate(DAYS) for sku in ("CUP", "BOWL")
            ]
            engine.executemany("INSERT INTO sale VALUES (?, ?, ?)", sales)
            engine.executemany(SUM_OF_DAY, [{"day": day, "more": 0, "left": None} for day in DAYS[:7]])
        yield file, served


@pytest.mark.parametrize("name", [*AT_ONCE, *ONE_BY_ONE])
def test_many_values_leave_the_same_rows_on_both(engines: tuple[Any, Any], name: str) -> None:
    sql, rows = (AT_ONCE | ONE_BY_ONE)[name]
    left = []
    for engine in engines:
        changed = engine.executemany(sql, rows).rowcount
        left.append((changed, engine.execute("SELECT * FROM sum_of_day ORDER BY day, sku").fetchall()))
    assert left[0] == left[1] and left[0][0] > 0


@pytest.mark.parametrize("many", [2, 3_000])
@pytest.mark.parametrize("name", INSERTS)
def test_few_and_many_rows_are_inserted_by_every_form(engines: tuple[Any, Any], name: str, many: int) -> None:
    sql = INSERTS[name]
    rows = [(f"{place}", f"{place % 7}", place) for place in range(many)]
    if "?1" not in sql and sql.count("?") == 2:
        rows = [(day, sku) for day, sku, _ in rows]
    left = []
    for engine in engines:
        changed = engine.executemany(sql, rows).rowcount
        left.append((changed, engine.execute("SELECT * FROM sum_of_day ORDER BY day, sku").fetchall()))
    assert left[0] == left[1] and left[0][0] == many


@pytest.mark.parametrize("name", AT_ONCE)
def test_they_are_sent_in_one_statement(name: str) -> None:
    from shop.db.postgresql.batch_statements import combine

    sql, rows = AT_ONCE[name]
    found = combine(sql, rows)
    assert found is not None and "UNNEST" in found[0]


@pytest.mark.parametrize("name", sorted(set(ONE_BY_ONE) - {"a row twice"}))
def test_where_the_order_matters_each_is_sent(name: str) -> None:
    from shop.db.postgresql.batch_statements import combine

    assert combine(*ONE_BY_ONE[name]) is None
