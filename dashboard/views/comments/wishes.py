"""The demand board: what people want and cannot have, a draft or a kiln line for it, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape
from typing import Any

import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text import catalog
from dashboard.text.audience import remarks
from dashboard.ui import actor, cache, feedback, text, tiles, url_state
from dashboard.ui.filters import View
from shop.demand import board, follow_up
from shop.demand.board import DemandItem
from shop.demand.follow_up import DemandOutcome, FollowUp
from shop.listings import details
from shop.undo.catalog import undo

QUOTES = 3
PIECES = 12
PER_PAGE = 12


def show(view: View) -> None:
    """The part of the page: things wanted, then what was acted on."""
    items = cache.cached(board.demand, view.at.on, view.platforms)
    text.note(t("comments.demand.rule", days=board.DAYS))
    if items and items[0].missing == "unknown":
        text.note(t("comments.demand.no_catalog"))
        st.page_link("views/listings/page.py", label=t("comments.demand.go_catalog"), icon=":material/sell:")
    if not items:
        text.note(t("comments.demand.nothing"))
    pages = -(-len(items) // PER_PAGE)
    first = (min(url_state.page(), max(pages, 1)) - 1) * PER_PAGE
    for item in items[first : first + PER_PAGE]:
        _item(item)
    url_state.pages(pages)
    _outcomes(view)


def name(item: DemandItem | DemandOutcome) -> str:
    """The thing in words."""
    return remarks.thing(item.thing)


def _item(item: DemandItem) -> None:
    with st.container(border=True, key=f"touch-d-{item.key}"):
        trend = t("comments.demand.trend", recent=item.recent, before=item.before)
        quotes = "".join(
            f'<li>{escape(remarks.excerpt(wish.text))}<span class="kb-muted"> {escape(wish.author)} · '
            f"{escape(format.short_day(wish.written_on))}</span></li>"
            for wish in remarks.different(item.wishes, QUOTES)
        )
        st.html(
            f'<div class="kb-group"><h3 class="kb-heading">{escape(name(item))} · '
            f"{escape(t('comments.demand.people', people=item.people))}</h3>"
            f'<p class="kb-note">{escape(t(f"comments.demand.missing.{item.missing}"))} · {escape(trend)} · '
            f"{escape(format.money(item.value_cents))}</p>{tiles.sparkline(item.weeks)}"
            f'<ul class="kb-quotes">{quotes}</ul></div>'
        )
        if item.missing != "unknown":
            _actions(item)


def _actions(item: DemandItem) -> None:
    with st.container(horizontal=True, gap="small"):
        if item.missing != "sold_out":
            st.button(
                t("comments.demand.draft"),
                key=f"draft-{item.key}",
                icon=":material/sell:",
                on_click=_draft,
                args=(item,),
            )
        with st.popover(t("comments.demand.kiln"), icon=":material/local_fire_department:"):
            pieces = st.number_input(
                t("comments.demand.pieces"), 1, 10_000, max(item.people, PIECES), key=f"pieces-{item.key}"
            )
            st.button(
                t("comments.demand.start"),
                key=f"kiln-{item.key}",
                type="primary",
                on_click=_start,
                args=(item, int(pieces)),
            )
        if len(item.wishes) > QUOTES:
            with st.popover(t("comments.demand.every", count=len(item.wishes))):
                for wish in item.wishes[:50]:
                    st.text(remarks.excerpt(wish.text))


def _draft(item: DemandItem) -> None:
    platforms = tuple(cache.cached(details.platforms) or catalog.USUAL[:1])[:3]
    done: FollowUp | None = feedback.act(follow_up.draft_listing, item, platforms, name(item))
    if done is not None:
        feedback.report(t("comments.demand.drafted", thing=name(item), sku=done.sku), _undo(done.undo))


def _start(item: DemandItem, pieces: int) -> None:
    done: FollowUp | None = feedback.act(follow_up.start_kiln_batch, item, pieces, name(item))
    if done is not None:
        message = t("comments.demand.started", thing=name(item), pieces=pieces, batch=done.batch_id or "")
        feedback.report(message, _undo(done.undo))


def _undo(numbers: tuple[int, ...]) -> Callable[[], Any]:
    def undo_all() -> None:
        for number in numbers:
            undo(cache.database(), number, actor=actor.actor())

    return undo_all


def _outcomes(view: View) -> None:
    outcomes = cache.cached(follow_up.outcomes, view.at.on)
    if not outcomes:
        return
    text.heading(t("comments.demand.outcomes"))
    for item in outcomes:
        with st.container(border=True, key=f"touch-o-{item.started_on}-{item.sku}"):
            key = "sold" if item.sold else "there" if item.is_there else "waiting"
            text.note(
                t(
                    f"comments.demand.outcome.{key}",
                    thing=name(item),
                    on=item.started_on,
                    people=item.people,
                    sold=item.sold,
                    days=item.days_to_sale or 0,
                    sku=item.sku or "",
                )
            )
            if item.uninformed:
                _inform(item)


def _inform(item: DemandOutcome) -> None:
    with st.expander(t("comments.demand.tell", people=len(item.uninformed))):
        text.note(t("comments.demand.tell_note"))
        for wish in item.uninformed[:50]:
            st.text(f"{remarks.excerpt(wish.text, 80)} · {wish.author} · {format.short_day(wish.written_on)}")
        st.button(
            t("comments.demand.told"),
            key=f"told-{item.started_on}-{item.sku}",
            icon=":material/mark_chat_read:",
            on_click=partial(_informed, item),
        )


def _informed(item: DemandOutcome) -> None:
    number = feedback.act(follow_up.inform, item.uninformed)
    if number is not None:
        feedback.report(t("comments.demand.told_done", people=len(item.uninformed)), number)
