"""The catalog as a table to edit: filters, columns by purpose, what would change, saved as one."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.language import language
from dashboard.i18n.messages import t
from dashboard.text import catalog, errors
from dashboard.ui import actor, cache, feedback, text, url_state
from dashboard.views.listings import common, one_field
from shop.catalog import photos
from shop.catalog.fields import BY_NAME, word
from shop.core.money import to_decimal
from shop.listings import bulk_edit, details
from shop.listings.catalog_page import catalog_page
from shop.listings.catalog_table import CatalogFilter
from shop.listings.plan import Cell, EditPlan
from shop.metrics.tables import cells, records
from shop.models.catalog import LISTING_STATES

SETS: Mapping[str, tuple[str, ...]] = {
    "selling": ("status", "listing_price", "price", "listing_title"),
    "shelf": (
        "place",
        "reorder_point",
        "height_mm",
        "width_mm",
        "volume_ml",
        "weight_g",
        "packing",
        "parts",
        "shelf_cm2",
    ),
    "design": (
        "product_title",
        "variant_title",
        "form",
        "glaze",
        "clay",
        "family",
        "is_food_safe",
        "stock_policy",
        "lead_days",
        "grade",
    ),
}
NAMES = ("name", "sku")
ROWS = 60
SHOWN_CHANGES = 12


def table() -> None:
    """The part of the page: filters, the table, and what its edits would change."""
    narrowed, columns = _filters()
    result = cache.cached(catalog_page, narrowed, url_state.page(), ROWS)
    rows = result.table
    if rows.empty:
        text.note(t("listings.table.no_rows"))
        return
    key = _key(narrowed, columns, result.number)
    listed = records(rows)
    with st.container(key="narrow-fields"):
        _one_field(listed, columns)
    with st.container(key="wide-cells"):
        _editor(rows, listed, columns, key)
    cells = _cells(listed, st.session_state.get(key, {}).get("edited_rows", {}))
    if cells:
        _review(cells, key, rows)
    else:
        text.note(t("listings.table.rows", rows=result.total))
        with st.container(key="wide-hint"):
            text.note(t("listings.table.hint"))
        url_state.pages(-(-result.total // ROWS))


def _filters() -> tuple[CatalogFilter, str]:
    with st.container(horizontal=True, vertical_alignment="bottom", key="compared"):
        search = url_state.typed(
            t("listings.table.search"), "q", width=190, placeholder=t("listings.table.search_hint")
        )
        platform = url_state.choice(
            st.selectbox,
            t("listings.table.platform"),
            ("any", *cache.cached(details.platforms)),
            "platform",
            lambda name: t("listings.table.any") if name == "any" else catalog.platform(name),
            width=110,
        )
        status = url_state.choice(
            st.selectbox,
            t("listings.table.status"),
            ("any", *LISTING_STATES),
            "status",
            lambda name: t("listings.table.any") if name == "any" else catalog.state(name),
            width=110,
        )
        lacking = url_state.choice(
            st.selectbox,
            t("listings.table.lacking"),
            ("any", "measures", "photo"),
            "lacking",
            lambda name: t("listings.table.any") if name == "any" else t(f"listings.table.lacks.{name}"),
            width=130,
        )
        columns = url_state.choice(
            st.segmented_control,
            t("listings.table.columns"),
            tuple(SETS),
            "columns",
            lambda name: t(f"listings.table.sets.{name}"),
            required=True,
        )
        archived = url_state.turned(t("listings.table.archived"), "archived")
    return CatalogFilter(
        search,
        "" if platform == "any" else platform,
        "" if status == "any" else status,
        lacking="" if lacking == "any" else lacking,
        archived=archived,
    ), columns


def _key(narrowed: CatalogFilter, columns: str, page: int) -> str:
    """The editor's key: another view of the table, and every save, begins without edits."""
    saves = st.session_state.setdefault("editor-saves", 0)
    return f"editor-{abs(hash((narrowed, columns, page, language())))}-{saves}"


def _one_field(listed: list[dict[str, Any]], columns: str) -> None:
    """What a phone shows in place of the table: one of its columns, as a list of plain fields."""
    names = SETS[columns]
    name = st.selectbox(
        t("listings.table.field"), names, key=f"one-field-{columns}", format_func=catalog.label
    )
    one_field.fields("table", name, listed)


