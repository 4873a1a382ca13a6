"""The stock follows the orders: exactly once, in any order of reading, and paid first is served first."""

from itertools import permutations
from pathlib import Path

import pytest

from shop.access.roles import Actor, NotAllowed
from shop.db.database import Database
from shop.stock import adjustments
from shop.stock.ledger import NotTracked, OutOfStock
from shop.stock.order_demand import follow_orders
from tests.support.fresh import new_database
from tests.support.stock.shop import (
    HELPER,
    OWNER,
    START,
    allocations,
    at,
    catalog,
    ledger_is_sound,
    line,
    load,
    refund,
    short,
    stock,
)

ROOT = Path(__file__).parents[3]


@pytest.fixture
def cups(db: Database) -> Database:
    """Five cups on the adjustments, counted at START; bowls that nobody counted."""
    catalog(db, cup="stocked", bowl="stocked", jar="one_of_a_kind")
    adjustments.record(db, "made", "cup", 5, actor=OWNER, at=at(0))
    return db


def test_a_paid_order_takes_its_pieces_and_reading_it_again_takes_none(cups: Database):
    order = line("A", "cup", 2)
    load(cups, order)
    assert stock(cups, "cup") == (3, 0)
    version = cups.version()
    load(cups, order)
    load(cups, order)
    assert stock(cups, "cup") == (3, 0) and cups.version() == version
    load(cups, line("A", "cup", 2, status="shipped", shipped=20, version=2))
    assert stock(cups, "cup") == (3, 0)
    assert ledger_is_sound(cups)


def test_what_is_not_counted_not_paid_or_paid_before_the_count_moves_nothing(cups: Database):
    load(
        cups,
        line("A", "bowl"),
        line("B", "cup", paid=None, status="unpaid"),
        line("C", "cup", paid=-10),
        line("D", "unheard of"),
    )
    assert stock(cups, "cup") == (5, 0)
    assert allocations(cups) == {}


def test_a_gift_leaves_the_stock_too(cups: Database):
    load(cups, line("A", "cup"), line("A", "cup", number="2", is_gift=True, cents=0))
    assert stock(cups, "cup") == (3, 0)


def test_cancelled_before_sending_comes_back_by_itself_whatever_comes_first(tmp_path: Path):
    paid = line("A", "cup", 2)
    cancelled = line("A", "cup", 2, status="cancelled", version=2)
    for place, report in enumerate(
        ((paid, cancelled), (cancelled, paid), (cancelled,), (paid, cancelled, paid))
    ):
        db = new_database(tmp_path / f"{place}.db")
        catalog(db, cup="stocked")
        adjustments.record(db, "made", "cup", 5, actor=OWNER, at=at(0))
        for item in report:
            load(db, item)
        assert stock(db, "cup") == (5, 0)
        assert ledger_is_sound(db)
        db.close()


def test_a_refund_before_sending_frees_the_pieces_also_when_it_is_read_first(cups: Database):
    load(cups, refund("A", kind="refund_only", stage="before_ship", number=None))
    load(cups, line("A", "cup"))
    assert stock(cups, "cup") == (5, 0)
    load(cups, line("B", "cup", 2, cents=2000))
    load(cups, refund("B", kind="refund_only", stage="before_ship", cents=300))  # a part: a favour
    assert stock(cups, "cup") == (3, 0)


def test_a_refund_of_all_that_was_paid_frees_the_pieces_until_it_turns_out_that_they_left(cups: Database):
    load(cups, line("A", "cup", 2, cents=2000), line("A", "cup", number="gift", is_gift=True, cents=0))
    load(cups, refund("A", kind="refund_only", stage="unknown", number=None, cents=2000))
    assert stock(cups, "cup") == (5, 0)
    load(cups, refund("A", kind="refund_only", stage="after_ship", number=None, cents=2000, version=2))
    assert stock(cups, "cup") == (2, 0)
    load(cups, refund("A", kind="return_refund", stage="unknown", number=None, cents=2000, version=3))
    assert stock(cups, "cup") == (2, 0)
    assert ledger_is_sound(cups)


def test_what_was_sold_before_it_was_booked_in_takes_its_pieces_then(cups: Database):
    load(cups, line("before", "bowl", 1, paid=5), line("after", "bowl", 2, paid=50))
    adjustments.record(cups, "made", "bowl", 6, actor=OWNER, at=at(20))
    assert stock(cups, "bowl") == (4, 0)


