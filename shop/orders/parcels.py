"""Orders to send: what is due today (late ones first), what waits for stock, kiln or a return, what was sent by hand.

An order is to be sent while a line of it is paid, has not left and was not refunded. It waits where a line
is short of pieces, is produced to order, or somebody noted so. Grain: one parcel per order; `line_promises` adds per
line that lacks pieces when it can be ready, against what was promised.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

from shop.access.audit import log_action
from shop.access.change_log import Edits
from shop.access.roles import Actor, require
from shop.comments.contacts import mask_personal
from shop.core.clock import now_seconds
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.kiln_planning.ready_dates import ReadyDate, ready_dates
from shop.metrics.settings import shop_settings, today
from shop.orders.search import Key, OrderSummary, summaries
from shop.stock import returns
from shop.stock.ledger import cursor_of

WaitReason = Literal["stock", "kiln", "return"]
WAIT_REASONS: tuple[WaitReason, ...] = get_args(WaitReason)
Lateness = Literal["late", "probably", "possibly", "in_time", "not_promised"]
LONGEST_NOTE = 200
UNSENT = """
SELECT DISTINCT l.platform, l.order_id FROM order_line l INDEXED BY order_line_to_send
WHERE l.shop_id = :shop AND l.status = 'paid' AND l.shipped_at IS NULL
"""
SHORT = "SELECT platform, order_id, line_id, sku, short FROM stock_claim WHERE shop_id = :shop AND short > 0"
IN_KILN = "SELECT DISTINCT sku FROM kiln_batch WHERE shop_id = :shop AND closed_on IS NULL"
TAKEN = (
    "SELECT line_id FROM stock_claim WHERE shop_id = ? AND platform = ? AND order_id = ? AND taken >= wanted"
)
PICKED = "SELECT platform, order_id, line_id FROM picked_line WHERE shop_id = :shop"


class NoSuchOrder(ShopError):
    """An order that is not stored."""

    message = "There is no order {order} on {platform}."


class NotToSend(ShopError):
    """An order that was sent, cancelled or refunded already."""

    message = "Order {order} ({platform}) is not waiting to be sent."


@dataclass(frozen=True)
class Shipment:
    """One order that still has to leave; `waits_for` is why it cannot yet, `picked` are the ids of its picked lines."""

    order: OrderSummary
    waits_for: WaitReason | None
    short: dict[str, int]
    picked: frozenset[str]

    @property
    def key(self) -> Key:
        """Platform and order."""
        return self.order.key

    @property
    def is_sent(self) -> bool:
        """Whether somebody marked it as sent."""
        return self.order.sent_at is not None

    @property
    def is_picked(self) -> bool:
        """Whether all of its lines are picked."""
        return all(line.line_id in self.picked for line in self.order.lines if line.is_unsent)

    def is_late(self, now: datetime) -> bool:
        """Whether the promised moment has passed."""
        return self.order.promised_at is not None and self.order.promised_at < now


@dataclass(frozen=True)
class Outbox:
    """All orders that have to leave: those that can (by promised moment), those that wait, those marked as sent.

    `together` are groups of orders of one buyer of one platform to one province, which could go in one parcel.
    """

    ready: tuple[Shipment, ...]
    delayed: tuple[Shipment, ...]
    sent: tuple[Shipment, ...]
    together: tuple[tuple[Shipment, ...], ...]

    def late(self, now: datetime) -> int:
        """How many that can leave are past their promised moment."""
        return sum(item.is_late(now) for item in self.ready)

    def due(self, until: datetime) -> int:
        """How many that can leave are promised up to a moment."""
        return sum(
            item.order.promised_at is not None and item.order.promised_at <= until for item in self.ready
        )


def outbox(db: Database, *, shop_id: int = 1) -> Outbox:
    """What has to leave the studio, of all platforms."""
    values = {"shop": shop_id}
    with db.read() as connection:
        cursor = cursor_of(connection)
        keys = [(row[0], row[1]) for row in cursor.execute(UNSENT, values)]
        orders = [
            row for row in summaries(cursor, shop_id, keys) if any(line.is_unsent for line in row.lines)
        ]
        short: defaultdict[Key, dict[str, int]] = defaultdict(dict)
        for platform, order, line, _, pieces in cursor.execute(SHORT, values):
            short[platform, order][line] = short[platform, order].get(line, 0) + pieces
        picked: defaultdict[Key, set[str]] = defaultdict(set)
        for platform, order, line in cursor.execute(PICKED, values):
            picked[platform, order].add(line)
        in_kiln = {row[0] for row in cursor.execute(IN_KILN, values)}
    coming = {item.sku for item in returns.expected(db, shop_id=shop_id)} if short else set()
    items = [
        Shipment(
            row,
            _waits_for(row, short.get(row.key, {}), in_kiln, coming),
            short.get(row.key, {}),
            frozenset(picked.get(row.key, ())),
        )
        for row in orders
    ]
    items.sort(key=_urgency)
    open_items = [item for item in items if not item.is_sent]
    ready = tuple(item for item in open_items if item.waits_for is None)
    return Outbox(
        ready,
        tuple(item for item in open_items if item.waits_for),
        tuple(item for item in items if item.is_sent),
        _together(ready),
    )


def _urgency(item: Shipment) -> tuple[Any, ...]:
    order, never = item.order, datetime.max.replace(tzinfo=UTC)
    return order.promised_at or never, order.paid_at or never, order.key


def _waits_for(
    order: OrderSummary, short: dict[str, int], in_kiln: set[str], coming: set[str]
) -> WaitReason | None:
    """What was noted by hand; else by the first line that lacks pieces."""
    for reason in WAIT_REASONS:
        if order.waits_for == reason:
            return reason
    for line in order.lines:
        if line.is_unsent and short.get(line.line_id):
            if line.policy == "made_to_order" or line.sku in in_kiln:
                return "kiln"
            return "return" if line.sku in coming else "stock"
    return None


def _together(items: Sequence[Shipment]) -> tuple[tuple[Shipment, ...], ...]:
    groups: defaultdict[tuple[Any, ...], list[Shipment]] = defaultdict(list)
    for item in items:
        if item.order.buyer_key is not None:
            groups[item.order.platform, item.order.buyer_key, item.order.province].append(item)
    return tuple(tuple(group) for group in groups.values() if len(group) > 1)


# --- when what waits can be ready ----------------------------------------------------------------


@dataclass(frozen=True)
class LinePromise:
    """One line that waits for pieces: what is short, when it can be ready, and by when it is promised (shop days)."""

    shipment: Shipment
    line_id: str
    sku: str
    title: str
    pieces: int
    ready: ReadyDate
    promised_on: date | None

    @property
    def lateness(self) -> Lateness:
        """How sure it is that it will be late: certainly (before the band), probably (before the middle), possibly."""
        if self.promised_on is None:
            return "not_promised"
        if self.promised_on < self.ready.earliest:
            return "late"
        if self.promised_on < self.ready.expected:
            return "probably"
        return "possibly" if self.promised_on < self.ready.latest else "in_time"


def line_promises(db: Database, on: date | None = None, *, shop_id: int = 1) -> list[LinePromise]:
    """Every delayed line that lacks pieces which can be produced, in the order in which they are served."""
    delayed = outbox(db, shop_id=shop_id).delayed
    with db.read() as connection:
        zone = ZoneInfo(shop_settings(connection, shop_id).time_zone)
        day = on or today(connection, shop_id)
        lines = [
            (item, line)
            for item in delayed
            for line in item.order.lines
            if line.is_unsent and item.short.get(line.line_id) and line.policy != "one_of_a_kind"
        ]
        needs = [(line.sku, item.short[line.line_id]) for item, line in lines]
        dates = ready_dates(connection, needs, day, shop_id)
    return [
        LinePromise(
            item,
            line.line_id,
            line.sku,
            line.title,
            pieces,
            ready,
            item.order.promised_at.astimezone(zone).date() if item.order.promised_at else None,
        )
        for (item, line), (_, pieces), ready in zip(lines, needs, dates, strict=True)
    ]


# --- what the studio notes -----------------------------------------------------------------------


def mark_sent(db: Database, keys: Iterable[Key], *, actor: Actor, shop_id: int = 1) -> int:
    """Note that these orders were sent; the audit number under which it is undone. Raises NotToSend."""
    return _note(
        db,
        keys,
        {"sent_at": now_seconds(), "sent_by": actor.name, "waits_for": None},
        "parcel.sent",
        actor,
        shop_id,
    )


def set_delay(
    db: Database, keys: Iterable[Key], reason: WaitReason | None, *, actor: Actor, shop_id: int = 1
) -> int:
    """Note what these orders wait for, None for nothing; the audit number. Raises NotToSend."""
    return _note(db, keys, {"waits_for": reason}, "parcel.waits", actor, shop_id)


def set_note(db: Database, key: Key, note: str, *, actor: Actor, shop_id: int = 1) -> int:
    """Note something on an order; telephone numbers and e-mail addresses in it are masked. Raises NoSuchOrder."""
    text = mask_personal(note.strip())[:LONGEST_NOTE] or None
    return _note(db, [key], {"note": text}, "parcel.note", actor, shop_id, must_be_unsent=False)


def _note(
    db: Database,
    keys: Iterable[Key],
    values: dict[str, Any],
    action: str,
    actor: Actor,
    shop_id: int,
    *,
    must_be_unsent: bool = True,
) -> int:
    require(actor, "send_orders")
    wanted = list(dict.fromkeys(keys))
    with db.write() as connection:
        stored = {row.key: row for row in summaries(cursor_of(connection), shop_id, wanted)}
        edits = Edits(connection, shop_id)
        for platform, order in wanted:
            row = stored.get((platform, order))
            if row is None:
                raise NoSuchOrder(platform=platform, order=order)
            if must_be_unsent and not any(line.is_unsent for line in row.lines):
                raise NotToSend(platform=platform, order=order)
            edits.put("parcel", {"platform": platform, "order_id": order}, values)
        subject = wanted[0][1] if len(wanted) == 1 else str(len(wanted))
        return log_action(
            connection, actor, action, subject, changes=len(wanted), undo=edits.undo, shop_id=shop_id
        )
