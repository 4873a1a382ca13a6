"""Exchange rates by day: what 1 unit of a currency was worth in another, entered by the shop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from sqlalchemy import Connection

from shop.access.audit import log_action
from shop.access.roles import Actor, require
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.db.dialect import raw_cursor

BILLION = 10**9
MOST = 10**9  # of one currency for another: more is a mistake
PUT = """
INSERT INTO exchange_rate (shop_id, currency, "into", day, billionths) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (shop_id, currency, "into", day) DO UPDATE SET billionths = excluded.billionths
"""
READ = """
SELECT day, currency, "into", billionths FROM exchange_rate WHERE shop_id = ? ORDER BY day DESC, currency, "into"
"""
REMOVE = 'DELETE FROM exchange_rate WHERE shop_id = ? AND currency = ? AND "into" = ? AND day = ?'


class BadExchangeRate(ShopError):
    """A rate that is no number above 0, or between a currency and itself."""

    message = (
        "“{found}” is no rate. Write what 1 {currency} is worth in {into}: a number above 0, such as 7.1234."
    )


@dataclass(frozen=True)
class DayRate:
    """What 1 unit of `currency` was worth on a day in `into`, in billionths."""

    day: date
    currency: str
    into: str
    billionths: int

    @property
    def text(self) -> str:
        """The rate as a decimal number."""
        return f"{Decimal(self.billionths).scaleb(-9).normalize():f}"


def rate_of(day: date, currency: str, into: str, given: str) -> DayRate:
    """A rate from its text; raises BadExchangeRate."""
    currency, into = currency.strip().upper(), into.strip().upper()
    try:
        value = Decimal(given.strip().replace(",", ".") if given.count(",") == 1 else given.strip())
    except InvalidOperation:
        value = Decimal(0)
    known = [code for code in (currency, into) if len(code) == 3 and code.isascii() and code.isalpha()]
    if len(set(known)) < 2 or not value.is_finite() or not 0 < value <= MOST or value * BILLION < 1:
        raise BadExchangeRate(found=given[:40], currency=currency[:10], into=into[:10])
    return DayRate(day, currency, into, int((value * BILLION).to_integral_value()))


def put_rates(db: Database, rates: Sequence[DayRate], *, actor: Actor, shop_id: int = 1) -> int:
    """Store rates; one of the same day and currencies replaces the earlier. Their number."""
    require(actor, "manage_shop")
    if not rates:
        return 0
    rows = [(shop_id, r.currency, r.into, r.day.isoformat(), r.billionths) for r in rates]
    with db.write() as connection:
        raw_cursor(connection).executemany(PUT, rows)
        subject = ", ".join(sorted({f"{r.currency} {r.into}" for r in rates}))
        log_action(connection, actor, "exchange_rates", subject[:200], changes=len(rates), shop_id=shop_id)
    return len(rates)


def remove_rate(db: Database, rate: DayRate, *, actor: Actor, shop_id: int = 1) -> None:
    """Remove the rate of a day."""
    require(actor, "manage_shop")
    with db.write() as connection:
        key = (shop_id, rate.currency, rate.into, rate.day.isoformat())
        raw_cursor(connection).execute(REMOVE, key)
        log_action(connection, actor, "exchange_rates", f"{rate.currency} {rate.into}", shop_id=shop_id)


def day_rates(db: Database, shop_id: int = 1) -> list[DayRate]:
    """All rates, the latest day first."""
    with db.read() as connection:
        return read_rates(connection, shop_id)


def read_rates(connection: Connection, shop_id: int = 1) -> list[DayRate]:
    """All rates, the latest day first."""
    rows = raw_cursor(connection).execute(READ, (shop_id,)).fetchall()
    return [DayRate(date.fromisoformat(day), currency, into, value) for day, currency, into, value in rows]
