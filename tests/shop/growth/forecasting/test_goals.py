"""Goals of a month: set, cleared, and the pace towards them by the projection."""

from datetime import date

import pytest

from shop.access.audit import recent
from shop.access.roles import OWNER, Actor, NotAllowed
from shop.growth.forecasting.goals import BadGoal, UnknownGoal, clear_goal, goals, pace, past, set_goal
from shop.metrics.query import Query
from shop.undo.catalog import undo
from tests.support.shops.days import every_day, sell

CREATOR, ASSISTANT = Actor("小满", "creator"), Actor("阿黎", "assistant")
TENTH = date(2024, 6, 10)
QUERY = Query(("gmv",), TENTH, TENTH)


@pytest.fixture
def even(db):
    """Ten yuan a day since January, up to the tenth of June."""
    sell(db, dict.fromkeys(every_day(date(2024, 1, 1), TENTH), 1_000))
    return db


def of_june(db, target, **more):
    set_goal(db, date(2024, 6, 5), "gmv", target, actor=CREATOR)
    return pace(db, QUERY, TENTH, **more)[0]


def test_the_pace_shows_what_each_remaining_day_has_to_bring(even):
    result = of_june(even, 40_001)
    assert (result.so_far, result.left, result.days_left) == (10_000, 30_001, 20)
    assert result.needed == 1_501  # rounded up: less would not reach it
    assert result.usual == pytest.approx(1_000, rel=0.01)
    assert result.share == pytest.approx(0.25, abs=0.001)
    assert result.is_on_track is False


@pytest.mark.parametrize(
    ("target", "outlook"), [(9_000, "reached"), (15_000, "sure"), (200_000, "out_of_reach")]
)
def test_the_outlook_follows_the_projection_and_its_band(even, target, outlook):
    assert of_june(even, target).outlook == outlook


def test_between_the_ends_of_the_band_it_is_likely_or_behind(db):
    cents = {day: 500 + day.day * 60 for day in every_day(date(2024, 1, 1), TENTH)}
    sell(db, cents)
    middle = of_june(db, 1).projection
    assert middle.low < middle.expected < middle.high
    assert of_june(db, middle.expected - 1).outlook == "likely"
    assert of_june(db, middle.expected + 1).outlook == "behind"


def test_a_festival_ahead_makes_a_goal_out_of_the_straight_line(db):
    """Half of the month's days have half of its sales; the weekend days left bring the most."""
    week = (500, 500, 500, 500, 500, 2_000, 2_000)
    sell(db, {day: week[day.weekday()] for day in every_day(date(2024, 1, 1), date(2024, 6, 14))})
    on = date(2024, 6, 14)  # 14 days with 4 of 10 weekend days gone
    set_goal(db, on, "gmv", 28_500, actor=OWNER)
    result = pace(db, QUERY, on)[0]
    straight = result.so_far * 30 // 14
    assert straight < result.goal.target <= result.projection.expected
    assert result.is_on_track


def test_a_running_day_is_still_left(even):
    result = of_june(even, 40_000, is_running=True)
    assert result.days_left == 21
    assert result.so_far == 10_000


def test_without_a_forecast_the_goal_still_shows_what_is_needed(db):
    sell(db, dict.fromkeys(every_day(date(2024, 6, 1), TENTH), 1_000))
    result = of_june(db, 40_000)
    assert (result.outlook, result.is_on_track, result.usual) == ("unknown", None, None)
    assert result.needed == 1_500


def test_months_that_are_over_were_reached_or_missed(even):
    set_goal(even, date(2024, 5, 1), "gmv", 31_000, actor=OWNER)
    set_goal(even, date(2024, 4, 1), "orders", 31, actor=OWNER)
    may, april = past(even, QUERY, TENTH)
    assert (may.total, may.is_reached) == (31_000, True)
    assert (april.total, april.is_reached) == (30, False)
    assert pace(even, QUERY, date(2024, 5, 31))[0].outlook == "reached"
    last = pace(even, QUERY, date(2024, 4, 30))[0]
    assert (last.outlook, last.needed) == ("missed", None)


def test_a_goal_can_be_changed_cleared_and_undone(db):
    set_goal(db, TENTH, "gmv", 100, actor=OWNER)
    set_goal(db, TENTH, "gmv", 200, actor=CREATOR)
    assert [(goal.target, goal.set_by, goal.month) for goal in goals(db)] == [(200, "小满", date(2024, 6, 1))]
    clear_goal(db, TENTH, "gmv", actor=CREATOR)
    assert goals(db) == ()
    undo(db, recent(db, actions=("goal.",))[0].audit_id, actor=CREATOR)
    assert goals(db)[0].target == 200
    with pytest.raises(UnknownGoal):
        clear_goal(db, TENTH, "orders", actor=OWNER)


@pytest.mark.parametrize(("metric", "target"), [("gmv", 0), ("gmv", -5), ("aov", 5), ("gmv", 10**16)])
def test_what_is_no_goal_is_rejected(db, metric, target):
    with pytest.raises(BadGoal):
        set_goal(db, TENTH, metric, target, actor=OWNER)


def test_an_assistant_sets_no_goals(db):
    with pytest.raises(NotAllowed):
        set_goal(db, TENTH, "gmv", 5, actor=ASSISTANT)
    with pytest.raises(NotAllowed):
        clear_goal(db, TENTH, "gmv", actor=ASSISTANT)
