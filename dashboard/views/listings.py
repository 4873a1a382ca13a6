"""Listings: what the shop offers and where, what sold without a match, and new pieces by phone."""

import streamlit as st

from dashboard import (
    catalog_entry,
    catalog_files,
    catalog_one,
    catalog_queue,
    catalog_table,
    catalog_told,
    data,
    links,
    saved,
    widgets,
)
from dashboard.words import t
from shop import catalog_sheet, listings, match_queue

PARTS = {
    "new": catalog_entry.new,
    "table": catalog_table.table,
    "one": catalog_one.one,
    "queue": catalog_queue.queue,
    "files": catalog_files.files,
    "history": catalog_told.history,
}

standing = data.ask(catalog_sheet.standing)
waiting = data.ask(match_queue.count)
to_do = data.ask(listings.to_do)
if standing.variants or waiting:
    widgets.sentence(catalog_told.sentence(standing, waiting, to_do))
else:
    widgets.empty("listings")
    widgets.note(t("listings.empty_start"))
saved.bar()
with st.container(key="parts"):
    part = links.choice(
        st.segmented_control,
        t("listings.part"),
        tuple(PARTS),
        "part",
        lambda name: t(f"listings.parts.{name}"),
        default=catalog_told.first_part(standing, waiting),
        label_visibility="collapsed",
        required=True,
    )
if standing.variants and part in catalog_told.WITH_TILES:
    widgets.tiles(catalog_told.tiles(standing, waiting, to_do))
PARTS[part]()
if to_do and part == "table":
    catalog_told.to_do_table(to_do)
