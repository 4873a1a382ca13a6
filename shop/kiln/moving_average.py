"""Moving-average valuation: the movements of a material valued in their order.

Value moves with amounts to the last cent: what is taken is worth `split(value, (taken, left))[0]`. A
movement that is entered late, or corrected, revalues all later ones, so that the figures are the same
as if everything had been entered in order (rules: docs/manual/en/costing-rules.md).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from shop.core.money import half_up, split

CORRECTION = ":found"  # the end of the move_key of a correction for a shortfall
HOURS = {"bought": time(0), "used": time(12), "wasted": time(12), "counted": time(23, 59, 59)}


def moment(on: date, reason: str, zone: str) -> int:
    """The moment (seconds UTC) at which a movement of this day counts: purchases first, counts
    last.
    """
    return int(datetime.combine(on, HOURS[reason], ZoneInfo(zone)).timestamp())


def end_of(on: date, zone: str) -> int:
    """The first moment (seconds UTC) after a shop day."""
    return int(datetime.combine(on + timedelta(days=1), time(0), ZoneInfo(zone)).timestamp())


@dataclass
class _Balance:
    """What is on hand while the movements are gone through."""

    amount: int
    value: int
    last_price: Fraction  # of the last purchase, cents per thousandth of the unit

    @property
    def price(self) -> Fraction:
        return Fraction(self.value, self.amount) if self.amount > 0 else self.last_price

    def take(self, amount: int) -> int:
        """Take an amount that is there; what it was worth."""
        value = split(self.value, (amount, self.amount - amount))[0] if self.amount else 0
        self.amount -= amount
        self.value -= value
        return value

    def put(self, amount: int, value: int) -> int:
        self.amount += amount
        self.value += value
        return value


MOVEMENTS = """
SELECT m.movement_id, m.reason, m.amount, m.value_cents, m.move_key, m.batch_id, m.moved_at,
  m.stage, m.actor, COALESCE(m.undoes, u.undoes) IS NOT NULL
FROM material_movement m
LEFT JOIN material_movement u ON u.shop_id = m.shop_id AND u.material_id = m.material_id
  AND u.undoes = m.movement_id
WHERE m.shop_id = ? AND m.material_id = ? AND m.moved_at >= ? AND m.move_key NOT LIKE '%:found'
ORDER BY m.moved_at, m.move_key
"""


def revalue(cursor: Any, shop_id: int, material_id: str, since: int) -> set[str]:
    """Value the movements of one material from a moment on; the batches whose use changed in value.

    Movements that take each other back are worth nothing together and are left out.
    """
    place = (shop_id, material_id, since)
    stored = {
        row[0]: row[1:]
        for row in cursor.execute(
            "SELECT move_key, amount, value_cents FROM material_movement WHERE shop_id = ? "
            "AND material_id = ? AND moved_at >= ? AND move_key LIKE '%:found'",
            place,
        )
    }
    balance = _balance_before(cursor, shop_id, material_id, since)
    values: list[tuple[int, int]] = []
    corrections: dict[str, tuple[Any, ...]] = {}
    changed: set[str] = set()
    for number, reason, amount, value, key, batch, at, stage, actor, is_undone in cursor.execute(
        MOVEMENTS, place
    ).fetchall():
        if is_undone and reason != "bought":
            worth = 0
        elif reason == "bought":
            worth = balance.put(amount, value)
            if amount > 0 and not is_undone:
                balance.last_price = Fraction(value, amount)
        elif amount >= 0:
            worth = balance.put(amount, half_up(amount * balance.price))
        else:
            missing = -amount - balance.amount
            if missing > 0:
                worth = balance.put(missing, half_up(missing * balance.price))
                corrections[key + CORRECTION] = (missing, worth, at, batch, stage, actor)
            worth = -balance.take(-amount)
        if worth != value:
            values.append((worth, number))
            changed |= {batch} if batch else set()
    cursor.executemany("UPDATE material_movement SET value_cents = ? WHERE movement_id = ?", values)
    _save_corrections(cursor, shop_id, material_id, stored, corrections)
    cursor.execute(
        "UPDATE material SET on_hand = ?, value_cents = ? WHERE shop_id = ? AND material_id = ?",
        (balance.amount, balance.value, shop_id, material_id),
    )
    return changed


def _balance_before(cursor: Any, shop_id: int, material_id: str, since: int) -> _Balance:
    amount, value = cursor.execute(
        "SELECT COALESCE(SUM(amount), 0), COALESCE(SUM(value_cents), 0) FROM material_movement "
        "WHERE shop_id = ? AND material_id = ? AND moved_at < ?",
        (shop_id, material_id, since),
    ).fetchone()
    return _Balance(amount, value, last_price(cursor, shop_id, material_id, since))


def last_price(cursor: Any, shop_id: int, material_id: str, before: int) -> Fraction:
    """What the last purchase before a moment cost (cents per thousandth of the unit), 0 without
    one.
    """
    row = cursor.execute(
        "SELECT value_cents, amount FROM material_movement m WHERE shop_id = ? AND material_id = ? "
        "AND moved_at < ? AND reason = 'bought' AND amount > 0 AND NOT EXISTS "
        "(SELECT 1 FROM material_movement u WHERE u.shop_id = m.shop_id "
        "AND u.material_id = m.material_id AND u.undoes = m.movement_id) "
        "ORDER BY moved_at DESC, move_key DESC LIMIT 1",
        (shop_id, material_id, before),
    ).fetchone()
    return Fraction(*row) if row else Fraction()


def _save_corrections(
    cursor: Any,
    shop_id: int,
    material_id: str,
    stored: dict[str, tuple[Any, ...]],
    corrections: dict[str, tuple[Any, ...]],
) -> None:
    """Store the corrections for shortfalls as they are now, in place of the earlier ones."""
    gone = [key for key in stored if key not in corrections or stored[key] != corrections[key][:2]]
    cursor.executemany(
        "DELETE FROM material_movement WHERE shop_id = ? AND move_key = ?", [(shop_id, key) for key in gone]
    )
    cursor.executemany(
        "INSERT INTO material_movement (shop_id, material_id, reason, amount, value_cents, moved_at, "
        "batch_id, stage, actor, move_key) VALUES (?, ?, 'counted', ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT DO NOTHING",
        [(shop_id, material_id, *row, key) for key, row in corrections.items()],
    )


def prices(cursor: Any, shop_id: int, material_ids: Iterable[str], before: int) -> dict[str, Fraction | None]:
    """The average price of materials at a moment (cents per thousandth of the unit).

    Where nothing was on hand, the price of the last purchase; None where it was never bought.
    """
    average: dict[str, Fraction | None] = {}
    rows = cursor.execute(
        "SELECT j.value, COALESCE(SUM(m.amount), 0), COALESCE(SUM(m.value_cents), 0), "
        "MAX(m.reason = 'bought' AND m.amount > 0) FROM json_each(?) j "
        "LEFT JOIN material_movement m ON m.shop_id = ? AND m.material_id = j.value "
        "AND m.moved_at < ? GROUP BY j.value",
        (json.dumps(sorted(set(material_ids))), shop_id, before),
    ).fetchall()
    for material, amount, value, is_bought in rows:
        if not is_bought:
            average[material] = None
        elif amount > 0:
            average[material] = Fraction(value, amount)
        else:
            average[material] = last_price(cursor, shop_id, material, before)
    return average