def test_a_refund_without_return_leaves_the_stock_sold_and_one_with_return_is_expected(cups: Database):
    load(cups, line("A", "cup", status="shipped", shipped=20), line("B", "cup", status="shipped", shipped=20))
    load(cups, refund("A", kind="refund_only"), refund("B"))
    load(cups, line("B", "cup", status="cancelled", shipped=20, version=3))
    assert stock(cups, "cup") == (3, 0)


def test_a_line_that_vanished_gives_its_pieces_back(cups: Database):
    both = line("A", "cup", number="A-1"), line("A", "cup", 2, number="A-2")
    load(cups, *both, whole=True)
    assert stock(cups, "cup") == (2, 0)
    load(cups, line("A", "cup", 2, number="A-2", version=2), whole=True)
    assert stock(cups, "cup") == (3, 0)
    assert ledger_is_sound(cups)


def test_a_changed_quantity_moves_the_difference(cups: Database):
    load(cups, line("A", "cup", 2))
    load(cups, line("A", "cup", 4, version=2))
    assert stock(cups, "cup") == (1, 0)
    load(cups, line("A", "cup", 1, version=3))
    assert stock(cups, "cup") == (4, 0)
    assert ledger_is_sound(cups)


def test_a_wording_matched_to_another_sku_moves_its_stock(cups: Database):
    adjustments.record(cups, "made", "bowl", 3, actor=OWNER, at=at(0))
    load(cups, line("A", "cup", 2))
    with cups.write() as connection:
        connection.exec_driver_sql("UPDATE sold_match SET sku = 'bowl'")
        keys = {row[0] for row in connection.exec_driver_sql("SELECT name_key FROM sold_match")}
        follow_orders(connection, name_keys=keys)
    assert (stock(cups, "cup"), stock(cups, "bowl")) == ((5, 0), (1, 0))
    with cups.write() as connection:
        connection.exec_driver_sql("DELETE FROM sold_match")
        follow_orders(connection, name_keys=keys)
    assert stock(cups, "bowl") == (3, 0)
    assert ledger_is_sound(cups)


def test_who_paid_first_is_served_first_whoever_was_read_first(tmp_path: Path):
    report = [
        line("late", "jar", paid=30, platform="tiktok"),
        line("first", "jar", paid=10, platform="douyin"),
        line("second", "jar", paid=20, platform="kuaishou"),
    ]
    for place, order in enumerate(permutations(report)):
        db = new_database(tmp_path / f"{place}.db")
        catalog(db, jar="one_of_a_kind")
        adjustments.record(db, "made", "jar", 1, actor=OWNER, at=at(0))
        for item in order:
            load(db, item)
        assert short(db) == {"second": 1, "late": 1}
        assert stock(db, "jar") == (0, 0)
        load(db, line("first", "jar", paid=10, status="cancelled", version=2))
        assert short(db) == {"late": 1}
        assert ledger_is_sound(db)
        db.close()


def test_an_order_that_was_shipped_retains_its_piece(cups: Database):
    adjustments.record(cups, "made", "jar", 1, actor=OWNER, at=at(0))
    load(cups, line("first", "jar", paid=10), line("sent", "jar", paid=20, status="shipped", shipped=25))
    assert short(cups) == {"first": 1}


def test_later_production_is_allocated_to_the_oldest_open_order(cups: Database):
    load(cups, line("A", "cup", 4), line("B", "cup", 3, paid=20))
    assert short(cups) == {"B": 2} and stock(cups, "cup") == (0, 0)
    adjustments.record(cups, "made", "cup", 6, actor=HELPER)
    assert short(cups) == {} and stock(cups, "cup") == (4, 0)
    assert ledger_is_sound(cups)


def test_a_piece_that_breaks_in_packing_leaves_who_paid_last_short(cups: Database):
    load(cups, line("A", "cup", 3), line("B", "cup", 2, paid=20))
    adjustments.record(cups, "broken", "cup", 1, actor=HELPER, why="掉在地上")
    assert short(cups) == {"B": 1} and stock(cups, "cup") == (0, 0)
    adjustments.record(cups, "broken", "cup", 4, actor=HELPER)
    with pytest.raises(OutOfStock):
        adjustments.record(cups, "broken", "cup", 1, actor=HELPER)
    assert short(cups) == {"A": 3, "B": 2}
    assert ledger_is_sound(cups)


