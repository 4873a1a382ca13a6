"""Opening a kiln with the phone in one hand: what did not come out well, tap by tap, saved at once."""

from __future__ import annotations

from datetime import date

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.ui import cache, feedback, tap_counter, text
from dashboard.ui.money_field import money_input
from dashboard.views.kiln import common
from shop.kiln import board, firings
from shop.kiln.batches import UNFINISHED
from shop.kiln.board import FiringLoad, LoadPart
from shop.kiln.firings import Bill, OpeningResult
from shop.models.kiln import LOSS_REASONS

OPENED = "kiln.opening"  # the firing whose opening is being recorded
AT = "kiln.opening.at"  # the part whose losses are being counted


def button(load: FiringLoad) -> None:
    """The button that begins to record an opening."""
    st.button(
        t("kiln.open.begin"),
        key=f"open-{load.firing.firing_id}",
        type="primary",
        icon=":material/mode_heat_off:",
        on_click=_begin,
        args=(load.firing.firing_id,),
    )


def _begin(firing_id: str) -> None:
    st.session_state[OPENED] = firing_id
    st.session_state.pop(AT, None)


def _end() -> None:
    firing_id = st.session_state.pop(OPENED, None)
    if firing_id:
        for part in cache.cached(board.firing_load, firing_id).parts:
            tap_counter.clear(_key(firing_id, part))


def is_open() -> bool:
    """Whether an opening is being recorded."""
    return OPENED in st.session_state


@st.fragment
def form(today: date) -> None:
    """The load, part by part, with what was lost of it; and the button that saves all of it."""
    firing_id = st.session_state.get(OPENED)
    if firing_id is None:
        return
    load = cache.cached(board.firing_load, firing_id)
    with st.container(border=True, key="kiln-opening"):
        text.heading(t("kiln.open.title", firing=common.firing(load)))
        text.note(t("kiln.open.hint"))
        for part in load.parts:
            _part(firing_id, part)
        counted = {part: tap_counter.counts(_key(firing_id, part)) for part in load.parts}
        lost = sum(map(tap_counter.total, counted.values()))
        when, bill = _rest(load, today)
        label = t("kiln.open.save", good=load.pieces - lost, pieces=load.pieces)
        with st.container(key="touch-opening-save"):
            if st.button(label, key="opening-save", type="primary", width="stretch"):
                _save(load, counted, lost, when, bill)
            if st.button(t("kiln.cancel"), key="opening-cancel", width="stretch"):
                _end()
                st.rerun()


def _key(firing_id: str, part: LoadPart) -> str:
    return f"{firing_id}/{part.batch_id}/{part.part}"


def _part(firing_id: str, part: LoadPart) -> None:
    key = _key(firing_id, part)
    counted = tap_counter.counts(key)
    lost = tap_counter.total(counted)
    place = f" · {part.position}" if part.position else ""
    with st.container(key=f"load-{key}"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.html(_line(part, place, counted, lost))
            st.button(
                t("kiln.open.lost"),
                key=f"lost-{key}",
                icon=":material/heart_broken:",
                on_click=_turn,
                args=(key,),
            )
        if st.session_state.get(AT) == key:
            tap_counter.tally(key, t("kiln.open.cause"), LOSS_REASONS, common.loss_reason)


def _line(part: LoadPart, place: str, counted: dict[str, int], lost: int) -> str:
    from html import escape

    losses = t("kiln.between").join(f"{common.loss_reason(name)} {count}" for name, count in counted.items())
    figure = t("kiln.open.out", out=part.pieces_in - lost, pieces=part.pieces_in)
    return (
        f'<div class="kb-part"><b>{escape(part.title)}</b><span>{escape(part.batch_id + place)}</span>'
        f"<strong>{escape(figure)}</strong>" + (f"<em>{escape(losses)}</em>" if losses else "") + "</div>"
    )


def _turn(key: str) -> None:
    now = st.session_state.get(AT)
    st.session_state[AT] = None if now == key else key


def _rest(load: FiringLoad, today: date) -> tuple[date, Bill]:
    """Day and energy: the day is today, the bill may come later."""
    first = load.firing.fired_on or load.firing.planned_on or today
    with st.expander(t("kiln.open.rest")):
        when = st.date_input(
            t("kiln.day"),
            value=max(today, first),
            min_value=first,
            max_value=max(today, first),
            key="opening-day",
        )
        bill = energy("opening")
    return when, bill


def energy(key: str) -> Bill:
    """Fields for what a firing took; what is left empty stays as it is."""
    with st.container(horizontal=True):
        kwh = st.number_input(
            t("kiln.bill.kwh"), min_value=0, value=None, step=1, key=f"{key}-kwh", width=150
        )
        energy_cents = money_input(t("kiln.bill.energy"), f"{key}-energy", step=10.0)
        labour_cents = money_input(t("kiln.bill.labour"), f"{key}-labour", step=10.0)
    return Bill(energy_kwh=kwh, energy_cents=energy_cents, labour_cents=labour_cents)


def _save(
    load: FiringLoad, counted: dict[LoadPart, dict[str, int]], lost: int, when: date, bill: Bill
) -> None:
    came_out = [OpeningResult(part.batch_id, dict(losses), part.part) for part, losses in counted.items()]
    result = feedback.act(firings.record_opening, load.firing.firing_id, came_out, on=when, bill=bill)
    if result is not None:
        again = sum(losses.get(UNFINISHED, 0) for losses in counted.values())
        key = "kiln.open.done_again" if again else "kiln.open.done"
        feedback.report(
            t(key, firing=common.firing(load), good=load.pieces - lost, lost=lost - again, again=again),
            result.audit_id,
        )
        _end()
    st.rerun()
