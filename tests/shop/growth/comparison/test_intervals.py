"""Intervals: how often they cover the truth, over simulated shops whose truth is known."""

from datetime import date, timedelta
from math import ceil, log, sqrt

import numpy as np
import pytest

from shop.core.periods import Period
from shop.growth.comparison.growth import compare
from shop.growth.comparison.intervals import FigureChange, More, _more, _of_rate, _Ranges
from shop.metrics.query import Query
from shop.stats.quantiles import t_quantile
from shop.stats.variance import DailyBlocks, Spread, spread
from tests.support.shops.simulated import KINDS, Simulated, shop

MONTHS = _Ranges(Period(date(2026, 2, 1), date(2026, 2, 28)), Period(date(2026, 1, 1), date(2026, 1, 31)), 9)


def covers_truth(item: Simulated, figure: str) -> bool | None:
    """Whether the 90 % interval covers the true change; None where there is no interval."""
    if figure == "refund_rate":
        return _rate_covers_truth(item)
    over, under = {"orders": (item.orders, None), "gmv": (item.gmv, None), "aov": (item.gmv, item.orders)}[
        figure
    ]
    result = spread(item.days(over, under))
    if result is None:
        return None
    seen = log(item.figure(1, over, under) / item.figure(0, over, under))
    return abs(seen - item.truth[figure]) <= t_quantile(result.freedom) * result.error


def _rate_covers_truth(item: Simulated) -> bool | None:
    then, now = (item.figure(block, item.refunded, item.orders) for block in (0, 1))
    result = spread(item.days(item.refunded, item.orders), is_rate=True)
    bases = [float(item.orders[item.block == block].sum()) for block in (0, 1)]
    judged = _of_rate(FigureChange(now, then, now - then), result, bases, MONTHS)
    return None if judged.range is None else judged.range[0] <= 0 <= judged.range[1]


def naive_covers_truth(item: Simulated, figure: str) -> bool:
    """The same by single orders, as if each came by itself."""
    variance = 0.0
    for block in (0, 1):
        values = item.values[item.block[item.day_of_value] == block]
        variance += 1 / len(values) if figure == "orders" else (values**2).sum() / values.sum() ** 2
    over = item.orders if figure == "orders" else item.gmv
    seen = log(item.figure(1, over) / item.figure(0, over))
    return abs(seen - item.truth[figure]) <= 1.645 * sqrt(variance)


def shops(count: int, seed: int) -> list[Simulated]:
    rng = np.random.default_rng(seed)
    return [shop(rng, KINDS[number % len(KINDS)]) for number in range(count)]


def coverage(result: list[bool | None]) -> float:
    report = [item for item in result if item is not None]
    assert len(report) >= 0.95 * len(result)
    return sum(report) / len(report)


@pytest.mark.proof
@pytest.mark.parametrize("seed", [20261123, 7])
@pytest.mark.parametrize("figure", ["gmv", "orders", "aov", "refund_rate"])
def test_nine_of_ten_intervals_cover_the_truth_over_a_thousand_shops(figure, seed):
    reserved = coverage([covers_truth(item, figure) for item in shops(1_000, seed)])
    print(f"{figure} seed {seed}: {reserved:.1%}")
    assert 0.87 <= reserved <= 0.93


@pytest.mark.proof
def test_counting_single_orders_covers_the_truth_far_less_often():
    result = shops(1_000, 20261123)
    for figure in ("gmv", "orders"):
        naive = np.mean([naive_covers_truth(item, figure) for item in result])
        print(f"naive {figure}: {naive:.1%}")
        assert naive < 0.7


def test_most_intervals_cover_the_truth_and_naive_ones_do_not():
    result = shops(250, 5)
    for figure in ("gmv", "orders", "aov", "refund_rate"):
        assert 0.84 <= coverage([covers_truth(item, figure) for item in result]) <= 0.96, figure
    assert np.mean([naive_covers_truth(item, "orders") for item in result]) < 0.7


def test_the_same_days_give_the_same_answer():
    item = shops(1, 3)[0]
    assert spread(item.days(item.gmv)) == spread(item.days(item.gmv))


def test_an_unfinished_day_teaches_nothing():
    item = shops(1, 3)[0]
    days = item.days(item.gmv)
    over, whole = days.over.copy(), days.whole.copy()
    over[-1], whole[-1] = over[-1] / 50, False
    cut = spread(DailyBlocks(over, None, days.is_live, days.weekday, days.block, whole))
    plain, harmed = spread(days), spread(item.days(over))
    assert cut is not None and plain is not None and harmed is not None
    assert abs(cut.error - plain.error) < abs(harmed.error - plain.error)


