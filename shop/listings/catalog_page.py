"""One page of the catalog as a table: the database narrows and sorts it; only the rows of the page are read whole."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Connection, text

from shop.core.pages import page_start
from shop.core.text import has_words
from shop.db.database import Database
from shop.listings.catalog_table import (
    ALL_ROWS,
    LONELY,
    OF_PRODUCTS,
    PLACE,
    SEARCHED,
    STRAY,
    CatalogFilter,
    condition,
    place,
    table_of,
)


@dataclass(frozen=True)
class CatalogPage:
    """One page of the catalog as a table, its number (from 1), and how many rows there are in all."""

    table: pd.DataFrame
    number: int
    total: int


def catalog_page(
    db: Database, narrowed: CatalogFilter, number: int, size: int, *, shop_id: int = 1
) -> CatalogPage:
    """One page (from 1) of the same table; a number beyond the last page gives the last one."""
    where, values = condition(narrowed, shop_id)
    some = f"FROM ({ALL_ROWS}) x WHERE {where}"
    order = ", ".join(f"COALESCE(x.{name}, '')" for name in PLACE)
    with db.read() as connection:
        if narrowed.text.split():
            columns = ", ".join((*SEARCHED, *(f"COALESCE(x.{name}, '')" for name in PLACE)))
            rows = connection.execute(text(f"SELECT {columns} {some}"), values)
            count = len(SEARCHED)
            keys = sorted(tuple(row[count:]) for row in rows if has_words(row[:count], narrowed.text))
            total, start = len(keys), page_start(number, size, len(keys))
            keys = keys[start : start + size]
        else:
            total = int(connection.execute(text(f"SELECT COUNT(*) {some}"), values).scalar_one())
            start = page_start(number, size, total)
            sql = f"SELECT {order} {some} ORDER BY {order} LIMIT :size OFFSET :start"
            rows = connection.execute(text(sql), values | {"size": size, "start": start})
            keys = [tuple(row) for row in rows]
        return CatalogPage(table_of(_rows_of(connection, keys, shop_id)), start // size + 1, total)


def _rows_of(connection: Connection, keys: Sequence[tuple[str, ...]], shop_id: int) -> list[Any]:
    """The rows in these places, in their order."""
    codes, skus, _, listings = (sorted(set(names)) for names in zip(*keys, strict=True)) if keys else [[]] * 4
    sql = " UNION ALL ".join(
        (
            f"{OF_PRODUCTS} AND p.product_code IN (SELECT value FROM json_each(:codes))",
            f"{LONELY} AND v.sku IN (SELECT value FROM json_each(:skus))",
            f"{STRAY} AND l.listing_id IN (SELECT value FROM json_each(:listings))",
        )
    )
    lists = {"codes": json.dumps(codes), "skus": json.dumps(skus), "listings": json.dumps(listings)}
    rows = connection.execute(text(sql), {"shop": shop_id} | lists).mappings().all()
    return sorted((row for row in rows if place(row) in set(keys)), key=place)
