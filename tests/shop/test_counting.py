"""A count on the phone: its lines, its progress, what differs, and how right the book was."""

import pytest
from stock_shop import HELPER, OWNER, at, catalog, line, load

from shop import counting, stocktakes
from shop.db import Database


@pytest.fixture
def studio(db: Database) -> Database:
    catalog(db, bowl="stocked", cup="stocked", vase="one_of_a_kind", jar="stocked")
    with db.write() as connection:
        connection.exec_driver_sql("UPDATE variant SET place = 'A-1' WHERE sku <> 'jar'")
    stocktakes.set_counts(db, {"bowl": 6, "cup": 3, "vase": 1, "jar": 2}, actor=OWNER, at=at(0))
    return db


def told(sheet: counting.Sheet) -> list[tuple[str, int, int | None]]:
    return [(one.of.sku, one.expected, one.counted) for one in sheet.lines]


def test_the_lines_of_a_count_are_the_skus_of_its_place(studio: Database):
    number = stocktakes.start(studio, actor=HELPER, place="A-1")
    sheet = counting.sheet(studio, number, "A-1")
    assert told(sheet) == [("bowl", 6, None), ("cup", 3, None), ("vase", 1, None)]
    stocktakes.count(studio, number, {"bowl": 5, "cup": 3}, actor=HELPER)
    sheet = counting.sheet(studio, number, "A-1")
    assert (sheet.done, sheet.total) == (2, 3)
    assert [(one.of.sku, one.difference) for one in sheet.differences] == [("bowl", -1)]
    assert told(counting.sheet(studio, number, "A-1", left=True)) == [("vase", 1, None)]


def test_a_piece_that_stands_in_the_wrong_place_is_found_by_its_name_and_counted(studio: Database):
    number = stocktakes.start(studio, actor=HELPER, place="A-1")
    assert told(counting.sheet(studio, number, "A-1", text="JAR")) == [("jar", 2, None)]
    stocktakes.count(studio, number, {"jar": 2}, actor=HELPER)
    sheet = counting.sheet(studio, number, "A-1")
    assert (sheet.done, sheet.total) == (1, 4)


def test_pieces_that_wait_for_their_parcel_are_named_and_not_counted(studio: Database):
    load(studio, line("1", "bowl", 2))
    number = stocktakes.start(studio, actor=HELPER, place="A-1")
    (bowl, *_) = counting.sheet(studio, number, "A-1").lines
    assert (bowl.expected, bowl.to_send) == (4, 2)


def test_a_sold_single_piece_has_no_line_unless_somebody_looks_for_it(studio: Database):
    load(studio, line("1", "vase"))
    number = stocktakes.start(studio, actor=HELPER, place="A-1")
    assert [one.of.sku for one in counting.sheet(studio, number, "A-1").lines] == ["bowl", "cup"]
    assert told(counting.sheet(studio, number, "A-1", text="vase")) == [("vase", 0, None)]


def test_a_sale_after_a_line_was_counted_changes_nothing_of_the_line(studio: Database):
    number = stocktakes.start(studio, actor=HELPER, place="A-1")
    stocktakes.count(studio, number, {"bowl": 5}, actor=HELPER)
    load(studio, line("1", "bowl"))
    (bowl, *_) = counting.sheet(studio, number, "A-1").lines
    assert (bowl.expected, bowl.counted, bowl.difference) == (6, 5, -1)


def test_past_counts_tell_their_accuracy_and_typed_numbers_are_none_of_them(studio: Database):
    number = stocktakes.start(studio, actor=HELPER, place="A-1")
    assert [one.count_id for one in counting.counts(studio)] == [number]
    stocktakes.count(studio, number, {"bowl": 5, "cup": 3}, actor=HELPER)
    stocktakes.finish(studio, number, actor=HELPER)
    assert counting.counts(studio) == []
    (past,) = counting.counts(studio, past=True)
    assert (past.lines, past.lines_right, past.pieces, past.pieces_right) == (2, 1, 9, 8)
    assert counting.count_of(studio, number) == past
    assert counting.count_of(studio, 99) is None


def test_a_long_count_is_turned_page_by_page(studio: Database):
    number = stocktakes.start(studio, actor=HELPER)
    pages = [counting.sheet(studio, number, None, number=page, size=3) for page in (1, 2, 5)]
    assert [[one.of.sku for one in page.lines] for page in pages] == [
        ["bowl", "cup", "vase"],
        ["jar"],
        ["jar"],
    ]
