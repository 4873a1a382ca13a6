"""The catalog as one table: a row for every listing, and for every variant and product without one.

What the Listings page shows, `kilnboard listing list` prints and the exported file contains: the columns
are those of shop/catalog/fields.py, as the database stores them (money in minor units).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import pandas as pd
from sqlalchemy import text

from shop.access.roles import OWNER, Actor
from shop.catalog.fields import BY_NAME, FIELDS, word
from shop.core.errors import ShopError
from shop.core.text import has_words
from shop.db.database import Database
from shop.export import spreadsheet
from shop.export.spreadsheet import SpreadsheetColumn
from shop.metrics.tables import cells, records

TABLES = {"product": "p", "variant": "v", "piece": "c", "listing": "l"}
EXTRAS = ("product_extras", "variant_extras", "listing_extras")
COLUMNS = ", ".join(f"{TABLES[column.table]}.{column.place} AS {column.name}" for column in FIELDS)
ROWS = f"""
SELECT {COLUMNS}, p.extras AS product_extras, v.extras AS variant_extras,
  l.extras AS listing_extras, l.updated_at AS stated_at, b.on_hand, b.reserved, b.presale
FROM {{}}
LEFT JOIN piece c ON c.shop_id = v.shop_id AND c.sku = v.sku
LEFT JOIN stock_balance b ON b.shop_id = v.shop_id AND b.sku = v.sku
WHERE {{}}
"""
OF_PRODUCTS = ROWS.format(
    "product p LEFT JOIN variant v ON v.shop_id = p.shop_id AND v.product_code = p.product_code "
    "LEFT JOIN listing l ON l.shop_id = v.shop_id AND l.sku = v.sku",
    "p.shop_id = :shop",
)
LONELY = ROWS.format(  # variants whose product nobody has described yet
    "variant v LEFT JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code "
    "LEFT JOIN listing l ON l.shop_id = v.shop_id AND l.sku = v.sku",
    "v.shop_id = :shop AND p.product_code IS NULL",
).replace("p.product_code AS product_code", "v.product_code AS product_code")
STRAY = ROWS.format(  # listings whose SKU is not in the catalog: their SKU is shown, with nothing to it
    "listing l LEFT JOIN variant v ON v.shop_id = l.shop_id AND v.sku = l.sku "
    "LEFT JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code",
    "l.shop_id = :shop AND v.sku IS NULL",
).replace("v.sku AS sku", "l.sku AS sku")


@dataclass(frozen=True)
class CatalogFilter:
    """Which rows are wanted; empty means all. `text` is looked for in titles, codes and SKUs."""

    text: str = ""
    platform: str = ""
    status: str = ""
    form: str = ""
    glaze: str = ""
    lacking: str = ""  # photo or measures
    archived: bool = False
    limit: int = 0


def catalog_table(db: Database, narrowed: CatalogFilter | None = None, *, shop_id: int = 1) -> pd.DataFrame:
    """The catalog as a table, by product, SKU and platform."""
    wanted = narrowed or CatalogFilter(archived=True)
    where, values = condition(wanted, shop_id)
    sql = f"SELECT x.* FROM ({ALL_ROWS}) x WHERE {where}"
    with db.read() as connection:
        rows: Sequence[Any] = connection.execute(text(sql), values).mappings().all()
    rows = sorted(
        (row for row in rows if has_words((row[name] for name in SEARCHED), wanted.text)), key=place
    )
    return table_of(rows[: wanted.limit] if wanted.limit else rows)


def table_of(rows: Sequence[Any]) -> pd.DataFrame:
    """Rows of the database as the table."""
    names = [*(column.name for column in FIELDS), *EXTRAS, *OTHERS]
    cells = [[row[name] for name in names] for row in rows]
    return pd.DataFrame(cells, columns=names, dtype=object)  # whole numbers stay whole


OTHERS = ("stated_at", "on_hand", "reserved", "presale")
ALL_ROWS = " UNION ALL ".join((OF_PRODUCTS, LONELY, STRAY))
PLACE = ("product_code", "sku", "platform", "listing_id")


def place(row: Any) -> tuple[str, ...]:
    """What the table is sorted by."""
    return tuple(row[name] or "" for name in PLACE)


def condition(wanted: CatalogFilter, shop_id: int) -> tuple[str, dict[str, Any]]:
    """The filter without its words, and the values of that SQL."""
    conditions = ["1 = 1"] if wanted.archived else [IN_SIGHT]
    values: dict[str, Any] = {"shop": shop_id}
    for name in ("platform", "status", "form", "glaze"):
        if getattr(wanted, name):
            conditions.append(f"x.{name} = :{name}")
            values[name] = getattr(wanted, name)
    if wanted.lacking:
        conditions.append(LACKING[wanted.lacking])
    return " AND ".join(conditions), values


IN_SIGHT = "NOT COALESCE(x.is_archived, 0) AND NOT COALESCE(x.product_archived, 0)"
LACKING = {
    "measures": "(COALESCE(x.height_mm, 0) = 0 OR COALESCE(x.width_mm, 0) = 0 OR COALESCE(x.weight_g, 0) = 0)",
    "photo": "NOT EXISTS (SELECT 1 FROM photo h WHERE h.shop_id = :shop AND h.position >= 0 AND "
    "(h.owner_kind = 'sku' AND h.owner = x.sku OR h.owner_kind = 'product' AND h.owner = x.product_code))",
}


SEARCHED = (
    "product_code",
    "product_title",
    "sku",
    "variant_title",
    "listing_title",
    "listing_id",
    "form",
    "glaze",
    "family",
    "place",
    "piece_number",
)


# --- counts --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CatalogSummary:
    """How the catalog stands, in a few figures."""

    products: int
    variants: int
    pieces: int
    live: int
    drafts: int
    paused: int
    without_photo: int
    without_measures: int
    stray: int


def summary(db: Database, *, shop_id: int = 1) -> CatalogSummary:
    """How many products, variants and listings there are, and what they lack."""
    sql = """
    SELECT (SELECT COUNT(*) FROM product WHERE shop_id = :shop AND NOT is_archived) AS products,
      (SELECT COUNT(*) FROM variant WHERE shop_id = :shop AND NOT is_archived) AS variants,
      (SELECT COUNT(*) FROM piece WHERE shop_id = :shop) AS pieces,
      (SELECT COUNT(*) FROM listing WHERE shop_id = :shop AND status = 'live') AS live,
      (SELECT COUNT(*) FROM listing WHERE shop_id = :shop AND status = 'draft') AS drafts,
      (SELECT COUNT(*) FROM listing WHERE shop_id = :shop AND status = 'paused') AS paused,
      (SELECT COUNT(*) FROM variant v WHERE v.shop_id = :shop AND NOT v.is_archived AND NOT EXISTS (
        SELECT 1 FROM photo h WHERE h.shop_id = v.shop_id AND h.position >= 0
          AND (h.owner_kind = 'sku' AND h.owner = v.sku
            OR h.owner_kind = 'product' AND h.owner = v.product_code))) AS without_photo,
      (SELECT COUNT(*) FROM variant WHERE shop_id = :shop AND NOT is_archived AND (height_mm IS NULL
        OR width_mm IS NULL OR weight_g IS NULL)) AS without_measures,
      (SELECT COUNT(*) FROM listing l WHERE l.shop_id = :shop AND l.status <> 'retired'
        AND NOT EXISTS (SELECT 1 FROM variant v WHERE v.shop_id = l.shop_id AND v.sku = l.sku))
        AS stray
    """
    with db.read() as connection:
        row = connection.execute(text(sql), {"shop": shop_id}).mappings().one()
    return CatalogSummary(**{column.name: int(row[column.name]) for column in fields(CatalogSummary)})


def words_used(db: Database, *, shop_id: int = 1) -> dict[str, tuple[str, ...]]:
    """The forms, glazes, clays, families, packings and places in use, the commonest first."""
    columns = (
        ("form", "product"),
        ("glaze", "product"),
        ("clay", "product"),
        ("family", "product"),
        ("packing", "variant"),
        ("place", "variant"),
    )
    with db.read() as connection:
        return {
            name: tuple(
                row[0]
                for row in connection.execute(
                    text(
                        f"SELECT {name} FROM {table} WHERE shop_id = :shop AND {name} <> '' "
                        f"GROUP BY {name} ORDER BY COUNT(*) DESC, {name}"
                    ),
                    {"shop": shop_id},
                )
            )
            for name, table in columns
        }


# --- as a file -----------------------------------------------------------------------------------


def export_fields(language: str) -> list[SpreadsheetColumn]:
    """The columns of the exported catalog with their headings in a language."""
    kinds = {"money": "money", "count": "count"}
    named = [
        SpreadsheetColumn(
            column.name,
            column.label(language),
            kinds.get(column.kind, "text"),
            currency_column="listing_currency" if column.table == "listing" else "currency",
        )
        for column in FIELDS
    ]
    more = EXTRAS_ZH if language == "zh" else EXTRAS_EN
    return [*named, *(SpreadsheetColumn(name, label) for name, label in more.items())]


EXTRAS_ZH = {
    "product_extras": "款式其他信息",
    "variant_extras": "规格其他信息",
    "listing_extras": "商品其他信息",
}
EXTRAS_EN = {
    "product_extras": "Product extras",
    "variant_extras": "Variant extras",
    "listing_extras": "Listing extras",
}


def extras_label(name: str, language: str) -> str:
    """What a column of extras is called in a language."""
    return (EXTRAS_ZH if language == "zh" else EXTRAS_EN)[name]


def export_table(db: Database, language: str, *, actor: Actor = OWNER, shop_id: int = 1) -> pd.DataFrame:
    """The whole catalog as it is exported: choices and yes/no in the words of a language.

    Reading it back gives the same catalog. What a shop paid for a piece stays with the owner.
    """
    table = catalog_table(db, shop_id=shop_id)
    for column in FIELDS:
        values = cells(table[column.name])
        if column.kind in ("choice", "truth"):
            table[column.name] = _worded(values, column.kind, language)
        elif column.kind in ("text", "long", "parts"):
            table[column.name] = [_guarded(value) for value in values]
    if not actor.may("see_margins"):
        for name in EXTRAS:
            table[name] = [_without_costs(stored) for stored in cells(table[name])]
    return table


def _guarded(value: Any) -> Any:
    """A text that begins with an apostrophe gets another one: reading takes one away."""
    return f"'{value}" if isinstance(value, str) and value.startswith("'") else value


def _without_costs(stored: Any) -> Any:
    extras = {name: value for name, value in extras_of(stored).items() if "cost" not in name.casefold()}
    return json.dumps(extras, ensure_ascii=False) if extras else None


class TooLongForWorkbook(ShopError):
    """A text is longer than a workbook's cell can contain."""

    message = "{what} has a text longer than a workbook's cell holds. Export the catalog as CSV."


