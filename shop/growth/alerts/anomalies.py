"""Days that stand out, each with what may be behind it.

Higher than usual is judged by money, lower than usual by orders: a single dear order makes a day
stand out, a missing one must not. What is usual for a day is shown in `shop.unusual`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np
from sqlalchemy import text

from shop.core import holidays
from shop.core.periods import Period
from shop.coverage import MISSING, FileCoverage, sources
from shop.db.database import Database
from shop.growth.comparison.campaigns import Edition, campaign_of, editions
from shop.growth.comparison.daily_series import Daily, daily
from shop.growth.comparison.growth import first_sale_on
from shop.metrics.query import Query
from shop.metrics.settings import shop_settings
from shop.metrics.stock_facts import best_sellers, moments
from shop.stats import outliers
from shop.stats.outliers import SEEN, WEEK, WEEKS, Kind, Scores
from shop.stats.variance import Floats, Mask
from shop.stock.ledger import on_hand_at

Explanation = Literal[
    "missing_import", "holiday", "campaign", "more_sessions", "fewer_sessions", "stock_out", "big_order"
]
SHORT_CAMPAIGN = 14  # in longer ones only the first day and the last three are like no other day
LATE_SOURCE = 60  # a platform not read for so long is given up, not late
BEST_SELLERS = 5
BEST_OVER = 28
LARGE_PART = 0.3  # of a day's money in one order
USUAL_WEEKS = 8


@dataclass(frozen=True)
class AnomalyReason:
    """What may be behind it: `name` of a festival, campaign, kind of file or piece; how many now
    and usually; or what share of the day.
    """

    explanation: Explanation
    name: str | None = None
    now: int | None = None
    usual: int | None = None
    share: float | None = None


@dataclass(frozen=True)
class Anomaly:
    """A day (or the seven days up to it) far from usual: spike, drop or week_low.

    `figure` and `usual` are money in cents for a spike, else orders. Without `reasons` nobody knows.
    """

    on: date
    period: Period
    kind: Kind
    metric: Literal["gmv", "orders"]
    figure: int
    usual: int
    reasons: tuple[AnomalyReason, ...] = ()


@dataclass(frozen=True)
class _Days:
    """The days and what is known of them next to the sales."""

    series: Daily
    special: Mask
    campaigns: tuple[Edition, ...]
    missing: dict[date, str]
    gmv: Scores
    orders: Scores
    week: Floats

    def place(self, day: date) -> int:
        """Where a day stands among them."""
        return day.toordinal() - int(self.series.day[0])


def anomalies(db: Database, query: Query) -> tuple[Anomaly, ...]:
    """The days of the question's range that stand out, the latest first, with their reasons.

    A day that still runs is not judged: end the range the day before.
    """
    days = _days(db, query)
    if days is None:
        return ()
    result: list[Anomaly] = []
    for day in Period(query.start, query.end):
        place = days.place(day)
        if 0 <= place < len(days.series.day):
            result += [item for kind in _kinds(days, place) if (item := _explained(days, kind, place))]
    weekly = [item for item in result if item.kind != "week_low" or not _follows(item, result)]
    return tuple(replace(item, reasons=_reasons(db, query, days, item)) for item in reversed(weekly))


def _follows(item: Anomaly, result: Iterable[Anomaly]) -> bool:
    """Whether a low week only goes on: the same days were reported a day before."""
    return any(other.kind == "week_low" and other.on == item.on - timedelta(days=1) for other in result)


def _days(db: Database, query: Query) -> _Days | None:
    first = first_sale_on(db, query.shop)
    if first is None or first > query.end:
        return None
    start = max(first, query.start - timedelta(days=SEEN + WEEKS))
    period = Period(start, query.end)
    series = daily(db, query, ("gmv", "orders"), period)
    campaigns = editions(db, range(start.year, query.end.year + 1), query.shop)
    missing = _missing(sources(db, query.shop, subject="orders"), query, period)
    special = np.array([_is_special(day, campaigns) or day in missing for day in period])
    live, weekday = series.sessions > 0, series.weekday
    orders = np.nan_to_num(series.figures["orders"])
    money = np.nan_to_num(series.figures["gmv"])
    sold = orders > 0
    unit = float(np.median(money[sold] / orders[sold])) if sold.any() else 1.0
    judged = max(0, (query.start - start).days - SEEN - WEEK)  # the days before only teach
    by_orders = outliers.scores(orders, live, weekday, special, first=judged)
    return _Days(
        series,
        special,
        campaigns,
        missing,
        outliers.scores(money, live, weekday, special, unit=max(unit, 1.0), first=judged),
        by_orders,
        outliers.weeks(by_orders),
    )


def _is_special(day: date, campaigns: tuple[Edition, ...]) -> bool:
    """Whether a day is a festival, a holiday or the peak of a campaign."""
    if holidays.festival_of(day) or holidays.holiday_of(day):
        return True
    result = campaign_of(day, campaigns)
    if result is None:
        return False
    peak = day == result.period.start or (result.period.end - day).days < 3
    return peak or result.period.days <= SHORT_CAMPAIGN


def _missing(result: Iterable[FileCoverage], query: Query, period: Period) -> dict[date, str]:
    """The days whose orders were not read, with the kind of file that is missing."""
    platforms = dict(query.where).get("platform")
    days: dict[date, str] = {}
    for source in result:
        if platforms and not _is_of(source.kind.rpartition("_")[0], platforms):
            continue
        for shift, state in enumerate(source.states):
            if state == MISSING:
                days[source.first + timedelta(days=shift)] = source.kind
        if (period.end - source.last).days <= LATE_SOURCE:
            late = (period.end - source.last).days
            days |= {source.last + timedelta(days=n): source.kind for n in range(1, late + 1)}
    return days


def _is_of(platform: str, platforms: Iterable[str]) -> bool:
    return any(item == platform or item.startswith(f"{platform}_") for item in platforms)


def _kinds(days: _Days, place: int) -> list[Kind]:
    result: list[Kind] = []
    if outliers.is_drop(days.orders, days.special, place):
        result.append("drop")
    if outliers.is_week_low(days.week, days.special, place):
        result.append("week_low")
    if outliers.is_spike(days.gmv, days.special, place):
        result.append("spike")
    return result


def _explained(days: _Days, kind: Kind, place: int) -> Anomaly | None:
    metric: Literal["gmv", "orders"] = "gmv" if kind == "spike" else "orders"
    judged = days.gmv if kind == "spike" else days.orders
    here = slice(place - WEEK + 1 if kind == "week_low" else place, place + 1)
    usual = judged.usual[here]
    if np.isnan(usual).any():
        return None
    first, last = (date.fromordinal(int(days.series.day[at])) for at in (here.start, place))
    figure = int(np.nansum(days.series.figures[metric][here]))
    return Anomaly(last, Period(first, last), kind, metric, figure, round(float(usual.sum())))


# --- what may be behind it ---------------------------------------------------------------------------


def _reasons(db: Database, query: Query, days: _Days, result: Anomaly) -> tuple[AnomalyReason, ...]:
    """What may be behind it, the surest first."""
    computed: tuple[AnomalyReason | None, ...]
    if result.kind == "spike":
        computed = (_campaign(days, result), _sessions(days, result), _big_order(db, query, result))
    else:
        computed = (
            _not_read(days, result),
            _holiday(result),
            _sessions(days, result),
            _stock_out(db, query, result),
        )
    return tuple(reason for reason in computed if reason)


def _not_read(days: _Days, result: Anomaly) -> AnomalyReason | None:
    missing = [days.missing[day] for day in result.period if day in days.missing]
    return AnomalyReason("missing_import", missing[0], now=len(missing)) if missing else None


def _holiday(result: Anomaly) -> AnomalyReason | None:
    names = [name for day in result.period if (name := holidays.festival_of(day) or holidays.holiday_of(day))]
    return AnomalyReason("holiday", names[0], now=len(names)) if names else None


def _campaign(days: _Days, result: Anomaly) -> AnomalyReason | None:
    running = campaign_of(result.on, days.campaigns)
    if running:
        return AnomalyReason("campaign", running.name)
    name = holidays.festival_of(result.on) or holidays.holiday_of(result.on)
    return AnomalyReason("holiday", name, now=1) if name else None


def _sessions(days: _Days, result: Anomaly) -> AnomalyReason | None:
    """More or fewer sessions than on such days of the last weeks."""
    place, here = days.place(result.on), result.period.days
    now = int(days.series.sessions[max(place - here + 1, 0) : place + 1].sum())
    earlier = [
        int(days.series.sessions[end - here + 1 : end + 1].sum())
        for end in range(place - WEEK, max(place - WEEK * USUAL_WEEKS, here) - 1, -WEEK)
    ]
    if not earlier:
        return None
    usual = sorted(earlier)[len(earlier) // 2]
    if result.kind == "spike" and now > max(usual, 0):
        return AnomalyReason("more_sessions", now=now, usual=usual)
    if result.kind != "spike" and now < usual:
        return AnomalyReason("fewer_sessions", now=now, usual=usual)
    return None


BIGGEST = """
SELECT MAX(paid) FROM (
  SELECT SUM(buyer_paid_cents + platform_discount_cents) AS paid
  FROM order_line INDEXED BY order_line_paid_on
  WHERE shop_id = :shop AND paid_on = :day AND NOT is_gift AND currency = :currency {}
  GROUP BY platform, order_id
)
"""


def _big_order(db: Database, query: Query, result: Anomaly) -> AnomalyReason | None:
    """One order that is a large part of the day."""
    from shop.metrics.settings import currency_of

    platforms = dict(query.where).get("platform", ())
    marks = ", ".join(f":p{place}" for place in range(len(platforms)))
    values: dict[str, Any] = {f"p{place}": name for place, name in enumerate(platforms)}
    with db.read() as connection:
        values |= {
            "shop": query.shop,
            "day": result.on.isoformat(),
            "currency": currency_of(connection, query),
        }
        sql = BIGGEST.format(f"AND platform IN ({marks})" if marks else "")
        biggest = int(connection.execute(text(sql), values).scalar() or 0)
    if result.figure <= 0 or biggest < LARGE_PART * result.figure:
        return None
    return AnomalyReason("big_order", now=biggest, share=biggest / result.figure)


def _stock_out(db: Database, query: Query, result: Anomaly) -> AnomalyReason | None:
    """Best sellers of the weeks before of which nothing was left at the end of the day."""
    start, day = result.period.start, timedelta(days=1)
    with db.read() as connection:
        best = best_sellers(connection, query.shop, start - BEST_OVER * day, start - day, BEST_SELLERS)
        time_zone = shop_settings(connection, query.shop).time_zone
        last = moments(result.on, result.on, time_zone)["stock_end"] - 1
        left = on_hand_at(connection, best, last, shop_id=query.shop)
    out = [sku for sku in best if left[sku] <= 0]
    return AnomalyReason("stock_out", out[0], now=len(out)) if out else None
