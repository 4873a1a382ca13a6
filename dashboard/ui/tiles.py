"""Tiles, sparklines and lists with bars, as HTML of our own. All text in it is escaped here."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import parse_qsl

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text.tiles import Tile
from dashboard.ui import filters, url_state


def show(tiles: Sequence[Tile]) -> None:
    """A row of tiles."""
    large = any(tile.rows for tile in tiles)
    kind = "kb-large" if large else "kb-small" if len(tiles) > 4 else ""
    st.html(f'<div class="kb-tiles {kind}">{"".join(map(_tile, tiles))}</div>')


def show_single(tile: Tile) -> None:
    """A single tile, without a row around it."""
    st.html(f'<div class="kb-tiles">{_tile(tile)}</div>')


def _tile(tile: Tile) -> str:
    spark = sparkline(tile.days) if tile.days else ""
    rows = "".join(
        f'<tr title="{escape(row.tip)}"><th scope="row">{_linked(row.label, row.link)}</th>'
        + (
            f"<td>{escape(row.figure)}</td><td>{_change(row.change, row.direction)}</td></tr>"
            if row.change
            else f'<td colspan="2">{escape(row.figure)}</td></tr>'
        )
        for row in tile.rows
    )
    return (
        f'<section class="kb-tile" title="{escape(tile.tip)}"><h3>{_linked(tile.label, tile.link)}</h3>'
        f'<div class="kb-figure"><strong>{escape(tile.figure)}</strong>'
        f"{_change(tile.change, tile.direction)}</div>{spark}"
        f'<p class="kb-base">{escape(tile.base)}</p>{_why(tile)}'
        + (f'<table class="kb-rows">{rows}</table>' if rows else "")
        + "</section>"
    )


def _linked(label: str, link: str) -> str:
    """A label that leads to its list; `link` is a page, perhaps with parameters."""
    if not link:
        return escape(label)
    page, _, query = link.partition("?")
    address = url_state.href(f"/{page}", **dict(parse_qsl(query)))
    return f'<a class="kb-link" href="{escape(address)}" target="_self">{escape(label)}</a>'


def _why(tile: Tile) -> str:
    """What the figure means, behind a question mark that is reached by touch and by the keyboard."""
    if not tile.tip:
        return ""
    label = escape(t("lineage.open", figure=tile.label))
    return f'<details class="kb-why"><summary aria-label="{label}">?</summary><p>{escape(tile.tip)}</p></details>'


def _change(text: str, direction: str) -> str:
    if not text:
        return ""
    tip = f' title="{escape(t("change.quiet"))}"' if direction.endswith("quiet") else ""
    return f'<span class="kb-change {_colour(direction)}"{tip}>{escape(text)}</span>'


def _colour(direction: str) -> str:
    if direction not in ("up", "down"):
        return "kb-same"
    return "kb-red" if (direction == "up") == filters.up_is_red() else "kb-green"


def sparkline(values: Sequence[int | None]) -> str:
    """Recent days as small bars without axes, from 0 up, the last day strong; an unknown day has no bar."""
    heights = [max(value or 0, 0) for value in values]
    top = max(*heights, 1)
    bars = "".join(f'<i style="height:{height / top:.1%}"></i>' for height in heights)
    return f'<div class="kb-spark" aria-hidden="true">{bars}</div>'


def bar_list(rows: Sequence[tuple[str, float, str, str]]) -> None:
    """Names with a bar as long as their share of the largest, their figure and a quiet remark."""
    st.html(
        '<table class="kb-list">'
        + "".join(
            f'<tr><td title="{escape(name)}">{escape(name)}</td>'
            f'<td><span class="kb-bar" style="width:{share:.1%}"></span></td>'
            f'<td class="kb-right">{escape(figure)}</td>'
            f'<td class="kb-right kb-muted">{escape(remark)}</td></tr>'
            for name, share, figure, remark in rows
        )
        + "</table>"
    )
