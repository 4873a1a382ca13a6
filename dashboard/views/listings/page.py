"""Listings: what the shop offers and where, what sold without a match, and new pieces by phone."""

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.ui import cache, feedback, text, tiles, url_state
from dashboard.views.listings import PAGE, common, detail, files, new, prices, table
from dashboard.views.listings import match_queue as catalog_queue
from shop.catalog import match_queue
from shop.listings import catalog_table, details

PARTS = {
    "new": new.new,
    "table": table.table,
    "prices": prices.prices,
    "one": detail.one,
    "queue": catalog_queue.queue,
    "files": files.files,
    "history": common.history,
}

summary = cache.cached(catalog_table.summary)
unmatched = cache.cached(match_queue.count)
to_do = cache.cached(details.to_do)
if summary.variants or unmatched:
    text.sentence(common.sentence(summary, unmatched, to_do))
else:
    text.empty("listings", PAGE.icon)
    text.note(t("listings.empty_start"))
feedback.bar()
with st.container(key="parts"):
    part = url_state.choice(
        st.segmented_control,
        t("listings.part"),
        tuple(PARTS),
        "part",
        lambda name: t(f"listings.parts.{name}"),
        default=common.first_part(summary, unmatched),
        label_visibility="collapsed",
        required=True,
    )
if summary.variants and part in common.WITH_TILES:
    tiles.show(common.tiles(summary, unmatched, to_do))
PARTS[part]()
if to_do and part == "table":
    common.to_do_table(to_do)
