"""What the pages are put together from: sentence, tiles, chart with its table, downloads, empty
state.

All text that stands in our own HTML is escaped here, at the one place where HTML is made.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.charts import base as charts
from dashboard.i18n import format, messages
from dashboard.i18n.messages import t
from dashboard.text import errors
from dashboard.theme import Palette
from dashboard.ui import url_state
from shop.core.errors import ShopError
from shop.core.money import minor_digits
from shop.export import spreadsheet
from shop.growth.comparison.growth import Comparison
from shop.metrics.definitions import metric
from shop.metrics.query import describe, unit_of

ROWS_IN_FULL = 14
STRONG = re.compile(r"\*(.+?)\*")


def label_of(name: str) -> str:
    """What a metric is called in the language of this run."""
    return describe(metric(name), messages.language())[0]


def meaning_of(name: str) -> str:
    """What a metric means in the language of this run."""
    return describe(metric(name), messages.language())[1]


def unit_name(name: str) -> str:
    """The unit of a metric in words, for the axis of a chart."""
    unit = unit_of(name)
    return format.symbol().strip() if unit == "cents" else t(f"unit.{unit}")


KINDS = {"cents": "money", "count": "count", "days": "count", "seconds": "seconds", "rate": "rate"}


def kind_of(name: str) -> str:
    """How a column of this metric is written in a table."""
    return KINDS.get(unit_of(name), "number")


# --- words on the page ---------------------------------------------------------------------------


def sentence(text: str) -> None:
    """The first line of a page: its answer in one sentence; *figures* between stars stand out."""
    st.html(f'<h1 class="kb-sentence">{_strong(text)}</h1>')


def heading(text: str) -> None:
    """The name of a part of the page."""
    st.html(f'<h2 class="kb-heading">{escape(text)}</h2>')


def _strong(text: str) -> str:
    return STRONG.sub(r"<b>\1</b>", escape(text))


def note(text: str) -> None:
    """A quiet line of explanation."""
    st.html(f'<p class="kb-note">{_strong(text)}</p>')


def story(answer: str, more: Sequence[str], quiet: Sequence[str]) -> None:
    """The answer, the sentences that go on from it, and quiet ones; on a phone above the filters."""
    told = "".join(f"<p>{_strong(text)}</p>" for text in more)
    aside = "".join(f'<p class="kb-note">{_strong(text)}</p>' for text in quiet if text)
    st.html(
        f'<div class="kb-story"><h1 class="kb-sentence">{_strong(answer)}</h1>'
        f'<div class="kb-lines">{told}</div>{aside}</div>'
    )


def lines(texts: Sequence[str]) -> None:
    """Sentences that go on from the first one, each on its own line."""
    st.html(f'<div class="kb-lines">{"".join(f"<p>{_strong(text)}</p>" for text in texts)}</div>')


def refusal(problem: ShopError) -> None:
    """An error at the door of the page: its sentence, nothing of the machinery."""
    with st.container(border=True, key="empty-error"):
        note(errors.error(problem))


def empty(page: str) -> None:
    """What a page shows while there is nothing to show: what is missing, and what to do next."""
    with st.container(border=True, key=f"empty-{page}", horizontal_alignment="center"):
        st.markdown(f":material/{EMPTY_ICONS[page]}:", width="content")
        sentence(t(f"{page}.empty"))
        note(t("empty.next"))
        st.page_link("views/data/page.py", label=t("empty.go"), icon=":material/upload_file:")
        note(t("empty.command"))


EMPTY_ICONS = {
    "today": "storefront",
    "growth": "trending_up",
    "products": "local_cafe",
    "comments": "forum",
    "live": "sensors",
    "data": "upload_file",
    "kiln": "mode_heat",
    "listings": "sell",
}


# --- tiles ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One small line of a tile: a label, its figure, and how it changed."""

    label: str
    figure: str
    change: str = ""
    way: str = ""
    tip: str = ""


@dataclass(frozen=True)
class Tile:
    """One figure with its change, what it is compared with in words, and its recent days."""

    label: str
    figure: str
    change: str = ""
    way: str = ""
    base: str = ""
    tip: str = ""
    days: tuple[int, ...] = ()
    rows: tuple[Row, ...] = field(default=())


ARROWS = {"up": "▲", "down": "▼", "same": "■", "": "", "up quiet": "▲", "down quiet": "▼"}


def tiles(shown: Sequence[Tile]) -> None:
    """A row of tiles, as many beside each other as there is room for."""
    large = any(tile.rows for tile in shown)
    kind = "kb-large" if large else "kb-small" if len(shown) > 4 else ""
    st.html(f'<div class="kb-tiles {kind}">{"".join(map(_tile, shown))}</div>')


