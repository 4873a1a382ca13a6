"""Stock: what is on the shelf and what runs out, what was sold twice, counting, holds, every movement."""

import streamlit as st

from dashboard import (
    data,
    links,
    saved,
    stock_counting,
    stock_holding,
    stock_one,
    stock_table,
    stock_waiting,
    stocking,
    widgets,
)
from dashboard.words import t
from shop import counting, returns, shelf

PARTS = {
    "todo": stock_waiting.todo,
    "table": stock_table.table,
    "count": stock_counting.count,
    "holds": stock_holding.holding,
    "one": stock_one.one,
    "history": stocking.history,
}

standing = data.ask(shelf.standing, stocking.now())
if not standing.is_counted and not standing.uncounted:
    stocking.no_catalog()
    st.stop()

back = len(data.ask(returns.expected))
is_open = bool(data.ask(counting.counts))
widgets.sentence(stocking.sentence(standing, back))
saved.bar()
links.begin("stock", stocking.first_part(standing, is_open=is_open))
with st.container(key="parts"):
    part = links.choice(
        st.segmented_control,
        t("stock.part"),
        tuple(PARTS),
        "stock",
        lambda name: stocking.part_name(name, standing, back),
        label_visibility="collapsed",
        required=True,
    )
if stocking.has_tiles(standing, part):
    widgets.tiles(stocking.tiles(standing))
PARTS[part]()
