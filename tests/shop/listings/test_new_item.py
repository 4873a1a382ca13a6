"""A new cup in one go, ready to sell on two platforms, and undone without a trace."""

import pytest

from shop.access.audit import ChangedSince
from shop.access.roles import OWNER, NotAllowed
from shop.catalog import photos
from shop.catalog.pieces import PieceFields
from shop.catalog.products import ProductFields, UnknownProduct, VariantFields
from shop.db.database import Database
from shop.listings import listings, new_item, readiness
from shop.listings.new_item import NewItem
from shop.stock import adjustments
from shop.stock.adjustments import OnlyOne
from shop.stock.ledger import OutOfStock
from shop.undo.catalog import AlreadyUndone, undo
from tests.support.pictures import picture
from tests.support.stock.commands import LI, MEI, READY, dump, rows, state

CUP = ProductFields("青瓷主人杯", form="主人杯", glaze="青瓷", is_food_safe=True)
CATALOG = ("product", "variant", "piece", "listing", "photo")


def cup(**more: object) -> NewItem:
    values = {
        "product": CUP,
        "variant": VariantFields(**READY),
        "platforms": ("douyin", "kuaishou"),
        "pictures": (photos.prepare(picture()),),
        "on_hand": 6,
    }
    return NewItem(**{**values, **more})


def test_a_new_cup_with_photo_stock_and_drafts_passes_the_check_at_once(db: Database):
    created = new_item.add_item(db, cup(), actor=MEI)
    assert rows(db, "SELECT on_hand FROM stock_balance") == [(6,)]
    for platform, listing in created.listings:
        assert readiness.check(db, platform, listing).blocks == ()
        listings.change_state(db, platform, listing, "live", actor=MEI)
    assert rows(db, "SELECT platform, status FROM listing ORDER BY 1") == [
        ("douyin", "live"),
        ("kuaishou", "live"),
    ]


def test_a_second_one_of_the_same_product_and_a_numbered_piece(db: Database):
    first = new_item.add_item(db, cup(), actor=MEI)
    again = new_item.add_item(
        db, NewItem(code=first.product_code, variant=VariantFields(title="大号")), actor=MEI
    )
    piece = new_item.add_item(
        db, NewItem(code=first.product_code, piece=PieceFields(price_cents=38_800), on_hand=1), actor=MEI
    )
    assert (again.sku, piece.sku) == ("K0001-2", "K0001-P1")
    with pytest.raises(UnknownProduct):
        new_item.add_item(db, NewItem(code="no"), actor=MEI)
    before = dump(db, *CATALOG, "stock_movement")
    with pytest.raises(OnlyOne):
        new_item.add_item(db, NewItem(code="K0001", piece=PieceFields(), on_hand=2), actor=MEI)
    assert dump(db, *CATALOG, "stock_movement") == before, "all or nothing"


def test_an_entry_without_stock_is_undone_without_a_trace(db: Database):
    before = dump(db, *CATALOG)
    created = new_item.add_item(db, cup(on_hand=0), actor=MEI)
    undo(db, created.audit_id, actor=MEI)
    assert dump(db, *CATALOG) == before


def test_a_product_with_stock_movements_is_archived_and_its_pieces_are_booked_out(db: Database):
    created = new_item.add_item(db, cup(), actor=MEI)
    undo(db, created.audit_id, actor=MEI)
    assert rows(db, "SELECT on_hand FROM stock_balance") == [(0,)]
    assert rows(db, "SELECT is_archived FROM variant") == [(1,)]
    assert rows(db, "SELECT is_archived FROM product") == [(1,)]
    assert rows(db, "SELECT * FROM listing") == []
    with pytest.raises(AlreadyUndone):
        undo(db, created.audit_id, actor=MEI)


def test_a_live_listing_is_not_undone_without_the_platform(db: Database):
    created = new_item.add_item(db, cup(), actor=MEI)
    listings.change_state(db, *created.listings[0], "live", actor=MEI)
    with pytest.raises(ChangedSince):
        undo(db, created.audit_id, actor=MEI)
    assert rows(db, "SELECT on_hand FROM stock_balance") == [(6,)]


def test_what_was_sold_meanwhile_is_not_undone(db: Database):
    created = new_item.add_item(db, cup(on_hand=1), actor=MEI)
    adjustments.sell(db, created.sku, actor=MEI)
    before = dump(db, *CATALOG)
    with pytest.raises(OutOfStock):
        undo(db, created.audit_id, actor=MEI)
    assert dump(db, *CATALOG) == before


def test_a_creator_enters_nothing_and_a_used_platform_refuses_the_whole(db: Database):
    with pytest.raises(NotAllowed):
        new_item.add_item(db, cup(), actor=LI)
    first = new_item.add_item(db, cup(), actor=OWNER)
    state(db, "900", sku=first.sku, title="杯")
    assert new_item.in_use(db, first.sku)
