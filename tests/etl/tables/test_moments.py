"""The one reader of moments against dateutil, a second implementation, over all zones."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
import pyarrow as pa
import pytest
from dateutil import parser, tz
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from etl.tables.moments import read_moment
from etl.tables.timestamps import read_moments, to_local, to_utc
from shop.orders.batch import MISSING
from tests.support.odd_inputs.examples import examples

# dateutil puts the changes of zones whose winter time is the exception (negative daylight saving) an hour off
NEGATIVE = {"Africa/Casablanca", "Africa/El_Aaiun", "Africa/Windhoek", "Europe/Dublin"}
ZONES = sorted({name for name in available_timezones() if tz.gettz(name) and "/" in name} - NEGATIVE)
DAYS = st.datetimes(min_value=datetime(1990, 1, 5), max_value=datetime(2037, 3, 1))
# dateutil reads the transitions of zone files up to 2037 only; half the world changes in October


def utc_of(cell: str, zone: str = "UTC", order: str = "ymd", formats: tuple[str, ...] = ()) -> int | None:
    moments, unread = read_moments(pa.array([cell]), zone, order, formats)
    return None if unread[0] else int(moments[0])


def seconds(moment: datetime) -> int:
    return int(moment.astimezone(UTC).timestamp())


@settings(max_examples=examples(25))
@given(DAYS, st.sampled_from(ZONES))
@example(datetime(2026, 3, 8, 2, 30), "America/New_York")  # never shown
@example(datetime(2026, 11, 1, 1, 30), "America/New_York")  # shown twice
@example(datetime(2005, 4, 3, 0, 1), "America/St_Johns")  # changed at one minute past midnight
@example(datetime(2026, 4, 5, 1, 45), "Australia/Lord_Howe")  # by half an hour
@example(datetime(2011, 12, 30, 12), "Pacific/Apia")  # a day that was left out
def test_local_times_are_those_of_dateutil_in_every_zone(local, zone):
    local = local.replace(microsecond=0)
    place = tz.gettz(zone)
    wanted = tz.resolve_imaginary(local.replace(tzinfo=place, fold=0))
    moments = to_utc(np.array([int(local.replace(tzinfo=UTC).timestamp())]), zone)
    assert moments[0] == seconds(wanted)
    back = datetime.fromtimestamp(int(to_local(moments, zone)[0]), UTC).replace(tzinfo=None)
    assert back == wanted.replace(tzinfo=None)


@settings(max_examples=examples(25))
@given(DAYS, st.sampled_from(ZONES), st.integers(-3 * 3600, 3 * 3600))
def test_the_hours_around_each_change_of_daylight_saving(near, zone, step):
    """Moments near a change of the zone's offset, where the two implementations could part."""
    place = tz.gettz(zone)
    start = near.replace(tzinfo=UTC, microsecond=0)
    for _ in range(27):  # a change within a year, if there is one
        start += timedelta(days=14)
        if start.astimezone(place).utcoffset() != (start - timedelta(days=14)).astimezone(place).utcoffset():
            break
    low, high = start - timedelta(days=14), start
    while high - low > timedelta(seconds=60):
        middle = low + (high - low) / 2
        low, high = (
            (middle, high)
            if middle.astimezone(place).utcoffset() == low.astimezone(place).utcoffset()
            else (low, middle)
        )
    moment = high.replace(microsecond=0) + timedelta(seconds=step)
    other = moment.astimezone(place)
    assume(
        other.astimezone(UTC) == moment
    )  # dateutil errs where a zone changed its standard time as well (Salta 1992)
    local = to_local(np.array([seconds(moment)]), zone)[0]
    assert local - seconds(moment) == int(other.utcoffset().total_seconds())


@settings(max_examples=examples(25))
@given(DAYS, st.sampled_from(sorted(NEGATIVE)))
def test_zones_with_negative_daylight_saving_are_those_of_the_standard_library(moment, zone):
    moment = moment.replace(tzinfo=UTC, microsecond=0)
    local = to_local(np.array([seconds(moment)]), zone)[0]
    assert local - seconds(moment) == moment.astimezone(ZoneInfo(zone)).utcoffset().total_seconds()


OFFSETS = st.integers(-12 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))


