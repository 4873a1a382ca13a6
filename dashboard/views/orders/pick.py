"""The part "pick and pack": one walk along the places for several orders, then each order into its box."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.reports import packing as paper
from dashboard.reports import pdf
from dashboard.text.parcels import box_text, wrap_text
from dashboard.ui import cache, feedback, text, url_state
from dashboard.ui.run import in_this_run
from dashboard.views.orders import common, send
from shop.catalog import photos
from shop.orders import packing, parcels, picking
from shop.orders.packing import PackingAdvice, PieceSize
from shop.orders.parcels import Shipment
from shop.orders.picking import PickStop

WALKS = ("10", "5", "20", "40")


def pick() -> None:
    """Choose how many orders, walk, pack, mark as sent."""
    outbox = cache.cached(parcels.outbox)
    if not outbox.ready:
        text.note(t("orders.send.none"))
        return
    size = url_state.choice(
        st.selectbox,
        t("orders.pick.orders"),
        WALKS,
        "walk",
        lambda name: t("orders.pick.first", count=int(name)),
        width=200,
    )
    items = outbox.ready[: int(size)]
    stops = picking.pick_list(items)
    thumbs = cache.cached(photos.thumbs, common.skus(items))
    open_stops = [stop for stop in stops if not stop.is_picked]
    text.heading(t("orders.pick.walk", open=len(open_stops), stops=len(stops)))
    for stop in open_stops:
        _stop(stop, thumbs.get(stop.sku))
    _picked([stop for stop in stops if stop.is_picked])
    _pack(items)
    _print(items, stops)


def _stop(stop: PickStop, thumb: bytes | None) -> None:
    """One SKU at its place: a tap when all of it is in the basket."""
    picture = common.photo(thumb)
    key = "-".join((stop.place, stop.sku, *stop.lines[0][0]))
    numbers = t("orders.and").join(dict.fromkeys(f"…{order[-4:]}" for (_, order, _), _ in stop.lines))
    with st.container(border=True, key=f"touch-stop-{key}"):
        st.html(
            f'<div class="kb-line">{picture}<div><b>{escape(stop.place or t("stock.places.none"))} · '
            f"{escape(stop.name)}</b><small>{escape(stop.sku)} · {escape(numbers)}</small></div></div>"
        )
        with st.container(horizontal=True, gap="small"):
            st.button(
                t("orders.pick.picked", pieces=stop.pieces),
                key=f"picked-{key}",
                icon=":material/check:",
                on_click=_pick,
                args=(stop,),
            )
            with st.popover(t("orders.pick.fewer")):
                there = st.number_input(t("orders.pick.there"), 0, stop.pieces - 1, 0, key=f"there-{key}")
                text.note(t("orders.pick.fewer_note"))
                st.button(
                    t("orders.pick.save"),
                    key=f"fewer-{key}",
                    type="primary",
                    on_click=_fewer,
                    args=(stop, there),
                )


def _pick(stop: PickStop) -> None:
    number = feedback.act(picking.pick, [line for line, _ in stop.lines])
    common.done(number, t("orders.pick.done", name=stop.name, pieces=stop.pieces))


def _fewer(stop: PickStop, there: int) -> None:
    short = picking.orders_without(stop, int(there))
    number = feedback.act(parcels.set_delay, short, "stock")
    common.done(number, t("orders.pick.short_done", count=len(short)))


def _picked(stops: Sequence[PickStop]) -> None:
    if not stops:
        return
    with st.expander(t("orders.pick.basket", count=len(stops))):
        for stop in stops:
            with st.container(
                horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
            ):
                text.note(f"{stop.place} · {stop.name} × {stop.pieces}")
                st.button(
                    t("orders.pick.back"),
                    key=f"back-{stop.place}-{stop.sku}",
                    type="tertiary",
                    on_click=feedback.act,
                    args=(picking.unpick, [line for line, _ in stop.lines]),
                )


def _pack(items: Sequence[Shipment]) -> None:
    """The orders whose pieces are all picked: how to pack each, and that it was sent."""
    ready = [item for item in items if item.is_picked]
    if not ready:
        return
    text.heading(t("orders.pack.title", count=len(ready)))
    if len(ready) > 1:
        with st.container(key="touch-all-sent"):
            st.button(
                t("orders.pack.all", count=len(ready)),
                key="all-sent",
                type="primary",
                icon=":material/local_shipping:",
                on_click=send.mark_sent,
                args=(tuple(ready),),
            )
    sizes = _sizes(ready)
    thumbs, clock = cache.cached(photos.thumbs, common.skus(ready)), common.zone()
    for item in ready:
        advice = packing.advise([item.order], sizes)
        with st.container(border=True, key=f"touch-pack-{'-'.join(item.key)}"):
            common.card(item.order, thumbs, clock)
            text.note(" · ".join(dict.fromkeys(f"{line.name}: {wrap_text(line)}" for line in advice.lines)))
            text.note(box_text(advice))
            st.button(
                t("orders.pack.sent"),
                key=f"packed-{'-'.join(item.key)}",
                icon=":material/check:",
                on_click=send.mark_sent,
                args=((item,),),
            )


def _sizes(items: Sequence[Shipment]) -> dict[str, PieceSize]:
    return cache.cached(packing.piece_sizes, common.skus(items))


def _print(items: Sequence[Shipment], stops: Sequence[PickStop]) -> None:
    """Pick list and packing lists to print, as HTML and, where a browser can print, as PDF."""
    text.heading(t("orders.paper.title"))
    text.note(t("orders.paper.note"))
    sizes = _sizes(items)
    lists = [([item], packing.advise([item.order], sizes)) for item in items]
    with st.container(horizontal=True, key="download-packing"):
        for size in paper.PAPERS:
            for kind in ("html", "pdf") if pdf.browser() else ("html",):
                st.download_button(
                    t(f"orders.paper.{size}", kind=kind.upper()),
                    in_this_run(_file, stops, lists, size, kind, common.zone()),
                    file_name=f"kilnboard-packing-{size}.{kind}",
                    mime="text/html" if kind == "html" else "application/pdf",
                    key=f"packing-{size}-{kind}",
                    type="tertiary",
                    icon=":material/print:",
                    on_click="ignore",
                )


def _file(
    stops: Sequence[PickStop],
    lists: Sequence[tuple[Sequence[Shipment], PackingAdvice]],
    size: paper.Paper,
    kind: str,
    zone: ZoneInfo,
) -> bytes:
    page = paper.html(stops, lists, size, zone)
    return pdf.pdf(page) if kind == "pdf" else page.encode()
