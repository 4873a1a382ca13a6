"""The parts "to send" and "waiting": one card per order, the most urgent first."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text.metrics import Column
from dashboard.text.safety.audit import person_name
from dashboard.ui import cache, feedback, filters, tables, text, url_state
from dashboard.views.orders import common
from shop.catalog import photos
from shop.orders import parcels
from shop.orders.parcels import WAIT_REASONS, Lateness, Shipment, WaitReason

PER_PAGE = 12
ORDER: tuple[Lateness, ...] = ("late", "probably", "possibly", "not_promised", "in_time")
LATE = ORDER[:3]


def send() -> None:
    """What can leave, late ones first; then what was marked as sent and is not confirmed by the platform."""
    outbox = cache.cached(parcels.outbox)
    if not outbox.ready:
        text.note(t("orders.send.none"))
    for group in outbox.together:
        numbers = t("orders.and").join(item.order.order_id[-6:] for item in group)
        text.note(t("orders.send.together", count=len(group), numbers=numbers))
    _list(outbox.ready, with_sent=True)
    if outbox.sent:
        with st.expander(t("orders.send.sent", count=len(outbox.sent))):
            text.note(t("orders.send.sent_note"))
            for item in outbox.sent[:PER_PAGE]:
                text.note(
                    t(
                        "orders.send.sent_line",
                        number=item.order.order_id,
                        when=common.when(item.order.sent_at),
                        who=person_name(item.order.sent_by or ""),
                    )
                )


def delayed() -> None:
    """What cannot leave yet, by what it waits for."""
    outbox = cache.cached(parcels.outbox)
    if not outbox.delayed:
        text.note(t("orders.waiting.none"))
    _promises()
    for reason in WAIT_REASONS:
        group = [item for item in outbox.delayed if item.waits_for == reason]
        if group:
            text.heading(t(f"orders.waiting.{reason}", count=len(group)))
            _list(group, with_sent=False)


def _promises() -> None:
    """The orders that will be late, before they are; and when the others that wait for pieces can be ready."""
    promises = cache.cached(parcels.line_promises, filters.view().at.on)
    if not promises:
        return
    late = {item.shipment.key for item in promises if item.lateness in LATE}
    text.heading(t("orders.promises.title", late=len(late)))
    shown = sorted(promises, key=lambda item: ORDER.index(item.lateness))
    tables.show(
        "promises",
        pd.DataFrame(
            {
                "state": [t(f"orders.promises.{item.lateness}") for item in shown],
                "order": [item.shipment.order.order_id for item in shown],
                "title": [item.title for item in shown],
                "pieces": [item.pieces for item in shown],
                "promised": [item.promised_on.isoformat() if item.promised_on else None for item in shown],
                "expected": [item.ready.expected.isoformat() for item in shown],
                "band": [
                    t("orders.promises.band", low=item.ready.earliest, high=item.ready.latest)
                    for item in shown
                ],
                "source": [item.ready.batch_id or t("orders.promises.new_batch") for item in shown],
                "learned": [t(f"orders.promises.learned_{item.ready.learned}") for item in shown],
            }
        ),
        [
            Column("state", t("orders.promises.state")),
            Column("order", t("orders.presale.order")),
            Column("title", t("orders.promises.piece")),
            Column("pieces", t("orders.promises.pieces"), "count"),
            Column("promised", t("orders.promises.promised"), "day"),
            Column("expected", t("orders.promises.expected"), "day"),
            Column("band", t("orders.promises.between")),
            Column("source", t("orders.promises.source")),
            Column("learned", t("orders.promises.learned")),
        ],
    )
    text.note(t("orders.promises.note"))


def _list(items: Sequence[Shipment], *, with_sent: bool) -> None:
    page = url_state.page() if with_sent else 1
    pages = -(-len(items) // PER_PAGE)
    start = (min(page, max(pages, 1)) - 1) * PER_PAGE
    shown = items[start : start + PER_PAGE] if with_sent else items
    thumbs = cache.cached(photos.thumbs, common.skus(shown))
    now, clock = common.now(), common.zone()
    for item in shown:
        with st.container(
            border=True,
            horizontal=True,
            vertical_alignment="center",
            gap="small",
            key=f"touch-order-{'-'.join(item.key)}",
        ):
            common.card(item.order, thumbs, clock, t("orders.late") if item.is_late(now) else "")
            _buttons(item, with_sent=with_sent)
    if with_sent:
        url_state.pages(pages)


def _buttons(item: Shipment, *, with_sent: bool) -> None:
    key = "-".join(item.key)
    if with_sent:
        st.button(
            t("orders.send.mark"),
            key=f"sent-{key}",
            icon=":material/check:",
            on_click=mark_sent,
            args=((item,),),
        )
        st.menu_button(
            t("orders.send.waits"),
            WAIT_REASONS,
            format_func=lambda reason: t(f"orders.send.for.{reason}"),
            key=f"waits-{key}",
            on_click=_delay_chosen,
            args=(item, f"waits-{key}"),
        )
    elif item.order.waits_for:
        st.button(t("orders.waiting.over"), key=f"over-{key}", on_click=set_delay, args=(item, None))


def mark_sent(items: Sequence[Shipment]) -> None:
    """Mark orders as sent by hand."""
    number = feedback.act(parcels.mark_sent, [item.key for item in items])
    common.done(number, t("orders.send.done", count=len(items)))


def _delay_chosen(item: Shipment, menu: str) -> None:
    set_delay(item, st.session_state[menu])


def set_delay(item: Shipment, reason: WaitReason | None) -> None:
    """Note what an order waits for."""
    number = feedback.act(parcels.set_delay, [item.key], reason)
    common.done(
        number, t("orders.waiting.done" if reason else "orders.waiting.done_over", number=item.order.order_id)
    )
