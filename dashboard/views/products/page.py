"""Products: which pieces bring in the money, what the shelf turns over, and what to throw next."""

import streamlit as st

from dashboard.ui import cache, filters, widgets
from dashboard.views.products import sales

view = filters.view()
if view.at.last_sale is None:
    widgets.empty("products")
    st.stop()

found = cache.ask(sales.summary, view.query("gmv"), sales.by())
widgets.sentence(sales.sentence(view, found))
if found.products:
    widgets.tiles(sales.tiles(view, found))
sales.show(sales.part(), view)
