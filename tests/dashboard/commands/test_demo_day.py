"""The demo at any date and hour: the shop is in business, a session goes on, and every page opens."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
import time_machine

from dashboard.commands.demo.business_day import business_day
from dashboard.commands.demo.filling import filled
from dashboard.commands.demo.live_session import FOLDER, import_stretch
from dashboard.i18n.language import use_language
from dashboard.ui.frame.practice_mode import DEMO
from sample_data.generator.clock import wall
from sample_data.generator.on_air import OnAir
from shop import overview
from shop.connect import connect
from shop.metrics.query import Query
from shop.streams.minutes import session_minutes
from shop.streams.session import running_sessions
from shop.streams.sums import session_sums
from tests.support.fresh import empty_shop_file
from tests.support.page_walk import faults
from tests.support.pages import VIEWS, no_error, open_page, shown

BEIJING = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


DAYS = {
    "half past midnight": at("2026-11-30T00:32"),
    "the last evening of a year": at("2027-12-31T23:55"),
    "a leap day before breakfast": at("2028-02-29T06:10"),
    "the first day of the lunar year at noon": at("2027-02-06T12:00"),
}
SOME = ("half past midnight", "a leap day before breakfast")  # in the ordinary suite


@contextmanager
def demo_at(
    place: Path, moment: datetime, *, orders: int = 60, days: int = 16
) -> Iterator[tuple[str, OnAir]]:
    """A small demo from files, as it stands when its first page opens at a moment."""
    with time_machine.travel(moment, tick=False):
        day, url = business_day(datetime.now(UTC)), str(empty_shop_file(place / "shop.db"))
        with day.clock(), filled(place, url, orders, day, only_files=True, days=days) as plan:
            on_air = OnAir(plan)
            import_stretch(url, place / FOLDER, on_air, on_air.evening.start, plan.now)
            yield url, on_air


def test_the_shop_is_in_business_at_every_hour_and_no_clock_is_falsified() -> None:
    for hours in range(24 * 7):
        now = datetime(2027, 2, 25, 0, 32, tzinfo=UTC) + timedelta(hours=hours)
        day = business_day(now)
        assert 10 <= day.now.hour < 22 and 10 <= day.on_air.hour * 60 + day.on_air.minute >= 9 * 60
        assert day.now.replace(tzinfo=ZoneInfo(day.time_zone)) == now
        assert datetime.now(ZoneInfo(day.time_zone)).utcoffset() == timedelta(hours=day.hours)
    assert business_day(at("2027-03-01T15:20")).time_zone == "Asia/Shanghai"


@pytest.mark.parametrize(
    "name", [name if name in SOME else pytest.param(name, marks=pytest.mark.proof) for name in DAYS]
)
def test_today_has_sales_and_a_fair_base_and_a_session_goes_on(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KILNBOARD_DB", str(tmp_path / "shop.db"))
    monkeypatch.setenv(DEMO, "1")
    with demo_at(tmp_path, DAYS[name]) as (url, on_air):
        in_business(url)
        page = open_page("today")
        assert no_error(page) and "正在直播" in shown(page) and "练习店铺" in shown(page)
        if name == "half past midnight":
            what_comes_in_is_shown(url, on_air)
            the_tour_leads_on_and_stays_closed(page)


def in_business(url: str) -> None:
    """Today's sales are none of ¥0, and what they are compared with was a day of business too."""
    db = connect(url)
    clock = overview.clock(db, datetime.now(UTC))
    assert clock.is_today and clock.now is not None and 10 <= clock.now.hour < 22
    spans = overview.spans(db, Query(("gmv",), clock.on, clock.on, currency="CNY"), clock)
    assert spans[0].figures["gmv"].now.total
    for span in spans:
        assert all(item.change is None or item.before.total for item in span.figures.values()), span.name
    (session,) = running_sessions(db)
    assert session_minutes(db, session).table["viewers"].notna().sum() >= 39
    db.close()


def what_comes_in_is_shown(url: str, on_air: OnAir) -> None:
    """A quarter of an hour later there are more minutes, remarks and orders; the same stretch again changes nothing."""
    db, since = connect(url), on_air.plan.now
    before = counted(url)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=15), tick=False):
        for _ in range(2):
            import_stretch(
                url, Path(url).parent / FOLDER, on_air, since, wall(int(datetime.now(UTC).timestamp()))
            )
            after = counted(url)
            assert {name: after[name] - before[name] for name in ("live_minute", "live_session")} == {
                "live_minute": 15,
                "live_session": 0,
            }
            assert after["comment"] > before["comment"] and after["order_line"] > before["order_line"]
        (session,) = running_sessions(db)
        assert session.length == 55 * 60 + session.started_at % 60 or session.length >= 55 * 60
        assert session_sums(db, session).headline.orders
        assert after == counted(url)
    db.close()


def counted(url: str) -> dict[str, int]:
    db = connect(url)
    with db.read() as connection:
        tables = ("live_minute", "live_session", "comment", "order_line")
        result = {
            name: connection.exec_driver_sql(f"SELECT COUNT(*) FROM {name}").scalar_one() for name in tables
        }
    db.close()
    return result


def the_tour_leads_on_and_stays_closed(page) -> None:
    assert "导览 1/8" in shown(page)
    growth = open_page("growth")
    assert "导览 2/8" in shown(growth) and any(button.key == "tour-back" for button in growth.button)
    next(button for button in page.button if button.key == "tour-close").click().run()
    assert "导览" not in shown(page)
    assert "导览" not in shown(open_page("today"))


def test_a_real_shop_has_no_tour_unless_asked(spring_shop: Path) -> None:
    assert "导览" not in shown(open_page("today")) and "练习店铺" not in shown(open_page("today"))
    manual = open_page("manual")
    assert any(button.key == "tour-start" for button in manual.button)


def dates_and_hours() -> list[datetime]:
    """Four hundred moments of six years: each pair of month and hour, each hour of the ends of months and years."""
    draws = Random(17)
    pairs = [*itertools.product(range(1, 13), range(24))]
    draws.shuffle(pairs)
    result = [
        datetime(
            2024 + draws.randrange(6),
            month,
            1 + draws.randrange(28),
            hour,
            draws.randrange(60),
            tzinfo=BEIJING,
        )
        for month, hour in pairs
    ]
    for number in range(400 - len(pairs)):
        first = datetime(2024 + number % 6, 1 + number % 12, 1, number % 24, 31, tzinfo=BEIJING)
        result.append(first - timedelta(days=number % 3))
    return result


@pytest.mark.proof
@pytest.mark.parametrize("part", range(25))
def test_every_page_opens_on_four_hundred_dates_and_all_hours(
    part: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two months of business before each moment, in both languages by turns; every page without a fault."""
    monkeypatch.setenv(DEMO, "1")
    found = []
    for number, moment in enumerate(dates_and_hours()[part::25]):
        place, language = tmp_path / str(number), ("zh", "en")[number % 2]
        place.mkdir()
        monkeypatch.setenv("KILNBOARD_DB", str(place / "shop.db"))
        use_language(language)
        with demo_at(place, moment, orders=150, days=62) as (url, _):
            in_business(url)
            for view in VIEWS:
                found += [
                    (f"{moment:%F %H:%M}", view, fault) for fault in faults(open_page(view, lang=language))
                ]
        use_language("zh")
    assert not found
