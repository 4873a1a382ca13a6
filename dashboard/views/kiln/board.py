"""Batches on the board, what is recorded next of each, new batches, and the kilns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from html import escape
from typing import Any

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text.choices import distinct_labels
from dashboard.text.markdown import literal
from dashboard.ui import cache, feedback, tap_counter, text
from dashboard.views.kiln import calendar, common
from shop.kiln import board as kiln_board
from shop.kiln import firings, production
from shop.kiln.batches import CHECKED
from shop.kiln.board import BoardCard, FiringLoad, KilnStatus
from shop.kiln.firings import FUELS
from shop.models.kiln import FIRED, LOSS_REASONS, OPTIONAL, STAGES, BatchStage

DECOR = BatchStage.DECOR_FIRED.value
CHOSEN = "kiln.card"  # the card whose next step is being recorded


def now(status: KilnStatus, on_board: Sequence[BoardCard], today: date) -> None:
    """The part of the page: burning kilns, then the board."""
    calendar.burning(status, today)
    if on_board:
        board(on_board, status, today)
    else:
        text.note(t("kiln.board.none"))
    _kilns(status)


def board(on_board: Sequence[BoardCard], now: KilnStatus, today: date) -> None:
    """Stage next to stage (below each other on a phone), a card for what stands there."""
    used = {card.stage for card in on_board}
    stages = [stage for stage in STAGES[:-1] if stage not in OPTIONAL or stage in used]
    columns = st.columns(len(stages), gap="small")
    for column, stage in zip(columns, stages, strict=True):
        here = [card for card in on_board if card.stage == stage]
        kind = "board" if here else "board-empty"
        with column, st.container(key=f"{kind}-{stage}"):
            pieces = sum(card.pieces for card in here)
            text.heading(t("kiln.board.stage", stage=common.stage(stage), pieces=pieces))
            for card in here:
                _card(card, now, today)


def _card(card: BoardCard, now: KilnStatus, today: date) -> None:
    state = "in" if card.inside else "again" if card.again else "out"
    key = f"{card.batch_id}/{card.stage}/{state}"
    step = card.next_stage or card.stage
    with st.container(border=True, key=f"card-{key}"):
        st.html(_face(card, now, today))
        if card.firing_id:
            return  # it is recorded when the kiln is opened
        chosen = st.session_state.get(CHOSEN)
        if chosen == key:
            _form(card, step, key, now.planned, today)
        elif chosen == f"{key}/decor":
            _form(card, DECOR, f"{key}/decor", now.planned, today)
        else:
            is_loaded = step in FIRED and card.queued
            st.button(
                t(f"kiln.board.{'refire' if card.again else 'load'}", stage=common.stage(step))
                if card.again or is_loaded
                else t(f"kiln.made.{step}"),
                key=f"next-{key}",
                width="stretch",
                on_click=_choose,
                args=(key,),
            )
            if card.again:
                st.button(
                    t("kiln.board.write_off"),
                    key=f"write-off-{key}",
                    type="tertiary",
                    help=t("kiln.board.write_off_tip"),
                    on_click=_write_off,
                    args=(card,),
                )
            elif card.queued and step == CHECKED:
                st.button(
                    t("kiln.board.load", stage=common.stage(DECOR)),
                    key=f"decor-{key}",
                    type="tertiary",
                    help=t("kiln.board.decor_tip"),
                    on_click=_choose,
                    args=(f"{key}/decor",),
                )


def _write_off(card: BoardCard) -> None:
    result = feedback.act(production.write_off, card.batch_id, card.stage)
    if result is not None:
        feedback.report(t("kiln.board.written_off", batch=card.batch_id, pieces=card.again), result.audit_id)


def _face(card: BoardCard, now: KilnStatus, today: date) -> str:
    days = max((today - card.since).days, 0)
    maker = f" · {card.maker}" if card.maker else ""
    since = t("kiln.board.days", days=days) if days else t("kiln.board.today")
    where = _where(card, now)
    state = f"{where} · {since}" if where else t("kiln.board.inside", day=days + 1)
    return (
        f'<div class="kb-part"><b>{escape(card.title)}</b><strong>{card.pieces}</strong>'
        f"<span>{escape(card.batch_id + maker)}</span>"
        f"<span>{escape(state)}</span></div>"
    )


def _where(card: BoardCard, now: KilnStatus) -> str:
    """Whether the pieces wait, are in a kiln, or burn; "" for those being worked on."""
    for load in (*now.burning, *now.planned):
        if load.firing.firing_id == card.firing_id:
            key = "burns" if load.firing.status == "fired" else "loaded"
            return t(f"kiln.board.{key}", kiln=load.kiln.name)
    if card.again:
        return t("kiln.board.again")
    return "" if card.inside else t("kiln.board.waiting")


def _choose(key: str | None) -> None:
    st.session_state[CHOSEN] = key


def _form(card: BoardCard, step: str, key: str, planned: Sequence[FiringLoad], today: date) -> None:
    if step in FIRED and not card.inside and not _without_firing(key):
        _load_form(card, step, key, planned)
        return
    chips = ("second", "unique", *LOSS_REASONS) if step == "checked" else LOSS_REASONS
    counted = tap_counter.tally(key, t("kiln.open.cause"), chips, common.loss_reason_or_grade)
    day = st.date_input(
        t("kiln.day"), value=today, min_value=card.since, max_value=max(today, card.since), key=f"day-{key}"
    )
    lost = sum(count for name, count in counted.items() if name in LOSS_REASONS)
    label = t("kiln.board.save", good=card.pieces - lost, pieces=card.pieces)
    with st.container(key=f"touch-save-{key}"):
        if st.button(label, key=f"save-{key}", type="primary", width="stretch"):
            _save(card, step, key, counted, day)
        st.button(t("kiln.cancel"), key=f"cancel-{key}", width="stretch", on_click=_choose, args=(None,))


def _without_firing(key: str) -> bool:
    """Whether a firing elsewhere (or one that nobody wrote down) is recorded without its kiln."""
    return st.toggle(t("kiln.board.elsewhere"), key=f"elsewhere-{key}")


def _save(card: BoardCard, step: str, key: str, counted: dict[str, int], day: date) -> None:
    losses = {name: count for name, count in counted.items() if name in LOSS_REASONS}
    good = card.pieces - sum(losses.values())
    grades: dict[str, int] | None = None
    if step == "checked":
        grades = {name: counted.get(name, 0) for name in ("second", "unique")}
        grades["prime"] = max(good - sum(grades.values()), 0)
    result = feedback.act(
        production.record_step,
        card.batch_id,
        step,
        losses=losses,
        grades=grades,
        on=day,
        pieces_in=card.pieces if grades is None else None,
        refire=True if card.again else None,
    )
    if result is not None:
        saved = common.saved(card.batch_id, step, good, card.pieces, losses)
        feedback.report(saved, result.audit_id)
        tap_counter.clear(key)
        _choose(None)
    st.rerun()


def _load_form(card: BoardCard, step: str, key: str, planned: Sequence[FiringLoad]) -> None:
    """Which firing the pieces go into, how many, and where they stand."""
    loads = {item.firing.firing_id: item for item in planned if item.firing.stage == step}
    if not loads:
        text.note(t("kiln.board.no_firing", stage=common.stage(step)))
        st.button(t("kiln.cancel"), key=f"cancel-{key}", on_click=_choose, args=(None,))
        return
    firing = st.selectbox(
        t("kiln.board.firing"),
        tuple(loads),
        key=f"firing-{key}",
        format_func=distinct_labels(loads, lambda name: _planned(loads[name])),
    )
    pieces = st.number_input(
        t("kiln.pieces"), min_value=1, max_value=card.pieces, value=card.pieces, key=f"pieces-{key}"
    )
    place = st.pills(
        t("kiln.board.place"), loads[firing].kiln.positions, key=f"place-{key}", format_func=literal
    )
    if st.button(t("kiln.board.put_in"), key=f"save-{key}", type="primary", width="stretch"):
        load = [firings.LoadItem(card.batch_id, int(pieces), place, True if card.again else None)]
        result = feedback.act(firings.load_firing, firing, load)
        if result is not None:
            feedback.report(
                t("kiln.board.put", batch=card.batch_id, pieces=int(pieces), firing=_planned(loads[firing])),
                result.audit_id,
            )
            _choose(None)
        st.rerun()
    st.button(t("kiln.cancel"), key=f"cancel-{key}", width="stretch", on_click=_choose, args=(None,))


def _planned(load: FiringLoad) -> str:
    return t("kiln.board.planned", firing=common.firing(load), day=load.firing.on, fill=load.fill)


# --- new ones ------------------------------------------------------------------------------------


def new(today: date) -> None:
    """A new batch, and a new kiln where there is none."""
    designs = dict(cache.cached(kiln_board.makeable))
    text.heading(t("kiln.new.batch"))
    if not designs:
        text.note(t("kiln.new.no_design"))
        return
    with st.form("new-batch", border=True), st.container(key="touch-new-batch"):
        sku = st.selectbox(
            t("kiln.new.design"),
            tuple(designs),
            key="new-sku",
            format_func=lambda name: f"{designs[name]} · {name}",
        )
        with st.container(horizontal=True):
            pieces = st.number_input(t("kiln.pieces"), min_value=1, value=12, key="new-pieces", width=150)
            day = st.date_input(
                t("kiln.day"),
                value=today,
                max_value=today,
                min_value=today - timedelta(days=365),
                key="new-day",
                width=150,
            )
            maker = st.selectbox(
                t("kiln.new.maker"),
                cache.cached(makers),
                index=None,
                key="new-maker",
                accept_new_options=True,
                width=190,
                placeholder=t("kiln.new.maker_hint"),
            )
        if st.form_submit_button(t("kiln.new.start"), type="primary", key="new-batch-save"):
            result = feedback.act(production.start_batch, sku, int(pieces), on=day, maker=maker)
            if result is not None:
                feedback.report(
                    t(
                        "kiln.new.started",
                        batch=result.batch.batch_id,
                        pieces=int(pieces),
                        title=designs[sku],
                    ),
                    result.audit_id,
                )
            st.rerun()


def makers(db: Any) -> list[str]:
    """The makers of the batches so far, those of the latest batches first."""
    result: list[str] = production.makers(db)
    return result


# --- kilns ---------------------------------------------------------------------------------------


def _kilns(status: KilnStatus) -> None:
    """The kilns of the studio, and the form for a new one."""
    with st.expander(t("kiln.kilns.title", kilns=len(status.kilns)), expanded=not status.kilns):
        for kiln in status.kilns:
            text.note(
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
                area = st.number_input(
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
                    shelf_cm2=int(area),
                    fuel=fuel,
                    positions=places.replace("，", ",").replace("、", ",").split(","),
                )
                if number is not None:
                    feedback.report(t("kiln.kilns.saved", name=name), number)
                st.rerun()
