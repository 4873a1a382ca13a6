"""Everything stored about one order: lines, refunds, payouts, stock movements, what sold it, what was read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from shop.access.roles import may_read
from shop.core.clock import from_seconds
from shop.db.database import Database
from shop.metrics.payout_rollup import COUNTS_ONCE
from shop.orders.parcels import NoSuchOrder
from shop.orders.search import OrderSummary, summaries
from shop.orders.statements import API, ids_of
from shop.stock.ledger import cursor_of

OF_ORDER = "shop_id = :shop AND platform = :platform AND order_id = :order"
SUMS = f"""
SELECT SUM(list_cents), SUM(seller_discount_cents), SUM(platform_discount_cents), SUM(buyer_paid_cents),
  SUM(shipping_cents) FROM order_line WHERE {OF_ORDER}
"""
REFUNDS = f"""
SELECT refund_id, kind, status, COALESCE(reason_label, reason), refunded_on, amount_cents, shipping_cents, is_estimate
FROM refund WHERE {OF_ORDER} ORDER BY COALESCE(refunded_at, requested_at), refund_id
"""
PAYOUTS = f"""
SELECT settlement_id, settled_on, paid_out_cents, platform_fee_cents, commission_cents, channel_fee_cents
  + recruiting_fee_cents + promotion_fee_cents + other_fee_cents
FROM settlement s WHERE {OF_ORDER} AND {COUNTS_ONCE} ORDER BY settled_on, settlement_id
"""
MOVEMENTS = f"""
SELECT moved_at, sku, reason, on_hand, actor FROM stock_movement WHERE {OF_ORDER} ORDER BY moved_at, movement_id
"""
STREAMS = f"""
SELECT l.carrier, l.content_id, MIN(l.attribution), COALESCE(s.title, w.title),
  COALESCE(s.started_at, w.published_at)
FROM (SELECT * FROM order_line WHERE {OF_ORDER}) l
LEFT JOIN live_session s ON s.shop_id = l.shop_id AND s.platform = l.platform AND s.session_id = l.content_id
LEFT JOIN video w ON w.shop_id = l.shop_id AND w.platform = l.platform AND w.video_id = l.content_id
GROUP BY l.carrier, l.content_id
"""
COMMENTS = """
SELECT written_at, text FROM comment WHERE shop_id = :shop AND author_key = :buyer
ORDER BY written_at DESC LIMIT 20
"""
OWN_SOURCE = f"SELECT line_id, source_id, updated_at, status FROM order_line WHERE {OF_ORDER}"
STATEMENTS = """
SELECT rest_key ->> 0, sources, updated_at, body ->> 'status' FROM row_statement
WHERE shop_id = :shop AND fact = 'order_line' AND platform = :platform AND first_key = :order
"""
FILES = "SELECT source_id, name, imported_at FROM source_file WHERE shop_id = ?"


@dataclass(frozen=True)
class OrderSums:
    """From list price to what the buyer paid, in cents of the order's currency."""

    list_cents: int
    seller_discount_cents: int
    platform_discount_cents: int
    buyer_paid_cents: int
    shipping_cents: int


@dataclass(frozen=True)
class OrderRefund:
    """One refund case of the order; an estimate is what an order file states without a case."""

    refund_id: str
    kind: str
    status: str
    reason: str | None
    refunded_on: date | None
    amount_cents: int
    shipping_cents: int
    is_estimate: bool


@dataclass(frozen=True)
class OrderPayout:
    """What the platform paid out for the order, and the fees that it deducted; cents."""

    settlement_id: str
    settled_on: date | None
    paid_out_cents: int
    platform_fee_cents: int
    commission_cents: int
    other_fee_cents: int


@dataclass(frozen=True)
class OrderMovement:
    """One change of stock that the order caused."""

    at: datetime
    sku: str
    reason: str
    on_hand: int
    actor: str


@dataclass(frozen=True)
class OrderContent:
    """What brought the order, and how surely: grade A named by the platform, C by time, D unknown."""

    carrier: str
    content_id: str | None
    grade: str
    title: str | None
    at: datetime | None


