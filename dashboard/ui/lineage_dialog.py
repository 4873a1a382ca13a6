"""Figures that can be clicked: where one comes from, down to the files, in a window of its own."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.messages import has, t
from dashboard.text import metrics
from dashboard.text.metrics import Column
from dashboard.text.tiles import Tile
from dashboard.ui import cache, tables, text, tiles
from shop.metrics.lineage import FigureSource, Provenance, provenance
from shop.metrics.query import Query, unit_of


def show_tiles(shown: Sequence[tuple[str, Tile]], query: Query) -> None:
    """A row of tiles; a click on one explains its figure over the question's range.

    The button lies over its tile and is seen by the keyboard and by screen readers.
    """
    small = "-small" if len(shown) > 4 else ""
    with st.container(key=f"tiles{small}"):
        for place, (name, tile) in enumerate(shown):
            with st.container(key=f"tile-{place}-{name}"):
                tiles.show_single(tile)
                label = t("lineage.open", figure=tile.label)
                if st.button(label, key=f"explain-{place}-{name}"):
                    explain(name, query)


def explain(name: str, query: Query) -> None:
    """Open the window that explains one figure."""
    st.dialog(metrics.label_of(name), width="medium", icon=":material/functions:")(_lineage)(name, query)


def _lineage(name: str, query: Query) -> None:
    result = cache.cached(provenance, query, name)
    text.sentence(_reckoned(result))
    text.note(metrics.meaning_of(name))
    text.note(t(f"lineage.bases.{result.basis.replace(' ', '_')}"))
    if not result.sources:
        text.note(t("lineage.nothing"))
        return
    text.note(t("lineage.behind", rows=result.rows, on=result.changed_on))
    tables.show("behind", _table(result.sources), _columns())


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
    known = f"platform.{source.name}"
    return t("lineage.pulled", platform=t(known) if has(known) else source.name)


def _columns() -> list[Column]:
    return [
        Column("name", t("lineage.source")),
        Column("table", t("lineage.kind")),
        Column("rows", t("lineage.count"), "count"),
        Column("read", t("lineage.read")),
    ]