def export_bytes(db: Database, kind: str, language: str, *, actor: Actor = OWNER, shop_id: int = 1) -> bytes:
    """The whole catalog as a CSV or XLSX file; raises TooLongForWorkbook."""
    table = export_table(db, language, actor=actor, shop_id=shop_id)
    fields = export_fields(language)
    if kind == "csv":
        return spreadsheet.csv_bytes(table, fields)
    for row in records(table):
        if any(isinstance(cell, str) and len(cell) > MAX_CELL_LENGTH for cell in row.values()):
            raise TooLongForWorkbook(what=row["sku"] or row["product_code"])
    return spreadsheet.xlsx_bytes(table, fields)


MAX_CELL_LENGTH = 32_767


def _worded(values: Sequence[Any], kind: str, language: str) -> list[str | None]:
    def worded(value: Any) -> str | None:
        if value is None:
            return None
        return word(("yes" if value else "no") if kind == "truth" else str(value), language)

    return [worded(value) for value in values]


def extras_of(stored: str | None) -> dict[str, Any]:
    """Further columns of a file, by its own headers."""
    value = json.loads(stored) if stored else {}
    return value if isinstance(value, dict) else {}


def known_headers() -> dict[str, str]:
    """Every heading of the exported catalog in every language, and the column that it names."""
    headers: dict[str, str] = {}
    for labels in (EXTRAS_ZH, EXTRAS_EN):
        headers |= {label: name for name, label in labels.items()}
    for column in FIELDS:
        headers |= {column.zh: column.name, column.en: column.name, column.name: column.name}
    return headers


def label_of(name: str, language: str) -> str:
    """What a column of the table is called in a language."""
    return BY_NAME[name].label(language)


def named_skus(db: Database, *, shop_id: int = 1) -> dict[str, str]:
    """Every SKU in sight with what it is called, by name: for a list to choose from."""
    with db.read() as connection:
        rows = connection.execute(
            text(
                "SELECT v.sku, COALESCE(p.title, ''), COALESCE(v.title, '') FROM variant v "
                "LEFT JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code "
                "WHERE v.shop_id = :shop AND NOT v.is_archived ORDER BY 2, 3, 1"
            ),
            {"shop": shop_id},
        )
        return {row[0]: " ".join(filter(None, (row[1], row[2], f"({row[0]})"))) for row in rows}


def named_products(db: Database, *, shop_id: int = 1) -> dict[str, str]:
    """Every product in sight by its code with its title, the latest first."""
    with db.read() as connection:
        rows = connection.execute(
            text(
                "SELECT product_code, title FROM product WHERE shop_id = :shop AND NOT is_archived "
                "ORDER BY rowid DESC"
            ),
            {"shop": shop_id},
        )
        return {row[0]: f"{row[1]} ({row[0]})" for row in rows}
