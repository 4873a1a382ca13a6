"""What one SKU is a set of: its parts, typed as rows and saved with an undo."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import streamlit as st

from dashboard.i18n.messages import t
from dashboard.ui import actor, cache, feedback, text
from shop.db.database import Database
from shop.listings import bulk_edit, catalog_table
from shop.listings.plan import Cell
from shop.metrics.tables import cells
from shop.stock import sets
from shop.stock.sets import MOST_PIECES, SetComponent

SAVES = "parts-saves"


def parts(sku: str) -> None:
    """The parts of a SKU: a table to edit, how many sets they allow, and the button that saves it."""
    stored = cache.cached(_stored, sku)
    title = t("listings.one.set.title_of", count=len(stored)) if stored else t("listings.one.set.title")
    with st.expander(title, expanded=bool(stored)):
        text.note(t("listings.one.set.note"))
        named = cache.cached(catalog_table.named_skus)
        typed = st.data_editor(
            _table(stored),
            key=f"parts-{sku}-{st.session_state.setdefault(SAVES, 0)}",
            num_rows="dynamic",
            hide_index=True,
            width=420,
            column_config={
                "part": st.column_config.SelectboxColumn(
                    t("listings.one.set.part"),
                    options=[name for name in named if name != sku],
                    format_func=lambda name: named.get(str(name), str(name)),
                    width=300,
                    required=True,
                ),
                "pieces": st.column_config.NumberColumn(
                    t("listings.one.set.pieces"),
                    min_value=1,
                    max_value=MOST_PIECES,
                    step=1,
                    default=1,
                    width=90,
                ),
            },
        )
        given = _given(typed)
        if given != stored:
            with st.container(horizontal=True, key="touch-parts"):
                st.button(
                    t("listings.one.set.save"),
                    key="parts-save",
                    type="primary",
                    on_click=_save,
                    args=(sku, given),
                )
                st.button(t("listings.table.discard"), key="parts-discard", on_click=_again)


def _stored(db: Database, sku: str) -> tuple[SetComponent, ...]:
    with db.read() as connection:
        return sets.parts_of(connection, sku)


def _table(stored: tuple[SetComponent, ...]) -> pd.DataFrame:
    rows = [(part.sku, part.pieces) for part in stored]
    return pd.DataFrame(rows, columns=["part", "pieces"]).astype({"part": "string", "pieces": "Int64"})


def _given(typed: pd.DataFrame) -> tuple[SetComponent, ...]:
    """The rows as they are typed; a row without a SKU is not there yet."""
    pieces: Counter[str] = Counter()
    for part, count in zip(cells(typed["part"]), cells(typed["pieces"]), strict=True):
        if part:
            pieces[str(part)] += int(count or 1)
    return tuple(SetComponent(part, count) for part, count in pieces.items())


def _save(sku: str, given: tuple[SetComponent, ...]) -> None:
    cell = Cell("parts", (sku,), sets.parts_text(given) or None)
    planned = bulk_edit.plan(cache.database(), [cell], actor=actor.actor())
    if planned.rejected:
        feedback.store_error(planned.rejected[0].problem)
        return
    if (number := feedback.act(bulk_edit.apply, planned)) is not None:
        _again()
        feedback.report(t("listings.one.set.saved" if given else "listings.one.set.single", sku=sku), number)


def _again() -> None:
    st.session_state[SAVES] = st.session_state.get(SAVES, 0) + 1
