"""What came from Shopify or Etsy goes out in their shape and comes back the same."""

from pathlib import Path
from typing import Any

import pytest

from etl.catalog.product_export import as_etsy, as_shopify
from etl.imports.importer import import_file
from shop.access.roles import OWNER, Actor
from shop.catalog import products
from shop.catalog.products import ProductFields, VariantFields
from shop.db.database import Database
from shop.listings import bulk_edit, catalog_table
from shop.listings.plan import Cell
from tests.support.files_by_kind import DATA
from tests.support.fresh import new_database


def content(db: Database) -> list[dict[str, Any]]:
    """The catalog, extras except the SKU that is written where the file had none."""
    table = catalog_table.catalog_table(db).drop(columns=["stated_at", "on_hand", "reserved", "presale"])
    for name in catalog_table.EXTRAS:
        result = (catalog_table.extras_of(stored) for stored in table[name])
        table[name] = [{key: item[key] for key in item if key != "SKU"} for item in result]
    return table.to_dict("records")


@pytest.mark.parametrize("name", ["shopify.csv", "shopify_old.csv"])
def test_shopify_out_and_in_again_is_the_same_catalog(db: Database, tmp_path: Path, name: str):
    import_file(db, DATA / name, settings={"currency": "USD", "saved_at": 1})
    path = tmp_path / "out.csv"
    path.write_bytes(as_shopify(db))
    other = new_database(tmp_path / "other.db")
    report = import_file(other, path, settings={"currency": "USD", "saved_at": 1})
    assert (report.kind, report.rejected) == ("shopify_products", 0)
    assert content(other) == content(db)
    other.close()


@pytest.mark.parametrize("name", ["etsy_it.csv", "etsy_fr.csv", "etsy_cs.csv"])
def test_etsy_out_and_in_again_has_the_same_listings(db: Database, tmp_path: Path, name: str):
    import_file(db, DATA / name, settings={"saved_at": 1})
    path = tmp_path / "out.csv"
    path.write_bytes(as_etsy(db))
    other = new_database(tmp_path / "other.db")
    report = import_file(other, path, settings={"saved_at": 1})
    assert (report.kind, report.rejected) == ("etsy_listings", 0)

    def facts(some: Database) -> set[tuple[Any, ...]]:
        return {
            (
                row["listing_title"],
                row["listing_price"],
                row["listing_currency"],
                row["listing_spec"],
                row["description"],
            )
            for row in content(some)
            if row["listing_title"] != "Tazza con lo stesso SKU"
        }

    assert facts(other) == facts(db)
    other.close()


def test_what_was_typed_here_goes_out_with_its_changed_price_and_no_formula(db: Database):
    fields = [
        VariantFields(sku="A", title="S", price_cents=2_800, weight_g=320),
        VariantFields(sku="B", title="L", price_cents=3_400),
    ]
    products.add(db, ProductFields("=HYPERLINK(1)", family="Mug"), fields, actor=OWNER, code="mug")
    bulk_edit.apply(db, bulk_edit.plan(db, [Cell("price", ("A",), "29.5")], actor=OWNER), actor=OWNER)
    lines = as_shopify(db).decode().splitlines()
    assert len(lines) == 3
    assert "mug,'=HYPERLINK(1),,Mug" in lines[1] and "29.50" in lines[1] and ",A,320," in lines[1]
    assert lines[2].startswith("mug,,") and "34.00" in lines[2]
    etsy = as_etsy(db).decode().splitlines()
    assert len(etsy) == 2 and etsy[1].endswith('"A,B"') and '"S,L"' in etsy[1]


def test_what_a_piece_cost_does_not_leave_with_an_assistant(db: Database):
    import_file(db, DATA / "shopify_old.csv", settings={"currency": "USD"})
    assert b"9.10" in as_shopify(db)
    assert b"9.10" not in as_shopify(db, actor=Actor("mei", "assistant"))
