"""Figures that can be clicked: where one comes from, down to the files, in a window of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.messages import has, t
from dashboard.text import metrics
from dashboard.text.metrics import Column
from dashboard.text.tiles import Tile, figure_tiles
from dashboard.ui import cache, tables, text, tiles, url_state
from dashboard.ui.actor import actor
from shop.core.periods import Period
from shop.metrics.definitions import measures_of
from shop.metrics.lineage import FigureSource, Provenance, provenance
from shop.metrics.query import Query, access_of, unit_of
from shop.metrics.rows_behind.rows import PartRow, rows_behind
from shop.metrics.tables import cells

SHOWN = {
    "order": ("key", "platform", "day", "title", "sku", "part", "open"),
    "session": ("key", "platform", "part", "open"),
    "video": ("key", "platform", "part", "open"),
    "comment": ("title", "platform", "day", "part", "open"),
    "sku": ("key", "part", "open"),
    "batch": ("key", "title", "sku", "part", "open"),
}


def show_tiles(shown: Sequence[tuple[str | Sequence[str], Tile, Query]], row: str = "") -> None:
    """A row of tiles; a click on one explains its figure, or its figures, over the range of the query next to it.

    The button lies over its tile and is seen by the keyboard and by screen readers. A second row of a page has a name.
    """
    small = "-small" if len(shown) > 4 else ""
    large = "-large" if any(tile.rows for _, tile, _ in shown) else ""
    with st.container(key=f"tiles{small}{large}{row}"):
        for place, (names, tile, query) in enumerate(shown):
            chosen = (names,) if isinstance(names, str) else tuple(names)
            with st.container(key=f"tile-{place}-{'-'.join(chosen[:1])}{row}"):
                tiles.show_single(replace(tile, tip=tile.tip if not chosen else ""))
                if chosen:
                    label = t("lineage.open", figure=tile.label)
                    if st.button(label, key=f"explain-{place}-{chosen[0]}{row}"):
                        explain(chosen, query)


def figures(totals: Mapping[str, Any], query: Query) -> None:
    """A row of tiles, one for each figure of a query, each explained at a click."""
    show_tiles([(name, tile, query) for name, tile in zip(totals, figure_tiles(totals), strict=True)])


def way_down(names: Sequence[str], query: Query, key: str) -> None:
    """A button below a chart or table: the rows behind each of its figures that the current user may see."""
    allowed = tuple(name for name in names if _may_see(name))
    if allowed and st.button(
        t("lineage.rows_of"), key=f"rows-{key}", type="tertiary", icon=":material/list_alt:"
    ):
        explain(allowed, query)


def _may_see(name: str) -> bool:
    return all(actor().may(access_of(measure)) for measure in measures_of(name))


def explain(names: Sequence[str], query: Query) -> None:
    """Open the window that explains figures."""
    st.dialog(metrics.label_of(names[0]), width="large", icon=":material/functions:")(_lineage)(names, query)


def _lineage(names: Sequence[str], query: Query) -> None:
    name = names[0]
    if len(names) > 1:
        name = st.segmented_control(
            t("lineage.which"),
            names,
            default=name,
            required=True,
            format_func=metrics.label_of,
            key="lineage-which",
            label_visibility="collapsed",
        )
    result = cache.cached(provenance, query, name)
    text.sentence(_reckoned(result))
    text.note(metrics.meaning_of(name))
    if formula := metrics.formula_of(name):
        text.note(t("manual.formula", formula=formula))
    text.note(
        t("lineage.range", range=Period(query.start, query.end))
        + " "
        + t(f"lineage.bases.{result.basis.replace(' ', '_')}")
    )
    for part in (result.over, *([result.under] if result.under else [])):
        if _may_see(part.name):
            _rows(part.name, query)
    if not result.sources:
        text.note(t("lineage.typed" if _is_typed(name) else "lineage.nothing"))
        return
    text.note(t("lineage.behind", rows=result.rows, on=result.changed_on))
    tables.show("behind", _table(result.sources), _columns())


def _is_typed(name: str) -> bool:
    """Whether a figure comes from what was entered in Kilnboard itself, and from no file."""
    return {measure.fact for measure in measures_of(name)} <= {"stock", "kiln", "batch", "calendar"}


def _rows(name: str, query: Query) -> None:
    """The very rows of one sum, with the way to each order, session or video."""
    behind = cache.cached(rows_behind, query, name)
    if behind is None or not behind.rows:
        return
    text.heading(t(f"lineage.parts.{behind.kind}", figure=metrics.label_of(name)))
    more = t("lineage.first", count=len(behind.rows)) if behind.count > len(behind.rows) else ""
    text.note(t("lineage.adds_up", count=behind.count, total=_exactly(name, behind.total)) + more)
    kind = metrics.kind_of(name)
    table = pd.DataFrame([vars(row) | {"open": _link(behind.kind, row)} for row in behind.rows])
    table["platform"] = [_platform(value) for value in cells(table["platform"])]
    if behind.kind == "batch":
        table["title"] = [t(f"kiln.stages.{stage}") if stage else "" for stage in cells(table["title"])]
    every = {
        "key": Column("key", t(f"lineage.keys.{behind.kind}")),
        "platform": Column("platform", t("lineage.platform")),
        "day": Column("day", t("column.day"), "day"),
        "title": Column("title", t("lineage.what")),
        "sku": Column("sku", "SKU"),
        "part": Column("part", metrics.label_of(name), kind),
        "open": Column("open", t("lineage.open_row"), "link"),
    }
    columns = [every[column] for column in SHOWN[behind.kind]]
    tables.show(f"rows-{name}", table, columns, height=260 if len(table) > 6 else None)


def _link(kind: str, row: PartRow) -> str:
    """The address of the page that shows a row's order, session, video, comment, SKU or batch."""
    page, query = url_state.place_of(kind, row.platform, row.key, row.title, row.day)
    return url_state.href(f"/{page}", **query)


def _platform(name: str) -> str:
    return t(f"platform.{name}") if has(f"platform.{name}") else name


def _reckoned(result: Provenance) -> str:
    """The figure with what was divided by what."""
    written = _exactly(result.name, result.figure)
    if result.under is None:
        return t("lineage.sum", figure=written)
    return t(
        "lineage.ratio" if result.scale == 1 else "lineage.ratio_times",
        figure=written,
        over=_part(result.over.name, result.over.figure),
        under=_part(result.under.name, result.under.figure),
        times=result.scale,
    )


def _part(name: str, figure: int | float | None) -> str:
    return f"{metrics.label_of(name)} {_exactly(name, figure)}"


def _exactly(name: str, figure: int | float | None) -> str:
    unit = unit_of(name)
    if unit == "cents":
        return format.exact(figure)
    return format.whole(figure) if unit == "count" else format.by_unit(unit)(figure)


def _table(sources: Sequence[FigureSource]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "name": [_called(item) for item in sources],
            "table": [t(f"lineage.rows.{item.table}") for item in sources],
            "rows": pd.array([item.rows for item in sources], "Int64"),
            "read": [item.read_at.strftime("%Y-%m-%d %H:%M") if item.read_at else "" for item in sources],
        }
    )


def _called(source: FigureSource) -> str:
    if source.kind != "sync":
        return source.name
    return t("lineage.pulled", platform=_platform(source.name))


def _columns() -> list[Column]:
    return [
        Column("name", t("lineage.source")),
        Column("table", t("lineage.kind")),
        Column("rows", t("lineage.count"), "count"),
        Column("read", t("lineage.read")),
    ]
