"""Figures of the home page: today, this week and this month, each with its comparison, and open tasks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import text

from shop.access.roles import may_read
from shop.catalog import match_queue
from shop.comments import unanswered
from shop.core.periods import Period, month_of, week_of
from shop.db.database import Database
from shop.growth.comparison.growth import Comparison, aligned, compare, last_sale_on
from shop.growth.comparison.ranges import before
from shop.kiln.board import unbilled_firings
from shop.kiln.material_levels import material_levels
from shop.metrics.preferences import preferences
from shop.metrics.query import Query
from shop.metrics.settings import shop_settings
from shop.orders import parcels
from shop.stock import levels, oversold, returns

FIGURES = ("gmv", "net_sales", "orders", "units")
RECENT_DAYS = 14
CHART_DAYS = 60
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class ReportClock:
    """The day that the pages report on. `now` is a moment of that day while it still runs,
    else None.

    `today` is the shop's own calendar day; `on` is earlier where the newest sale is long ago. `week_start` is the first
    day of the shop's week (ISO).
    """

    on: date
    today: date
    last_sale: date | None
    now: datetime | None
    week_start: int = 1

    @property
    def is_today(self) -> bool:
        """Whether the pages report on the running day."""
        return self.on == self.today

    def cut(self, period: Period) -> int | None:
        """Up to which second (UTC) the last day of a range counts: now, where that day still
        runs.
        """
        return int(self.now.timestamp()) if self.now and period.end == self.today else None


def clock(db: Database, now: datetime, on: date | None = None, shop: int = 1) -> ReportClock:
    """The day to report on: the given one, else today, else the last day with a sale.

    Today counts as long as something was sold in the last two weeks.
    """
    with db.read() as connection:
        local = now.astimezone(ZoneInfo(shop_settings(connection, shop).time_zone))
        first = preferences(connection, shop).week_start
    today, last = local.date(), last_sale_on(db, shop)
    if on is None:
        stale = last is not None and today - last >= timedelta(days=RECENT_DAYS)
        on = last if stale and last else today
    return ReportClock(on, today, last, local if on == today else None, first)


@dataclass(frozen=True)
class RunningPeriod:
    """One running stretch (day, week or month) with its figures against the fair earlier one."""

    name: str
    figures: dict[str, Comparison]
    days: tuple[int | None, ...]  # gmv of each day, in cents, oldest first, for a sparkline

    @property
    def now(self) -> Period:
        """The days reported."""
        return self.figures["gmv"].now.period

    @property
    def before(self) -> Period:
        """The days of the earlier period."""
        return self.figures["gmv"].before.period


def spans(db: Database, query: Query, at: ReportClock) -> tuple[RunningPeriod, ...]:
    """Today against the same weekday last week, this week against last week up to the same weekday,
    this month against the same days of the month before; a running day is cut at the same time.

    `query` brings shop, platform and currency; its metrics and days are replaced.
    """
    today = Period(at.on, at.on)
    week, month = week_of(at.on, at.week_start), month_of(at.on)
    pairs = {
        "day": (today, today.shifted(-WEEK)),
        "week": (week, week.shifted(-WEEK)),
        "month": (month, before(month, "mtd")),
    }
    days = _daily(db, query, Period(at.on - timedelta(days=29), at.on))
    tails = {"day": days[-14:], "week": days[-14:], "month": days}
    return tuple(
        RunningPeriod(name, compare(db, _over(query, now, at), then), tails[name])
        for name, (now, then) in pairs.items()
    )


def _over(query: Query, period: Period, at: ReportClock) -> Query:
    return replace(query, metrics=FIGURES, start=period.start, end=period.end, by=(), cut_at=at.cut(period))


def _daily(db: Database, query: Query, period: Period) -> tuple[int | None, ...]:
    from shop.metrics.query import answer

    narrowed = replace(query, metrics=("gmv",), start=period.start, end=period.end, by=("day",), cut_at=None)
    values = answer(db, narrowed)["gmv"]
    return tuple(None if pd.isna(value) else int(value) for value in values)


def sixty_days(db: Database, query: Query, at: ReportClock) -> pd.DataFrame:
    """The last sixty days, day by day, aligned with the sixty before."""
    period = Period(at.on - timedelta(days=CHART_DAYS - 1), at.on)
    narrowed = replace(query, start=period.start, end=period.end, by=(), cut_at=None)
    return aligned(db, narrowed, before(period, "previous"))


@dataclass(frozen=True)
class OpenItems:
    """Open tasks: different questions and the people who ask them, oversold orders, low stock, rejected rows, the last
    import; orders that can leave, returns to receive, names to match, firings without their bill, materials to order.
    """

    open_questions: int
    people: int
    rejected_rows: int
    oversold: int
    low_stock: int
    last_import_on: date | None
    days_since_import: int | None
    to_ship: int
    returns: int
    unmatched: int
    unbilled: int
    materials: int

    @property
    def things(self) -> int:
        """How many things wait; low stock is worth knowing, but no one's task yet."""
        return (
            self.open_questions
            + self.rejected_rows
            + self.oversold
            + self.to_ship
            + self.returns
            + self.unmatched
            + self.unbilled
            + self.materials
        )


