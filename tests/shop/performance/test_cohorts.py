"""Buyers who come back, counted by hand and on the spring set's own lines."""

from collections import defaultdict
from datetime import date

import pytest
from sqlalchemy import text

from shop.core.errors import DatabaseBusy, UnknownDimension
from shop.core.periods import Period
from shop.db.database import Database
from shop.growth.comparison.segments import cut
from shop.metrics.query import Query
from shop.performance.cohorts import cohorts, gmv_by_buyers
from tests.support.shops.small_shop import line, refund, store

WINTER = Query(("gmv",), date(2026, 1, 1), date(2026, 3, 31))
FEBRUARY = Query(("gmv",), date(2026, 2, 1), date(2026, 2, 28))
JANUARY = Period(date(2026, 1, 1), date(2026, 1, 31))


@pytest.fixture
def small(db: Database) -> Database:
    """Ann buys in January and February, Bo twice in February and in March, Cy in March."""
    store(
        db,
        lines=[
            line("1", "2026-01-05 10:00:00", 100, buyer_key=1),
            line("2", "2026-02-05 10:00:00", 200, buyer_key=1),
            line("3", "2026-02-06 10:00:00", 400, buyer_key=2),
            line("4", "2026-02-26 10:00:00", 800, buyer_key=2),
            line("5", "2026-03-06 10:00:00", 1_600, buyer_key=2),
            line("6", "2026-03-07 10:00:00", 3_200, buyer_key=3),
            line("7", "2026-02-07 10:00:00", 6_400, buyer_key=None),
        ],
    )
    return db


def test_new_stay_new_to_the_end_of_the_range(small: Database) -> None:
    assert gmv_by_buyers(small, FEBRUARY) == {"new": 1_200, "returning": 200, "unknown": 6_400}
    late = Query(("gmv",), date(2026, 2, 20), date(2026, 3, 31))
    assert gmv_by_buyers(small, late) == {"new": 3_200, "returning": 2_400, "unknown": 0}


def test_each_cohort_by_months_since(small: Database) -> None:
    table = cohorts(small, WINTER)
    rows = [tuple(row) for row in table[["cohort", "since", "size", "buyers"]].to_numpy()]
    assert rows == [
        ("2026-01", 0, 1, 1),
        ("2026-01", 1, 1, 1),
        ("2026-01", 2, 1, 0),
        ("2026-02", 0, 1, 1),
        ("2026-02", 1, 1, 1),
        ("2026-03", 0, 1, 1),
    ]
    assert table["is_running"].tolist() == [False, False, True, False, True, True]
    assert table["share"].tolist() == [1.0, 1.0, 0.0, 1.0, 1.0, 1.0]


def test_an_older_file_moves_first_days_and_all_days_follow(small: Database) -> None:
    assert gmv_by_buyers(small, FEBRUARY)["returning"] == 200
    store(small, lines=[line("0", "2025-12-05 10:00:00", 50, buyer_key=2)])
    assert gmv_by_buyers(small, FEBRUARY) == {"new": 0, "returning": 1_400, "unknown": 6_400}
    assert cohorts(small, WINTER)["cohort"].unique().tolist() == ["2026-01", "2026-03"]


def test_a_first_line_that_turns_out_unpaid_moves_the_first_day_on(small: Database) -> None:
    gmv_by_buyers(small, FEBRUARY)
    gone = line(
        "3",
        "2026-02-06 10:00:00",
        400,
        buyer_key=2,
        paid_on=None,
        paid_at=None,
        status="unpaid",
        payload_hash=9,
    )
    store(small, lines=[gone])
    late = Query(("gmv",), date(2026, 2, 20), date(2026, 2, 28))
    assert gmv_by_buyers(small, late) == {"new": 800, "returning": 0, "unknown": 0}


def test_a_running_day_counts_up_to_its_moment(small: Database) -> None:
    store(small, lines=[line("8", "2026-02-28 20:00:00", 5_000, buyer_key=9)])
    noon = line("x", "2026-02-28 12:00:00", 0)["paid_at"]
    until_noon = Query(("gmv",), FEBRUARY.start, FEBRUARY.end, cut_at=noon)
    assert gmv_by_buyers(small, until_noon)["new"] == 1_200
    assert gmv_by_buyers(small, FEBRUARY)["new"] == 6_200


def test_new_and_returning_add_up_to_the_change(small: Database) -> None:
    store(small, refunds=[refund("r", "3", "2026-02-09 10:00:00", 70)])
    result = cut(small, FEBRUARY, JANUARY, "net_sales", "buyers")
    assert {part.key for part in result.parts} == {"new", "returning", "unknown", "refunds"}
    assert sum(part.part for part in result.parts) == result.change
    assert sum(part.now for part in result.parts) == result.figure


def test_other_cuts_of_buyers_are_rejected(small: Database) -> None:
    narrowed = Query(("gmv",), FEBRUARY.start, FEBRUARY.end, where=(("carrier", ("live",)),))
    with pytest.raises(UnknownDimension):
        gmv_by_buyers(small, narrowed)


def test_while_an_import_locks_the_file_it_reports_it_at_once(small: Database) -> None:
    with small.write() as importing:
        importing.execute(text("UPDATE shop SET name = name"))
        with pytest.raises(DatabaseBusy):
            gmv_by_buyers(small, FEBRUARY)
    assert gmv_by_buyers(small, FEBRUARY)["new"] == 1_200


def test_an_empty_shop_has_no_cohort(db: Database) -> None:
    assert cohorts(db, WINTER).empty
    assert sum(gmv_by_buyers(db, FEBRUARY).values()) == 0


def test_the_spring_set_counted_from_its_lines(spring: Database) -> None:
    months: dict[int, set[str]] = defaultdict(set)
    with spring.read() as connection:
        rows = connection.execute(
            text(
                "SELECT buyer_key, paid_on FROM order_line WHERE paid_on IS NOT NULL AND NOT is_gift "
                "AND buyer_key IS NOT NULL"
            )
        )
        for buyer, day in rows:
            months[buyer].add(day[:7])
    expected: dict[tuple[str, str], int] = defaultdict(int)
    for bought in months.values():
        for month in bought:
            expected[min(bought), month] += 1
    table = cohorts(spring, Query(("gmv",), date(2021, 11, 1), date(2022, 3, 31)))
    result = {(row.cohort, row.month): row.buyers for row in table.itertuples() if row.buyers}
    assert result == expected
