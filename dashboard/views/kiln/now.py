"""The kiln room now: what burns and is opened next, the board of all open batches, and the kilns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.ui import feedback, widgets
from dashboard.views.kiln import board, calendar
from shop.kiln import firings
from shop.kiln.board import Card, Standing
from shop.kiln.firings import FUELS


def now(standing: Standing, cards: Sequence[Card], today: date) -> None:
    """The part of the page: burning kilns, then the board."""
    calendar.burning(standing, today)
    if cards:
        board.board(cards, standing, today)
    else:
        widgets.note(t("kiln.board.none"))
    _kilns(standing)


def _kilns(standing: Standing) -> None:
    """The kilns of the studio, and the form for a new one."""
    with st.expander(t("kiln.kilns.title", kilns=len(standing.kilns)), expanded=not standing.kilns):
        for kiln in standing.kilns:
            widgets.note(
                t(
                    "kiln.kilns.line",
                    name=kiln.name,
                    shelf=kiln.shelf_cm2,
                    fuel=t(f"kiln.fuels.{kiln.fuel}"),
                    places=t("kiln.between").join(kiln.positions),
                )
            )
        with st.form("new-kiln", border=False), st.container(key="touch-new-kiln"):
            with st.container(horizontal=True):
                name = st.text_input(t("kiln.kilns.name"), key="kiln-name", width=150)
                shelf = st.number_input(
                    t("kiln.kilns.shelf"),
                    min_value=100,
                    value=9000,
                    step=100,
                    key="kiln-shelf",
                    width=170,
                    help=t("kiln.kilns.shelf_help"),
                )
                fuel = st.selectbox(
                    t("kiln.kilns.fuel"),
                    FUELS,
                    key="kiln-fuel",
                    width=120,
                    format_func=lambda word: t(f"kiln.fuels.{word}"),
                )
                places = st.text_input(
                    t("kiln.kilns.places"), value=t("kiln.kilns.usual_places"), key="kiln-places", width=190
                )
            if st.form_submit_button(t("kiln.kilns.save"), key="kiln-save") and name.strip():
                number = feedback.act(
                    firings.add_kiln,
                    name.strip(),
                    shelf_cm2=int(shelf),
                    fuel=fuel,
                    positions=places.replace("，", ",").replace("、", ",").split(","),
                )
                if number is not None:
                    feedback.say(t("kiln.kilns.saved", name=name), number)
                st.rerun()
