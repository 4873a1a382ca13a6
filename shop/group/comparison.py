"""Shops side by side: the same days of each, in total, per day and per live session, against an earlier range.

Grain: one row per shop and currency; two currencies are never added. Only sums: no row of one shop is shown to another.
Days before a shop's first sale, and days for which nothing was imported or synced, do not count as days without sales:
a shop is measured by the days that are known of it, and how many these are stands next to its figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from shop import overview
from shop.access.roles import MAY, Role, role_named
from shop.access.sessions import Visitor
from shop.core.periods import Period
from shop.db.database import Database
from shop.group.access import SUMS, roles_of
from shop.group.parallel import ShopAnswer
from shop.group.shops import ShopEntry, database_of, group_shops
from shop.growth.comparison.calendars import pair
from shop.growth.comparison.growth import Comparison, Counted, compare, first_sale_on
from shop.metrics.query import Query
from shop.metrics.settings import shop_settings
from shop.metrics.sources import gap_days

FIGURES = ("gmv", "orders", "refunds", "net_sales", "gmv_per_session", "sessions_with_sales")
ADDED = ("gmv", "orders", "refunds", "net_sales")
CALENDARS = ("previous", "mtd", "year", "weekday", "lunar")
READER: Role = "creator"  # of a shop whose sums alone may be seen


@dataclass(frozen=True)
class ShopToCompare:
    """A shop that somebody may compare: its entry ("" as name is the home), and the role that reads its sums."""

    entry: ShopEntry
    role: Role


@dataclass(frozen=True)
class CurrencyFigures:
    """The figures of one shop in one currency, by metric; `days` are the known days (now, before) that divide them."""

    currency: str
    figures: dict[str, Comparison]
    days: tuple[int, int]


@dataclass(frozen=True)
class ShopFigures:
    """One shop: its own name, its figures in each currency, its first sale, and the days of the range without data."""

    name: str
    rows: tuple[CurrencyFigures, ...]
    first_sale: date | None
    missing_days: int


@dataclass(frozen=True)
class CurrencySum:
    """The sums of all shops that answered in one currency; None where one of them does not know a figure."""

    currency: str
    shops: int
    figures: dict[str, int | None]


def shops_to_compare(home: Database, visitor: Visitor | None, usual: Role) -> list[ShopToCompare]:
    """The shops whose sums somebody may see: the home first, unless nothing was ever read into it."""
    roles = roles_of(home, visitor, usual)
    own = usual if visitor is None else visitor.role
    with home.read() as connection:
        title = shop_settings(connection).name
    result = []
    if own is not None and not overview.is_empty(home):
        result.append(ShopToCompare(ShopEntry("", home.shown_name, title), own))
    for entry in group_shops(home):
        if role := roles.get(entry.name):
            result.append(ShopToCompare(entry, READER if role == SUMS else role_named(role)))
    return [item for item in result if "see_sums" in MAY[item.role]]


def database_to_compare(home: Database, shop: ShopToCompare) -> Database:
    """The database of a shop, read in the role that sees its sums; raises what opening it raises."""
    db = home if not shop.entry.name else database_of(home, shop.entry)
    return db.read_as(shop.role)


def shop_figures(db: Database, period: Period, calendar: str, now: datetime) -> ShopFigures:
    """The figures of one shop over a range against what a calendar (of CALENDARS) compares it with, as of `now`."""
    clock, first = overview.clock(db, now), first_sale_on(db)
    before = pair(db, period, calendar).before
    with db.read() as connection:
        name = shop_settings(connection).name
        known, missing = _known_days(connection, period, first, clock.today)
        known_before, _ = _known_days(connection, before, first, clock.today)
    counted = Counted(known), Counted(known_before)
    rows = []
    for currency in overview.cuts(db).currencies:
        query = Query(FIGURES, period.start, period.end, currency=currency, cut_at=clock.cut(period))
        figures = compare(db, query, before, counted, with_intervals=False)
        rows.append(CurrencyFigures(currency, figures, (known, known_before)))
    return ShopFigures(name, tuple(rows), first, missing)


def _known_days(
    connection: Connection, period: Period, first_sale: date | None, today: date
) -> tuple[int, int]:
    """How many days of a range are known of a shop, and how many have no data since its first sale."""
    if first_sale is None or max(first_sale, period.start) > min(period.end, today):
        return 0, 0
    days = Period(max(first_sale, period.start), min(period.end, today))
    missing = len(gap_days(connection, 1, days.start, days.end))
    return days.days - missing, missing


def sums(answers: Sequence[ShopAnswer[ShopFigures]]) -> list[CurrencySum]:
    """The sums by currency, the one that most shops sold in first."""
    by_currency: dict[str, list[CurrencyFigures]] = {}
    for answer in answers:
        for row in answer.value.rows if answer.value else ():
            by_currency.setdefault(row.currency, []).append(row)
    result = [
        CurrencySum(
            currency,
            len(rows),
            {name: _added([row.figures[name].now.total for row in rows]) for name in ADDED},
        )
        for currency, rows in by_currency.items()
    ]
    return sorted(result, key=lambda item: (-item.shops, item.currency))


def _added(values: Sequence[int | float | None]) -> int | None:
    known = [int(value) for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None