def one_tile(tile: Tile) -> None:
    """A single tile, to be placed by its caller."""
    st.html(f'<div class="kb-tiles">{_tile(tile)}</div>')


def _tile(tile: Tile) -> str:
    spark = sparkline(tile.days) if tile.days else ""
    rows = "".join(
        f'<tr title="{escape(row.tip)}"><th scope="row">{escape(row.label)}</th>'
        + (
            f"<td>{escape(row.figure)}</td><td>{_change(row.change, row.way)}</td></tr>"
            if row.change
            else f'<td colspan="2">{escape(row.figure)}</td></tr>'
        )
        for row in tile.rows
    )
    return (
        f'<section class="kb-tile" title="{escape(tile.tip)}"><h3>{escape(tile.label)}</h3>'
        f'<div class="kb-figure"><strong>{escape(tile.figure)}</strong>'
        f"{_change(tile.change, tile.way)}</div>{spark}"
        f'<p class="kb-base">{escape(tile.base)}</p>'
        + (f'<table class="kb-rows">{rows}</table>' if rows else "")
        + "</section>"
    )


def _change(text: str, way: str) -> str:
    if not text:
        return ""
    arrow = f'<i aria-hidden="true">{ARROWS[way]}</i>'
    tip = f' title="{escape(t("change.quiet"))}"' if way.endswith("quiet") else ""
    return f'<span class="kb-change {_colour(way)}"{tip}>{arrow}{escape(text)}</span>'


def _colour(way: str) -> str:
    if way not in ("up", "down"):
        return "kb-same"
    return "kb-red" if (way == "up") == up_is_red() else "kb-green"


def up_is_red() -> bool:
    """Whether up is shown red: so in Chinese, green in English, unless the setting says
    otherwise.
    """
    chosen = url_state.get("up")
    return format.red_is_up() if chosen not in ("red", "green") else chosen == "red"


def up_and_down(colours: Palette) -> tuple[str, str]:
    """The colours of more and of less, as the setting says."""
    return (colours.red, colours.green) if up_is_red() else (colours.green, colours.red)


def sparkline(values: Sequence[int]) -> str:
    """Recent days as small bars without axes, from 0 up, the last day strong."""
    top = max(*values, 1)
    bars = "".join(f'<i style="height:{max(value, 0) / top:.1%}"></i>' for value in values)
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


def way_of(comparison: Comparison) -> str:
    """up, down or same as shown; quiet where it may be chance or is neither good nor bad."""
    if comparison.change is None:
        return ""
    if abs(comparison.change) < 0.0005:
        return "same"
    way = "up" if comparison.change > 0 else "down"
    is_quiet = comparison.is_noise or metric(comparison.metric).good != 1
    return f"{way} quiet" if is_quiet else way


def change_of(comparison: Comparison) -> str:
    """The change of a comparison in words: +68.0%, points for a rate, "new" without a base."""
    if comparison.change is None:
        now, before = comparison.headline
        return t("change.new") if now and before == 0 else ""
    is_rate = unit_of(comparison.metric) == "rate"
    return format.points(comparison.change) if is_rate else format.change(comparison.change)


def figure_of(comparison: Comparison) -> str:
    """The figure of the range now, in total."""
    return format.by_unit(unit_of(comparison.metric))(comparison.now.total)


def total_tile(comparison: Comparison) -> Tile:
    """A tile of the totals as they stand, with both numbers."""
    write = format.by_unit(unit_of(comparison.metric))
    plain = Comparison(
        comparison.metric,
        comparison.now,
        comparison.before,
        comparison.change_total,
        comparison.change_total,
        comparison.is_noise,
    )
    key = "tile.total" if comparison.is_per_day else "tile.plain"
    return Tile(
        label=t(key, metric=label_of(comparison.metric)),
        figure=write(comparison.now.total),
        change=change_of(plain),
        way=way_of(plain),
        base=t("tile.base", range=comparison.before.period, figure=write(comparison.before.total)),
        tip=meaning_of(comparison.metric),
    )


def per_day_tile(comparison: Comparison) -> Tile:
    """A tile of the figure per day, with both numbers and both lengths."""
    write = format.money if unit_of(comparison.metric) == "cents" else format.number
    now, before = comparison.headline
    return Tile(
        label=t("tile.per_day", metric=label_of(comparison.metric)),
        figure=write(now),
        change=change_of(comparison),
        way=way_of(comparison),
        base=t(
            "tile.base_days",
            range=comparison.before.period,
            days=comparison.before.period.days,
            figure=write(before),
        ),
        tip=t("tile.per_day_tip", days=comparison.now.period.days),
    )


