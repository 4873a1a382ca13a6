"""Comment search: pages of comments, comments per day, and the most frequent words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import Connection, text

from shop.db.database import Database
from shop.metrics.query import Query, answer
from shop.metrics.settings import shop_settings

PAGE_ROWS = 50
ONE_PASS = 0.25  # share of all comments from which reading the whole table is faster than following the index of days


@cache
def stop_words() -> frozenset[str]:
    """The frequent words of Chinese, in both scripts, and of English that carry no topic."""
    return frozenset(files("shop.comments").joinpath("stop_words.txt").read_text("utf-8").split())


WORDS_FROM = 20_000  # the newest comments that the words are counted in
EXAMPLES = 3


@dataclass(frozen=True)
class CommentSearch:
    """Which comments of the audience: written in the range, containing a text, in a language, only questions.

    `kind` is video, live or review; `with_own` includes what the shop's own accounts wrote.
    """

    start: date
    end: date
    text: str = ""
    language: str = ""
    questions: bool = False
    platforms: tuple[str, ...] = ()
    kind: str = ""
    with_own: bool = False
    shop: int = 1
    intent: str = ""
    sentiment: str = ""


@dataclass(frozen=True)
class CommentPage:
    """One page of the matching comments, and how many there are in all.

    One row per comment, newest first. Columns: written (shop time), text, language, is_question,
    is_answered, likes, replies, platform, place (video, live or review), author (a short mark), is_own,
    comment (its id).
    """

    table: pd.DataFrame
    total: int
    pages: int


KIND = "CASE WHEN is_review THEN 'review' WHEN is_live OR session_id IS NOT NULL THEN 'live' ELSE 'video' END"
"""What a comment was written on, as SQL over the columns of `comment`."""


def author_mark(author_key: int | None) -> str:
    """Four signs that distinguish authors without naming them, "" where the author is unknown."""
    return "" if author_key is None else f"{author_key & 0xFFFF:04X}"


def search_comments(db: Database, search: CommentSearch, page: int = 1) -> CommentPage:
    """A page of the comments that a search finds, newest first; pages count from 1.

    A page past the end is the last one.
    """
    where, values = conditions(search)
    with db.read() as connection:
        zone = ZoneInfo(shop_settings(connection, search.shop).time_zone)
        where = f"{_source(connection, search)} {where}"
        rows = _rows(connection, where, values, max(page, 1))
        total = len(rows)
        if page > 1 or total == PAGE_ROWS:  # else the page has all that match, and one reading was enough
            total = int(connection.execute(text(f"SELECT COUNT(*) FROM {where}"), values).scalar() or 0)
        pages = max(-(-total // PAGE_ROWS), 1)
        if page > pages:
            rows = _rows(connection, where, values, pages)
    table = pd.DataFrame(
        [
            (
                _written(row[0], row[1], zone),
                row[2],
                row[3],
                bool(row[4]),
                bool(row[5]),
                *row[6:10],
                author_mark(row[10]),
                bool(row[11]),
                row[12],
            )
            for row in rows
        ],
        columns=[
            "written",
            "text",
            "language",
            "is_question",
            "is_answered",
            "likes",
            "replies",
            "platform",
            "place",
            "author",
            "is_own",
            "comment",
        ],
    )
    for name in ("likes", "replies"):
        table[name] = table[name].astype("Int64")
    return CommentPage(table, total, pages)


def _source(connection: Connection, search: CommentSearch) -> str:
    """The table as it is read fastest: in one pass where each of a large share of all comments must be looked at."""
    if not (search.text.strip() or search.intent or search.sentiment):
        return "comment"
    values = {"shop": search.shop, "start": search.start.isoformat(), "end": search.end.isoformat()}
    counted = "SELECT COUNT(*) FROM comment WHERE shop_id = :shop"
    within = connection.execute(
        text(f"{counted} AND written_on BETWEEN :start AND :end"), values
    ).scalar_one()
    total = connection.execute(text(counted), values).scalar_one()
    return "comment NOT INDEXED" if within > total * ONE_PASS else "comment"


def _rows(connection: Connection, where: str, values: dict[str, Any], page: int) -> Sequence[Any]:
    return connection.execute(
        text(
            "SELECT written_at, written_on, text, language, is_question, answered_at IS NOT NULL, "
            f"likes, replies, platform, {KIND}, author_key, is_own, comment_id "
            f"FROM {where} ORDER BY written_on DESC, written_at DESC, comment_id "
            "LIMIT :rows OFFSET :skip"
        ),
        values | {"rows": PAGE_ROWS, "skip": PAGE_ROWS * (page - 1)},
    ).fetchall()


def _written(at: int | None, on: str | None, zone: ZoneInfo) -> str | None:
    if at is None:
        return on
    return f"{datetime.fromtimestamp(at, UTC).astimezone(zone):%Y-%m-%d %H:%M}"


def conditions(search: CommentSearch) -> tuple[str, dict[str, Any]]:
    """The WHERE clause of a search over the columns of `comment`, and its values."""
    parts = ["WHERE shop_id = :shop AND written_on BETWEEN :start AND :end"]
    values: dict[str, Any] = {
        "shop": search.shop,
        "start": search.start.isoformat(),
        "end": search.end.isoformat(),
    }
    if search.text.strip():
        parts.append("AND text LIKE :text ESCAPE '\\'")
        values["text"] = f"%{_escaped(search.text.strip())}%"
    if search.language:
        parts.append("AND language = :language")
        values["language"] = search.language
    if search.questions:
        parts.append("AND is_question")
    if search.intent or search.sentiment:
        parts.append(
            "AND EXISTS (SELECT 1 FROM comment_label l WHERE l.shop_id = comment.shop_id AND l.platform = "
            "comment.platform AND l.comment_id = comment.comment_id"
        )
        if search.intent:
            parts.append("AND ',' || l.intents || ',' LIKE '%,' || :intent || ',%'")
            values["intent"] = search.intent
        if search.sentiment:
            parts.append("AND l.sentiment = :sentiment")
            values["sentiment"] = search.sentiment
        parts.append(")")
    if not search.with_own:
        parts.append("AND NOT is_own")
    if search.kind:
        parts.append(f"AND {KIND} = :kind")
        values["kind"] = search.kind
    if search.platforms:
        marks = ", ".join(f":p{place}" for place in range(len(search.platforms)))
        parts.append(f"AND platform IN ({marks})")
        values |= {f"p{place}": name for place, name in enumerate(search.platforms)}
    return " ".join(parts), values


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def per_day(db: Database, query: Query) -> pd.DataFrame:
    """Comments per day, all of them, with the questions counted separately: day, questions, others."""
    table = answer(db, replace(query, metrics=("remarks", "questions"), by=("day",)))
    table["others"] = table["remarks"] - table["questions"]
    return table[["day", "questions", "others"]]


def languages(db: Database, shop: int = 1) -> tuple[str, ...]:
    """The languages that comments are written in, the most frequent first."""
    with db.read() as connection:
        rows = connection.execute(
            text(
                "SELECT language FROM comment WHERE shop_id = :shop GROUP BY language "
                "ORDER BY COUNT(*) DESC, language"
            ),
            {"shop": shop},
        )
        return tuple(str(row[0]) for row in rows)


def words(db: Database, search: CommentSearch, most: int = 40) -> pd.DataFrame:
    """The words that most comments of a search contain, without the small words of either script.

    One row per word. Columns: word, comments (how many contain it), examples (a few of them, newest
    first). Counted in the newest 20 000 comments.
    """
    where, values = conditions(search)
    with db.read() as connection:
        rows = connection.execute(
            text(
                f"SELECT text FROM {_source(connection, search)} {where} ORDER BY written_on DESC LIMIT :rows"
            ),
            values | {"rows": WORDS_FROM},
        )
        texts = [str(row[0]) for row in rows]
    counts: Counter[str] = Counter()
    examples: dict[str, list[str]] = {}
    for remark in texts:
        for word in words_of(remark):
            counts[word] += 1
            texts_of_word = examples.setdefault(word, [])
            if len(texts_of_word) < EXAMPLES and remark not in texts_of_word:
                texts_of_word.append(remark)
    top = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:most]
    return pd.DataFrame(
        [(word, count, " / ".join(examples[word])) for word, count in top],
        columns=["word", "comments", "examples"],
    )


NO_WORDS = re.compile(
    r"\[[^\[\]\s]{1,8}\]|@\S{1,20}|https?://\S+|●+"  # emoji codes such as [捂脸], mentions, links, blotted contacts
    r"|此用户没有填写评价|该用户未填写评价|系统默认好评|默认好评|用户未填写文字内容|该用户觉得商品(?:很好|较好|不错)"
)


def words_of(remark: str) -> set[str]:
    """The words of one comment that carry meaning: split, small words and signs left out."""
    import rjieba

    return set(_topic_words(rjieba.cut(NO_WORDS.sub(" ", remark.lower()))))


def _topic_words(parts: Iterable[str]) -> Iterable[str]:
    for part in parts:
        word = part.strip()
        if len(word) < 2 or word in stop_words() or not word.isalnum() or word.isdigit():
            continue
        yield word