def test_only_the_owner_allows_pre_sale(cups: Database):
    with pytest.raises(NotAllowed):
        adjustments.set_presale(cups, "cup", 3, actor=HELPER)
    adjustments.set_presale(cups, "cup", 3, actor=OWNER)
    load(cups, line("A", "cup", 7))
    assert stock(cups, "cup") == (-2, 0) and short(cups) == {}
    load(cups, line("B", "cup", 2, paid=20))
    assert stock(cups, "cup") == (-3, 0) and short(cups) == {"B": 1}
    with pytest.raises(adjustments.PresaleInUse):
        adjustments.set_presale(cups, "cup", 2, actor=OWNER)
    adjustments.record(cups, "made", "cup", 4, actor=HELPER)
    assert stock(cups, "cup") == (0, 0) and short(cups) == {}
    assert ledger_is_sound(cups)


def test_nothing_is_sold_by_hand_that_is_not_there(cups: Database):
    for _ in range(5):
        adjustments.sell(cups, "cup", actor=HELPER)
    with pytest.raises(OutOfStock) as error:
        adjustments.sell(cups, "cup", actor=HELPER)
    assert error.value.details == {"sku": "cup", "asked": 1, "available": 0}
    with pytest.raises(NotTracked):
        adjustments.sell(cups, "bowl", actor=HELPER)
    with pytest.raises(NotAllowed):
        adjustments.sell(cups, "cup", actor=Actor("创作者", "creator"))


def test_one_event_moves_stock_once(cups: Database):
    first = adjustments.record(cups, "made", "cup", 2, actor=HELPER, key="batch/7/prime")
    assert adjustments.record(cups, "made", "cup", 2, actor=HELPER, key="batch/7/prime") == first
    assert stock(cups, "cup") == (7, 0)


def test_a_movement_by_hand_is_undone_once_and_not_after_its_pieces_were_sold(cups: Database):
    created = adjustments.record(cups, "made", "cup", 2, actor=HELPER)
    adjustments.undo(cups, [created], actor=HELPER)
    assert stock(cups, "cup") == (5, 0)
    with pytest.raises(adjustments.CannotUndo):
        adjustments.undo(cups, [created], actor=HELPER)
    again = adjustments.record(cups, "made", "cup", 2, actor=HELPER)
    load(cups, line("A", "cup", 6))
    with pytest.raises(OutOfStock):
        adjustments.undo(cups, [again], actor=HELPER)
    assert stock(cups, "cup") == (1, 0)
    assert ledger_is_sound(cups)


def test_there_is_only_one_of_what_exists_once(cups: Database):
    adjustments.record(cups, "made", "jar", 1, actor=OWNER)
    with pytest.raises(adjustments.OnlyOne):
        adjustments.record(cups, "made", "jar", 1, actor=OWNER)


def test_only_the_ledger_writes_movements_and_balances():
    for file in [
        *(ROOT / "shop").rglob("*.py"),
        *(ROOT / "etl").rglob("*.py"),
        *(ROOT / "dashboard").rglob("*.py"),
    ]:
        if file.name == "ledger.py":
            continue
        words = " ".join(file.read_text("utf-8").replace('"', " ").split())
        for table in ("stock_movement", "stock_balance"):
            for statement in ("INSERT INTO", "UPDATE", "DELETE FROM", "REPLACE INTO"):
                assert f"{statement} {table}" not in words, file.name


def test_the_ledger_records_actor_time_and_reason(cups: Database):
    adjustments.record(cups, "broken", "cup", 1, actor=HELPER, why="碰掉了")
    load(cups, line("A", "cup", paid=77))
    with cups.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT reason, on_hand, actor, note, moved_at, order_id FROM stock_movement ORDER BY 1"
        ).all()
    assert [tuple(row)[:4] for row in rows] == [
        ("broken", -1, "小林", "碰掉了"),
        ("made", 5, "窑主", None),
        ("sold", -1, "kilnboard", None),
    ]
    assert rows[2][4:] == (START + 77, "A")
