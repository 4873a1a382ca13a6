"""What to show in the first twenty minutes of the next session: a list to print or to store on the phone."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.i18n.messages import t
from dashboard.reports import show_list
from dashboard.text.metrics import Column
from dashboard.ui import actor, cache, tables, text
from dashboard.ui.filters import View
from dashboard.views.live import common
from dashboard.views.live.marking import PLATFORMS, platform_choice
from shop.streams.show_list import RankedItem, ranking


def show(view: View) -> None:
    """The list of one platform, with why each piece is on it, its stock, price and floor."""
    common.hide_filters()
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        common.back("sessions")
        usual = view.platforms[0] if view.platforms and view.platforms[0] in PLATFORMS else PLATFORMS[0]
        platform = platform_choice(usual)
    items = cache.cached(ranking, platform, actor=actor.actor())
    if not items:
        text.sentence(t("live.next.none"))
        text.note(t("live.next.none_hint"))
        return
    text.sentence(t("live.next.sentence", first=items[0].title, count=len(items)))
    st.html(show_list.table(items))
    text.note(t("live.next.note"))
    with st.container(horizontal=True, key="download-show-list"):
        st.download_button(
            t("live.next.print"),
            show_list.page(items, platform),
            file_name="kilnboard-show-list.html",
            mime="text/html",
            key="show-list-print",
            type="tertiary",
            icon=":material/print:",
            on_click="ignore",
        )
    tables.download("show-list-table", _table(items), _columns())


def _table(items: list[RankedItem]) -> pd.DataFrame:
    rows = [
        (
            place,
            item.title,
            item.sku,
            item.free,
            item.price_cents,
            item.floor_cents,
            item.currency,
            item.units,
            item.more,
        )
        for place, item in enumerate(items, 1)
    ]
    names = ["place", "title", "sku", "free", "price", "floor", "currency", "units", "more"]
    whole = dict.fromkeys(("place", "free", "price", "floor", "units"), "Int64")
    return pd.DataFrame(rows, columns=names).astype(whole | {"more": "Float64"})


def _columns() -> list[Column]:
    return [
        Column("place", t("live.next.place"), "count"),
        Column("title", t("live.next.piece")),
        Column("sku", t("live.products.sku")),
        Column("free", t("live.next.free"), "count"),
        Column("price", t("live.next.price"), "money"),
        Column("floor", t("live.next.floor"), "money"),
        Column("currency", t("live.next.currency")),
        Column("units", t("live.next.units"), "count"),
        Column("more", t("live.next.more"), "number"),
    ]
