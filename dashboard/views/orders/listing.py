"""Orders as a list: what a search finds, and all of them with filters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from html import escape

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text import catalog, parcels
from dashboard.ui import cache, filters, text, url_state
from dashboard.views.orders import common
from shop import overview
from shop.catalog import photos
from shop.core.enumerations import CARRIERS, STATUSES
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
    """All orders, narrowed by platform, what sold them, status and days; the button names what is chosen."""
    choices = _choices()
    chosen = {item.link: item.chosen() for item in choices}
    words = [item.show(chosen[item.link]) for item in choices if chosen[item.link] != ANY]
    with st.popover(t("orders.all.filters", chosen=" · ".join(words)), key="order-filters"):
        for item in choices:
            url_state.choice(st.selectbox, t(f"orders.all.{item.name}"), item.options, item.link, item.show)
    days = chosen["days"]
    last = filters.view().at.on
    first = None if days == "all" else last - timedelta(days=int(days) - 1)
    wanted = OrderFilter(
        platform=_value(chosen["platform"]),
        carrier=_value(chosen["by"]),
        status=_value(chosen["status"]),
        first_on=first,
    )
    page = cache.cached(search.find_orders, wanted, limit=SHOWN)
    if not page.rows:
        text.note(t("orders.all.none"))
        return
    text.note(_count(page))
    table(page.rows)


@dataclass(frozen=True)
class Choice:
    """A filter of the list: its name, its parameter in the URL, what can be chosen, and the words for that."""

    name: str
    link: str
    options: Sequence[str]
    show: Callable[[str], str]

    def chosen(self) -> str:
        """What the URL names; the first where it names none of them."""
        value = url_state.get(self.link, self.options[0])
        return value if value in self.options else self.options[0]


def _choices() -> tuple[Choice, ...]:
    def named(show: Callable[[str], str]) -> Callable[[str], str]:
        return lambda option: t("orders.all.any") if option == ANY else show(option)

    platforms = cache.cached(overview.cuts).platforms
    return (
        Choice("platform", "platform", (ANY, *platforms), named(catalog.platform)),
        Choice("carrier", "by", (ANY, *CARRIERS), named(lambda name: t(f"orders.carriers.{name}"))),
        Choice("status", "status", (ANY, *STATUSES), named(lambda name: t(f"orders.statuses.{name}"))),
        Choice("days", "days", DAYS, lambda name: t(f"orders.all.last.{name}")),
    )


def _value(option: str) -> str:
    return "" if option == ANY else option


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
