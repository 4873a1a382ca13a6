"""Lunar festivals and working days, checked against calendars printed on paper."""

from datetime import date

import pytest

from shop.core import holidays
from shop.core.holidays import NoLunarCalendar, festival_of, festival_on, holiday_of, is_working_day
from shop.core.periods import Period


@pytest.mark.parametrize(
    ("festival", "day"),
    [
        ("spring", date(2023, 1, 22)),
        ("spring", date(2024, 2, 10)),
        ("lantern", date(2023, 2, 5)),
        ("dragon_boat", date(2025, 5, 31)),
        ("qixi", date(2025, 8, 29)),
        ("mid_autumn", date(2025, 10, 6)),
        ("mid_autumn", date(2024, 9, 17)),
    ],
)
def test_festivals_fall_where_the_printed_calendar_has_them(festival, day):
    assert festival_on(festival, day.year) == day


@pytest.mark.parametrize(
    ("start", "end", "festival", "on", "then"),
    [
        (date(2023, 1, 1), date(2023, 1, 28), "spring", date(2023, 1, 22), date(2022, 2, 1)),
        (date(2022, 12, 1), date(2022, 12, 31), "spring", date(2023, 1, 22), date(2022, 2, 1)),
        (date(2025, 6, 1), date(2025, 6, 10), "dragon_boat", date(2025, 5, 31), date(2024, 6, 10)),
        # both the lantern festival and the new year lie inside: the weightier one is named
        (date(2024, 2, 1), date(2024, 2, 29), "spring", date(2024, 2, 10), date(2023, 1, 22)),
        # a long range with two new years takes the later one
        (date(2024, 1, 1), date(2025, 3, 1), "spring", date(2025, 1, 29), date(2024, 2, 10)),
    ],
)
def test_a_period_is_laid_along_the_nearest_festival(start, end, festival, on, then):
    result = holidays.nearest(Period(start, end))
    assert (result.name, result.on, result.before_on) == (festival, on, then)


def test_years_without_a_lunar_table_are_rejected_by_name():
    with pytest.raises(NoLunarCalendar, match="1902 to 2098"):
        holidays.nearest(Period(date(1800, 1, 1), date(1800, 1, 2)))
    assert festival_of(date(1800, 1, 25)) is None


def test_the_new_year_lasts_from_its_eve_to_the_fourteenth_and_the_lantern_day_follows():
    days = Period(date(2023, 1, 20), date(2023, 2, 6))
    assert [day for day in days if festival_of(day) == "spring"] == list(
        Period(date(2023, 1, 21), date(2023, 2, 4))
    )
    assert festival_of(date(2023, 2, 5)) == "lantern"
    assert festival_of(date(2023, 2, 6)) is None


def test_make_up_days_are_working_days_and_days_off_are_not():
    assert is_working_day(date(2025, 1, 26))  # a Sunday worked for the new year
    assert not is_working_day(date(2025, 1, 28))  # the eve, a Tuesday
    assert holiday_of(date(2025, 1, 28)) == "spring"
    # October 2025: 31 days, 8 weekend days, 1 to 8 off (6 of them weekdays), 11 October worked
    assert len(holidays.working_days(Period(date(2025, 10, 1), date(2025, 10, 31)))) == 18


def test_days_off_that_nobody_published_are_an_estimate_by_the_law():
    last = holidays.published().last
    beyond = Period(date(last + 1, 1, 1), date(last + 1, 12, 31))
    assert not holidays.is_estimate(Period(date(last, 1, 1), date(last, 12, 31)))
    assert holidays.is_estimate(beyond)
    assert holidays.is_estimate(Period(date(last, 12, 31), date(last + 1, 1, 1)))
    assert sum(holiday_of(day) is not None for day in beyond) == 13
    assert holiday_of(date(last + 1, 10, 3)) == "national"


def test_the_law_as_it_stands_names_days_that_were_published_off():
    for year in (2025, 2026):
        for day, name in holidays._by_law(year).items():
            assert holidays.published().off[day] in (name, "national"), day
