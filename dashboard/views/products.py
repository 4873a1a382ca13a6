"""Products: which pieces bring in the money, and in which price band."""

import streamlit as st

from dashboard import charts, data, frame, links, told, widgets
from dashboard.widgets import Column
from dashboard.words import t
from shop import products

view = frame.view()
if view.at.last_sale is None:
    widgets.empty("products")
    st.stop()

with view.controls:
    by = links.choice(
        st.selectbox,
        t("products.by"),
        ("product", "sku"),
        "by",
        lambda name: t(f"products.bys.{name}"),
        width=132,
    )
sold = data.ask(products.sold, view.query("gmv"), by=by)
summary = data.ask(told.products_summary, view.query("gmv"), by)
widgets.sentence(told.products(view.period, summary))
if not summary.products:
    st.stop()
widgets.tiles(told.product_tiles(summary))
shown = sold.head(told.PARETO_ROWS)
cells = told.product_columns(by)
widgets.chart(
    "pareto",
    t("products.pareto", count=len(shown)),
    lambda: charts.pareto(
        told.names_of(shown),
        shown["gmv"].tolist(),
        shown["cumulative"].tolist(),
        shown["class"].tolist(),
        "cents",
        frame.colours(),
        label=widgets.label_of("gmv"),
        cumulative=t("products.cumulative"),
    ),
    t("products.pareto_alt", count=len(shown)),
    shown,
    cells,
)
bands = products.bands(sold)
widgets.chart(
    "bands",
    t("products.bands", unit=widgets.unit_name("gmv")),
    lambda: charts.bars(
        [t(f"band.{name}") for name in bands["band"]],
        bands["gmv"].tolist(),
        "cents",
        frame.colours(),
    ),
    t("products.bands_alt"),
    bands,
    [
        Column("band", t("products.band")),
        Column("products", t("products.kinds"), "count"),
        *widgets.columns("units", "gmv"),
    ],
)
widgets.heading(t("products.all"))
widgets.table_of("products", sold, cells)
