"""The catalog: what is typed is stored, checked cell by cell, never wiped by an import, and undone."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from shop.access.audit import ChangedSince, recent
from shop.access.roles import OWNER, NotAllowed
from shop.catalog import pieces, products
from shop.catalog.fields import BY_NAME, typed
from shop.catalog.matching import rematch
from shop.catalog.pieces import NumberTaken, PieceFields
from shop.catalog.products import (
    CodeTaken,
    ProductFields,
    SkuTaken,
    UnknownProduct,
    UnknownSku,
    VariantFields,
)
from shop.catalog.references import StillInUse
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.listings import bulk_edit, catalog_table
from shop.listings.bulk_edit import ChangedMeanwhile
from shop.listings.catalog_table import CatalogFilter
from shop.listings.plan import Cell
from shop.orders.batch import IngestBatch
from shop.orders.upsert import Upsert
from shop.undo.catalog import AlreadyUndone, NothingToUndo, undo
from tests.support.stock.commands import LI, MEI, cups, dump, rows, sell, state

ALL = ("product", "variant", "piece", "listing", "match_rule")


def from_file(db: Database, table: str, updated_at: int = 1000, **values: Any) -> None:
    """A row of a product file, as an import stores it."""
    row = {**values, "updated_at": updated_at, "payload_hash": hash(repr(values)) & 0xFFFFFF}
    with db.write() as connection:
        source = connection.exec_driver_sql(
            "INSERT INTO source_file (shop_id, sha256, name, kind, reader, bytes, read, stored, "
            "unchanged, set_aside) VALUES (1, ?, '', '', '', 0, 0, 0, 0, 0) RETURNING source_id",
            (repr(row),),
        ).scalar()
        load = Upsert(connection, 1, source)
        load.put(IngestBatch(table, "shopify", {name: [value] for name, value in row.items()}, [1]))
        load.finish()


def test_codes_and_skus_are_given_where_none_is_typed(db: Database):
    first = products.add(db, ProductFields("杯"), [VariantFields(), VariantFields()], actor=MEI)
    second = products.add(db, ProductFields("碗"), [VariantFields()], actor=MEI)
    assert (first.product_code, first.skus) == ("K0001", ("K0001", "K0001-2"))
    assert (second.product_code, second.skus) == ("K0002", ("K0002",))


def test_a_sku_that_reads_the_same_is_taken(db: Database):
    cups(db)
    for taken in ("QC-S", " ＱＣ－Ｓ"):
        with pytest.raises(SkuTaken, match="QC-S"):
            products.add(db, ProductFields("杯"), [VariantFields(sku=taken)], actor=MEI)
    with pytest.raises(CodeTaken):
        products.add(db, ProductFields("杯"), [], code="QC", actor=MEI)
    assert rows(db, "SELECT COUNT(*) FROM product") == [(1,)], "all or nothing"


def test_adding_is_undone_whole_and_redone(db: Database):
    before = dump(db, *ALL)
    added = products.add(db, ProductFields("杯"), [VariantFields(), VariantFields()], actor=MEI)
    after = dump(db, *ALL)
    back = undo(db, added.audit_id, actor=MEI)
    assert dump(db, *ALL) == before
    undo(db, back, actor=OWNER)
    assert dump(db, *ALL) == after
    with pytest.raises(AlreadyUndone, match="mei"):
        undo(db, added.audit_id, actor=OWNER)


def test_only_unreferenced_rows_are_deleted(db: Database):
    small, large = cups(db)
    sell(db, "1", small)
    with pytest.raises(StillInUse):
        products.delete(db, sku=small, actor=MEI)
    with pytest.raises(StillInUse):
        products.delete(db, code="QC", actor=MEI)
    gone = products.delete(db, sku=large, actor=MEI)
    assert rows(db, "SELECT sku FROM variant") == [(small,)]
    undo(db, gone, actor=MEI)
    assert rows(db, "SELECT COUNT(*) FROM variant") == [(2,)]
    number = products.archive(db, sku=small, actor=MEI)
    assert list(catalog_table.catalog_table(db, CatalogFilter())["sku"]) == [large]
    undo(db, number, actor=MEI)
    assert products.archive(db, code="QC", back=True, actor=MEI)
    for missing in ({"sku": "no"}, {"code": "no"}):
        with pytest.raises((UnknownSku, UnknownProduct)):
            products.delete(db, actor=MEI, **missing)


def test_pieces_have_numbers_and_skus_of_their_own(db: Database):
    cups(db)
    two = [PieceFields(price_cents=38_000, height_mm=90, maker="老周"), PieceFields(number="7")]
    added = pieces.add(db, "QC", two, actor=MEI)
    assert added.skus == ("QC-P1", "QC-P7")
    third = pieces.add(db, "QC", [PieceFields()], actor=MEI)
    assert third.skus == ("QC-P8",)
    result = rows(db, "SELECT stock_policy, grade, price_cents FROM variant WHERE sku = 'QC-P1'")
    assert result == [("one_of_a_kind", "unique", 38_000)]
    with pytest.raises(NumberTaken, match="QC-P7"):
        pieces.add(db, "QC", [PieceFields(number="7")], actor=MEI)
    with pytest.raises(UnknownProduct):
        pieces.add(db, "no", [PieceFields()], actor=MEI)


# --- many cells at once ---------------------------------------------------------------------------


def test_fifty_cells_are_one_change_with_one_undo(db: Database):
    fields = [VariantFields(sku=f"S{n}", price_cents=100) for n in range(50)]
    products.add(db, ProductFields("杯"), fields, actor=MEI)
    before = dump(db, *ALL)
    planned = bulk_edit.plan(db, [Cell("price", (f"S{n}",), f"{n}.50") for n in range(50)], actor=MEI)
    assert (len(planned.changes), planned.rejected) == (50, ())
    version = db.version()
    number = bulk_edit.apply(db, planned, actor=MEI)
    assert db.version() == version + 1, "one transaction"
    assert rows(db, "SELECT SUM(price_cents) FROM variant") == [(sum(n * 100 + 50 for n in range(50)),)]
    assert recent(db, limit=1)[0].changes == 50
    undo(db, number, actor=MEI)
    assert dump(db, *ALL) == before


def test_a_wrong_cell_is_rejected_with_its_reason_and_the_others_are_stored(db: Database):
    small, large = cups(db)
    planned = bulk_edit.plan(
        db,
        [
            Cell("price", (small,), "99"),
            Cell("price", (large,), "cheap"),
            Cell("weight_g", (large,), -3),
            Cell("stock_policy", (small,), "sometimes"),
            Cell("stock_policy", (large,), "定制"),
            Cell("lead_days", (large,), 30.0),
            Cell("place", (small,), " A 3 "),
            Cell("seconds_of", (small,), "no such"),
            Cell("product_title", ("QC",), ""),
            Cell("sku", (small,), "other"),
            Cell("price", ("no such",), "1"),
            Cell("clay", ("QC",), "高" * 61),
            Cell("height_mm", (small,), "62"),
        ],
        actor=MEI,
    )
    assert {(item.field, item.after) for item in planned.changes} == {
        ("price", 9_900),
        ("stock_policy", "made_to_order"),
        ("lead_days", 30),
        ("place", "A 3"),
    }
    assert [item.problem.code for item in planned.rejected] == [
        "CellNoMoney",
        "CellOutOfRange",
        "CellNoChoice",
        "UnknownSku",
        "CellEmpty",
        "CellNotTyped",
        "UnknownSku",
        "CellTooLong",
    ]


def test_a_concurrent_change_is_not_overwritten(db: Database):
    small, _ = cups(db)
    mine = bulk_edit.plan(db, [Cell("price", (small,), "99"), Cell("place", (small,), "A")], actor=MEI)
    theirs = bulk_edit.plan(db, [Cell("price", (small,), "88")], actor=OWNER)
    bulk_edit.apply(db, theirs, actor=OWNER)
    with pytest.raises(ChangedMeanwhile):
        bulk_edit.apply(db, mine, actor=MEI)
    assert rows(db, "SELECT price_cents, place FROM variant WHERE sku = ?", small) == [(8_800, None)]


def test_an_undo_is_rejected_where_the_value_changed_again(db: Database):
    small, large = cups(db)
    first = bulk_edit.apply(
        db,
        bulk_edit.plan(db, [Cell("price", (small,), "99"), Cell("price", (large,), "99")], actor=MEI),
        actor=MEI,
    )
    bulk_edit.apply(db, bulk_edit.plan(db, [Cell("price", (large,), "98")], actor=MEI), actor=MEI)
    before = dump(db, *ALL)
    with pytest.raises(ChangedSince, match=large):
        undo(db, first, actor=MEI)
    assert dump(db, *ALL) == before, "nothing half done"
    with pytest.raises(NothingToUndo):
        undo(db, 999, actor=MEI)


def test_a_listing_reported_by_a_platform_stores_the_wanted_state_separately(db: Database):
    small, _ = cups(db)
    state(db, "1", sku=small, price_cents=12_800, title="杯")
    cells = [Cell("listing_price", ("douyin", "1"), "118"), Cell("quantity", ("douyin", "1"), 3)]
    planned = bulk_edit.plan(db, cells, actor=MEI)
    assert [item.problem.code for item in planned.rejected] == ["CellReadOnly"]
    bulk_edit.apply(db, planned, actor=MEI)
    prices = "SELECT price_cents, wanted_price_cents FROM listing"
    assert rows(db, prices) == [(12_800, 11_800)]
    state(db, "1", sku=small, price_cents=13_800, title="杯", updated_at=2000)
    assert rows(db, prices) == [(13_800, 11_800)]
    back = bulk_edit.plan(db, [Cell("listing_price", ("douyin", "1"), "138")], actor=MEI)
    bulk_edit.apply(db, back, actor=MEI)
    assert rows(db, prices) == [(13_800, None)], "the platform states it already"


def test_the_state_of_many_follows_the_rules_of_one(db: Database):
    state(db, "1", status="live")
    state(db, "2", status="retired")
    cells = [Cell("status", ("douyin", "1"), "暂停"), Cell("status", ("douyin", "2"), "live")]
    planned = bulk_edit.plan(db, cells, actor=MEI)
    assert [item.problem.code for item in planned.rejected] == ["WrongStep"]
    bulk_edit.apply(db, planned, actor=MEI)
    assert rows(db, "SELECT listing_id, status FROM listing ORDER BY 1") == [
        ("1", "paused"),
        ("2", "retired"),
    ]


def test_a_creator_edits_nothing(db: Database):
    cups(db)
    with pytest.raises(NotAllowed):
        bulk_edit.plan(db, [Cell("price", ("QC-S",), "1")], actor=LI)
    with pytest.raises(NotAllowed):
        products.add(db, ProductFields("杯"), [], actor=LI)
    number = products.archive(db, sku="QC-S", actor=MEI)
    with pytest.raises(NotAllowed):
        undo(db, number, actor=LI)


# --- typed values and values of a file ---------------------------------------------------


def test_an_import_fills_the_gaps_of_what_was_typed_and_wipes_nothing(db: Database):
    small, _ = cups(db)
    from_file(db, "product", product_code="QC", title="From the file", family="Tea", description="x")
    from_file(db, "variant", sku=small, product_code="QC", title="S", price_cents=1, currency="EUR")
    result = rows(db, "SELECT title, family, form, description, source_id FROM product")
    assert result == [("青瓷主人杯", "Tea", "主人杯", "x", None)]
    result = rows(db, "SELECT title, price_cents, currency, weight_g FROM variant WHERE sku = ?", small)
    assert result == [("小号", 12_800, "CNY", 180)]


def test_what_came_from_a_file_follows_the_next_file_until_it_is_edited_here(db: Database):
    def title() -> str:
        return str(rows(db, "SELECT title FROM product")[0][0])

    from_file(db, "product", 1000, product_code="A", title="one", family=None, description=None)
    from_file(db, "product", 2000, product_code="A", title="two", family=None, description=None)
    from_file(db, "product", 1500, product_code="A", title="older", family=None, description=None)
    assert title() == "two"
    number = bulk_edit.apply(db, bulk_edit.plan(db, [Cell("glaze", ("A",), "青瓷")], actor=MEI), actor=MEI)
    from_file(db, "product", 3000, product_code="A", title="three", family="F", description=None)
    assert title() == "two"
    assert rows(db, "SELECT family, glaze FROM product") == [("F", "青瓷")]
    undo(db, number, actor=MEI)
    from_file(db, "product", 4000, product_code="A", title="four", family=None, description=None)
    assert title() == "four", "the undo gave it back to the file"


def test_the_table_shows_every_listing_variant_and_product_without_either(db: Database):
    small, large = cups(db)
    products.add(db, ProductFields("空"), [], actor=MEI)
    state(db, "1", sku=small)
    state(db, "2", sku=small, platform="kuaishou")
    state(db, "3", sku="nobody's")
    table = catalog_table.catalog_table(db)
    result = table[["product_code", "sku", "platform", "listing_id"]].values.tolist()
    assert result == [
        [None, "nobody's", "douyin", "3"],
        ["K0001", None, None, None],
        ["QC", large, None, None],
        ["QC", small, "douyin", "1"],
        ["QC", small, "kuaishou", "2"],
    ]
    assert len(catalog_table.catalog_table(db, CatalogFilter(text="青瓷 小号"))) == 2
    assert len(catalog_table.catalog_table(db, CatalogFilter(platform="kuaishou"))) == 1
    status = catalog_table.summary(db)
    assert (status.products, status.variants, status.live, status.stray) == (2, 2, 3, 1)
    assert (status.without_photo, status.without_measures) == (2, 0)
    assert catalog_table.words_used(db)["glaze"] == ("青瓷",)


# --- laws ----------------------------------------------------------------------------------------

ANY = some.one_of(some.none(), some.text(max_size=30), some.integers(), some.floats(), some.booleans())


@settings(max_examples=200)
@given(field=some.sampled_from(sorted(BY_NAME)), value=ANY)
def test_typed_values_are_stored_in_their_type_or_rejected_by_name(field: str, value: Any):
    what = BY_NAME[field]
    try:
        stored = typed(what, value)
    except ShopError as problem:
        assert problem.details["field"] == field
        return
    assert typed(what, stored if what.kind != "money" or stored is None else f"{stored / 100:.2f}") == stored
    if stored is None:
        assert not what.is_required
    elif what.kind in ("money", "count", "truth"):
        assert isinstance(stored, int) and what.least <= stored <= what.most
    else:
        assert isinstance(stored, str) and stored == stored.strip() != ""


@pytest.mark.parametrize(
    ("message", "cents"),
    [
        ("128", 12_800),
        ("¥1,234.50", 123_450),
        ("12,50", 1_250),
        ("0.1", 10),
        (19.9, 1_990),
        (7, 700),
        ("１２８", 12_800),
    ],
)
def test_money_is_read_as_people_write_it(message: Any, cents: int):
    assert typed(BY_NAME["price"], message) == cents


@pytest.mark.parametrize("message", ["1.234", "12.345.678", "1,23,4", "-1", "nan", "1e20", "12,345,6"])
def test_money_that_can_be_read_in_two_ways_is_rejected(message: str):
    with pytest.raises(ShopError):
        typed(BY_NAME["price"], message)


STEPS = some.lists(
    some.tuples(
        some.sampled_from(["price", "place", "grade", "archive", "add", "rule", "delete"]),
        some.integers(0, 2),
        some.integers(0, 5),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_undoing_everything_in_reverse_gives_the_beginning(db: Database, steps):
    from shop.catalog import match_rules

    with db.write() as connection:
        for table in (*ALL, "audit", "sold_match", "sold_name"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
        connection.exec_driver_sql("INSERT INTO sold_name (shop_id, name_key, sku) VALUES (1, 1, 'X')")
    fields = [VariantFields(sku=f"S{n}") for n in range(3)]
    products.add(db, ProductFields("杯"), fields, actor=OWNER, code="P")
    with db.write() as connection:
        rematch(connection, 1)
    before = dump(db, *ALL)
    done = []
    for what, which, value in steps:
        sku = f"S{which}"
        try:
            if what == "archive":
                done.append(products.archive(db, sku=sku, back=value > 2, actor=OWNER))
            elif what == "add":
                done.append(products.add_variants(db, "P", [VariantFields()], actor=OWNER).audit_id)
            elif what == "rule":
                done.append(match_rules.confirm(db, "code", "X", sku, actor=OWNER).audit_id)
            elif what == "delete":
                done.append(products.delete(db, sku=sku, actor=OWNER))
            else:
                typed_ = ["prime", "second", "unique"][value % 3] if what == "grade" else str(value)
                planned = bulk_edit.plan(db, [Cell(what, (sku,), typed_)], actor=OWNER)
                done.append(bulk_edit.apply(db, planned, actor=OWNER))
        except ShopError:
            continue
    for number in reversed(done):
        try:
            undo(db, number, actor=OWNER)
        except NothingToUndo:
            continue
    assert dump(db, *ALL) == before
