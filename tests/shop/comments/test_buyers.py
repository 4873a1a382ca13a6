"""Commenters who bought: shares by hand, and no group below five on the way out."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from shop.comments.buyers import LEAST, PEOPLE, _shares, commenters_who_bought
from shop.comments.search import CommentSearch
from shop.connect import connect
from shop.orders.batch import IngestBatch
from shop.orders.upsert import Upsert

DAY = 86_400
NOON = 1_767_240_000  # 2026-01-01 12:00 in Shanghai
JANUARY = CommentSearch(date(2026, 1, 1), date(2026, 1, 31))


def comments_of(session: str, people: range) -> dict[str, list[object]]:
    """One comment of each person in a session."""
    return {
        "comment_id": [f"{session}-{person}" for person in people],
        "session_id": [session] * len(people),
        "author_key": list(people),
        "text": ["好看"] * len(people),
        "written_at": [NOON] * len(people),
        "written_on": ["2026-01-01"] * len(people),
        "updated_at": [NOON] * len(people),
        "payload_hash": list(people),
    }


@pytest.fixture
def shop(tmp_path):
    """Twenty people wrote in one session, four in another; six of them bought within a week, eleven in a month."""
    db = connect(str(tmp_path / "shop.db"))
    days_after = [1] * 6 + [20] * 5
    with db.write() as connection:
        load = Upsert(connection, 1)
        for session, people in (("S1", range(1, 21)), ("S2", range(1, 5))):
            load.put(IngestBatch("comment", "kuaishou", comments_of(session, people), list(people)))
        load.finish()
        connection.execute(
            text(
                "INSERT INTO order_line (shop_id, platform, order_id, line_id, status, sku, quantity, currency, "
                "list_cents, seller_discount_cents, platform_discount_cents, buyer_paid_cents, shipping_cents, "
                "paid_on, paid_at, buyer_key, updated_at, payload_hash) VALUES (1, 'kuaishou', :id, '1', 'paid', "
                "'A', 1, 'CNY', 5000, 0, 0, 5000, 0, '2026-01-02', :at, :id, :at, 1)"
            ),
            [{"id": person, "at": NOON + days * DAY} for person, days in enumerate(days_after, start=1)],
        )
    return db


def test_shares_are_of_the_people_of_a_session_and_small_sessions_are_left_out(shop):
    table = commenters_who_bought(shop, JANUARY)
    assert table[["place", "name", "people", "bought_7", "bought_30"]].values.tolist() == [
        ["live", "S1", 20, 6 / 20, 11 / 20]
    ]


def test_another_platform_has_other_people(shop):
    with shop.write() as connection:
        connection.execute(text("UPDATE order_line SET platform = 'douyin'"))
    table = commenters_who_bought(shop, JANUARY)
    assert table["bought_30"].isna().all() and len(table) == 1


@given(st.integers(LEAST, 60).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(0, n))))
def test_no_group_below_five_can_be_worked_out(case):
    people, early, late = case[0], min(case[1:]), max(case[1:])
    first, second = _shares(people, early, late)
    groups = []
    for share, count in ((first, early), (second, late)):
        if share is not None:
            groups += [count, people - count]
    if first is not None and second is not None and late > early:
        groups.append(late - early)
    assert all(group >= LEAST for group in groups)


@pytest.mark.sqlite_file("looks at the plan of SQLite")
def test_the_comments_of_a_place_are_read_by_its_index(shop):
    values = {"shop": 1, "start": "2026-01-01", "end": "2026-01-31"}
    with shop.read() as connection:
        plan = " ".join(row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {PEOPLE}"), values))
    assert "comment_of_session" in plan and "comment_of_video" in plan
