"""Counts: the difference of the moment in which a line was counted, whatever is sold or read meanwhile."""

import time
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from shop.access.roles import Actor, NotAllowed
from shop.db.database import Database
from shop.stock import adjustments, counts
from shop.stock.ledger import OutOfStock, UnknownSku
from tests.support.fresh import new_database
from tests.support.stock.shop import HELPER, OWNER, at, catalog, ledger_is_sound, line, load, short, stock


@pytest.fixture
def cups(db: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    clock_at(monkeypatch, 0)
    shop(db)
    return db


def shop(db: Database) -> None:
    catalog(db, cup="stocked", bowl="stocked", jar="one_of_a_kind")
    adjustments.record(db, "made", "cup", 10, actor=OWNER, at=at(0))


def clock_at(patch: pytest.MonkeyPatch, moment: int) -> None:
    patch.setattr(time, "time", lambda: at(moment).timestamp())


def test_the_difference_is_booked_and_the_accuracy_computed(cups: Database):
    adjustments.record(cups, "made", "bowl", 4, actor=OWNER)
    number = counts.start(cups, actor=HELPER, place="架 A")
    assert counts.start(cups, actor=OWNER, place="架 A") == number  # gone on with
    counts.count(cups, number, {"cup": 8, "bowl": 4}, actor=HELPER)
    assert stock(cups, "cup") == (10, 0)
    counts.finish(cups, number, actor=HELPER)
    assert stock(cups, "cup") == (8, 0) and stock(cups, "bowl") == (4, 0)
    result = counts.accuracy(cups, number)
    assert (result.lines, result.lines_right, result.pieces, result.pieces_right) == (2, 1, 14, 12)
    with pytest.raises(counts.UnknownCount):
        counts.finish(cups, number, actor=HELPER)
    assert ledger_is_sound(cups)


def test_sales_between_counting_and_finishing_stay_what_they_are(
    cups: Database, monkeypatch: pytest.MonkeyPatch
):
    number = counts.start(cups, actor=HELPER)
    clock_at(monkeypatch, 100)
    counts.count(cups, number, {"cup": 9}, actor=HELPER)
    load(cups, line("A", "cup", 3, paid=120))
    clock_at(monkeypatch, 200)
    counts.finish(cups, number, actor=HELPER)
    assert stock(cups, "cup") == (6, 0)
    assert ledger_is_sound(cups)


def test_a_parcel_that_left_before_the_count_is_not_taken_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Nine stand there: one was sent at 50 and not read yet. Whenever it is read, nine stand there."""
    sent = line("sent", "cup", paid=40, status="shipped", shipped=50)
    unshipped = line("waiting", "cup", paid=45)  # paid before, not sent: it stood there and was counted
    steps: list[Any] = ["count", "finish", sent, unshipped]
    for place, report in enumerate(permutations(steps)):
        if report.index("count") > report.index("finish"):
            continue
        clock_at(monkeypatch, 0)
        db = new_database(tmp_path / f"{place}.db")
        shop(db)
        number = counts.start(db, actor=HELPER)
        clock_at(monkeypatch, 100)
        for step in report:
            if step == "count":
                seen = report.index(unshipped) < report.index("count")  # then it was reserved
                counts.count(db, number, {"cup": 8 if seen else 9}, actor=HELPER)
            elif step == "finish":
                counts.finish(db, number, actor=HELPER)
            else:
                load(db, step)
        assert stock(db, "cup") == (8, 0), report
        assert ledger_is_sound(db)
        db.close()


def test_a_count_settles_what_was_sent_without_being_in_the_book(cups: Database):
    load(cups, line("A", "cup", 12, paid=20, status="shipped", shipped=30))
    assert short(cups) == {"A": 2}
    with pytest.MonkeyPatch.context() as patch:
        clock_at(patch, 100)
        counts.set_counts(cups, {"cup": 1}, actor=HELPER)
    assert stock(cups, "cup") == (1, 0) and short(cups) == {}
    assert ledger_is_sound(cups)


def test_counting_fewer_than_were_sold_leaves_the_last_order_short(cups: Database):
    load(cups, line("A", "cup", 6, paid=20), line("B", "cup", 4, paid=30))
    number = counts.start(cups, actor=HELPER)
    counts.count(cups, number, {"cup": 0}, actor=HELPER)
    counts.finish(cups, number, actor=HELPER)
    assert short(cups) == {}  # sold pieces were removed before counting
    adjustments.record(cups, "made", "cup", 5, actor=HELPER)
    number = counts.start(cups, actor=HELPER)
    counts.count(cups, number, {"cup": 0}, actor=HELPER)
    load(cups, line("C", "cup", 5, paid=40))
    counts.finish(cups, number, actor=HELPER)
    assert short(cups) == {"C": 5} and stock(cups, "cup") == (0, 0)
    assert ledger_is_sound(cups)


def test_a_count_never_takes_pieces_that_were_sent_after_it(cups: Database, monkeypatch: pytest.MonkeyPatch):
    """None were seen, but six left afterwards: four of the ten can be missing, not ten."""
    number = counts.start(cups, actor=HELPER)
    clock_at(monkeypatch, 100)
    counts.count(cups, number, {"cup": 0}, actor=HELPER)
    load(cups, line("A", "cup", 6, paid=120, status="shipped", shipped=130))
    counts.finish(cups, number, actor=HELPER)
    assert stock(cups, "cup") == (0, 0) and short(cups) == {}
    assert ledger_is_sound(cups)


def test_a_count_is_dropped_or_undone(cups: Database):
    number = counts.start(cups, actor=HELPER)
    counts.count(cups, number, {"cup": 3}, actor=HELPER)
    counts.drop(cups, number, actor=HELPER)
    assert stock(cups, "cup") == (10, 0)
    done = counts.set_counts(cups, {"cup": 3, "bowl": 6}, actor=HELPER)
    assert stock(cups, "cup") == (3, 0) and stock(cups, "bowl") == (6, 0)
    counts.undo(cups, done, actor=HELPER)
    assert stock(cups, "cup") == (10, 0)
    with cups.read() as connection:  # the bowls are not tracked any more: nobody ever counted them
        assert connection.exec_driver_sql("SELECT COUNT(*) FROM stock_balance").scalar() == 1
    with pytest.raises(counts.UnknownCount):
        counts.undo(cups, done, actor=HELPER)
    assert ledger_is_sound(cups)


def test_pieces_added_by_a_count_are_not_undone_once_sold(cups: Database):
    done = counts.set_counts(cups, {"cup": 12}, actor=HELPER)
    load(cups, line("A", "cup", 11))
    with pytest.raises(OutOfStock):
        counts.undo(cups, done, actor=HELPER)
    assert stock(cups, "cup") == (1, 0)


def test_undoing_a_count_undoes_what_it_explained(cups: Database, monkeypatch: pytest.MonkeyPatch):
    clock_at(monkeypatch, 100)
    done = counts.set_counts(cups, {"cup": 9}, actor=HELPER)
    load(cups, line("A", "cup", paid=40, status="shipped", shipped=50))
    assert stock(cups, "cup") == (9, 0)
    counts.undo(cups, done, actor=HELPER)
    assert stock(cups, "cup") == (9, 0)  # 10 produced, 1 sold
    assert ledger_is_sound(cups)


def test_orders_paid_since_the_opening_count_move_it_when_they_are_read_later(
    cups: Database, monkeypatch: pytest.MonkeyPatch
):
    load(cups, line("before", "bowl", paid=50), line("after", "bowl", 2, paid=150))
    clock_at(monkeypatch, 200)
    counts.set_counts(cups, {"bowl": 6}, actor=HELPER, at=at(100))
    assert stock(cups, "bowl") == (4, 0)
    assert ledger_is_sound(cups)


def test_a_count_typed_in_later_is_checked_against_the_ledger_of_its_day(
    cups: Database, monkeypatch: pytest.MonkeyPatch
):
    load(cups, line("A", "cup", 2, paid=50), line("B", "cup", 3, paid=300))
    clock_at(monkeypatch, 500)
    counts.set_counts(cups, {"cup": 7}, actor=HELPER, at=at(100))  # 8 in the book of then
    assert stock(cups, "cup") == (4, 0)


def test_a_wrong_number_an_unknown_sku_and_a_creator_are_rejected(cups: Database):
    number = counts.start(cups, actor=HELPER)
    with pytest.raises(counts.BadCount):
        counts.count(cups, number, {"cup": -1}, actor=HELPER)
    with pytest.raises(UnknownSku):
        counts.count(cups, number, {"teapot": 1}, actor=HELPER)
    with pytest.raises(NotAllowed):
        counts.count(cups, number, {"cup": 1}, actor=Actor("x", "creator"))
    with pytest.raises(adjustments.OnlyOne):
        counts.set_counts(cups, {"jar": 2}, actor=OWNER)
    assert stock(cups, "cup") == (10, 0)


def test_two_people_count_one_location(cups: Database):
    number = counts.start(cups, actor=HELPER)
    counts.count(cups, number, {"cup": 9}, actor=HELPER)
    counts.count(cups, number, {"bowl": 2}, actor=OWNER)
    counts.count(cups, number, {"cup": 10}, actor=OWNER)
    counts.count(cups, number, {"bowl": None}, actor=OWNER)
    assert counts.finish(cups, number, actor=OWNER) == 1
    assert stock(cups, "cup") == (10, 0)
