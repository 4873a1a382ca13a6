"""Forecasts: better than last week over again on the practice shop, calm on outliers, silent too early."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from etl.imports.importer import import_file
from sample_data.generator.practice import write_shop
from shop import coverage
from shop.access.roles import OWNER
from shop.core.periods import Period
from shop.db.database import Database
from shop.growth.comparison import campaigns
from shop.growth.comparison.campaigns import set_campaign
from shop.growth.forecasting import model as core
from shop.growth.forecasting.forecast import LEAST_DAYS, forecast, project
from shop.growth.forecasting.model import Series
from shop.growth.forecasting.seasonality import shape
from shop.metrics.query import Query, total
from tests.support.fresh import new_database
from tests.support.shops.days import every_day, noon, sell

START = date(2024, 1, 1)


def gmv(on: date, metric: str = "gmv") -> Query:
    return Query((metric,), on, on)


def practice(folder: Path, seed: int, orders: int, days: int):
    until = date(2025, 10, 31)
    write_shop(folder, orders=orders, days=days, until=until, seed=seed, platforms=("douyin",))
    db = new_database(folder / "shop.db")
    for file in sorted(folder.iterdir()):
        if file.name.startswith(("douyin_orders", "douyin_sessions")):
            import_file(db, file)
    return db, until


def meets_bars(db, on: date) -> None:
    """The two bars: at most nine tenths of the naive error, a band that covers 72 to 88 of 100."""
    did = forecast(db, gmv(on), on).trials
    assert did.origins >= 30
    assert did.days > 700
    assert did.error <= 0.9 * did.naive_error, did
    assert 0.72 <= did.covered <= 0.88, did


def test_the_practice_shop_is_forecast_better_than_by_last_week(tmp_path):
    db, until = practice(tmp_path, seed=7, orders=3_000, days=760)
    meets_bars(db, until)
    month = project(db, gmv(until), date(2025, 10, 15))
    came = total(db, Query(("gmv",), date(2025, 10, 1), until))["gmv"]
    assert month.so_far == total(db, Query(("gmv",), date(2025, 10, 1), date(2025, 10, 15)))["gmv"]
    assert month.so_far < month.low < month.expected < month.high
    assert abs(month.expected / came - 1) < 0.25
    db.close()


@pytest.mark.proof
@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5, 6, 8, 11])
def test_other_practice_shops_are_forecast_better_too_from_several_moments(tmp_path, seed):
    db, until = practice(tmp_path, seed, orders=3_000 * (1 + seed % 4), days=760 + 90 * (seed % 5))
    for back in (0, 61, 122):
        meets_bars(db, until - timedelta(days=back))
    db.close()


# --- the arithmetic on plain series ----------------------------------------------------------------


def series(sales, live=None, known=None, start=START) -> tuple[Series, object]:
    sales = np.asarray(sales, float)
    first = start.toordinal()
    days = np.arange(first, first + len(sales) + core.HORIZON)
    created = Series(days[: len(sales)], sales, live, np.ones(len(sales)) if known is None else known)
    return created, shape(days, ())


def expected(created: Series, result, days: int = 28):
    model = core.learn(created, result.columns, len(created.day))
    ahead = np.arange(1, days + 1)
    weekday = (created.day[-1] + ahead - 1) % 7
    size = len(created.day)
    return model.plain(result.columns[size : size + days], ahead) * model.usual(weekday)


WEEKDAYS = np.array([80.0, 90, 100, 100, 120, 160, 150])


def weekly(days: int, start: date = START) -> np.ndarray:
    return np.array([WEEKDAYS[(start + timedelta(days=n)).weekday()] for n in range(days)])


def test_a_shop_with_a_weekday_pattern_is_forecast_by_the_weekday():
    created, result = series(weekly(400))
    ahead = expected(created, result)
    truth = np.array([WEEKDAYS[(START + timedelta(days=400 + n)).weekday()] for n in range(28)])
    assert np.abs(ahead / truth - 1).max() < 0.06
    trials = core.trials(created, result)
    assert core.verdict(trials).error < 0.06


def test_one_wholesale_order_bends_nothing():
    sales = weekly(400)
    calm = expected(*series(sales))
    sales[390] *= 100
    assert np.abs(expected(*series(sales)) / calm - 1).max() < 0.12


def test_a_shop_that_sells_on_its_rare_live_evenings_alone_has_them_in_its_forecast():
    """A session every other Saturday brings all: those days are no outliers."""
    days = 420
    live = np.array([float((START + timedelta(days=n)).toordinal() % 14 == 5) for n in range(days)])
    sales = np.where(live > 0, 2_800.0, 3.0)
    for known_sessions in (live, None):
        created, result = series(sales, live=known_sessions)
        assert expected(created, result).sum() == pytest.approx(sales[-28:].sum(), rel=0.15)


def test_closed_days_and_days_that_were_not_imported_are_not_the_same():
    sales = weekly(300)
    calm = expected(*series(sales))
    gone = sales.copy()
    gone[270:290] = 0
    known = np.ones(300)
    known[270:290] = 0
    missing = expected(*series(gone, known=known))
    closed = expected(*series(gone))
    assert np.abs(missing / calm - 1).max() < 0.05
    assert (closed / calm).max() < 0.85


def test_the_plainest_forecast_is_the_last_known_week_over_again():
    known = np.ones(28)
    known[27] = 0
    created, _ = series(np.arange(28), known=known)
    assert core.naive(created, 28, 14).tolist() == [21, 22, 23, 24, 25, 26, 20] * 2


def test_evenings_with_a_session_are_learnt_separately_and_widen_their_own_days():
    rng = np.random.default_rng(5)
    days = 420
    weekday = np.array([(START + timedelta(days=n)).weekday() for n in range(days)])
    live = ((weekday == 5) | ((weekday == 2) & (rng.random(days) < 0.5))).astype(float)
    sales = 100 * np.where(live > 0, 4.0, 1.0) * rng.uniform(0.9, 1.1, days)
    created, result = series(sales, live=live)
    model = core.learn(created, result.columns, days)
    assert model.fitted.session == pytest.approx(4.0, rel=0.1)
    assert model.chance[5] > 0.9 and 0.3 < model.chance[2] < 0.7 and model.chance[0] < 0.1
    missed = core.misses(core.trials(created, result), 10**6, days)
    ones = np.full(7, 100.0)
    low, high = core.band(missed, ones, ones * model.usual(np.arange(7)), model.chance, 4.0)
    assert high[0] < 150 and low[5] > 250  # quiet Monday, sure Saturday
    assert low[2] < 130 and high[2] > 350  # Wednesday may be either


def test_lunar_festivals_are_learnt_and_expected_on_their_new_date():
    from shop.core.holidays import festival_on

    start = date(2022, 1, 1)
    days = (date(2025, 1, 20) - start).days
    sales = np.full(days, 100.0)
    for year in (2022, 2023, 2024):
        place = (festival_on("spring", year) - start).days
        sales[place - 2 : place + 7] = 10
        sales[place - 30 : place - 9] = 200
    ahead = expected(*series(sales, start=start), days=20)  # the new year falls on 29 January 2025
    assert ahead[7:14].mean() < 40
    assert ahead[18:].mean() > 80 or ahead[:1].mean() > 30


# --- from the database -----------------------------------------------------------------------------


def test_a_shop_younger_than_eight_weeks_has_no_forecast_and_a_reason(db):
    sell(db, dict.fromkeys(every_day(START, START + timedelta(days=LEAST_DAYS - 2)), 1_000))
    on = START + timedelta(days=LEAST_DAYS - 2)
    result = forecast(db, gmv(on), on)
    assert (result.why, result.history_days, result.days) == ("short", 55, ())
    month = project(db, gmv(on), on)
    assert month.expected is None
    assert month.so_far == 24_000
    day = on + timedelta(days=1)
    sell(db, {day: 1_000}, order="p")
    assert forecast(db, gmv(day), day).why == ""


def test_a_shop_that_sold_nothing_for_eight_weeks_is_quiet(db):
    sell(db, dict.fromkeys(every_day(START, START + timedelta(days=99)), 1_000))
    on = START + timedelta(days=99 + 56)
    assert forecast(db, gmv(on), on).why == "quiet"
    assert forecast(db, gmv(START), START - timedelta(days=1)).why == "short"


def test_an_even_shop_goes_on_evenly_and_the_month_adds_up(db):
    last = date(2024, 6, 10)
    sell(db, dict.fromkeys(every_day(START, last), 1_000))
    result = forecast(db, gmv(last), last)
    assert len(result.days) == 28
    assert all(990 <= day.expected <= 1_010 for day in result.days)
    assert result.expected == sum(day.expected for day in result.days)
    month = project(db, gmv(last), last)
    assert month.so_far == 10_000
    assert month.expected == pytest.approx(30_000, rel=0.01)
    assert month.naive == 30_000
    assert month.days_left == 20


def test_a_running_day_counts_once_and_at_least_with_what_it_has(db):
    last = date(2024, 6, 10)
    sell(db, dict.fromkeys(every_day(START, last), 1_000))
    sell(db, {date(2024, 6, 11): 400}, order="p")
    month = project(db, gmv(last), date(2024, 6, 11), is_running=True)
    assert month.so_far == 10_400
    assert month.expected == pytest.approx(30_000, rel=0.01)
    sell(db, {date(2024, 6, 11): 9_000}, order="q")
    busy = project(db, gmv(last), date(2024, 6, 11), is_running=True)
    assert busy.expected == pytest.approx(10_000 + 9_400 + 19_000, rel=0.01)


def test_a_month_that_is_over_is_what_came(db):
    sell(db, dict.fromkeys(every_day(START, date(2024, 6, 30)), 1_000))
    month = project(db, gmv(START), date(2024, 6, 30))
    assert month.is_over
    assert (month.so_far, month.expected, month.low, month.high) == (30_000,) * 4


def test_the_same_history_gives_the_same_forecast(db):
    last = date(2024, 8, 10)
    rng = np.random.default_rng(3)
    sell(db, {day: int(rng.integers(0, 5_000)) for day in every_day(START, last)})
    assert forecast(db, gmv(last), last) == forecast(db, gmv(last), last)
    fewer = forecast(db, gmv(last), last, weeks=1)
    assert fewer.days == forecast(db, gmv(last), last).days[:7]


def test_counts_and_net_sales_are_forecast_in_their_own_unit(db):
    last = date(2024, 6, 10)
    sell(db, dict.fromkeys(every_day(START, last), 1_000))
    assert forecast(db, gmv(last, "orders"), last).days[0].expected == 1
    assert forecast(db, gmv(last, "net_sales"), last).days[0].expected == pytest.approx(1_000, 0.02)


def test_a_festival_or_campaign_that_was_never_seen_is_named(db):
    last = date(2024, 4, 30)
    sell(db, dict.fromkeys(every_day(date(2024, 2, 26), last), 1_000))
    ahead = Period(date(2024, 5, 10), date(2024, 5, 12))
    set_campaign(db, "开窑节", 2024, ahead, actor=OWNER)
    result = forecast(db, gmv(last), last)
    assert set(result.unseen) == {"618", "开窑节"}
    assert {day.occasion for day in result.days} >= {"618", "开窑节"}


def covered(db, first: date, last: date) -> None:
    """A file of orders was read that covers these days."""
    from sqlalchemy import text

    with db.write() as connection:
        connection.execute(
            text(
                "INSERT INTO source_file (shop_id, sha256, name, kind, reader, bytes, read, stored, "
                "unchanged, set_aside, first_on, last_on, imported_at) VALUES (1, :name, :name, "
                "'douyin_orders', '1', 1, 1, 1, 0, 0, :first, :last, :at)"
            ),
            {"name": str(first), "first": first.isoformat(), "last": last.isoformat(), "at": noon(last)},
        )


def test_days_without_a_file_are_no_days_without_sales(db):
    last = date(2024, 7, 31)
    gap = Period(date(2024, 7, 1), date(2024, 7, 20))
    days = [day for day in every_day(START, last) if not gap.start <= day <= gap.end]
    sell(db, dict.fromkeys(days, 1_000))
    covered(db, START, date(2024, 6, 30))
    covered(db, date(2024, 7, 21), last)
    result = forecast(db, gmv(last), last)
    assert result.missing_days == 20
    assert result.days[0].expected == pytest.approx(1_000, rel=0.03)
    assert coverage.sources(db)[0].missing == (gap,)


def test_days_after_the_last_import_are_still_forecast(db):
    """Imported up to the 20th, queried on the 25th: five days are expected, not zero."""
    last = date(2024, 7, 20)
    sell(db, dict.fromkeys(every_day(START, last), 1_000))
    covered(db, START, last)
    month = project(db, gmv(last), date(2024, 7, 25))
    assert month.known_until == last
    assert month.expected == pytest.approx(31_000, rel=0.02)
    assert month.days_left == 11


def test_an_abandoned_platform_does_not_delay_the_others(db):
    last = date(2024, 7, 31)
    sell(db, dict.fromkeys(every_day(START, last), 1_000))
    covered(db, START, date(2024, 3, 31))
    assert forecast(db, gmv(last), last).known_until == last


def test_backtests_never_use_later_days():
    """What a trial expected is the same whatever came after it."""
    sales = weekly(300) * np.random.default_rng(1).uniform(0.5, 1.5, 300)
    created, result = series(sales)
    trials = core.trials(created, result)
    origin = int(trials.origin[-5])
    other = sales.copy()
    other[origin:] *= 3
    changed = core.trials(replace(created, sales=other), result)
    assert changed.origin[-5] == origin
    assert np.allclose(changed.expected[-5], trials.expected[-5], rtol=0.01)
    assert np.allclose(changed.naive[-5], trials.naive[-5])


def test_every_known_campaign_has_columns_where_it_was(db: Database):
    days = np.arange(date(2024, 1, 1).toordinal(), date(2025, 12, 31).toordinal())
    result = shape(days, campaigns.editions(db, range(2024, 2026)))
    assert {name for name in result.occasions if name} == {
        "spring",
        "mid_autumn",
        "dragon_boat",
        "qixi",
        "618",
        "double11",
        "38",
        "new_year_goods",
    }
    assert result.columns.shape == (len(days), 6 + len(result.occasions))
