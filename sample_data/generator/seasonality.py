"""How much people buy on which day: weekday, lunar year, campaigns, trend and closed days."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from lunardate import LunarDate

from sample_data.generator.columns import Floats, Ints, Mask

WEEKDAYS = (0.92, 0.9, 0.95, 0.98, 1.1, 1.2, 1.12)
YEARLY_TREND = 0.35


def spring_festival(year: int) -> date:
    """Return the first day of the lunar year that begins in the given year."""
    day: date = LunarDate(year, 1, 1).to_solar_date()
    return day


def mid_autumn(year: int) -> date:
    """Return the mid-autumn festival of a year: the fifteenth of the eighth lunar month."""
    day: date = LunarDate(year, 8, 15).to_solar_date()
    return day


def _campaign(day: date) -> float:
    """Return the lift of the platforms' sales campaigns on a day, 1 on ordinary days."""
    month, number = day.month, day.day
    if month == 6 and number <= 20:
        return 2.2 if number in (1, 16, 17, 18) else 1.25
    if month == 11 and number <= 11:
        return 2.8 if number in (1, 10, 11) else 1.3
    if month == 3 and 5 <= number <= 8:
        return 1.6
    return 1.0


def _lunar(day: date) -> float:
    """Return the pull of the lunar year: gifts before a festival, quiet in the festival week."""
    to_spring = (spring_festival(day.year) - day).days
    to_autumn = (mid_autumn(day.year) - day).days
    if 10 <= to_spring <= 30:
        return 1.7
    if 3 <= to_spring < 10:
        return 0.8
    if -7 < to_spring < 3:
        return 0.22
    if 2 <= to_autumn <= 14:
        return 1.35
    return 1.0


def is_closed(day: date) -> bool:
    """Return whether the shop takes no orders: the eve and first two days of the lunar year."""
    return -1 <= (spring_festival(day.year) - day).days <= 1


def daily_weights(start: date, days: int, live: Mask, seed: int, open_days: Sequence[int] = ()) -> Floats:
    """Return how much of the range's sales falls on each day (relative weights, 0 when closed).

    `live` is true on days with a live session; a few further days per season are closed for
    kiln work, chosen by the seed. `open_days` are open whatever the calendar says, and busier.
    """
    rng = np.random.default_rng([seed, 11])
    dates = [start + timedelta(days=number) for number in range(days)]
    shape = [WEEKDAYS[day.weekday()] * _campaign(day) * _lunar(day) for day in dates]
    trend = 1 + YEARLY_TREND * np.arange(days) / 365
    noise = 0.7 + 0.6 * rng.random(days)
    weights = np.array(shape) * trend * noise * np.where(live, 2.6, 0.8)
    kiln_day = (rng.random(days) < 0.015) & ~live
    closed = np.array([is_closed(day) for day in dates]) | kiln_day
    closed[list(open_days)] = False
    weights[list(open_days)] *= 2
    return np.where(closed, 0.0, weights)


def spread(total: int, weights: Floats) -> Ints:
    """Split a whole number over the days by weight, exactly."""
    reached = np.cumsum(weights)
    edges = np.floor(reached / (reached[-1] or 1.0) * total).astype(np.int64)
    per_day: Ints = np.diff(edges, prepend=0)
    return per_day
