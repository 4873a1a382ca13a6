"""Live sessions and videos of the spring set, and of a small shop."""

from dataclasses import replace
from datetime import date

from shop.metrics.query import Query, total
from shop.metrics.stream_rollups import Sum
from shop.streams.sessions import any_stream, sessions, videos
from shop.streams.videos import find_video, video_sales
from tests.support.shops.small_shop import at, line, session, store

ALL = Query(("sessions",), date(2021, 11, 1), date(2022, 3, 15))


def test_every_session_is_one_row_and_adds_up(spring):
    table = sessions(spring, ALL)
    whole = total(spring, Query(("sessions", "session_gmv", "views"), ALL.start, ALL.end))
    assert len(table) == whole["sessions"] == 64
    assert int(table["session_gmv"].sum()) == whole["session_gmv"]
    assert int(table["views"].sum()) == whole["views"]


def test_the_attribution_is_shown_as_it_is_known(spring):
    assert set(sessions(spring, ALL)["attribution"].dropna()) <= {"A", "B", "C", "stated"}


def test_a_session_without_orders_is_not_taken_as_attributed(db):
    when = "2022-01-05 20:00:00"
    store(
        db,
        lines=[line("1", when, 9_900, carrier="live", content_id="sold", attribution="B")],
        sessions=[
            session("sold", when, 3_600, gmv_cents=9_900),
            session("only stated", when, 3_600, gmv_cents=5_000),
            session("neither", when, 3_600),
        ],
    )
    table = sessions(db, ALL).set_index("session")
    assert table["attribution"].fillna("").to_dict() == {"sold": "B", "only stated": "stated", "neither": ""}


def test_every_video_is_one_row(spring):
    assert len(videos(spring, ALL)) == total(spring, Query(("videos",), ALL.start, ALL.end))["videos"]


def test_the_stated_sales_of_a_video_are_added_up_in_one_currency(db):
    when = "2022-01-05 20:00:00"
    day = {"video_id": "v", "day": "2022-01-05", "updated_at": at(when), "payload_hash": 1, "orders": 2}
    published = {
        "published_at": at(when),
        "published_on": when[:10],
        "updated_at": at(when),
        "payload_hash": 1,
    }
    store(
        db,
        lines=[line("1", when, 9_900)],
        video=[{"video_id": "v", "title": "v", **published}],
        video_day=[
            {**day, "gmv_cents": 5_000, "currency": "GBP"},
            {**day, "day": "2022-01-06", "gmv_cents": 700, "currency": "CNY"},
            {**day, "day": "2022-01-07", "gmv_cents": 30, "currency": None},
        ],
    )
    assert videos(db, ALL)[["gmv", "orders", "own_gmv"]].values.tolist() == [[730, 6, 9_900]]
    assert videos(db, replace(ALL, currency="GBP"))["gmv"].tolist() == [5_030]
    sales = video_sales(db, find_video(db, "v"))
    assert (sales.currency, sales.stated) == ("CNY", Sum(4, None, 730))


def test_another_platform_has_none(spring):
    other = Query(("sessions",), ALL.start, ALL.end, where=(("platform", ("tiktok",)),))
    assert sessions(spring, other).empty and videos(spring, other).empty


def test_an_empty_shop_has_no_stream(db):
    assert not any_stream(db)
    assert sessions(db, ALL).empty
