"""What somebody has to decide about the stock: pieces that were sold twice, and parcels being returned."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from functools import partial
from html import escape
from typing import Any

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text import catalog
from dashboard.text.choices import distinct_labels
from dashboard.text.safety.audit import person_name
from dashboard.ui import actor, cache, feedback, text
from dashboard.ui.run import read_once
from dashboard.views.stock import common
from shop.catalog import photos
from shop.core.text import has_words
from shop.db.database import Database
from shop.stock import levels, oversold, returns
from shop.stock.oversold import OversoldLine, ServedOrder, Settlement, Sibling
from shop.stock.returns import Return
from shop.undo import stock

SHOWN = 8


def todo() -> None:
    """The part of the page: what was sold twice first, then what comes back."""
    short = cache.cached(oversold.oversold)
    back = cache.cached(returns.expected)
    if not short and not back:
        text.note(t("stock.todo.nothing"))
    skus = {item.sku for item in short} | {item.sku for item in back}
    thumbs = cache.cached(photos.thumbs, tuple(sorted(skus)))
    if short:
        text.heading(t("stock.short.title"))
        text.note(t("stock.short.note"))
        for place, item in enumerate(short[:SHOWN]):
            _short(place, item, thumbs.get(item.sku))
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
    """What a SKU is called in stock; one that is no longer there by what is known of it."""
    return read_once("stock.titles", _titles).get(sku, otherwise)


def _titles() -> Mapping[str, str]:
    """What all is called that is decided here."""
    short = cache.cached(oversold.oversold, settled=True)
    skus = {
        sku for item in short for sku in (item.sku, item.set_sku, *(other.sku for other in item.siblings))
    }
    skus |= {item.sku for item in cache.cached(returns.expected)}
    return cache.cached(levels.titles, tuple(sorted(filter(None, skus))))


# --- sold twice ------------------------------------------------------------------------------------


def _short(place: int, item: OversoldLine, thumb: bytes | None) -> None:
    """One order that lacks pieces: who paid first, what could go out instead, what is decided."""
    with st.container(border=True, key=f"touch-short-{place}"):
        what = named(item.sku, item.title)
        headed(
            thumb,
            t("stock.short.lacks", what=what, short=item.short, wanted=item.wanted),
            t(
                "stock.short.who",
                sku=item.sku,
                order=common.order(item.platform, item.order_id),
                when=common.when(item.paid_at),
            ),
        )
        if item.set_sku:
            text.note(t("stock.set.of", what=named(item.set_sku, item.set_sku)))
        if item.first:
            firsts = t("stock.short.and").join(_first(first) for first in item.first)
            text.note(t("stock.short.first", orders=firsts))
        if item.is_shipped:
            text.note(t("stock.short.is_shipped"))
        key = "-".join(map(str, item.key))
        chosen = _sibling(item, key)
        with st.container(horizontal=True, gap="small"):
            if chosen is not None:
                st.button(
                    t("stock.short.swap"),
                    key=f"sibling-{key}",
                    type="primary",
                    icon=":material/swap_horiz:",
                    on_click=_settle,
                    args=(item, "sibling", chosen.sku),
                )
            st.button(
                t("stock.short.waits"),
                key=f"waits-{key}",
                on_click=_settle,
                help=t("stock.short.waits_tip"),
                args=(item, "waits", None),
            )
            st.button(
                t("stock.short.refunded"),
                key=f"refunded-{key}",
                on_click=_settle,
                help=t("stock.short.refunded_tip"),
                args=(item, "refunded", None),
            )


def _first(first: ServedOrder) -> str:
    state = t("stock.short.sent") if first.is_shipped else t("stock.short.not_sent")
    return t(
        "stock.short.paid",
        order=common.order(first.platform, first.order_id),
        when=common.when(first.paid_at),
        state=state,
    )


def _sibling(item: OversoldLine, key: str) -> Sibling | None:
    """What could go out instead, the nearest chosen."""
    if not item.siblings:
        text.note(t("stock.short.no_sibling"))
        return None
    chosen: Sibling = st.selectbox(
        t("stock.short.sibling"),
        item.siblings,
        format_func=distinct_labels(item.siblings, _offered),
        key=f"instead-{key}",
    )
    return chosen


def _offered(sibling: Sibling) -> str:
    near = "same" if sibling.has_same_glaze else "other"
    price = (
        "" if sibling.price_cents is None else " · " + catalog.money(sibling.price_cents, sibling.currency)
    )
    return t(f"stock.short.{near}", what=named(sibling.sku, sibling.title), pieces=sibling.available) + price


def _settle(item: OversoldLine, how: Settlement, sibling: str | None) -> None:
    place = (item.platform, item.order_id, item.line_id)
    settle = partial(_settled, place, how, sibling, item.part)
    if feedback.tried(settle):
        common.done(t(f"stock.short.done.{how}"), settled=[*place, item.part])


def _settled(place: tuple[str, str, str], how: Settlement, sibling: str | None, part: int) -> None:
    oversold.settle(cache.database(), *place, how, sibling=sibling, part=part, actor=actor.actor())


def _decided() -> None:
    """What is decided already and still lacks its piece: who waits."""
    result = [item for item in cache.cached(oversold.oversold, settled=True) if item.settled_how]
    if not result:
        return
    with st.expander(t("stock.short.decided", count=len(result))):
        for item in result[:SHOWN]:
            key = "-".join(map(str, item.key))
            with st.container(horizontal=True, horizontal_alignment="distribute", key=f"decided-{key}"):
                what, order = named(item.sku, item.title), common.order(item.platform, item.order_id)
                text.note(
                    t(
                        "stock.short.decided_line",
                        what=what,
                        short=item.short,
                        order=order,
                        who=person_name(item.settled_by or ""),
                    )
                )
                st.button(
                    t("stock.short.reopen"),
                    type="tertiary",
                    key=f"reopen-{key}",
                    on_click=_reopen,
                    args=(item,),
                )


def _reopen(item: OversoldLine) -> None:
    number = stock.number_of(cache.database(), settled=list(item.key))
    if number is not None and feedback.tried(common.undo_change, number):
        feedback.report(t("stock.undone"))


# --- being returned -----------------------------------------------------------------------------


def _returns(result: list[Return], thumbs: dict[str, bytes]) -> None:
    text.heading(t("stock.back.title", count=len(result)))
    text.note(t("stock.back.note"))
    wanted = ""
    if len(result) > SHOWN:
        wanted = st.text_input(
            t("stock.back.find"), key="returns-find", width=260, placeholder=t("stock.back.find_hint")
        )
    matching = [item for item in result if _matches(item, wanted)] if wanted else result
    for item in matching[:SHOWN]:
        _return(item, thumbs.get(item.sku))
    if len(matching) > SHOWN:
        text.note(t("stock.todo.more", count=len(matching) - SHOWN))
    elif not matching:
        text.note(t("stock.back.none_found"))


def _matches(item: Return, wanted: str) -> bool:
    fields = (item.order_id, item.refund_id, named(item.sku, item.title), item.sku, item.reason)
    return has_words(fields, wanted)


def _return(item: Return, thumb: bytes | None) -> None:
    """One parcel: what it should bring, and what it brought."""
    key = "-".join(map(str, item.key))
    since = "" if item.since is None else " · " + common.when(item.since)
    reason = "" if not item.reason else " · " + item.reason
    with st.container(border=True, key=f"touch-back-{key}"):
        headed(
            thumb,
            t("stock.back.pieces", what=named(item.sku, item.title), pieces=item.pieces),
            common.order(item.platform, item.order_id) + since + reason,
        )
        with st.container(horizontal=True, gap="small"):
            for name, icon in (("whole", "check"), ("broken", "heart_broken"), ("missing", "help")):
                st.button(
                    t(f"stock.back.{name}", pieces=item.pieces),
                    key=f"{name}-{key}",
                    icon=f":material/{icon}:",
                    type="secondary",
                    on_click=_received,
                    args=(item, {name: item.pieces}),
                )
            if item.pieces > 1:
                _in_parts(item, key)


def _in_parts(item: Return, key: str) -> None:
    """A parcel of which some pieces are whole and some are not."""
    with st.popover(t("stock.back.parts")):
        given = {
            name: st.number_input(
                t(f"stock.back.of_them.{name}"), 0, item.pieces, step=1, key=f"part-{name}-{key}"
            )
            for name in ("whole", "broken", "missing")
        }
        st.button(
            t("stock.back.save"), key=f"parts-{key}", type="primary", on_click=_received, args=(item, given)
        )


def _received(item: Return, pieces: Mapping[str, Any]) -> None:
    receive = partial(_receive, cache.database(), item, pieces)
    if feedback.tried(receive):
        common.done(t("stock.back.done", what=named(item.sku, item.title)), receipt=list(item.key))


def _receive(db: Database, item: Return, pieces: Mapping[str, Any]) -> None:
    returns.receive_return(
        db,
        item.platform,
        item.order_id,
        item.line_id,
        part=item.part,
        refund_id=item.refund_id,
        actor=actor.actor(),
        **pieces,
    )
