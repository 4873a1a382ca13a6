"""Which day the pages report, and the fair ranges of day, week and month."""

from datetime import UTC, date, datetime

from shop.access.roles import OWNER
from shop.core.periods import Period, week_of
from shop.db.database import Database
from shop.metrics.query import Query
from shop.overview import clock, cuts, is_empty, open_items, spans
from shop.settings import save_preferences

LATER = datetime(2026, 5, 1, 3, 0, tzinfo=UTC)
SOON = datetime(2022, 3, 17, 7, 30, tzinfo=UTC)
ANY = Query(("gmv",), date(2022, 1, 1), date(2022, 1, 1))


def test_an_old_shop_is_reported_for_its_last_day_with_a_sale(spring):
    at = clock(spring, LATER)
    assert at.on == date(2022, 3, 15)
    assert at.now is None and not at.is_today


def test_a_shop_with_sales_in_the_last_two_weeks_is_reported_for_today(spring):
    at = clock(spring, SOON)
    assert at.on == date(2022, 3, 17) and at.is_today
    assert f"{at.now:%H:%M}" == "15:30"


def test_an_empty_shop_is_reported_for_today(db):
    assert clock(db, LATER).on == date(2026, 5, 1)
    assert is_empty(db)


def test_the_day_of_the_shop_is_not_the_day_of_the_world(db):
    assert clock(db, datetime(2026, 5, 1, 17, 0, tzinfo=UTC)).on == date(2026, 5, 2)


def test_day_week_and_month_have_their_fair_ranges(spring):
    day, week, month = spans(spring, ANY, clock(spring, LATER))
    assert (day.now, day.before) == (one(3, 15), one(3, 8))
    assert (week.now, week.before) == (days(3, 14, 15), days(3, 7, 8))
    assert (month.now, month.before) == (days(3, 1, 15), days(2, 1, 15))
    assert month.figures["units"].now.total == 772
    assert len(month.days) == 30 and month.days[-1] == day.figures["gmv"].now.total


def test_only_a_running_day_is_cut(spring):
    assert clock(spring, LATER).cut(one(3, 15)) is None
    running = clock(spring, SOON)
    assert running.cut(one(3, 17)) == int(SOON.timestamp())
    assert running.cut(one(3, 16)) is None


def test_what_waits_is_counted(spring):
    assert open_items(spring, date(2022, 3, 15)).open_questions > 0
    result = open_items(spring, date.today())
    assert result.open_questions == 0, "questions of years ago do not wait"
    assert result.rejected_rows == 0
    assert result.days_since_import in (-1, 0, 1)


def test_the_cuts_that_occur(spring):
    result = cuts(spring)
    assert (result.platforms, result.currencies) == (("douyin",), ("CNY",))


def one(month: int, day: int) -> Period:
    return days(month, day, day)


def days(month: int, first: int, last: int) -> Period:
    return Period(date(2022, month, first), date(2022, month, last))


def test_the_week_begins_on_the_day_that_the_owner_chose(db: Database) -> None:
    sunday = datetime(2026, 3, 1, 4, tzinfo=UTC)  # a Sunday noon in China
    assert week_of(clock(db, sunday).on, clock(db, sunday).week_start) == Period(
        date(2026, 2, 23), date(2026, 3, 1)
    )
    save_preferences(db, actor=OWNER, week_start=7)
    at = clock(db, sunday)
    assert week_of(at.on, at.week_start) == Period(date(2026, 3, 1), date(2026, 3, 1))
    assert spans(db, Query(("gmv",), at.on, at.on), at)[1].now == Period(date(2026, 3, 1), date(2026, 3, 1))
