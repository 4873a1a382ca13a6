"""The rows of a table one below another, each figure with its label: what a phone shows in place of a wide table."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text.metrics import Column
from shop.metrics.tables import records

FIRST_ROWS, MOST_ROWS = 8, 60  # seen at once, and at a tap; the others are in the file below


def show(table: pd.DataFrame, cells: Sequence[Column]) -> None:
    """The first rows of a table, under the name in their first column of words; hidden on wide screens."""
    title = next((cell for cell in cells if cell.kind in ("text", "day", "moment")), cells[0])
    rows = [_row(row, cells, title) for row in records(table.head(MOST_ROWS))]
    body = _list(rows[:FIRST_ROWS])
    if rest := rows[FIRST_ROWS:]:
        body += (
            f"<details><summary>{escape(t('table.more', count=len(rest)))}</summary>{_list(rest)}</details>"
        )
    if len(table) > MOST_ROWS:
        body += f'<p class="kb-note">{escape(t("table.left", count=len(table) - MOST_ROWS))}</p>'
    st.html(body)


def _list(rows: Sequence[str]) -> str:
    return f'<ul class="kb-phone-rows">{"".join(rows)}</ul>'


def _row(row: dict[str, Any], cells: Sequence[Column], title: Column) -> str:
    picture = next((row[cell.name] for cell in cells if cell.kind == "photo"), None)
    figures = "".join(
        f"<div><dt>{escape(cell.label)}</dt><dd>{_written(row[cell.name], cell)}</dd></div>"
        for cell in cells
        if cell is not title and cell.kind != "photo"
    )
    image = f'<img alt="" src="{image_address(picture)}">' if picture else ""
    return f"<li>{image}<b>{_written(row[title.name], title)}</b><dl>{figures}</dl></li>"


def image_address(picture: bytes) -> str:
    """A small picture as a data URL."""
    return f"data:image/jpeg;base64,{b64encode(picture).decode()}"


def _whole(value: Any) -> str:  # a column with unknown cells has counts as 3.0
    return format.whole(round(value))


def _signed(value: Any) -> str:
    return ("+" if value > 0 else "") + _whole(value)


WRITE: dict[str, Callable[[Any], str]] = {
    "money": format.exact,
    "count": _whole,
    "pieces": _signed,
    "number": format.number,
    "rate": format.rate,
    "change": format.change,
    "seconds": format.seconds,
    "day": format.day,
    "moment": format.moment,
}


def _written(value: Any, cell: Column) -> str:
    """One cell as HTML; figures with a true minus."""
    if not format.is_known(value) or value == "":
        return format.UNKNOWN
    if cell.kind == "link":
        return f'<a href="{escape(str(value))}" target="_self">{escape(t("table.open"))}</a>'
    return escape(WRITE.get(cell.kind, str)(value))
