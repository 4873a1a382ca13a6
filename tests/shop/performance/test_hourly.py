"""Sales by weekday and hour on the shop's own clock."""

from datetime import date

import pytest
from sqlalchemy import text

from shop.core.errors import UnknownDimension
from shop.db.database import Database
from shop.metrics.query import Query, total
from shop.performance.hourly import hours
from tests.support.shops.small_shop import line, store

FEBRUARY = Query(("gmv",), date(2026, 2, 1), date(2026, 2, 28))


def cell(table, weekday, hour):
    result = table[(table["weekday"] == weekday) & (table["hour"] == hour)]
    return tuple(result[["gmv", "orders", "units"]].iloc[0])


def test_each_sale_is_at_its_weekday_and_hour(db: Database) -> None:
    store(
        db,
        lines=[
            line("1", "2026-02-01 00:00:00", 100),  # a Sunday
            line("2", "2026-02-01 23:59:59", 200, quantity=3),
            line("3", "2026-02-08 23:30:00", 400),
            line("4", "2026-02-02 20:15:00", 800),
            line("4", "2026-02-02 20:15:00", 50, line_id="4b"),
            line("5", "2026-03-01 20:15:00", 999),
        ],
    )
    table = hours(db, FEBRUARY)
    assert len(table) == 7 * 24
    assert cell(table, 7, 0) == (100, 1, 1)
    assert cell(table, 7, 23) == (600, 2, 4)
    assert cell(table, 1, 20) == (850, 1, 2)
    assert set(table["days"]) == {4}


def test_the_clock_is_the_shops_even_when_it_is_put_forward(db: Database) -> None:
    """29 March 2026 in Berlin: at 01:00 UTC the clock goes from 02:00 to 03:00."""
    with db.write() as connection:
        connection.execute(text("DELETE FROM shop"))
        connection.execute(
            text(
                "INSERT INTO shop (shop_id, name, time_zone, currency) "
                "VALUES (1, 'Studio', 'Europe/Berlin', 'CNY')"
            )
        )
    day = {"paid_on": "2026-03-29"}
    store(
        db,
        lines=[
            line("1", "2026-03-29 08:30:00", 100, **day),  # 00:30 UTC: 01:30 in Berlin
            line("2", "2026-03-29 09:30:00", 200, **day),  # 01:30 UTC: 03:30
            line("3", "2026-03-29 20:00:00", 400, **day),  # 12:00 UTC: 14:00
        ],
    )
    table = hours(db, Query(("gmv",), date(2026, 3, 29), date(2026, 3, 29)))
    assert [cell(table, 7, hour)[0] for hour in (1, 2, 3, 14)] == [100, 0, 200, 400]


def test_the_hours_add_up_to_the_figures(spring: Database) -> None:
    whole = Query(("gmv", "orders", "units"), date(2021, 11, 1), date(2022, 3, 15))
    table = hours(spring, whole)
    assert {name: int(table[name].sum()) for name in whole.metrics} == total(spring, whole)
    assert int(table["days"].sum()) == 24 * whole.days


def test_only_platforms_can_narrow_it(db: Database) -> None:
    by_carrier = Query(("gmv",), FEBRUARY.start, FEBRUARY.end, where=(("carrier", ("live",)),))
    with pytest.raises(UnknownDimension):
        hours(db, by_carrier)
    other = Query(("gmv",), FEBRUARY.start, FEBRUARY.end, where=(("platform", ("tiktok",)),))
    assert int(hours(db, other)["gmv"].sum()) == 0
