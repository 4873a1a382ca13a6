"""Pieces reserved for somebody, mostly for a live session: who, how long; longer, free again, new."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text import catalog
from dashboard.text.choices import distinct_labels
from dashboard.ui import actor, cache, feedback, text
from dashboard.views.stock import common
from dashboard.views.stock.todo import headed
from shop.catalog import photos
from shop.listings import details
from shop.stock import history, levels, reservations
from shop.stock.history import OpenReservation

LONGER = ("minutes_30", "hours_2", "day")
NOBODY = "nobody"


def reservation_form() -> None:
    """The part of the page: a new reservation, then those that last."""
    _new()
    result = cache.cached(history.open_reservations, common.now())
    text.heading(t("stock.hold.title", count=len(result)))
    if not result:
        text.note(t("stock.hold.none"))
    thumbs = cache.cached(photos.thumbs, tuple(sorted({item.sku for item in result})))
    for item in result:
        _one(item, thumbs.get(item.sku))


def _new() -> None:
    named = common.names()
    with st.container(border=True, key="touch-hold"):
        text.heading(t("stock.hold.new"))
        sku = st.selectbox(
            t("stock.hold.what"),
            tuple(named),
            index=None,
            key="hold-sku",
            format_func=distinct_labels(named, named.__getitem__),
            placeholder=t("stock.one.pick"),
        )
        if sku:
            text.note(_free(sku))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            pieces = st.number_input(t("stock.hold.pieces"), 1, step=1, key="hold-pieces", width=150)
            platform = st.selectbox(
                t("stock.hold.for"),
                (NOBODY, *_platforms()),
                key="hold-platform",
                width=190,
                format_func=_for,
                help=t("stock.hold.for_tip"),
            )
        lasts = st.pills(
            t("stock.hold.lasts"),
            tuple(reservations.LASTS),
            default=reservations.USUAL,
            key="hold-lasts",
            required=True,
            format_func=lambda name: t(f"stock.hold.for_{name}"),
        )
        why = st.text_input(
            t("stock.hold.note"), key="hold-note", max_chars=200, placeholder=t("stock.hold.note_hint")
        )
        st.button(
            t("stock.hold.hold"),
            key="hold",
            type="primary" if sku else "secondary",
            icon=":material/lock:",
            disabled=not sku,
            on_click=_reserve,
            args=(sku, pieces, platform, lasts, why),
        )


def _platforms() -> tuple[str, ...]:
    return tuple(cache.cached(details.platforms) or catalog.USUAL[:3])


def _for(name: str) -> str:
    if name == NOBODY:
        return t("stock.hold.nobody")
    return t("stock.hold.orders_of", platform=catalog.platform(name))


def _free(sku: str) -> str:
    """How many of it may be reserved."""
    result = cache.cached(levels.stock_levels, common.now(), (sku,))
    free = result[0].free if result else None
    if free is None:
        return t("stock.one.uncounted")
    return t("stock.hold.free", free=free, on_hand=result[0].on_hand, held=result[0].reserved)


def _reserve(sku: str, pieces: int, platform: str, lasts: str, why: str) -> None:
    until = datetime.now(UTC) + reservations.LASTS[lasts]
    number = feedback.act(
        reservations.reserve,
        sku,
        int(pieces),
        until=until,
        note_text=why.strip() or None,
        platform=None if platform == NOBODY else platform,
    )
    if number is not None:
        st.session_state["hold-sku"], st.session_state["hold-note"] = None, ""
        common.done(t("stock.hold.done", pieces=pieces, until=common.when(until)), hold_id=number)


def _one(item: OpenReservation, thumb: bytes | None) -> None:
    """One reservation: what, for whom, until when; longer or free again."""
    with st.container(border=True, key=f"touch-hold-{item.reservation_id}"):
        headed(thumb, t("stock.hold.keeps", what=item.title, pieces=item.remaining), _summary(item))
        with st.container(horizontal=True, gap="small"):
            st.button(
                t("stock.hold.release"),
                key=f"release-{item.reservation_id}",
                icon=":material/lock_open:",
                on_click=_release,
                args=(item,),
            )
            for name in LONGER:
                st.button(
                    t(f"stock.hold.longer_{name}"),
                    key=f"longer-{name}-{item.reservation_id}",
                    on_click=_longer,
                    args=(item, name),
                )


def _summary(item: OpenReservation) -> str:
    left = max((item.expires_at - common.now()).total_seconds(), 0)
    parts = [
        t("stock.hold.until", when=common.when(item.expires_at), left=format.seconds(left)),
        _for(item.platform) if item.platform else "",
        t("stock.hold.sold", pieces=item.quantity - item.remaining) if item.quantity > item.remaining else "",
        item.note or "",
        item.created_by,
    ]
    return " · ".join(filter(None, parts))


def _release(item: OpenReservation) -> None:
    if feedback.tried(
        lambda: reservations.release(cache.database(), item.reservation_id, actor=actor.actor())
    ):
        feedback.report(t("stock.hold.released", what=item.title))


def _longer(item: OpenReservation, name: str) -> None:
    until = item.expires_at + reservations.LASTS[name]
    if feedback.tried(
        lambda: reservations.extend(cache.database(), item.reservation_id, until, actor=actor.actor())
    ):
        back = {"hold_id": item.reservation_id, "expires_at": int(item.expires_at.timestamp())}
        common.done(t("stock.hold.extended", until=common.when(until)), **back)
