"""What the owner enters by the day: hours worked, and advertising that no file states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from shop.access.audit import log_action
from shop.access.change_log import Edits
from shop.access.roles import Actor, require, require_reader
from shop.core.errors import ShopError
from shop.core.periods import Period
from shop.db.database import Database
from shop.db.dialect import raw_cursor
from shop.metrics.settings import shop_settings

LONGEST_DAY = 24 * 60 * 50  # minutes: fifty people around the clock
OF_LABOUR = (
    "SELECT day, task, minutes FROM labour_entry WHERE shop_id = ? AND day BETWEEN ? AND ? ORDER BY 1, 2"
)
OF_ADS = """
SELECT day, platform, product_code, amount_cents, currency FROM ad_entry
WHERE shop_id = ? AND day BETWEEN ? AND ? ORDER BY 1, 2, 3
"""


class BadDayCost(ShopError):
    """Minutes or an amount below zero, or more than a day has."""

    message = "{found} is not possible for one day. Enter 0 or more; 0 removes the entry."


@dataclass(frozen=True)
class LabourDay:
    """Minutes worked on a shop day at one task ("" is any)."""

    day: date
    task: str
    minutes: int


@dataclass(frozen=True)
class AdDay:
    """Advertising of a shop day on a platform, for one product ("" is all), cents of `currency`."""

    day: date
    platform: str
    product_code: str
    amount_cents: int
    currency: str


def labour_days(db: Database, period: Period, *, shop_id: int = 1) -> Sequence[LabourDay]:
    """The hours of a range, by day; for the owner. Raises NotAllowed."""
    return [LabourDay(date.fromisoformat(day), *rest) for day, *rest in _rows(db, OF_LABOUR, period, shop_id)]


def ad_days(db: Database, period: Period, *, shop_id: int = 1) -> Sequence[AdDay]:
    """The advertising entered for the days of a range; for the owner. Raises NotAllowed."""
    return [AdDay(date.fromisoformat(day), *rest) for day, *rest in _rows(db, OF_ADS, period, shop_id)]


def _rows(db: Database, sql: str, period: Period, shop_id: int) -> list[Any]:
    require_reader(db, "see_margins")
    with db.read() as connection:
        values = (shop_id, period.start.isoformat(), period.end.isoformat())
        rows: list[Any] = raw_cursor(connection).execute(sql, values).fetchall()
        return rows


def set_labour(
    db: Database, on: date, minutes: int, *, actor: Actor, task: str = "", shop_id: int = 1
) -> int:
    """Enter the minutes worked on a shop day at a task, in place of those before; 0 removes them.

    Returns the audit number that undoes it. Raises BadDayCost, NotAllowed.
    """
    if not 0 <= minutes <= LONGEST_DAY:
        raise BadDayCost(found=minutes)
    key = {"day": on.isoformat(), "task": task.strip()}
    return _put(db, "labour_entry", key, {"minutes": minutes}, "costs.labour", actor, shop_id)


def set_advertising(
    db: Database,
    on: date,
    platform: str,
    cents: int,
    *,
    actor: Actor,
    product_code: str = "",
    currency: str | None = None,
    shop_id: int = 1,
) -> int:
    """Enter what advertising cost on a shop day on a platform, in place of what was entered; 0 removes it.

    In the shop's currency without another. Returns the audit number that undoes it. Raises BadDayCost, NotAllowed.
    """
    if cents < 0:
        raise BadDayCost(found=cents)
    key = {"platform": platform, "day": on.isoformat(), "product_code": product_code}
    if currency is None:
        with db.read() as connection:
            currency = shop_settings(connection, shop_id).currency
    values = {"amount_cents": cents, "currency": currency}
    return _put(db, "ad_entry", key, values, "costs.ads", actor, shop_id)


def _put(
    db: Database,
    table: str,
    key: dict[str, str],
    values: dict[str, Any],
    action: str,
    actor: Actor,
    shop_id: int,
) -> int:
    """Store an entry; one whose first value is 0 is removed."""
    require(actor, "set_costs")
    with db.write() as connection:
        edits = Edits(connection, shop_id)
        if next(iter(values.values())):
            edits.put(table, key, values)
        else:
            edits.delete(table, key)
        return log_action(connection, actor, action, key["day"], undo=edits.undo or None, shop_id=shop_id)
