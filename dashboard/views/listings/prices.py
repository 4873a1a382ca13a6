"""Prices typed one after another: the studio's own price of every SKU, or the price on one platform."""

from __future__ import annotations

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text import catalog
from dashboard.ui import cache, text, url_state
from dashboard.views.listings import one_field
from shop.listings import catalog_table, details
from shop.listings.catalog_table import CatalogFilter
from shop.metrics.tables import records

OWN = "own"


def prices() -> None:
    """The part of the page: whose prices, a field for each, and what was saved."""
    platform = url_state.choice(
        st.segmented_control,
        t("listings.prices.whose"),
        (OWN, *cache.cached(details.platforms)),
        "prices",
        lambda name: t("listings.prices.own") if name == OWN else catalog.platform(name),
        required=True,
    )
    is_own = platform == OWN
    narrowed = CatalogFilter(platform="" if is_own else platform)
    name = "sku" if is_own else "listing_id"
    rows = [row for row in records(cache.cached(catalog_table.catalog_table, narrowed)) if row[name]]
    if not rows:
        text.note(t("listings.table.no_rows"))
        return
    text.note(t("listings.prices.note" if is_own else "listings.prices.note_platform"))
    one_field.fields(platform, "price" if is_own else "listing_price", rows)
