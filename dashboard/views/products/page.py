"""Products: which pieces bring in the money, what the stock turns over, and what to make next."""

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.ui import cache, filters, lineage_dialog, text, url_state
from dashboard.views.products import PAGE, sales
from dashboard.views.products.parts import PARTS

view = filters.view()
if view.at.last_sale is None:
    text.empty("products", PAGE.icon)
    st.stop()

summary = cache.cached(sales.summary, view.query("gmv"), sales.by())
text.sentence(sales.sentence(view, summary))
if summary.products:
    lineage_dialog.show_tiles(sales.tiles(view, summary))
part = url_state.choice(
    st.segmented_control,
    t("performance.part"),
    tuple(PARTS),
    "look",
    lambda name: t(f"performance.parts.{name}"),
    label_visibility="collapsed",
    required=True,
)
PARTS[part](view)
