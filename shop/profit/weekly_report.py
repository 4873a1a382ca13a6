"""The weekly report of all platforms: sales, refunds, and for the owner what is left, against the previous week.

Grain: one row per currency and platform, then one per currency over its platforms ("" as platform); two currencies are
never added. The baseline of a running week is as many days of the previous one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from shop.access.roles import Actor, require_reader
from shop.core.periods import Period
from shop.db.database import Database
from shop.db.dialect import raw_cursor
from shop.metrics.preferences import read_preferences
from shop.metrics.query import Query, total
from shop.profit.gross_to_net import State, waterfall

FIGURES = ("gmv", "refunds", "net_sales", "orders", "units", "aov")
USED = """
SELECT currency, platform FROM fact_day WHERE shop_id = ? AND day BETWEEN ? AND ?
GROUP BY currency, platform ORDER BY currency, SUM(lines) DESC, platform
"""


@dataclass(frozen=True)
class WeekRow:
    """One platform ("" is all) in one currency: FIGURES of the week by name, and GMV of the previous week (cents).

    `left` is what is left of the week's orders, None where it is unknown or not for this role; `left_state` how sure.
    """

    currency: str
    platform: str
    figures: dict[str, int | None]
    gmv_before: int
    left: int | None = None
    left_state: State | None = None


@dataclass(frozen=True)
class WeeklyReport:
    """The rows of a week, and its baseline: as many days of the previous week."""

    period: Period
    before: Period
    rows: tuple[WeekRow, ...]


def weekly_report(db: Database, on: date, actor: Actor, *, shop_id: int = 1) -> WeeklyReport:
    """The week that a shop day is in, up to that day; from the shop's first day of the week on.

    Raises NotAllowed for a role that sees no sums.
    """
    require_reader(db, "see_sums")
    start = on - timedelta(days=(on.isoweekday() - read_preferences(db, shop_id).week_start) % 7)
    period, week = Period(start, on), timedelta(days=7)
    before = Period(period.start - week, period.end - week)
    with db.read() as connection:
        days = (shop_id, before.start.isoformat(), period.end.isoformat())
        used = raw_cursor(connection).execute(USED, days).fetchall()
    rows = []
    for currency in dict.fromkeys(row[0] for row in used):
        platforms = [row[1] for row in used if row[0] == currency]
        for platform in (*platforms, *([""] if len(platforms) > 1 else ())):
            where = (("platform", (platform,)),) if platform and len(platforms) > 1 else ()
            query = Query(FIGURES, period.start, period.end, (), where, shop_id, currency)
            rows.append(_row(db, query, before, platform, actor))
    return WeeklyReport(period, before, tuple(rows))


def _row(db: Database, query: Query, before: Period, platform: str, actor: Actor) -> WeekRow:
    figures = {name: None if value is None else int(value) for name, value in total(db, query).items()}
    earlier = total(db, replace(query, metrics=("gmv",), start=before.start, end=before.end))
    left = waterfall(db, query, actor).step("left")
    return WeekRow(
        str(query.currency),
        platform,
        figures,
        int(earlier["gmv"] or 0),
        left.cents if left else None,
        left.state if left else None,
    )
