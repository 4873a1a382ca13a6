"""What each presentation of a session brought against the session's own baseline; and moments to confirm as marks."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from dashboard.charts import live as charts
from dashboard.i18n.messages import t
from dashboard.text.audience import live as wording
from dashboard.text.choices import distinct_labels
from dashboard.text.metrics import Column, label_of
from dashboard.ui import actor, cache, feedback, filters, tables, text, url_state
from dashboard.views.live import common
from dashboard.views.live.common import SessionView
from shop.db.database import Database
from shop.streams import marks
from shop.streams.lift import Verdict
from shop.streams.lifts import (
    ItemLift,
    Measure,
    PresentationLift,
    item_lifts,
    presentation_lifts,
    suggested_marks,
)
from shop.streams.marks import Mark
from shop.streams.minutes import session_products
from shop.streams.session import SessionRecord

MEASURES: tuple[Measure, ...] = ("orders", "product_clicks", "comments")
MOST_DRAWN = 24
MOST_SUGGESTED = 8


def show(shown: SessionView) -> None:
    """The lifts as a chart and a table, by piece, and the suggested marks."""
    measures = {str(name): name for name in MEASURES if name in shown.minutes.sources}
    if not measures:
        text.note(t("live.lift.no_curve"))
        return
    chosen = url_state.choice(
        st.segmented_control,
        t("live.lift.measure"),
        tuple(measures),
        "measure",
        lambda name: t(f"live.lift.measures.{name}"),
        required=True,
    )
    lifts = cache.cached(lifts_of, shown.session, measures[chosen], len(shown.minutes.table))
    if lifts:
        _lifts(shown.session, lifts)
        _items(item_lifts(lifts), {one.mark.sku: one.mark.item for one in lifts})
    else:
        text.note(t("live.lift.no_marks"))
    _suggestions(shown)


def lifts_of(db: Database, session: SessionRecord, measure: Measure, _minutes: int) -> list[PresentationLift]:
    """The lifts of a session; `_minutes` makes the answer new while it runs."""
    return presentation_lifts(db, session, measure=measure)


def _lifts(session: SessionRecord, lifts: list[PresentationLift]) -> None:
    drawn = [one for one in lifts if one.result.lift is not None][:MOST_DRAWN]
    table = pd.DataFrame(
        [
            (
                common.clock(session, one.mark.marked_at),
                wording.presentation(one),
                one.result.count,
                one.result.expected,
                one.result.lift,
                one.result.low,
                one.result.high,
                wording.verdict(one.result.verdict),
                one.gmv_cents,
            )
            for one in lifts
        ],
        columns=["at", "item", "count", "expected", "lift", "low", "high", "verdict", "gmv_cents"],
    ).astype(
        {"count": "Int64", "gmv_cents": "Int64"}
        | dict.fromkeys(("expected", "lift", "low", "high"), "Float64")
    )
    shown = [
        Column("at", t("live.marks.at")),
        Column("item", t("live.lift.item")),
        Column("count", t("live.lift.count"), "count"),
        Column("expected", t("live.lift.expected"), "number", t("live.lift.expected_tip")),
        Column("lift", t("live.lift.lift"), "change"),
        Column("low", t("live.lift.low"), "change"),
        Column("high", t("live.lift.high"), "change"),
        Column("verdict", t("live.lift.verdict")),
        Column("gmv_cents", label_of("gmv"), "money"),
    ]
    if drawn:
        tables.chart(
            "session-lifts",
            t("live.lift.title"),
            partial(_figure, session, drawn),
            t("live.lift.alt"),
            table,
            shown,
        )
    tables.show("session-lifts-all", table, shown)
    text.note(t("live.lift.note"))


def _figure(session: SessionRecord, lifts: list[PresentationLift]) -> charts.Figure:
    results = [one.result for one in lifts]
    return charts.lifts(
        [f"{wording.at_second(session, one.window.start)} {wording.presentation(one)}" for one in lifts],
        [result.lift or 0.0 for result in results],
        [(result.low or 0.0, result.high or 0.0) for result in results],
        [result.verdict in (Verdict.MORE, Verdict.LESS) for result in results],
        [
            t(
                "live.lift.hover",
                count=result.count,
                expected=result.expected,
                lift=result.lift,
                low=result.low,
                high=result.high,
                verdict=wording.verdict(result.verdict),
            )
            for result in results
        ],
        filters.colours(),
    )


def _items(items: list[ItemLift], names: dict[str | None, str | None]) -> None:
    repeated = [item for item in items if item.presentations > 1]
    if not repeated:
        return
    text.heading(t("live.lift.by_item"))
    table = pd.DataFrame(
        [
            (names.get(item.sku) or item.item, item.presentations, item.orders, item.expected, item.lift)
            for item in repeated
        ],
        columns=["item", "presentations", "orders", "expected", "lift"],
    ).astype({"presentations": "Int64", "orders": "Int64", "expected": "Float64", "lift": "Float64"})
    tables.show(
        "session-items",
        table,
        [
            Column("item", t("live.lift.item")),
            Column("presentations", t("live.lift.presentations"), "count"),
            Column("orders", t("live.lift.count"), "count"),
            Column("expected", t("live.lift.expected"), "number"),
            Column("lift", t("live.lift.lift"), "change"),
        ],
    )


# --- suggested marks -------------------------------------------------------------------------------


def _suggestions(shown: SessionView) -> None:
    """Moments at which the audience became busier, to be confirmed as marks, with the piece that was shown."""
    result = cache.cached(suggestions_of, shown.session, len(shown.minutes.table))
    text.heading(t("live.suggested.title"))
    if not result:
        text.note(t("live.suggested.none"))
        return
    text.note(t("live.suggested.note"))
    sold = cache.cached(session_products, shown.session, shown.sums)
    pieces = dict(zip(sold["sku"].tolist(), sold["title"].tolist(), strict=True))
    for mark, measure in result[:MOST_SUGGESTED]:
        with st.container(horizontal=True, vertical_alignment="bottom", key=f"suggested-{mark.marked_at}"):
            label = t(
                "live.suggested.at",
                at=common.clock(shown.session, mark.marked_at),
                measure=t(f"live.lift.measures.{measure}"),
            )
            chosen = st.selectbox(
                label,
                ("", *pieces),
                format_func=distinct_labels(
                    ("", *pieces), lambda sku: pieces.get(sku, "") or t("live.suggested.unknown_piece")
                ),
                key=f"suggested-piece-{mark.marked_at}",
                width=360,
            )
            st.button(
                t("live.suggested.confirm"),
                key=f"suggested-confirm-{mark.marked_at}",
                icon=":material/check:",
                on_click=_confirm,
                args=(mark, chosen, pieces.get(chosen, "")),
            )


def suggestions_of(db: Database, session: SessionRecord, _minutes: int) -> list[tuple[Mark, str]]:
    """The suggested marks of a session; `_minutes` makes the answer new while it runs."""
    return suggested_marks(db, session)


def _confirm(mark: Mark, sku: str, title: str) -> None:
    new = Mark(
        mark.kind,
        mark.marked_at,
        mark.platform,
        mark.session_id,
        item=title or None,
        sku=sku or None,
        source="suggested",
        mark_id=mark.mark_id,
    )
    if feedback.act(marks.add_marks, [new]) is not None:
        undo = partial(marks.undo_mark, cache.database(), new.mark_id, actor=actor.actor())
        feedback.report(t("live.marks.saved", mark=wording.mark(new)), undo)