def _editor(rows: pd.DataFrame, listed: list[dict[str, Any]], columns: str, key: str) -> None:
    thumbs = cache.cached(photos.thumbs, tuple(sorted({str(sku) for sku in cells(rows["sku"]) if sku})))
    names = SETS[columns]
    shown = {
        "photo": [_picture(thumbs.get(sku)) for sku in cells(rows["sku"])],
        "name": [one_field.row_name(row) for row in listed],
        "sku": rows["sku"],
        "platform": [catalog.platform(name) if name else None for name in cells(rows["platform"])],
    }
    frame_ = pd.DataFrame(shown | {name: _values(listed, name) for name in names})
    st.data_editor(
        frame_,
        key=key,
        hide_index=True,
        placeholder=format.UNKNOWN,
        num_rows="fixed",
        row_height=44,
        disabled=["photo", "name", "sku", "platform"],
        height="content" if len(rows) <= 12 else 560,
        column_config={
            "photo": st.column_config.ImageColumn(t("listings.table.photo"), width=52),
            "name": st.column_config.TextColumn(catalog.label("product_title"), width=190),
            "sku": st.column_config.TextColumn(catalog.label("sku"), width=110),
            "platform": st.column_config.TextColumn(catalog.label("platform"), width=76),
            **{name: _config(name) for name in names},
        },
    )


def _picture(thumb: bytes | None) -> str | None:
    return f"data:image/jpeg;base64,{b64encode(thumb).decode()}" if thumb else None


def _values(listed: list[dict[str, Any]], name: str) -> list[Any]:
    """The stored values of a column as they are shown and typed."""
    return [_typed_like(name, one_field.stored(name, row), row) for row in listed]


def _typed_like(name: str, value: Any, row: Mapping[str, Any]) -> Any:
    kind = BY_NAME[name].kind
    if value is None:
        return None
    if kind == "money":
        currency = row["listing_currency"] if BY_NAME[name].table == "listing" else row["currency"]
        return float(to_decimal(int(value), currency))
    if kind == "truth":
        return word("yes" if value else "no", language())
    return word(str(value), language()) if kind == "choice" else value


def _config(name: str) -> Any:
    what, label = BY_NAME[name], catalog.label(name)
    if what.kind == "money":
        return st.column_config.NumberColumn(label, format="%,.2f", min_value=0, width=92)
    if what.kind == "count":
        return st.column_config.NumberColumn(label, format="%d", min_value=0, step=1, width=92)
    if what.kind in ("choice", "truth"):
        known = what.choices or ("yes", "no")
        options = [word(item, language()) for item in known]
        return st.column_config.SelectboxColumn(label, options=options, width=92)
    return st.column_config.TextColumn(label, width=150)


# --- what the edits would change -------------------------------------------------------------------


def _cells(listed: list[dict[str, Any]], edited: Mapping[Any, Mapping[str, Any]]) -> list[Cell]:
    """The typed cells, by the fields and rows that they are of."""
    result = []
    for place, values in edited.items():
        row = listed[int(place)]
        for name, value in values.items():
            key = tuple(str(row[part] or "") for part in bulk_edit.KEYS[BY_NAME[name].table])
            result.append(Cell(name, key, value))
    return result


def _review(cells: Sequence[Cell], key: str, rows: pd.DataFrame) -> None:
    """What would be saved and what cannot be, then one button that saves it all."""
    planned = bulk_edit.plan(cache.database(), cells, actor=actor.actor())
    with st.container(border=True, key="review"):
        if planned.changes:
            text.heading(t("listings.table.changes"))
            for item in planned.changes[:SHOWN_CHANGES]:
                st.text(
                    t(
                        "listings.table.change",
                        what=_titled(rows, item.key),
                        field=catalog.label(item.field),
                        before=catalog.shown(item.field, item.before, item.currency),
                        after=catalog.shown(item.field, item.after, item.currency),
                    )
                )
            if len(planned.changes) > SHOWN_CHANGES:
                text.note(t("listings.table.more", count=len(planned.changes) - SHOWN_CHANGES))
        if planned.rejected:
            text.heading(t("listings.table.refused"))
            for rejected in planned.rejected:
                st.text(
                    t(
                        "listings.table.refusal",
                        what=_titled(rows, rejected.where.key),
                        reason=errors.error(rejected.problem),
                    )
                )
        with st.container(horizontal=True, key="touch-review"):
            if planned.changes:
                st.button(
                    t("listings.table.save", cells=len(planned.changes)),
                    type="primary",
                    key="save-cells",
                    on_click=_save,
                    args=(planned,),
                )
            st.button(t("listings.table.discard"), key="discard-cells", on_click=_discard)


def _titled(rows: pd.DataFrame, key: tuple[str, ...]) -> str:
    """What a changed row is called."""
    for row in records(rows):
        if key[-1] in (row["listing_id"], row["sku"], row["product_code"]):
            return one_field.row_name(row) or key[-1]
    return key[-1]


def _save(planned: EditPlan) -> None:
    number = feedback.act(bulk_edit.apply, planned)
    if number is not None:
        _discard()
        feedback.report(common.saved(len(planned.changes)), number)


def _discard() -> None:
    st.session_state["editor-saves"] = st.session_state.get("editor-saves", 0) + 1
