"""Orders as a list: what a search finds, and all of them with filters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from html import escape

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text import catalog, parcels
from dashboard.ui import cache, filters, text, url_state
from dashboard.views.orders import common
from shop import overview
from shop.catalog import photos
from shop.models.orders import CARRIERS, STATUSES
from shop.orders import search
from shop.orders.search import OrderFilter, OrderPage, OrderSummary

ANY = "any"
DAYS = ("30", "7", "90", "365", "all")
SHOWN = 60


def matching_orders(wanted: str) -> None:
    """What a search finds: by number, then by product, SKU, province or note; of all days."""
    page = cache.cached(search.find_orders, OrderFilter(text=wanted), limit=SHOWN)
    if not page.rows:
        text.note(t("orders.all.nothing", wanted=wanted))
        return
    text.note(_count(page))
    table(page.rows)


def every_order() -> None:
    """All orders, narrowed by platform, what sold them, status and days."""
    platforms = cache.cached(overview.cuts).platforms
    with st.container(horizontal=True, key="order-filters"):
        chosen = {
            "platform": _select("platform", "platform", platforms, catalog.platform),
            "carrier": _select("carrier", "by", CARRIERS, lambda name: t(f"orders.carriers.{name}")),
            "status": _select("status", "status", STATUSES, lambda name: t(f"orders.statuses.{name}")),
        }
        days = url_state.choice(
            st.selectbox,
            t("orders.all.days"),
            DAYS,
            "days",
            lambda name: t(f"orders.all.last.{name}"),
            width=150,
        )
    last = filters.view().at.on
    first = None if days == "all" else last - timedelta(days=int(days) - 1)
    page = cache.cached(
        search.find_orders, OrderFilter("", **chosen, first_on=first, last_on=None), limit=SHOWN
    )
    if not page.rows:
        text.note(t("orders.all.none"))
        return
    text.note(_count(page))
    table(page.rows)


def _select(name: str, link: str, options: Sequence[str], show: Callable[[str], str]) -> str:
    chosen = url_state.choice(
        st.selectbox,
        t(f"orders.all.{name}"),
        (ANY, *options),
        link,
        lambda option: t("orders.all.any") if option == ANY else show(option),
        width=150,
    )
    return "" if chosen == ANY else chosen


def _count(page: OrderPage) -> str:
    return t("orders.all.cut" if page.is_cut else "orders.all.count", count=len(page.rows))


def table(rows: Sequence[OrderSummary]) -> None:
    """The orders as lines that open at a tap, in one piece of HTML."""
    thumbs = cache.cached(photos.thumbs, common.skus(rows))
    clock, sees_sums = common.zone(), common.sees_sums()
    lines = []
    for row in rows:
        amount = " · " + catalog.money(row.buyer_paid_cents, row.currency) if sees_sums else ""
        when = common.when(row.paid_at or row.created_at, clock)
        details = f"{when} · {t(f'orders.statuses.{row.status}')} · {row.province or ''}{amount}"
        picture = common.photo(next((thumbs[line.sku] for line in row.lines if line.sku in thumbs), None))
        lines.append(
            f'<a class="kb-line kb-open" href="{escape(common.order_href(row))}" target="_self">{picture}<div>'
            f"<b>{escape(parcels.contents(row))}</b><small>{escape(catalog.platform(row.platform))} "
            f"{escape(row.order_id)}</small><small>{escape(details)}</small></div></a>"
        )
    st.html("".join(lines))
