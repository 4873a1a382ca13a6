"""Orders in words: the sentence of the page, the clock, links and photos; and the undo of what was done."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from html import escape
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text import catalog, parcels
from dashboard.ui import actor, cache, feedback, filters, url_state
from shop.db.database import Database
from shop.metrics import settings
from shop.orders.parcels import Outbox, Shipment
from shop.orders.search import OrderSummary


def _zone(db: Database) -> str:
    with db.read() as connection:
        return settings.shop_settings(connection).time_zone


def zone() -> ZoneInfo:
    """The shop's clock."""
    return ZoneInfo(cache.cached(_zone))


def now() -> datetime:
    """This minute; for a shop whose sales ended long ago the end of its last day."""
    at = filters.view().at
    if at.is_today:
        return datetime.now(UTC).replace(second=0, microsecond=0)
    return datetime.combine(at.on + timedelta(days=1), time(), zone())


def tonight() -> datetime:
    """The end of this day on the shop's clock."""
    return datetime.combine(now().astimezone(zone()).date() + timedelta(days=1), time(), zone())


def when(moment: datetime | None, clock: ZoneInfo | None = None) -> str:
    """A moment in words, on the shop's clock; its day without the year. Of many moments, read the clock once."""
    if moment is None:
        return format.UNKNOWN
    at = moment.astimezone(clock or zone())
    return t("stock.when", on=at.date(), at=at)


def promised(order: OrderSummary) -> str:
    """Until when an order has to leave."""
    return parcels.promised(order.promised_at, zone())


def sentence(outbox: Outbox) -> str:
    """How many parcels must leave, how many of them are late or due today."""
    fields = {
        "ready": len(outbox.ready),
        "late": outbox.late(now()),
        "due": outbox.due(tonight()),
        "waiting": len(outbox.delayed),
    }
    state = (
        "late"
        if fields["late"]
        else "ready"
        if fields["ready"]
        else "waiting"
        if fields["waiting"]
        else "none"
    )
    return t(f"orders.sentence.{state}", **fields)


def part_name(name: str, outbox: Outbox) -> str:
    """What a part is called, with how many orders are in it."""
    count = {"send": len(outbox.ready), "waiting": len(outbox.delayed)}.get(name, 0)
    return f"{t(f'orders.parts.{name}')} {count}" if count else t(f"orders.parts.{name}")


def order_href(order: OrderSummary) -> str:
    """The link to one order."""
    return url_state.href(order=order.order_id, of=order.platform)


def sees_sums() -> bool:
    """Whether the current user's role sees what was paid."""
    return actor.actor().may("see_sums")


def photo(thumb: bytes | None) -> str:
    """A small photo as HTML; an empty frame without one."""
    if not thumb:
        return '<span class="kb-nophoto"></span>'
    return f'<img alt="" src="data:image/jpeg;base64,{b64encode(thumb).decode()}">'


def card(item: OrderSummary, thumbs: dict[str, bytes], clock: ZoneInfo, mark: str = "") -> None:
    """One order: a photo, its number as a link, what is in it, until when on the shop's clock."""
    picture = photo(next((thumbs[line.sku] for line in item.lines if line.sku in thumbs), None))
    badge = f'<em class="kb-mark">{escape(mark)}</em>' if mark else ""
    note = f"<small>{escape(t('orders.noted', note=item.note))}</small>" if item.note else ""
    case = f"<small>{escape(t('orders.open_case'))}</small>" if item.has_open_case else ""
    until = escape(parcels.promised(item.promised_at, clock))
    st.html(
        f'<div class="kb-line">{picture}<div><b>{escape(parcels.contents(item))}</b>'
        f'<small><a href="{escape(order_href(item))}" target="_self">{escape(catalog.platform(item.platform))} '
        f"{escape(item.order_id)}</a>{badge}</small><small>{until}</small>{note}{case}</div></div>"
    )


def skus(items: Sequence[Shipment] | Sequence[OrderSummary]) -> tuple[str, ...]:
    """The SKUs in these orders, for their photos."""
    orders = [item.order if isinstance(item, Shipment) else item for item in items]
    return tuple(sorted({line.sku for order in orders for line in order.lines}))


def done(number: int | None, message: str) -> None:
    """Report what was done, with its undo."""
    if number is not None:
        feedback.report(message, number)
