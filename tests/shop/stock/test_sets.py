"""Sets: four cups in a box; their stock follows from the parts, and what is sold moves the parts."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from shop.db.database import Database
from shop.kiln_planning.demand import paces
from shop.listings import bulk_edit
from shop.listings.plan import Cell
from shop.orders.parcels import outbox
from shop.orders.picking import pick_list
from shop.stock import (
    adjustments,
    consistency,
    counts,
    levels,
    oversold,
    publish,
    reservations,
    returns,
    sets,
)
from shop.stock.ledger import IsASet, OutOfStock
from shop.stock.sets import BadParts, SetComponent, parse_parts, parts_text
from shop.undo import catalog as undo_catalog
from shop.undo import stock as undo_stock
from tests.support.stock.shop import (
    HELPER,
    OWNER,
    START,
    at,
    catalog,
    ledger_is_sound,
    line,
    load,
    refund,
    stock,
)


def make_set(db: Database, parts: str | None, sku: str = "set4") -> int:
    """Type the parts of a SKU into the catalog; the number that undoes it."""
    planned = bulk_edit.plan(db, [Cell("parts", (sku,), parts)], actor=OWNER)
    if planned.rejected:
        raise planned.rejected[0].problem
    return bulk_edit.apply(db, planned, actor=OWNER)


def free(db: Database, sku: str = "set4") -> int | None:
    (level,) = levels.stock_levels(db, skus=[sku])
    return level.on_hand


def audit(db: Database, action: str) -> int:
    """The number of the last action of a kind."""
    with db.read() as connection:
        return int(
            connection.exec_driver_sql("SELECT MAX(audit_id) FROM audit WHERE verb = ?", (action,)).scalar()
            or 0
        )


@pytest.fixture
def shop(db: Database) -> Database:
    """Ten cups, six boxes; a set of four cups in a box that was never counted itself."""
    catalog(db, cup="stocked", box="stocked", mug="stocked", set4="stocked", big="stocked")
    counts.set_counts(db, {"cup": 10, "box": 6, "mug": 5}, actor=OWNER, at=at(0))
    make_set(db, "cup*4; box")
    return db


def test_a_sold_set_takes_its_parts_and_gives_them_back(shop: Database) -> None:
    assert free(shop) == 2  # ten cups are two sets of four
    load(shop, line("A", "set4"), line("B", "cup", paid=20))
    assert (stock(shop, "cup")[0], stock(shop, "box")[0], free(shop)) == (5, 5, 1)
    load(shop, line("A", "set4", status="cancelled", version=2))
    assert (stock(shop, "cup")[0], stock(shop, "box")[0], free(shop)) == (9, 6, 2)
    load(shop, line("C", "set4", 2, paid=30))  # eight of nine
    load(shop, refund("C", stage="before_ship", kind="refund_only"))  # all money back before it was sent
    assert (stock(shop, "cup")[0], stock(shop, "box")[0]) == (9, 6)
    assert ledger_is_sound(shop) and consistency.count_problems(shop) == 0


def test_an_oversold_part_is_seen_in_the_set_and_settled_by_the_part(shop: Database) -> None:
    load(shop, line("A", "cup", 7), line("B", "set4", paid=20))
    (level,) = levels.stock_levels(shop, skus=["set4"])
    assert (level.on_hand, level.short, level.mark) == (0, 1, "short")
    assert [(part.sku, part.free, part.short, part.limits) for part in level.parts] == [
        ("cup", 0, 1, True),
        ("box", 5, 0, False),
    ]
    (short,) = oversold.oversold(shop)
    assert (short.sku, short.set_sku, short.wanted, short.short) == ("cup", "set4", 4, 1)
    oversold.settle(shop, *short.key[:3], "sibling", part=short.part, sibling="mug", actor=HELPER)
    assert (stock(shop, "mug")[0], levels.stock_levels(shop, skus=["set4"])[0].short) == (4, 0)
    number = undo_stock.number_of(shop, settled=list(short.key))
    undo_stock.undo(shop, number or 0, actor=HELPER)
    assert (stock(shop, "mug")[0], oversold.oversold(shop)[0].short) == (5, 1)
    adjustments.record(shop, "made", "cup", 1, actor=HELPER)
    assert not oversold.oversold(shop)
    assert ledger_is_sound(shop) and consistency.count_problems(shop) == 0


def test_a_set_that_comes_back_is_received_part_by_part(shop: Database) -> None:
    load(shop, line("A", "set4", status="shipped", shipped=20), refund("A"))
    expected = {item.sku: item for item in returns.expected(shop)}
    assert {sku: item.pieces for sku, item in expected.items()} == {"cup": 4, "box": 1}
    assert {item.set_sku for item in expected.values()} == {"set4"}
    returns.receive_return(
        shop, *expected["cup"].key[:3], part=expected["cup"].part, whole=3, broken=1, actor=HELPER
    )
    returns.receive_return(shop, *expected["box"].key[:3], part=expected["box"].part, whole=1, actor=HELPER)
    assert (stock(shop, "cup")[0], stock(shop, "box")[0]) == (9, 6)
    assert not returns.expected(shop)
    assert ledger_is_sound(shop) and consistency.count_problems(shop) == 0


def test_sets_sold_by_hand_reserved_and_undone_move_their_parts(shop: Database) -> None:
    adjustments.sell(shop, "set4", actor=HELPER)
    assert (stock(shop, "cup")[0], stock(shop, "box")[0]) == (6, 5)
    undo_stock.undo(shop, audit(shop, "sold"), actor=HELPER)
    assert (stock(shop, "cup")[0], stock(shop, "box")[0]) == (10, 6)
    reservations.reserve(shop, "set4", 1, until=datetime.now(UTC) + timedelta(hours=2), actor=HELPER)
    assert (stock(shop, "cup"), stock(shop, "box"), free(shop)) == ((10, 4), (6, 1), 1)
    undo_stock.undo(shop, audit(shop, "hold"), actor=HELPER)
    assert (stock(shop, "cup"), stock(shop, "box"), free(shop)) == ((10, 0), (6, 0), 2)
    with pytest.raises(OutOfStock):
        adjustments.sell(shop, "set4", 3, actor=HELPER)
    assert stock(shop, "box")[0] == 6  # all or nothing


def test_what_cannot_be_a_set_is_refused_in_words(shop: Database) -> None:
    for parts, sku, error in (
        ("cup*4; nothing", "big", sets.UnknownPart),
        ("set4; cup", "big", sets.NestedSet),
        ("cup", "cup", sets.NestedSet),
        ("mug*2", "box", sets.NestedSet),  # a box is a part already
        ("cup*0", "big", BadParts),
        ("*4", "big", sets.UnknownPart),
        ("box", "mug", sets.HasStock),
    ):
        with pytest.raises(error):
            make_set(shop, parts, sku)
    with pytest.raises(IsASet):
        counts.set_counts(shop, {"set4": 3}, actor=HELPER)
    with pytest.raises(IsASet):
        adjustments.record(shop, "made", "set4", 1, actor=HELPER)
    assert parse_parts("cup × 4；box，tray*2") == tuple(map(SetComponent, ("cup", "box", "tray"), (4, 1, 2)))
    assert parts_text(parse_parts("cup*3; cup; box")) == "cup*4; box"


def test_a_later_definition_leaves_what_was_sold_and_undo_restores_it(
    shop: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(shop, line("A", "set4"))
    monkeypatch.setattr(time, "time", lambda: START + 100)
    number = make_set(shop, "cup*2; box")
    assert (stock(shop, "cup")[0], free(shop)) == (6, 3)  # A was packed with four
    load(shop, line("B", "set4", paid=150))
    assert stock(shop, "cup")[0] == 4
    undo_catalog.undo(shop, number, actor=OWNER)
    assert stock(shop, "cup")[0] == 2
    monkeypatch.setattr(time, "time", lambda: START + 200)
    make_set(shop, None)
    (level,) = levels.stock_levels(shop, skus=["set4"])
    assert not level.is_set and stock(shop, "cup")[0] == 2
    assert ledger_is_sound(shop) and consistency.count_problems(shop) == 0


def test_how_many_sets_there_are_is_unknown_while_a_part_was_never_counted(shop: Database) -> None:
    catalog(shop, ribbon="stocked", engraving="made_to_order")
    make_set(shop, "cup*4; box; engraving")
    with shop.read() as connection:
        assert free(shop) == sets.available(connection, START)["set4"] == 2
    make_set(shop, "cup*4; box; ribbon")
    with shop.read() as connection:
        assert free(shop) is None and "set4" not in sets.available(connection, START)


def test_the_pick_list_names_the_parts_and_where_they_lie(shop: Database) -> None:
    planned = bulk_edit.plan(
        shop, [Cell("place", ("cup",), "A-1"), Cell("place", ("box",), "B-2")], actor=OWNER
    )
    bulk_edit.apply(shop, planned, actor=OWNER)
    load(shop, line("A", "set4"))
    (stop,) = pick_list(outbox(shop).ready)
    assert (stop.place, stop.sku, stop.pieces) == ("A-1", "set4", 1)
    assert stop.name.endswith("(cup ×4 @A-1; box ×1 @B-2)")
    load(shop, line("B", "set4", 2, paid=20))  # eight cups are wanted, six are there
    assert [item.waits_for for item in outbox(shop).delayed] == ["stock"]


def test_what_sets_sell_is_demand_for_their_parts(shop: Database) -> None:
    load(shop, line("A", "set4", 2), line("B", "cup"))
    sold = paces(shop, at(0).date() + timedelta(days=1))
    assert {sku: pace.sold for sku, pace in sold.items()} == {"cup": 9, "box": 2}


def test_a_platform_is_told_how_many_sets_there_are(shop: Database) -> None:
    with shop.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO listing (shop_id, platform, listing_id, sku, product_id, status, currency, quantity, "
            "updated_at, payload_hash) VALUES (1, 'douyin', 'L4', 'set4', 'P4', 'live', 'CNY', 5, ?, 1)",
            (START,),
        )
    (update,) = publish.due(shop, ["douyin"])
    assert (update.sku, update.quantity, update.known) == ("set4", 2, 5)
    load(shop, line("A", "cup", 7))
    (update,) = publish.due(shop, ["douyin"])
    assert update.quantity == 0


def test_pre_sale_of_a_part_lets_sets_be_sold_before_it_is_there(shop: Database) -> None:
    adjustments.set_presale(shop, "cup", 6, actor=OWNER)
    load(shop, line("A", "cup", 11))  # one cup is sold that does not exist yet
    (level,) = levels.stock_levels(shop, skus=["set4"])
    with shop.read() as connection:
        assert (level.on_hand, level.presale, sets.available(connection, START)["set4"]) == (0, 1, 1)
