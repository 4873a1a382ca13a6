"""The end of a count: what differs, how right the book was; booked, or given up, after one more look."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.ui import actor, cache, feedback, text, url_state
from dashboard.views.stock import common
from shop.stock import counts
from shop.stock.count_page import CountLine, CountPage, StockCount
from shop.stock.counts import Accuracy

CONFIRMING = "count-asked"
DIFFERENCES = 30


def finish_panel(item: StockCount, page: CountPage) -> None:
    """What the count comes to so far, and how to end it."""
    if not page.done:
        with st.container(key="touch-finish"):
            _confirmation(item, page, None)
        return
    result = cache.cached(counts.accuracy, item.count_id)
    with st.container(border=True, key="touch-finish"):
        text.heading(t("stock.finish.title"))
        text.note(_accuracy(page, result))
        if page.differences:
            _differences(page.differences)
        _confirmation(item, page, result)


def _accuracy(page: CountPage, result: Accuracy) -> str:
    """Lines and pieces that were right, and what was not counted."""
    sentence = t(
        "stock.finish.accuracy",
        right=result.lines_right,
        lines=result.lines,
        share=result.pieces_right / result.pieces if result.pieces else None,
    )
    if page.total > page.done:
        sentence += " " + t("stock.finish.left", left=page.total - page.done)
    return sentence


def _differences(lines: tuple[CountLine, ...]) -> None:
    st.html(
        '<table class="kb-list kb-differences">'
        + "".join(
            f"<tr><td>{escape(line.level.title)}</td><td class='kb-right kb-muted'>"
            f"{escape(t('stock.finish.from_to', before=line.expected, after=line.counted))}</td>"
            f"<td class='kb-right'>{escape(_signed(line.difference))}</td></tr>"
            for line in lines[:DIFFERENCES]
        )
        + "</table>"
    )
    if len(lines) > DIFFERENCES:
        text.note(t("stock.finish.more", count=len(lines) - DIFFERENCES))


def _signed(pieces: int) -> str:
    return f"+{pieces}" if pieces > 0 else f"{format.MINUS}{-pieces}"


def _confirmation(item: StockCount, page: CountPage, result: Accuracy | None) -> None:
    """Finish or give up; each is confirmed before it is done."""
    value = st.session_state.get(CONFIRMING)
    if value == ("finish", item.count_id) and result is not None:
        text.note(t("stock.finish.sure", differ=len(page.differences), fewer=result.fewer, more=result.more))
        _sure(item, "finish", _finish)
    elif value == ("drop", item.count_id):
        text.note(t("stock.finish.sure_drop", lines=page.done))
        _sure(item, "drop", _drop)
    else:
        with st.container(horizontal=True):
            st.button(
                t("stock.finish.finish"),
                key="finish",
                disabled=not page.done,
                type="primary" if page.done else "secondary",
                icon=":material/done_all:",
                on_click=_confirm,
                args=("finish", item.count_id),
            )
            st.button(
                t("stock.finish.drop"),
                key="drop",
                type="tertiary",
                on_click=_confirm,
                args=("drop", item.count_id),
            )


def _sure(item: StockCount, name: str, then: Callable[[int], None]) -> None:
    with st.container(horizontal=True):
        st.button(
            t(f"stock.finish.{name}_sure"),
            key=f"{name}-sure",
            type="primary",
            on_click=then,
            args=(item.count_id,),
        )
        st.button(t("stock.finish.back"), key=f"{name}-back", on_click=_confirm, args=("", 0))


def _confirm(name: str, count_id: int) -> None:
    st.session_state[CONFIRMING] = (name, count_id)


def _finish(count_id: int) -> None:
    before = counts.accuracy(cache.database(), count_id)
    _confirm("", 0)
    if feedback.act(counts.finish, count_id) is not None:
        url_state.put("count", "")
        common.done(
            t(
                "stock.finish.finished",
                right=before.lines_right,
                lines=before.lines,
                fewer=before.fewer,
                more=before.more,
            ),
            count_id=count_id,
        )


def _drop(count_id: int) -> None:
    _confirm("", 0)
    if feedback.tried(lambda: counts.drop(cache.database(), count_id, actor=actor.actor())):
        url_state.put("count", "")
        feedback.report(t("stock.finish.dropped"))
