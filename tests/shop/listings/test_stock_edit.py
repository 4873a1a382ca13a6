"""Many cells typed into one table: one transaction, one undo, and nothing half done."""

import pytest

from shop.access import audit
from shop.access.roles import Actor, NotAllowed
from shop.db.database import Database
from shop.listings import stock_edit
from shop.listings.bulk_edit import ChangedMeanwhile
from shop.stock.counts import set_counts
from shop.undo import catalog as undo
from shop.undo import stock as stock_undo
from tests.support.stock.shop import HELPER, OWNER, at, catalog, ledger_is_sound, line, load, stock

CUPS = [f"cup{number:02}" for number in range(50)]


@pytest.fixture
def studio(db: Database) -> Database:
    catalog(db, **dict.fromkeys(CUPS, "stocked"), vase="one_of_a_kind")
    set_counts(db, {**dict.fromkeys(CUPS, 4), "vase": 1}, actor=OWNER, at=at(0))
    return db


def query(db: Database, sql: str) -> list:
    with db.read() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(sql)]


def test_fifty_counts_and_a_place_are_one_transaction_and_one_undo(studio: Database):
    cells = {(sku, "on_hand"): number for number, sku in enumerate(CUPS)}
    cells |= {("cup00", "place"): "A-1", ("cup01", "reorder_point"): 3}
    planned = stock_edit.plan(studio, cells, actor=HELPER)
    assert len(planned.changes) == 51  # cup04 has 4 already
    version = studio.version()
    number = stock_edit.save(studio, planned, actor=HELPER)
    assert studio.version() == version + 1
    assert [stock(studio, sku)[0] for sku in CUPS] == list(range(50))
    assert query(studio, "SELECT place FROM variant WHERE sku = 'cup00'") == [("A-1",)]
    assert query(studio, "SELECT COUNT(*) FROM audit WHERE verb = 'stock.edit'") == [(1,)]
    version = studio.version()
    stock_undo.undo(studio, number, actor=HELPER)
    assert {stock(studio, sku)[0] for sku in CUPS} == {4}
    result = query(studio, "SELECT place, reorder_point FROM variant WHERE sku IN ('cup00', 'cup01')")
    assert result == [(None, None), (None, None)]
    with pytest.raises(undo.AlreadyUndone):
        stock_undo.undo(studio, number, actor=HELPER)
    assert ledger_is_sound(studio)


def test_cells_that_are_no_counts_are_rejected_each_with_its_reason(studio: Database):
    planned = stock_edit.plan(
        studio,
        {
            ("cup00", "on_hand"): -1,
            ("cup01", "on_hand"): None,
            ("vase", "on_hand"): 2,
            ("cup02", "on_hand"): 1.5,
            ("cup03", "on_hand"): 9,
            ("cup04", "reorder_point"): "many",
        },
        actor=HELPER,
    )
    assert [(item.key[0], item.after) for item in stock_edit.counts_in(planned)] == [("cup03", 9)]
    assert sorted((item.where.key[0], item.problem.code) for item in planned.rejected) == [
        ("cup00", "BadCount"),
        ("cup01", "BadCount"),
        ("cup02", "BadCount"),
        ("cup04", "CellNoNumber"),
        ("vase", "OnlyOne"),
    ]


def test_a_sale_after_the_table_was_looked_at_stops_all_of_it(studio: Database):
    cells = {("cup00", "on_hand"): 3, ("cup01", "on_hand"): 9, ("cup02", "place"): "A-1"}
    planned = stock_edit.plan(studio, cells, actor=HELPER)
    load(studio, line("1", "cup00"))
    with pytest.raises(ChangedMeanwhile):
        stock_edit.save(studio, planned, actor=HELPER)
    assert (stock(studio, "cup00")[0], stock(studio, "cup01")[0]) == (3, 4)
    assert query(studio, "SELECT place FROM variant WHERE sku = 'cup02'") == [(None,)]


def test_an_undo_is_rejected_whole_where_the_place_was_changed_again(studio: Database):
    cells = {("cup00", "on_hand"): 9, ("cup00", "place"): "A-1"}
    number = stock_edit.save(studio, stock_edit.plan(studio, cells, actor=HELPER), actor=HELPER)
    again = stock_edit.plan(studio, {("cup00", "place"): "B-1"}, actor=HELPER)
    later = stock_edit.save(studio, again, actor=HELPER)
    with pytest.raises(audit.ChangedSince):
        stock_undo.undo(studio, number, actor=HELPER)
    assert stock(studio, "cup00")[0] == 9
    stock_undo.undo(studio, later, actor=HELPER)
    stock_undo.undo(studio, number, actor=HELPER)
    assert stock(studio, "cup00")[0] == 4
    assert query(studio, "SELECT place FROM variant WHERE sku = 'cup00'") == [(None,)]


def test_an_undo_is_rejected_whole_where_an_added_piece_was_sold(studio: Database):
    cells = {("cup00", "on_hand"): 5, ("cup01", "on_hand"): 9, ("cup01", "place"): "A-1"}
    number = stock_edit.save(studio, stock_edit.plan(studio, cells, actor=HELPER), actor=HELPER)
    load(studio, line("1", "cup00", 5))
    with pytest.raises(Exception, match="cup00"):
        stock_undo.undo(studio, number, actor=HELPER)
    assert stock(studio, "cup01")[0] == 9
    assert query(studio, "SELECT place FROM variant WHERE sku = 'cup01'") == [("A-1",)]
    assert query(studio, f"SELECT undone_at FROM audit WHERE audit_id = {number}") == [(None,)]
    assert ledger_is_sound(studio)


def test_a_first_count_typed_into_the_table_starts_stock_tracking(db: Database):
    catalog(db, mug="stocked")
    planned = stock_edit.plan(db, {("mug", "on_hand"): 7}, actor=HELPER)
    assert [(item.before, item.after) for item in stock_edit.counts_in(planned)] == [(None, 7)]
    number = stock_edit.save(db, planned, actor=HELPER)
    assert stock(db, "mug") == (7, 0)
    stock_undo.undo(db, number, actor=HELPER)
    assert query(db, "SELECT * FROM stock_balance") == []


def test_who_may_not_edit_the_stock_may_not_type_counts(studio: Database):
    with pytest.raises(NotAllowed):
        stock_edit.plan(studio, {("cup00", "on_hand"): 1}, actor=Actor("li", "creator"))
