"""The weekly report of all platforms: sales, refunds, and for the owner what is left, against the previous week.

Grain: one row per currency and platform, then one per currency over its platforms ("" as platform); two currencies are
never added. The baseline of a running week is as many days of the previous one. Several shops (databases) go into one
report shop by shop, with one more row per currency that more than one of them sold in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import cast

from shop.access.roles import Actor, require_reader
from shop.core.periods import Period
from shop.db.database import Database
from shop.db.dialect import raw_cursor
from shop.metrics.definitions import Ratio, metric
from shop.metrics.preferences import read_preferences
from shop.metrics.query import Query, total
from shop.metrics.settings import shop_settings
from shop.metrics.tables import divided
from shop.profit.gross_to_net import State, combined_state, waterfall

FIGURES = ("gmv", "refunds", "net_sales", "orders", "units", "aov")
USED = """
SELECT currency, platform FROM fact_day WHERE shop_id = ? AND day BETWEEN ? AND ?
GROUP BY currency, platform ORDER BY currency, SUM(lines) DESC, platform
"""


@dataclass(frozen=True)
class WeekRow:
    """One platform ("" is all) in one currency: FIGURES of the week by name, and GMV of the previous week (cents).

    `left` is what is left of the week's orders, None where it is unknown or not for this role; `left_state` how sure.
    `shop` names the shop in a report of several, "" is all of them.
    """

    currency: str
    platform: str
    figures: dict[str, int | None]
    gmv_before: int
    left: int | None = None
    left_state: State | None = None
    shop: str = ""


@dataclass(frozen=True)
class WeeklyReport:
    """The rows of a week, and its baseline: as many days of the previous week; `shops` where there are several."""

    period: Period
    before: Period
    rows: tuple[WeekRow, ...]
    shops: tuple[str, ...] = ()


def weekly_report(
    db: Database, on: date, actor: Actor, *, start: date | None = None, shop_id: int = 1
) -> WeeklyReport:
    """The week that a shop day is in, up to that day; from the shop's first day of the week on, or from `start`.

    Raises NotAllowed for a role that sees no sums.
    """
    require_reader(db, "see_sums")
    if start is None:
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


def report_of_shops(shops: Sequence[tuple[Database, Actor]], on: date) -> WeeklyReport:
    """The same week of one or several shops, each read by its own actor; it begins as in the first of them.

    Raises NotAllowed where an actor sees no sums.
    """
    first = weekly_report(*_read(shops[0], on))
    if len(shops) == 1:
        return first
    others = (weekly_report(*_read(shop, on), start=first.period.start) for shop in shops[1:])
    reports = [first, *others]
    names = _names([db for db, _ in shops])
    rows: list[WeekRow] = []
    of_currency: dict[str, list[WeekRow]] = {}
    for name, report in zip(names, reports, strict=True):
        by_currency = {
            row.currency: row for row in report.rows
        }  # the last one of a currency is all of its platforms
        for currency, row in by_currency.items():
            of_currency.setdefault(currency, []).append(row)
        rows += [replace(row, shop=name) for row in report.rows]
    rows += [_sum(wholes) for wholes in of_currency.values() if len(wholes) > 1]
    return WeeklyReport(first.period, first.before, tuple(rows), tuple(names))


def _read(shop: tuple[Database, Actor], on: date) -> tuple[Database, date, Actor]:
    db, actor = shop
    return db.read_as(actor.role), on, actor


def _names(databases: Sequence[Database]) -> list[str]:
    """What shops are called: by their own names, or by their files where they have none or share one."""
    names = []
    for db in databases:
        with db.read() as connection:
            names.append(shop_settings(connection).name or db.path.stem)
    return [
        name if names.count(name) == 1 else f"{name} ({db.path.parent.name}/{db.path.stem})"
        for name, db in zip(names, databases, strict=True)
    ]


def _sum(rows: Sequence[WeekRow]) -> WeekRow:
    """The sums of several shops in one currency; a figure that one of them does not know is unknown."""
    figures = {name: _added([row.figures[name] for row in rows]) for name in FIGURES}
    aov = metric("aov")
    assert isinstance(aov, Ratio)
    figures["aov"] = cast(int | None, divided(aov, figures["gmv"], figures["orders"]))
    states = [row.left_state for row in rows if row.left_state]
    left = _added([row.left for row in rows])
    state: State | None = None
    if len(states) == len(rows):
        state = "unknown" if left is None else combined_state(states)
    return WeekRow(rows[0].currency, "", figures, sum(row.gmv_before for row in rows), left, state)


def _added(values: Sequence[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


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
