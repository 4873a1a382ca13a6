"""Calendars: which ranges are aligned, and what a series with one driver shows under each."""

from datetime import date, timedelta

import pytest

from shop.access.roles import OWNER
from shop.core.holidays import FESTIVALS, festival_on
from shop.core.periods import Period
from shop.growth.comparison import calendars, campaigns
from shop.growth.comparison.calendars import basis_names, compare, differences, pair
from shop.growth.comparison.campaigns import NoCampaign
from shop.growth.comparison.ranges import CALENDARS, before
from shop.metrics.query import Query
from tests.support.shops.days import every_day, sell

FIRST, LAST = date(2019, 1, 1), date(2024, 12, 31)
YEARS = range(2020, 2025)


def gmv(period: Period, *metrics: str) -> Query:
    return Query(metrics or ("gmv",), period.start, period.end)


def changes(db, period, calendar):
    chosen = pair(db, period, calendar)
    return compare(db, gmv(chosen.now), chosen)["gmv"].change


def lunar_cents(day: date) -> int:
    """Sales that know the lunar calendar alone: a rise before a festival, a fall after it."""
    cents = 10_000
    for name in FESTIVALS:
        for year in (day.year - 1, day.year, day.year + 1):
            away = (day - festival_on(name, year)).days
            if -14 <= away < 0:
                cents += 600 * (15 + away)
            elif 0 <= away < 7:
                cents -= 900
    return cents


@pytest.fixture(scope="module")
def lunar_shop(tmp_path_factory):
    from tests.support.fresh import new_database

    db = new_database(tmp_path_factory.mktemp("lunar") / "shop.db")
    sell(db, {day: lunar_cents(day) for day in every_day(FIRST, LAST)})
    yield db
    db.close()


def test_sales_that_move_with_the_lunar_calendar_alone_do_not_move_under_it(lunar_shop):
    by_date = []
    for year in YEARS:
        for festival in FESTIVALS:
            on = festival_on(festival, year)
            period = Period(on - timedelta(days=13), on + timedelta(days=6))
            assert changes(lunar_shop, period, "lunar") == 0.0, (festival, year)
            by_date.append(changes(lunar_shop, period, "year"))
    assert sum(abs(change) > 0.005 for change in by_date) > 20
    assert max(abs(change) for change in by_date) > 0.25


def test_whole_january_and_february_stand_still_under_the_lunar_calendar_only(lunar_shop):
    for year in YEARS:
        spring = Period(date(year, 1, 8), date(year, 2, 28))
        assert changes(lunar_shop, spring, "lunar") == 0.0
    assert changes(lunar_shop, Period(date(2023, 1, 1), date(2023, 1, 28)), "year") > 0.1


def test_sales_that_move_with_the_weekday_alone_do_not_move_on_the_same_weekdays(db):
    week = (7_000, 8_000, 9_000, 10_000, 15_000, 30_000, 20_000)
    sell(db, {day: week[day.weekday()] for day in every_day(date(2020, 1, 1), LAST)})
    by_date = []
    for year in range(2021, 2025):
        for month in (1, 3, 6, 9, 12):
            period = Period(date(year, month, 3), date(year, month, 12))
            assert changes(db, period, "weekday") == 0.0
            by_date.append(changes(db, period, "year"))
    assert sum(abs(change) > 0.005 for change in by_date) > 15


def test_the_lunar_range_names_its_festival_and_the_same_relative_days(db):
    result = pair(db, Period(date(2023, 1, 10), date(2023, 2, 6)), "lunar")
    assert result.anchor.name == "spring"
    assert result.places == (-12, 15)
    assert result.before == Period(date(2022, 1, 20), date(2022, 2, 16))


