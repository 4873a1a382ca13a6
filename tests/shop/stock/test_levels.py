"""Stock levels: what is there, reserved, free and low, and what is gone for good."""

from datetime import date, timedelta

import pytest

from shop.db.database import Database
from shop.metrics.query import Query
from shop.stock import counts, levels, reservations
from shop.stock.levels import LevelFilter
from shop.stock.stock_level import StockLevel
from tests.support.stock.shop import HELPER, OWNER, at, catalog, line, load

LATER = at(3600)


@pytest.fixture
def studio(db: Database) -> Database:
    """Bowls (6, low at 5), a vase that exists once, mugs nobody counted, tiles produced to order."""
    catalog(db, bowl="stocked", vase="one_of_a_kind", mug="stocked", tile="made_to_order")
    with db.write() as connection:
        connection.exec_driver_sql("UPDATE variant SET place = 'A-1', reorder_point = 5 WHERE sku = 'bowl'")
        connection.exec_driver_sql("UPDATE variant SET place = 'B-2' WHERE sku = 'mug'")
    counts.set_counts(db, {"bowl": 6, "vase": 1}, actor=OWNER, at=at(0))
    return db


def row(db: Database, sku: str, now=LATER) -> StockLevel:
    (result,) = levels.stock_levels(db, now, [sku])
    return result


def skus(db: Database, **wanted) -> list[str]:
    return [item.sku for item in levels.page(db, LevelFilter(**wanted), 1, 50, now=LATER).rows]


def test_what_is_produced_to_order_has_no_stock_and_what_nobody_counted_has_no_number(studio):
    assert [item.sku for item in levels.stock_levels(studio, LATER)] == ["bowl", "mug", "vase"]
    assert (row(studio, "mug").on_hand, row(studio, "mug").free) == (None, None)
    assert levels.summary(studio, LATER).uncounted == 1


def test_a_reserved_piece_is_not_free_and_the_rest_of_six_is_low(studio):
    assert not row(studio, "bowl").is_low
    reservations.reserve(studio, "bowl", 1, until=LATER, now=at(60), actor=HELPER)
    stored = row(studio, "bowl", at(120))
    assert (stored.on_hand, stored.reserved, stored.free, stored.is_low, stored.mark) == (
        6,
        1,
        5,
        True,
        "low",
    )
    with studio.read() as connection:
        assert levels.low_count(connection, at(120)) == 1


def test_an_expired_reservation_counts_as_free_before_it_is_released(studio):
    reservations.reserve(studio, "bowl", 2, until=at(120), now=at(60), actor=HELPER)
    assert row(studio, "bowl", at(119)).reserved == 2
    assert (row(studio, "bowl", at(120)).reserved, row(studio, "bowl", at(120)).free) == (0, 6)
    assert levels.summary(studio, at(119)).reservations == 1
    assert levels.summary(studio, at(120)).reservations == 0
    with studio.read() as connection:
        assert levels.low_count(connection, at(120)) == 0


def test_a_unique_piece_that_was_sold_is_hidden_unless_requested(studio):
    load(studio, line("1", "vase"))
    assert "vase" not in skus(studio)
    assert skus(studio, show="gone") == ["vase"]
    assert levels.summary(studio, LATER).skus == 1


def test_what_was_sold_twice_is_short_and_stands_first(studio):
    load(studio, line("1", "vase"), line("2", "vase", paid=11))
    assert skus(studio)[0] == "vase"
    status = levels.summary(studio, LATER)
    assert (status.short, status.undecided, status.pieces) == (1, 1, 6)


def test_the_stock_list_is_filtered_by_words_place_and_state(studio):
    assert skus(studio, text="BOW a-1") == ["bowl"]
    assert skus(studio, place="B-2") == ["mug"]
    assert skus(studio, place="") == ["vase"]
    assert skus(studio, show="uncounted") == ["mug"]
    assert skus(studio, show="low") == []
    assert levels.places(studio) == {"A-1": 1, "B-2": 1, "": 1}


def test_pages_follow_each_other_and_the_last_one_ends(studio):
    wanted = LevelFilter(order="name")
    pages = [levels.page(studio, wanted, number, 2, now=LATER) for number in (1, 2, 9)]
    assert [[item.sku for item in page.rows] for page in pages] == [["bowl", "mug"], ["vase"], ["vase"]]
    assert {page.total for page in pages} == {3}


def test_cover_is_the_pieces_on_hand_at_the_pace_of_the_requested_days(studio):
    load(studio, *(line(str(number), "bowl", paid=number) for number in range(1, 4)))
    on = at(0).date()
    over = Query(("gmv",), on - timedelta(days=29), on + timedelta(days=1))
    for order in levels.ORDERS:
        result = levels.page(studio, LevelFilter(order=order), 1, 50, over=over, now=LATER)
        lasts = {item.sku: item.cover_days for item in result.rows}
        assert lasts["bowl"] == pytest.approx(3 / (3 / 31))  # 3 left; 3 sold in 31 days
        assert lasts["mug"] is None


def test_an_empty_shop_has_an_empty_stock_list(db: Database):
    assert levels.page(db, LevelFilter(), 1, 50, over=Query(("gmv",), date(2026, 1, 1), date(2026, 1, 2)))
    assert not levels.summary(db).is_counted
    assert levels.places(db) == {}
