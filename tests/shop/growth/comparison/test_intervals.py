"""Intervals: how often they hold the truth, over simulated shops whose truth is known."""

from datetime import date, timedelta
from math import ceil, log, sqrt

import numpy as np
import pytest

from shop.core.periods import Period
from shop.growth.comparison.growth import compare
from shop.growth.comparison.intervals import Change, More, _more, _of_rate, _Ranges
from shop.metrics.query import Query
from shop.stats.quantiles import t_quantile
from shop.stats.variance import Days, Spread, spread
from tests.support.simulated import KINDS, Simulated, shop

MONTHS = _Ranges(Period(date(2026, 2, 1), date(2026, 2, 28)), Period(date(2026, 1, 1), date(2026, 1, 31)), 9)


def holds(one: Simulated, figure: str) -> bool | None:
    """Whether the 90 % interval holds the true change; None where it says that it cannot tell."""
    if figure == "refund_rate":
        return _rate_holds(one)
    over, under = {"orders": (one.orders, None), "gmv": (one.gmv, None), "aov": (one.gmv, one.orders)}[figure]
    found = spread(one.days(over, under))
    if found is None:
        return None
    seen = log(one.figure(1, over, under) / one.figure(0, over, under))
    return abs(seen - one.truth[figure]) <= t_quantile(found.freedom) * found.error


def _rate_holds(one: Simulated) -> bool | None:
    then, now = (one.figure(block, one.refunded, one.orders) for block in (0, 1))
    found = spread(one.days(one.refunded, one.orders), is_rate=True)
    bases = [float(one.orders[one.block == block].sum()) for block in (0, 1)]
    judged = _of_rate(Change(now, then, now - then), found, bases, MONTHS)
    return None if judged.range is None else judged.range[0] <= 0 <= judged.range[1]


def naive_holds(one: Simulated, figure: str) -> bool:
    """The same by single orders, as if each came by itself."""
    variance = 0.0
    for block in (0, 1):
        values = one.values[one.block[one.day_of_value] == block]
        variance += 1 / len(values) if figure == "orders" else (values**2).sum() / values.sum() ** 2
    over = one.orders if figure == "orders" else one.gmv
    seen = log(one.figure(1, over) / one.figure(0, over))
    return abs(seen - one.truth[figure]) <= 1.645 * sqrt(variance)


def shops(count: int, seed: int) -> list[Simulated]:
    rng = np.random.default_rng(seed)
    return [shop(rng, KINDS[number % len(KINDS)]) for number in range(count)]


def coverage(found: list[bool | None]) -> float:
    told = [one for one in found if one is not None]
    assert len(told) >= 0.95 * len(found)
    return sum(told) / len(told)


@pytest.mark.proof
@pytest.mark.parametrize("seed", [20261123, 7])
@pytest.mark.parametrize("figure", ["gmv", "orders", "aov", "refund_rate"])
def test_nine_of_ten_intervals_hold_the_truth_over_a_thousand_shops(figure, seed):
    held = coverage([holds(one, figure) for one in shops(1_000, seed)])
    print(f"{figure} seed {seed}: {held:.1%}")
    assert 0.87 <= held <= 0.93


@pytest.mark.proof
def test_counting_single_orders_holds_the_truth_far_less_often():
    found = shops(1_000, 20261123)
    for figure in ("gmv", "orders"):
        naive = np.mean([naive_holds(one, figure) for one in found])
        print(f"naive {figure}: {naive:.1%}")
        assert naive < 0.7


def test_most_intervals_hold_the_truth_and_naive_ones_do_not():
    found = shops(250, 5)
    for figure in ("gmv", "orders", "aov", "refund_rate"):
        assert 0.84 <= coverage([holds(one, figure) for one in found]) <= 0.96, figure
    assert np.mean([naive_holds(one, "orders") for one in found]) < 0.7


def test_the_same_days_give_the_same_answer():
    one = shops(1, 3)[0]
    assert spread(one.days(one.gmv)) == spread(one.days(one.gmv))


def test_an_unfinished_day_teaches_nothing():
    one = shops(1, 3)[0]
    days = one.days(one.gmv)
    over, whole = days.over.copy(), days.whole.copy()
    over[-1], whole[-1] = over[-1] / 50, False
    cut = spread(Days(over, None, days.is_live, days.weekday, days.block, whole))
    plain, harmed = spread(days), spread(one.days(over))
    assert cut is not None and plain is not None and harmed is not None
    assert abs(cut.error - plain.error) < abs(harmed.error - plain.error)