@dataclass(frozen=True)
class OrderReading:
    """One content of one line as a source states it; `source` is a file's name, None for the platform's API."""

    line_id: str
    source: str | None
    read_at: datetime | None
    updated_at: datetime
    status: str | None


@dataclass(frozen=True)
class OrderDetail:
    """One order with all that is stored about it; nothing personal is."""

    order: OrderSummary
    sums: OrderSums
    refunds: tuple[OrderRefund, ...]
    payouts: tuple[OrderPayout, ...]
    movements: tuple[OrderMovement, ...]
    contents: tuple[OrderContent, ...]
    comments: tuple[tuple[datetime | None, str], ...]
    readings: tuple[OrderReading, ...]

    @property
    def refunded_cents(self) -> int:
        """What was refunded for the goods."""
        return sum(item.amount_cents for item in self.refunds if item.status == "refunded")

    @property
    def after_refunds_cents(self) -> int:
        """The GMV of the order less its refunds."""
        return self.sums.buyer_paid_cents + self.sums.platform_discount_cents - self.refunded_cents


def order_detail(db: Database, platform: str, order: str, *, shop_id: int = 1) -> OrderDetail:
    """One order; raises NoSuchOrder."""
    values: dict[str, Any] = {"shop": shop_id, "platform": platform, "order": order}
    with db.read() as connection:
        cursor = cursor_of(connection)
        rows = summaries(cursor, shop_id, [(platform, order)])
        if not rows:
            raise NoSuchOrder(platform=platform, order=order)
        (summary,) = rows

        def read(sql: str) -> list[Any]:
            return list(cursor.execute(sql, values).fetchall())

        values["buyer"] = summary.buyer_key
        return OrderDetail(
            summary,
            OrderSums(*read(SUMS)[0]),
            tuple(_refund(*row) for row in read(REFUNDS)),
            tuple(OrderPayout(row[0], _day(row[1]), *row[2:]) for row in read(PAYOUTS))
            if may_read(db, "see_margins")
            else (),
            tuple(OrderMovement(from_seconds(row[0]), *row[1:]) for row in read(MOVEMENTS)),
            tuple(_content(*row) for row in read(STREAMS)),
            tuple((_moment(at), text) for at, text in read(COMMENTS))
            if summary.buyer_key is not None
            else (),
            _readings(read(OWN_SOURCE), read(STATEMENTS), _files(cursor, shop_id)),
        )


def _refund(*row: Any) -> OrderRefund:
    values: list[Any] = [*row[:4], _day(row[4]), *row[5:7], bool(row[7])]
    return OrderRefund(*values)


def _content(*row: Any) -> OrderContent:
    values: list[Any] = [*row[:4], _moment(row[4])]
    return OrderContent(*values)


def _files(cursor: Any, shop_id: int) -> dict[int, tuple[str, int]]:
    return {row[0]: (row[1], row[2]) for row in cursor.execute(FILES, (shop_id,))}


def _readings(
    own: list[Any], statements: list[Any], files: dict[int, tuple[str, int]]
) -> tuple[OrderReading, ...]:
    """Each line's statements; a line without any is what its own source states."""
    with_statements = {row[0] for row in statements}
    rows = [(row[0], [row[1] or API], row[2], row[3]) for row in own if row[0] not in with_statements]
    rows += [
        (line, sorted(ids_of(sources)), updated_at, status)
        for line, sources, updated_at, status in statements
    ]
    known = {row[0]: row[3] for row in own}
    result = []
    for line, sources, updated_at, status in rows:
        for source in sources:
            name, read_at = files.get(source, (None, None))
            result.append(
                OrderReading(
                    line, name, _moment(read_at), from_seconds(updated_at), status or known.get(line)
                )
            )
    return tuple(sorted(result, key=lambda row: (row.line_id, row.updated_at, row.source or "")))


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else from_seconds(seconds)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
