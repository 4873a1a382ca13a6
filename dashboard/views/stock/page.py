"""Stock: what is in stock and what runs out, what was sold twice, counting, reservations, every movement."""

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.ui import cache, feedback, text, tiles, url_state
from dashboard.views.stock import PAGE, common, count, labels, reservations, sku, table, todo
from shop.stock import count_page, levels, returns

PARTS = {
    "todo": todo.todo,
    "table": table.table,
    "count": count.count,
    "holds": reservations.reservation_form,
    "one": sku.one,
    "scan": labels.scan,
    "labels": labels.print_labels,
    "history": common.history,
}

summary = cache.cached(levels.summary, common.now())
if not summary.is_counted and not summary.uncounted:
    text.empty("stock", PAGE.icon)
    st.stop()

back = len(cache.cached(returns.expected))
is_open = bool(cache.cached(count_page.counts))
text.sentence(common.sentence(summary, back))
feedback.bar()
url_state.begin("stock", common.first_part(summary, is_open=is_open))
with st.container(key="parts"):
    part = url_state.choice(
        st.segmented_control,
        t("stock.part"),
        tuple(PARTS),
        "stock",
        lambda name: common.part_name(name, summary, back),
        label_visibility="collapsed",
        required=True,
    )
if common.has_tiles(summary, part):
    tiles.show(common.tiles(summary))
PARTS[part]()
