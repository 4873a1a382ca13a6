"""The part of the Products page about one product: sales, prices, what sold it, funnel, stock, kiln, margin."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from datetime import date
from html import escape

import pandas as pd
import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text.catalog import platform as platform_name
from dashboard.text.metrics import Column, columns
from dashboard.text.tiles import figure_tiles
from dashboard.ui import actor, cache, lineage_dialog, tables, text, url_state
from dashboard.ui.filters import View
from dashboard.views.products.common import nothing
from shop.catalog import photos
from shop.db.database import Database
from shop.demand.of_product import product_remarks
from shop.kiln_planning import lead_times
from shop.metrics.query import Query, answer, total
from shop.metrics.tables import records
from shop.performance import one_product
from shop.profit import margins, set_margins
from shop.stock import levels

TILES = ("units", "gmv", "refunds", "refund_rate", "per_unit")
MONTHLY = ("units", "gmv", "refunds", "per_unit")


def show(view: View) -> None:
    """Choose a product, then everything that is known of it in the days of the page."""
    titles = cache.cached(one_product.product_titles)
    if not titles:
        nothing("no_catalog", "listings", "sell")
        return
    product = url_state.choice(
        st.selectbox,
        t("products.one.pick"),
        tuple(titles),
        "product",
        lambda code: f"{titles[code]} ({code})",
    )
    where = (*view.where, ("product_code", (product,)))
    query = replace(view.query(*TILES), where=where, cut_at=None)
    skus = cache.cached(one_product.skus_of, product)
    _photo(titles[product], skus)
    stock = replace(query, metrics=("sell_through",), where=where[-1:])  # stock has no platform
    lineage_dialog.show_tiles(
        [
            (name, tile, of)
            for of in (query, stock)
            for name, tile in zip(of.metrics, figure_tiles(cache.cached(total, of)), strict=True)
        ],
        "-product",
    )
    _months(query)
    _prices(query, product)
    _what_sold(query, product)
    _remarks(view, product)
    _stock(view.at.on, skus)
    if actor.actor().may("see_margins"):
        _margin(query)


def _photo(title: str, skus: tuple[str, ...]) -> None:
    thumb = next(iter(cache.cached(photos.thumbs, skus).values()), None)
    picture = f'<img alt="" src="data:image/jpeg;base64,{b64encode(thumb).decode()}">' if thumb else ""
    st.html(f'<div class="kb-line">{picture}<div><b>{escape(title)}</b></div></div>')


def _months(query: Query) -> None:
    """Month by month, with the price that a piece brought."""
    table = cache.cached(answer, replace(query, metrics=MONTHLY, by=("month",)))
    if table.empty:
        text.note(t("products.one.no_sales"))
        return
    text.heading(t("products.one.months"))
    tables.show("product-months", table, [Column("month", t("products.one.month")), *columns(*MONTHLY)])


def _prices(query: Query, product: str) -> None:
    """At which list prices it sold, and what a piece brought at each."""
    table = cache.cached(one_product.price_history, query, product)
    if table.empty:
        return
    text.heading(t("products.one.prices"))
    tables.show(
        "product-prices",
        table.assign(platform=[platform_name(name) for name in table["platform"]]),
        [
            Column("list_price", t("products.one.list_price"), "money"),
            Column("first_on", t("products.one.first_on"), "day"),
            Column("last_on", t("products.one.last_on"), "day"),
            *columns("units", "per_unit"),
            Column("sku", t("performance.code")),
            Column("platform", t("costs.platform")),
        ],
    )


def _remarks(view: View, product: str) -> None:
    """How many people want it, and the newest comments that name it."""
    remarks = cache.cached(product_remarks, product, view.period)
    text.heading(t("products.one.remarks"))
    if not remarks.comments:
        text.note(t("products.one.no_remarks"))
        return
    text.note(
        t("products.one.wanted", comments=remarks.comments, people=remarks.people, recent=remarks.recent)
    )
    tables.show(
        "product-remarks",
        remarks.table.assign(platform=[platform_name(name) for name in remarks.table["platform"]]),
        [
            Column("text", t("products.one.comment")),
            Column("written_on", t("products.one.written_on"), "day"),
            Column("platform", t("costs.platform")),
        ],
    )


def _what_sold(query: Query, product: str) -> None:
    contents = cache.cached(one_product.contents, query, product)
    if not contents.empty:
        text.heading(t("products.one.contents"))
        contents = contents.assign(
            title=[
                row["title"]
                or t(
                    "products.one.untitled",
                    platform=platform_name(row["platform"]),
                    on=date.fromisoformat(row["first_on"]),
                )
                for row in records(contents)
            ],
            carrier=[t(f"orders.carriers.{name}") for name in contents["carrier"]],
            grade=[t(f"orders.grades.{name}") for name in contents["grade"]],
        )
        named = [Column(name, t(f"products.one.{name}")) for name in ("title", "carrier", "grade")]
        tables.show("product-contents", contents, [*named, *columns("units", "gmv")])
    funnel = cache.cached(one_product.funnel, query, product)
    if not funnel.empty:
        text.heading(t("products.one.funnel"))
        text.note(t("products.one.funnel_note", first=min(funnel["first_on"]), last=max(funnel["last_on"])))
        funnel = funnel.assign(carrier=[_carrier(name) for name in funnel["carrier"]]).astype(
            {"impressions": "Int64", "product_clicks": "Int64"}
        )
        shown = ("impressions", "product_clicks", "orders", "units", "gmv")
        tables.show(
            "product-funnel", funnel, [Column("carrier", t("products.one.carrier")), *columns(*shown)]
        )


def _carrier(name: str) -> str:
    return t("products.one.all") if name == "all" else t(f"orders.carriers.{name}")


def _stock(on: date, skus: tuple[str, ...]) -> None:
    rows = cache.cached(levels.stock_levels, None, skus)
    if not rows:
        return
    coming = cache.cached(_under_way, on)
    text.heading(t("products.one.stock"))
    table = pd.DataFrame(
        [(row.title, row.sku, row.place, row.on_hand, row.free, coming.get(row.sku, 0)) for row in rows],
        columns=["title", "sku", "place", "on_hand", "free", "kiln"],
    ).astype({"on_hand": "Int64", "free": "Int64"})
    tables.show(
        "product-stock",
        table,
        [
            Column("title", t("products.one.title")),
            Column("sku", t("performance.code")),
            Column("place", t("performance.place")),
            Column("on_hand", t("stock.table.on_hand"), "count"),
            Column("free", t("stock.table.free"), "count"),
            Column("kiln", t("products.one.kiln"), "count"),
        ],
    )


def _under_way(db: Database, on: date) -> dict[str, int]:
    with db.read() as connection:
        return lead_times.under_way(connection, on)


def _margin(query: Query) -> None:
    """What each SKU left over in the range; for the owner."""
    table = cache.cached(margins.margins, query, actor=actor.actor())
    if table.empty:
        return
    text.heading(t("products.one.margin"))
    shown = ("gmv", "refunds_by_order", "fees", "commission", "cost", "sending", "ads", "labour")
    tables.show(
        "product-margin",
        table,
        [
            Column("variant", t("performance.code")),
            *(Column(name, t(f"products.one.{name}"), "money") for name in shown),
            Column("margin", t("products.one.margin_left"), "money"),
        ],
    )
    _set_margin(query)


def _set_margin(query: Query) -> None:
    """The same of a set, shared over its parts by list price."""
    table = cache.cached(set_margins.set_margins, query, actor=actor.actor())
    if table.empty:
        return
    text.heading(t("products.one.set_margin"))
    shown = ("gmv", "cost", "margin")
    tables.show(
        "product-set-margin",
        table[["set", "part", "units", *shown]],
        [
            Column("set", t("products.one.set")),
            Column("part", t("products.one.part")),
            Column("units", t("products.one.part_units"), "count"),
            Column("gmv", t("products.one.gmv"), "money"),
            Column("cost", t("products.one.cost"), "money"),
            Column("margin", t("products.one.margin_left"), "money"),
        ],
    )
    by_price = bool(table["by_price"].all())
    text.note(t("products.one.set_by_price" if by_price else "products.one.set_by_pieces"))
