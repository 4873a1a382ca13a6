"""What sold: the sentence and tiles of the Products page, and its part with the products."""

from __future__ import annotations

import pandas as pd

from dashboard.charts import bars
from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text import metrics
from dashboard.text.metrics import Column, columns, label_of
from dashboard.text.products import GROUPS, cut_name, cut_title, names_of
from dashboard.text.tiles import Tile
from dashboard.ui import cache, filters, tables, text, url_state
from dashboard.ui.filters import View
from dashboard.views.products.common import chooser, nothing
from shop.db.database import Database
from shop.metrics.dimensions import UNMATCHED
from shop.metrics.query import Query, total
from shop.metrics.tables import cells
from shop.performance import sales
from shop.performance.sales import CUTS, OWN, SOLD, Summary

PARETO_ROWS = 20


def by() -> str:
    """The cut of the page, as in the link."""
    result = url_state.get("by", CUTS[0])
    return result if result in CUTS else CUTS[0]


def summary(db: Database, query: Query, by: str) -> Summary:
    """The products (or forms, glazes …) of a range in a few figures."""
    return sales.summary(sales.sold(db, query, by=by))


def sentence(view: View, result: Summary) -> str:
    """How few products bring in most of the money."""
    if not result.products:
        return t("products.none", range=view.period)
    part = "products" if by() in (*SOLD, *OWN) else "performance"
    return t(
        f"{part}.{'no_shares' if result.leaders_share is None else 'sentence'}",
        range=view.period,
        cut=cut_name(by()),
        products=result.products,
        leaders=result.leaders,
        share=result.leaders_share,
        best=result.best or t("products.unknown"),
        best_share=result.best_share,
    )


def tiles(view: View, result: Summary) -> list[tuple[str | tuple[str, ...], Tile, Query]]:
    """The whole of a range: money, pieces, leaders, refunds, and what share of the stock sold; each with its query."""
    query = view.query("gmv")
    in_stock = Query(("sell_through", "stock_sold", "stock_base"), view.period.start, view.period.end)
    stock = cache.cached(total, in_stock)
    leaders = Tile(
        t("products.leaders"),
        format.count(result.leaders),
        base=t("products.leaders_base", share=result.leaders_share),
        tip=t("products.leaders_tip"),
    )
    shown: list[tuple[str | tuple[str, ...], Tile, Query]] = [
        (
            "gmv",
            Tile(label_of("gmv"), format.money(result.gmv), base=_of(result), tip=metrics.meaning_of("gmv")),
            query,
        ),
        (
            "units",
            Tile(label_of("units"), format.count(result.units), tip=metrics.meaning_of("units")),
            query,
        ),
        ((), leaders, query),
        (
            "refunds",
            Tile(label_of("refunds"), format.money(result.refunds), tip=metrics.meaning_of("refunds")),
            query,
        ),
    ]
    if stock["stock_base"]:
        sell_through = Tile(
            label_of("sell_through"),
            format.rate(stock["sell_through"]),
            base=t("performance.of_shelf", sold=stock["stock_sold"], there=stock["stock_base"]),
            tip=metrics.meaning_of("sell_through"),
        )
        shown.append(("sell_through", sell_through, in_stock))
    return shown


def _of(result: Summary) -> str:
    if by() in (*SOLD, *OWN):
        return t("products.of", products=result.products)
    return t("performance.of", products=result.products, cut=cut_name(by()))


def show(view: View) -> None:
    """The largest first with their cumulative share, the price bands, and all of them in a table."""
    cut = chooser(CUTS, "by", by())
    sold = cache.cached(sales.sold, view.query("gmv"), by=cut)
    if cut not in SOLD and set(sold["code"]) <= set(GROUPS):
        nothing("no_catalog", "listings", "sell")
        return
    if UNMATCHED in set(sold["code"]):
        unmatched = sold[sold["code"] == UNMATCHED].iloc[0]
        text.note(t("performance.waiting", gmv=unmatched["gmv"], share=unmatched["share"]))
    shown = sold[~sold["code"].isin(GROUPS)].head(PARETO_ROWS)
    cells = table_columns(cut)
    tables.chart(
        "pareto",
        t("performance.pareto", cut=cut_name(cut)),
        lambda: bars.pareto(
            names_of(shown),
            shown["gmv"].tolist(),
            shown["cumulative"].tolist(),
            shown["class"].tolist(),
            "cents",
            filters.colours(),
            label=label_of("gmv"),
            cumulative=t("products.cumulative"),
        ),
        t("products.pareto_alt", count=len(shown)),
        shown,
        cells,
    )
    if cut in (*SOLD, *OWN):
        price_bands(sold)
    text.heading(t("performance.all"))
    tables.show("products", sold.assign(title=names_of(sold)), cells)


def price_bands(sold: pd.DataFrame) -> None:
    """What each price band brings in."""
    bands = sales.bands(sold)
    tables.chart(
        "bands",
        t("products.bands", unit=metrics.unit_name("gmv")),
        lambda: bars.bars(
            [t(f"band.{name}") for name in cells(bands["band"])],
            bands["gmv"].tolist(),
            "cents",
            filters.colours(),
        ),
        t("products.bands_alt"),
        bands,
        [
            Column("band", t("products.band")),
            Column("products", t("products.kinds"), "count"),
            *columns("units", "gmv"),
        ],
    )


def table_columns(cut: str) -> list[Column]:
    """The columns of the product table; our own SKUs and designs also show their family."""
    family = [
        Column("family", cut_title("family")),
        Column("family_class", t("performance.family_class"), tip=t("performance.family_class_tip")),
    ]
    return [
        Column("rank", t("products.rank"), "count"),
        Column("title", cut_title(cut)),
        *columns("units", "gmv"),
        Column("share", t("products.share"), "rate"),
        Column("cumulative", t("products.cumulative"), "rate"),
        Column("class", t("products.class"), tip=t("products.class_tip")),
        *(family if cut in OWN else ()),
        *columns("per_unit", "refunds"),
        Column("refund_share", t("products.refund_share"), "rate", t("products.refund_share_tip")),
        *([Column("code", t("performance.code"))] if cut in (*SOLD, *OWN) else ()),
    ]
