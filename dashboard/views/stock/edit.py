"""The stock as a table to edit: counts, places, reorder points; one look at the changes, one save."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.language import language
from dashboard.i18n.messages import t
from dashboard.text import catalog, errors
from dashboard.ui import actor, cache, feedback, text, url_state
from dashboard.views.stock import common
from dashboard.views.stock.fields import PLACE, fields
from shop.db.database import Database
from shop.listings import stock_edit
from shop.listings.plan import EditPlan
from shop.stock import levels
from shop.stock.levels import LevelFilter
from shop.stock.stock_level import StockLevel

MOST = 5_000
HEIGHT = 430  # what would change has to be in sight below it
SHOWN_CHANGES = 12
TYPED = ("on_hand", "place", "reorder_point")
CELLS = "cells"
FIELDS = (stock_edit.ON_HAND, PLACE, "reorder_point", CELLS)
EDITOR, ROWS, SAVES = "stock-editor", "stock-rows", "stock-saves"


def editor(narrowed: LevelFilter) -> None:
    """Fields or a table to type into, and what the edits would change."""
    key = _key(narrowed)
    skus = _skus(narrowed, key)
    if not skus:
        text.note(t("stock.table.no_rows"))
        return
    rows = _rows(skus)
    field = url_state.choice(
        st.segmented_control,
        t("stock.edit.what"),
        FIELDS,
        "field",
        lambda name: t(f"stock.edit.whats.{name}"),
        label_visibility="collapsed",
        required=True,
    )
    if field != CELLS:
        fields(field, rows)
        return
    with st.container(key="narrow-cells"):
        text.note(t("stock.edit.narrow"))
    with st.container(key="wide-cells"):
        _table(rows, key)
    cells = _cells(rows, st.session_state.get(key, {}).get("edited_rows", {}))
    if cells:
        _review(cells, {level.sku: level.title for level in rows})
    else:
        text.note(t("stock.edit.hint", rows=len(rows)))


def _key(narrowed: LevelFilter) -> str:
    """The editor's key: another view of the stock, and every save, begins without edits."""
    saves = st.session_state.setdefault(SAVES, 0)
    return f"{EDITOR}-{abs(hash((narrowed, language())))}-{saves}"


def _skus(narrowed: LevelFilter, key: str) -> tuple[str, ...]:
    """The SKUs in the order in which this editor began with them: its edits count by row."""
    stored_key, skus = st.session_state.get(ROWS, ("", ()))
    if stored_key != key:
        result = cache.cached(levels.page, narrowed, 1, MOST, now=common.now())
        skus = tuple(level.sku for level in result.rows if not level.is_set)
        st.session_state[ROWS] = (key, skus)
    return tuple(skus)


def _rows(skus: Sequence[str]) -> list[StockLevel]:
    """These SKUs as they stand now; one that left the catalog meanwhile retains its row."""
    known = cache.cached(_all)
    return [known.get(sku) or StockLevel(sku, sku, "", "", "", None, None, 0, 0, 0, False) for sku in skus]


def _all(db: Database) -> dict[str, StockLevel]:
    return {level.sku: level for level in levels.stock_levels(db)}


def _table(rows: Sequence[StockLevel], key: str) -> None:
    table = pd.DataFrame(
        {
            "name": [level.title for level in rows],
            "on_hand": pd.array([level.on_hand for level in rows], "Int64"),
            "place": [level.place or None for level in rows],
            "reorder_point": pd.array([level.reorder_point for level in rows], "Int64"),
            "held": pd.array([level.reserved for level in rows], "Int64"),
            "sku": [level.sku for level in rows],
        }
    ).astype({"name": "string", "sku": "string", "place": "string"})
    number = partial(st.column_config.NumberColumn, format="%d", step=1, width=80)
    st.data_editor(
        table,
        key=key,
        hide_index=True,
        num_rows="fixed",
        placeholder=format.UNKNOWN,
        disabled=["name", "sku", "held"],
        row_height=42,
        height="content" if len(rows) <= 9 else HEIGHT,
        column_config={
            "name": st.column_config.TextColumn(t("stock.table.name"), width=170),
            "sku": st.column_config.TextColumn(catalog.label("sku"), width=120),
            "on_hand": number(t("stock.table.on_hand"), min_value=0, help=t("stock.edit.on_hand_tip")),
            "place": st.column_config.TextColumn(t("stock.place"), width=100),
            "reorder_point": number(t("stock.table.reorder"), min_value=0),
            "held": number(t("stock.table.held")),
        },
    )


def _cells(rows: Sequence[StockLevel], edited: Mapping[Any, Mapping[str, Any]]) -> dict[tuple[str, str], Any]:
    """The typed cells by SKU and column."""
    return {
        (rows[int(place)].sku, name): value
        for place, values in edited.items()
        for name, value in values.items()
        if name in TYPED
    }


def _review(cells: Mapping[tuple[str, str], Any], titles: Mapping[str, str]) -> None:
    """What would be saved and what cannot be, then one button that saves it all."""
    planned = stock_edit.plan(cache.database(), cells, actor=actor.actor())
    with st.container(border=True, key="review"):
        if planned.changes:
            text.heading(t("stock.edit.changes"))
            changes = [*_counts(planned, titles), *_edits(planned, titles)]
            with st.container(gap="xsmall"):
                for line in changes[:SHOWN_CHANGES]:
                    st.text(line)
            if len(changes) > SHOWN_CHANGES:
                text.note(t("stock.edit.more", count=len(changes) - SHOWN_CHANGES))
            if stock_edit.counts_in(planned):
                text.note(_sum(planned))
        if planned.rejected:
            text.heading(t("stock.edit.refused"))
            for level in planned.rejected:
                st.text(
                    t(
                        "stock.edit.refusal",
                        what=titles.get(level.where.key[0], level.where.key[0]),
                        reason=errors.error(level.problem),
                    )
                )
        with st.container(horizontal=True, key="touch-review"):
            if planned.changes:
                st.button(
                    t("stock.edit.save", cells=len(planned.changes)),
                    type="primary",
                    key="save-stock",
                    on_click=_save,
                    args=(planned,),
                )
            st.button(t("stock.edit.discard"), key="discard-stock", on_click=_discard)


def _counts(planned: EditPlan, titles: Mapping[str, str]) -> list[str]:
    """Each count that would change."""
    return [
        t(
            "stock.edit.change",
            what=titles.get(level.key[0], level.key[0]),
            field=t("stock.table.on_hand"),
            before=format.UNKNOWN if level.before is None else level.before,
            after=level.after,
        )
        for level in stock_edit.counts_in(planned)
    ]


def _edits(planned: EditPlan, titles: Mapping[str, str]) -> list[str]:
    """Each place and reorder point that would change."""
    return [
        t(
            "stock.edit.change",
            what=titles.get(level.key[-1], level.key[-1]),
            field=catalog.label(level.field),
            before=catalog.shown(level.field, level.before),
            after=catalog.shown(level.field, level.after),
        )
        for level in planned.changes
        if level.field != stock_edit.ON_HAND
    ]


def _sum(planned: EditPlan) -> str:
    more, fewer = stock_edit.differences(planned)
    return t("stock.edit.sum", more=more, fewer=fewer)


def _save(planned: EditPlan) -> None:
    number = feedback.act(stock_edit.save, planned)
    if number is not None:
        _discard()
        feedback.report(
            t("stock.edit.saved", cells=len(planned.changes)), partial(common.undo_change, number)
        )


def _discard() -> None:
    st.session_state[SAVES] = st.session_state.get(SAVES, 0) + 1
    st.session_state.pop(ROWS, None)
