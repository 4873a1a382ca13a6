"""A page of the catalog's table is the part of the whole table that its order gives it."""

from itertools import product

from shop.db.database import Database
from shop.listings.catalog_page import catalog_page
from shop.listings.catalog_table import CatalogFilter, catalog_table
from shop.metrics.tables import records
from tests.support.shops.catalogs import design, put

FILTERS = {
    "text": ("", "É b", "杯 A1"),
    "platform": ("", "douyin"),
    "status": ("", "live"),
    "glaze": ("", "青瓷"),
    "lacking": ("", "measures", "photo"),
    "archived": (False, True),
}


def shop(db: Database) -> None:
    """Cups of one product and of several, with and without listings, photos, measures, a product; one out of sight."""
    for number, sku in enumerate(("A1", "A2", "a3", "Éb", "碗1")):
        design(db, f"杯 {sku}", sku, form="杯", glaze=("青瓷", "黑")[number % 2])
    with db.write() as connection:
        run = connection.exec_driver_sql
        run(
            "UPDATE variant SET width_mm = 70, weight_g = 200, product_code = '杯 A1' WHERE sku IN ('A1', 'A2')"
        )
        run("UPDATE variant SET product_code = 'lonely' WHERE sku = 'Éb'")
        run("UPDATE variant SET is_archived = TRUE WHERE sku = 'a3'")
        for number, sku in enumerate(("A1", "A1", "碗1", "nobody's", "a3")):
            put(
                connection,
                "listing",
                platform=("douyin", "kuaishou")[number % 2],
                listing_id=f"L{number}",
                sku=sku,
                currency="CNY",
                status=("live", "paused")[number // 2 % 2],
            )
        for kind, owner in (("sku", "A2"), ("product", "杯 碗1")):
            picture = {"width": 1, "height": 1, "image": b"", "thumb": b"", "added_at": 1}
            put(connection, "photo", owner_kind=kind, owner=owner, photo_id="p", position=0, **picture)


def test_every_page_of_every_filter_is_a_part_of_the_whole_table(db: Database) -> None:
    shop(db)
    every = records(catalog_table(db))
    assert len(every) == 9
    for values in product(*FILTERS.values()):
        wanted = CatalogFilter(**dict(zip(FILTERS, values, strict=True)))
        fitting = [row for row in every if _fits(row, wanted)]
        assert records(catalog_table(db, wanted)) == fitting
        last = max(-(-len(fitting) // 3), 1)
        for number in (*range(1, last + 1), last + 5):
            page = catalog_page(db, wanted, number, 3)
            assert (page.number, page.total) == (min(number, last), len(fitting))
            assert records(page.table) == fitting[3 * page.number - 3 : 3 * page.number]


def _fits(row: dict, wanted: CatalogFilter) -> bool:
    """The filter in plain words."""
    said = " ".join(str(row[name] or "") for name in ("product_code", "product_title", "sku", "listing_id"))
    return (
        (wanted.archived or not (row["is_archived"] or row["product_archived"]))
        and wanted.platform in ("", row["platform"])
        and wanted.status in ("", row["status"])
        and wanted.glaze in ("", row["glaze"])
        and (wanted.lacking != "measures" or not (row["height_mm"] and row["width_mm"] and row["weight_g"]))
        and (wanted.lacking != "photo" or not (row["sku"] == "A2" or row["product_code"] == "杯 碗1"))
        and all(word in said.casefold() for word in wanted.text.casefold().split())
    )
