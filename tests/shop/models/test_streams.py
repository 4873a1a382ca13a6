"""Live sessions and videos of the spring set."""

from datetime import date

from shop.metrics.query import Query, total
from shop.streams.sessions import any_stream, sessions, videos

ALL = Query(("sessions",), date(2021, 11, 1), date(2022, 3, 15))


def test_every_session_is_one_row_and_adds_up(spring):
    table = sessions(spring, ALL)
    whole = total(spring, Query(("sessions", "session_gmv", "views"), ALL.start, ALL.end))
    assert len(table) == whole["sessions"] == 64
    assert int(table["session_gmv"].sum()) == whole["session_gmv"]
    assert int(table["views"].sum()) == whole["views"]


def test_the_attribution_is_shown_as_it_is_known(spring):
    assert set(sessions(spring, ALL)["attribution"].dropna()) <= {"A", "B", "C", "stated"}


def test_every_video_is_one_row(spring):
    assert len(videos(spring, ALL)) == total(spring, Query(("videos",), ALL.start, ALL.end))["videos"]


def test_another_platform_has_none(spring):
    other = Query(("sessions",), ALL.start, ALL.end, where=(("platform", ("tiktok",)),))
    assert sessions(spring, other).empty and videos(spring, other).empty


def test_an_empty_shop_has_no_stream(db):
    assert not any_stream(db)
    assert sessions(db, ALL).empty
