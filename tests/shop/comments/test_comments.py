"""The audience: search, pages and words."""

from datetime import date

import pytest

from shop.comments.search import (
    PAGE_ROWS,
    CommentSearch,
    languages,
    per_day,
    search_comments,
    words,
    words_of,
)
from shop.metrics.query import Query

ALL = CommentSearch(date(2021, 11, 1), date(2022, 3, 15))


def test_pages_contain_every_comment_once(spring):
    first = search_comments(spring, ALL)
    rows = [search_comments(spring, ALL, page).table for page in range(1, first.pages + 1)]
    assert sum(map(len, rows)) == first.total
    assert len(rows[0]) == PAGE_ROWS
    written = [day for table in rows for day in table["written"]]
    assert written == sorted(written, reverse=True)


def test_a_page_past_the_end_is_the_last(spring):
    last = search_comments(spring, ALL).pages
    assert search_comments(spring, ALL, 10_000).table.equals(search_comments(spring, ALL, last).table)


@pytest.mark.parametrize("text", ["%", "_", "'; DROP TABLE comment; --", "\\"])
def test_a_search_takes_signs_as_they_are(spring, text):
    result = search_comments(spring, CommentSearch(ALL.start, ALL.end, text))
    assert all(text in remark for remark in result.table["text"])


def test_counts_per_day_are_of_all_comments(spring):
    table = per_day(spring, Query(("remarks",), ALL.start, ALL.end))
    assert int(table["questions"].sum() + table["others"].sum()) == search_comments(spring, ALL).total


def test_languages_begin_with_the_most_frequent(spring):
    assert languages(spring)[0] == "zh"


@pytest.mark.parametrize(
    ("remark", "result"),
    [
        ("这个青瓷杯子好漂亮，请问还有货吗？", {"青瓷", "杯子", "漂亮"}),
        ("這個青瓷杯子好漂亮，請問還有貨嗎？", {"青瓷", "杯子", "漂亮"}),
        ("is this mug really handmade??", {"mug", "handmade"}),
        ("哈哈哈 👍👍 123", set()),
    ],
)
def test_words_leave_out_the_small_ones_of_both_scripts(remark, result):
    assert result <= words_of(remark)
    assert not {"这个", "這個", "请问", "請問", "is", "this", "really", "哈哈哈", "123"} & words_of(remark)


def test_words_come_with_examples(spring):
    table = words(spring, ALL, most=5)
    assert len(table) == 5
    assert table["comments"].is_monotonic_decreasing
    for row in table.itertuples():
        assert row.word in row.examples.lower()
