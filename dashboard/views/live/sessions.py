"""The live sessions as a list, by host and time slot, and two to four of them side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.charts import timeseries
from dashboard.i18n import format
from dashboard.i18n.language import language
from dashboard.i18n.messages import t
from dashboard.text import metrics
from dashboard.text.audience import live as wording
from dashboard.text.choices import distinct_labels
from dashboard.text.metrics import Column, columns, label_of
from dashboard.ui import cache, filters, tables, text, url_state
from dashboard.ui.filters import View
from dashboard.views.live import attribution, common
from shop.metrics.query import unit_of
from shop.metrics.tables import cells, records
from shop.streams import sessions
from shop.streams.sessions import SLOTS

ROWS = 40
ANY = "*"
HOUR = 3600
LENGTHS = {
    "under_1h": (0, HOUR),
    "to_2h": (HOUR, 2 * HOUR),
    "to_4h": (2 * HOUR, 4 * HOUR),
    "over_4h": (4 * HOUR, 10**9),
}
MOST_SELECTED = 4
OFFERED = 200  # sessions to choose from; older ones are reached by the filters
HEADS = {
    "started": "live.list.session",
    "host": "live.list.host",
    "seconds": "live_seconds",
    "viewers": "viewers",
    "session_gmv": "session_gmv",
    "gmv_per_hour": "gmv_per_hour",
    "percentile": "live.list.percentile",
}


def listed(view: View) -> pd.DataFrame:
    """The sessions of the view's days and platform, the latest first."""
    return cache.cached(sessions.sessions, view.query("session_gmv"))


