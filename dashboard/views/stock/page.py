"""Stock: what is on the shelf and what runs out, what was sold twice, counting, holds, every movement."""

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.ui import cache, feedback, text, tiles, url_state
from dashboard.views.stock import common, count, reservations, sku, table, todo
from shop.stock import count_sheet, levels, returns

PARTS = {
    "todo": todo.todo,
    "table": table.table,
    "count": count.count,
    "holds": reservations.holding,
    "one": sku.one,
    "history": common.history,
}

standing = cache.cached(levels.summary, common.now())
if not standing.is_counted and not standing.uncounted:
    common.no_catalog()
    st.stop()

back = len(cache.cached(returns.expected))
is_open = bool(cache.cached(count_sheet.counts))
text.sentence(common.sentence(standing, back))
feedback.bar()
url_state.begin("stock", common.first_part(standing, is_open=is_open))
with st.container(key="parts"):
    part = url_state.choice(
        st.segmented_control,
        t("stock.part"),
        tuple(PARTS),
        "stock",
        lambda name: common.part_name(name, standing, back),
        label_visibility="collapsed",
        required=True,
    )
if common.has_tiles(standing, part):
    tiles.show(common.tiles(standing))
PARTS[part]()
