"""The stock as a table: to look through, a page at a time; or to edit, many cells saved as one."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import partial
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text import catalog
from dashboard.text.metrics import Column, label_of
from dashboard.ui import cache, filters, tables, text, url_state
from dashboard.views.stock import common
from dashboard.views.stock.edit import editor
from shop.catalog import photos
from shop.db.database import Database
from shop.metrics.query import Query
from shop.stock import levels
from shop.stock.levels import ORDERS, SHOWS, LevelFilter
from shop.stock.stock_level import StockLevel

ROWS = 40
LONG = 365  # stock that lasts longer is not shown to the day
ANY, NOWHERE = "*", "-"  # in the link: every place, and what has none
ALL = 1_000_000


def table() -> None:
    """The part of the page: filters, then the table to read or to edit."""
    narrowed, is_edited = _filters()
    if is_edited:
        editor(narrowed)
        return
    over = common.over(filters.view())
    now = common.now()
    result = cache.cached(levels.page, narrowed, url_state.page(), ROWS, over=over, now=now)
    if not result.rows:
        text.note(t("stock.table.no_rows"))
        return
    _list(result.rows)
    pages = -(-result.total // ROWS)
    text.note(
        t("stock.table.rows", rows=result.total) + " · " + t("stock.table.cover_note", days=common.COVER_DAYS)
    )
    url_state.pages(pages)
    tables.download("stock", partial(_whole, cache.database(), narrowed, over), _columns())


def _filters() -> tuple[LevelFilter, bool]:
    places = cache.cached(levels.places)
    with st.container(horizontal=True, vertical_alignment="bottom", key="filters-stock"):
        search = url_state.typed(
            t("stock.table.search"), "find", width=190, placeholder=t("stock.table.search_hint")
        )
        place = url_state.choice(
            st.selectbox,
            t("stock.place"),
            (ANY, *(name or NOWHERE for name in places)),
            "place",
            place_name,
            width=130,
        )
        show = url_state.choice(
            st.selectbox,
            t("stock.table.show"),
            SHOWS,
            "show",
            lambda name: t(f"stock.table.shows.{name}"),
            width=130,
        )
        order = url_state.choice(
            st.selectbox,
            t("stock.table.order"),
            ORDERS,
            "sort",
            lambda name: t(f"stock.table.orders.{name}"),
            width=130,
        )
        is_edited = url_state.turned(t("stock.table.edit"), "edit")
    known: Mapping[str, Any] = {"show": show, "order": order}
    return LevelFilter(search, place_of(place), **known), is_edited


def place_name(name: str) -> str:
    """A place as it is chosen: any of them, none, or by its name."""
    names = {ANY: "stock.places.any", NOWHERE: "stock.places.none"}
    return t(names[name]) if name in names else name


def place_of(name: str) -> str | None:
    """The place that was chosen as the stock filter has it: None is any, "" is none."""
    return None if name == ANY else "" if name == NOWHERE else name


# --- to read ---------------------------------------------------------------------------------------

HEADS = ("name", "place", "on_hand", "held", "free", "cover", "reorder")
NUMBERS = HEADS[2:]


def _list(rows: Sequence[StockLevel]) -> None:
    thumbs = cache.cached(photos.thumbs, tuple(sorted(item.sku for item in rows)))
    heads = "".join(
        f'<th scope="col" class="{_css(name)}" title="{escape(_tip(name))}">'
        f"{escape(t(f'stock.table.{name}'))}</th>"
        for name in HEADS
    )
    st.html(
        f'<table class="kb-shelf"><thead><tr><th class="kb-photo"></th>{heads}</tr></thead><tbody>'
        + "".join(_row(item, thumbs.get(item.sku)) for item in rows)
        + "</tbody></table>"
    )


def _css(name: str) -> str:
    return f"kb-{name} kb-number" if name in NUMBERS else f"kb-{name}"


def _tip(name: str) -> str:
    return t(f"stock.table.tips.{name}") if name in ("free", "cover", "reorder") else ""


def _row(item: StockLevel, thumb: bytes | None) -> str:
    name = (
        f'<a href="{escape(url_state.href(stock="one", sku=item.sku))}" target="_self">'
        f"{escape(item.title)}</a>{_mark(item)}<small>{escape(item.sku)}"
        f'<span class="kb-narrow"> · {escape(item.place or format.UNKNOWN)}</span></small>'
    )
    cells = (
        name,
        escape(item.place or format.UNKNOWN),
        _count(item.on_hand),
        _count(item.reserved or None),
        _count(item.free) + _presale(item),
        escape(lasts(item.cover_days)),
        _count(item.reorder_point),
    )
    return (
        f'<tr><td class="kb-photo">{_picture(thumb)}</td>'
        + "".join(f'<td class="{_css(head)}">{cell}</td>' for head, cell in zip(HEADS, cells, strict=True))
        + "</tr>"
    )


def _picture(thumb: bytes | None) -> str:
    if not thumb:
        return '<span class="kb-nophoto"></span>'
    return f'<img alt="" src="data:image/jpeg;base64,{b64encode(thumb).decode()}">'


def _count(value: int | None) -> str:
    return escape(format.UNKNOWN if value is None else format.whole(value))


def _presale(item: StockLevel) -> str:
    return f"<small>{escape(t('stock.table.presale', pieces=item.presale))}</small>" if item.presale else ""


def _mark(item: StockLevel) -> str:
    """What somebody should look at, in words next to the name; and that it is a set."""
    label = f'<em class="kb-mark kb-set">{escape(t("stock.set.mark"))}</em>' if item.is_set else ""
    return label + _state(item)


def _state(item: StockLevel) -> str:
    if item.is_counted and not item.mark:
        return ""
    name = item.mark or "uncounted"
    return f'<em class="kb-mark kb-{name}">{escape(t(f"stock.marks.{name}", short=item.short))}</em>'


def lasts(days: float | None) -> str:
    """How long the pieces on hand last."""
    if days is None:
        return format.UNKNOWN
    return t("stock.table.long") if days > LONG else t("stock.table.days", days=int(format.rounded(days, 0)))


# --- to download -----------------------------------------------------------------------------------


def _whole(db: Database, narrowed: LevelFilter, over: Query) -> pd.DataFrame:
    """All rows that the filters leave, as a table for a file."""
    result = levels.page(db, narrowed, 1, ALL, over=over)
    return pd.DataFrame(
        [
            (
                item.sku,
                item.title,
                item.place,
                item.on_hand,
                item.reserved,
                item.free,
                item.short,
                item.cover_days,
                item.reorder_point,
            )
            for item in result.rows
        ],
        columns=["sku", "title", "place", "on_hand", "held", "free", "short", "cover", "reorder"],
    ).astype(dict.fromkeys(("on_hand", "held", "free", "short", "reorder"), "Int64"))


def _columns() -> list[Column]:
    return [
        Column("sku", catalog.label("sku")),
        Column("title", t("stock.table.name")),
        Column("place", t("stock.place")),
        Column("on_hand", label_of("on_hand"), "count"),
        Column("held", t("stock.table.held"), "count"),
        Column("free", t("stock.table.free"), "count"),
        Column("short", t("stock.tiles.short"), "count"),
        Column("cover", label_of("stock_cover_days"), "number"),
        Column("reorder", t("stock.table.reorder"), "count"),
    ]