def show(view: View) -> None:
    """Filters, the sessions as circles over time, the list, the groups, and the comparison."""
    every = listed(view)
    table = _filtered(every)
    if table.empty:
        text.note(t("live.list.none" if len(every) else "live.none"))
        return
    shown = _columns()
    named = _named(table)
    tables.chart(
        "sessions",
        t("live.chart.sessions", unit=metrics.unit_name("session_gmv")),
        lambda: timeseries.sessions(
            cells(table["started"]),
            cells(table["session_gmv"]),
            cells(table["views"]),
            _hovers(table),
            "cents",
            filters.colours(),
            language=language(),
        ),
        t("live.alt.sessions"),
        named,
        shown,
    )
    _compare(table)
    pages = -(-len(table) // ROWS)
    first = (min(url_state.page(), pages) - 1) * ROWS
    st.html(_list(table.iloc[first : first + ROWS]))
    text.note(t("live.list.note", count=len(table)))
    url_state.pages(pages)
    tables.download("sessions-all", named, shown)
    _groups(table)
    attribution.show(view)


def _filtered(table: pd.DataFrame) -> pd.DataFrame:
    """The sessions that the filters leave: a host, a time slot, a length."""
    hosts = sorted({host for host in cells(table["host"]) if host})
    with st.container(horizontal=True, vertical_alignment="bottom", key="filters-live"):
        host = _choice("host", (ANY, *hosts), lambda name: t("live.list.any_host") if name == ANY else name)
        slot = _choice("slot", (ANY, *SLOTS), lambda name: t(f"live.slots.{'any' if name == ANY else name}"))
        length = _choice(
            "length", (ANY, *LENGTHS), lambda name: t(f"live.lengths.{'any' if name == ANY else name}")
        )
    for name, value in (("host", host), ("slot", slot)):
        if value != ANY:
            table = table[table[name] == value]
    if length != ANY:
        low, high = LENGTHS[length]
        table = table[table["seconds"].between(low, high, inclusive="left").fillna(False)]
    return table


def _choice(name: str, options: Sequence[str], show: Callable[[str], str]) -> str:
    return url_state.choice(st.selectbox, t(f"live.list.{name}"), options, name, show, width=150)


def when(row: dict[str, Any]) -> str:
    """Day, weekday and hour at which a session of the list started."""
    started = row["started"]
    if not started:
        return t("live.list.no_start")
    return t("live.when", day=started[:10], weekday=started[:10], at=started[11:16])


def key_of(row: dict[str, Any]) -> str:
    """Platform and id of a session of the list, as links name it."""
    return f"{row['platform']}/{row['session']}"


# --- the list --------------------------------------------------------------------------------------


def _head(name: str) -> str:
    head = HEADS[name]
    return t(head) if "." in head else label_of(head)


def _list(table: pd.DataFrame) -> str:
    heads = "".join(
        f'<th scope="col" class="kb-{name}" title="{escape(_tip(name))}">{escape(_head(name))}</th>'
        for name in HEADS
    )
    return common.listing("kb-sessions", heads, [_row(row) for row in records(table)])


def _tip(name: str) -> str:
    return t(f"live.list.tips.{name}") if name in ("session_gmv", "percentile") else ""


def _row(row: dict[str, Any]) -> str:
    link = escape(common.session_link(row["platform"], row["session"]))
    name = f"{wording.title_of(row['title'])} · {wording.platform(row['platform'])}"
    written = {
        "started": f'<a href="{link}" target="_self">{escape(when(row))}</a><small>{escape(name)}</small>',
        "host": escape(row["host"] or format.UNKNOWN),
        "seconds": escape(format.seconds(row["seconds"])),
        "viewers": escape(format.count(row["viewers"])),
        "session_gmv": f"{escape(_sum(row))}<small>{escape(_basis(row))}</small>",
        "gmv_per_hour": escape(format.money(row["gmv_per_hour"])),
        "percentile": _percentile(row["percentile"]),
    }
    cells_ = "".join(
        f'<td class="kb-{name}" data-label="{escape(_head(name))}">{cell}</td>'
        for name, cell in written.items()
    )
    return f"<tr>{cells_}</tr>"


def _sum(row: dict[str, Any]) -> str:
    """GMV of a session; of one that sold in another currency than the page's, the sum in its own."""
    if format.is_known(row["session_gmv"]) or not format.is_known(row["headline_gmv"]):
        return format.money(row["session_gmv"])
    return format.exact_in(row["headline_gmv"], row["currency"])


def _basis(row: dict[str, Any]) -> str:
    """Where the sum comes from, and how many of the orders that the platform states are matched."""
    if not row["basis"]:
        return ""
    own, total = row["matched_orders"], row["stated_orders"]
    message = wording.basis(row["basis"])
    if format.is_known(total) and format.is_known(own) and own < total:
        return t("live.list.partly", basis=message, own=own, stated=total)
    return message


def _percentile(value: Any) -> str:
    if not format.is_known(value):
        return escape(format.UNKNOWN)
    bar = f'<span class="kb-rank" aria-hidden="true"><i style="width:{value}%"></i></span>'
    return f"{bar}{value}%"


def _hovers(table: pd.DataFrame) -> list[str]:
    return [
        t(
            "live.hover.sessions",
            title=escape(wording.title_of(row["title"])),
            at=when(row),
            gmv=row["session_gmv"],
            views=row["views"],
        )
        for row in records(table)
    ]


def _named(table: pd.DataFrame) -> pd.DataFrame:
    """The table with titles, platforms and bases in words."""
    return table.assign(
        title=[wording.title_of(title) for title in cells(table["title"])],
        platform=[wording.platform(name) for name in cells(table["platform"])],
        basis=pd.Series(
            [wording.basis(name) if name else "" for name in cells(table["basis"])], index=table.index
        ),
        slot=pd.Series(
            [t(f"live.slots.{name}") if name else "" for name in cells(table["slot"])], index=table.index
        ),
    )


def _columns() -> list[Column]:
    return [
        Column("started", t("live.started"), "moment"),
        Column("title", t("live.title")),
        Column("platform", t("live.list.platform")),
        Column("host", t("live.list.host")),
        Column("slot", t("live.list.slot")),
        Column("seconds", label_of("live_seconds"), "seconds"),
        *columns("session_gmv"),
        Column("basis", t("live.list.basis"), tip=t("live.list.tips.session_gmv")),
        *columns("session_orders"),
        Column("matched_orders", t("live.list.matched"), "count"),
        Column("stated_orders", t("live.list.stated_orders"), "count"),
        *columns("stated_gmv", "gmv_per_hour"),
        Column("percentile", t("live.list.percentile"), "count", t("live.list.tips.percentile")),
        *columns("gpm", "views", "viewers"),
        Column("peak_viewers", t("live.peak"), "count"),
        *columns("click_rate", "comments", "followers_gained"),
        Column("session", t("live.list.id")),
    ]


# --- side by side ----------------------------------------------------------------------------------

SIDE_BY_SIDE = {
    "seconds": "live_seconds",
    "session_gmv": "session_gmv",
    "gmv_per_hour": "gmv_per_hour",
    "session_orders": "session_orders",
    "gpm": "gpm",
    "views": "views",
    "viewers": "viewers",
    "click_rate": "click_rate",
    "comments": "comments",
    "followers_gained": "followers_gained",
}


def _compare(table: pd.DataFrame) -> None:
    """Two to four sessions next to each other."""
    offered = {key_of(row): row for row in records(table.head(OFFERED))}
    named = [key for key in url_state.get("compare").split(",") if key in offered][:MOST_SELECTED]
    st.session_state["link.compare"] = named
    st.multiselect(
        t("live.list.compare"),
        tuple(offered),
        key="link.compare",
        format_func=distinct_labels(
            offered, lambda key: f"{when(offered[key])} {wording.title_of(offered[key]['title'])}"
        ),
        max_selections=MOST_SELECTED,
        placeholder=t("live.list.compare_hint"),
        on_change=_comparison_changed,
    )
    if len(named) > 1:
        text.wide(_side_by_side([offered[key] for key in named]), t("live.list.compare"))


def _comparison_changed() -> None:
    url_state.put("compare", ",".join(st.session_state["link.compare"]))


def _side_by_side(rows: Sequence[dict[str, Any]]) -> str:
    heads = "".join(
        f'<th scope="col"><a href="{escape(common.session_link(row["platform"], row["session"]))}" target="_self">'
        f"{escape(when(row))}</a><small>{escape(row['host'] or '')}</small></th>"
        for row in rows
    )
    body = "".join(_comparison_row(rows, name, metric) for name, metric in SIDE_BY_SIDE.items())
    return f'<table class="kb-compare"><thead><tr><th></th>{heads}</tr></thead><tbody>{body}</tbody></table>'


def _comparison_row(rows: Sequence[dict[str, Any]], name: str, metric: str) -> str:
    """One figure of each session, the highest in bold; the length is no merit."""
    write = format.by_unit(unit_of(metric))
    values = [row[name] for row in rows]
    best = max((value for value in values if format.is_known(value)), default=None)
    is_ranked = name != "seconds" and best is not None
    cells_ = "".join(
        f"<td{' class=kb-best' if is_ranked and format.is_known(value) and value == best else ''}>"
        f"{escape(write(value))}</td>"
        for value in values
    )
    return f'<tr><th scope="row">{escape(label_of(metric))}</th>{cells_}</tr>'


# --- by host and time slot -------------------------------------------------------------------------


def _groups(table: pd.DataFrame) -> None:
    for name in ("host", "slot"):
        groups = sessions.by_group(table, name)
        if len(groups) > 1:
            if name == "slot":
                groups["slot"] = [t(f"live.slots.{slot}") for slot in groups["slot"]]
            text.heading(t(f"live.list.by_{name}"))
            tables.show(f"sessions-{name}", groups, _group_columns(name))


def _group_columns(name: str) -> list[Column]:
    return [
        Column(name, t(f"live.list.{name}")),
        Column("sessions", label_of("sessions"), "count"),
        Column("seconds", label_of("live_seconds"), "seconds"),
        Column("gmv", label_of("session_gmv"), "money"),
        Column("gmv_per_hour", label_of("gmv_per_hour"), "money"),
        Column("orders", label_of("session_orders"), "count"),
    ]
