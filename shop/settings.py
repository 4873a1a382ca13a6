"""The shop's own calendar and currency: setting them, and computing all shop days again when the time zone changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import Connection

from shop.access.audit import log_action
from shop.access.roles import Actor, require
from shop.core.clock import day_of
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.db.dialect import raw_cursor
from shop.kiln.batch_costs import recompute_batch_costs
from shop.metrics.preferences import Preferences, preferences, store_preferences
from shop.metrics.rollups import rebuild
from shop.metrics.settings import ShopSettings, shop_settings, store_settings

QUARTER = 15 * 60  # seconds: every offset of a time zone since 1990 is a multiple of it

# The moments of a table whose shop days are stored, each with the day that it gives; None gives none.
DAYS = (
    ("order_line", "paid_at", "paid_on"),
    ("order_line", "created_at", None),
    ("refund", "refunded_at", "refunded_on"),
    ("settlement", "settled_at", "settled_on"),
    ("presale_deposit", "paid_at", "paid_on"),
    ("presale_deposit", "balance_due_at", None),
    ("live_session", "started_at", "started_on"),
    ("video", "published_at", "published_on"),
    ("comment", "written_at", "written_on"),
)


class UnknownTimeZone(ShopError):
    """The name of a time zone is not one of the IANA database."""

    message = (
        "There is no time zone “{found}”. Write one such as Asia/Shanghai, America/New_York or Europe/London."
    )


class UnknownCurrency(ShopError):
    """The code of a currency is not one of ISO 4217."""

    message = "There is no currency “{found}”. Write its three letters: CNY, USD, EUR …"


@dataclass(frozen=True)
class SettingsChange:
    """What changed: the settings before and after, and how many rows have another shop day now."""

    before: ShopSettings
    after: ShopSettings
    changed_rows: int


def save_settings(
    db: Database,
    *,
    actor: Actor,
    name: str | None = None,
    time_zone: str | None = None,
    currency: str | None = None,
    shop_id: int = 1,
) -> SettingsChange:
    """Set the shop's name, time zone or currency, None leaving one as it is, in one transaction.

    With another time zone the shop day of every record and all roll-ups are computed again.
    Raises UnknownTimeZone, UnknownCurrency, NotAllowed or DatabaseBusy.
    """
    require(actor, "manage_shop")
    if time_zone is not None and time_zone not in available_timezones():
        raise UnknownTimeZone(found=time_zone)
    if currency is not None and not _is_currency(currency := currency.strip().upper()):
        raise UnknownCurrency(found=currency)
    with db.write() as connection:
        before = shop_settings(connection, shop_id)
        after = replace(
            before,
            name=before.name if name is None else name.strip(),
            time_zone=time_zone or before.time_zone,
            currency=currency or before.currency,
        )
        store_settings(connection, after)
        changed_rows = 0
        if after.time_zone != before.time_zone:
            changed_rows = _move_days(connection, shop_id, before.time_zone, after.time_zone)
            rebuild(connection, shop_id)
            recompute_batch_costs(connection, shop_id)
        log_action(connection, actor, "shop.settings", after.time_zone, shop_id=shop_id)
    return SettingsChange(before, after, changed_rows)


WEEK_STARTS = (
    1,
    6,
    7,
)  # ISO: Monday, Saturday, Sunday (Unicode CLDR knows no others for the countries sold to)
SYNC_MINUTES = (0, 10, 30, 60, 180, 720)


class UnknownChoice(ShopError):
    """A preference was to be set to something that is not offered."""

    message = "“{found}” is no choice for {name}. Choose one of: {known}."


def save_preferences(db: Database, *, actor: Actor, shop_id: int = 1, **chosen: Any) -> Preferences:
    """Set some of the shop's preferences (fields of `Preferences`), leaving the others; all of them after it.

    Raises UnknownChoice, NotAllowed or DatabaseBusy.
    """
    require(actor, "manage_shop")
    offered: dict[str, tuple[Any, ...]] = {
        "up": ("", "red", "green"),
        "week_start": WEEK_STARTS,
        "sync_minutes": SYNC_MINUTES,
    }
    for name, value in chosen.items():
        if name in offered and value not in offered[name]:
            raise UnknownChoice(found=value, name=name, known=", ".join(map(str, offered[name])))
    with db.write() as connection:
        result = replace(preferences(connection, shop_id), **chosen)
        store_preferences(connection, result, shop_id)
        log_action(connection, actor, "shop.preferences", ", ".join(chosen), shop_id=shop_id)
    return result


def _move_days(connection: Connection, shop_id: int, old: str, new: str) -> int:
    """Compute the shop day of every moment in the new time zone; the number of rows that changed.

    A moment at midnight stands for a day without a time: it stays on that day, at its midnight in the
    new time zone.
    """
    cursor = raw_cursor(connection)
    cursor.execute("CREATE TEMP TABLE day_of (quarter INTEGER PRIMARY KEY, day TEXT)")
    cursor.execute("CREATE TEMP TABLE midnight (old_at INTEGER PRIMARY KEY, new_at INTEGER)")
    changed_rows = 0
    for table, at, on in DAYS:
        moments = f"FROM {table} WHERE shop_id = ? AND {at} IS NOT NULL"
        cursor.execute("DELETE FROM temp.day_of")
        cursor.execute("DELETE FROM temp.midnight")
        quarters = cursor.execute(f"SELECT DISTINCT {at} / {QUARTER} {moments}", (shop_id,)).fetchall()
        starts = {day_of(quarter * QUARTER, old) for (quarter,) in quarters}
        cursor.executemany(
            "INSERT INTO temp.midnight VALUES (?, ?)",
            [(_start(day, old), _start(day, new)) for day in starts],
        )
        is_whole_day = f"{at} IN (SELECT old_at FROM temp.midnight)"
        if on is not None:
            cursor.executemany(
                "INSERT INTO temp.day_of VALUES (?, ?)",
                [(quarter, day_of(quarter * QUARTER, new).isoformat()) for (quarter,) in quarters],
            )
            day = f"(SELECT day FROM temp.day_of WHERE quarter = {at} / {QUARTER})"
            changed_rows += cursor.execute(
                f"UPDATE {table} SET {on} = {day} WHERE shop_id = ? AND {at} IS NOT NULL "
                f"AND NOT {is_whole_day} AND {on} IS NOT {day}",
                (shop_id,),
            ).rowcount
        cursor.execute(
            f"UPDATE {table} SET {at} = (SELECT new_at FROM temp.midnight WHERE old_at = {at}) "
            f"WHERE shop_id = ? AND {is_whole_day}",
            (shop_id,),
        )
    cursor.execute("DROP TABLE temp.day_of")
    cursor.execute("DROP TABLE temp.midnight")
    return changed_rows


def _is_currency(code: str) -> bool:
    from babel.numbers import list_currencies  # here: it reads a large table

    return code in list_currencies()


def _start(day: date, zone: str) -> int:
    return int(datetime.combine(day, time(), ZoneInfo(zone)).timestamp())
