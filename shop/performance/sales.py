"""Sales by product, variant or other dimension of the catalog, by what they brought in, their
share of the whole, and price bands.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import pandas as pd

from shop.core.money import minor_per_unit
from shop.db.database import Database
from shop.db.dialect import raw_cursor
from shop.metrics.dimensions import GROUPS
from shop.metrics.query import Query, answer
from shop.metrics.settings import shop_settings

FIGURES = ("gmv", "units", "per_unit", "refunds", "refunds_by_order")
SOLD = ("product", "sku")  # as the platforms name what was sold
OWN = ("product_code", "variant")  # as the catalog names it
CUTS = (*SOLD, *OWN, "family", "form", "glaze", "size", "clay")
A_UP_TO, B_UP_TO = 0.80, 0.95
BAND_EDGES = (50, 100, 200, 500, 1000)  # in whole units of the currency
BANDS = ("<50", "50-100", "100-200", "200-500", "500-1000", ">=1000")


def sold(db: Database, query: Query, *, by: str = "product") -> pd.DataFrame:
    """Every product (or SKU, form, glaze, family: see CUTS) sold in the range, the greatest gmv first.

    One row per group with gmv, pieces or refunds in the range; what is not matched to the catalog comes
    last. Columns: rank, code, title, spec, units, gmv, refunds (cents, by refund day), refund_share (of
    the gmv of these days, what was refunded since), per_unit (cents), band, share of gmv, cumulative
    share, class (A up to 80 % of the gmv of what is matched, B the next 15 %, C the rest). Our own SKUs
    and designs also have family and family_class, their class within it.
    """
    table = answer(db, replace(query, metrics=FIGURES, by=(by,))).rename(columns={by: "code"})
    table = table[(table["gmv"] != 0) | (table["units"] != 0) | (table["refunds"] != 0)]
    order = ["is_group", "gmv", "units", "code"]
    table = table.assign(is_group=table["code"].isin(GROUPS))
    table = table.sort_values(order, ascending=[True, False, False, True], ignore_index=True)
    table = table.drop(columns="is_group")
    table.insert(0, "rank", pd.Series(range(1, len(table) + 1), dtype="Int64"))
    names = titles(db, query.shop, by, table["code"].tolist())
    own = by not in (*SOLD, *OWN)  # a form or a glaze is its own name
    title = [names.get(code, (code if own else "", ""))[0] for code in table["code"]]
    table.insert(2, "title", title)
    table.insert(3, "spec", [names.get(code, ("", ""))[1] for code in table["code"]])
    gmv = [int(value) for value in table["gmv"]]
    whole = sum(gmv)
    table["share"] = pd.array([value / whole if whole > 0 else None for value in gmv], "Float64")
    cumulative = [value / whole if whole > 0 else None for value in accumulate(gmv)]
    table["cumulative"] = pd.array(cumulative, "Float64")
    table["class"] = classes(table["code"].tolist(), gmv)
    currency = query.currency or _currency(db, query.shop)
    table["band"] = [band(None if pd.isna(price) else int(price), currency) for price in table["per_unit"]]
    back = table["refunds_by_order"].astype("Float64")
    table["refund_share"] = back / table["gmv"].where(table["gmv"] > 0).astype("Float64")
    return _with_families(db, query.shop, by, table) if by in OWN else table


def classes(codes: Sequence[str], gmv: Sequence[int]) -> list[str]:
    """The class of each of these by what it brings in, the largest first; "" for what is not matched."""
    matched = [0 if code in GROUPS else value for code, value in zip(codes, gmv, strict=True)]
    whole, before = sum(matched), 0
    result = []
    for code, value in zip(codes, matched, strict=True):
        kind = _class(before / whole) if whole > 0 else "C"
        result.append("" if code in GROUPS else kind)
        before += value
    return result


OF_CODES = "IN (SELECT value FROM json_each(:codes))"
FAMILIES = {
    "product_code": f"""
SELECT product_code, family FROM product
WHERE shop_id = :shop AND family IS NOT NULL AND product_code {OF_CODES}
""",
    "variant": f"""
