"""Kiln: what is in the making, what burns, what comes out well, and what a piece costs."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.ui import cache, feedback, filters, text, tiles, url_state
from dashboard.ui.money_field import currency
from dashboard.views.kiln import PAGE, board, calendar, common, corrections, curves, materials, prices, yields
from shop.kiln import board as kiln_board

view = filters.view()
format.use_currency(currency())
now = cache.cached(kiln_board.kiln_status)
designs = cache.cached(kiln_board.makeable)
if not designs and not now.batches:
    text.empty("kiln", PAGE.icon)
    st.stop()

on_board = cache.cached(kiln_board.board)
figures = common.figures_of(view)
text.sentence(common.sentence(now, view.period, figures["yield"], view.at.today))
feedback.bar()
tiles.show(common.tiles(now, figures))
parts: dict[str, Callable[[], None]] = {
    "now": partial(board.now, now, on_board, view.at.today),
    "new": partial(board.new, view.at.today),
    "mend": partial(corrections.part, view.at.today),
    "days": partial(calendar.calendar, view.at.today, on_board, now),
    "yields": partial(yields.part, view),
    "curves": partial(curves.part, view),
    "materials": partial(materials.part, view.at.today),
    "prices": prices.part,
}
part = url_state.choice(
    st.segmented_control,
    t("kiln.part"),
    tuple(parts),
    "part",
    lambda name: t(f"kiln.parts_of.{name}"),
    label_visibility="collapsed",
    required=True,
)
parts[part]()
