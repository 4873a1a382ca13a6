"""How the pieces of a firing and of a maker did, followed through the ledger by hand."""

from datetime import date
from typing import Any

import pytest

from shop.access.roles import Actor
from shop.db.database import Database
from shop.performance.origins import origins
from shop.stats.proportions import Rate
from tests.shop.metrics.test_query import refund
from tests.support.shops.catalogs import design, match, put, sell
from tests.support.stock.simple import book_stock

SPRING = (date(2026, 1, 1), date(2026, 3, 31))
OWNER, ASSISTANT = Actor("Wu"), Actor("Lin", "assistant")


def checked(connection: Any, batch: str, maker: str, firing: str, done: str, pieces: int) -> None:
    put(
        connection,
        "kiln_batch",
        batch_id=batch,
        sku="cup",
        pieces=pieces,
        maker=maker,
        status="closed",
        started_on="2026-01-01",
    )
    put(
        connection,
        "batch_step",
        batch_id=batch,
        stage="glaze_fired",
        part=1,
        pieces_in=pieces,
        pieces_out=pieces,
        done_on=done,
        firing_id=firing,
    )
    put(
        connection,
        "batch_step",
        batch_id=batch,
        stage="checked",
        part=1,
        pieces_in=pieces,
        pieces_out=pieces,
        done_on=done,
    )
    put(connection, "batch_grade", batch_id=batch, part=1, grade="prime", sku="cup", pieces=pieces)


@pytest.fixture
def fired(db: Database) -> Database:
    """Two cups from before; firing A gives four (Lin), firing B three (Wu); seven of them leave."""
    design(db, "cup", "cup", form="cup")
    with db.write() as connection:
        checked(connection, "b1", "Lin", "A", "2026-01-10", 4)
        checked(connection, "b2", "Wu", "B", "2026-02-10", 3)
    sell(db, "1", "2026-01-15 10:00:00", 1_000, quantity=4)
    sell(db, "2", "2026-01-20 10:00:00", 100)
    sell(db, "3", "2026-02-15 10:00:00", 1_001, quantity=3)
    match(db, {"sku": "code"}, "cup")
    refund(db, "r", "3", "2026-02-20 10:00:00", 100)

    def left(day: str, order: str, pieces: int, reason: str = "sold") -> None:
        book_stock(db, "cup", (day, reason, pieces), platform="douyin", order_id=order, line_id=order)

    book_stock(db, "cup", ("2026-01-01", "counted", 2))
    book_stock(db, "cup", ("2026-01-10", "made", 4), batch_id="b1")
    left("2026-01-15", "1", -4)  # both old ones, two of firing A
    left("2026-01-20", "2", -1)  # the third of firing A …
    left("2026-01-25", "2", 1, "returned")  # … is in stock again
    book_stock(db, "cup", ("2026-01-26", "broken", -1))
    book_stock(db, "cup", ("2026-02-10", "made", 3), batch_id="b2")
    left("2026-02-15", "3", -3)  # the last of firing A, two of firing B
    return db


def test_the_oldest_pieces_leave_first(fired: Database) -> None:
    result = origins(fired, *SPRING, actor=ASSISTANT)
    assert [(item.part, item.sold, item.broken) for item in result] == [
        ("B", Rate(2, 3), 0),
        ("A", Rate(3, 4), 1),
    ]
    # order 1: 1,000 for four, half of it from firing A; order 3: 1,001 and 100 back, a third of it
    assert [(item.gmv_cents, item.refund_cents) for item in result] == [(667, 67), (500 + 334, 33)]
    assert {item.margin_cents for item in result} == {None}


def test_only_the_owner_sees_what_a_firing_left(fired: Database) -> None:
    assert [item.margin_cents for item in origins(fired, *SPRING, actor=OWNER)] == [None, None]
    with fired.write() as connection:
        put(connection, "unit_cost", sku="cup", from_on="2026-01-01", unit_cents=50, currency="CNY")
        put(connection, "unit_cost", sku="cup", from_on="2026-02-01", unit_cents=60, currency="CNY")
    result = origins(fired, *SPRING, by="maker", actor=OWNER)
    assert [(item.part, item.margin_cents) for item in result] == [
        ("Lin", 834 - 33 - 2 * 50 - 60),
        ("Wu", 667 - 67 - 2 * 60),
    ]
    assert {item.margin_cents for item in origins(fired, *SPRING, actor=ASSISTANT)} == {None}


def test_a_range_without_a_firing_has_none(fired: Database) -> None:
    assert origins(fired, date(2025, 1, 1), date(2025, 12, 31), actor=OWNER) == []
    assert [item.part for item in origins(fired, date(2026, 2, 1), SPRING[1], actor=OWNER)] == ["B"]
