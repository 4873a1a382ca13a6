"""Growth: fair comparisons, counted by hand on the spring set."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from shop.core.periods import Period
from shop.growth.comparison.growth import aligned, by_month, compare, months, shifted_to
from shop.metrics.query import Query

NEW_YEAR = Period(date(2022, 1, 1), date(2022, 2, 28))
AUTUMN = Period(date(2021, 11, 1), date(2021, 12, 31))


def gmv_query(*metrics: str) -> Query:
    return Query(metrics, NEW_YEAR.start, NEW_YEAR.end)


def test_units_of_the_new_year_grew_by_68_percent_a_day(spring):
    result = compare(spring, gmv_query("units"), AUTUMN)["units"]
    assert (result.now.total, result.before.total) == (2002, 1232)
    assert result.change == pytest.approx(2002 / 59 / (1232 / 61) - 1)
    assert round(result.change, 3) == 0.680
    assert result.change_total == pytest.approx(0.625)
    assert result.is_uneven and result.is_per_day


def test_money_per_day_is_whole_cents_rounded_half_up(spring):
    result = compare(spring, gmv_query("gmv"), AUTUMN)["gmv"]
    assert result.now.per_day == (2 * result.now.total + 59) // 118
    assert isinstance(result.now.per_day, int)


def test_a_ratio_is_not_scaled_to_days(spring):
    result = compare(spring, gmv_query("aov"), AUTUMN)["aov"]
    assert not result.is_per_day
    assert result.change == result.change_total


def test_a_rate_changes_in_points(spring):
    result = compare(spring, gmv_query("refund_rate"), AUTUMN)["refund_rate"]
    assert result.change == pytest.approx(result.now.total - result.before.total)


def test_nothing_before_gives_no_percentage(spring):
    empty = Period(date(2020, 1, 1), date(2020, 2, 28))
    assert compare(spring, gmv_query("units"), empty)["units"].change is None


def test_the_longer_range_goes_on_where_the_shorter_ends(spring):
    table = aligned(spring, gmv_query("units"), AUTUMN)
    assert len(table) == 61
    assert table["day"].iloc[58] == "2022-02-28"
    assert table["day"].isna().tolist()[59:] == [True, True]
    assert table["before_day"].iloc[60] == "2021-12-31"
    assert int(table["units"].sum()) == 2002
    assert int(table["before_units"].sum()) == 1232


def test_months_compare_per_day(spring):
    table = months(spring, Query(("units",), AUTUMN.start, NEW_YEAR.end))
    assert table["month"].tolist() == ["2021-11", "2021-12", "2022-01", "2022-02"]
    assert table["days"].tolist() == [30, 31, 31, 28]
    first = table["change"].isna().tolist()
    assert first == [True, False, False, False]
    assert table["change"].iloc[3] == pytest.approx(831 / 28 / (1171 / 31) - 1)


def test_the_months_of_one_figure_compare_per_day_where_it_adds_up(spring):
    query = Query(("units",), AUTUMN.start, date(2022, 2, 14))  # the last month in part
    table = by_month(spring, query)
    assert table["month"].tolist() == ["2021-11", "2021-12", "2022-01", "2022-02"]
    units = table["units"].tolist()
    assert table["shown"].tolist() == [
        pytest.approx(pieces / days) for pieces, days in zip(units, (30, 31, 31, 14), strict=True)
    ]
    assert table["change"].isna().tolist() == [True, False, False, False]
    assert table["change"].iloc[3] == pytest.approx(units[3] / 14 / (units[2] / 31) - 1)
    values = by_month(spring, replace(query, metrics=("aov",)))
    assert values["shown"].tolist() == values["aov"].tolist()
    assert values["change"].iloc[1] == pytest.approx(values["aov"][1] / values["aov"][0] - 1)


def test_a_running_day_is_cut_at_the_same_time_of_the_earlier_day(db):
    noon = int(datetime(2022, 3, 15, 4, 0, tzinfo=UTC).timestamp())  # 12:00 in the shop
    query = Query(("gmv",), date(2022, 3, 1), date(2022, 3, 15), cut_at=noon)
    changed = shifted_to(db, query, Period(date(2022, 2, 1), date(2022, 2, 15)))
    assert changed.cut_at == int(datetime(2022, 2, 15, 4, 0, tzinfo=UTC).timestamp())
