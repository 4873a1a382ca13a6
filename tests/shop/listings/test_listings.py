"""Listings: put up as a draft, live only when ready, reported by platforms, wanted by the shop."""

import pytest

from shop.access.roles import OWNER, NotAllowed
from shop.catalog import photos, products
from shop.catalog.products import ProductFields, VariantFields
from shop.db.database import Database
from shop.listings import bulk_edit, details, link_draft, listings, readiness
from shop.listings.errors import AlreadyOffered, NoSuchListing, NotADraft, NotOurDraft, WrongStep
from shop.listings.plan import Cell
from shop.pricing.floor_prices import set_platform_rates
from shop.pricing.unit_costs import set_unit_cost
from shop.stock import adjustments, opening
from shop.stock.ledger import UnknownSku
from shop.undo.catalog import undo
from tests.support.pictures import picture
from tests.support.stock.commands import LI, MEI, READY, cups, dump, rows, state


def draft(db: Database, sku: str, platform: str = "douyin") -> tuple[str, str]:
    listings.create_draft(db, sku, platform, actor=MEI)
    return platform, f"own/{sku}"


def photographed(db: Database, sku: str) -> None:
    photos.add(db, "sku", sku, [photos.prepare(picture())], actor=MEI)


def book_in(db: Database, sku: str, pieces: int) -> None:
    with db.write() as connection:
        adjustments.book_output(connection, sku, pieces, key=f"first {sku}", actor=MEI)


def ready_cup(db: Database) -> tuple[str, str]:
    small, _ = cups(db)
    photographed(db, small)
    book_in(db, small, 5)
    return draft(db, small)


def codes(db: Database, place: tuple[str, str]) -> set[str]:
    return {("!" if item.blocks else "") + item.code for item in readiness.check(db, *place).findings}


def test_a_draft_takes_title_and_price_from_the_catalog(db: Database):
    small, _ = cups(db)
    platform, listing = draft(db, small)
    result = rows(db, "SELECT title, spec, status, price_cents, currency FROM listing")
    assert result == [("青瓷主人杯", "小号", "draft", 12_800, "CNY")]
    with pytest.raises(AlreadyOffered):
        listings.create_draft(db, small, platform, actor=MEI)
    listings.delete_draft(db, platform, listing, actor=MEI)
    assert rows(db, "SELECT * FROM listing") == []


def test_a_bare_product_cannot_go_live_and_hears_what_it_lacks(db: Database):
    fields = [VariantFields(sku="A")]
    products.add(db, ProductFields("茶杯", form="茶杯", glaze="铜红"), fields, actor=OWNER)
    place = draft(db, "A")
    assert codes(db, place) >= {"!photo", "!height", "!width", "!weight", "!price", "!food_unknown"}
    before = dump(db, "listing", "audit")
    with pytest.raises(readiness.NotReady, match="photo"):
        listings.change_state(db, *place, "live", actor=MEI)
    assert dump(db, "listing", "audit") == before


def test_a_finished_cup_goes_live_pauses_comes_back_and_retires(db: Database):
    place = ready_cup(db)
    for step in ("live", "paused", "live", "retired", "draft"):
        changed = listings.change_state(db, *place, step, actor=MEI)
        assert rows(db, "SELECT status FROM listing") == [(step,)]
    undo(db, changed.audit_id, actor=MEI)
    assert rows(db, "SELECT status FROM listing") == [("retired",)]


@pytest.mark.parametrize(
    ("before", "wrong"),
    [
        ("draft", "paused"),
        ("draft", "draft"),
        ("live", "draft"),
        ("paused", "draft"),
        ("retired", "live"),
        ("retired", "paused"),
    ],
)
def test_a_wrong_step_is_rejected_with_a_reason(db: Database, before: str, wrong: str):
    state(db, "1", status=before)
    with pytest.raises(WrongStep, match=before):
        listings.change_state(db, "douyin", "1", wrong, actor=MEI)
    assert rows(db, "SELECT status, wanted_status FROM listing") == [(before, None)]


