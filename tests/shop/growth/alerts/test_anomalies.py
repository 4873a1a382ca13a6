"""Anomalies and alerts on a real database: a steady shop to which one thing happens."""

from datetime import date, timedelta

import numpy as np
import pytest
from sqlalchemy import text

from shop.access.roles import OWNER, Actor, NotAllowed
from shop.db.database import Database
from shop.growth.alerts.alerts import (
    SilenceInPast,
    UnknownAlert,
    find_alert,
    history,
    open_alerts,
    seen,
    sent,
    silence,
    silences,
    unsilence,
)
from shop.growth.alerts.anomalies import anomalies
from shop.metrics.query import Query
from tests.support.shops.delayed import fill
from tests.support.stock.simple import book_stock

FIRST = date(2026, 8, 20)
DAY = date(2026, 12, 15)  # neither festival nor campaign
NEXT = DAY + timedelta(days=1)
ON_DAY = Query(("gmv",), DAY, DAY)


def steady(db: Database, **happened: int) -> None:
    """Some twenty orders a day, and on single days (`d0` DAY, `d1` the day before ...) so many."""
    orders = np.random.default_rng(8).poisson(20, (DAY - FIRST).days + 1)
    for name, count in happened.items():
        orders[-1 - int(name[1:])] = count
    is_open = np.array([], dtype=np.int64)
    fill(db, FIRST, [int(n) for n in orders], [is_open] * len(orders), as_of=DAY)


def sessions(db: Database, *days: date) -> None:
    with db.write() as connection:
        for number, day in enumerate(days):
            connection.execute(
                text(
                    "INSERT INTO live_session (shop_id, platform, session_id, started_on, currency, "
                    "updated_at, payload_hash) VALUES (1, 'douyin', :id, :day, 'CNY', 1, 1)"
                ),
                {"id": f"{day}{number}", "day": day.isoformat()},
            )


def read_file(db: Database, first: date, last: date) -> None:
    with db.write() as connection:
        connection.execute(
            text(
                "INSERT INTO source_file (shop_id, sha256, name, kind, reader, bytes, first_on, last_on, "
                "read, stored, unchanged, set_aside, imported_at) VALUES (1, :sha, 'f.csv', "
                "'douyin_orders', 'r', 1, :first, :last, 1, 1, 0, 0, 1)"
            ),
            {"sha": f"{first}{last}", "first": first.isoformat(), "last": last.isoformat()},
        )


def test_a_steady_day_is_no_outlier(db):
    steady(db)
    assert anomalies(db, ON_DAY) == ()
    assert find_alert(db, NEXT) is None
    assert open_alerts(db, NEXT) == ()


def test_a_day_without_orders_stands_out(db):
    steady(db, d0=0)
    (result,) = anomalies(db, ON_DAY)
    assert (result.kind, result.on, result.figure, result.metric) == ("drop", DAY, 0, "orders")
    assert 17 <= result.usual <= 23
    assert result.reasons == ()


def test_a_week_at_half_stands_out_once(db):
    steady(db, **{f"d{ago}": 10 for ago in range(7)})
    week = Query(("gmv",), DAY - timedelta(days=6), DAY)
    low = [item for item in anomalies(db, week) if item.kind == "week_low"]
    assert len(low) == 1
    assert low[0].period.days == 7


def test_a_peak_on_a_campaign_day_names_the_campaign_and_raises_no_alert(db):
    steady(db)
    with db.write() as connection:
        connection.execute(
            text(
                "INSERT INTO campaign (shop_id, campaign_key, year, name, start_on, end_on) "
                "VALUES (1, 'own', 2026, '双12返场', :day, :day)"
            ),
            {"day": DAY.isoformat()},
        )
    flood(db)
    (result,) = anomalies(db, ON_DAY)
    assert result.kind == "spike"
    assert [(reason.explanation, reason.name) for reason in result.reasons] == [("campaign", "双12返场")]
    assert find_alert(db, NEXT) is None


def flood(db: Database) -> None:
    with db.write() as connection:
        connection.execute(
            text("UPDATE fact_day SET buyer_paid_cents = 8 * buyer_paid_cents WHERE day = :day"),
            {"day": DAY.isoformat()},
        )


def test_one_dear_order_explains_its_day(db):
    steady(db)
    with db.write() as connection:
        row = {"key": f"{DAY:%Y%m%d}00000"}
        connection.execute(
            text("UPDATE order_line SET buyer_paid_cents = 2000000 WHERE order_id = :key"), row
        )
        from shop.metrics import rollups

        rollups.rebuild(connection, 1)
    (result,) = anomalies(db, ON_DAY)
    assert result.kind == "spike" and result.metric == "gmv"
    (reason,) = result.reasons
    assert reason.explanation == "big_order" and reason.now == 2_000_000 and reason.share > 0.9


def test_a_day_that_was_not_imported_is_reported(db):
    steady(db, d0=0)
    read_file(db, FIRST, DAY - timedelta(days=1))
    (result,) = anomalies(db, ON_DAY)
    assert (result.reasons[0].explanation, result.reasons[0].name) == ("missing_import", "douyin_orders")


