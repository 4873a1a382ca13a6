"""One session: its sums and their basis, the funnel, the curve, marks and lifts, review and pace, by hand."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from pathlib import Path

import pytest
import time_machine

from etl.imports.marks_file import NoMarks, import_marks
from shop.access.roles import OWNER, Actor
from shop.db.database import Database
from shop.metrics.stream_rollups import Sum
from shop.search import search
from shop.streams.funnel import funnels
from shop.streams.lift import Verdict
from shop.streams.lifts import item_lifts, presentation_lifts, suggested_marks
from shop.streams.marks import (
    BadMark,
    Mark,
    UnknownMark,
    add_marks,
    marks,
    recent_items,
    restore_mark,
    undo_mark,
)
from shop.streams.minutes import comments_between, session_minutes, session_products
from shop.streams.next_session import NextSession, next_session
from shop.streams.pace import figure_ranks, pace, percentile
from shop.streams.reviews import BadReview, Review, facts, last_action, review, save_note, save_review
from shop.streams.session import SessionRecord, UnknownSession, find_session, running_sessions
from shop.streams.show_list import ranking
from shop.streams.spend import session_spend
from shop.streams.sums import session_sums
from shop.streams.videos import find_video
from shop.undo.catalog import undo
from tests.support.shops.live_evening import EVENING, SESSION, START, clock, evening, mark, marked
from tests.support.shops.small_shop import line, session, store

BURST = {40: 8, 41: 7, 42: 9, 43: 8, 44: 6}  # the cup in the hand, from 19:40


def the_session(db: Database) -> SessionRecord:
    return find_session(db, SESSION, "douyin")


def test_all_three_sums_are_shown_and_the_complete_one_is_the_headline(db: Database) -> None:
    evening(db)
    store(
        db,
        lines=[
            line("unnamed", clock(600), 5_000, carrier="live"),
            line("before", clock(-60), 7_000, carrier="live", content_id=SESSION, attribution="A"),
        ],
    )
    sums = session_sums(db, the_session(db))
    assert (sums.stated, sums.by_room) == (Sum(30, 30, 300_000), Sum(31, 31, 307_000))
    assert sums.by_time == Sum(31, 31, 305_000)
    assert (sums.basis, sums.headline.gmv_cents, sums.matched) == ("room", 307_000, (30, 30))
    assert sums.grades == {"A": Sum(31, 31, 307_000), "C": Sum(1, 1, 5_000)}
    assert sums.by_minute == Sum(None, None, None) and sums.minute_difference is None


def test_few_orders_that_name_the_room_leave_the_headline_to_the_statement(db: Database) -> None:
    evening(db, orders=90, units=90, gmv_cents=900_000)
    sums = session_sums(db, the_session(db))
    assert (sums.basis, sums.headline, sums.matched) == ("stated", Sum(90, 90, 900_000), (30, 90))
    assert session_minutes(db, the_session(db), sums).sources["orders"] == "orders"  # its minutes have none


def test_a_video_that_states_no_totals_shows_the_sums_of_its_days(db: Database) -> None:
    day = {"video_id": "v", "likes": 3, "updated_at": 1, "payload_hash": 1, "currency": "CNY"}
    days = [{**day, "day": "2026-03-02", "views": 300}, {**day, "day": "2026-03-03", "views": 120}]
    clip = {"video_id": "v", "title": "clip", "published_at": START, "published_on": "2026-03-02"}
    store(db, video=[{**clip, "comments": 7, "updated_at": 1, "payload_hash": 1}], video_day=days)
    figures = find_video(db, "v").figures
    assert (figures["views"], figures["likes"], figures["comments"]) == (420, 6, 7)


def test_an_unknown_session_is_rejected_by_name(db: Database) -> None:
    with pytest.raises(UnknownSession, match="7777"):
        find_session(db, "7777")


def test_a_session_whose_start_no_source_states_is_in_no_list(db: Database) -> None:
    unknown = dict.fromkeys(("started_at", "started_on", "ended_at"))
    store(db, sessions=[session("5151515", EVENING + " 20:00", 3_600, **unknown)])
    assert ranking(db, "douyin", actor=OWNER) == running_sessions(db) == []
    assert search(db, "5151515") == {}


def test_the_rates_of_a_funnel_multiply_to_paid_over_exposed(db: Database) -> None:
    evening(
        db,
        exposed_viewers=6_000,
        viewers=1_200,
        product_clickers=96,
        buyers=6,
        impressions=9_000,
        views=1_600,
        product_impressions=4_000,
        product_clicks=480,
        orders_created=33,
    )
    people, times = funnels(the_session(db)).values()
    assert [step.name for step in people.steps] == ["exposed", "entered", "clicked", "paid"]
    assert people.steps[3].rate == Fraction(6, 96) == Fraction("0.0625")
    assert (people.steps[2].base, people.steps[2].base_count) == ("entered", 1_200)
    for funnel in (people, times):
        product = Fraction(1)
        for step in funnel.steps[1:]:
            assert step.rate is not None
            product *= step.rate
        assert product == funnel.overall
    assert times.overall == Fraction(30, 9_000)


def test_the_curve_has_one_axis_and_the_source_of_each_column(db: Database) -> None:
    evening(db, bursts={10: 2})
    curve = session_minutes(db, the_session(db))
    assert curve.sources == {
        "viewers": "platform",
        "product_clicks": "platform",
        "comments": "comments",
        "orders": "orders",
        "gmv_cents": "orders",
    }
    table = curve.table
    assert len(table) == 120 and table["at"][0] == START
    assert (table["comments"][1], table["comments"][50], table["comments"].sum()) == (2, 1, 3)
    assert (table["orders"][10], table["orders"][8], table["orders"][9]) == (2, 1, 0)
    assert table["gmv_cents"].sum() == session_sums(db, the_session(db)).headline.gmv_cents
    assert comments_between(db, the_session(db), 60, 120) == [(61, "杯子多大"), (62, "想要")]


def test_what_sold_by_product_adds_up_to_the_headline(db: Database) -> None:
    evening(db, bursts=BURST)
    products = session_products(db, the_session(db))
    assert dict(zip(products["sku"], products["units"], strict=True)) == {"cup": 35, "bowl": 33}
    assert products["gmv_cents"].sum() == session_sums(db, the_session(db)).headline.gmv_cents


def test_a_mark_sent_twice_counts_once_and_stays_undone(db: Database) -> None:
    evening(db)
    first = mark(600, mark_id="phone-1")
    assert add_marks(db, [first, mark(660, "coupon", None)], actor=OWNER).new == 2
    again = add_marks(db, [first], actor=OWNER)
    assert (again.new, again.known) == (0, 1)
    undo_mark(db, "phone-1", actor=OWNER)
    add_marks(db, [first], actor=OWNER)
    assert [one.kind for one in marks(db, the_session(db))] == ["coupon"]
    restore_mark(db, "phone-1", actor=OWNER)
    assert [one.kind for one in marks(db, the_session(db))] == ["show", "coupon"]
    assert recent_items(db, "douyin") == [("cup", "")]
    with pytest.raises(UnknownMark):
        undo_mark(db, "nobody", actor=OWNER)
    with pytest.raises(BadMark):
        add_marks(db, [mark(600, "dance")], actor=OWNER)


def test_a_mark_that_comes_before_its_session_belongs_to_the_one_of_its_time(db: Database) -> None:
    early = mark(600)
    add_marks(
        db,
        [type(early)("show", early.marked_at, "douyin", item="cup"), type(early)("show", 5, "douyin")],
        actor=Actor("c", "creator"),
    )
    evening(db)
    assert [one.item for one in marks(db, the_session(db))] == ["cup"]


def test_a_mark_of_a_phone_whose_clock_is_ahead_is_shown_at_once(db: Database) -> None:
    evening(db)
    with time_machine.travel(START + 600, tick=False):
        add_marks(db, [Mark("show", START + 602, "douyin", item="cup")], actor=OWNER)
        assert [one.item for one in marks(db, the_session(db))] == ["cup"]


def test_a_presentation_that_sold_differs_from_one_that_did_not(db: Database) -> None:
    evening(db, bursts=BURST)
    marked(db, mark(2_400), mark(2_410, "pin"), mark(4_800, item="bowl"), mark(4_860, "hide", "bowl"))
    cup, bowl = presentation_lifts(db, the_session(db))
    assert (cup.mark.item, cup.orders, cup.gmv_cents) == ("cup", 40, 400_000)
    assert cup.result.verdict == Verdict.MORE and cup.result.low is not None and cup.result.low > 1
    assert (bowl.window.start, bowl.window.end) == (4_800, 4_860)
    assert bowl.result.verdict in (Verdict.UNCLEAR, Verdict.TOO_LITTLE_DATA)
    best, *_ = item_lifts([cup, bowl])
    assert (best.item, best.presentations, best.orders) == ("cup", 1, 40)
    assert best.lift is not None and best.lift > 5


def test_without_marks_the_moment_of_the_burst_is_offered_once(db: Database) -> None:
    evening(db, bursts=BURST)
    offered = suggested_marks(db, the_session(db))
    assert [(one.marked_at - START, measure) for one, measure in offered] == [(2_400, "orders")]
    marked(db, offered[0][0])
    assert suggested_marks(db, the_session(db)) == []
    assert [one.source for one in marks(db, the_session(db))] == ["suggested"]


def test_a_review_stores_goal_and_action_and_the_next_one_shows_what_changed(db: Database) -> None:
    evening(db, bursts=BURST)
    store(db, sessions=[session("next", "2026-03-04 19:00:00", 3_600, orders=5, units=5, gmv_cents=60_000)])
    marked(db, mark(2_400))
    first, following = the_session(db), find_session(db, "next")
    assert last_action(db, following) is None
    wanted = Review("gmv", 500_000, "灯光太暗", "开场先讲杯子")
    number = save_review(db, first, wanted, actor=OWNER)
    assert number is not None and save_review(db, first, wanted, actor=OWNER) is None
    result = last_action(db, following)
    assert result is not None
    assert (result.session_id, result.action, result.outcome) == (SESSION, "开场先讲杯子", None)
    assert result.changes["gmv"] == (680_000, 60_000)
    save_review(db, following, Review(last_action="partly"), actor=OWNER)
    assert review(db, following).last_action == "partly"
    host = Actor("小陈", "creator")
    typed = save_review(db, following, Review(notes="下次早点讲"), actor=host)
    noted = save_note(db, following, actor=host, host="小陈")
    assert typed is not None and noted is not None
    undo(db, typed, actor=host)
    undo(db, noted, actor=host)
    assert review(db, following).last_action == "partly" and find_session(db, "next").host is None
    (best, *_) = facts(db, first, presentation_lifts(db, first))
    assert best.kind == "best_lift" and best.lift is not None and best.lift.mark.item == "cup"
    for bad in (Review("likes", 1), Review("gmv", 0), Review(last_action="maybe")):
        with pytest.raises(BadReview):
            save_review(db, first, bad, actor=OWNER)


def test_typed_spend_gives_a_roi_in_its_own_currency_only(db: Database) -> None:
    evening(db)
    save_note(
        db, the_session(db), actor=OWNER, host="小陈", replay_url="https://v.example/1", spend_cents=60_000
    )
    live = the_session(db)
    spend = session_spend(db, live, 300_000)
    assert spend is not None and (spend.roi, spend.source) == (Fraction(5), "typed")
    assert (live.host, live.replay_url) == ("小陈", "https://v.example/1")
    save_note(db, live, actor=OWNER, spend_cents=60_000, spend_currency="USD")
    spend = session_spend(db, the_session(db), 300_000)
    assert spend is not None and spend.roi is None
    with pytest.raises(BadReview):
        save_note(db, live, actor=OWNER, replay_url="javascript:alert(1)")


def test_spend_of_a_day_from_a_file_has_a_roi_only_where_it_was_for_one_session(db: Database) -> None:
    evening(db)
    day = {"day": EVENING, "account": "a", "amount_cents": 30_000, "currency": "CNY"}
    store(db, ad_spend=[day | {"updated_at": START, "payload_hash": 1}])
    spend = session_spend(db, the_session(db), 300_000)
    assert spend is not None and (spend.source, spend.roi) == ("day", Fraction(10))
    store(db, sessions=[session("second", f"{EVENING} 22:30:00", 600)])
    spend = session_spend(db, the_session(db), 300_000)
    assert spend is not None and (spend.sessions, spend.roi) == (2, None)


def test_pace_and_percentiles_are_against_the_shops_own_earlier_sessions(db: Database) -> None:
    past = [
        session(
            f"s{day}", f"2026-02-{day:02} 19:00:00", 3_600, orders=day, gmv_cents=10_000 * day, viewers=100
        )
        for day in (10, 12, 14)
    ]
    early = [
        line(f"p{day}", f"2026-02-{day:02} 19:05:00", 10_000 * day, carrier="live", content_id=f"s{day}")
        for day in (10, 12, 14)
    ]
    store(db, sessions=past, lines=early)
    evening(db, viewers=100)
    live = the_session(db)
    now = pace(db, live, 600)
    assert (now.orders, now.gmv_cents, now.others) == (3, 30_000, 3)
    assert (now.usual_orders, now.usual_gmv_cents) == (1, 120_000)
    ranks = {item.name: item for item in figure_ranks(db, live)}
    assert ranks["viewers"].percentile == 50 and ranks["gmv_per_hour"].others == 3
    assert percentile(5, [1, 2, 3, 9]) == 75


def test_marks_come_from_a_table_with_clock_times_and_count_once(db: Database, tmp_path: Path) -> None:
    evening(db)
    file = tmp_path / "marks.csv"
    file.write_text(
        "\ufeff时间,动作,商品\n19:05:10,讲解,影青杯\n19:09:00,取消讲解,影青杯\n00:12:30,置顶,碗\n"
        f"{EVENING} 20:00:00,福袋,\n23:59:00,讲解,迟了\n19:30:00,唱歌,\n",
        "utf-8",
    )
    report = import_marks(db, the_session(db), file, actor=OWNER)
    assert (report.read, report.added.new) == (6, 4)
    assert [(bad.row, bad.column, bad.cell) for bad in report.unread] == [
        (6, "at", "23:59:00"),
        (7, "kind", "唱歌"),
    ]
    again = import_marks(db, the_session(db), file, actor=OWNER)
    assert (again.added.new, again.added.known) == (0, 4)
    assert [(one.marked_at - START, one.kind, one.item) for one in marks(db, the_session(db))] == [
        (310, "explain", "影青杯"),
        (540, "hide", "影青杯"),
        (750, "pin", "碗"),
        (3_600, "lucky_bag", None),
    ]


def test_marks_come_from_the_log_of_a_live_assistant(db: Database, tmp_path: Path) -> None:
    evening(db)
    file = tmp_path / "pins.log"
    file.write_text(
        f"[{EVENING} 19:10:00] 置顶 3号链接 影青杯\n[{EVENING} 19:20:00] 发券 满100减10\nstarted\n", "utf-8"
    )
    report = import_marks(db, the_session(db), file, actor=OWNER)
    assert (report.added.new, len(report.unread)) == (2, 1)
    assert [(one.kind, one.item) for one in marks(db, the_session(db))] == [
        ("pin", "3号链接 影青杯"),
        ("coupon", "满100减10"),
    ]
    empty = tmp_path / "none.csv"
    empty.write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(NoMarks, match=r"none\.csv"):
        import_marks(db, the_session(db), empty, actor=OWNER)


def test_the_next_session_is_the_one_that_weeks_let_expect(db: Database) -> None:
    """Every Tuesday about 19:30 (2 to 23 June), twice on a Sunday; on Wednesday the next one is six days off."""
    tuesdays = ("2026-06-02 19:30:00", "2026-06-09 19:35:00", "2026-06-16 19:10:00", "2026-06-23 19:32:00")
    sundays = ("2026-06-14 10:00:00", "2026-06-21 10:00:00")
    store(db, sessions=[session(when, when, 3_600, account="小满") for when in (*tuesdays, *sundays)])
    with time_machine.travel("2026-06-24T04:00:00Z", tick=False):
        due = next_session(db)
        assert due == NextSession(datetime(2026, 6, 30, 19, 30), "小满", 4)
    with time_machine.travel("2026-06-30T11:00:00Z", tick=False):  # 19:00 in Beijing
        assert next_session(db) == NextSession(datetime(2026, 6, 30, 19, 30), "小满", 4)
    with time_machine.travel("2026-08-01T04:00:00Z", tick=False):
        assert next_session(db) is None
