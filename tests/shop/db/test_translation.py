"""SQLite's SQL means the same on PostgreSQL: each expression is computed by both engines."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from shop.db.database import sqlite_driver
from tests.support.engines.postgres import new_database

ROWS = """
WITH t (k, n, m, x, s, d) AS (VALUES (1, 7, 2, 2.5, 'Kiln', '2026-02-28'), (1, -7, 2, -2.5, 'kiln_x', '2024-02-29'),
  (2, 0, 0, 0.125, '', '2025-12-31'), (2, NULL, 3, NULL, NULL, NULL), (3, 9000000000, 1, 1e9, '日%', '2026-01-01'))
"""
VALUES = (
    "n / m", "n % 5", "-n / 2", "n = 7", "n <> 7", "NOT n", "n IS NULL", "n IS NOT NULL", "n IS m", "n IS NOT m",
    "n > 0 AND m > 0", "n OR m", "(n > 0) + (m > 1)", "n BETWEEN 0 AND 9", "n NOT BETWEEN 0 AND 9", "n IN (7, 0)",
    "n NOT IN (7, 0)", "s LIKE 'KILN%'", "s NOT LIKE 'KILN%'", "s LIKE '%!_%' ESCAPE '!'",
    "s NOT LIKE '%!_%' ESCAPE '!'",
    "s GLOB 'K*'", "s NOT GLOB 'K[a-i]l?'", "CASE WHEN n THEN 'yes' ELSE 'no' END", "CASE n WHEN 7 THEN 1 ELSE 2 END",
    "COALESCE(n, 5)", "NULLIF(n, 7)", "IFNULL(s, '-')", "iif(n > 0, 'a', 'b')", "MIN(n, m)", "MAX(n, m)",
    "CAST(x AS INTEGER)", "CAST('12ab' AS INTEGER)", "CAST(n AS TEXT)", "CAST(n AS REAL) / 2", "ROUND(x)",
    "ROUND(x, 2)", "FLOOR(x)", "FLOOR(n / 2.0)",
    "CAST(ROUND(n * m / k) AS INTEGER)", "CAST(ROUND(n * n / n) AS INTEGER)",
    "x * 1.5", "n * 1.0 / m", "ABS(n)", "LENGTH(s)", "substr(s, 2)", "substr(s, 2, 2)", "substr(s, -2)",
    "instr(s, 'l')",
    "s || '-' || k", "LOWER(s)", "UPPER(s)", "REPLACE(s, 'i', 'o')", "TRIM(' a ')", "char(65)", "s < 'a'", "s = ''",
    "date(d)", "date(d, '+1 day')", "date(d, '-1 month')", "date(d, 'weekday 0', '-6 days')",
    "date(d, 'start of month')",
    "strftime('%Y-%m', d)", "strftime('%w', d) + 1", "strftime('%u', d)", "unixepoch(d)", "julianday(d)",
    "strftime('%Y-%m-%dT%H:%M:%S', 1771977600 + 28800, 'unixepoch')", "json_extract('[\"a\", 2]', '$[0]')",
    "'[\"a\", \"b\"]' ->> 1", "'{\"a\": \"b\"}' ->> 'a'", "(SELECT COUNT(*) FROM json_each('[1, 2]'))",
    "EXISTS (SELECT 1 FROM json_each('[\"7\"]') j WHERE j.value = CAST(n AS TEXT))", "9000000000 * 1000",
    "x'' > s",
)  # fmt: skip
GROUPED = (
    "SELECT k, COUNT(*), SUM(n), SUM(n > 0), AVG(m), MAX(x), TOTAL_OF FROM t GROUP BY k ORDER BY k".replace(
        "TOTAL_OF", "COUNT(DISTINCT s)"
    ),
    "SELECT k, MIN(m), s, d FROM t WHERE n IS NOT NULL GROUP BY k ORDER BY k",
    "SELECT k, MAX(m) AS most, d FROM t WHERE n IS NOT NULL AND k <> 1 GROUP BY k HAVING MAX(m) > -1 OR 1 ORDER BY k",
    "SELECT n FROM t ORDER BY n",
    "SELECT n FROM t ORDER BY n DESC LIMIT 3",
    "SELECT s FROM t ORDER BY s LIMIT -1",
    "SELECT k, n, SUM(m) OVER (PARTITION BY k ORDER BY n), ROW_NUMBER() OVER (ORDER BY n) FROM t ORDER BY n",
    "SELECT a.k, b.n FROM t a CROSS JOIN t b ON b.k = a.k AND b.n > a.n ORDER BY 1, 2",
    "SELECT GROUP_CONCAT(s, '; ') FROM (SELECT s FROM t WHERE s <> '' ORDER BY s)",
    "SELECT a.k, (SELECT MIN(MIN(b.n), a.m) FROM t b WHERE b.k = a.k AND b.n > a.m) FROM t a ORDER BY 1, 2",
    "SELECT k, NULLIF(NULLIF(buyer_key, ''), '{}') FROM (SELECT k, n AS buyer_key FROM t) ORDER BY 1, 2",
    "SELECT (k, n) IN (SELECT k, n FROM t WHERE n > 0), 1 FROM t WHERE n IS NOT NULL ORDER BY k, n",
)


@pytest.fixture(scope="module")
def engines(server_url: str) -> Iterator[tuple[Any, Any]]:
    from shop.db.postgresql.driver import Connection
    from shop.db.postgresql.functions import FUNCTIONS

    served = Connection(new_database(server_url))
    for statement in FUNCTIONS:
        served.raw.execute(statement)
    with closing(sqlite_driver().connect(":memory:")) as file, closing(served):
        yield file, served


def answers(engine: Any, sql: str) -> list[list[Any]]:
    rows = engine.execute(sql).fetchall()
    return [[round(value, 9) if isinstance(value, float) else value for value in row] for row in rows]


def test_every_expression_has_the_same_value_on_both(engines: tuple[Any, Any]) -> None:
    file, served = engines
    different = {}
    for value in VALUES:
        sql = f"{ROWS} SELECT k, m, {value} FROM t ORDER BY k, m, n"
        found = answers(file, sql), answers(served, sql)
        if found[0] != found[1]:
            different[value] = found
    assert different == {}


def test_groups_orders_and_joins_are_the_same_on_both(engines: tuple[Any, Any]) -> None:
    file, served = engines
    for query in GROUPED:
        assert answers(file, f"{ROWS} {query}") == answers(served, f"{ROWS} {query}"), query


def test_a_nul_is_left_out_of_one_row_and_of_many(engines: tuple[Any, Any]) -> None:
    served = engines[1]
    served.begin(writes=True)
    served.execute("CREATE TEMP TABLE said (k INTEGER PRIMARY KEY, s TEXT)")
    served.execute("INSERT INTO temp.said (k, s) VALUES (:k, :s)", {"k": 0, "s": "a\0b"})
    served.executemany("INSERT INTO temp.said (k, s) VALUES (?, ?)", [(n, "c\0") for n in range(1, 100)])
    assert answers(served, "SELECT DISTINCT s FROM temp.said ORDER BY s") == [["ab"], ["c"]]
    served.rollback()


def test_marks_with_numbers_names_and_neither(engines: tuple[Any, Any]) -> None:
    for sql, values in (
        ("SELECT ? || ? || ?2 || ?1 || ?", ("a", "b", "c")),
        ("SELECT :like || ':x' || :like", {"like": "d"}),
        ("SELECT ? || MIN(?, ?) || ?", ("a", "c", "b", "d")),  # what is translated has some of them twice
        ("SELECT MAX(?, ?), ?", (1, None, 2)),
    ):
        file, served = (tuple(engine.execute(sql, values).fetchone()) for engine in engines)
        assert file == served


def test_rows_that_are_there_already_and_numbers_that_give_themselves(engines: tuple[Any, Any]) -> None:
    script = (
        "CREATE TEMP TABLE seen (k INTEGER PRIMARY KEY, s TEXT)",
        "INSERT INTO temp.seen (k, s) VALUES (1, 'a'), (2, 'b')",
        "INSERT OR IGNORE INTO temp.seen (k, s) VALUES (2, 'c')",
        "INSERT OR REPLACE INTO temp.seen (k, s) VALUES (1, 'd')",
        "INSERT INTO temp.seen (k, s) VALUES (2, 'e') ON CONFLICT (k) DO UPDATE SET s = s || excluded.s WHERE k = 2",
        "UPDATE OR IGNORE temp.seen SET s = s || 'f' WHERE k = 1",
    )
    contents = []
    for engine in engines:
        if hasattr(engine, "begin"):
            engine.begin(writes=True)
        for statement in script:
            engine.execute(statement)
        engine.executemany(
            "INSERT OR IGNORE INTO temp.seen (k, s) VALUES (?, 'x')", [(n % 90,) for n in range(100)]
        )
        contents.append(answers(engine, "SELECT k, s FROM temp.seen ORDER BY k"))
        engine.rollback()
    assert contents[0] == contents[1] and contents[0][1:3] == [[1, "df"], [2, "be"]]
