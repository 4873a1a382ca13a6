"""Prices typed one after another: the studio's own price of every SKU, or the price on one platform."""

from __future__ import annotations

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text import catalog
from dashboard.ui import cache, text, url_state
from dashboard.views.listings import one_field
from shop.listings import details
from shop.listings.catalog_page import catalog_page
from shop.listings.catalog_table import CatalogFilter
from shop.metrics.tables import records

OWN = "own"
ROWS = 500


def prices() -> None:
    """The part of the page: whose prices, a field for each, and what was saved; a large catalog page by page."""
    platform = url_state.choice(
        st.segmented_control,
        t("listings.prices.whose"),
        (OWN, *cache.cached(details.platforms)),
        "prices",
        lambda name: t("listings.prices.own") if name == OWN else catalog.platform(name),
        required=True,
    )
    is_own = platform == OWN
    search = url_state.get("q")
    narrowed = CatalogFilter(search, "" if is_own else platform)
    page = cache.cached(catalog_page, narrowed, url_state.page(), ROWS)
    if search or page.total > ROWS:
        url_state.typed(t("listings.table.search"), "q", placeholder=t("listings.table.search_hint"))
    rows = [row for row in records(page.table) if row["sku" if is_own else "listing_id"]]
    if not rows:
        text.note(t("listings.table.no_rows"))
        return
    text.note(t("listings.prices.note" if is_own else "listings.prices.note_platform"))
    one_field.fields(platform, "price" if is_own else "listing_price", rows)
    url_state.pages(-(-page.total // ROWS))
