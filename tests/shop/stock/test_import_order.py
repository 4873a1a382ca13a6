"""Allocation is independent of the order in which orders are imported."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.db.database import Database
from shop.stock import counts, reservations
from tests.support.stock.laws import SKUS, demand_by_hand, fresh, line_records, refund_records, wipe
from tests.support.stock.shop import OWNER, allocations, at, ledger_is_sound, load, stock

histories = st.lists(st.one_of(line_records, line_records, refund_records), min_size=1, max_size=9)


def outcome(db: Database, records: list[dict[str, Any]], there: int, quantity: int) -> tuple[Any, ...]:
    wipe(db)
    counts.set_counts(db, {"cup": there, "mug": 2, "jar": 1}, actor=OWNER)
    if quantity:
        reservations.reserve(db, "cup", quantity, until=at(1000), platform="douyin", actor=OWNER)
    for record in records:
        load(db, record)
    with db.read() as connection:
        reserved = connection.exec_driver_sql("SELECT SUM(kept) FROM stock_hold").scalar()
    assert ledger_is_sound(db)
    return allocations(db), [stock(db, sku) for sku in SKUS], reserved


def allocated_by_hand(db: Database, there: dict[str, int]) -> dict[tuple[str, str], int]:
    """Allocation without reservations, computed by hand: sent first, then paid first."""
    with db.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT platform, order_id, line_id, paid_at, shipped_at IS NULL AND status NOT IN "
            "('shipped', 'delivered', 'completed') AS waits FROM order_line"
        ).all()
    rank = {tuple(row[:3]): (row.waits, row.paid_at) for row in rows}
    wants = demand_by_hand(db)
    pieces_of = {}
    for key in sorted(wants, key=lambda key: (rank[key[:3]], key)):
        sku, pieces = wants[key]
        pieces_of[key[1:3]] = min(pieces, there[sku])
        there[sku] -= pieces_of[key[1:3]]
    return {key: pieces for key, pieces in pieces_of.items() if pieces}


@pytest.fixture(scope="module")
def shared() -> Iterator[Database]:
    with fresh() as db:
        yield db


def check_readings(db: Database, records: list[Any], there: int, reserved: int, random: Any) -> None:
    first = outcome(db, records, there, min(reserved, there))
    if not reserved:
        by_hand = allocated_by_hand(db, {"cup": there, "mug": 2, "jar": 1})
        assert {key: item[1] for key, item in first[0].items() if item[1]} == by_hand
    again = records * 2
    random.shuffle(again)
    assert outcome(db, again, there, min(reserved, there)) == first


readings = given(histories, st.integers(0, 6), st.sampled_from([0, 0, 2]), st.randoms())


@settings(max_examples=15, deadline=None)
@readings
def test_the_outcome_is_the_same_in_whatever_order_orders_are_read(
    shared: Database, records: list[Any], there: int, reserved: int, random: Any
):
    check_readings(shared, records, there, reserved, random)


@pytest.mark.proof
@settings(max_examples=3_000, deadline=None)
@readings
def test_the_outcome_is_the_same_in_whatever_order_at_full_size(
    shared: Database, records: list[Any], there: int, reserved: int, random: Any
):
    check_readings(shared, records, there, reserved, random)
