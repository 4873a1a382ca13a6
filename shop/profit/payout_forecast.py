"""Payouts to come: what platforms will pay out by day and week for six weeks, with a 90 % band.

From the shop's own history. How long a line waits for its payout is a hazard by days since payment, next to the hazard
of a full refund (two competing risks, discrete: Kalbfleisch and Prentice, The Statistical Analysis of Failure Time
Data, 2nd edition 2002, chapter 8). What is paid out of a line's gmv is the share of the lines that were settled, less
fees and part refunds as it is. Lines that are not sold yet are added at the pace of the last six weeks.

The band is split conformal (Lei et al., Distribution-free predictive inference for regression, Journal of the American
Statistical Association 113 (2018) 1094-1111): the same forecast is computed for past days, and its errors, in units of
the standard deviation that it gave itself, decide how many of these the band is wide. A recent error counts more than
an old one (Barber and others, Conformal prediction beyond exchangeability, Annals of Statistics 51 (2023) 816-845),
so that the band widens before a festival and narrows after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

import numpy as np
import numpy.typing as npt

from shop.access.roles import require_reader
from shop.core.periods import Period
from shop.db.database import Database
from shop.metrics.query import Query
from shop.profit.payout_history import PayoutHistory, read_payout_history

Floats = npt.NDArray[np.float64]
_PastError = tuple[float, float]  # in standard deviations, and its weight
WEEKS, WEEK = 6, 7
HORIZON = WEEKS * WEEK
LAGS = 120  # days since payment after which no payout is expected
LEARN = 240  # days of payment from which the hazards are estimated
PACE = 42  # days whose sales go on
PAST = 26  # weeks back at which the forecast is tried
LOOK_BACK = timedelta(days=LEARN + PAST * WEEK)
SHARE = 0.9
HALF_LIFE = 8  # weeks after which a past error counts half
FEWEST = 20  # past errors; with fewer the band is UNTRIED standard deviations
UNTRIED = 3.0
NEW_SPREAD = 0.3  # relative standard deviation of the sales that are still to come


@dataclass(frozen=True)
class ExpectedPayout:
    """What is expected in a period, in cents: of lines already paid, of lines still to be sold; the band of both."""

    period: Period
    of_paid: int
    of_new: int
    low: int
    high: int

    @property
    def cents(self) -> int:
        """All of it."""
        return self.of_paid + self.of_new


@dataclass(frozen=True)
class PayoutForecast:
    """Six weeks from the day after `on`, by day and by week, in cents of `currency`.

    `past` is what was paid out on each of the last six weeks' days, of lines paid since then. `past_errors` is from
    how many past weeks the band was learned, 0 where there are too few. Without days nothing was ever paid out.
    """

    on: date
    currency: str
    days: tuple[ExpectedPayout, ...] = ()
    weeks: tuple[ExpectedPayout, ...] = ()
    past_errors: int = 0
    past: tuple[tuple[date, int], ...] = ()

    @property
    def cents(self) -> int:
        """What the six weeks are expected to bring."""
        return sum(week.cents for week in self.weeks)

    @property
    def of_paid(self) -> int:
        """How much of it is of lines that are paid already."""
        return sum(week.of_paid for week in self.weeks)


@dataclass(frozen=True)
class _Expectation:
    """Mean and variance by day and by week, of paid lines and of new ones (cents, cents squared)."""

    paid: Floats
    new: Floats
    week_variance: Floats

    @property
    def weekly(self) -> Floats:
        total: Floats = (self.paid + self.new).reshape(WEEKS, WEEK).sum(1)
        return total

    @property
    def deviation(self) -> Floats:
        """The standard deviation of each week."""
        new = self.new.reshape(WEEKS, WEEK).sum(1) * NEW_SPREAD
        result: Floats = np.sqrt(self.week_variance + new**2 + 1)
        return result


def payout_forecast(db: Database, query: Query) -> PayoutForecast:
    """The payouts expected in the six weeks after a query's last day; its shop, currency and platforms count.

    For the owner. Raises NotAllowed.
    """
    require_reader(db, "see_margins")
    on = query.end
    history = read_payout_history(db, query, Period(on - LOOK_BACK, on))
    now = history.day(on)
    if not history.has_payouts:
        return PayoutForecast(on, history.currency)
    factors, count = _factors(history, now)
    expected = _expect(history, now)
    spread = expected.deviation * factors
    middle = expected.weekly
    days, weeks = [], []
    for week in range(WEEKS):
        first = on + timedelta(days=week * WEEK + 1)
        slots = slice(week * WEEK, (week + 1) * WEEK)
        weeks.append(
            _payout(
                Period(first, first + timedelta(days=WEEK - 1)),
                expected.paid[slots].sum(),
                expected.new[slots].sum(),
                spread[week],
            )
        )
        for place in range(week * WEEK, (week + 1) * WEEK):
            day = on + timedelta(days=place + 1)
            mean = expected.paid[place] + expected.new[place]
            # a day's share of its week's variance, as if the days were independent
            part = np.sqrt(mean / middle[week]) if middle[week] > 0 else 0.0
            days.append(
                _payout(Period(day, day), expected.paid[place], expected.new[place], spread[week] * part)
            )
    past = [
        (on - timedelta(days=HORIZON - 1 - place), round(cents))
        for place, cents in enumerate(history.paid_out_after(now - HORIZON, HORIZON))
    ]
    return PayoutForecast(on, history.currency, tuple(days), tuple(weeks), count, tuple(past))


def _payout(period: Period, paid: float, new: float, spread: float) -> ExpectedPayout:
    middle = paid + new
    return ExpectedPayout(
        period, round(paid), round(new), max(round(middle - spread), 0), round(middle + spread)
    )


def _factors(history: PayoutHistory, now: int) -> tuple[Floats, int]:
    """How many standard deviations the band of each week is wide, and from how many past weeks that was learned."""
    errors: list[list[_PastError]] = [[] for _ in range(WEEKS)]
    for back in range(1, PAST + 1):
        origin = now - back * WEEK
        if not history.has_payouts_by(origin):
            break
        expected = _expect(history, origin)
        actual = history.paid_out_after(origin, HORIZON).reshape(WEEKS, WEEK).sum(1)
        for week in range(min(back, WEEKS)):
            error = abs(actual[week] - expected.weekly[week]) / expected.deviation[week]
            errors[week].append((float(error), 0.5 ** ((back - week - 1) / HALF_LIFE)))
    every = list(chain(*errors))
    if len(every) < FEWEST:
        return np.full(WEEKS, UNTRIED), 0
    near = [list(chain(*errors[max(week - 1, 0) : week + 2])) for week in range(WEEKS)]
    return np.array([_quantile(part if len(part) >= FEWEST else every) for part in near]), len(every)


def _quantile(errors: Sequence[_PastError]) -> float:
    """The weighted conformal quantile: the smallest past error that SHARE of all weights, and one more, reach."""
    ordered = sorted(errors)
    reached = np.cumsum([weight for _, weight in ordered])
    place = int(np.searchsorted(reached, SHARE * (reached[-1] + 1)))
    return ordered[min(place, len(ordered) - 1)][0]


def _expect(history: PayoutHistory, now: int) -> _Expectation:
    """What the history up to a day lets expect after it, group by group (platform and seller)."""
    paid, new, variance = np.zeros(HORIZON), np.zeros(HORIZON), np.zeros(WEEKS)
    for group in history.groups:
        known = group.known_by(now)
        chance = known.chances(now, LEARN, LAGS, HORIZON)
        mean, square = known.shares(now)
        gmv, squares = known.open_gmv(now, LAGS)
        paid += mean * (gmv @ chance[1:])
        weekly = chance[1:].reshape(LAGS, WEEKS, WEEK).sum(2)
        variance += square * (squares @ weekly) - mean**2 * (squares @ weekly**2)
        pace = known.pace(now, PACE)
        for day in range(HORIZON):  # lines sold on the day after so many days wait from the start
            new[day + 1 :] += mean * pace * chance[0][: HORIZON - day - 1]
    return _Expectation(paid, new, np.maximum(variance, 0))