def test_two_days_give_no_interval():
    two = np.ones(2, bool)
    days = DailyBlocks(np.array([3.0, 4.0]), None, ~two, np.array([0, 1]), np.array([0, 1]), two)
    assert spread(days) is None


@pytest.mark.parametrize(("freedom", "t"), [(5, 2.015), (8, 1.860), (20, 1.725), (60, 1.671), (1e9, 1.645)])
def test_the_critical_value_is_that_of_the_tables(freedom, t):
    assert t_quantile(freedom) == pytest.approx(t, abs=0.002)


# --- on a real database ----------------------------------------------------------------------------

NEW_YEAR = Period(date(2022, 1, 1), date(2022, 2, 28))
AUTUMN = Period(date(2021, 11, 1), date(2021, 12, 31))


def spring_change(spring, *names: str):
    return compare(spring, Query(names, NEW_YEAR.start, NEW_YEAR.end), AUTUMN)


def test_the_interval_contains_the_observed_change(spring):
    for name, result in spring_change(spring, "units", "gmv", "net_sales", "aov").items():
        assert result.interval is not None, name
        assert result.interval[0] < result.change < result.interval[1], name
    rate = spring_change(spring, "refund_rate")["refund_rate"]
    assert rate.interval[0] <= rate.change <= rate.interval[1]


def test_a_growth_of_68_percent_over_two_months_is_significant(spring):
    result = spring_change(spring, "units")["units"]
    assert not result.is_noise and result.more is None
    assert result.interval[0] > 0


def test_a_number_that_the_shop_chooses_is_not_chance(spring):
    result = spring_change(spring, "sessions")["sessions"]
    assert result.interval is None and not result.is_noise
    assert result.why_no_interval == "chosen"


def test_days_before_the_first_file_give_no_interval(spring):
    empty = Period(date(2020, 1, 1), date(2020, 2, 28))
    result = compare(spring, Query(("units",), NEW_YEAR.start, NEW_YEAR.end), empty)["units"]
    assert result.interval is None and result.why_no_interval == "unknown" and not result.is_noise


def test_a_single_day_learns_from_the_weeks_before(spring):
    day = Period(date(2022, 2, 20), date(2022, 2, 20))
    query = Query(("orders",), day.start, day.end)
    result = compare(spring, query, day.shifted(-timedelta(days=7)))["orders"]
    assert result.interval is not None
    assert result.interval[1] - result.interval[0] > 0.5  # one day is little evidence


def test_an_empty_shop_reports_that_there_is_no_interval(db):
    query = Query(("gmv", "refund_rate"), NEW_YEAR.start, NEW_YEAR.end)
    for result in compare(db, query, AUTUMN).values():
        assert result.interval is None and not result.is_noise and result.why_no_interval


def test_the_data_still_needed_is_given_in_days_and_sessions():
    t = t_quantile(1e6)
    ranges = _Ranges(Period(date(2026, 2, 1), date(2026, 2, 28)), AUTUMN, sessions=9)
    seen = 0.9 * t * sqrt(0.01 + 0.01)  # needs (1/0.9)² of the certainty
    alone = 0.01 / (0.81 * 0.02 - 0.01)  # how many times the present range, the earlier one unchanged
    assert _more(seen, Spread(0.01, 0.01, 1e6), ranges) == More(ceil(28 * (alone - 1)), ceil(9 * (alone - 1)))


def test_where_the_earlier_range_is_the_doubt_both_must_grow():
    t = t_quantile(1e6)
    ranges = _Ranges(Period(date(2026, 2, 1), date(2026, 2, 28)), AUTUMN, sessions=0)
    result = _more(t * sqrt(0.01), Spread(0.015, 0.005, 1e6), ranges)
    assert result == More(28, None, both=True)


def test_a_difference_too_small_to_detect_promises_nothing():
    ranges = _Ranges(Period(date(2026, 2, 1), date(2026, 2, 28)), AUTUMN, sessions=9)
    assert _more(0.001, Spread(0.01, 0.01, 20.0), ranges) is None
    assert _more(0.0, Spread(0.01, 0.01, 20.0), ranges) is None
