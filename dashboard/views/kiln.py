"""Kiln: what is in the making, what burns, what comes out well, and what a piece costs."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from dashboard import (
    data,
    figures,
    frame,
    kiln_batching,
    kiln_days,
    kiln_materials,
    kiln_mending,
    kiln_prices,
    kiln_room,
    kiln_told,
    kiln_yields,
    links,
    saved,
    widgets,
)
from dashboard.words import t
from shop import kiln_board

view = frame.view()
figures.use_currency(kiln_told.currency())
now = data.ask(kiln_board.standing)
designs = data.ask(kiln_board.makeable)
if not designs and not now.batches:
    widgets.empty("kiln")
    widgets.note(t("kiln.empty_next"))
    st.stop()

cards = data.ask(kiln_board.board)
told = kiln_told.figures_of(view)
widgets.sentence(kiln_told.sentence(now, view.period, told["yield"], view.at.today))
saved.bar()
widgets.tiles(kiln_told.tiles(now, told))
parts: dict[str, Callable[[], None]] = {
    "now": partial(kiln_room.now, now, cards, view.at.today),
    "new": partial(kiln_batching.new, view.at.today),
    "mend": partial(kiln_mending.part, view.at.today),
    "days": partial(kiln_days.calendar, view.at.today, cards, now),
    "yields": partial(kiln_yields.part, view),
    "materials": partial(kiln_materials.part, view.at.today),
    "prices": kiln_prices.part,
}
part = links.choice(
    st.segmented_control,
    t("kiln.part"),
    tuple(parts),
    "part",
    lambda name: t(f"kiln.parts_of.{name}"),
    label_visibility="collapsed",
    required=True,
)
parts[part]()
