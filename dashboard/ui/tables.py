"""Tables and charts: a chart with its table, a table with its download."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.charts import base as charts
from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text.metrics import Column
from dashboard.ui import row_list, text
from shop.core.money import minor_digits
from shop.export import spreadsheet

ROWS_IN_FULL = 14
MOST_WRITTEN = 2_000  # rows: in a longer table the browser writes the numbers, with a hyphen for the minus
NUMBERS = ("money", "count", "pieces", "number", "rate", "change")


def chart(
    name: str,
    title: str,
    figure: charts.Drawn,
    alt: str,
    table: pd.DataFrame,
    cells: Sequence[Column],
    *,
    on_select: Callable[[], None] | None = None,
) -> None:
    """A chart under its title, or, at a click, the table of its data; `on_select` is called when a point is clicked."""
    with st.container(key=f"chart-{name}"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            text.heading(title)
            shown = st.segmented_control(
                title,
                ("chart", "table"),
                default="chart",
                required=True,
                key=f"as-{name}",
                format_func=lambda kind: t(f"chart.as.{kind}"),
                label_visibility="collapsed",
            )
        if shown == "table":
            show(name, table, cells)
        else:
            draw(name, figure(), alt, on_select)


def draw(name: str, figure: charts.Figure, alt: str, on_select: Callable[[], None] | None = None) -> None:
    """A figure across the width of the page, with its alternative text."""
    st.plotly_chart(
        figure,
        key=f"figure-{name}",
        theme=None,
        config=charts.CONFIG,
        alt=alt,
        on_select=on_select or "ignore",
        selection_mode="points",
    )


def show(
    name: str,
    table: pd.DataFrame,
    cells: Sequence[Column],
    *,
    height: int | None = None,
    whole: Callable[[], pd.DataFrame] | None = None,
) -> None:
    """A table with its own download, on a phone as a list; money with all decimals.

    Where the table is only the first rows of many, `whole` gives all of them to the download.
    """
    below_zero = {
        cell.label: cell.kind
        for cell in cells
        if len(table) <= MOST_WRITTEN and _is_below_zero(table[cell.name], cell.kind)
    }
    shown: Any = _displayed(table, cells)
    if below_zero:  # a browser writes a hyphen for the minus
        shown = shown.reset_index(drop=True).style.format(
            {label: partial(_written, kind) for label, kind in below_zero.items()}, na_rep=format.UNKNOWN
        )
    st.dataframe(
        shown,
        hide_index=True,
        key=f"table-{name}",
        column_config={cell.label: _config(cell, is_written=cell.label in below_zero) for cell in cells},
        height=height or ("content" if len(table) <= ROWS_IN_FULL else 460),
        placeholder=format.UNKNOWN,
    )
    row_list.show(table, cells)
    download(name, whole or table, [cell for cell in cells if cell.kind not in ("photo", "link")])


def _displayed(table: pd.DataFrame, cells: Sequence[Column]) -> pd.DataFrame:
    return pd.DataFrame({cell.label: _displayed_values(table[cell.name], cell.kind) for cell in cells})


def _displayed_values(values: pd.Series, kind: str) -> pd.Series:
    if kind == "money":
        return values.astype("Float64") / format.minor_units()
    if kind in ("rate", "change"):
        return values.astype("Float64") * 100
    if kind == "photo":
        return values.map(row_list.image_address, na_action="ignore")
    if kind == "seconds":
        return values.map(lambda value: format.seconds(None if pd.isna(value) else value))
    if kind == "day":
        return pd.to_datetime(values).dt.date
    if kind == "moment":
        return pd.to_datetime(values)
    return values


def _is_below_zero(values: pd.Series, kind: str) -> bool:
    return kind in NUMBERS and bool((pd.to_numeric(values) < 0).any())


def _written(kind: str, value: float) -> str:
    """A number of a table (see `_displayed_values`) as this kind of figure is written everywhere."""
    write = row_list.WRITE[kind]
    if kind == "money":
        return write(value * format.minor_units())
    return write(value / 100 if kind in ("rate", "change") else value)


def _config(cell: Column, *, is_written: bool = False) -> Any:
    formats = {
        "money": f"{format.symbol()}%,.{minor_digits(format.currency())}f",
        "count": "%,d",
        "pieces": "%+d",
        "number": "%,.1f",
        "rate": "%.1f%%",
        "change": "%+.1f%%",
    }
    tip = cell.tip or None
    if cell.kind in formats:
        number_format = None if is_written else formats[cell.kind]
        return st.column_config.NumberColumn(cell.label, help=tip, format=number_format)
    if cell.kind == "day":
        return st.column_config.DateColumn(cell.label, help=tip, format=format.day_pattern())
    if cell.kind == "moment":
        return st.column_config.DatetimeColumn(cell.label, help=tip, format=f"{format.day_pattern()} HH:mm")
    if cell.kind == "link":
        return st.column_config.LinkColumn(
            cell.label, help=tip, display_text=":material/open_in_new:", width=70
        )
    if cell.kind == "photo":
        return st.column_config.ImageColumn(cell.label, help=tip, width=48)
    if cell.kind == "seconds":
        return st.column_config.TextColumn(cell.label, help=tip, alignment="right")
    return st.column_config.TextColumn(cell.label, help=tip)


FILE_KINDS = {"pieces": "count"}


def download(name: str, table: pd.DataFrame | Callable[[], pd.DataFrame], cells: Sequence[Column]) -> None:
    """CSV and XLSX of a table (or of a function that returns it), built when they are clicked."""
    fields = [
        spreadsheet.SpreadsheetColumn(
            cell.name, cell.label, FILE_KINDS.get(cell.kind, cell.kind), format.currency()
        )
        for cell in cells
    ]
    with st.container(horizontal=True, key=f"download-{name}"):
        for kind, write, mime in (
            ("csv", spreadsheet.csv_bytes, "text/csv"),
            (
                "xlsx",
                spreadsheet.xlsx_bytes,
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            ),
        ):
            st.download_button(
                t("download", kind=kind.upper()),
                partial(_file, write, table, fields),
                file_name=f"kilnboard-{name}.{kind}",
                mime=mime,
                key=f"download-{name}-{kind}",
                type="tertiary",
                icon=":material/download:",
                on_click="ignore",
            )


def _file(
    write: Callable[..., bytes],
    table: pd.DataFrame | Callable[[], pd.DataFrame],
    fields: Sequence[spreadsheet.SpreadsheetColumn],
) -> bytes:
    return write(table() if callable(table) else table, fields)
