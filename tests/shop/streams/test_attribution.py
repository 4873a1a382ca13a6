"""Attribution: each paid line belongs to one content of one grade, and all of them add up to the shop's totals."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from shop.access.roles import OWNER
from shop.db.database import Database
from shop.db.dialect import raw_cursor
from shop.maintenance import figures_are_true
from shop.metrics.query import Query, total
from shop.metrics.stream_rollups import STREAMS_OF_DAY, Sum, headline
from shop.streams.attribution import BadRules, Rules, attribution, grade_shares, rules, set_rules
from shop.streams.session import find_session, running_sessions
from tests.support.fresh import new_database
from tests.support.odd_inputs.examples import examples
from tests.support.shops.small_shop import at, line, session, store

DAY = "2026-03-02"
SHOP_ZONE = ZoneInfo("Asia/Shanghai")
ALL = Query(("gmv",), date(2026, 1, 1), date(2026, 12, 31))


def video(name: str, when: str, **more: Any) -> dict[str, Any]:
    return {
        "video_id": name,
        "title": name,
        "published_at": at(when),
        "published_on": when[:10],
        "updated_at": at(when),
        "payload_hash": 1,
        **more,
    }


def grades(db: Database) -> set[tuple[str, str, str, int]]:
    table = attribution(db, ALL, by=("kind", "content_id", "attribution"))
    return {(row.kind, row.content_id, row.attribution, int(row.gmv_cents)) for row in table.itertuples()}


def test_ids_go_before_time_and_each_line_counts_once(db: Database) -> None:
    store(
        db,
        lines=[
            line("1", f"{DAY} 20:10:00", 100, carrier="live", content_id="room", attribution="A"),
            line("2", f"{DAY} 20:11:00", 200, carrier="live", content_id="room", attribution="B"),
            line("3", f"{DAY} 20:12:00", 400, carrier="live"),
            line("4", f"{DAY} 21:10:00", 800, carrier="live"),  # ten minutes after its end
            line("5", f"{DAY} 21:20:00", 1_600, carrier="live"),  # too late
            line("6", f"{DAY} 20:13:00", 3_200, carrier="product_card"),
            line("7", f"{DAY} 20:14:00", 6_400, carrier="video", content_id="clip", attribution="A"),
            line("8", f"{DAY} 12:30:00", 12_800, carrier="video"),
            line("9", f"{DAY} 13:30:00", 25_600, carrier="video"),  # more than an hour after the video
        ],
        sessions=[session("room", f"{DAY} 20:00:00", 3_600)],
        video=[video("morning", f"{DAY} 12:00:00")],
    )
    assert grades(db) == {
        ("session", "room", "A", 100),
        ("session", "room", "B", 200),
        ("session", "room", "C", 400 + 800),
        ("video", "clip", "A", 6_400),
        ("video", "morning", "C", 12_800),
        ("", "", "D", 1_600 + 3_200 + 25_600),
    }
    assert sum(cents for cents, _ in grade_shares(db, ALL).values()) == total(db, ALL)["gmv"]


def test_of_overlapping_sessions_the_one_that_still_runs_is_chosen(db: Database) -> None:
    store(
        db,
        lines=[line("1", f"{DAY} 20:35:00", 100, carrier="live")],
        sessions=[session("long", f"{DAY} 20:00:00", 3_600), session("short", f"{DAY} 20:10:00", 1_200)],
    )
    assert grades(db) == {("session", "long", "C", 100)}


def test_what_the_platform_states_a_day_later_is_provisional_and_then_restated(db: Database) -> None:
    when = f"{DAY} 20:10:00"
    place = session("room", f"{DAY} 20:00:00", 3_600)
    store(db, lines=[line("1", when, 100, carrier="unknown", is_provisional=True)], sessions=[place])
    table = attribution(db, ALL, by=("kind", "attribution"))
    assert table.to_dict("records") == [
        {
            "kind": "session",
            "attribution": "C",
            "orders": 1,
            "units": 1,
            "gmv_cents": 100,
            "provisional_cents": 100,
        }
    ]
    store(db, lines=[line("1", when, 100, carrier="product_card", payload_hash=2)])
    assert grades(db) == {("", "", "D", 100)}
    assert attribution(db, ALL, by=("kind",))["provisional_cents"].sum() == 0


def minute(name: str, when: str) -> dict[str, Any]:
    values = {"session_id": name, "minute_at": at(when), "currency": "CNY", "viewers": 5}
    return {**values, "updated_at": at(when), "payload_hash": 1}


WITHOUT_END: dict[str, Any] = {"ended_at": None, "seconds": None}


def test_a_session_without_an_end_takes_orders_until_its_last_minute_or_the_next_session(
    db: Database,
) -> None:
    """Provisionally: the orders of the afternoon go once the minutes are known, and are settled with the end."""
    store(
        db,
        lines=[
            line("1", f"{DAY} 12:10:00", 100, carrier="live"),
            line("2", f"{DAY} 13:40:00", 200, carrier="live"),
            line("3", f"{DAY} 19:59:00", 400, carrier="live"),
            line("4", f"{DAY} 20:01:00", 800, carrier="live"),
            line("5", "2026-03-03 08:30:00", 1_600, carrier="live"),  # more than twelve hours later
        ],
        sessions=[
            session("noon", f"{DAY} 12:00:00", 0) | WITHOUT_END,
            session("night", f"{DAY} 20:00:00", 0) | WITHOUT_END,
        ],
    )
    assert grades(db) == {("session", "noon", "C", 700), ("session", "night", "C", 800), ("", "", "D", 1_600)}
    assert attribution(db, ALL, by=("kind",)).set_index("kind")["provisional_cents"].to_dict() == {
        "": 0,
        "session": 1_500,
    }
    store(db, live_minute=[minute("noon", f"{DAY} 12:00:00"), minute("noon", f"{DAY} 13:30:00")])
    assert ("session", "noon", "C", 300) in grades(db) and figures_are_true(db)
    assert find_session(db, "noon").supposed_end == at(f"{DAY} 13:31:00")
    store(db, sessions=[session("noon", f"{DAY} 12:00:00", 1_800, payload_hash=2)])
    assert ("session", "noon", "C", 100) in grades(db) and figures_are_true(db)
    assert sum(cents for *_, cents in grades(db)) == total(db, ALL)["gmv"]


def test_a_session_that_comes_after_its_orders_takes_them(db: Database) -> None:
    store(db, lines=[line("1", f"{DAY} 23:50:00", 100, carrier="live", paid_on="2026-03-03")])
    assert grades(db) == {("", "", "D", 100)}
    store(db, sessions=[session("late", f"{DAY} 23:00:00", 7_200)])
    assert grades(db) == {("session", "late", "C", 100)}
    assert figures_are_true(db)


def test_a_room_that_only_orders_name_becomes_a_session_until_its_own_row_comes(db: Database) -> None:
    lines = [
        line("1", f"{DAY} 20:10:00", 100, carrier="live", content_id="k", attribution="A"),
        line("2", f"{DAY} 21:10:00", 200, carrier="live", content_id="k", attribution="A"),
    ]
    store(db, lines=lines, platform="kuaishou")
    attributed = "SELECT started_at, ended_at, started_on, is_inferred, seconds FROM live_session"
    with db.read() as connection:
        assert tuple(connection.execute(text(attributed)).one()) == (
            at(f"{DAY} 20:10:00"),
            at(f"{DAY} 21:10:00"),
            DAY,
            1,
            None,
        )
    assert figures_are_true(db)
    store(db, sessions=[session("k", f"{DAY} 20:00:00", 7_200)], platform="kuaishou")
    with db.read() as connection:
        assert tuple(connection.execute(text(attributed)).one())[3:] == (0, 7_200)
    assert figures_are_true(db)


def test_a_session_that_orders_named_first_and_a_list_without_an_end_names_then_goes_on(db: Database) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    begun, bought = now - timedelta(minutes=50), now - timedelta(minutes=30)
    moment = f"{bought.astimezone(SHOP_ZONE):%Y-%m-%d %H:%M:%S}"
    store(db, lines=[line("1", moment, 100, carrier="live", content_id="k", attribution="A")])
    assert running_sessions(db) == []
    row = {
        **session("k", f"{begun.astimezone(SHOP_ZONE):%Y-%m-%d %H:%M:%S}", 60),
        "ended_at": None,
        "seconds": None,
    }
    store(db, sessions=[row])
    (running,) = running_sessions(db)
    assert running.length >= 50 * 60 and running.window_end >= int(now.timestamp())


def test_rules_can_be_changed_and_are_applied_to_all_orders(db: Database) -> None:
    store(
        db,
        lines=[
            line("1", f"{DAY} 20:10:00", 100, carrier="unknown"),
            line("2", f"{DAY} 21:20:00", 200, carrier="live"),
        ],
        sessions=[session("room", f"{DAY} 20:00:00", 3_600)],
    )
    assert grades(db) == {("", "", "D", 300)}
    assert set_rules(db, Rules(late_seconds=1_800, takes_unknown=True), actor=OWNER)
    assert grades(db) == {("session", "room", "C", 300)}
    assert not set_rules(db, rules(db), actor=OWNER)
    assert set_rules(db, Rules(is_by_time=False), actor=OWNER) and figures_are_true(db)
    assert grades(db) == {("", "", "D", 300)}
    with pytest.raises(BadRules):
        set_rules(db, Rules(late_seconds=-1), actor=OWNER)


@pytest.mark.parametrize(
    ("stated", "room", "by_time", "unnamed", "basis"),
    [
        (100, 100, 130, 9, "room"),
        (100, 96, 130, 9, "room"),
        (100, 60, 104, 9, "time"),
        (100, 60, 130, 9, "stated"),
        (None, 60, 100, 0, "room"),
        (None, 60, 100, 4, "time"),
        (None, 60, None, 4, "room"),
        (None, None, None, 0, None),
        (0, None, None, 0, "stated"),
    ],
)
def test_the_headline_is_the_sum_that_is_complete(
    stated: int | None, room: int | None, by_time: int | None, unnamed: int, basis: str | None
) -> None:
    sums = [None if value is None else Sum(value, value, value * 100) for value in (stated, room, by_time)]
    assert headline(sums[0], sums[1], sums[2], unnamed) == basis


CARRIERS = ("live", "video", "product_card", "unknown", "other")
NAMES = (None, "s1", "s2", "v1", "nowhere")


@st.composite
def shops(draw: st.DrawFn) -> tuple[list[dict[str, Any]], ...]:
    """Orders of one or two lines, sessions (some without an end), videos and minutes of ten days."""

    def moment() -> str:
        day = draw(st.integers(1, 10))
        return f"2026-03-{day:02} {draw(st.integers(0, 23)):02}:{draw(st.integers(0, 59)):02}:00"

    lines = []
    for number in range(draw(st.integers(0, 25))):
        when = moment()
        for part in range(draw(st.integers(1, 2))):
            lines.append(
                line(
                    str(number),
                    when,
                    draw(st.integers(0, 9_999)),
                    line_id=f"{number}/{part}",
                    quantity=draw(st.integers(1, 3)),
                    carrier=draw(st.sampled_from(CARRIERS)),
                    content_id=draw(st.sampled_from(NAMES)),
                    attribution=draw(st.sampled_from("ABD")),
                    seller=draw(st.sampled_from(("own", "partner"))),
                    is_gift=draw(st.booleans()) and part == 1,
                    is_provisional=draw(st.booleans()),
                )
            )
    sessions = [
        session(name, moment(), draw(st.integers(60, 20_000))) | draw(st.sampled_from(({}, WITHOUT_END)))
        for name in ("s1", "s2", "s3")[: draw(st.integers(0, 3))]
    ]
    minutes = [
        minute(draw(st.sampled_from(("s1", "s2", "s3"))), moment()) for _ in range(draw(st.integers(0, 3)))
    ]
    return lines, sessions, [video("v1", moment()), video("v2", moment())], minutes


@given(shop=shops(), data=st.data())
@settings(max_examples=examples(10))
def test_the_parts_add_up_to_the_totals_of_any_range_and_filter(
    shop: tuple[Any, ...], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    db = new_database(tmp_path_factory.mktemp("law") / "shop.db")
    lines, sessions, videos, minutes = shop
    parts: list[dict[str, Any]] = [
        {"lines": lines},
        {"sessions": sessions},
        {"video": videos},
        {"live_minute": minutes},
    ]
    for part in data.draw(st.permutations(parts)):
        store(db, **part)
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    check_sums(db, rng, 5, date(2026, 2, 27), 15)
    assert figures_are_true(db)
    db.close()


@given(
    streams=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 23), st.booleans()), max_size=2),
    orders=st.lists(
        st.tuples(
            st.integers(0, 1),  # of which stream, if there is one
            st.integers(-8, 96) | st.integers(-500, 500),  # hours from its start to the order
            st.integers(0, 71),  # and from the order to its payment
            st.sampled_from(("live", "video", "unknown")),
            st.sampled_from((None, None, None, "s0")),
        ),
        max_size=12,
    ),
    order_of_parts=st.permutations((0, 1, 2)),
)
@settings(max_examples=examples(10))
@example(streams=[(20, 20, True)], orders=[(0, 1, 71, "live", None)], order_of_parts=[0, 1, 2])
@example(streams=[(20, 20, False)], orders=[(0, 0, 71, "video", None)], order_of_parts=[1, 0, 2])
def test_days_far_from_sessions_and_videos_are_attributed_as_by_looking_up_each_line(
    streams: list[tuple[int, int, bool]],
    orders: list[tuple[int, int, int, str, str | None]],
    order_of_parts: list[int],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    db = new_database(tmp_path_factory.mktemp("law") / "shop.db")
    starts = [datetime(2026, 3, 1, hour) + timedelta(days=day) for day, hour, _ in streams]
    lines = []
    for number, (stream, after, until_paid, carrier, content) in enumerate(orders):
        near = starts[stream % len(starts)] if starts else datetime(2026, 3, 20)
        created = near + timedelta(hours=after, minutes=10)
        paid = str(created + timedelta(hours=until_paid))
        lines.append(
            line(str(number), paid, 100, created_at=at(str(created)), carrier=carrier, content_id=content)
        )
    parts: list[dict[str, Any]] = [
        {"lines": lines},
        {
            "sessions": [
                session(f"s{number}", str(starts[number]), 7_200)
                for number, (_, _, is_session) in enumerate(streams)
                if is_session
            ]
        },
        {
            "video": [
                video(f"v{number}", str(starts[number]))
                for number, (_, _, is_session) in enumerate(streams)
                if not is_session
            ]
        },
    ]
    for place in order_of_parts:
        store(db, **parts[place])
    rows = "SELECT * FROM fact_stream ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9"
    with db.write() as connection:
        cursor = raw_cursor(connection)
        stored = cursor.execute(rows).fetchall()
        cursor.execute("DELETE FROM fact_stream")
        usual = Rules()
        values = {
            "shop": 1,
            "late": usual.late_seconds,
            "video_seconds": usual.video_seconds,
            "by_time": usual.is_by_time,
            "takes_unknown": usual.takes_unknown,
        }
        for day in {item["paid_on"] for item in lines}:
            cursor.execute(STREAMS_OF_DAY, values | {"day": day})
        assert cursor.execute(rows).fetchall() == stored
    db.close()


def check_sums(db: Database, rng: np.random.Generator, times: int, start: date, days: int) -> None:
    """Random ranges and filters: the rows of attribution against the totals of the shop's own figures.

    An order counts at one session or video only, that of its first line. Under a carrier or seller it counts there if
    its first line does, but in the totals if any of its lines does.
    """
    for _ in range(times):
        first, last = sorted(rng.integers(0, days, 2))
        where = []
        if rng.random() < 0.5:
            names = ("douyin", "kuaishou", "tiktok")
            where.append(("platform", tuple(rng.choice(names, rng.integers(1, 3), replace=False))))
        if rng.random() < 0.5:
            where.append(("carrier", tuple(rng.choice(CARRIERS, rng.integers(1, 4), replace=False))))
        if rng.random() < 0.3:
            where.append(("seller", (str(rng.choice(("own", "partner"))),)))
        query = Query(
            ("gmv", "orders", "units"),
            start + timedelta(days=int(first)),
            start + timedelta(days=int(last)),
            where=tuple((name, tuple(map(str, values))) for name, values in where),
        )
        table = attribution(db, query)
        own = {
            "gmv": int(table["gmv_cents"].sum()),
            "orders": int(table["orders"].sum()),
            "units": int(table["units"].sum()),
        }
        whole = {name: int(total(db, query)[name] or 0) for name in own}
        if {"carrier", "seller"} & {name for name, _ in where}:
            assert own.pop("orders") <= whole.pop("orders"), query
        assert own == whole, query


@pytest.mark.parametrize("times", [40, pytest.param(1_000, marks=pytest.mark.proof)])
def test_the_parts_of_the_spring_add_up_on_random_ranges_and_filters(spring: Database, times: int) -> None:
    check_sums(spring, np.random.default_rng(11), times, date(2021, 11, 1), 135)
