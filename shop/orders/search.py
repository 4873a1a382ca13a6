"""Orders as a list: searched by number (any part of it), product, SKU, province or note, and narrowed by filters.

Grain: one row per order. Where no number is given, the orders of the days of the filter are read, newest first.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from shop.core.clock import from_seconds
from shop.core.enumerations import STATUSES, OrderStatus
from shop.core.text import full_title
from shop.db.database import Database
from shop.orders.numbers import cleaned_number, is_number, may_be_number, orders_with
from shop.stock.ledger import cursor_of

Key = tuple[str, str]  # platform and order
MOST = 100
PROGRESS: list[str] = list(STATUSES)
PLATFORMS = "SELECT DISTINCT platform FROM order_numbers WHERE shop_id = ?"
EXACT = "SELECT 1 FROM order_line WHERE shop_id = ? AND platform = ? AND order_id = ? LIMIT 1"
WORDS = """
SELECT n.name_key FROM sold_name n
LEFT JOIN sold_match m ON m.shop_id = n.shop_id AND m.name_key = n.name_key
LEFT JOIN variant v ON v.shop_id = n.shop_id AND v.sku = COALESCE(m.sku, n.sku)
LEFT JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code
WHERE n.shop_id = :shop AND (COALESCE(n.title, '') || ' ' || COALESCE(n.spec, '') || ' ' || n.sku || ' '
  || COALESCE(v.sku, '') || ' ' || COALESCE(p.title, '') || ' ' || COALESCE(v.title, '')) LIKE :like ESCAPE '!'
"""
NOTED = "SELECT platform, order_id FROM parcel WHERE shop_id = :shop AND note LIKE :like ESCAPE '!'"
# the index gives the days from the newest on; only the lines of one day are sorted at a time
NEWEST = """
SELECT l.platform, l.order_id FROM order_line l INDEXED BY order_line_paid_on
WHERE l.shop_id = :shop AND {days} {conditions}
ORDER BY l.paid_on DESC, l.paid_at DESC, l.order_id LIMIT :most
"""
LINES_PER_ORDER = 4  # as many lines are read for each order that is listed; few orders have more
PARTS = """
SELECT GROUP_CONCAT(name, '; ') FROM (
  SELECT COALESCE(q.title, w.title, s.part_sku) || ' ×' || s.pieces || COALESCE(' @' || w.place, '') AS name
  FROM set_part s
  LEFT JOIN variant w ON w.shop_id = s.shop_id AND w.sku = s.part_sku
  LEFT JOIN product q ON q.shop_id = w.shop_id AND q.product_code = w.product_code
  WHERE s.shop_id = v.shop_id AND s.set_sku = v.sku AND s.until_at IS NULL ORDER BY s.place)
"""
"""What one set takes, with the place of each part, for whoever picks and packs it."""
PLACE = """
SELECT w.place FROM set_part s JOIN variant w ON w.shop_id = s.shop_id AND w.sku = s.part_sku
WHERE s.shop_id = v.shop_id AND s.set_sku = v.sku AND s.until_at IS NULL AND w.place <> '' ORDER BY s.place LIMIT 1
"""
LINES = f"""
SELECT l.platform, l.order_id, l.line_id, l.status, l.after_sale, l.created_at, l.paid_at, l.shipped_at,
  l.promised_at, COALESCE(m.sku, l.sku), COALESCE(p.title, n.title, l.sku), COALESCE(v.title, v.size, n.spec, '')
    || CASE WHEN v.parts IS NULL THEN '' ELSE ' (' || ({PARTS}) || ')' END,
  l.quantity, l.buyer_paid_cents, l.platform_discount_cents, l.currency, l.carrier, l.province, l.courier,
  l.buyer_key, l.is_gift, COALESCE(v.place, CASE WHEN v.parts IS NOT NULL THEN ({PLACE}) END, ''),
  COALESCE(v.stock_policy, '')