def test_a_glaze_that_is_not_food_safe_blocks_a_cup_but_not_a_vase(db: Database):
    for sku, form in (("CUP", "茶杯"), ("VASE", "花器"), ("ODD", "奇物")):
        product = ProductFields(form, form=form, glaze="铜红", is_food_safe=False)
        products.add(db, product, [VariantFields(sku=sku, **READY)], actor=OWNER)
    assert "!food_unsafe" in codes(db, draft(db, "CUP"))
    assert "food_unsafe" not in "".join(codes(db, draft(db, "VASE")))
    assert "food_unsafe" in codes(db, draft(db, "ODD")), "an unknown form is advised, not stopped"


def test_the_glazes_own_material_may_declare_it_safe(db: Database):
    product = ProductFields("茶杯", form="茶杯", glaze="天青")
    products.add(db, product, [VariantFields(sku="CUP", **READY)], actor=OWNER)
    place = draft(db, "CUP")
    assert "!food_unknown" in codes(db, place)
    with db.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO material (shop_id, material_id, name, kind, currency, is_food_safe) "
            "VALUES (1, 'tq', '天青', 'glaze', 'CNY', 1)"
        )
    assert "!food_unknown" not in codes(db, place)


@pytest.mark.parametrize(
    ("message", "touches"),
    [
        ("主人杯", True),
        ("Teapot", True),
        ("花瓶", False),
        ("花口碗", True),
        ("香插", False),
        ("茶宠", False),
        ("Flower pot", False),
        ("奇物", None),
        (None, None),
        ("earring dish", False),
        ("Spring mugs", True),
        ("cupboard knob", None),
    ],
)
def test_which_forms_food_touches_is_read_from_their_words(message: str | None, touches: bool | None):
    assert readiness.touches_food(message) is touches


def test_production_to_order_needs_days_and_no_stock(db: Database):
    fields = VariantFields(sku="MTO", stock_policy="made_to_order", **READY)
    products.add(db, ProductFields("花瓶", form="花瓶"), [fields], actor=OWNER)
    place = draft(db, "MTO")
    assert codes(db, place) == {"!photo", "!lead_days", "floor_unknown"}
    photographed(db, "MTO")
    with db.write() as connection:
        connection.exec_driver_sql("UPDATE variant SET lead_days = 30")
    ready = listings.change_state(db, *place, "live", actor=MEI).readiness
    assert [item.code for item in ready.findings] == ["floor_unknown"]


def test_a_sold_piece_cannot_go_live_again(db: Database):
    place = ready_cup(db)
    listings.change_state(db, *place, "live", actor=MEI)
    listings.change_state(db, *place, "paused", actor=MEI)
    with db.write() as connection:
        adjustments.book_broken(connection, "QC-S", 5, key="all", actor=MEI)
    with pytest.raises(readiness.NotReady, match="sold_out"):
        listings.change_state(db, *place, "live", actor=MEI)


def test_one_of_a_kind_on_two_platforms_is_warned_of(db: Database):
    fields = VariantFields(sku="ONE", stock_policy="one_of_a_kind", **READY)
    products.add(db, ProductFields("花瓶", form="花瓶"), [fields], actor=OWNER)
    photographed(db, "ONE")
    book_in(db, "ONE", 1)
    listings.change_state(db, *draft(db, "ONE"), "live", actor=MEI)
    changed = listings.change_state(db, *draft(db, "ONE", "kuaishou"), "live", actor=MEI)
    warnings = {item.code: item.details for item in changed.readiness.findings if not item.blocks}
    assert warnings["elsewhere"] == {"platforms": "douyin"}


def test_a_price_below_the_floor_is_stopped_and_an_unknown_cost_only_advised(db: Database):
    place = ready_cup(db)
    assert codes(db, place) == {"floor_unknown"}
    set_unit_cost(db, "QC-S", 9_000, actor=OWNER)
    set_platform_rates(db, "douyin", fee_bp=1_000, commission_bp=2_000, shipping_cents=600, actor=OWNER)
    (result,) = readiness.check(db, *place).blocks  # (90 + 6) / (1 - 10 % - 20 %) = 137.1428… up
    assert (result.code, result.details["floor"], result.details["price"]) == ("below_floor", 13_715, 12_800)
    raised = bulk_edit.plan(db, [Cell("listing_price", place, "137.15")], actor=MEI)
    bulk_edit.apply(db, raised, actor=MEI)
    assert "!below_floor" not in codes(db, place)


