"""A shop in a real database whose refunds follow a known delay."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
from sqlalchemy import text

from shop.db.database import Database
from shop.metrics import rollups
from shop.stats.variance import Floats, Ints

EVENING = 12 * 3600  # 20:00 in the shop


def DELAY(age: Ints | float) -> Floats:
    """The share of all refunds that is known so many days after payment: quick ones, slow ones."""
    quick, slow = (1 - np.exp(-(np.asarray(age) + 1) / 3.0), 1 - np.exp(-(np.asarray(age) + 1) / 18.0))
    return 0.55 * quick + 0.45 * slow


def delays(rng: np.random.Generator, count: int, *, even: bool = False) -> Ints:
    """Days from payment to refund, drawn from the law; `even` draws follow it as closely as whole
    orders can.
    """
    table = DELAY(np.arange(400))
    positions = (rng.permutation(count) + rng.random()) / count if even else rng.random(count)
    return np.searchsorted(table / table[-1], positions)


def fill(
    db: Database, first: date, orders: list[int], delay: list[Ints], *, as_of: date, cents: int = 10_000
) -> None:
    """Pay so many orders on each day; of each day's orders the first are refunded after `delay`."""
    lines, refunds = [], []
    for number, (count, is_open) in enumerate(zip(orders, delay, strict=True)):
        day = first + timedelta(days=number)
        for place in range(count):
            key = f"{day:%Y%m%d}{place:05d}"
            lines.append(_line(key, day, cents))
            if place < len(is_open):
                back = day + timedelta(days=int(is_open[place]))
                if back <= as_of:
                    refunds.append(_refund(key, back, cents))
    with db.write() as connection:
        for table, rows in (("order_line", lines), ("refund", refunds)):
            if rows:
                names = ", ".join(rows[0])
                marks = ", ".join(f":{name}" for name in rows[0])
                connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), rows)
        rollups.rebuild(connection, 1)


def _at(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) + EVENING


def _line(key: str, day: date, cents: int) -> dict[str, object]:
    return {
        "shop_id": 1,
        "platform": "douyin",
        "order_id": key,
        "line_id": key,
        "sku": "CUP",
        "created_at": _at(day),
        "paid_at": _at(day),
        "paid_on": day.isoformat(),
        "status": "paid",
        "quantity": 1,
        "currency": "CNY",
        "list_cents": cents,
        "buyer_paid_cents": cents,
        "updated_at": _at(day),
        "payload_hash": 1,
    }


def _refund(key: str, day: date, cents: int) -> dict[str, object]:
    return {
        "shop_id": 1,
        "platform": "douyin",
        "refund_id": f"R{key}",
        "order_id": key,
        "line_id": key,
        "status": "refunded",
        "stage": "after_ship",
        "refunded_at": _at(day),
        "refunded_on": day.isoformat(),
        "amount_cents": cents,
        "currency": "CNY",
        "updated_at": _at(day),
        "payload_hash": 1,
    }
