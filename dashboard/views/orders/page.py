"""Orders: what must leave today, picking and packing, what waits, every order by any part of its number."""

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.ui import cache, feedback, filters, text, url_state
from dashboard.views.orders import common, listing, one, pick, presale, send
from shop.orders import parcels

PARTS = {
    "send": send.send,
    "pick": pick.pick,
    "waiting": send.delayed,
    "presale": presale.deposits,
    "all": listing.every_order,
}

if filters.first_sale() is None:
    text.empty("orders", "local_shipping")
    st.stop()

outbox = cache.cached(parcels.outbox)
text.sentence(common.sentence(outbox))
feedback.bar()
with st.container(key="touch-search"):
    wanted = url_state.typed(
        t("orders.search"), "q", placeholder=t("orders.search_hint"), label_visibility="collapsed"
    )
if url_state.get("order"):
    one.one()
elif wanted:
    listing.matching_orders(wanted)
else:
    with st.container(key="parts"):
        part = url_state.choice(
            st.segmented_control,
            t("orders.part"),
            tuple(name for name in PARTS if name != "presale" or common.sees_sums()),
            "orders",
            lambda name: common.part_name(name, outbox),
            label_visibility="collapsed",
            required=True,
        )
    PARTS[part]()