def test_a_missing_live_session_is_named(db):
    live = [DAY - timedelta(days=7 * ago) for ago in range(1, 12)]
    steady(db, d0=0, **{f"d{7 * ago}": 26 for ago in range(1, 12)})
    sessions(db, *live)
    (result,) = anomalies(db, ON_DAY)
    reason = next(item for item in result.reasons if item.explanation == "fewer_sessions")
    assert (reason.now, reason.usual) == (0, 1)


def test_best_sellers_that_ran_out_are_named_and_alarm(db):
    steady(db, d0=0)
    book_stock(db, "CUP-1", ("2026-10-01", "made", 30), ("2026-12-10", "sold", -30))
    book_stock(db, "CUP-2", ("2026-10-01", "made", 30), ("2026-12-10", "sold", -5))
    (result,) = anomalies(db, ON_DAY)
    (reason,) = result.reasons
    assert (reason.explanation, reason.name, reason.now) == ("stock_out", "CUP-1", 1)
    assert find_alert(db, NEXT).reasons == (reason,)


def test_an_empty_shop_has_no_anomalies_and_no_alerts(db):
    assert anomalies(db, ON_DAY) == ()
    assert find_alert(db, NEXT) is None


# --- alerts ------------------------------------------------------------------------------------------


def test_there_is_one_alert_a_day_however_often_it_is_computed(db):
    steady(db, d0=0)
    first = find_alert(db, NEXT)
    version = db.version()
    assert find_alert(db, NEXT) == first
    assert db.version() == version
    assert history(db) == (first,)
    assert (first.kind, first.on, first.about.end, first.figure) == ("drop", NEXT, DAY, 0)


def test_the_same_kind_rests_for_two_weeks(db):
    steady(db, d0=0, d3=0)
    assert find_alert(db, NEXT - timedelta(days=3)).kind == "drop"
    again = find_alert(db, NEXT)
    assert again is None or again.kind != "drop"


def test_orders_not_read_come_before_everything_else(db):
    steady(db, d0=0)
    read_file(db, FIRST, DAY - timedelta(days=4))
    result = find_alert(db, NEXT)
    assert (result.kind, result.name, result.figure) == ("missing_import", "douyin_orders", 4)
    assert (result.about.start, result.about.end) == (DAY - timedelta(days=3), DAY)


def test_a_reported_gap_is_not_reported_again_as_a_low_day(db):
    steady(db, d0=0)
    read_file(db, FIRST, DAY - timedelta(days=4))
    assert find_alert(db, NEXT - timedelta(days=1)).kind == "missing_import"
    assert find_alert(db, NEXT) is None


def test_a_hole_of_months_ago_alarms_nobody(db):
    steady(db)
    read_file(db, FIRST, FIRST + timedelta(days=30))
    read_file(db, FIRST + timedelta(days=34), DAY)
    assert find_alert(db, NEXT) is None


def test_an_alert_is_open_until_somebody_has_seen_it(db):
    steady(db, d0=0)
    result = find_alert(db, NEXT)
    assert open_alerts(db, NEXT) == (result,)
    assert seen(db, result.alert_id, actor=OWNER)
    assert not seen(db, result.alert_id, actor=OWNER)
    assert open_alerts(db, NEXT) == ()
    assert history(db)[0].is_seen


def test_an_old_alert_is_not_open_any_more(db):
    steady(db, d0=0)
    find_alert(db, NEXT)
    assert open_alerts(db, NEXT + timedelta(days=8)) == ()


def test_an_alert_leaves_the_program_once(db):
    steady(db, d0=0)
    result = find_alert(db, NEXT)
    assert sent(db, result.alert_id)
    assert not sent(db, result.alert_id)
    assert history(db)[0].is_sent


@pytest.mark.parametrize("kind", ["drop", "all"])
def test_a_silenced_kind_is_neither_created_nor_shown_until_its_day_is_over(db, kind):
    steady(db, d0=0)
    silence(db, kind, NEXT, actor=OWNER, today=NEXT)
    assert find_alert(db, NEXT) is None
    assert [item.kind for item in silences(db, NEXT)] == [kind]
    assert silences(db, NEXT + timedelta(days=1)) == ()
    assert unsilence(db, kind, actor=OWNER)
    assert not unsilence(db, kind, actor=OWNER)
    assert find_alert(db, NEXT).kind == "drop"
    silence(db, kind, NEXT, actor=OWNER, today=NEXT)
    assert open_alerts(db, NEXT) == ()


def test_silence_is_rejected_with_a_reason(db):
    with pytest.raises(UnknownAlert):
        silence(db, "thunder", NEXT, actor=OWNER, today=NEXT)
    with pytest.raises(SilenceInPast):
        silence(db, "drop", NEXT, actor=OWNER, today=NEXT + timedelta(days=1))
    with pytest.raises(NotAllowed):
        silence(db, "drop", NEXT, actor=Actor("小陈", "assistant"), today=NEXT)
    with pytest.raises(NotAllowed):
        unsilence(db, "drop", actor=Actor("小陈", "assistant"))


def test_a_quiet_month_alarms_at_most_once(db):
    steady(db)
    for ago in range(30):
        find_alert(db, NEXT - timedelta(days=ago))
    assert len(history(db)) <= 1