FROM json_each(:keys) j
CROSS JOIN order_line l ON l.shop_id = :shop AND l.platform = j.value ->> 0 AND l.order_id = j.value ->> 1
LEFT JOIN sold_name n ON n.shop_id = l.shop_id AND n.name_key = l.name_key
LEFT JOIN sold_match m ON m.shop_id = l.shop_id AND m.name_key = l.name_key
LEFT JOIN variant v ON v.shop_id = l.shop_id AND v.sku = COALESCE(m.sku, l.sku)
LEFT JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code
ORDER BY l.platform, l.order_id, l.line_id
"""
PARCELS = """
SELECT c.platform, c.order_id, c.sent_at, c.sent_by, c.waits_for, c.note FROM json_each(:keys) j
CROSS JOIN parcel c ON c.shop_id = :shop AND c.platform = j.value ->> 0 AND c.order_id = j.value ->> 1
"""


@dataclass(frozen=True)
class OrderFilter:
    """What the list is narrowed to; an empty field narrows nothing. Days are shop days, both inclusive."""

    text: str = ""
    platform: str = ""
    carrier: str = ""
    status: str = ""
    first_on: date | None = None
    last_on: date | None = None


@dataclass(frozen=True)
class LineSummary:
    """One line of an order, by our own SKU where it is known; money is cents of `currency`, moments are UTC."""

    line_id: str
    status: str
    after_sale: str | None
    sku: str
    title: str
    spec: str
    quantity: int
    buyer_paid_cents: int
    platform_discount_cents: int
    is_gift: bool
    place: str
    policy: str
    promised_at: datetime | None
    shipped_at: datetime | None

    @property
    def name(self) -> str:
        """The product and which form of it."""
        return full_title(self.title, self.spec)

    @property
    def is_unsent(self) -> bool:
        """Whether it is paid and has neither left nor been refunded."""
        return self.status == "paid" and self.shipped_at is None and self.after_sale != "refunded"


@dataclass(frozen=True)
class OrderSummary:
    """One order folded from its lines, with what the studio noted of its parcel; moments are UTC."""

    platform: str
    order_id: str
    status: str
    created_at: datetime | None
    paid_at: datetime | None
    promised_at: datetime | None
    currency: str
    carrier: str
    province: str | None
    courier: str | None
    buyer_key: int | None
    lines: tuple[LineSummary, ...]
    sent_at: datetime | None = None
    sent_by: str | None = None
    waits_for: str | None = None
    note: str | None = None

    @property
    def key(self) -> Key:
        """Platform and number."""
        return self.platform, self.order_id

    @property
    def pieces(self) -> int:
        """Pieces of all lines."""
        return sum(line.quantity for line in self.lines)

    @property
    def buyer_paid_cents(self) -> int:
        """What the buyer paid for the goods, in cents."""
        return sum(line.buyer_paid_cents for line in self.lines)

    @property
    def has_open_case(self) -> bool:
        """Whether the buyer requested a refund of some line that is not decided yet."""
        return any(line.after_sale == "asked" for line in self.lines)


@dataclass(frozen=True)
class OrderPage:
    """The matching orders, newest first; `is_cut` where there are more than are listed."""

    rows: tuple[OrderSummary, ...]
    is_cut: bool


def find_orders(db: Database, wanted: OrderFilter, *, limit: int = MOST, shop_id: int = 1) -> OrderPage:
    """The orders of a filter; a text with digits is looked for among the numbers first, then among the words."""
    with db.read() as connection:
        cursor = cursor_of(connection)
        number = cleaned_number(wanted.text)
        if is_number(number) and (page := _numbered(cursor, shop_id, number, wanted, limit)).rows:
            return page
        keys = _by_words(cursor, shop_id, wanted, limit + 1)
        if not keys and may_be_number(number):  # a number without a digit
            return _numbered(cursor, shop_id, number, wanted, limit)
        return OrderPage(tuple(summaries(cursor, shop_id, keys[:limit])), len(keys) > limit)


def _numbered(cursor: Any, shop_id: int, number: str, wanted: OrderFilter, limit: int) -> OrderPage:
    """The orders of a filter whose number contains this part."""
    keys = _by_number(cursor, shop_id, number, wanted.platform, limit + 1)
    rows = [row for row in summaries(cursor, shop_id, keys) if _matches(row, wanted)]
    return OrderPage(tuple(rows[:limit]), len(keys) > limit)


def _by_number(cursor: Any, shop_id: int, number: str, platform: str, limit: int) -> list[Key]:
    platforms = [platform] if platform else [row[0] for row in cursor.execute(PLATFORMS, (shop_id,))]
    exact = [
        (name, number) for name in platforms if cursor.execute(EXACT, (shop_id, name, number)).fetchone()
    ]
    return exact or orders_with(cursor, shop_id, number, platform=platform or None, limit=limit)


def _by_words(cursor: Any, shop_id: int, wanted: OrderFilter, limit: int) -> list[Key]:
    values: dict[str, Any] = {"shop": shop_id, "most": limit * LINES_PER_ORDER}
    conditions, noted = [], []
    for name in ("platform", "carrier", "status"):
        if getattr(wanted, name):
            conditions.append(f"AND l.{name} = :{name}")
            values[name] = getattr(wanted, name)
    if text := wanted.text.strip():
        like = "%" + text.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"
        named = {"shop": shop_id, "like": like}
        names = [row[0] for row in cursor.execute(WORDS, named)]
        noted = cursor.execute(NOTED, named).fetchall()
        if not names and is_number(cleaned_number(text)):  # no province has digits: no line can match
            return list(map(tuple, noted))
        conditions.append(
            "AND (l.name_key IN (SELECT value FROM json_each(:names)) OR l.province LIKE :like ESCAPE '!')"
        )
        values |= {"names": json.dumps(names), "like": like}
    days = (
        "l.paid_on IS NULL" if wanted.status == OrderStatus.UNPAID else "l.paid_on BETWEEN :first AND :last"
    )
    values["first"] = wanted.first_on.isoformat() if wanted.first_on else ""
    values["last"] = wanted.last_on.isoformat() if wanted.last_on else "9999"
    sql = NEWEST.format(days=days, conditions=" ".join(conditions))
    rows = cursor.execute(sql, values).fetchall()
    return list(dict.fromkeys([*map(tuple, noted), *map(tuple, rows)]))


def _matches(row: OrderSummary, wanted: OrderFilter) -> bool:
    return (
        (not wanted.carrier or row.carrier == wanted.carrier)
        and (not wanted.status or any(line.status == wanted.status for line in row.lines))
        and (not wanted.platform or row.platform == wanted.platform)
    )


def summaries(cursor: Any, shop_id: int, keys: Sequence[Key] | Iterable[Key]) -> list[OrderSummary]:
    """These orders with their lines, in this order; those that are no longer stored are left out."""
    wanted = list(keys)
    values = {"shop": shop_id, "keys": json.dumps(wanted)}
    lines: dict[Key, list[Any]] = {}
    for row in cursor.execute(LINES, values):
        lines.setdefault((row[0], row[1]), []).append(row)
    parcels = {(row[0], row[1]): row[2:] for row in cursor.execute(PARCELS, values)}
    return [_summary(key, lines[key], parcels.get(key)) for key in wanted if key in lines]


def _summary(key: Key, rows: Sequence[Any], parcel: Sequence[Any] | None) -> OrderSummary:
    items = tuple(
        LineSummary(
            line_id=row[2],
            status=row[3],
            after_sale=row[4],
            sku=row[9],
            title=row[10],
            spec=row[11],
            quantity=row[12],
            buyer_paid_cents=row[13],
            platform_discount_cents=row[14],
            is_gift=bool(row[20]),
            place=row[21],
            policy=row[22],
            promised_at=_moment(row[8]),
            shipped_at=_moment(row[7]),
        )
        for row in rows
    )
    first = rows[0]
    unsent = [line.promised_at for line in items if line.is_unsent and line.promised_at]
    sent_at, sent_by, waits_for, note = parcel or (None, None, None, None)
    return OrderSummary(
        *key,
        status=min((line.status for line in items), key=PROGRESS.index),
        created_at=_moment(min((row[5] for row in rows if row[5] is not None), default=None)),
        paid_at=_moment(min((row[6] for row in rows if row[6] is not None), default=None)),
        promised_at=min(unsent, default=None),
        currency=first[15],
        carrier=first[16],
        province=max((row[17] for row in rows if row[17]), default=None),
        courier=next((row[18] for row in rows if row[18]), None),
        buyer_key=max((row[19] for row in rows if row[19] is not None), default=None),
        lines=items,
        sent_at=_moment(sent_at),
        sent_by=sent_by,
        waits_for=waits_for,
        note=note,
    )


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else from_seconds(seconds)
