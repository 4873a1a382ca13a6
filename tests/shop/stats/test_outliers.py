"""Outliers: how rarely a quiet year alarms, and how surely a halving or a flood is seen."""

import numpy as np
import pytest

from shop.growth.alerts.alerts import REST_DAYS
from shop.stats import outliers
from shop.stats.variance import Floats
from tests.support.shops.simulated import KINDS, Year, quiet_year

QUARTERS = 4
BEGIN = 84  # the quarter before the year only teaches


def alarms(year: Year, orders: Floats, money: Floats, first: int = BEGIN) -> list[tuple[int, str]]:
    """The alarms of a year by the rules of the alerts: one a day, a kind once in two weeks."""
    special = np.zeros(len(orders), bool)
    unit = float(np.median(money[orders > 0] / orders[orders > 0]))
    by_orders = outliers.scores(orders, year.is_live, year.weekday, special)
    by_money = outliers.scores(money, year.is_live, year.weekday, special, unit=unit)
    week = outliers.weeks(by_orders)
    result: list[tuple[int, str]] = []
    report: dict[str, int] = {}
    for day in range(first, len(orders)):
        kinds = {
            "drop": outliers.is_drop(by_orders, special, day),
            "week_low": outliers.is_week_low(week, special, day),
            "spike": outliers.is_spike(by_money, special, day),
        }
        for kind, is_so in kinds.items():
            if is_so and day - report.get(kind, -REST_DAYS) >= REST_DAYS:
                report[kind] = day
                result.append((day, kind))
                break
    return result


def false_alarms(years: int, seed: int) -> dict[str, float]:
    """False alarms per shop and quarter, by kind of shop."""
    rng = np.random.default_rng(seed)
    result: dict[str, list[int]] = {kind: [] for kind in KINDS}
    for number in range(years):
        year = quiet_year(rng, KINDS[number % len(KINDS)])
        result[year.kind].append(len(alarms(year, *year.sold(number))))
    return {kind: float(np.mean(counts)) / QUARTERS for kind, counts in result.items()}


@pytest.mark.proof
def test_a_thousand_quiet_years_alarm_at_most_once_a_quarter():
    result = false_alarms(1_000, 20261123)
    print({kind: round(rate, 2) for kind, rate in result.items()}, np.mean(list(result.values())))
    assert np.mean(list(result.values())) <= 1
    assert max(result.values()) <= 1.25


def test_quiet_years_alarm_about_once_a_quarter_at_most():
    assert np.mean(list(false_alarms(25, 1).values())) <= 1.1


def caught(kinds: tuple[str, ...], shops: int, times: float, days: int, seed: int) -> float:
    """How often a change of some days to so many times the usual is alarmed within three days."""
    rng, result = np.random.default_rng(seed), []
    wanted = {"spike"} if times > 1 else {"drop", "week_low"}
    for number in range(shops):
        year = quiet_year(rng, kinds[number % len(kinds)], 340)
        rate = year.rate.copy()
        rate[300 : 300 + days] *= times
        report = alarms(year, *year.sold(number, rate), first=300 - REST_DAYS)
        result.append(any(kind in wanted and 300 <= day < 303 + days for day, kind in report))
    return float(np.mean(result))


@pytest.mark.proof
def test_the_power_to_see_a_halved_week_and_a_flood():
    power = {
        (kind, what): caught((kind,), 60, times, days, 11)
        for kind in KINDS
        for what, times, days in (
            ("half a week", 0.5, 7),
            ("half three weeks", 0.5, 21),
            ("tenfold day", 10.0, 1),
            ("no sales for a week", 0.0, 7),
        )
    }
    for (kind, what), share in power.items():
        print(f"{kind:10} {what:20} {share:.0%}")
    steady = ("mixed", "no_live", "big")
    assert np.mean([power[kind, "half a week"] for kind in steady]) >= 0.6
    assert np.mean([power[kind, "half three weeks"] for kind in steady]) >= 0.85
    assert np.mean([power[kind, "tenfold day"] for kind in steady]) >= 0.7
    assert np.mean([power[kind, "no sales for a week"] for kind in steady]) >= 0.95


def test_most_halved_weeks_and_floods_are_seen():
    steady = ("no_live", "big")
    assert caught(steady, 12, 0.5, 14, 2) >= 0.7
    assert caught(steady, 12, 10.0, 1, 3) >= 0.7


def test_the_same_weekday_pattern_week_after_week_is_no_outlier():
    days = np.arange(200)
    orders = np.where(days % 7 == 5, 60.0, 20.0)
    special, never = np.zeros(200, bool), np.zeros(200, bool)
    result = outliers.scores(orders, never, days % 7, special)
    assert np.abs(result.off[2 * 84 :]).max() < 2  # once a weekday was seen often enough
    assert not any(outliers.is_drop(result, special, day) for day in range(100, 200))


def test_a_day_of_a_campaign_teaches_nothing():
    days = np.arange(200)
    rng = np.random.default_rng(1)
    orders = rng.poisson(20, 200).astype(float)
    orders[150] = orders[199] = 400
    never, special = np.zeros(200, bool), days == 150
    result = outliers.scores(orders, never, days % 7, special)
    assert outliers.is_spike(result, special, 150)
    assert outliers.is_spike(result, special, 199)


def test_a_young_shop_has_no_usual():
    orders = np.ones(20)
    result = outliers.scores(orders, orders > 2, np.arange(20) % 7, orders > 2)
    assert np.isnan(result.off).all()
    assert not outliers.is_drop(result, orders > 2, 19)
