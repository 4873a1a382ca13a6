"""What one SKU is a set of: its parts with their pieces, saved with an undo."""

from __future__ import annotations

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text import markdown
from dashboard.text.choices import distinct_labels
from dashboard.ui import actor, cache, feedback, text
from shop.db.database import Database
from shop.listings import bulk_edit, catalog_table
from shop.listings.bulk_edit import ChangedMeanwhile
from shop.listings.plan import Cell
from shop.stock import sets
from shop.stock.sets import MOST_PIECES, SetComponent

SAVES = "parts-saves"


def parts(sku: str) -> None:
    """The parts of a SKU: a field for the pieces of each, a place to add parts, and the button that saves them."""
    stored = cache.cached(_stored, sku)
    title = t("listings.one.set.title_of", count=len(stored)) if stored else t("listings.one.set.title")
    with st.expander(title, expanded=bool(stored)):
        text.note(t("listings.one.set.note"))
        named = cache.cached(catalog_table.named_skus)
        taken = {part.sku: part.pieces for part in stored}
        version = st.session_state.setdefault(SAVES, 0)
        added = st.multiselect(
            t("listings.one.set.add"),
            [name for name in named if name != sku and name not in taken],
            key=f"parts-added-{sku}-{version}",
            format_func=distinct_labels(named, named.__getitem__),
            placeholder="",
        )
        given = tuple(
            SetComponent(part, pieces)
            for part in (*taken, *added)
            if (pieces := _pieces(part, named.get(part, part), taken.get(part, 1), f"{sku}-{version}"))
        )
        if given != stored:
            with st.container(horizontal=True, key="touch-parts"):
                st.button(
                    t("listings.one.set.save"),
                    key="parts-save",
                    type="primary",
                    on_click=_save,
                    args=(sku, given, stored),
                )
                st.button(t("listings.table.discard"), key="parts-discard", on_click=_again)


def _pieces(part: str, title: str, pieces: int, key: str) -> int:
    """A field for how many of a part the set takes; none takes the part out."""
    label = t("listings.one.set.pieces_of", part=markdown.literal(title))
    return int(st.number_input(label, 0, MOST_PIECES, pieces, 1, key=f"pieces-{part}-{key}", width=340))


def _stored(db: Database, sku: str) -> tuple[SetComponent, ...]:
    with db.read() as connection:
        return sets.parts_of(connection, sku)


def _save(sku: str, given: tuple[SetComponent, ...], shown: tuple[SetComponent, ...]) -> None:
    if _stored(cache.database(), sku) != shown:
        feedback.store_error(ChangedMeanwhile(what=sku))
        _again()
        return
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
