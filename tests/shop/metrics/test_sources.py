"""Which days count as imported: what syncs read without a break, whatever runs failed and however late they came."""

from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from etl.sync import landing
from shop.coverage import MISSING, sources
from shop.metrics.sources import gap_days
from tests.support.fresh import new_database

PLACE = landing.Place(1, "douyin_shop", "orders")
HISTORY, LOOK_BACK = 90, 2


def read(connection, since, until):
    landing.add_stretch(connection, PLACE, since, until, has_records=False)


def stretches(connection):
    return connection.execute(text("SELECT since_at, until_at FROM read_stretch ORDER BY since_at")).all()


def at(day):
    return int(datetime.combine(day, datetime.min.time(), ZoneInfo("Asia/Shanghai")).timestamp())


def test_days_that_a_platform_no_longer_gave_are_a_gap(db):
    """The computer was off from March to August; then the platform gave its last ninety days."""
    with db.write() as connection:
        read(connection, at(date(2025, 1, 1)), at(date(2025, 3, 1)))
        read(connection, at(date(2025, 6, 3)), at(date(2025, 9, 1)))
        found = gap_days(connection, 1, date(2025, 2, 1), date(2025, 8, 31))
    (source,) = sources(db)
    assert {day.month for day in found} == {4, 5}  # few days sold: a month counts whole
    missing = [number for number, state in enumerate(source.states) if state == MISSING]
    assert len(missing) == 93  # 2 March to 2 June


def test_what_a_clock_that_was_ahead_claimed_is_taken_back(db):
    with db.write() as connection:
        for since, until in ((0, 50), (60, 90), (95, 99)):
            read(connection, since, until)
        landing.end_stretches(connection, PLACE, 70)
        assert [tuple(row) for row in stretches(connection)] == [(0, 50), (60, 70)]


steps = st.lists(st.tuples(st.integers(1, 130), st.none() | st.floats(0, 1)), min_size=1, max_size=12)


@settings(max_examples=60)
@given(steps)
def test_stretches_are_what_was_read(tmp_path_factory, steps):
    """After pauses of so many seconds, each run reads all or a share of what the platform still gives."""
    db = new_database(tmp_path_factory.mktemp("runs") / "shop.db")
    now, cursor, seconds = 1_000, 0, set()
    with db.write() as connection:
        for pause, share in steps:
            now += pause
            since = max(cursor - LOOK_BACK, now - HISTORY)
            reached = now if share is None else since + int((now - since) * share)
            cursor = max(cursor, reached)
            if since < reached:
                seconds |= set(range(since, reached))
                read(connection, since, reached)
        found = [tuple(row) for row in stretches(connection)]
    db.close()
    assert [second for since, until in found for second in range(since, until)] == sorted(seconds)
    assert all(until < since for (_, until), (since, _) in pairwise(found))
