"""The live sessions as a list: a table on a wide screen, cards on a phone; by host and time slot; two to four compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import pandas as pd
import streamlit as st

from dashboard.charts import timeseries
from dashboard.i18n import format
from dashboard.i18n.language import language
from dashboard.i18n.messages import t
from dashboard.text import live as wording
from dashboard.text import metrics
from dashboard.text.metrics import Column, columns, label_of
from dashboard.ui import cache, filters, tables, text, url_state
from dashboard.ui.filters import View
from dashboard.views.live import common
from shop.streams import summaries
from shop.streams.summaries import LENGTHS, SLOTS, SessionFilter, SessionGroup, SessionSummary

ROWS = 40
ANY = "*"
MOST_COMPARED = 4
OFFERED = 200  # sessions to choose from; older ones are reached by the filters
HEADS = ("session", "host", "seconds", "viewers", "gmv", "per_hour", "percentile")


def listed(view: View) -> tuple[SessionSummary, ...]:
    """The sessions of the view's days, platform and currency, the latest first."""
    return cache.cached(summaries.session_list, view.query("session_gmv"))


def show(view: View) -> None:
    """Filters, the sessions as circles over time, the list, the groups, and the comparison."""
    every = listed(view)
    wanted = _filters(every)
    rows = [row for row in every if wanted.holds(row)]
    if not rows:
        text.note(t("live.list.none" if every else "live.none"))
        return
    table = _table(rows)
    shown = _columns()
    tables.chart(
        "sessions",
        t("live.chart.sessions", unit=metrics.unit_name("session_gmv")),
        lambda: timeseries.sessions(
            [_iso(row) for row in rows],
            [row.gmv_cents for row in rows],
            [row.views for row in rows],
            [_hover(row) for row in rows],
            "cents",
            filters.colours(),
            language=language(),
        ),
        t("live.alt.sessions"),
        table,
        shown,
    )
    _compare(rows)
    pages = -(-len(rows) // ROWS)
    first = (min(url_state.page(), pages) - 1) * ROWS
    st.html(_list(rows[first : first + ROWS]))
    text.note(t("live.list.note", count=len(rows)))
    url_state.pages(pages)
    tables.download("sessions-all", table, shown)
    _groups(rows)


def _filters(rows: Sequence[SessionSummary]) -> SessionFilter:
    hosts = sorted({row.host for row in rows if row.host})
    with st.container(horizontal=True, vertical_alignment="bottom", key="filters-live"):
        host = _choice("host", (ANY, *hosts), lambda name: t("live.list.any_host") if name == ANY else name)
        slot = _choice("slot", (ANY, *SLOTS), lambda name: t(f"live.slots.{'any' if name == ANY else name}"))
        length = _choice(
            "length", (ANY, *LENGTHS), lambda name: t(f"live.lengths.{'any' if name == ANY else name}")
        )
    return SessionFilter(*(None if value == ANY else value for value in (host, slot, length)))


def _choice(name: str, options: Sequence[str], show: Callable[[str], str]) -> str:
    return url_state.choice(st.selectbox, t(f"live.list.{name}"), options, name, show, width=150)


# --- the list --------------------------------------------------------------------------------------


def _list(rows: Sequence[SessionSummary]) -> str:
    heads = "".join(
        f'<th scope="col" class="kb-{name}" title="{escape(_tip(name))}">{escape(_head(name))}</th>'
        for name in HEADS
    )
    body = "".join(map(_row, rows))
    return f'<table class="kb-sessions"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'


def _head(name: str) -> str:
    known = {"viewers": "viewers", "gmv": "session_gmv", "per_hour": "gmv_per_hour", "seconds": "live_seconds"}
    return label_of(known[name]) if name in known else t(f"live.list.{name}")


def _tip(name: str) -> str:
    return t(f"live.list.tips.{name}") if name in ("gmv", "percentile") else ""


def _row(row: SessionSummary) -> str:
    when = escape(when(row))
    name = escape(wording.title_of(row.title))
    link = escape(common.session_link(row.platform, row.session_id))
    cells = (
        f'<a href="{link}" target="_self">{when}</a><small>{name} · {escape(wording.platform(row.platform))}</small>',
        escape(row.host or format.UNKNOWN),
        escape(format.seconds(row.seconds)),
        escape(format.count(row.viewers)),
        f"{escape(format.money(row.gmv_cents))}<small>{escape(wording.basis(row.basis))}</small>",
        escape(format.money(row.gmv_per_hour)),
        _percentile(row.percentile),
    )
    return (
        "<tr>"
        + "".join(
            f'<td class="kb-{head}" data-label="{escape(_head(head))}">{cell}</td>'
            for head, cell in zip(HEADS, cells, strict=True)
        )
        + "</tr>"
    )


def _percentile(value: int | None) -> str:
    if value is None:
        return escape(format.UNKNOWN)
    bar = f'<span class="kb-rank" aria-hidden="true"><i style="width:{value}%"></i></span>'
    return f"{bar}{value}%"


def when(row: SessionSummary) -> str:
    if row.started is None:
        return t("live.list.no_start")
    return t("live.when", day=row.started.date(), weekday=row.started.date(), at=row.started)


def _iso(row: SessionSummary) -> str | None:
    return None if row.started is None else f"{row.started:%Y-%m-%d %H:%M}"


def _hover(row: SessionSummary) -> str:
    name = escape(wording.title_of(row.title))
    return t("live.hover.sessions", title=name, at=when(row), gmv=row.gmv_cents, views=row.views)


# --- as a table ------------------------------------------------------------------------------------


def _table(rows: Sequence[SessionSummary]) -> pd.DataFrame:
    table = pd.DataFrame(
        [
            (
                _iso(row),
                wording.title_of(row.title),
                wording.platform(row.platform),
                row.host,
                row.seconds,
                row.gmv_cents,
                wording.basis(row.basis),
                row.stated_cents,
                row.orders,
                row.gmv_per_hour,
                row.percentile,
                row.views,
                row.viewers,
                row.peak_viewers,
                row.comments,
                row.followers_gained,
                row.product_clicks,
                row.session_id,
            )
            for row in rows
        ],
        columns=[column.name for column in _columns()],
        dtype=object,
    )
    for column in _columns():
        if column.kind in ("count", "money", "seconds"):
            is_whole = column.name != "gmv_per_hour"
            table[column.name] = table[column.name].astype("Int64" if is_whole else "Float64")
    return table


def _columns() -> list[Column]:
    return [
        Column("started", t("live.started")),
        Column("title", t("live.title")),
        Column("platform", t("live.list.platform")),
        Column("host", t("live.list.host")),
        Column("seconds", label_of("live_seconds"), "seconds"),
        *columns("session_gmv"),
        Column("basis", t("live.list.basis"), tip=t("live.list.tips.gmv")),
        *columns("stated_gmv", "session_orders", "gmv_per_hour"),
        Column("percentile", t("live.list.percentile"), "count", t("live.list.tips.percentile")),
        *columns("views", "viewers"),
        Column("peak_viewers", t("live.peak"), "count"),
        *columns("comments", "followers_gained", "product_clicks"),
        Column("session_id", t("live.list.id")),
    ]


# --- side by side ----------------------------------------------------------------------------------


def _compare(rows: Sequence[SessionSummary]) -> None:
    """Two to four sessions next to each other."""
    offered = {row.key: row for row in rows[:OFFERED]}
    named = [key for key in url_state.get("compare").split(",") if key in offered][:MOST_COMPARED]
    st.session_state["link.compare"] = named
    st.multiselect(
        t("live.list.compare"),
        tuple(offered),
        key="link.compare",
        format_func=lambda key: f"{when(offered[key])} {wording.title_of(offered[key].title)}",
        max_selections=MOST_COMPARED,
        placeholder=t("live.list.compare_hint"),
        on_change=_compared,
    )
    if len(named) > 1:
        st.html(_side_by_side([offered[key] for key in named]))


def _compared() -> None:
    url_state.put("compare", ",".join(st.session_state["link.compare"]))


COMPARED: tuple[tuple[str, str, bool], ...] = (
    ("seconds", "live_seconds", False),
    ("gmv_cents", "session_gmv", True),
    ("gmv_per_hour", "gmv_per_hour", True),
    ("orders", "session_orders", True),
    ("views", "views", True),
    ("viewers", "viewers", True),
    ("comments", "comments", True),
    ("followers_gained", "followers_gained", True),
    ("product_clicks", "product_clicks", True),
)


def _side_by_side(rows: Sequence[SessionSummary]) -> str:
    heads = "".join(
        f'<th scope="col"><a href="{escape(common.session_link(row.platform, row.session_id))}" target="_self">'
        f"{escape(when(row))}</a><small>{escape(row.host or '')}</small></th>"
        for row in rows
    )
    return (
        f'<div class="kb-wide"><table class="kb-compare"><thead><tr><th></th>{heads}</tr></thead><tbody>'
        + "".join(_compared_row(rows, *item) for item in COMPARED)
        + "</tbody></table></div>"
    )


def _compared_row(rows: Sequence[SessionSummary], name: str, metric: str, marks_best: bool) -> str:
    kind = metrics.kind_of(metric)
    write = {"money": format.money, "seconds": format.seconds}.get(kind, format.count)
    values = [getattr(row, name) for row in rows]
    best = max((value for value in values if value is not None), default=None)
    cells = "".join(
        f"<td{' class=kb-best' if marks_best and value is not None and value == best else ''}>"
        f"{escape(write(value))}</td>"
        for value in values
    )
    return f'<tr><th scope="row">{escape(label_of(metric))}</th>{cells}</tr>'


# --- by host and time slot -------------------------------------------------------------------------


def _groups(rows: Sequence[SessionSummary]) -> None:
    for name, groups in (
        ("host", summaries.grouped(rows, lambda row: row.host)),
        ("slot", summaries.grouped(rows, lambda row: row.slot and t(f"live.slots.{row.slot}"))),
    ):
        if len(groups) > 1 or (name == "slot" and groups):
            text.heading(t(f"live.list.by_{name}"))
            tables.show(f"sessions-{name}", _group_table(groups), _group_columns(name))


def _group_table(groups: Sequence[SessionGroup]) -> pd.DataFrame:
    table = pd.DataFrame([vars(group) for group in groups])
    whole = ("sessions", "seconds", "orders", "gmv_cents")
    return table.astype(dict.fromkeys(whole, "Int64") | {"gmv_per_hour": "Float64", "viewers": "Float64"})


def _group_columns(name: str) -> list[Column]:
    return [
        Column("name", t(f"live.list.{name}")),
        Column("sessions", label_of("sessions"), "count"),
        Column("seconds", label_of("live_seconds"), "seconds"),
        Column("gmv_cents", label_of("session_gmv"), "money"),
        Column("gmv_per_hour", label_of("gmv_per_hour"), "money"),
        Column("orders", label_of("session_orders"), "count"),
        Column("viewers", t("live.list.viewers_each"), "number"),
    ]
