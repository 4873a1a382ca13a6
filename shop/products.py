"""What sold: products or variants by what they brought in, their share of the whole, and price
bands.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import accumulate

import pandas as pd
from sqlalchemy import text

from shop.db import Database
from shop.query import Query, answer

FIGURES = ("gmv", "units", "per_unit", "refunds", "refunds_by_order")
A_UP_TO, B_UP_TO = 0.80, 0.95
BAND_EDGES = (50, 100, 200, 500, 1000)  # in whole units of the currency
BANDS = ("<50", "50-100", "100-200", "200-500", "500-1000", ">=1000")


def sold(db: Database, query: Query, *, by: str = "product") -> pd.DataFrame:
    """Every product (or SKU, with by="sku") sold in the range, the one with the greatest gmv first.

    One row per product or SKU, with gmv or refunds in the range. Columns: rank, code, title, spec,
    units, gmv, refunds (cents, by refund day), refund_share (of the gmv of these days, what was
    given back since), per_unit (cents), band, share of gmv, cumulative share, class (A up to 80 %
    of gmv, B the next 15 %, C the rest).
    """
    table = answer(db, replace(query, metrics=FIGURES, by=(by,))).rename(columns={by: "code"})
    table = table[(table["gmv"] != 0) | (table["units"] != 0) | (table["refunds"] != 0)]
    table = table.sort_values(["gmv", "units", "code"], ascending=[False, False, True])
    table = table.reset_index(drop=True)
    table.insert(0, "rank", pd.Series(range(1, len(table) + 1), dtype="Int64"))
    names = titles(db, query.shop, by)
    table.insert(2, "title", [names.get(code, ("", ""))[0] for code in table["code"]])
    table.insert(3, "spec", [names.get(code, ("", ""))[1] for code in table["code"]])
    gmv = [int(value) for value in table["gmv"]]
    whole = sum(gmv)
    running = list(accumulate(gmv))
    table["share"] = pd.array([value / whole if whole > 0 else None for value in gmv], "Float64")
    cumulative = [value / whole if whole > 0 else None for value in running]
    table["cumulative"] = pd.array(cumulative, "Float64")
    table["class"] = [
        _class((total - value) / whole) if whole > 0 else "C"
        for total, value in zip(running, gmv, strict=True)
    ]
    table["band"] = [band(None if pd.isna(price) else int(price)) for price in table["per_unit"]]
    back = table["refunds_by_order"].astype("Float64")
    table["refund_share"] = back / table["gmv"].where(table["gmv"] > 0).astype("Float64")
    return table


def _class(share_before: float) -> str:
    """The class of a product by the share of gmv that the larger ones before it bring in."""
    if share_before < A_UP_TO:
        return "A"
    return "B" if share_before < B_UP_TO else "C"


def band(cents: int | None) -> str | None:
    """The price band of a piece, named by whole units of the currency; None without a price."""
    if cents is None:
        return None
    place = sum(cents >= edge * 100 for edge in BAND_EDGES)
    return BANDS[place]


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
    selling = table[table["gmv"] > 0]
    leaders = selling[selling["class"] == "A"]
    whole = int(table["gmv"].sum())
    best = selling.iloc[0] if len(selling) else None
    return Summary(
        products=len(selling), units=int(table["units"].sum()), gmv=whole,
        refunds=int(table["refunds"].sum()), leaders=len(leaders),
        leaders_share=int(leaders["gmv"].sum()) / whole if whole > 0 else None,
        best="" if best is None else " ".join(filter(None, (best["title"], best["spec"]))),
        best_share=None if best is None else float(best["share"]),
    )  # fmt: skip


def bands(table: pd.DataFrame) -> pd.DataFrame:
    """What each price band brings in, from the answer of `sold`: band, products, units, gmv
    (cents).

    One row per band, all bands there, from the cheapest on.
    """
    grouped = table.dropna(subset=["band"]).groupby("band")[["units", "gmv"]].sum()
    counts = table["band"].value_counts()
    found = grouped.reindex(list(BANDS)).fillna(0).astype("Int64").rename_axis("band").reset_index()
    found.insert(1, "products", [int(counts.get(name, 0)) for name in found["band"]])
    return found


def titles(db: Database, shop: int, by: str) -> dict[str, tuple[str, str]]:
    """The latest title of each code, and for SKUs their spec, or the code where none is known."""
    spec = "COALESCE(NULLIF(spec, ''), sku)" if by == "sku" else "''"
    with db.read() as connection:
        rows = connection.execute(
            text(
                f"SELECT {by}, title, {spec} FROM sold_sku WHERE shop_id = :shop "
                "ORDER BY last_on, sku"
            ),
            {"shop": shop},
        )
        return {str(row[0]): (str(row[1]), row[2] or "") for row in rows}
