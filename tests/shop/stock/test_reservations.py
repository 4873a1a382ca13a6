"""Reservations for a live session: they expire, and turn into the sale when it comes."""

import pytest

from shop.access.roles import Actor, NotAllowed
from shop.db.database import Database
from shop.stock import adjustments, allocation, reservations
from shop.stock.ledger import OutOfStock
from shop.stock.order_demand import follow_orders
from tests.support.stock.shop import HELPER, OWNER, at, catalog, ledger_is_sound, line, load, short, stock


@pytest.fixture
def cups(db: Database) -> Database:
    catalog(db, cup="stocked")
    adjustments.record(db, "made", "cup", 3, actor=OWNER, at=at(0))
    return db


def reserve(db: Database, pieces: int, *, since: int = 100, minutes: int = 60, **more: str) -> int:
    until = at(since + minutes * 60)
    return reservations.reserve(db, "cup", pieces, until=until, now=at(since), actor=HELPER, **more)


def follow(db: Database, moment: int) -> None:
    """Any next write, at this moment."""
    with db.write() as connection:
        allocation.require_available(connection, "cup", 0, int(at(moment).timestamp()))


def test_reserved_pieces_are_there_but_promised_to_nobody_else(cups: Database):
    reserve(cups, 2)
    assert stock(cups, "cup") == (3, 2)
    with pytest.raises(OutOfStock) as error:
        reservations.reserve(cups, "cup", 2, until=at(5000), now=at(101), actor=HELPER)
    assert error.value.details["available"] == 1


def test_a_reservation_expires_and_its_pieces_go_to_open_orders(cups: Database):
    reserve(cups, 2, platform="douyin")
    with cups.write() as connection:
        follow_orders(connection, 1, {}, now=int(at(200).timestamp()))
    load_at(cups, 300, line("A", "cup", 3, paid=250, platform="tiktok"))
    assert short(cups) == {"A": 2} and stock(cups, "cup") == (2, 2)
    follow(cups, 100 + 3600)
    assert short(cups) == {} and stock(cups, "cup") == (0, 0)
    assert ledger_is_sound(cups)


@pytest.mark.parametrize("days", [1, 30])
def test_a_reservation_that_ended_by_a_clock_that_was_ahead_is_open_again(cups: Database, days: int):
    number = reserve(cups, 2)
    follow(cups, 200 + days * 86_400)
    assert stock(cups, "cup") == (3, 0)
    follow(cups, 300)
    assert stock(cups, "cup") == (3, 2) and ledger_is_sound(cups)
    follow(cups, 300 - days * 86_400)
    assert stock(cups, "cup") == (3, 2)
    reservations.release(cups, number, now=at(400), actor=HELPER)
    follow(cups, 500)
    assert stock(cups, "cup") == (3, 0) and ledger_is_sound(cups)


def load_at(db: Database, moment: int, *records: dict) -> None:
    """Load, with the shop's clock at this moment: reservations that end later are still active."""
    import time

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "time", lambda: at(moment).timestamp())
        load(db, *records)


def test_an_order_of_the_session_takes_the_reserved_piece(cups: Database):
    number = reserve(cups, 2, platform="douyin", session_id="S1")
    load_at(cups, 300, line("A", "cup", paid=200, content_id="S1"))
    assert stock(cups, "cup") == (2, 1)
    load_at(cups, 300, line("other", "cup", paid=210, content_id="S2"))
    assert stock(cups, "cup") == (1, 1)
    load_at(cups, 300, line("B", "cup", paid=220, content_id=None), line("C", "cup", paid=230))
    assert stock(cups, "cup") == (0, 0) and short(cups) == {"C": 1}
    with cups.read() as connection:
        stored = connection.exec_driver_sql("SELECT kept, quantity FROM stock_hold").one()
    assert tuple(stored) == (0, 2)
    assert ledger_is_sound(cups)
    reservations.release(cups, number, now=at(400), actor=HELPER)
    assert short(cups) == {"C": 1}


def test_orders_paid_before_the_reservation_take_precedence(cups: Database):
    reserve(cups, 3, since=100)
    load_at(cups, 300, line("A", "cup", 2, paid=50))
    assert stock(cups, "cup") == (1, 1) and short(cups) == {}
    assert ledger_is_sound(cups)


def test_the_sale_of_a_session_stays_when_its_reservation_has_ended(cups: Database):
    reserve(cups, 1, platform="douyin", minutes=10)
    load_at(cups, 200, line("shop window", "cup", 3, paid=150, platform="tiktok"))
    load_at(cups, 200, line("live", "cup", paid=160))
    assert short(cups) == {"shop window": 1}
    follow(cups, 10_000)
    assert short(cups) == {"shop window": 1}


def test_a_reservation_is_extended_and_released_but_not_after_its_end(cups: Database):
    number = reserve(cups, 2, minutes=10)
    reservations.extend(cups, number, at(3000), now=at(500), actor=HELPER)
    follow(cups, 2000)
    assert stock(cups, "cup") == (3, 2)
    reservations.release(cups, number, now=at(2500), actor=HELPER)
    assert stock(cups, "cup") == (3, 0)
    for late in (
        lambda: reservations.release(cups, number, now=at(2600), actor=HELPER),
        lambda: reservations.extend(cups, number, at(9000), now=at(2600), actor=HELPER),
    ):
        with pytest.raises(reservations.UnknownReservation):
            late()
    assert ledger_is_sound(cups)


def test_a_reservation_needs_pieces_an_end_in_reach_and_the_right_role(cups: Database):
    for pieces, minutes in ((0, 10), (1, -1), (1, 60 * 24 * 30)):
        with pytest.raises(reservations.BadReservation):
            reserve(cups, pieces, minutes=minutes)
    with pytest.raises(NotAllowed):
        reservations.reserve(cups, "cup", 1, until=at(900), now=at(1), actor=Actor("x", "creator"))


def test_pieces_that_break_are_taken_from_the_reservation_before_a_paid_order(cups: Database):
    load_at(cups, 60, line("A", "cup", 1, paid=50))
    reserve(cups, 2, since=100)
    stock_now(cups, 200)
    assert stock(cups, "cup") == (1, 1) and short(cups) == {}
    assert ledger_is_sound(cups)


def stock_now(db: Database, moment: int) -> None:
    import time

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "time", lambda: at(moment).timestamp())
        adjustments.record(db, "broken", "cup", 1, actor=HELPER)
