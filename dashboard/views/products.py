"""Products: which pieces bring in the money, what the shelf turns over, and what to throw next."""

import streamlit as st

from dashboard import data, frame, performed, widgets

view = frame.view()
if view.at.last_sale is None:
    widgets.empty("products")
    st.stop()

found = data.ask(performed.summary, view.query("gmv"), performed.by())
widgets.sentence(performed.sentence(view, found))
if found.products:
    widgets.tiles(performed.tiles(view, found))
performed.show(performed.part(), view)
