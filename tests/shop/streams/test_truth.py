"""Sessions and videos of the mock platforms against the orders that were placed in them, to the last cent."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from dashboard.i18n import format
from sample_data.generator.spring import FOLDER as SPRING
from sample_data.mock_platforms.history.order_store import OrderStore
from shop.db.database import Database
from shop.maintenance import figures_are_true
from shop.metrics.query import Query, total
from shop.streams.session import find_session
from shop.streams.sums import session_sums
from tests.support.pulls import SMALL, at_mock, pull
from tests.support.shops.small_shop import line, session, store

NAMED = """
SELECT {column}, SUM(gmv_cents), SUM(units) FROM {table} WHERE attribution < 'C' AND platform = :platform GROUP BY 1
"""


def named_sums(store: OrderStore, moment: int, kind: str) -> dict[str, tuple[int, int]]:
    """GMV and pieces of the paid lines that name each session or video, from the mock platform's orders.

    Without those that orders of the pull's own hour name: its clock moves while it reads.
    """
    gmv: Counter[str] = Counter()
    pieces: Counter[str] = Counter()
    running = set()
    for order in store.orders.things:
        for sold in order.lines if order.paid else ():
            content = sold.session_id if kind == "session" else 0 if sold.session_id else sold.video
            if content and moment - 3_600 < order.paid < moment + 86_400:
                running.add(str(content))
            if content and not sold.gift and order.paid <= moment:
                gmv[str(content)] += sold.gmv
                pieces[str(content)] += sold.quantity
    return {name: (gmv[name], pieces[name]) for name in gmv if name not in running}


def stored_sums(db: Database, kind: str, platform: str) -> dict[str, tuple[int, int]]:
    sql = NAMED.format(table=f"fact_{kind}", column=f"{kind}_id")
    with db.read() as connection:
        rows = connection.execute(text(sql), {"platform": platform})
        return {row[0]: (row[1], row[2]) for row in rows}


def test_tiktok_sessions_agree_with_their_statement_or_report_the_difference(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = replace(SMALL, tiktok_lines=1_500)
    with at_mock("tiktok_shop", tmp_path, monkeypatch, shop=shop) as mock:
        pull(db, mock, "tiktok_shop", ("orders", "live"))
        store, truth = mock.shops.tiktok, mock.shops.streams.truth()
    named, own = named_sums(store, shop.moment, "session"), stored_sums(db, "session", "tiktok")
    assert named and {name: own.get(name) for name in named} == named
    with db.read() as connection:
        stated = connection.scalars(text("SELECT session_id FROM live_session WHERE NOT is_inferred")).all()
    assert len(stated) >= 15
    bases = Counter()
    for name in stated:
        sums = session_sums(db, find_session(db, name, "tiktok"))
        true = truth[name]
        assert (
            sums.stated is not None and sums.by_minute is not None and sums.by_time is not None
        ) or not true["gmv"]
        assert sums.minute_difference == 0 and sums.stated.gmv_cents == true["gmv"]
        assert (sums.by_room.gmv_cents if sums.by_room else 0) == named.get(name, (0, 0))[0]
        if true["orders"]:
            assert sums.matched is not None and sums.matched[1] == true["orders"]
            assert abs(true["gmv"] - (sums.headline.gmv_cents or 0)) * 20 <= true["gmv"]
        bases[sums.basis] += 1
    assert bases["room"] and bases["time"]
    assert figures_are_true(db)


def test_kuaishou_orders_name_their_sessions_and_videos_to_the_last_cent(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with at_mock("kuaishou_shop", tmp_path, monkeypatch) as mock:
        pull(db, mock, "kuaishou_shop", ("orders",))
        store = mock.shops.kuaishou
    for kind in ("session", "video"):
        named, own = named_sums(store, SMALL.moment, kind), stored_sums(db, kind, "kuaishou")
        assert len(named) > 5 and {name: own.get(name) for name in named} == named
    with db.read() as connection:
        inferred = connection.scalars(text("SELECT session_id FROM live_session WHERE is_inferred")).all()
    assert set(inferred) == set(stored_sums(db, "session", "kuaishou"))
    assert figures_are_true(db)


def test_orders_joined_by_time_are_the_generators_session_to_the_last_cent(spring: Database) -> None:
    """Grade C: Douyin's order export names no session. At this precision: every cent of every session."""
    truth = json.loads((SPRING / "truth.json").read_text("utf-8"))["sessions"]
    with spring.read() as connection:
        rows = connection.execute(
            text("SELECT session_id, SUM(gmv_cents), SUM(orders) FROM fact_session GROUP BY 1")
        )
        joined = {row[0]: {"gmv": row[1], "orders": row[2]} for row in rows}
    known = {
        name: {key: item[key] for key in ("gmv", "orders")} for name, item in truth.items() if item["gmv"]
    }
    assert joined == known


def test_the_worked_figures_are_shown_as_the_platforms_show_them(db: Database) -> None:
    """GPM is per thousand views (times), UV value per viewer (people); 6.25 % is shown as 6.3 %."""
    when = "2026-03-02 19:00:00"
    store(
        db,
        sessions=[
            session(
                "s",
                when,
                7_200,
                views=1_600,
                viewers=1_200,
                product_clickers=75,
                buyers=15,
                gmv_cents=388_800,
            )
        ],
        lines=[line("1", when, 1, carrier="product_card")],
    )
    figures = total(
        db, Query(("gpm", "uv_value", "click_rate", "pay_rate"), date(2026, 3, 1), date(2026, 3, 3))
    )
    assert (figures["gpm"], figures["uv_value"]) == (243_000, 324)
    assert (format.rate(figures["click_rate"]), format.rate(figures["pay_rate"])) == ("6.3%", "20.0%")
