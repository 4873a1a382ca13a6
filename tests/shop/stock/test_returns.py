"""Returned goods are expected until somebody receives them, and are never booked automatically."""

import pytest

from shop.access.roles import Actor, NotAllowed
from shop.db.database import Database
from shop.stock import adjustments, returns
from shop.stock.ledger import OutOfStock
from tests.support.stock.shop import (
    HELPER,
    OWNER,
    at,
    catalog,
    ledger_is_sound,
    line,
    load,
    refund,
    short,
    stock,
)


@pytest.fixture
def cups(db: Database) -> Database:
    catalog(db, cup="stocked", jar="one_of_a_kind")
    adjustments.record(db, "made", "cup", 5, actor=OWNER, at=at(0))
    load(db, line("A", "cup", 3, status="shipped", shipped=20), refund("A"))
    return db


def test_a_parcel_is_expected_until_its_contents_are_recorded(cups: Database):
    (item,) = returns.expected(cups)
    assert (item.order_id, item.sku, item.pieces, item.kind) == ("A", "cup", 3, "return_refund")
    returns.receive_return(cups, "douyin", "A", "1", whole=1, broken=1, missing=1, actor=HELPER)
    assert stock(cups, "cup") == (3, 0)
    assert returns.expected(cups) == []
    with pytest.raises(returns.NoSuchReturn):
        returns.receive_return(cups, "douyin", "A", "1", whole=1, actor=HELPER)
    assert ledger_is_sound(cups)


def test_a_parcel_that_came_earlier_counts_on_its_day(cups: Database):
    returns.receive_return(cups, "douyin", "A", "1", whole=2, broken=1, at=at(40), actor=HELPER)
    with cups.read() as connection:
        moved = connection.exec_driver_sql(
            "SELECT reason, on_hand, moved_at FROM stock_movement WHERE reason IN ('returned', 'broken') ORDER BY 1"
        ).all()
    moment = int(at(40).timestamp())
    assert [tuple(row) for row in moved] == [("broken", -1, moment), ("returned", 3, moment)]
    assert stock(cups, "cup") == (4, 0) and ledger_is_sound(cups)


def test_what_came_back_by_hand_never_comes_back_by_itself_as_well(cups: Database):
    returns.receive_return(cups, "douyin", "A", "1", whole=3, actor=HELPER)
    load(cups, line("A", "cup", 3, status="cancelled", version=9))
    assert stock(cups, "cup") == (5, 0)
    load(cups, line("A", "cup", 3, status="cancelled", version=10, shipped=20))
    assert stock(cups, "cup") == (5, 0) and returns.expected(cups) == []
    assert ledger_is_sound(cups)


def test_a_case_that_was_closed_is_not_expected_and_an_open_one_is(cups: Database):
    load(cups, refund("A", status="closed", version=3))
    assert returns.expected(cups) == []
    load(cups, line("B", "cup", status="shipped", shipped=30), refund("B", status="asked", kind="exchange"))
    (item,) = returns.expected(cups)
    assert (item.order_id, item.status, item.kind) == ("B", "asked", "exchange")


def test_a_refund_without_goods_expects_nothing(cups: Database):
    load(cups, line("B", "cup", status="shipped", shipped=30), refund("B", kind="refund_only"))
    assert [item.order_id for item in returns.expected(cups)] == ["A"]
    assert stock(cups, "cup") == (1, 0)


def test_a_parcel_cancelled_under_way_is_expected_without_any_case(cups: Database):
    load(cups, line("B", "cup", status="cancelled", shipped=30, version=4))
    result = {item.order_id: item for item in returns.expected(cups)}
    assert returns.count(cups) == len(result) == 2
    assert result["B"].refund_id == "" and result["B"].kind == "cancelled"
    returns.receive_return(cups, "douyin", "B", "1", whole=1, actor=HELPER)
    assert [item.order_id for item in returns.expected(cups)] == ["A"] and returns.count(cups) == 1
    assert stock(cups, "cup") == (2, 0)


@pytest.mark.sqlite_file("reads the plan of SQLite")
def test_what_is_expected_is_found_without_all_refunds_and_all_lines(cups: Database):
    with cups.read() as connection:
        sql = f"EXPLAIN QUERY PLAN {returns.CASES.format(of_order='')}"
        steps = [row[3] for row in connection.exec_driver_sql(sql, {"shop": 1})]
    all_of_shop = [step for step in steps if "(shop_id=?)" in step]
    assert len(all_of_shop) == 2, steps
    assert "refund_of_goods" in all_of_shop[0] and "order_line_turned_back" in all_of_shop[1]


def test_a_case_of_the_whole_order_is_received_line_by_line(cups: Database):
    load(
        cups,
        line("B", "cup", status="shipped", shipped=30),
        line("B", "cup", number="2", status="shipped", shipped=30),
        refund("B", number=None),
    )
    assert [(item.order_id, item.line_id) for item in returns.expected(cups)][-2:] == [("B", "1"), ("B", "2")]
    returns.receive_return(cups, "douyin", "B", "2", whole=1, actor=HELPER)
    assert [(item.order_id, item.line_id) for item in returns.expected(cups)] == [("A", "1"), ("B", "1")]


def test_more_pieces_than_were_sent_are_rejected(cups: Database):
    for whole, broken in ((4, 0), (2, 2), (0, 0), (-1, 2)):
        with pytest.raises(returns.BadReceipt):
            returns.receive_return(cups, "douyin", "A", "1", whole=whole, broken=broken, actor=HELPER)
    with pytest.raises(NotAllowed):
        returns.receive_return(cups, "douyin", "A", "1", whole=1, actor=Actor("x", "creator"))


def test_a_returned_piece_goes_to_who_waits_for_it(cups: Database):
    load(cups, line("B", "cup", 3, paid=40))
    assert short(cups) == {"B": 1}
    returns.receive_return(cups, "douyin", "A", "1", whole=2, broken=1, actor=HELPER)
    assert short(cups) == {} and stock(cups, "cup") == (1, 0)
    assert ledger_is_sound(cups)


def test_a_receipt_is_undone_unless_its_pieces_were_sold_again(cups: Database):
    returns.receive_return(cups, "douyin", "A", "1", whole=2, actor=HELPER)
    returns.undo(cups, "douyin", "A", "1", actor=HELPER)
    assert stock(cups, "cup") == (2, 0)
    assert [item.pieces for item in returns.expected(cups)] == [3]
    returns.receive_return(cups, "douyin", "A", "1", whole=2, actor=HELPER)
    load(cups, line("B", "cup", 4, paid=40))
    with pytest.raises(OutOfStock):
        returns.undo(cups, "douyin", "A", "1", actor=HELPER)
    assert stock(cups, "cup") == (0, 0)
    assert ledger_is_sound(cups)