def test_a_state_wished_here_stays_a_wish_until_the_platform_states_it(db: Database):
    state(db, "1", status="live", title="杯", price_cents=100)
    listings.change_state(db, "douyin", "1", "paused", actor=MEI)
    assert rows(db, "SELECT status, wanted_status FROM listing") == [("paused", "paused")]
    assert details.to_do(db) == []
    state(db, "1", status="live", title="杯", price_cents=100, updated_at=2000)
    assert rows(db, "SELECT status FROM listing") == [("live",)], "the same statement counts again"
    (todo,) = details.to_do(db)
    assert (todo.field, todo.current, todo.wanted) == ("status", "live", "paused")
    state(db, "1", status="paused", title="杯", price_cents=100, updated_at=3000)
    assert details.to_do(db) == []


def test_a_draft_is_taken_over_by_the_listing_that_the_platform_states(db: Database):
    small, _ = cups(db)
    listings.create_draft(db, small, "douyin", title="手工青瓷杯", price_cents=11_800, actor=MEI)
    state(db, "3301", sku=small, title="景德镇青瓷杯", price_cents=12_800, status="live")
    result = rows(db, "SELECT listing_id, title, price_cents, wanted_title, wanted_price_cents FROM listing")
    assert result == [("3301", "景德镇青瓷杯", 12_800, "手工青瓷杯", 11_800)]
    assert {todo.field for todo in details.to_do(db)} == {"listing_price", "listing_title"}


def test_a_draft_can_be_given_its_platform_id_before_and_after_the_sync(db: Database):
    small, large = cups(db)
    link_draft.link(db, *draft(db, small), "3301", product_id="77", actor=MEI)
    assert rows(db, "SELECT listing_id, sku, status FROM listing") == [("3301", small, "draft")]
    state(db, "3302", sku="their own code", title="大杯", price_cents=16_800)
    number = link_draft.link(db, *draft(db, large), "3302", actor=MEI)
    assert ("3302", large, "their own code") in rows(db, "SELECT listing_id, sku, stated_sku FROM listing")
    undo(db, number, actor=MEI)
    result = rows(db, "SELECT listing_id, sku, stated_sku FROM listing ORDER BY 1")
    assert result == [("3301", small, None), ("3302", "their own code", None), ("own/QC-L", large, None)]
    with pytest.raises(NotOurDraft):
        link_draft.link(db, "douyin", "3302", "9", actor=MEI)


def test_missing_permissions_and_missing_objects_are_reported(db: Database):
    small, _ = cups(db)
    with pytest.raises(NotAllowed):
        listings.create_draft(db, small, "douyin", actor=LI)
    with pytest.raises(NoSuchListing):
        listings.change_state(db, "douyin", "9", "live", actor=MEI)
    with pytest.raises(NoSuchListing):
        listings.delete_draft(db, "douyin", "9", actor=MEI)
    with pytest.raises(UnknownSku):
        listings.create_draft(db, "no such", "douyin", actor=MEI)
    state(db, "1", status="live")
    with pytest.raises(NotADraft):
        listings.delete_draft(db, "douyin", "1", actor=MEI)


def test_stock_that_a_file_states_becomes_stock_only_when_it_is_confirmed(db: Database):
    small, large = cups(db)
    state(db, "1", sku=small, quantity=4)
    state(db, "2", sku=small, quantity=6, platform="kuaishou")
    state(db, "3", sku=large, quantity=0)
    assert rows(db, "SELECT * FROM stock_balance") == []
    (result,) = opening.opening_quantities(db)
    assert (result.sku, result.quantity) == (small, 6)
    assert [item.quantity for item in opening.opening_quantities(db, "douyin")] == [4]
    opening.accept(db, [result], actor=MEI)
    assert rows(db, "SELECT sku, on_hand FROM stock_balance") == [(small, 6)]
    assert opening.opening_quantities(db) == ()
    assert opening.accept(db, (), actor=MEI) is None
