"""What somebody has to decide about the stock: pieces that were sold twice, and parcels on their way back."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from functools import partial
from html import escape
from typing import Any

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text import catalog
from dashboard.ui import actor, cache, feedback, text
from dashboard.views.stock import common
from shop.catalog import photos
from shop.db.database import Database
from shop.stock import oversold, returns
from shop.stock.oversold import OversoldLine, ServedOrder, Settlement, Sibling
from shop.stock.returns import Return
from shop.undo import stock

SHOWN = 8


def todo() -> None:
    """The part of the page: what was sold twice first, then what comes back."""
    short = cache.ask(oversold.oversold)
    back = cache.ask(returns.expected)
    if not short and not back:
        text.note(t("stock.todo.nothing"))
    skus = {one.sku for one in short} | {one.sku for one in back}
    thumbs = cache.ask(photos.thumbs, tuple(sorted(skus)))
    if short:
        text.heading(t("stock.short.title"))
        text.note(t("stock.short.note"))
        for place, one in enumerate(short[:SHOWN]):
            _short(place, one, thumbs.get(one.sku))
        if len(short) > SHOWN:
            text.note(t("stock.todo.more", count=len(short) - SHOWN))
    _decided()
    if back:
        _returns(back, thumbs)


def headed(thumb: bytes | None, title: str, remarks: str) -> None:
    """What a card is about: picture, name, and a quiet line."""
    picture = (
        f'<img alt="" src="data:image/jpeg;base64,{b64encode(thumb).decode()}">'
        if thumb
        else '<span class="kb-nophoto"></span>'
    )
    st.html(
        f'<div class="kb-line">{picture}<div><b>{escape(title)}</b>'
        f"<small>{escape(remarks)}</small></div></div>"
    )


def named(sku: str, otherwise: str) -> str:
    """What a SKU is called on the shelf; one that is no longer there by what is known of it."""
    return common.titles().get(sku, otherwise)


# --- sold twice ------------------------------------------------------------------------------------


def _short(place: int, one: OversoldLine, thumb: bytes | None) -> None:
    """One order that lacks pieces: who paid first, what could go out instead, what is decided."""
    with st.container(border=True, key=f"touch-short-{place}"):
        what = named(one.sku, one.title)
        headed(
            thumb,
            t("stock.short.lacks", what=what, short=one.short, wanted=one.wanted),
            t(
                "stock.short.who",
                sku=one.sku,
                order=common.order(one.platform, one.order_id),
                when=common.when(one.paid_at),
            ),
        )
        if one.first:
            firsts = t("stock.short.and").join(_first(first) for first in one.first)
            text.note(t("stock.short.first", orders=firsts))
        if one.is_shipped:
            text.note(t("stock.short.is_shipped"))
        key = f"{one.order_id}-{one.line_id}-{one.part}"
        chosen = _sibling(one, key)
        with st.container(horizontal=True, gap="small"):
            if chosen is not None:
                st.button(
                    t("stock.short.swap"),
                    key=f"sibling-{key}",
                    type="primary",
                    icon=":material/swap_horiz:",
                    on_click=_settle,
                    args=(one, "sibling", chosen.sku),
                )
            st.button(
                t("stock.short.waits"),
                key=f"waits-{key}",
                on_click=_settle,
                help=t("stock.short.waits_tip"),
                args=(one, "waits", None),
            )
            st.button(
                t("stock.short.refunded"),
                key=f"refunded-{key}",
                on_click=_settle,
                help=t("stock.short.refunded_tip"),
                args=(one, "refunded", None),
            )


def _first(first: ServedOrder) -> str:
    state = t("stock.short.sent") if first.is_shipped else t("stock.short.not_sent")
    return t(
        "stock.short.paid",
        order=common.order(first.platform, first.order_id),
        when=common.when(first.paid_at),
        state=state,
    )


def _sibling(one: OversoldLine, key: str) -> Sibling | None:
    """What could go out instead, the nearest chosen."""
    if not one.siblings:
        text.note(t("stock.short.no_sibling"))
        return None
    chosen: Sibling = st.selectbox(
        t("stock.short.sibling"), one.siblings, format_func=_offered, key=f"instead-{key}"
    )
    return chosen


def _offered(sibling: Sibling) -> str:
    near = "same" if sibling.has_same_glaze else "other"
    price = (
        "" if sibling.price_cents is None else " · " + catalog.money(sibling.price_cents, sibling.currency)
    )
    return t(f"stock.short.{near}", what=named(sibling.sku, sibling.title), pieces=sibling.available) + price


def _settle(one: OversoldLine, how: Settlement, sibling: str | None) -> None:
    place = (one.platform, one.order_id, one.line_id)
    settle = partial(_settled, place, how, sibling, one.part)
    if feedback.tried(settle):
        common.done(t(f"stock.short.done.{how}"), settled=[*place, one.part])


def _settled(place: tuple[str, str, str], how: Settlement, sibling: str | None, part: int) -> None:
    oversold.settle(cache.database(), *place, how, sibling=sibling, part=part, actor=actor.actor())


def _decided() -> None:
    """What is decided already and still lacks its piece: who waits."""
    found = [one for one in cache.ask(oversold.oversold, settled=True) if one.settled_how]
    if not found:
        return
    with st.expander(t("stock.short.decided", count=len(found))):
        for one in found[:SHOWN]:
            with st.container(
                horizontal=True,
                horizontal_alignment="distribute",
                key=f"decided-{one.order_id}-{one.line_id}-{one.part}",
            ):
                what, order = named(one.sku, one.title), common.order(one.platform, one.order_id)
                text.note(
                    t("stock.short.decided_line", what=what, short=one.short, order=order, who=one.settled_by)
                )
                st.button(
                    t("stock.short.reopen"),
                    type="tertiary",
                    key=f"reopen-{one.order_id}-{one.line_id}-{one.part}",
                    on_click=_reopen,
                    args=(one,),
                )


def _reopen(one: OversoldLine) -> None:
    number = stock.number_of(cache.database(), settled=list(one.key))
    if number is not None and feedback.tried(common.take_back, number):
        feedback.say(t("stock.undone"))


# --- on their way back -----------------------------------------------------------------------------


def _returns(found: list[Return], thumbs: dict[str, bytes]) -> None:
    text.heading(t("stock.back.title", count=len(found)))
    text.note(t("stock.back.note"))
    wanted = ""
    if len(found) > SHOWN:
        wanted = st.text_input(
            t("stock.back.find"), key="returns-find", width=260, placeholder=t("stock.back.find_hint")
        )
    matching = [item for item in found if _matches(item, wanted)]
    for one in matching[:SHOWN]:
        _return(one, thumbs.get(one.sku))
    if len(matching) > SHOWN:
        text.note(t("stock.todo.more", count=len(matching) - SHOWN))
    elif not matching:
        text.note(t("stock.back.none_found"))


def _matches(item: Return, wanted: str) -> bool:
    fields = (item.order_id, item.refund_id, named(item.sku, item.title), item.sku, item.reason or "")
    return all(word in " ".join(fields).casefold() for word in wanted.casefold().split())


def _return(one: Return, thumb: bytes | None) -> None:
    """One parcel: what it should bring, and what it brought."""
    key = "-".join(map(str, one.key))
    since = "" if one.since is None else " · " + common.when(one.since)
    reason = "" if not one.reason else " · " + one.reason
    with st.container(border=True, key=f"touch-back-{key}"):
        headed(
            thumb,
            t("stock.back.pieces", what=named(one.sku, one.title), pieces=one.pieces),
            common.order(one.platform, one.order_id) + since + reason,
        )
        with st.container(horizontal=True, gap="small"):
            for name, icon in (("whole", "check"), ("broken", "heart_broken"), ("missing", "help")):
                st.button(
                    t(f"stock.back.{name}", pieces=one.pieces),
                    key=f"{name}-{key}",
                    icon=f":material/{icon}:",
                    type="secondary",
                    on_click=_received,
                    args=(one, {name: one.pieces}),
                )
            if one.pieces > 1:
                _in_parts(one, key)


def _in_parts(one: Return, key: str) -> None:
    """A parcel of which some pieces are whole and some are not."""
    with st.popover(t("stock.back.parts")):
        given = {
            name: st.number_input(
                t(f"stock.back.of_them.{name}"), 0, one.pieces, step=1, key=f"part-{name}-{key}"
            )
            for name in ("whole", "broken", "missing")
        }
        st.button(
            t("stock.back.save"), key=f"parts-{key}", type="primary", on_click=_received, args=(one, given)
        )


def _received(one: Return, pieces: Mapping[str, Any]) -> None:
    receive = partial(_receive, cache.database(), one, pieces)
    if feedback.tried(receive):
        common.done(t("stock.back.done", what=named(one.sku, one.title)), receipt=list(one.key))


def _receive(db: Database, one: Return, pieces: Mapping[str, Any]) -> None:
    returns.receive_return(
        db,
        one.platform,
        one.order_id,
        one.line_id,
        part=one.part,
        refund_id=one.refund_id,
        actor=actor.actor(),
        **pieces,
    )
