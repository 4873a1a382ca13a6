"""A count on the phone: its lines, its progress, what differs, and how right the book was."""

import pytest

from shop.db.database import Database
from shop.stock import count_page, counts
from tests.support.stock.shop import HELPER, OWNER, at, catalog, line, load


@pytest.fixture
def studio(db: Database) -> Database:
    catalog(db, bowl="stocked", cup="stocked", vase="one_of_a_kind", jar="stocked")
    with db.write() as connection:
        connection.exec_driver_sql("UPDATE variant SET place = 'A-1' WHERE sku <> 'jar'")
    counts.set_counts(db, {"bowl": 6, "cup": 3, "vase": 1, "jar": 2}, actor=OWNER, at=at(0))
    return db


def lines_of(worksheet: count_page.CountPage) -> list[tuple[str, int, int | None]]:
    return [(item.level.sku, item.expected, item.counted) for item in worksheet.lines]


def test_the_lines_of_a_count_are_the_skus_of_its_place(studio: Database):
    number = counts.start(studio, actor=HELPER, place="A-1")
    worksheet = count_page.count_page(studio, number, "A-1")
    assert lines_of(worksheet) == [("bowl", 6, None), ("cup", 3, None), ("vase", 1, None)]
    counts.count(studio, number, {"bowl": 5, "cup": 3}, actor=HELPER)
    worksheet = count_page.count_page(studio, number, "A-1")
    assert (worksheet.done, worksheet.total) == (2, 3)
    assert [(item.level.sku, item.difference) for item in worksheet.differences] == [("bowl", -1)]
    assert lines_of(count_page.count_page(studio, number, "A-1", left=True)) == [("vase", 1, None)]


def test_a_misplaced_piece_is_looked_up_by_its_name_and_counted(studio: Database):
    number = counts.start(studio, actor=HELPER, place="A-1")
    assert lines_of(count_page.count_page(studio, number, "A-1", text="JAR")) == [("jar", 2, None)]
    counts.count(studio, number, {"jar": 2}, actor=HELPER)
    worksheet = count_page.count_page(studio, number, "A-1")
    assert (worksheet.done, worksheet.total) == (1, 4)


def test_pieces_that_wait_for_their_parcel_are_named_and_not_counted(studio: Database):
    load(studio, line("1", "bowl", 2))
    number = counts.start(studio, actor=HELPER, place="A-1")
    (bowl, *_) = count_page.count_page(studio, number, "A-1").lines
    assert (bowl.expected, bowl.to_send) == (4, 2)


def test_a_sold_unique_piece_is_listed_only_when_searched_for(studio: Database):
    load(studio, line("1", "vase"))
    number = counts.start(studio, actor=HELPER, place="A-1")
    assert [item.level.sku for item in count_page.count_page(studio, number, "A-1").lines] == ["bowl", "cup"]
    assert lines_of(count_page.count_page(studio, number, "A-1", text="vase")) == [("vase", 0, None)]


def test_a_sale_after_a_line_was_counted_changes_nothing_of_the_line(studio: Database):
    number = counts.start(studio, actor=HELPER, place="A-1")
    counts.count(studio, number, {"bowl": 5}, actor=HELPER)
    load(studio, line("1", "bowl"))
    (bowl, *_) = count_page.count_page(studio, number, "A-1").lines
    assert (bowl.expected, bowl.counted, bowl.difference) == (6, 5, -1)


def test_past_counts_show_their_accuracy_and_typed_numbers_are_excluded(studio: Database):
    number = counts.start(studio, actor=HELPER, place="A-1")
    assert [item.count_id for item in count_page.counts(studio)] == [number]
    counts.count(studio, number, {"bowl": 5, "cup": 3}, actor=HELPER)
    counts.finish(studio, number, actor=HELPER)
    assert count_page.counts(studio) == []
    (past,) = count_page.counts(studio, past=True)
    assert (past.lines, past.lines_right, past.pieces, past.pieces_right) == (2, 1, 9, 8)
    assert count_page.count_of(studio, number) == past
    assert count_page.count_of(studio, 99) is None


def test_a_long_count_is_turned_page_by_page(studio: Database):
    number = counts.start(studio, actor=HELPER)
    pages = [count_page.count_page(studio, number, None, number=page, size=3) for page in (1, 2, 5)]
    assert [[item.level.sku for item in page.lines] for page in pages] == [
        ["bowl", "cup", "vase"],
        ["jar"],
        ["jar"],
    ]
