"""Etsy's and Shopify's product files: every shape is recognised, and every cell of it is imported."""

import csv
import html
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from etl.imports import registry
from etl.imports.importer import import_file
from etl.imports.retry import retry
from etl.tables.open import open_table
from shop.db.database import sqlite_driver
from tests.support.files_by_kind import DATA

ETSY = ("etsy.csv", "etsy_it.csv", "etsy_de.csv", "etsy_fr.csv", "etsy_cs.csv")
SHOPIFY = ("shopify.csv", "shopify_old.csv", "shopify_new.csv")
STATE_WORDS = {"active", "draft", "archived", "unlisted", "true", "false"}


def cells_of(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def every_text(value: Any) -> list[str]:
    """All texts in what is stored, also those inside JSON."""
    if isinstance(value, dict):
        return [text for item in value.items() for part in item for text in every_text(part)]
    if isinstance(value, list):
        return [text for item in value for text in every_text(item)]
    text = str(value)
    if text.startswith("{"):
        return every_text(json.loads(text))
    return [text]


def stored(rows: Any) -> list[str]:
    return [
        text
        for table in ("product", "variant", "listing")
        for row in rows(f"SELECT * FROM {table}")
        for value in row
        if value is not None
        for text in every_text(value)
    ]


def lost(rows: Any, name: str, rejected: set[int]) -> list[tuple[int, str, str]]:
    """The cells of a file that are nowhere in the database."""
    texts = stored(rows)
    known = set(texts)
    missing = []
    for number, row in enumerate(cells_of(name), 2):
        if number in rejected:
            continue
        for header, cell in row.items():
            output = html.unescape(cell.strip()).removeprefix("'")
            if not output or output in known or output.casefold() in STATE_WORDS:
                continue
            parts = [part.strip() for part in output.split(",")]
            if all(part in known for part in parts) or output == "Default Title":
                continue
            if cents(output) is not None and str(cents(output)) in known:
                continue
            missing.append((number, header, output))
    return missing


def cents(output: str) -> int | None:
    plain = output.replace(".", "").replace(",", ".") if output[-3:-2] == "," else output
    try:
        return round(float(plain) * 100)
    except ValueError:
        return None


@pytest.mark.parametrize("name", [*ETSY, *SHOPIFY])
def test_every_shape_is_recognised(name: str):
    wanted = "etsy_listings" if name in ETSY else "shopify_products"
    result = registry.recognise(open_table(DATA / name), registry.all_kinds())
    assert wanted == result.kind.NAME


@pytest.mark.parametrize("name", [*ETSY, *SHOPIFY])
def test_every_cell_of_the_file_is_imported(load, rows, name: str):
    report = load(name)
    assert report.read > report.rejected
    assert lost(rows, name, {reason.row for reason in report.reasons}) == []


def test_an_italian_studios_listings_come_as_products_variants_and_listings(load, rows):
    report = load("etsy_it.csv")
    assert (report.read, report.stored, report.rejected) == (7, 7, 0)
    result = rows("SELECT title, price_cents, currency, quantity, spec FROM listing ORDER BY rowid")
    assert result == [
        ("Vaso in ceramica raku fatto a mano, pezzo unico", 8500, "EUR", 1, None),
        ("Tazza da caffè 'Luna'", 2250, "EUR", 1, None),
        ("Ciotola", 4000, "EUR", None, "Rame"),
        ("Ciotola", 4000, "EUR", None, "Turchese"),
        ("Piatto", 3000, "EUR", None, "18 cm / Bianco"),
        ("Piatto", 3000, "EUR", None, "18 cm / Nero"),
        ("Piatto", 3000, "EUR", None, "24 cm / Bianco"),
        ("Piatto", 3000, "EUR", None, "24 cm / Nero"),
        ("Ciotola", 4500, "EUR", 1, None),
        ("Ciotola", 4600, "EUR", 1, None),
        ("Tazza con lo stesso SKU", 2400, "EUR", 1, None),
    ]
    (text,) = rows("SELECT description FROM product WHERE title LIKE 'Vaso%'")[0]
    assert text.startswith('Vaso raku.\n\nAltezza: 21 cm\nDiametro: 9 cm\n\n"Cotto a legna" & smaltato')
    assert len(rows("SELECT DISTINCT listing_id FROM listing")) == 11, "no listing covers another"
    assert rows("SELECT COUNT(*) FROM listing WHERE sku = 'TAZ-01'") == [(2,)]
    assert rows("SELECT COUNT(*) FROM variant WHERE sku = 'TAZ-01'") == [(1,)]
    assert rows("SELECT COUNT(*) FROM product") == [(6,)]
    extras = json.loads(rows("SELECT extras FROM listing WHERE title LIKE 'Vaso%'")[0][0])
    assert extras["tags"] == ["vaso", "raku", "ceramica artigianale"]
    assert extras["materials"] == ["argilla", "smalto"]
    assert len(extras["images"]) == 6


def test_prices_with_a_decimal_comma_are_read_as_the_file_writes_them(load, rows):
    load("etsy_de.csv")
    assert rows("SELECT DISTINCT price_cents FROM listing ORDER BY 1") == [(2850,), (112000,)]
    load("etsy_cs.csv")
    result = rows("SELECT sku, spec, price_cents, currency FROM listing WHERE currency = 'CZK'")
    assert result == [("H-M", "Modrá", 45000, "CZK"), ("H-B", "Bílá", 45000, "CZK")]


@pytest.mark.parametrize("name", ["ordini.csv", "sessions_creator.csv", "tmall.csv"])
def test_another_table_is_not_taken_for_a_download_of_etsy(name: str):
    from etl.files import etsy_listings

    (table,) = open_table(DATA / name)
    assert not etsy_listings.places(table.head[0], table, 0).keys() >= {"title", "price", "currency"}


def test_shopify_continuation_rows_are_variants_or_pictures(load, rows):
    report = load("shopify_old.csv", currency="USD")
    assert [(item.row, item.column, item.code) for item in report.reasons] == [
        (9, "Variant Price", "BadMoney")
    ]
    result = rows("SELECT sku, product_id, spec, status, price_cents, quantity FROM listing ORDER BY rowid")
    assert result == [
        ("MUG-S", "celadon-mug", "Small / Celadon", "live", 2800, 4),
        ("MUG-L", "celadon-mug", "Large / Celadon", "live", 3400, -2),
        ("celadon-mug/Sample / Celadon", "celadon-mug", "Sample / Celadon", "live", None, None),
        ("plate", "plate", None, "paused", 1990, 0),
        ("gift/$10", "gift", "$10", "retired", 1000, None),
        ("gift/$25", "gift", "$25", "retired", 2500, None),
    ]
    assert rows("SELECT weight_g FROM variant WHERE sku IN ('MUG-S', 'MUG-L') ORDER BY sku") == [
        (None,),
        (320,),
    ]
    title, family, text, extras = rows(
        "SELECT title, family, description, extras FROM product WHERE product_code = 'celadon-mug'"
    )[0]
    assert (title, family, text) == ("Celadon mug", "Mug", "Thrown by hand.\n\n350 ml")
    accepted = json.loads(extras)
    assert [item["src"][-5:] for item in accepted["images"]] == ["1.jpg", "2.jpg", "3.jpg"]
    assert accepted["images"][2]["alt"] == "Foot ring"
    assert accepted["Vendor"] == "Kiln & Co" and accepted["SEO Description"] == "A mug.\nTwo lines."
    variant = json.loads(rows("SELECT extras FROM variant WHERE sku = 'MUG-L'")[0][0])
    assert variant["options"] == {"Size": "Large", "Glaze": "Celadon"}
    assert variant["Variant Image"].endswith("large.jpg") and variant["Cost per item"] == "11.00"
    plate = json.loads(rows("SELECT extras FROM variant WHERE sku = 'plate'")[0][0])
    assert plate["SKU"] == "MUG-S", "a code used twice belongs to the first; the other keeps it in sight"


def test_shopifys_newer_template(load, rows):
    report = load("shopify_new.csv", currency="GBP")
    assert (report.stored, report.rejected) == (4, 0)
    assert rows("SELECT sku, spec, status, price_cents, currency, quantity FROM listing") == [
        ("TB-W", "White", "live", 4800, "GBP", 3),
        ("TB-B", "Black", "live", 5200, "GBP", 1),
        ("draft-vase", None, "draft", 12000, "GBP", 1),
        ("HV", None, "paused", None, "GBP", None),
    ]


def test_a_corrected_row_is_imported_without_wiping_the_rest(db, tmp_path: Path, rows):
    path = tmp_path / "products.csv"
    text = (DATA / "shopify_old.csv").read_text("utf-8-sig")
    path.write_text(text.replace("34.00", "34 or so"), "utf-8")
    report = import_file(db, path)
    assert Counter(item.code for item in report.reasons) == {"BadMoney": 2}
    before = rows("SELECT extras FROM product ORDER BY product_code")

    with sqlite_driver().connect(db.path) as connection:
        connection.execute("UPDATE rejected_record SET raw = REPLACE(raw, '34 or so', '34.00')")
    retry(db)
    assert ("MUG-L",) in rows("SELECT sku FROM variant")
    assert rows("SELECT extras FROM product WHERE product_code <> 'bad' ORDER BY product_code") == before


def test_a_file_saved_again_after_a_change_updates_and_the_same_file_does_not(db, tmp_path, rows):
    first, second = tmp_path / "one.csv", tmp_path / "two.csv"
    text = (DATA / "etsy_it.csv").read_text("utf-8")
    first.write_text(text, "utf-8")
    second.write_text(text.replace("22.50", "24.50"), "utf-8")
    import_file(db, first, settings={"saved_at": 1_000})
    report = import_file(db, second, settings={"saved_at": 2_000})
    assert rows("SELECT price_cents FROM listing WHERE listing_id = 'TAZ-01'") == [(2450,)]
    assert report.read == 7
    again = import_file(db, second, settings={"saved_at": 2_000})
    assert again.seen_before