def test_two_days_tell_nothing():
    two = np.ones(2, bool)
    days = Days(np.array([3.0, 4.0]), None, ~two, np.array([0, 1]), np.array([0, 1]), two)
    assert spread(days) is None


@pytest.mark.parametrize(("freedom", "t"), [(5, 2.015), (8, 1.860), (20, 1.725), (60, 1.671), (1e9, 1.645)])
def test_the_critical_value_is_that_of_the_tables(freedom, t):
    assert t_quantile(freedom) == pytest.approx(t, abs=0.002)


# --- on a real database ----------------------------------------------------------------------------

NEW_YEAR = Period(date(2022, 1, 1), date(2022, 2, 28))
AUTUMN = Period(date(2021, 11, 1), date(2021, 12, 31))


def spring_change(spring, *names: str):
    return compare(spring, Query(names, NEW_YEAR.start, NEW_YEAR.end), AUTUMN)


def test_the_interval_holds_the_change_that_was_seen(spring):
    for name, found in spring_change(spring, "units", "gmv", "net_sales", "aov").items():
        assert found.interval is not None, name
        assert found.interval[0] < found.change < found.interval[1], name
    rate = spring_change(spring, "refund_rate")["refund_rate"]
    assert rate.interval[0] <= rate.change <= rate.interval[1]


def test_a_growth_of_68_percent_over_two_months_is_real(spring):
    found = spring_change(spring, "units")["units"]
    assert not found.is_noise and found.more is None
    assert found.interval[0] > 0


def test_a_number_that_the_shop_chooses_is_not_chance(spring):
    found = spring_change(spring, "sessions")["sessions"]
    assert found.interval is None and not found.is_noise
    assert found.why_no_interval == "chosen"


def test_nothing_before_gives_no_interval(spring):
    empty = Period(date(2020, 1, 1), date(2020, 2, 28))
    found = compare(spring, Query(("units",), NEW_YEAR.start, NEW_YEAR.end), empty)["units"]
    assert found.interval is None and found.why_no_interval == "no_base" and not found.is_noise


def test_a_single_day_learns_from_the_weeks_before(spring):
    day = Period(date(2022, 2, 20), date(2022, 2, 20))
    query = Query(("orders",), day.start, day.end)
    found = compare(spring, query, day.moved(-timedelta(days=7)))["orders"]
    assert found.interval is not None
    assert found.interval[1] - found.interval[0] > 0.5  # one day tells little


def test_an_empty_shop_says_that_it_cannot_tell(db):
    query = Query(("gmv", "refund_rate"), NEW_YEAR.start, NEW_YEAR.end)
    for found in compare(db, query, AUTUMN).values():
        assert found.interval is None and not found.is_noise and found.why_no_interval


def test_how_much_more_it_takes_is_said_in_days_and_sessions():
    t = t_quantile(1e6)
    ranges = _Ranges(Period(date(2026, 2, 1), date(2026, 2, 28)), AUTUMN, sessions=9)
    seen = 0.9 * t * sqrt(0.01 + 0.01)  # needs (1/0.9)² of the certainty
    alone = 0.01 / (0.81 * 0.02 - 0.01)  # how many times the present range, the earlier one kept
    assert _more(seen, Spread(0.01, 0.01, 1e6), ranges) == More(ceil(28 * (alone - 1)), ceil(9 * (alone - 1)))


def test_where_the_earlier_range_is_the_doubt_both_must_grow():
    t = t_quantile(1e6)
    ranges = _Ranges(Period(date(2026, 2, 1), date(2026, 2, 28)), AUTUMN, sessions=0)
    found = _more(t * sqrt(0.01), Spread(0.015, 0.005, 1e6), ranges)
    assert found == More(28, None, both=True)


def test_a_difference_too_small_ever_to_tell_promises_nothing():
    ranges = _Ranges(Period(date(2026, 2, 1), date(2026, 2, 28)), AUTUMN, sessions=9)
    assert _more(0.001, Spread(0.01, 0.01, 20.0), ranges) is None
    assert _more(0.0, Spread(0.01, 0.01, 20.0), ranges) is None