def first_tile(comparison: Comparison) -> Tile:
    """The tile that compares fairly: per day where the metric adds up over days."""
    return per_day_tile(comparison) if comparison.is_per_day else total_tile(comparison)


def comparison_tiles(comparison: Comparison) -> list[Tile]:
    """The fair tile first, then the total as it stands."""
    return (
        [per_day_tile(comparison), total_tile(comparison)]
        if comparison.is_per_day
        else [total_tile(comparison)]
    )


def row_of(comparison: Comparison) -> Row:
    """A small line of a tile for one metric."""
    return Row(
        label_of(comparison.metric),
        figure_of(comparison),
        change_of(comparison),
        way_of(comparison),
        meaning_of(comparison.metric),
    )


# --- charts and tables ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """One column of a table: its name in the data, its label, and how it is written.

    kinds: text, day, moment, count, pieces (a change of them), number, money (cents), rate, change,
    seconds, link, photo (JPEG).
    """

    name: str
    label: str
    kind: str = "text"
    tip: str = ""


def columns(*names: str) -> list[Column]:
    """Columns of metrics, labelled and written as METRICS says."""
    return [Column(name, label_of(name), kind_of(name), meaning_of(name)) for name in names]


def chart(
    name: str, title: str, figure: charts.Drawn, alt: str, table: pd.DataFrame, cells: Sequence[Column]
) -> None:
    """A chart under its title, or, at a click, the table behind it."""
    with st.container(key=f"chart-{name}"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            heading(title)
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
            table_of(name, table, cells)
        else:
            draw(name, figure(), alt)


def draw(name: str, figure: charts.Figure, alt: str) -> None:
    """A figure across the width of the page, with its words for those who cannot see it."""
    st.plotly_chart(figure, key=f"figure-{name}", theme=None, config=charts.CONFIG, alt=alt)


def table_of(name: str, table: pd.DataFrame, cells: Sequence[Column], *, height: int | None = None) -> None:
    """A table with its own download; money to the last 分."""
    st.dataframe(
        _displayed(table, cells),
        hide_index=True,
        key=f"table-{name}",
        column_config={cell.label: _config(cell) for cell in cells},
        height=height or ("content" if len(table) <= ROWS_IN_FULL else 460),
        placeholder=format.UNKNOWN,
    )
    download(name, table, [cell for cell in cells if cell.kind != "photo"])


def _displayed(table: pd.DataFrame, cells: Sequence[Column]) -> pd.DataFrame:
    return pd.DataFrame({cell.label: _shown(table[cell.name], cell.kind) for cell in cells})


def _shown(values: pd.Series, kind: str) -> pd.Series:
    if kind == "money":
        return values.astype("Float64") / format.minor_units()
    if kind in ("rate", "change"):
        return values.astype("Float64") * 100
    if kind == "photo":
        return values.map(_as_link)
    if kind == "seconds":
        return values.map(lambda value: format.seconds(None if pd.isna(value) else value))
    return values


def _as_link(picture: bytes | None) -> str | None:
    """A small picture that travels within the page."""
    return f"data:image/jpeg;base64,{b64encode(picture).decode()}" if picture else None


def _config(cell: Column) -> Any:
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
        return st.column_config.NumberColumn(cell.label, help=tip, format=formats[cell.kind])
    if cell.kind == "photo":
        return st.column_config.ImageColumn(cell.label, help=tip, width=48)
    if cell.kind == "seconds":
        return st.column_config.TextColumn(cell.label, help=tip, alignment="right")
    return st.column_config.TextColumn(cell.label, help=tip)


KEPT_AS = {"pieces": "count"}  # in a file


def download(name: str, table: pd.DataFrame | Callable[[], pd.DataFrame], cells: Sequence[Column]) -> None:
    """CSV and XLSX of a table (or of what makes it), made when they are asked for."""
    fields = [
        spreadsheet.Field(cell.name, cell.label, KEPT_AS.get(cell.kind, cell.kind), format.currency())
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
                partial(_written, write, table, fields),
                file_name=f"kilnboard-{name}.{kind}",
                mime=mime,
                key=f"download-{name}-{kind}",
                type="tertiary",
                icon=":material/download:",
                on_click="ignore",
            )


def _written(
    write: Callable[..., bytes],
    table: pd.DataFrame | Callable[[], pd.DataFrame],
    fields: Sequence[spreadsheet.Field],
) -> bytes:
    return write(table() if callable(table) else table, fields)
