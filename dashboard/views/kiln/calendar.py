"""The calendar of the kilns: a month at a glance, what burns, and the next firing."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Sequence
from datetime import date, timedelta
from html import escape

import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text.choices import distinct_labels
from dashboard.ui import cache, feedback, text, url_state
from dashboard.views.kiln import common, opening
from shop.kiln import board, firings
from shop.kiln.board import BoardCard, FiringLoad, KilnStatus
from shop.models.kiln import FIRED, OPTIONAL, BatchStage

SOON, PER_ROW = 2, 2  # planned firings that are shown now, and how many are in a row
SHORT = {"bisque": "b", "glaze_fired": "g", "decor_fired": "d"}


def burning(now: KilnStatus, today: date) -> None:
    """The kilns that burn or cool, each with its load and the button that opens it."""
    opening.form(today)
    shown = [
        load
        for load in (*now.burning, *now.planned[:SOON])
        if st.session_state.get(opening.OPENED) != load.firing.firing_id
    ]
    columns = st.columns(PER_ROW, gap="small") if shown else []
    for place, load in enumerate(shown):
        with columns[place % PER_ROW], st.container(border=True, key=f"firing-{load.firing.firing_id}"):
            st.html(_face(load))
            with st.container(horizontal=True, key=f"touch-{load.firing.firing_id}"):
                if load.firing.status == "fired":
                    opening.button(load)
                else:
                    _planned_buttons(load, today)
    if len(now.planned) > SOON:
        text.note(t("kiln.days.more", firings=len(now.planned) - SOON))
    if now.unbilled and common.is_owner():
        _bill(now.unbilled)


def _face(load: FiringLoad) -> str:
    firing = load.firing
    when = t(f"kiln.days.{firing.status}", day=firing.on, opens=load.opens_on or firing.on)
    parts = "".join(
        f"<li>{escape(part.title)} <b>{part.pieces_in}</b><span>{escape(part.position or '')}</span></li>"
        for part in load.parts
    )
    fill = t("kiln.days.fill", fill=load.fill, pieces=load.pieces)
    return (
        f'<div class="kb-load"><b>{escape(common.firing(load))}</b>'
        f"<span>{escape(when)} · {escape(fill)}</span>"
        f'<i class="kb-fill"><i style="width:{min(load.fill, 1):.0%}"></i></i><ul>{parts}</ul></div>'
    )


def _planned_buttons(load: FiringLoad, today: date) -> None:
    firing_id = load.firing.firing_id
    icon = ":material/local_fire_department:"
    lacks = None if load.parts else t("kiln.days.empty")
    if st.button(
        t("kiln.days.light"), key=f"light-{firing_id}", icon=icon, disabled=lacks is not None, help=lacks
    ):
        result = feedback.act(firings.fire, firing_id, on=today)
        if result is not None:
            feedback.report(t("kiln.days.lit", firing=common.firing(load)), result.audit_id)
        st.rerun()
    if st.button(t("kiln.days.call_off"), key=f"off-{firing_id}"):
        result = feedback.act(firings.cancel_firing, firing_id)
        if result is not None:
            feedback.report(t("kiln.days.called_off", firing=common.firing(load)), result.audit_id)
        st.rerun()


def _bill(unbilled: Sequence[str]) -> None:
    """The energy of opened firings, once the bill or the meter is read."""
    with st.expander(t("kiln.bill.title", firings=len(unbilled))), st.form("bill", border=False):
        firing = st.selectbox(t("kiln.board.firing"), unbilled, key="bill-firing")
        bill = opening.energy("bill")
        if st.form_submit_button(t("kiln.bill.save"), key="bill-save"):
            result = feedback.act(firings.bill_firing, firing, bill)
            if result is not None:
                feedback.report(t("kiln.bill.done", firing=firing), result.audit_id)
            st.rerun()


# --- the month -----------------------------------------------------------------------------------


def calendar(today: date, on_board: Sequence[BoardCard], now: KilnStatus) -> None:
    """A month of firings, and the form that plans the next one."""
    month = (url_state.as_day(url_state.get("kiln_month")) or today).replace(day=1)
    with st.container(horizontal=True, vertical_alignment="center", key="touch-month"):
        st.button(
            "‹",
            key="month-before",
            on_click=_turn,
            args=((month - timedelta(days=1)).replace(day=1),),
            help=t("kiln.days.before"),
        )
        text.heading(format.month(f"{month:%Y-%m}"))
        after = (month + timedelta(days=32)).replace(day=1)
        st.button("›", key="month-after", on_click=_turn, args=(after,), help=t("kiln.days.after"))
    loads = cache.cached(board.firing_loads, month, after - timedelta(days=1))
    st.html(_month(month, loads, today))
    text.note(t("kiln.days.legend"))
    plan(today, on_board, now)


def _turn(month: date) -> None:
    url_state.put("kiln_month", month.replace(day=1).isoformat())


def _month(month: date, loads: Sequence[FiringLoad], today: date) -> str:
    marks: dict[date, list[str]] = {}
    for load in loads:
        for day, kind in _days_of(load):
            marks.setdefault(day, []).append(_mark(load, kind))
    heads = "".join(f"<th>{escape(name)}</th>" for name in format.weekdays())
    weeks = "".join(
        f"<tr>{''.join(_cell(day, month, today, marks.get(day, [])) for day in week)}</tr>"
        for week in Calendar().monthdatescalendar(month.year, month.month)
    )
    return f'<table class="kb-month"><tr>{heads}</tr>{weeks}</table>'


def _days_of(load: FiringLoad) -> list[tuple[date, str]]:
    firing = load.firing
    if firing.status == "planned":
        return [(firing.planned_on, "planned")] if firing.planned_on else []
    result = [(firing.fired_on, "fired")] if firing.fired_on else []
    opened = firing.opened_on or load.opens_on
    kind = "opened" if firing.opened_on else "opens"
    return result + ([(opened, kind)] if opened else [])


def _mark(load: FiringLoad, kind: str) -> str:
    tip = f"{common.firing(load)} · {t(f'kiln.days.marks.{kind}')}"
    return (
        f'<i class="kb-{kind} kb-{SHORT[load.firing.stage]}" title="{escape(tip)}">'
        f"<b>{escape(load.kiln.kiln_id)}</b></i>"
    )


def _cell(day: date, month: date, today: date, marks: Sequence[str]) -> str:
    kind = "kb-out" if day.month != month.month else "kb-today" if day == today else ""
    return f'<td class="{kind}"><span>{day.day}</span>{"".join(marks)}</td>'


def plan(today: date, on_board: Sequence[BoardCard], now: KilnStatus) -> None:
    """Plan a firing with what waits for one of its kind."""
    kilns = {item.kiln_id: item for item in now.kilns if not item.is_retired}
    text.heading(t("kiln.plan.title"))
    if not kilns:
        text.note(t("kiln.plan.no_kiln"))
        return
    with st.container(border=True, key="touch-plan"):
        with st.container(horizontal=True):
            kiln = st.selectbox(
                t("kiln.plan.kiln"),
                tuple(kilns),
                key="plan-kiln",
                width=150,
                format_func=distinct_labels(kilns, lambda name: kilns[name].name),
            )
            stage = st.segmented_control(
                t("kiln.plan.stage"),
                FIRED,
                default=FIRED[0],
                required=True,
                key="plan-stage",
                format_func=common.stage,
            )
            day = st.date_input(t("kiln.day"), value=today, key="plan-day", width=150)
        ready = {(card.batch_id, card.stage, bool(card.again)): card for card in _waits(on_board, stage)}
        chosen = st.multiselect(
            t("kiln.plan.load"),
            tuple(ready),
            default=() if stage in OPTIONAL else tuple(ready),
            key=f"plan-load-{stage}",
            format_func=distinct_labels(ready, lambda name: _ready_batches(ready[name])),
            placeholder=t("kiln.plan.nothing"),
        )
        note = st.text_input(t("kiln.plan.note"), key="plan-note", placeholder=t("kiln.plan.note_hint"))
        if st.button(t("kiln.plan.save"), type="primary", key="plan-save"):
            load = [firings.LoadItem(name, refire=again or None) for name, _, again in chosen]
            result = feedback.act(
                firings.plan_firing, kiln, stage, day, load=load, note=note or None, anyway=bool(note)
            )
            if result is not None:
                feedback.report(t("kiln.plan.saved", kiln=kilns[kiln].name, day=day), result.audit_id)
            st.rerun()


def _waits(on_board: Sequence[BoardCard], stage: str) -> list[BoardCard]:
    """What can go into a firing: what waits for it, for the first time or once more; for the decor firing, what is
    through the glaze firing.
    """
    into_decor = stage in OPTIONAL
    return [
        card
        for card in on_board
        if (not card.inside and card.next_stage == stage)
        or (into_decor and card.queued and card.stage == BatchStage.GLAZE_FIRED.value)
    ]


def _ready_batches(card: BoardCard) -> str:
    key = "kiln.plan.card_again" if card.again else "kiln.plan.card"
    return t(key, title=card.title, pieces=card.pieces, batch=card.batch_id)
