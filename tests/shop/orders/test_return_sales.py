"""A return that names its SKU and no order: whose sale it was, and what is left open where that is not known."""

import pytest
from sqlalchemy import text

from shop.db.database import Database
from tests.support.shops.small_shop import line, refund, store


def sales_of(db: Database) -> dict[str, tuple[str, str | None]]:
    """The order and the line that each refund belongs to."""
    with db.read() as connection:
        rows = connection.execute(text("SELECT refund_id, order_id, line_id FROM refund ORDER BY refund_id"))
        return {row[0]: (row[1], row[2]) for row in rows}


def returned(case: str, day: str, cents: int, quantity: int | None) -> dict[str, object]:
    return refund(case, f"receipt-{case}", f"{day} 10:00", cents, sku="cup", quantity=quantity, buyer_key=7)


def test_a_return_belongs_to_the_latest_sale_at_its_price(db: Database) -> None:
    sold = [
        line("first", "2026-01-02 10:00", 3_000, buyer_key=7),
        line("second", "2026-01-03 10:00", 3_000, buyer_key=7),
        line("dearer", "2026-01-04 10:00", 4_000, buyer_key=7),
    ]
    store(
        db, lines=sold, refunds=[returned("1", "2026-01-05", 3_000, 1), returned("2", "2026-01-06", 3_000, 1)]
    )
    assert sales_of(db) == {"1": ("second", "second"), "2": ("first", "first")}


def test_a_return_of_which_only_the_day_is_known_takes_no_sale_of_another(db: Database) -> None:
    sold = [line("first", "2026-01-02 10:00", 3_000, buyer_key=7)]
    store(db, lines=sold, refunds=[returned("1", "2026-01-05", 3_000, 1) | {"refunded_at": None}])
    assert sales_of(db) == {"1": ("receipt-1", None)}


@pytest.mark.parametrize("of_own_order", (False, True))
def test_a_return_without_a_number_of_pieces_is_stored_and_takes_no_sale_of_another(
    db: Database, of_own_order: bool
) -> None:
    unknown = returned("1", "2026-01-05", 3_000, None)
    if of_own_order:
        unknown["order_id"] = "first"
    sold = [line("first", "2026-01-02 10:00", 3_000, buyer_key=7)]
    store(db, lines=sold, refunds=[unknown])
    store(db, refunds=[returned("2", "2026-01-06", 3_000, 1)])
    joined = sales_of(db)
    if of_own_order:  # at least one piece came back, and no more than one was sold
        assert joined == {"1": ("first", "first"), "2": ("receipt-2", None)}
    else:
        assert joined == {"1": ("receipt-1", None), "2": ("first", "first")}
