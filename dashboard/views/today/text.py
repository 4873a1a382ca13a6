"""What the pages say: answers of the shop turned into sentences, tiles, lists and table columns.

Figures come in as they are answered; only words, order and labels are added here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.i18n import format, messages
from dashboard.i18n.messages import t
from dashboard.text import errors
from dashboard.ui import cache, filters, url_state, widgets
from dashboard.ui.widgets import Column, Row, Tile, columns, label_of
from dashboard.views.products import sales
from shop.comments import comments as audience
from shop.comments.comments import Search
from shop.core.periods import Period
from shop.coverage import RejectedRow, Source
from shop.metrics.query import unit_of
from shop.metrics.tables import cells, records
from shop.overview import CHART_DAYS, Clock, Span, Waiting

SOLD_ROWS = 8
QUESTION_ROWS = 6


def direction(change: float | None) -> str:
    """up, down, same or unknown: which of four sentences tells a change."""
    if change is None:
        return "unknown"
    if abs(change) < 0.0005:
        return "same"
    return "up" if change > 0 else "down"


# --- today ---------------------------------------------------------------------------------------


def today(at: Clock, spans: Sequence[Span]) -> str:
    """The day and the month so far in one sentence."""
    day, month = spans[0].figures, spans[-1].figures
    change = month["gmv"].change
    when = t("today.when.now", at=at.now) if at.now else t("today.when.day", on=at.on)
    return t(
        f"today.sentence.{direction(change)}",
        when=when,
        gmv=day["gmv"].now.total,
        orders=day["orders"].now.total,
        month=month["gmv"].now.total,
        change=change,
    )


def span_tile(span: Span, at: Clock) -> Tile:
    """One stretch: gmv with its change, the base in words, and the other figures as small lines."""
    gmv = span.figures["gmv"]
    return Tile(
        label=t(f"today.span.{span.name}", range=span.now),
        figure=widgets.figure_of(gmv),
        change=widgets.change_of(gmv),
        way=widgets.way_of(gmv),
        base=t(
            f"today.base.{span.name}",
            range=span.before,
            gmv=gmv.before.total,
            until=t("today.until", at=at.now) if at.now else "",
        ),
        tip=widgets.meaning_of("gmv"),
        days=span.days,
        rows=tuple(widgets.row_of(span.figures[name]) for name in ("net_sales", "orders", "units")),
    )


def waiting_tile(waiting: Waiting) -> Tile:
    """What waits for somebody, and how old the newest import is."""
    since = waiting.days_since_import
    return Tile(
        label=t("waiting.name"),
        figure=format.count(waiting.things),
        base=t("waiting.base" if waiting.things else "waiting.nothing"),
        rows=(
            Row(label_of("open_questions"), format.count(waiting.open_questions)),
            Row(t("waiting.oversold"), format.count(waiting.oversold), tip=t("waiting.oversold_tip")),
            Row(t("waiting.low"), format.count(waiting.low_stock), tip=t("waiting.low_tip")),
            Row(t("waiting.aside"), format.count(waiting.rows_set_aside)),
            Row(t("waiting.import"), t("waiting.days", days=since) if since else t("waiting.today")),
        ),
    )


def stock_link(waiting: Waiting) -> None:
    """The way to the shelf, where orders lack pieces or pieces run low."""
    if waiting.oversold:
        label = t("waiting.go_short", orders=waiting.oversold)
    elif waiting.low_stock:
        label = t("waiting.go_low", skus=waiting.low_stock)
    else:
        return
    st.page_link("views/stock/page.py", label=label, icon=":material/shelves:")


def sixty(at: Clock) -> Period:
    """The sixty days up to the day that the page is told for."""
    return Period(at.on - timedelta(days=CHART_DAYS - 1), at.on)


def sixty_days(at: Clock) -> tuple[str, str]:
    """The names of the sixty days and of the sixty before."""
    days = sixty(at)
    return format.span(days), format.span(days.moved(-timedelta(days=CHART_DAYS)))


def sold_list(table: pd.DataFrame) -> None:
    """What sold, the most first, as bars beside the names."""
    shown = table[table["gmv"] > 0].head(SOLD_ROWS)
    if shown.empty:
        widgets.note(t("today.nothing_sold"))
        return
    most = int(shown["gmv"].iloc[0])
    widgets.bar_list(
        [
            (name, gmv / most, format.money(gmv), t("today.pieces", units=units))
            for name, gmv, units in zip(sales.names_of(shown), shown["gmv"], shown["units"], strict=True)
        ]
    )


def questions_list(view: filters.View) -> None:
    """The newest questions, as they were asked."""
    asked = Search(view.at.on - timedelta(days=29), view.at.on, questions=True, platforms=view.platforms)
    table = cache.ask(audience.remarks, asked).table
    table = table[~table["is_answered"]].head(QUESTION_ROWS)
    if table.empty:
        widgets.note(t("today.no_questions"))
        return
    st.html(
        '<table class="kb-list kb-questions">'
        + "".join(
            f"<tr><td>{escape(row['text'] or '')}</td><td class='kb-right kb-muted'>"
            f"{escape(format.short_day(row['written'][:10]))}</td></tr>"
            for row in records(table)
        )
        + "</table>"
    )
    st.page_link("views/comments/page.py", label=t("today.all_questions"), icon=":material/forum:")


# --- comments ------------------------------------------------------------------------------------


def comments(period: Period, found: Mapping[str, Any]) -> str:
    """How much was said, and how much of it waits for an answer."""
    key = "comments.sentence" if found["remarks"] else "comments.none"
    return t(key, range=period, **found)


def figure_tiles(found: Mapping[str, Any]) -> list[Tile]:
    """One plain tile per figure."""
    return [
        Tile(label_of(name), format.by_unit(unit_of(name))(value), tip=widgets.meaning_of(name))
        for name, value in found.items()
    ]


def search(view: filters.View, languages: Sequence[str]) -> Search:
    """The controls that narrow the stream of comments."""
    words_ = url_state.typed(t("comments.search"), "q", placeholder=t("comments.search_hint"), width=240)
    language = ""
    if len(languages) > 1:
        language = url_state.choice(
            st.selectbox,
            t("comments.language"),
            ("", *languages),
            "language",
            lambda name: t(f"language.{name}") if name else t("comments.any"),
            width=132,
        )
    questions = url_state.turned(t("comments.only_questions"), "questions")
    period = view.period
    return Search(period.start, period.end, words_, language, questions, view.platforms)


def remarks(table: pd.DataFrame) -> pd.DataFrame:
    """The comments with what the machine knows of them in words."""
    marks = [
        t("comments.answered") if row["is_answered"] else t("comments.asks") if row["is_question"] else ""
        for row in records(table)
    ]
    return table.assign(mark=marks, place=[t(f"place.{name}") for name in cells(table["place"])])


def remark_columns() -> list[Column]:
    """The columns of the stream of comments."""
    return [
        Column("written", t("comments.written")),
        Column("text", t("comments.text")),
        Column("mark", t("comments.mark")),
        Column("likes", t("comments.likes"), "count"),
        Column("place", t("comments.place")),
    ]


def word_columns() -> list[Column]:
    """The columns of the words that come up."""
    return [
        Column("word", t("comments.word")),
        Column("comments", t("comments.in"), "count"),
        Column("examples", t("comments.examples")),
    ]


# --- live and video ------------------------------------------------------------------------------


def streams(period: Period, live: Mapping[str, Any], video: Mapping[str, Any]) -> str:
    """What was broadcast and published, and what it brought."""
    if not live["sessions"] and not video["videos"]:
        return t("live.sentence_none", range=period)
    return t("live.sentence", range=period, **live, **video)


def streams_table(table: pd.DataFrame) -> pd.DataFrame:
    """The sessions or videos with a name each, and the grade of attribution in words."""
    kept = table.assign(title=[title or t("live.untitled") for title in cells(table["title"])])
    if "attribution" in kept:
        kept["attribution"] = [t(f"grade.{grade}") if grade else None for grade in cells(kept["attribution"])]
    return kept


def stream_columns(kind: str) -> list[Column]:
    """The columns of the sessions or the videos."""
    if kind == "sessions":
        return [
            Column("started", t("live.started")),
            Column("title", t("live.title")),
            Column("seconds", label_of("live_seconds"), "seconds"),
            *columns("session_gmv", "session_orders"),
            Column("attribution", t("live.attribution"), tip=t("live.grades")),
            *columns("stated_gmv", "gpm", "views", "viewers"),
            Column("peak_viewers", t("live.peak"), "count"),
            *columns("gmv_per_hour", "followers_gained", "comments"),
        ]
    return [
        Column("published", t("live.published")),
        Column("title", t("live.title")),
        Column("seconds", t("live.length"), "seconds"),
        Column("views", label_of("video_views"), "count"),
        Column("likes", label_of("video_likes"), "count"),
        Column("comments", label_of("video_comments"), "count"),
        Column("shares", label_of("video_shares"), "count"),
        Column("favorites", t("live.favorites"), "count"),
        Column("followers_gained", label_of("video_followers"), "count"),
        Column("finish_rate", t("live.finish"), "rate"),
        Column("average_watch", label_of("average_watch"), "seconds"),
    ]


def stream_labels(table: pd.DataFrame, kind: str) -> list[str]:
    """What a hover over each mark says."""
    if kind == "sessions":
        return [
            t(
                "live.hover.sessions",
                title=escape(row["title"]),
                at=row["started"],
                gmv=row["session_gmv"],
                views=row["views"],
            )
            for row in records(table)
        ]
    return [
        t(
            "live.hover.videos",
            title=escape(charted(row["title"])),
            at=row["published"],
            views=row["views"],
            likes=row["likes"],
        )
        for row in records(table)
    ]


def charted(title: str, most: int = 28) -> str:
    """A title short enough for a hover."""
    return title if len(title) <= most else title[: most - 1] + "…"


# --- data ----------------------------------------------------------------------------------------


def kind(name: str) -> str:
    """What a kind of file is called."""
    return t(f"kinds.{name}") if messages.has(f"kinds.{name}") else name


def _state(files: pd.DataFrame, runs: pd.DataFrame, missing: int, aside: int) -> str:
    """Which of six sentences tells the state of the data."""
    if files.empty:
        return "empty" if runs.empty else "synced"
    if missing and aside:
        return "both"
    return "missing" if missing else "aside" if aside else "whole"


def read_files(table: pd.DataFrame) -> pd.DataFrame:
    """The files that were read, their kinds in words."""
    return table.assign(kind=[kind(name) for name in cells(table["kind"])])


def data_sentence(
    files: pd.DataFrame, runs: pd.DataFrame, sources: Sequence[Source], aside: Sequence[RejectedRow]
) -> str:
    """How much was read, up to which day, and whether anything is missing."""
    missing = sum(period.days for source in sources for period in source.missing)
    return t(
        f"data.sentence.{_state(files, runs, missing, len(aside))}",
        files=len(files),
        rows=int(files["read"].sum()),
        last=max((source.last for source in sources), default=None),
        missing=missing,
        aside=len(aside),
        records=int(runs["stored"].sum()),
        at=runs["started"].max(),
    )


def aside_table(aside: Sequence[RejectedRow]) -> pd.DataFrame:
    """The rows set aside, each with its reason in words."""
    return pd.DataFrame(
        [(item.file, item.row, item.column, errors.reason(item.code, item.details)) for item in aside],
        columns=["file", "row", "column", "reason"],
    )


def aside_columns() -> list[Column]:
    """The columns of the rows set aside."""
    return [
        Column("file", t("data.file")),
        Column("row", t("data.row"), "count"),
        Column("column", t("data.column")),
        Column("reason", t("data.reason")),
    ]


def gaps(sources: Sequence[Source]) -> pd.DataFrame:
    """Per kind of file: its days, its files, and the stretches that no file covers."""
    return pd.DataFrame(
        [
            (
                kind(source.kind),
                source.first.isoformat(),
                source.last.isoformat(),
                source.files,
                t("data.gap_between").join(format.span(period) for period in source.missing)
                or format.UNKNOWN,
                source.imported_on.isoformat(),
            )
            for source in sources
        ],
        columns=["kind", "first", "last", "files", "missing", "imported"],
    )


def gap_columns() -> list[Column]:
    """The columns of the coverage table."""
    return [
        Column("kind", t("data.kind")),
        Column("first", t("data.first")),
        Column("last", t("data.last")),
        Column("missing", t("data.missing")),
        Column("files", t("data.count"), "count"),
        Column("imported", t("data.imported")),
    ]


def state_names() -> list[str]:
    """The four states of a day in words."""
    return [t(f"data.state.{name}") for name in ("outside", "missing", "covered_empty", "covered")]


def file_columns() -> list[Column]:
    """The columns of the list of files."""
    return [
        Column("name", t("data.file")),
        Column("kind", t("data.kind")),
        Column("first_on", t("data.first")),
        Column("last_on", t("data.last")),
        Column("read", t("data.read"), "count"),
        Column("stored", t("data.stored"), "count"),
        Column("unchanged", t("data.unchanged"), "count"),
        Column("set_aside", t("data.set_aside"), "count"),
        Column("imported", t("data.imported")),
    ]