@settings(max_examples=examples(25))
@given(DAYS, OFFSETS, st.sampled_from(ZONES))
def test_a_cell_with_its_own_offset_wins_over_every_zone(local, offset, zone):
    moment = local.replace(tzinfo=offset, microsecond=0)
    cells = [
        moment.isoformat(),
        moment.strftime("%Y-%m-%d %H:%M:%S %z"),
        moment.strftime("%d %b %Y %H:%M:%S %z"),
        moment.strftime("%a %b %d %H:%M:%S %z %Y"),
        moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        moment.astimezone(UTC).strftime("%b %d, %Y %I:%M:%S %p UTC"),
        str(seconds(moment)),
        str(seconds(moment) * 1000 + 7),
    ]
    if 10**9 <= seconds(moment) < 2 * 10**9:
        assert {utc_of(cell, zone) for cell in cells} == {seconds(moment)}
    else:
        assert {utc_of(cell, zone) for cell in cells[:6]} == {seconds(moment)}
    assert utc_of(cells[1], zone, formats=("%Y-%m-%d %H:%M:%S %z",)) == seconds(moment)
    assert seconds(parser.parse(cells[1])) == seconds(moment)


FORMS = [
    ("ymd", "%Y/%m/%d %H:%M:%S"),
    ("ymd", "%Y年%m月%d日 %H时%M分%S秒"),
    ("ymd", "%Y.%m.%d %H:%M:%S"),
    ("ymd", "%y-%m-%d %H:%M:%S"),
    ("mdy", "%m/%d/%y %I:%M:%S %p"),
    ("dmy", "%d.%m.%y %H:%M:%S"),
    ("dmy", "%d/%m/%Y, %H:%M:%S"),
    ("ymd", "%d-%b-%y %H:%M:%S"),
    ("ymd", "%A, %B %d, %Y at %I:%M:%S %p"),
    ("ymd", "%a, %d %b %Y %H:%M:%S"),
    ("ymd", "%Y%m%d%H%M%S"),
    ("ymd", "%Y-%m-%d %H:%M:%S.%f"),
]


@settings(max_examples=examples(25))
@given(DAYS, st.sampled_from(FORMS), st.sampled_from(["Asia/Shanghai", "America/New_York", "Europe/London"]))
def test_every_way_of_writing_a_local_time_is_read_as_dateutil_reads_it(local, form, zone):
    order, pattern = form
    local = local.replace(microsecond=0)
    cell = local.strftime(pattern).replace(" at ", " ")
    wanted = tz.resolve_imaginary(local.replace(tzinfo=tz.gettz(zone)))
    assert utc_of(cell, zone, order) == seconds(wanted)


@settings(max_examples=examples(25))
@given(DAYS)
def test_day_numbers_of_spreadsheets(local):
    local = local.replace(microsecond=0)
    days = (local - datetime(1899, 12, 30)) / timedelta(days=1)
    assert utc_of(repr(days)) == int(local.replace(tzinfo=UTC).timestamp())


@settings(max_examples=examples(25))
@given(st.text(max_size=25) | st.from_regex(r"[0-9/:. \-+年月日APMapm]{6,22}", fullmatch=True))
def test_no_cell_crashes_the_reader(cell):
    result = read_moment(cell, "dmy")
    assert result is None or 0 < result.seconds < 4_200_000_000


@pytest.mark.parametrize(
    "cell",
    [
        "2026-02-30",
        "31/02/2026",
        "2026-01-10 25:00",
        "26000",
        "1",
        "无",
        "1768046400.5.1",
        "10 Foo 2026",
        "2026-13-01",
        "2026-01-10 20:61",
        "0026-01-10",
        "12345678901",
        "MUG-2026-01",
    ],
)
def test_what_is_no_moment_is_rejected(cell):
    assert utc_of(cell, order="dmy") is None


def test_words_of_other_languages_and_of_halves_of_the_day():
    noon = int(datetime(2026, 3, 1, 20, 5, tzinfo=UTC).timestamp())
    cells = ["2026/3/1 下午8:05", "1 März 2026 20:05", "1 mars 2026 20:05", "1. Marzo 2026 20:05"]
    cells += ["1 de marzo de 2026 20:05", "2026年3月1日 20:05", "Mar 1, 2026 8:05 p.m.", "2026-3-1 20:05 GMT"]
    cells += ["2026-03-01 12:05:00 PST", "2026-03-02 04:05 GMT+8", "2026-03-01T20:05Z"]
    assert {cell for cell in cells if utc_of(cell) != noon} == set()


def test_counted_seconds_by_format():
    assert utc_of("1768046400", "Asia/Shanghai", formats=("%s",)) == 1768046400
    assert utc_of("1768046400000", "Asia/Shanghai", formats=("%s",)) == 1768046400
    assert utc_of("2026-01-10", formats=("%s",)) is None


def test_empty_cells_are_missing_and_no_fault():
    moments, unread = read_moments(pa.array([None, "2026-01-10"], pa.string()), "UTC")
    assert moments[0] == MISSING and not unread.any()
