"""Simulated shops with a known truth: days, live sessions and orders as real ones come.

Weekdays have their own level, neighbouring days move together, sessions differ widely in size and
take place on chosen days, orders come in bunches, and a few orders are ten times as dear.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shop.stats.variance import DailyBlocks, Floats, Ints, Mask

KINDS = ("mixed", "live_only", "no_live", "tiny", "big")
QUIET = {"mixed": (2, 15), "live_only": (0, 0.1), "no_live": (2, 40), "tiny": (0.3, 1.5), "big": (60, 200)}
LIVE = {"mixed": (10, 60), "live_only": (15, 80), "no_live": (0, 0), "tiny": (1, 5), "big": (200, 600)}
DEAR, DEAR_TIMES = 0.004, 10.0


@dataclass(frozen=True)
class Simulated:
    """Two neighbouring months of one shop, and by how much (log) each figure truly changed."""

    kind: str
    is_live: Mask
    weekday: Ints
    block: Ints
    orders: Floats
    gmv: Floats
    refunded: Floats
    values: Floats
    day_of_value: Ints
    truth: dict[str, float]

    def days(self, over: Floats, under: Floats | None = None) -> DailyBlocks:
        whole = np.ones(len(over), bool)
        return DailyBlocks(over, under, self.is_live, self.weekday, self.block, whole)

    def figure(self, block: int, over: Floats, under: Floats | None = None) -> float:
        here = self.block == block
        return float(over[here].sum() / (here.sum() if under is None else under[here].sum()))


def shop(rng: np.random.Generator, kind: str) -> Simulated:
    lengths = rng.integers(28, 32, 2)
    count = int(lengths.sum())
    block = (np.arange(count) >= lengths[0]).astype(np.int64)
    weekday = (rng.integers(7) + np.arange(count)) % 7
    is_live = _schedule(rng, weekday, block) if kind != "no_live" else np.zeros(count, bool)
    growth, dearer = np.exp(rng.normal(0, [0.25, 0.1]))
    by_weekday = np.exp(rng.normal(0, rng.uniform(0.05, 0.25), 7))
    level = (by_weekday / by_weekday.mean())[weekday] * np.where(block == 1, growth, 1.0)
    quiet, live, wild = rng.uniform(*QUIET[kind]), rng.uniform(*LIVE[kind]), rng.uniform(0.3, 0.8)
    bunches = rng.uniform(2, 20)
    rate = quiet * rng.gamma(bunches, 1 / bunches, count)
    rate += is_live * live * np.exp(rng.normal(-(wild**2) / 2, wild, count))
    orders = rng.poisson(level * rate * _mood(rng, count))
    expected = level * (quiet + is_live * live)
    day = np.repeat(np.arange(count), orders)
    values = _values(rng, len(day)) * np.where(block == 1, dearer, 1.0)[day]
    change = float(np.log(expected[block == 1].mean() / expected[block == 0].mean()))
    share = rng.uniform(0.03, 0.12)
    bad = rng.beta(share * 30, (1 - share) * 30, count)
    return Simulated(
        kind,
        is_live,
        weekday,
        block,
        orders.astype(float),
        np.bincount(day, values, count),
        rng.binomial(orders, bad).astype(float),
        values,
        day,
        {
            "orders": change,
            "gmv": change + float(np.log(dearer)),
            "aov": float(np.log(dearer)),
            "refund_rate": 0.0,
        },
    )


def _schedule(rng: np.random.Generator, weekday: Ints, block: Ints) -> Mask:
    """Two to six evenings a week, mostly the same ones; one more or one less in the second month."""
    liking, often = rng.random(7), int(rng.integers(2, 6))
    is_live = np.zeros(len(block), bool)
    for month in (0, 1):
        days = np.flatnonzero(block == month)
        a_week = often if month == 0 else int(np.clip(often + rng.integers(-1, 2), 2, 6))
        for start in range(0, len(days), 7):
            week = days[start : start + 7]
            wish = liking[weekday[week]] + 0.4 * rng.random(len(week))
            is_live[week[np.argsort(-wish)[: max(1, round(a_week * len(week) / 7))]]] = True
    return is_live


def _mood(rng: np.random.Generator, count: int) -> Floats:
    """A level that wanders from day to day, one on average."""
    swing, memory = rng.uniform(0.05, 0.3), rng.uniform(0.2, 0.7)
    mood = np.empty(count)
    mood[0] = rng.normal(0, swing)
    steps = rng.normal(0, swing * np.sqrt(1 - memory**2), count)
    for day in range(1, count):
        mood[day] = memory * mood[day - 1] + steps[day]
    return np.exp(mood - swing**2 / 2)


def _values(rng: np.random.Generator, count: int) -> Floats:
    """What single orders are worth: a long tail, and now and then ten times as much."""
    values = np.exp(rng.normal(0, rng.uniform(0.4, 0.9), count))
    return np.where(rng.random(count) < DEAR, values * DEAR_TIMES, values)


@dataclass(frozen=True)
class Year:
    """A quiet year and the quarter before it: nothing happens but weekdays, sessions and chance."""

    kind: str
    is_live: Mask
    weekday: Ints
    rate: Floats  # orders to be expected of each day

    def sold(self, seed: int, rate: Floats | None = None) -> tuple[Floats, Floats]:
        """Orders and money of each day; the same seed with another rate differs in nothing else."""
        rng = np.random.default_rng(seed)
        orders = rng.poisson(self.rate if rate is None else rate)
        day = np.repeat(np.arange(len(orders)), orders)
        return orders.astype(float), np.bincount(day, _values(rng, len(day)), len(orders))


def quiet_year(rng: np.random.Generator, kind: str, days: int = 365 + 84) -> Year:
    weekday = (rng.integers(7) + np.arange(days)) % 7
    is_live = np.zeros(days, bool)
    if kind != "no_live":
        liking, often = rng.random(7), int(rng.integers(2, 6))
        for start in range(0, days, 7):
            week = np.arange(start, min(start + 7, days))
            wish = liking[weekday[week]] + 0.4 * rng.random(len(week))
            a_week = int(np.clip(often + rng.integers(-1, 2), 1, 7))
            is_live[week[np.argsort(-wish)[: max(1, round(a_week * len(week) / 7))]]] = True
    by_weekday = np.exp(rng.normal(0, rng.uniform(0.05, 0.25), 7))
    season = rng.uniform(0, 0.15) * np.sin(2 * np.pi * (np.arange(days) / 365 + rng.random()))
    quiet, live, wild = rng.uniform(*QUIET[kind]), rng.uniform(*LIVE[kind]), rng.uniform(0.3, 0.8)
    bunches = rng.uniform(2, 20)
    rate = quiet * rng.gamma(bunches, 1 / bunches, days)
    rate += is_live * live * np.exp(rng.normal(-(wild**2) / 2, wild, days))
    rate *= (by_weekday / by_weekday.mean())[weekday] * np.exp(season) * _mood(rng, days)
    return Year(kind, is_live, weekday, rate)
