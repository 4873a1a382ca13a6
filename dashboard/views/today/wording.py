"""The Today page in words: its sentence, tiles and lists."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from html import escape

import pandas as pd
import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.messages import has, t
from dashboard.text import metrics, products
from dashboard.text.audience import remarks
from dashboard.text.metrics import direction
from dashboard.text.tiles import Row, Tile, row_of
from dashboard.ui import cache, filters, text, tiles
from shop import overview
from shop.comments import unanswered
from shop.core.periods import Period
from shop.metrics.query import Query
from shop.overview import CHART_DAYS, OpenItems, ReportClock, RunningPeriod

SOLD_ROWS = 8
QUESTION_ROWS = 6


def sentence(at: ReportClock, spans: Sequence[RunningPeriod]) -> str:
    """The day and the month so far in one sentence."""
    day, month = spans[0].figures, spans[-1].figures
    change = month["gmv"].change
    if month["gmv"].now.total is None:
        way = "unknown_now"
    else:
        way = "no_data" if month["gmv"].before.total is None else direction(change)
    is_known = day["gmv"].now.total is not None and day["orders"].now.total is not None
    when = t("today.when.now", at=at.now) if at.now else t("today.when.day", on=at.on)
    return t(
        f"today.sentence.day.{'known' if is_known else 'unknown'}",
        when=when,
        gmv=day["gmv"].now.total,
        orders=day["orders"].now.total,
    ) + t(f"today.sentence.month.{way}", month=month["gmv"].now.total, change=change)


def span_tile(span: RunningPeriod, at: ReportClock) -> Tile:
    """One stretch: gmv with its change, the base in words, and the other figures as small lines."""
    gmv = span.figures["gmv"]
    link = f"growth?period=free&from={span.now.start}&to={span.now.end}"
    return Tile(
        label=t(f"today.span.{span.name}", range=span.now),
        figure=metrics.figure_of(gmv),
        change=metrics.change_of(gmv),
        direction=metrics.direction_of(gmv),
        base=t(
            f"today.base.{span.name}",
            range=span.before,
            gmv=gmv.before.total,
            until=t("today.until", at=at.now) if at.now else "",
        ),
        tip=metrics.meaning_of("gmv"),
        days=span.days,
        rows=tuple(
            replace(row_of(span.figures[name]), link=f"{link}&metric={name}")
            for name in ("net_sales", "orders", "units")
        ),
        link=f"{link}&metric=gmv",
    )


def tiles_of(
    view: filters.View, spans: Sequence[RunningPeriod], open_items: OpenItems, names: Collection[str]
) -> list[tuple[tuple[str, ...], Tile, Query]]:
    """The tiles with the figures that each explains, and the question behind them.

    `names` are the pages that the current user may open.
    """
    shown = [
        (overview.FIGURES, span_tile(span, view.at), view.query(*overview.FIGURES, period=span.now))
        for span in spans
    ]
    return [*shown, ((), open_items_tile(open_items, names), view.query("gmv"))]


def open_items_tile(open_items: OpenItems, names: Collection[str]) -> Tile:
    """What waits for somebody, each with the way to its list, and how old the newest import is."""
    since = open_items.days_since_import
    tasks = (
        (open_items.to_ship, "to_ship", "orders"),
        (open_items.open_questions, "questions", "comments"),
        (open_items.oversold, "oversold", "stock?stock=todo"),
        (open_items.returns, "returns", "stock?stock=todo"),
        (open_items.unmatched, "unmatched", "listings?part=queue"),
        (open_items.unbilled, "unbilled", "kiln?part=days"),
        (open_items.materials, "materials", "kiln?part=materials"),
        (open_items.rejected_rows, "aside", "data"),
        (open_items.low_stock, "low", "stock?stock=todo"),
    )
    rows = [
        Row(
            t(f"open_items.{name}", people=open_items.people),
            format.count(number),
            tip=t(f"open_items.{name}_tip") if has(f"open_items.{name}_tip") else "",
            link=link,
        )
        for number, name, link in tasks
        if number and link.partition("?")[0] in names
    ]
    last = t("open_items.days", days=since) if since else t("open_items.today")
    return Tile(
        label=t("open_items.name"),
        figure=format.count(open_items.things),
        base=t("open_items.base" if open_items.things else "open_items.nothing"),
        tip=t("open_items.tip"),
        rows=(*rows, Row(t("open_items.import"), last, link="data" if "data" in names else "")),
    )


def stock_link(open_items: OpenItems) -> None:
    """A link to the Stock page, where orders lack pieces or stock is low."""
    if open_items.oversold:
        label = t("open_items.go_short", orders=open_items.oversold)
    elif open_items.low_stock:
        label = t("open_items.go_low", skus=open_items.low_stock)
    else:
        return
    st.page_link("views/stock/page.py", label=label, icon=":material/shelves:")


def sixty(at: ReportClock) -> Period:
    """The sixty days up to the day that the page reports on."""
    return Period(at.on - timedelta(days=CHART_DAYS - 1), at.on)


def sixty_days(at: ReportClock) -> tuple[str, str]:
    """The names of the sixty days and of the sixty before."""
    days = sixty(at)
    return format.span(days), format.span(days.shifted(-timedelta(days=CHART_DAYS)))


def sold_list(table: pd.DataFrame) -> None:
    """What sold, the most first, as bars next to the names."""
    shown = table[table["gmv"] > 0].head(SOLD_ROWS)
    if shown.empty:
        text.note(t("today.nothing_sold"))
        return
    most = int(shown["gmv"].iloc[0])
    tiles.bar_list(
        [
            (name, gmv / most, format.money(gmv), t("today.pieces", units=units))
            for name, gmv, units in zip(products.names_of(shown), shown["gmv"], shown["units"], strict=True)
        ]
    )


def questions_list(view: filters.View) -> None:
    """The open questions with the most at stake, the same one once."""
    open_items = cache.cached(unanswered.open_questions, view.at.today, view.platforms)
    if not open_items.groups:
        text.note(t("today.no_questions"))
        return
    st.html(
        '<table class="kb-list kb-questions">'
        + "".join(
            f"<tr><td>{escape(remarks.topic(group))}</td><td class='kb-right kb-muted'>"
            f"{escape(t('today.asking', people=group.people))}</td></tr>"
            for group in open_items.groups[:QUESTION_ROWS]
        )
        + "</table>"
    )
    st.page_link("views/comments/page.py", label=t("today.all_questions"), icon=":material/forum:")
