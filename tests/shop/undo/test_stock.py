"""Every action on stock is undone by its number in the list, once."""

from datetime import UTC, datetime, timedelta

import pytest

from shop.access import audit
from shop.db.database import Database
from shop.stock import adjustments, counts, history, oversold, reservations, returns
from shop.undo import catalog as undo
from shop.undo import stock as stock_undo
from tests.support.stock.shop import HELPER, OWNER, at, catalog, ledger_is_sound, line, load, refund, stock


@pytest.fixture
def studio(db: Database) -> Database:
    catalog(db, cup="stocked", bowl="stocked")
    counts.set_counts(db, {"cup": 5, "bowl": 5}, actor=OWNER, at=at(0))
    return db


def last(db: Database) -> int:
    return audit.recent(db, actions=stock_undo.ACTIONS)[0].audit_id


def back(db: Database) -> None:
    number = last(db)
    stock_undo.undo(db, number, actor=HELPER)
    assert not next(item for item in audit.recent(db) if item.audit_id == number).can_undo
    with pytest.raises(undo.AlreadyUndone):
        stock_undo.undo(db, number, actor=HELPER)
    assert ledger_is_sound(db)


def test_pieces_booked_by_hand_come_back(studio: Database):
    for reason, pieces in (("made", 7), ("broken", 3), ("sold", 4), ("returned", 6)):
        number = adjustments.record(studio, reason, "cup", abs(pieces - 5), actor=HELPER)
        assert stock(studio, "cup") == (pieces, 0)
        assert stock_undo.number_of(studio, movements=[number]) == last(studio)
        assert history.movements(studio, "cup")[0].can_undo
        back(studio)
        assert stock(studio, "cup") == (5, 0)
        assert [item.is_undone for item in history.movements(studio, "cup")[:2]] == [False, True]


def test_a_count_and_numbers_that_were_typed_come_back(studio: Database):
    count = counts.start(studio, actor=HELPER)
    counts.count(studio, count, {"cup": 2}, actor=HELPER)
    counts.finish(studio, count, actor=HELPER)
    assert stock(studio, "cup") == (2, 0)
    back(studio)
    assert stock(studio, "cup") == (5, 0)
    counts.set_counts(studio, {"cup": 9}, actor=HELPER)
    back(studio)
    assert stock(studio, "cup") == (5, 0)


def test_undo_releases_a_reservation_and_shortens_an_extended_one(studio: Database):
    now = datetime.now(UTC)
    reservation = reservations.reserve(studio, "cup", 2, until=now + timedelta(hours=1), actor=HELPER)
    assert [item.remaining for item in history.open_reservations(studio)] == [2]
    reservations.extend(studio, reservation, now + timedelta(hours=5), actor=HELPER)
    back(studio)
    (stored,) = history.open_reservations(studio)
    assert stored.expires_at == (now + timedelta(hours=1)).replace(microsecond=0)
    stock_undo.undo(studio, stock_undo.number_of(studio, hold_id=reservation), actor=HELPER)
    assert history.open_reservations(studio) == []
    assert stock(studio, "cup") == (5, 0)


def test_a_received_return_is_expected_again(studio: Database):
    load(studio, line("1", "cup", status="completed", shipped=20), refund("1"))
    (item,) = returns.expected(studio)
    returns.receive_return(studio, *item.key[:3], whole=1, actor=HELPER)
    assert (stock(studio, "cup"), returns.expected(studio)) == ((5, 0), [])
    back(studio)
    assert stock(studio, "cup") == (4, 0)
    assert returns.expected(studio) == [item]


def test_a_decision_on_what_was_oversold_is_open_again(studio: Database):
    load(studio, line("1", "cup", 5), line("2", "cup", 2, paid=20))
    (short,) = oversold.oversold(studio)
    oversold.settle(studio, *short.key[:3], "sibling", sibling="bowl", actor=HELPER)
    assert (stock(studio, "bowl"), oversold.oversold(studio)) == ((3, 0), [])
    back(studio)
    assert stock(studio, "bowl") == (5, 0)
    assert oversold.oversold(studio) == [short]


def test_a_presale_goes_back_to_what_it_was(studio: Database):
    adjustments.set_presale(studio, "cup", 3, actor=OWNER)
    stock_undo.undo(studio, last(studio), actor=OWNER)
    with studio.read() as connection:
        result = connection.exec_driver_sql("SELECT presale FROM stock_balance WHERE sku = 'cup'")
        assert result.scalar_one() == 0


def test_actions_that_cannot_be_undone_are_rejected_with_a_reason(studio: Database):
    with pytest.raises(undo.NothingToUndo):
        stock_undo.undo(studio, 999, actor=HELPER)
    count = counts.start(studio, actor=HELPER)
    counts.drop(studio, count, actor=HELPER)
    with pytest.raises(undo.NothingToUndo):
        stock_undo.undo(studio, last(studio), actor=HELPER)
