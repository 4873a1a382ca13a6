"""The Products page: what sold, in one sentence, tiles and a chart; and which further part is shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.charts import bars
from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.ui import cache, filters, url_state, widgets
from dashboard.ui.filters import View
from dashboard.ui.widgets import Column, Tile, columns, label_of
from shop.db.database import Database
from shop.metrics.dimensions import IGNORED, UNMATCHED
from shop.metrics.query import Query, total
from shop.metrics.tables import cells
from shop.performance import sales
from shop.performance.sales import CUTS, OWN, SOLD, Summary

PARTS = ("sold", "shelf", "returns", "waiting", "origins", "next")
PARETO_ROWS = 20
GROUPS = {UNMATCHED: "performed.unmatched", IGNORED: "performed.ignored"}


def by() -> str:
    """By what the page is told, as the link says."""
    found = url_state.get("by", CUTS[0])
    return found if found in CUTS else CUTS[0]


def part() -> str:
    """The control for which part of the page is shown."""
    return url_state.choice(
        st.segmented_control,
        t("performed.part"),
        PARTS,
        "look",
        lambda name: t(f"performed.parts.{name}"),
        label_visibility="collapsed",
        required=True,
    )


def show(name: str, view: View) -> None:
    """One part of the page; the others are not computed."""
    from dashboard.views.products import kiln_plan, returns, time_to_sell, turnover

    shown: dict[str, Callable[[View], None]] = {
        "sold": what_sold,
        "shelf": turnover.show,
        "returns": returns.show,
        "waiting": time_to_sell.show,
        "origins": time_to_sell.origins,
        "next": kiln_plan.show,
    }
    shown[name](view)


def cut_name(cut: str) -> str:
    """What a cut is called: form, glaze, our SKU ..."""
    return t(f"performed.cuts.{cut}")


def cut_title(cut: str) -> str:
    """The same at the head of a column or in a list to choose from."""
    name = cut_name(cut)
    return name[:1].upper() + name[1:]


def called(part: Any, name: str = "") -> str:
    """What a part of a cut is called; what is not matched or not stated is said in words."""
    if part in GROUPS:
        return t(GROUPS[part])
    return name or str(part or "") or t("performed.not_stated")


def go(page: str, words: str, icon: str) -> None:
    """A way to another page of the shop, as soon as there is one."""
    if Path(__file__).parents[1].joinpath(page, "page.py").exists():
        st.page_link(f"views/{page}/page.py", label=words, icon=f":material/{icon}:")


def nothing(key: str, page: str, icon: str) -> None:
    """What a part shows while there is nothing to show: what is missing, and where it is typed in."""
    with st.container(border=True, key=f"empty-{key}"):
        widgets.note(t(f"performed.{key}"))
        go(page, t(f"performed.go.{page}"), icon)


# --- what sold -----------------------------------------------------------------------------------


def summary(db: Database, query: Query, by: str) -> Summary:
    """The products (or forms, glazes …) of a range in a few figures."""
    return sales.summary(sales.sold(db, query, by=by))


def sentence(view: View, found: Summary) -> str:
    """How few products bring in most of the money."""
    if not found.products:
        return t("products.none", range=view.period)
    key = "products.sentence" if by() in (*SOLD, *OWN) else "performed.sentence"
    return t(
        key,
        range=view.period,
        cut=cut_name(by()),
        products=found.products,
        leaders=found.leaders,
        share=found.leaders_share,
        best=found.best or t("products.unknown"),
        best_share=found.best_share,
    )


def tiles(view: View, found: Summary) -> list[Tile]:
    """The whole of a range: money, pieces, leaders, refunds, and what share of the shelf sold."""
    shelf = ("sell_through", "stock_sold", "stock_base")
    stock = cache.ask(total, Query(shelf, view.period.start, view.period.end))
    shown = [
        Tile(label_of("gmv"), format.money(found.gmv), base=_of(found)),
        Tile(label_of("units"), format.count(found.units)),
        Tile(
            t("products.leaders"),
            format.count(found.leaders),
            base=t("products.leaders_base", share=found.leaders_share),
        ),
        Tile(label_of("refunds"), format.money(found.refunds), tip=widgets.meaning_of("refunds")),
    ]
    if stock["stock_base"]:
        shown.append(
            Tile(
                label_of("sell_through"),
                format.rate(stock["sell_through"]),
                base=t("performed.of_shelf", sold=stock["stock_sold"], there=stock["stock_base"]),
                tip=widgets.meaning_of("sell_through"),
            )
        )
    return shown


def _of(found: Summary) -> str:
    if by() in (*SOLD, *OWN):
        return t("products.of", products=found.products)
    return t("performed.of", products=found.products, cut=cut_name(by()))


def what_sold(view: View) -> None:
    """The largest first with their cumulative share, the price bands, and all of them in a table."""
    cut = chooser(CUTS, "by", by())
    sold = cache.ask(sales.sold, view.query("gmv"), by=cut)
    if cut not in SOLD and set(sold["code"]) <= set(GROUPS):
        nothing("no_catalog", "listings", "sell")
        return
    if UNMATCHED in set(sold["code"]):
        waiting = sold[sold["code"] == UNMATCHED].iloc[0]
        widgets.note(t("performed.waiting", gmv=waiting["gmv"], share=waiting["share"]))
    shown = sold[~sold["code"].isin(GROUPS)].head(PARETO_ROWS)
    cells = table_columns(cut)
    widgets.chart(
        "pareto",
        t("performed.pareto", cut=cut_name(cut)),
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
    widgets.heading(t("performed.all"))
    widgets.table_of("products", sold.assign(title=names_of(sold)), cells)


def price_bands(sold: pd.DataFrame) -> None:
    """What each price band brings in."""
    bands = sales.bands(sold)
    widgets.chart(
        "bands",
        t("products.bands", unit=widgets.unit_name("gmv")),
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


def chooser(cuts: tuple[str, ...], name: str, now: str | None = None) -> str:
    """The control for by what a part is told."""
    return url_state.choice(
        st.selectbox,
        t("products.by"),
        cuts,
        name,
        cut_title,
        default=cuts[0] if now is None else CUTS[0],
        width=180,
    )


def names_of(table: pd.DataFrame) -> list[str]:
    """What each product (variant, form …) is called."""
    return [
        called(
            code, f"{spec or ''} {title or ''}".strip() if (spec or "") not in (title or "") else title or ""
        )
        for title, spec, code in zip(*(cells(table[name]) for name in ("title", "spec", "code")), strict=True)
    ]


def table_columns(cut: str) -> list[Column]:
    """The columns of the product table; our own SKUs and designs also show their family."""
    family = [
        Column("family", cut_title("family")),
        Column("family_class", t("performed.family_class"), tip=t("performed.family_class_tip")),
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
        *([Column("code", t("performed.code"))] if cut in (*SOLD, *OWN) else ()),
    ]
