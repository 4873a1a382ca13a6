"""Words that rise against the shop's own past."""

from datetime import date, timedelta

from sqlalchemy import text

from shop.comments.search import CommentSearch
from shop.comments.topics import topic_of
from shop.comments.trends import rising

START = date(2026, 3, 1)
NOW = CommentSearch(START, START + timedelta(days=29))


def write(db, day, remarks, language="zh", live=False):
    """Comments of one day, one of each text."""
    with db.write() as connection:
        start = connection.execute(text("SELECT COUNT(*) FROM comment")).scalar_one()
        for number, remark in enumerate(remarks, start):
            connection.execute(
                text(
                    "INSERT INTO comment (shop_id, platform, comment_id, text, language, is_question, written_on,"
                    " is_live, is_own, is_review, is_replied, updated_at, payload_hash)"
                    " VALUES (1, 'douyin', :id, :text, :language, 0, :day, :live, 0, 0, 0, 0, 0)"
                ),
                {
                    "id": str(number),
                    "text": remark,
                    "language": language,
                    "day": day.isoformat(),
                    "live": live,
                },
            )


def test_words_rise_against_comments_of_their_kind_and_language(db):
    write(db, START - timedelta(days=5), ["这个杯子好看"] * 60)
    write(db, START, ["这个杯子好看"] * 25 + ["这个花瓶好看"] * 15)
    write(db, START, ["link for that gaiwan please"] * 80, language="en", live=True)
    result = rising(db, NOW)
    assert [(one.word, one.now, one.before) for one in result] == [("花瓶", 15, 0)]
    assert result[0].ratio > 10


def test_nothing_rises_in_a_first_session(db):
    write(db, START, ["link for that gaiwan please"] * 80, language="en", live=True)
    assert rising(db, NOW) == []


def test_topics_are_of_whole_english_words():
    assert topic_of("is that incense holder still available") == "restock"
    assert topic_of("how much does it hold") == "capacity"
