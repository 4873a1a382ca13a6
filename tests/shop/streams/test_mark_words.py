"""The words of a session between its marks."""

from pathlib import Path

from shop.streams.marks import mark_words
from tests.support.fresh import new_database
from tests.support.shops.live_evening import SESSION, evening, mark, marked


def test_the_words_of_a_session_belong_to_the_mark_before_them(tmp_path: Path) -> None:
    db = new_database(tmp_path / "shop.db")
    evening(db)
    assert mark_words(db, "douyin", SESSION).empty and mark_words(db, "douyin", "7777").empty
    marked(db, mark(0, item="A1"), mark(62, "explain", "A2"), mark(3_001, "coupon", None))
    table = mark_words(db, "douyin", SESSION)
    assert table.values.tolist() == [
        [0, "show", "A1", 1, "多大 杯子"],
        [1, "explain", "A2", 2, ""],
        [50, "coupon", "", 0, ""],
    ]
