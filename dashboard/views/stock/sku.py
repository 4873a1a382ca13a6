"""One SKU: what is there, quick commands for what happened to it, and its ledger: who, when, why."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text import catalog
from dashboard.text.metrics import Column
from dashboard.text.safety.audit import person_name
from dashboard.text.tiles import Tile
from dashboard.ui import actor, cache, feedback, filters, tables, text, tiles, url_state
from dashboard.views.stock import common
from dashboard.views.stock import table as stock_table
from dashboard.views.stock.todo import headed
from shop.catalog import photos
from shop.stock import adjustments, history, levels
from shop.stock import counts as stocktakes
from shop.stock.history import HistoryEntry
from shop.stock.stock_level import PartLevel, StockLevel

LEDGER = 60
SET_REASONS: tuple[adjustments.ManualReason, ...] = ("sold", "returned", "broken")
BACK_SHOWN = 5


def one() -> None:
    """The part of the page: choose a SKU, then everything about its stock."""
    named = common.names()
    if not named:
        text.note(t("stock.one.none"))
        return
    known = tuple(named)
    sku = url_state.choice(
        st.selectbox, t("stock.one.pick"), known, "sku", named.__getitem__, default=known[0]
    )
    result = cache.cached(levels.stock_levels, common.now(), (sku,))
    if not result:
        text.note(t("stock.one.none"))
        return
    (row,) = levels.with_cover(cache.database(), result, common.over(filters.view()))
    headed(
        cache.cached(photos.thumbs, (sku,)).get(sku), row.title, " · ".join(filter(None, (sku, row.place)))
    )
    if row.is_counted:
        tiles.show(_tiles(row))
    else:
        text.note(t("stock.one.set_uncounted" if row.is_set else "stock.one.uncounted"))
    if row.is_set:
        _parts(row)
    _actions(row)
    if row.is_counted and not row.is_set and actor.actor().may("set_presale"):
        _presale(row)
    _ledger(cache.cached(history.movements, sku, limit=LEDGER))


def _tiles(row: StockLevel) -> list[Tile]:
    return [
        Tile(
            t("stock.table.on_hand"),
            format.count(row.on_hand),
            base=t("stock.one.place", place=row.place or format.UNKNOWN),
            tip=t("stock.table.tips.on_hand"),
        ),
        Tile(t("stock.table.held"), format.count(row.reserved), tip=t("stock.table.tips.held")),
        Tile(
            t("stock.table.free"),
            format.count(row.free),
            base=t("stock.table.presale", pieces=row.presale) if row.presale else "",
            tip=t("stock.table.tips.free"),
        ),
        Tile(
            t("stock.table.cover"),
            stock_table.lasts(row.cover_days),
            base=t("stock.one.reorder", pieces=row.reorder_point) if row.reorder_point is not None else "",
            tip=t("stock.table.tips.cover"),
        ),
    ]


def _parts(row: StockLevel) -> None:
    """What the set takes, and which part limits it."""
    text.heading(t("stock.set.title"))
    table = pd.DataFrame(
        [
            (part.title, part.sku, part.pieces, part.free, part.short or None, _limit(part))
            for part in row.parts
        ],
        columns=["name", "sku", "takes", "free", "short", "limits"],
    ).astype(dict.fromkeys(("takes", "free", "short"), "Int64"))
    columns = [
        Column("name", t("stock.table.name")),
        Column("sku", catalog.label("sku")),
        Column("takes", t("stock.set.takes"), "count"),
        Column("free", t("stock.table.free"), "count"),
        Column("short", t("stock.tiles.short"), "count"),
        Column("limits", t("stock.set.limits")),
    ]
    tables.show(f"parts-{row.sku}", table, columns)
    text.note(t("stock.set.note"))


def _limit(part: PartLevel) -> str:
    if part.free is None:
        return t("stock.marks.uncounted")
    return t("stock.set.limit") if part.limits else ""


# --- what happened to it ---------------------------------------------------------------------------


def _actions(row: StockLevel) -> None:
    """Produced, broken, sold by hand, returned; or: there are so many."""
    with st.container(border=True, key="touch-verbs"):
        text.heading(t("stock.one.what"))
        reason = st.segmented_control(
            t("stock.one.what"),
            SET_REASONS if row.is_set else (*adjustments.MANUAL_REASONS, "counted"),
            key=f"reason-{row.sku}",
            required=True,
            default="sold" if row.is_set else "broken" if row.is_counted else "counted",
            format_func=lambda name: t(f"stock.one.verbs.{name}"),
            label_visibility="collapsed",
        )
        counts = reason == "counted"
        with st.container(horizontal=True, vertical_alignment="bottom"):
            pieces = st.number_input(
                t("stock.one.there_are" if counts else "stock.one.pieces"),
                0 if counts else 1,
                max(stocktakes.MOST_PIECES, row.on_hand or 0),
                key=f"verb-{reason}-{row.sku}",
                value=max(row.on_hand or 0, 0) if counts else 1,
                step=1,
                width=170,
            )
            why = st.text_input(
                t("stock.one.why"),
                key=f"why-{row.sku}",
                width=260,
                max_chars=200,
                placeholder=t(f"stock.one.hints.{reason}"),
                disabled=counts,
            )
            st.button(
                t("stock.one.book"),
                key="book",
                type="primary",
                on_click=_book,
                args=(row.sku, reason, int(pieces), why),
            )
        if counts:
            text.note(t("stock.edit.on_hand_tip"))


def _book(sku: str, reason: adjustments.ManualReason | str, pieces: int, why: str) -> None:
    if reason == "counted":
        number = feedback.act(stocktakes.set_counts, {sku: pieces})
        if number is not None:
            common.done(t("stock.one.counted", pieces=pieces), count_id=number)
        return
    number = feedback.act(adjustments.record, reason, sku, pieces, why=why.strip() or None)
    if number is not None:
        st.session_state[f"why-{sku}"] = ""
        common.done(t(f"stock.one.done.{reason}", pieces=pieces), movements=[number])


def _presale(row: StockLevel) -> None:
    """How many may be sold before they are there; only the owner sees and sets it."""
    with st.expander(t("stock.presale.title", pieces=row.presale)):
        text.note(t("stock.presale.note"))
        with st.container(horizontal=True, vertical_alignment="bottom", key="touch-presale"):
            pieces = st.number_input(
                t("stock.presale.pieces"),
                0,
                step=1,
                value=row.presale,
                key=f"presale-{row.sku}-{row.presale}",
                width=170,
            )
            st.button(t("stock.presale.save"), key="presale", on_click=_allow, args=(row.sku, int(pieces)))


def _allow(sku: str, pieces: int) -> None:
    allow = partial(adjustments.set_presale, cache.database(), sku, pieces, actor=actor.actor())
    if feedback.tried(allow):
        feedback.report(t("stock.presale.saved", pieces=pieces))


# --- its ledger ------------------------------------------------------------------------------------


def _ledger(result: Sequence[HistoryEntry]) -> None:
    text.heading(t("stock.ledger.title"))
    if not result:
        text.note(t("stock.ledger.none"))
        return
    back = [item for item in result if item.can_undo][:BACK_SHOWN]
    for item in back:
        with st.container(
            horizontal=True,
            horizontal_alignment="distribute",
            vertical_alignment="center",
            key=f"moved-{item.movement_id}",
        ):
            text.note(f"{common.when(item.booked_at)} · {_reason(item)} {signed(item.on_hand)}")
            st.button(
                t("stock.ledger.back"),
                key=f"move-back-{item.movement_id}",
                type="tertiary",
                icon=":material/undo:",
                on_click=_undo,
                args=(item.movement_id,),
            )
    table = pd.DataFrame(
        [
            (
                common.when(item.booked_at),
                _reason(item),
                item.on_hand or None,
                item.reserved or None,
                item.after,
                _why(item),
                person_name(item.actor),
            )
            for item in result
        ],
        columns=["when", "reason", "on_hand", "held", "after", "why", "who"],
    ).astype({"on_hand": "Int64", "held": "Int64"})
    tables.show(
        "ledger",
        table,
        [
            Column("when", t("stock.ledger.when")),
            Column("reason", t("stock.ledger.reason")),
            Column("on_hand", t("stock.table.on_hand"), "pieces"),
            Column("after", t("stock.ledger.after"), "count"),
            Column("held", t("stock.table.held"), "pieces"),
            Column("why", t("stock.ledger.why")),
            Column("who", t("stock.ledger.who")),
        ],
    )


def signed(pieces: int) -> str:
    """A change of pieces with its sign; nothing for none."""
    if not pieces:
        return ""
    return f"+{pieces}" if pieces > 0 else f"{format.MINUS}{-pieces}"


def _reason(item: HistoryEntry) -> str:
    """What a movement was; one that undoes another shows it."""
    if item.undoes is not None:
        return t("stock.ledger.undoes", reason=t(f"stock.ledger.reasons.{item.reason}"))
    if item.reason == "sold" and item.on_hand > 0:
        return t("stock.ledger.reasons.unsold")
    return t(f"stock.ledger.reasons.{item.reason}")


def _why(item: HistoryEntry) -> str:
    """What caused a movement, as far as it is known."""
    parts = [
        common.order(item.platform, item.order_id) if item.platform and item.order_id else "",
        t("stock.ledger.batch", batch=item.batch_id) if item.batch_id else "",
        t("stock.ledger.count", count=item.count_id) if item.count_id else "",
        t("stock.ledger.hold", hold=item.reservation_id) if item.reservation_id else "",
        item.note or "",
    ]
    return " · ".join(filter(None, parts))


def _undo(movement: int) -> None:
    db = cache.database()
    from shop.undo import stock

    number = stock.number_of(db, movements=[movement])
    action = (
        partial(common.undo_change, number)
        if number
        else partial(adjustments.undo, db, [movement], actor=actor.actor())
    )
    if feedback.tried(action):
        feedback.report(t("stock.undone"))
