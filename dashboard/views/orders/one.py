"""One order: lines with photos, sums from list price to payout, refunds, stock, what sold it, what was read of it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text import catalog, parcels
from dashboard.text.safety.audit import person_name
from dashboard.ui import actor, cache, feedback, text, url_state
from dashboard.views.orders import common
from shop.catalog import photos
from shop.orders import order_detail
from shop.orders import parcels as outgoing
from shop.orders.order_detail import OrderDetail
from shop.orders.search import OrderSummary


def one() -> None:
    """The order that the link names, with a link to the list."""
    with st.container(key="touch-back"):
        st.button(
            t("orders.one.back"), key="back", icon=":material/arrow_back:", type="tertiary", on_click=_back
        )
    try:
        detail = cache.cached(order_detail.order_detail, url_state.get("of"), url_state.get("order"))
    except outgoing.NoSuchOrder as problem:
        text.error(problem)
        return
    order = detail.order
    text.heading(f"{catalog.platform(order.platform)} {order.order_id}")
    text.lines(_summary(order))
    st.code(order.order_id, language=None)
    text.note(t("orders.one.private"))
    _lines(order)
    if common.sees_sums():
        _sums(detail)
        _refunds(detail)
        if actor.actor().may("see_margins"):
            _payouts(detail)
    _rest(detail)
    _note(order)


def _back() -> None:
    url_state.put("order", "")
    url_state.put("of", "")


def _summary(order: OrderSummary) -> list[str]:
    parts = [
        t("orders.one.status", status=t(f"orders.statuses.{order.status}"), paid=common.when(order.paid_at)),
        common.promised(order) if order.promised_at else "",
        t("orders.one.to", province=order.province) if order.province else "",
        t("orders.one.courier", courier=parcels.courier(order.courier)) if order.courier else "",
        t("orders.one.sent_by_hand", when=common.when(order.sent_at), who=person_name(order.sent_by or ""))
        if order.sent_at
        else "",
        t(f"orders.one.waits.{order.waits_for}") if order.waits_for else "",
    ]
    return [" · ".join(filter(None, parts))]


def _lines(order: OrderSummary) -> None:
    thumbs = cache.cached(photos.thumbs, common.skus([order]))
    for line in order.lines:
        status = t(f"orders.statuses.{line.status}")
        case = t(f"orders.cases.{line.after_sale}") if line.after_sale else ""
        gift = t("orders.one.gift") if line.is_gift else ""
        price = catalog.money(line.buyer_paid_cents, order.currency) if common.sees_sums() else ""
        remarks = " · ".join(filter(None, (line.sku, line.place, status, case, gift, price)))
        picture = common.photo(thumbs.get(line.sku))
        st.html(
            f'<div class="kb-line">{picture}<div><b>{escape(line.name)} × {line.quantity}</b>'
            f"<small>{escape(remarks)}</small></div></div>"
        )


def _rows(title: str, rows: Sequence[tuple[str, str]]) -> None:
    """A small table of labels and figures under a heading; nothing where it is empty."""
    if not rows:
        return
    text.heading(title)
    body = "".join(f"<tr><th>{escape(label)}</th><td>{escape(value)}</td></tr>" for label, value in rows)
    st.html(f'<table class="kb-rows" style="max-width:32rem;width:100%">{body}</table>')


def _sums(detail: OrderDetail) -> None:
    """From the list price down to what stayed after refunds."""
    sums, currency = detail.sums, detail.order.currency
    steps = [
        ("list", sums.list_cents),
        ("seller_discount", -sums.seller_discount_cents),
        ("platform_discount", -sums.platform_discount_cents),
        ("buyer_paid", sums.buyer_paid_cents),
        ("shipping", sums.shipping_cents),
        ("refunded", -detail.refunded_cents),
        ("after_refunds", detail.after_refunds_cents),
    ]
    always = ("list", "buyer_paid", "after_refunds")
    _rows(
        t("orders.sums.title"),
        [
            (t(f"orders.sums.{name}"), catalog.money(cents, currency))
            for name, cents in steps
            if cents or name in always
        ],
    )


def _refunds(detail: OrderDetail) -> None:
    currency = detail.order.currency
    _rows(
        t("orders.refunds.title"),
        [
            (
                " · ".join(
                    filter(
                        None,
                        (
                            t(f"orders.cases.{item.status}"),
                            format.short_day(item.refunded_on) if item.refunded_on else "",
                            item.reason or "",
                            t("orders.refunds.estimate") if item.is_estimate else "",
                        ),
                    )
                ),
                catalog.money(item.amount_cents + item.shipping_cents, currency),
            )
            for item in detail.refunds
        ],
    )


def _payouts(detail: OrderDetail) -> None:
    currency = detail.order.currency
    rows: list[tuple[str, str]] = []
    for item in detail.payouts:
        on = format.short_day(item.settled_on) if item.settled_on else format.UNKNOWN
        rows.append((t("orders.payout.paid_out", on=on), catalog.money(item.paid_out_cents, currency)))
        for name, cents in (
            ("fee", item.platform_fee_cents),
            ("commission", item.commission_cents),
            ("other", item.other_fee_cents),
        ):
            if cents:
                rows.append((t(f"orders.payout.{name}"), catalog.money(cents, currency)))
    _rows(t("orders.payout.title"), rows)
    if not rows:
        text.note(t("orders.payout.none"))


def _rest(detail: OrderDetail) -> None:
    """Stock movements, what sold it, comments of the same buyer, and every version that was read."""
    _rows(
        t("orders.stock.title"),
        [
            (
                f"{common.when(item.at)} · {item.sku} · {t(f'stock.ledger.reasons.{item.reason}')}",
                f"{item.on_hand:+d}",
            )
            for item in detail.movements
        ],
    )
    _rows(
        t("orders.content.title"),
        [
            (
                " · ".join(
                    filter(
                        None,
                        (
                            t(f"orders.carriers.{item.carrier}"),
                            item.title or item.content_id or "",
                            common.when(item.at) if item.at else "",
                        ),
                    )
                ),
                t(f"orders.grades.{item.grade}"),
            )
            for item in detail.contents
        ],
    )
    _rows(t("orders.comments.title"), [(words, common.when(at)) for at, words in detail.comments])
    _rows(
        t("orders.versions.title"),
        [
            (
                " · ".join(filter(None, (item.source or t("orders.versions.api"), _status(item.status)))),
                common.when(item.read_at or item.updated_at),
            )
            for item in detail.readings
        ],
    )


def _status(name: str | None) -> str:
    return t(f"orders.statuses.{name}") if name else ""


def _note(order: OrderSummary) -> None:
    if not actor.actor().may("send_orders"):
        return
    text.heading(t("orders.note.title"))
    key = f"note-{order.platform}-{order.order_id}"
    with st.container(horizontal=True, vertical_alignment="bottom", key="touch-note"):
        st.text_input(
            t("orders.note.label"), value=order.note or "", key=key, max_chars=outgoing.LONGEST_NOTE
        )
        st.button(t("orders.note.save"), key="save-note", on_click=_save, args=(order, key))


def _save(order: OrderSummary, key: str) -> None:
    number = feedback.act(outgoing.set_note, order.key, st.session_state[key])
    common.done(number, t("orders.note.done"))
