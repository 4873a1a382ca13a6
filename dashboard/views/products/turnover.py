"""The part of the Products page about the stock: sell-through, cover in days and in live sessions."""

from __future__ import annotations

from functools import partial

import pandas as pd

from dashboard.charts import rates
from dashboard.i18n.messages import t
from dashboard.text.metrics import Column, columns
from dashboard.text.products import called, cut_name, cut_title
from dashboard.ui import cache, filters, lineage_dialog, tables, text
from dashboard.ui.filters import View
from dashboard.views.products.common import chooser, nothing
from shop.catalog import photos
from shop.core.text import full_title
from shop.db.database import Database
from shop.metrics.query import Query, answer
from shop.metrics.stock_facts import largest_stock
from shop.metrics.tables import cells
from shop.performance.turnover import FIGURES, turnover
from shop.stats.proportions import Rate

CUTS = ("variant", "product_code", "family", "form", "glaze", "size")
BEHIND = ("stock_start", "stock_received", "stock_sold", "stock_broken", "on_hand", "pieces")
CHARTED = 14
WITH_PHOTO = 60
MOST_SHOWN = 500  # rows
SHOWN = (
    "stock_start",
    "stock_received",
    "stock_sold",
    "sell_through",
    "on_hand",
    "stock_cover_days",
    "stock_cover_sessions",
)


def show(view: View) -> None:
    """What share of what there was to sell sold, and how long the rest lasts."""
    query = Query(("gmv",), view.period.start, view.period.end)
    cut = chooser(CUTS, "shelf_by")
    skus = cache.cached(stocked, query) if cut == "variant" else []
    is_part = len(skus) > MOST_SHOWN
    table = cache.cached(stock_table, query, cut, tuple(skus[:MOST_SHOWN]) if is_part else None)
    if table.empty:
        nothing("no_stock", "stock", "inventory_2")
        return
    text.note(t("performance.shelf_base", range=view.period))
    pictures = cache.cached(photos.thumbs, tuple(table["part"].head(WITH_PHOTO))) if cut == "variant" else {}
    table = table.assign(photo=pd.Series([pictures.get(part) for part in table["part"]], dtype=object))
    largest = table[table["stock_base"] > 0].head(CHARTED)
    cells = _columns(cut, with_photo=bool(pictures))
    tables.chart(
        "sell-through",
        t("performance.sell_through", cut=cut_name(cut)),
        lambda: rates.rates(largest["name"].tolist(), _rates(largest), filters.colours()),
        t("performance.sell_through_alt"),
        largest,
        cells,
    )
    lineage_dialog.way_down(BEHIND, query, "shelf")
    text.heading(t("performance.shelf_all"))
    if is_part:
        text.note(t("performance.shelf_most", shown=MOST_SHOWN, all=len(skus)))
    tables.show(
        "shelf", table, cells, whole=partial(stock_table, cache.database(), query, cut) if is_part else None
    )


def stocked(db: Database, query: Query) -> list[str]:
    """The SKUs whose stock is tracked, the most to sell in the range first."""
    with db.read() as connection:
        return largest_stock(connection, query.shop, query.start, query.end, "to_sell")


def stock_table(db: Database, query: Query, cut: str, skus: tuple[str, ...] | None = None) -> pd.DataFrame:
    """The stock by our SKU (of `skus`, where given), design, family, form, glaze or size, the most to sell first."""
    if cut == "variant":
        table = turnover(db, query, skus).assign(part=lambda of: of["sku"])
        spec = zip(cells(table["spec"]), cells(table["product"]), strict=True)
        table["name"] = [_name(item, other) for item, other in spec]
    else:
        value = Query(FIGURES, query.start, query.end, (cut,))
        table = answer(db, value).rename(columns={cut: "part"})
        table = table[table["on_hand"].notna()]
        table = table.assign(name=[called(part) for part in cells(table["part"])], last_on="", place="")
    return table.sort_values(
        ["stock_base", "part"], ascending=[False, True], ignore_index=True, na_position="last"
    )


def _name(spec: str | None, product: str | None) -> str:
    return full_title(product or "", spec)


def _rates(table: pd.DataFrame) -> list[Rate]:
    pairs = zip(table["stock_sold"], table["stock_base"], strict=True)
    return [Rate(min(max(int(sold), 0), int(base)), int(base)) for sold, base in pairs]


def _columns(cut: str, *, with_photo: bool) -> list[Column]:
    own = cut == "variant"
    return [
        *([Column("photo", t("performance.photo"), "photo")] if with_photo else ()),
        Column("name", cut_title(cut)),
        *columns(*SHOWN),
        *(
            [
                Column("last_on", t("performance.last_on")),
                Column("quiet_days", t("performance.quiet"), "count"),
                Column("place", t("performance.place")),
                Column("part", t("performance.code")),
            ]
            if own
            else ()
        ),
    ]
