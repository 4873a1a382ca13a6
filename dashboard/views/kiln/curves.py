"""Firing curves on the page: a controller's file added to a firing, drawn, and next to what the firing lost."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.charts.firing_curve import NamedCurve, firing_curves
from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text.choices import distinct_labels
from dashboard.text.metrics import Column
from dashboard.ui import cache, feedback, filters, tables, text, upload, url_state
from dashboard.views.kiln import common
from etl.controllers.firing_curve import read_curve
from shop.core.errors import ShopError
from shop.kiln import board, curves
from shop.kiln.board import FiringLoad
from shop.metrics.tables import cells

KINDS = ["csv", "tsv", "txt", "xlsx", "xls"]
AS_WRITTEN = "file"
UNITS = (AS_WRITTEN, "C", "F")
MOST_SHOWN = 4
ADDED = "curves-added"


def part(view: Any) -> None:
    """The part of the page: the firings of the period, one with its curve, and losses by curve."""
    start, end = view.period.start, view.period.end
    loads = {
        load.firing.firing_id: load
        for load in reversed(cache.cached(board.firing_loads, start, end, states=("fired", "opened")))
    }
    text.heading(t("kiln.curves.title"))
    if not loads:
        text.note(t("kiln.curves.none", range=view.period))
        return
    stored = cache.cached(curves.curves, tuple(loads))
    with st.container(horizontal=True, vertical_alignment="bottom", key="filters-curves"):
        firing = url_state.choice(
            st.selectbox,
            t("kiln.board.firing"),
            tuple(loads),
            "firing",
            lambda name: _named(loads[name], name in stored),
            default=next((name for name in loads if name in stored), next(iter(loads))),
            width=300,
        )
        same = [
            name
            for name in stored
            if name != firing and loads[name].firing.stage == loads[firing].firing.stage
        ]
        others = st.multiselect(
            t("kiln.curves.compare"),
            same,
            max_selections=MOST_SHOWN,
            format_func=distinct_labels(same, lambda name: _named(loads[name], False)),
            key=f"compare-{firing}",
            placeholder=t("kiln.curves.compare_hint"),
            width=300,
        )
    if firing in stored:
        _drawn([firing, *others], stored, loads)
        _places(loads[firing])
    else:
        text.note(t("kiln.curves.no_curve"))
    _file(firing, firing in stored)
    _losses(view)


def _named(load: FiringLoad, has_curve: bool) -> str:
    day = format.short_day(load.firing.on) if load.firing.on else ""
    return " · ".join(filter(None, (common.firing(load), day, t("kiln.curves.has") if has_curve else "")))


def _drawn(names: list[str], stored: dict[str, curves.FiringCurve], loads: dict[str, FiringLoad]) -> None:
    curve = stored[names[0]]
    text.note(
        t(
            "kiln.curves.figures",
            peak=round(curve.peak / 10),
            soak=curve.soak_seconds // 60,
            hours=_clock(curve.to_peak_seconds),
            whole=_clock(curve.seconds),
        )
    )
    shown = [NamedCurve(_named(loads[name], False), stored[name].points) for name in names]
    table = pd.DataFrame(
        [(item.name, _clock(seconds), heat / 10) for item in shown for seconds, heat in item.points],
        columns=["firing", "time", "celsius"],
    )
    columns = [
        Column("firing", t("kiln.board.firing")),
        Column("time", t("kiln.curves.time")),
        Column("celsius", t("kiln.curves.celsius"), "number"),
    ]
    tables.chart(
        "firing-curve",
        t("kiln.curves.chart"),
        lambda: firing_curves(
            shown, filters.colours(), hours=t("kiln.curves.time"), celsius=t("kiln.curves.celsius")
        ),
        t("kiln.curves.alt", peak=round(curve.peak / 10), whole=_clock(curve.seconds)),
        table,
        columns,
    )


def _clock(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds % 3600 // 60:02}"


def _places(load: FiringLoad) -> None:
    """What came of each place of this load."""
    if load.firing.status != "opened":
        return
    rows = [
        (part.position or t("kiln.yields.unknown"), part.title, part.pieces_in, part.lost, part.again)
        for part in load.parts
    ]
    table = pd.DataFrame(rows, columns=["place", "title", "in", "lost", "again"])
    columns = [
        Column("place", t("commands.cuts.position")),
        Column("title", t("commands.kiln.heads.title")),
        Column("in", t("kiln.yields.in"), "count"),
        Column("lost", t("commands.kiln.heads.lost"), "count"),
        Column("again", t("kiln.mend.again"), "count"),
    ]
    tables.show("curve-places", table, columns)


def _file(firing: str, has_curve: bool) -> None:
    """Add the file of a controller to a firing, or take its curve away."""
    upload.speak(t("data.choose"), t("kiln.curves.drop"))
    with st.container(border=True, key="touch-curve"):
        unit = st.segmented_control(
            t("kiln.curves.unit"),
            UNITS,
            default=AS_WRITTEN,
            required=True,
            key="curve-unit",
            format_func=lambda name: t(f"kiln.curves.units.{name}"),
        )
        number = st.session_state.setdefault(ADDED, 0)
        added = st.file_uploader(
            t("kiln.curves.file"), type=KINDS, key=f"curve-{firing}-{number}", help=t("kiln.curves.help")
        )
        if added is not None:
            _add(firing, added, None if unit == AS_WRITTEN else unit)
            st.session_state[ADDED] += 1
            st.rerun()
        if has_curve:
            st.button(
                t("kiln.curves.remove"), key="curve-remove", type="tertiary", on_click=_remove, args=(firing,)
            )


def _add(firing: str, file: Any, unit: Any) -> None:
    with upload.on_disk(file) as path:
        try:
            result = read_curve(path, name=file.name, unit=unit)
        except ShopError as problem:
            feedback.store_error(problem)
            return
    number = feedback.act(curves.set_curve, firing, result.curve, source=file.name)
    if number is not None:
        words = t(
            "kiln.curves.added",
            points=len(result.curve.points),
            peak=round(result.curve.peak / 10),
            unit=t(f"kiln.curves.units.{result.unit}"),
        )
        words += t("kiln.curves.inferred") if result.is_inferred else ""
        words += t("kiln.curves.left_out", rows=result.left_out) if result.left_out else ""
        feedback.report(words, number)


def _remove(firing: str) -> None:
    if (number := feedback.act(curves.set_curve, firing, None)) is not None:
        feedback.report(t("kiln.curves.removed"), number)


def _losses(view: Any) -> None:
    """Every firing with a curve, with what it lost: next to its peak and soak."""
    table = cache.cached(curves.losses_by_curve, view.period.start, view.period.end)
    if table.empty:
        return
    shown = table.assign(stage=[common.stage(name) for name in cells(table["stage"])])
    text.heading(t("kiln.curves.losses"))
    columns = [
        Column("firing", t("kiln.board.firing")),
        Column("stage", t("commands.cuts.stage")),
        Column("day", t("commands.kiln.heads.day")),
        Column("peak", t("kiln.curves.peak"), "count"),
        Column("soak", t("kiln.curves.soak"), "count"),
        Column("pieces_in", t("kiln.yields.in"), "count"),
        Column("lost", t("commands.kiln.heads.lost"), "count"),
        Column("again", t("kiln.mend.again"), "count"),
        Column("share", t("kiln.curves.share"), "rate"),
    ]
    tables.show("curve-losses", shown[[column.name for column in columns]], columns)
    text.note(t("kiln.curves.note"))