SELECT v.sku, p.family FROM variant v
JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code
WHERE v.shop_id = :shop AND p.family IS NOT NULL AND v.sku {OF_CODES}
""",
}


def _with_families(db: Database, shop: int, by: str, table: pd.DataFrame) -> pd.DataFrame:
    """The table with the family of each row, and its class among those of the family."""
    values = {"shop": shop, "codes": json.dumps(table["code"].tolist())}
    with db.read() as connection:
        families = dict(raw_cursor(connection).execute(FAMILIES[by], values).fetchall())
    table["family"] = [families.get(code, "") for code in table["code"]]
    table["family_class"] = ""
    for _, of in table.groupby("family"):
        gmv = [int(value) for value in of["gmv"]]
        table.loc[of.index, "family_class"] = classes(of["code"].tolist(), gmv)
    return table


def _class(share_before: float) -> str:
    """The class of a product by the share of gmv that the larger ones before it bring in."""
    if share_before < A_UP_TO:
        return "A"
    return "B" if share_before < B_UP_TO else "C"


def _currency(db: Database, shop_id: int) -> str:
    with db.read() as connection:
        return shop_settings(connection, shop_id).currency


def band(cents: int | None, currency: str) -> str | None:
    """The price band of a piece, named by whole units of the currency; None without a price."""
    if cents is None:
        return None
    return BANDS[bisect_right(BAND_EDGES, cents // minor_per_unit(currency))]


@dataclass(frozen=True)
class Summary:
    """A range's products in a few figures: how many sold, and how few bring in most of it."""

    products: int
    units: int
    gmv: int
    refunds: int
    leaders: int
    leaders_share: float | None
    best: str
    best_share: float | None


def summary(table: pd.DataFrame) -> Summary:
    """The answer of `sold` in a few figures; `leaders` are the products of class A."""
    selling = table[(table["gmv"] > 0) & ~table["code"].isin(GROUPS)]
    leaders = selling[selling["class"] == "A"]
    whole = int(table["gmv"].sum())
    best = selling.iloc[0] if len(selling) else None
    return Summary(
        products=len(selling),
        units=int(table["units"].sum()),
        gmv=whole,
        refunds=int(table["refunds"].sum()),
        leaders=len(leaders),
        leaders_share=int(leaders["gmv"].sum()) / whole if whole > 0 else None,
        best="" if best is None else " ".join(filter(None, (best["title"], best["spec"]))),
        best_share=None if best is None or pd.isna(best["share"]) else float(best["share"]),
    )


def bands(table: pd.DataFrame) -> pd.DataFrame:
    """What each price band brings in, from the answer of `sold`: band, products, units, gmv
    (cents).

    One row per band, all bands there, from the cheapest on.
    """
    grouped = table.dropna(subset=["band"]).groupby("band")[["units", "gmv"]].sum()
    counts = table["band"].value_counts()
    result = grouped.reindex(list(BANDS)).fillna(0).astype("Int64").rename_axis("band").reset_index()
    result.insert(1, "products", [int(counts.get(name, 0)) for name in result["band"]])
    return result


# The column of the code, its title and spec, and the order: the last title of a code counts.
TITLES = {
    "product": (
        "product",
        "SELECT product, title, '' FROM sold_sku WHERE shop_id = :shop",
        " ORDER BY last_on, sku",
    ),
    "sku": (
        "sku",
        "SELECT sku, title, COALESCE(NULLIF(spec, ''), sku) FROM sold_sku WHERE shop_id = :shop",
        "",
    ),
    "product_code": ("product_code", "SELECT product_code, title, '' FROM product WHERE shop_id = :shop", ""),
    "variant": (
        "v.sku",
        "SELECT v.sku, COALESCE(p.title, v.sku), COALESCE(v.title, v.size, '') FROM variant v "
        "LEFT JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code "
        "WHERE v.shop_id = :shop",
        "",
    ),
}


def titles(
    db: Database, shop: int, by: str, codes: Sequence[str] | None = None
) -> dict[str, tuple[str, str]]:
    """The latest title of each code (the catalog's for our own) and the spec of a SKU; none else.

    With `codes` theirs alone.
    """
    if by not in TITLES:
        return {}
    column, sql, order = TITLES[by]
    narrowed = "" if codes is None else f" AND {column} IN (SELECT value FROM json_each(:codes))"
    with db.read() as connection:
        cursor = raw_cursor(connection)
        rows = cursor.execute(
            f"{sql}{narrowed}{order}", {"shop": shop, "codes": json.dumps(codes)}
        ).fetchall()
    return {str(row[0]): (str(row[1]), row[2] or "") for row in rows}
