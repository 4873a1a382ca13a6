"""Comments are found in the arrays of their days as by reading them, whatever happened to them before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from shop.access.roles import OWNER
from shop.comments.labels.labeller import label
from shop.comments.labels.store import correct
from shop.comments.search import PAGE_ROWS, CommentSearch, conditions, languages, search_comments
from shop.comments.trends import word_days
from shop.db.database import Database
from shop.metrics.comment_days.arrays import arrays_of, fill, is_stale, read_groups
from shop.metrics.comment_days.find import ALL_DAYS, CommentDays
from shop.metrics.definitions import measures_of
from shop.metrics.query import Query
from shop.metrics.readers import comments, rows
from shop.metrics.tables import FactRows, Key
from shop.privacy.retention import erase_comments, set_retention
from shop.search import search
from tests.support.canaries import everything_written
from tests.support.fresh import new_database
from tests.support.shops.small_shop import at, store

ALL = CommentSearch(date(2026, 3, 1), date(2026, 3, 9), with_own=True)
TEXTS = ("杯", "青瓷杯 多少钱?", "How MUCH", "how much 多少钱", "a_b%c", "𠮷野家😀", "É é", "K", "", "a\0杯")
WORDS = ("杯", "多少钱", "how much", "MUCH", "_", "%", "𠮷", "😀", "é", "k", "钱 ", "没有", "")
NARROWED = (
    ALL,
    replace(ALL, with_own=False),
    replace(ALL, questions=True, kind="live"),
    replace(ALL, intent="price"),
    replace(ALL, sentiment="neg", language="zh"),
    replace(ALL, start=date(2026, 3, 2), platforms=("douyin",)),
)
MEASURES = ("remarks", "questions", "authors", "open_questions")
RANGE = (date(2026, 3, 1), date(2026, 3, 9))
FIGURES = (
    Query(MEASURES, *RANGE),
    Query(MEASURES[:2], *RANGE, ("day",)),
    Query(MEASURES, *RANGE, ("platform", "month", "language")),
    Query(MEASURES[2:], *RANGE, ("week",), (("platform", ("tiktok",)),)),
)
DAYS = st.sampled_from(
    ["2026-03-01 23:59:59", "2026-03-02 00:00:00", "2026-03-02 00:00:00", "2026-03-05 12:00:00"]
)
KEYS = st.tuples(st.sampled_from(["douyin", "tiktok"]), st.sampled_from("ABCD"))
Change = Callable[[Database, int], None]


def comment(number: str, when: str, remark: str, **more: Any) -> dict[str, Any]:
    return {
        "comment_id": number,
        "text": remark,
        "language": "zh",
        "written_at": at(when),
        "written_on": when[:10],
        "author_key": 7,
        "session_id": None,
        "is_live": False,
        "is_own": False,
        "updated_at": 1,
        "payload_hash": 1,
        **more,
    }


@st.composite
def changes(draw: st.DrawFn) -> Change:
    """Something that happens to a comment: stored or changed, removed, erased, labelled, moved, or computed."""
    (platform, number), remark = draw(KEYS), draw(st.sampled_from(TEXTS))
    row = comment(number, draw(DAYS), remark, is_live=draw(st.booleans()))
    key = {"platform": platform, "number": number}
    of_key = "WHERE platform = :platform AND comment_id = :number"

    def run(sql: str) -> Change:
        def change(db: Database, _: int) -> None:
            with db.write() as connection:
                connection.execute(text(sql.format(of_key=of_key)), key)

        return change

    def put(db: Database, turn: int) -> None:
        store(db, platform=platform, comment=[row | {"updated_at": turn}])

    def erase(db: Database, _: int) -> None:
        with db.erase() as connection:
            condition = "c.platform = :platform AND c.comment_id = :number"
            erase_comments(connection, condition, {"shop": 1, **key})

    def relabel(db: Database, _: int) -> None:
        with db.read() as connection:
            is_there = connection.execute(text(f"SELECT 1 FROM comment {of_key}"), key).first()
        if is_there:
            correct(db, platform, number, label("太贵了，多少钱"), actor=OWNER)

    kinds: list[Change] = [
        put,
        put,
        erase,
        relabel,
        run("DELETE FROM comment {of_key}"),
        run("DELETE FROM comment_label {of_key}"),
        run("UPDATE comment SET is_own = NOT is_own {of_key}"),
        run("UPDATE comment SET session_id = '1', written_on = '2026-03-06' {of_key}"),
        run("UPDATE comment SET written_on = NULL {of_key}"),
        lambda db, _: fill(db),
        lambda db, _: fill(db),
    ]
    return draw(st.sampled_from(kinds))


def by_reading(db: Database, wanted: CommentSearch) -> list[tuple[str, str]]:
    where, values = conditions(wanted)
    order = "ORDER BY written_on DESC, written_at DESC, comment_id, platform"
    with db.read() as connection:
        rows = connection.execute(text(f"SELECT platform, comment_id FROM comment {where} {order}"), values)
        return [(row[0], row[1]) for row in rows]


def counted_rows(answered: FactRows) -> dict[Key, list[int]]:
    """The rows of an answer that count anything."""
    known = {key: [value or 0 for value in row] for key, row in answered.rows.items()}
    return {key: row for key, row in known.items() if any(row)}


@settings(max_examples=8)
@given(steps=st.lists(changes(), min_size=2, max_size=12))
def test_what_is_found_is_what_reading_finds(tmp_path_factory: pytest.TempPathFactory, steps: list[Change]):
    db = new_database(tmp_path_factory.mktemp("law") / "shop.db")
    for turn, step in enumerate(steps, 2):
        step(db, turn)
    for narrowed in NARROWED:
        for word in WORDS:
            wanted = replace(narrowed, text=word)
            result = search_comments(db, wanted)
            keys = list(zip(result.table["platform"], result.table["comment"], strict=True))
            assert keys == by_reading(db, wanted)
            assert (
                result.total == len(keys) == word_days(db, wanted, word)["comments"].sum() or not word.strip()
            )
    with db.read() as connection:
        for query in FIGURES:
            measures = [measure for name in query.metrics for measure in measures_of(name)]
            assert counted_rows(comments.read(connection, query, measures)) == counted_rows(
                rows.read(connection, query, measures)
            )
        days = CommentDays.of(connection, 1)
        stored = list(days.read(*ALL_DAYS, "authors", "texts", "starts", "ids"))
        assert [tuple(map(bytes, day[1:])) for day in stored if day.groups] == [
            tuple(arrays_of(connection, 1, day.day, days.groups)[1:]) for day in stored if day.groups
        ]
        everything = connection.execute(text("SELECT COUNT(*) FROM comment")).scalar_one()
        assert sum(days.count(*ALL_DAYS).values()) == everything
    db.close()


def test_the_pages_of_a_word_have_every_comment_once(db: Database) -> None:
    written = [
        comment(f"{n:03}", f"2026-03-0{n % 8 + 1} 10:00:{n % 60:02}", f"杯{n % 3}") for n in range(180)
    ]
    store(db, comment=written)
    for _ in range(2):
        wanted = replace(ALL, text="杯1")
        pages = [search_comments(db, wanted, page) for page in (1, 2, 9)]
        keys = [("douyin", key) for page in pages[:2] for key in page.table["comment"]]
        assert keys == by_reading(db, wanted) and len(keys) == 60 == PAGE_ROWS + len(pages[1].table)
        assert pages[2].table.equals(pages[1].table)
        newest = sorted(written, key=lambda row: -row["written_at"])[:6]
        assert [match.key for match in search(db, "杯")["comment"]] == [row["comment_id"] for row in newest]
        assert languages(db) == ("zh",)
        fill(db)


def test_what_changes_nothing_that_is_searched_leaves_the_days_computed(db: Database) -> None:
    store(db, comment=[comment("A", "2026-03-01 10:00:00", "多少钱")])
    assert is_stale(db)
    fill(db)
    with db.write() as connection:
        connection.execute(text("UPDATE comment SET answered_at = 5, answered_how = 'hand', likes = 3"))
    assert not is_stale(db)
    with db.read() as connection:
        groups = read_groups(connection, 1)
    assert [(group.place, group.is_question, group.intents) for group in groups.known] == [
        ("video", True, "price")
    ]


@pytest.mark.sqlite_file("looks into the file")
def test_an_erased_text_is_in_no_page_of_the_file_any_more(db: Database, tmp_path: Path) -> None:
    secret = "只有我写过这句话"
    store(db, comment=[comment(f"{n}", "2026-03-01 10:00:00", f"{secret}{n}" * 9) for n in range(40)])
    fill(db)
    store(db, comment=[comment("later", "2026-03-01 11:00:00", f"{secret}啊")])  # its day is computed again
    fill(db)
    assert any(secret.encode("utf-16-le") in content for _, content in everything_written(tmp_path))
    assert set_retention(db, "comments", 1, actor=OWNER) == 41
    for name, content in everything_written(tmp_path):
        assert secret.encode("utf-16-le") not in content, name
    assert search_comments(db, replace(ALL, text=secret)).total == 0
