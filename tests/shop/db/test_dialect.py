"""Constructs of SQLite only: index hints, JSON lists as parameters, weeks."""

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import literal, select

from shop.db.database import Database
from shop.db.dialect import as_text, json_items, raw_cursor, week_of, with_index
from shop.models import OrderLine
from shop.models.base import table_of
from tests.support.shops.small_shop import line, store


@pytest.mark.sqlite_file("reads the plans of SQLite")
def test_a_hint_decides_which_index_is_read(db: Database) -> None:
    rows = table_of(OrderLine).alias("l")
    statement = select(rows.c.order_id).where(rows.c.shop_id == 1, rows.c.platform == "douyin")
    with db.read() as connection:
        plans = [
            str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", (1, "douyin")).fetchall())
            for sql in (
                str(query.compile(connection)) for query in (statement, with_index(statement, rows, INDEX))
            )
        ]
    assert [INDEX in plan for plan in plans] == [False, True]


INDEX = "order_line_paid_on"


def test_a_list_of_any_length_is_one_parameter(db: Database) -> None:
    store(db, lines=[line(f"{number}", "2026-03-02 10:00", 100) for number in range(5_000)])
    rows = table_of(OrderLine)
    statement = select(rows.c.order_id).where(rows.c.order_id.in_(json_items("ids")))
    with db.read() as connection:
        ids = json.dumps([str(number) for number in range(0, 5_000, 2)])
        assert len(connection.execute(statement, {"ids": ids}).all()) == 2_500


def test_a_week_is_named_by_its_monday(db: Database) -> None:
    days = [date(2025, 12, 25) + timedelta(days=shift) for shift in range(14)]
    with db.read() as connection:
        weeks = [connection.scalar(select(week_of(literal(day.isoformat())))) for day in days]
    assert weeks == [(day - timedelta(days=day.weekday())).isoformat() for day in days]


def test_an_expression_as_text_gives_the_driver_the_same_rows(db: Database) -> None:
    store(db, lines=[line("A", "2026-03-02 10:00", 100), line("B", "2026-03-02 10:00", 200)])
    rows = table_of(OrderLine)
    condition, values = as_text(rows.c.order_id.in_(["B", "it's"]) & (rows.c.buyer_paid_cents > 100))
    with db.read() as connection:
        sql = f"SELECT order_id FROM order_line WHERE {condition}"
        assert list(raw_cursor(connection).execute(sql, values)) == [("B",)]