def test_a_range_of_whole_months_is_laid_on_whole_months_per_selling_day(db):
    sell(db, dict.fromkeys(every_day(date(2026, 1, 1), date(2026, 1, 20)), 1000))
    sell(db, dict.fromkeys(every_day(date(2026, 2, 5), date(2026, 2, 14)), 1000), order="p")
    chosen = pair(db, Period(date(2026, 2, 1), date(2026, 2, 28)), "month")
    assert chosen.before == Period(date(2026, 1, 1), date(2026, 1, 31))
    result = compare(db, gmv(chosen.now), chosen)["gmv"]
    assert (result.now.days, result.before.days) == (10, 20)
    assert (result.now.per_day, result.before.per_day) == (1_000, 1_000)
    assert result.change == 0.0
    assert result.change_total == -0.5
    assert result.is_uneven


def test_a_day_that_still_runs_is_left_out_where_only_whole_days_count(db):
    month = Period(date(2026, 2, 1), date(2026, 2, 10))
    assert pair(db, month, "month", is_running=True).now.end == date(2026, 2, 9)
    assert pair(db, month, "mtd", is_running=True).now == month
    item = Period(date(2026, 2, 10), date(2026, 2, 10))
    assert pair(db, item, "workdays", is_running=True).now == item


def test_working_days_are_aligned_with_as_many_working_days(db):
    """On working days 100 a day, on all others 900: nothing changed, whatever the holidays."""
    from shop.core.holidays import is_working_day

    days = every_day(date(2025, 8, 1), date(2025, 10, 31))
    sell(db, {day: 100 if is_working_day(day) else 900 for day in days})
    october = Period(date(2025, 10, 1), date(2025, 10, 31))
    chosen = pair(db, october, "workdays")
    result = compare(db, gmv(october, "gmv", "units_per_day", "aov"), chosen)
    assert (result["gmv"].now.days, result["gmv"].before.days) == (18, 18)
    assert result["gmv"].now.total == 1_800
    assert result["gmv"].change == 0.0
    assert result["aov"].change == 0.0
    assert result["units_per_day"].now.total == 1.0
    assert changes(db, october, "previous") != 0.0


def test_a_weekend_alone_has_no_working_day_and_no_percentage(db):
    sell(db, {date(2026, 3, 7): 500, date(2026, 3, 5): 500})
    chosen = pair(db, Period(date(2026, 3, 7), date(2026, 3, 8)), "workdays")
    result = compare(db, gmv(chosen.now), chosen)["gmv"]
    assert result.now.days == 0
    assert result.change is None


def test_working_days_beyond_the_published_years_are_marked_as_an_estimate(db):
    from shop.core.holidays import published

    last = published().last
    beyond = Period(date(last + 1, 3, 1), date(last + 1, 3, 31))
    assert pair(db, beyond, "workdays").is_estimate
    assert not pair(db, Period(date(last, 3, 1), date(last, 3, 31)), "workdays").is_estimate
    assert not pair(db, beyond, "lunar").is_estimate


def test_the_campaign_is_laid_along_its_own_days_first_on_first_and_last_on_last(db):
    whole = Period(date(2024, 10, 8), date(2024, 11, 11))
    result = pair(db, whole, "campaign")
    assert result.anchor.name == "双11"
    assert result.before == Period(date(2023, 10, 20), date(2023, 11, 11))
    first_three = Period(date(2024, 10, 8), date(2024, 10, 10))
    assert pair(db, first_three, "campaign").before == Period(date(2023, 10, 20), date(2023, 10, 22))
    end = pair(db, Period(date(2024, 11, 1), date(2024, 11, 23)), "campaign")
    assert end.before == Period(date(2023, 11, 1), date(2023, 11, 23))
    assert end.is_estimate


def test_a_campaign_whose_dates_nobody_announced_is_an_estimate(db):
    result = pair(db, Period(date(2031, 6, 10), date(2031, 6, 20)), "campaign")
    assert result.anchor.name == "618"
    assert result.is_estimate