def open_items(db: Database, today: date, shop: int = 1) -> OpenItems:
    """The open tasks now, over all days."""
    with db.read() as connection:
        zone = ZoneInfo(shop_settings(connection, shop).time_zone)
        row = connection.execute(
            text(
                "SELECT (SELECT COUNT(*) FROM rejected_record "
                "WHERE shop_id = :shop), (SELECT MAX(imported_at) FROM source_file "
                "WHERE shop_id = :shop)"
            ),
            {"shop": shop},
        ).one()
        lacking, low = oversold.undecided_count(connection, shop), levels.low_count(connection, shop_id=shop)
        unbilled = unbilled_firings(connection, shop) if may_read(db, "see_margins") else ()
    queue = unanswered.open_questions(db, today, shop_id=shop)
    aside, imported = row
    on = None if imported is None else datetime.fromtimestamp(imported, UTC).astimezone(zone).date()
    return OpenItems(
        open_questions=len(queue.groups),
        people=queue.people,
        rejected_rows=aside,
        oversold=lacking,
        low_stock=low,
        last_import_on=on,
        days_since_import=None if on is None else (today - on).days,
        to_ship=len(parcels.outbox(db, shop_id=shop).ready),
        returns=returns.count(db, shop_id=shop),
        unmatched=match_queue.count(db, shop_id=shop),
        unbilled=len(unbilled),
        materials=sum(level.order > 0 for level in material_levels(db, today, shop_id=shop)),
    )


def is_empty(db: Database, shop: int = 1) -> bool:
    """Whether nothing at all was read into this shop yet."""
    with db.read() as connection:
        result = connection.execute(
            text(
                "SELECT EXISTS (SELECT 1 FROM source_file WHERE shop_id = :shop) "
                "OR EXISTS (SELECT 1 FROM fact_day WHERE shop_id = :shop)"
            ),
            {"shop": shop},
        )
        return not result.scalar()


@dataclass(frozen=True)
class Cuts:
    """What the shop's sales can be narrowed to: platforms and currencies that occur."""

    platforms: tuple[str, ...]
    currencies: tuple[str, ...]
    main_currency: str


def cuts(db: Database, shop: int = 1) -> Cuts:
    """The platforms and currencies that occur; the shop's own currency first where it sells in
    it.
    """
    with db.read() as connection:
        main = shop_settings(connection, shop).currency
        result = [
            sorted(
                str(row[0])
                for row in connection.execute(
                    text(f"SELECT DISTINCT {name} FROM fact_day WHERE shop_id = :shop"), {"shop": shop}
                )
            )
            for name in ("platform", "currency")
        ]
    currencies = sorted(result[1], key=lambda name: (name != main, name))
    return Cuts(tuple(result[0]), tuple(currencies), main)