def test_a_shop_without_campaigns_is_advised_to_add_one(db):
    for year in range(2022, 2028):
        for key in campaigns.NAMES:
            campaigns.remove_campaign(db, key, year, actor=OWNER)
    with pytest.raises(NoCampaign):
        pair(db, Period(date(2026, 1, 1), date(2026, 1, 31)), "campaign")


@pytest.mark.parametrize("calendar", CALENDARS)
def test_every_calendar_answers_for_any_period_on_an_empty_shop(db, calendar):
    for start, days in ((date(2024, 2, 29), 1), (date(2026, 1, 1), 366), (date(2025, 12, 31), 45)):
        chosen = pair(db, Period(start, start + timedelta(days=days - 1)), calendar)
        assert chosen.before.end < chosen.now.end
        result = basis_names(db, gmv(chosen.now), chosen)
        assert result.comparison.change is None
        assert result.now.working_days + result.now.weekend_days > 0


def test_the_plain_calendars_need_no_database():
    period = Period(date(2023, 3, 1), date(2023, 3, 31))
    assert before(period, "month") == Period(date(2023, 2, 1), date(2023, 2, 28))
    assert before(period, "year") == Period(date(2022, 3, 1), date(2022, 3, 31))
    assert before(period, "2022-01-01..2022-01-05") == Period(date(2022, 1, 1), date(2022, 1, 5))
    assert before(Period(date(2024, 2, 10), date(2024, 3, 31)), "month") == Period(
        date(2023, 12, 1), date(2024, 1, 31)
    )


def test_two_calendars_explain_why_they_differ(lunar_shop):
    period = Period(date(2023, 1, 10), date(2023, 2, 6))
    query = gmv(period)
    result = differences(
        lunar_shop, query, pair(lunar_shop, period, "lunar"), pair(lunar_shop, period, "year")
    )
    assert result.first.comparison.change == 0.0
    assert result.gap == pytest.approx(-result.second.comparison.change)
    reason = result.reasons[0]
    assert (reason.kind, reason.name) == ("festival", "spring")
    # eve to fourteenth, 21 January to 4 February 2023: 15 of these days; on the dates of 2022
    # (10 January to 6 February, from the eve on 31 January) there were 7
    assert (reason.now, reason.then) == (15, (15, 7))
    assert reason.on == date(2023, 1, 22)
    assert reason.then_on == (date(2022, 2, 1), date(2022, 2, 1))
    assert result.first.pair.calendar == "lunar"


def test_the_range_before_is_uneven_by_sessions_and_selling_days(spring):
    period = Period(date(2022, 2, 1), date(2022, 2, 28))
    result = basis_names(spring, gmv(period), pair(spring, period, "previous"))
    assert result.now.sessions == 15
    assert result.now.selling_days == 26
    assert {reason.kind for reason in result.reasons} >= {"festival", "campaign"}
    assert all(not reason.is_even for reason in result.reasons)


def test_every_calendar_has_a_rival_that_is_another_one():
    for calendar in (*CALENDARS, "2022-01-01..2022-01-05"):
        assert calendars.rival(calendar) in CALENDARS
        assert calendars.rival(calendar) != calendar


def test_the_interval_of_working_days_knows_nothing_of_the_other_days(db):
    """Working days are as even as can be; what the weekends do must not blur them."""
    from shop.core.holidays import is_working_day

    days = list(every_day(date(2025, 3, 1), date(2025, 5, 31)))
    sell(
        db,
        {day: 1_000 + 10 * (day.day % 3) if is_working_day(day) else 50_000 * (day.day % 2) for day in days},
    )
    may = Period(date(2025, 5, 1), date(2025, 5, 31))
    chosen = pair(db, may, "workdays")
    result = compare(db, gmv(may, "aov"), chosen)["aov"]
    plain = compare(db, gmv(may, "aov"), pair(db, may, "previous"))["aov"]
    low, high = result.interval
    assert low <= result.change <= high
    assert high - low < (plain.interval[1] - plain.interval[0]) / 5
