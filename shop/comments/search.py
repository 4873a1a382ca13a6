"""Comment search: pages of comments, comments per day, and the most frequent words."""

from __future__ import annotations

import json
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
from shop.metrics.comment_days.arrays import KIND, Group
from shop.metrics.comment_days.find import ALL_DAYS, CommentDays, CommentMatches
from shop.metrics.query import Query, answer
from shop.metrics.settings import shop_settings

PAGE_ROWS = 50


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


PAGE = f"""
SELECT written_at, written_on, text, language, is_question, answered_at IS NOT NULL, likes, replies, platform, {KIND},
  author_key, is_own, comment_id
FROM comment WHERE shop_id = :shop AND platform = :platform AND comment_id IN (SELECT value FROM json_each(:ids))
"""


def author_mark(author_key: int | None) -> str:
    """Four signs that distinguish authors without naming them, "" where the author is unknown."""
    return "" if author_key is None else f"{author_key & 0xFFFF:04X}"


def search_comments(db: Database, search: CommentSearch, page: int = 1) -> CommentPage:
    """A page of the comments that a search finds, newest first; pages count from 1.

    A page past the end is the last one.
    """
    with db.read() as connection:
        zone = ZoneInfo(shop_settings(connection, search.shop).time_zone)
        days = CommentDays.of(connection, search.shop)
        matches = find_comments(days, search)
        pages = max(-(-matches.total // PAGE_ROWS), 1)
        skipped = PAGE_ROWS * (min(max(page, 1), pages) - 1)
        rows = _rows(connection, search.shop, days.keys(matches.part(skipped, PAGE_ROWS)))
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
    return CommentPage(table, matches.total, pages)


def _rows(connection: Connection, shop_id: int, keys: Sequence[tuple[str, str]]) -> list[Any]:
    """The columns of a page for some comments, in their order."""
    rows = {}
    for platform in {key[0] for key in keys}:
        ids = json.dumps([comment_id for name, comment_id in keys if name == platform])
        for row in connection.execute(text(PAGE), {"shop": shop_id, "platform": platform, "ids": ids}):
            rows[platform, row[12]] = row
    return [rows[key] for key in keys]


def find_comments(days: CommentDays, search: CommentSearch) -> CommentMatches:
    """The comments that a search finds."""

    def wanted(group: Group) -> bool:
        return (
            (not search.language or group.language == search.language)
            and (not search.questions or group.is_question)
            and (not search.kind or group.place == search.kind)
            and (search.with_own or not group.is_own)
            and (not search.platforms or group.platform in search.platforms)
            and (not search.intent or search.intent in group.intents.split(","))
            and (not search.sentiment or group.sentiment == search.sentiment)
        )

    return days.find(search.start.isoformat(), search.end.isoformat(), wanted, search.text.strip())


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
    counts: Counter[str] = Counter()
    with db.read() as connection:
        for group, count in CommentDays.of(connection, shop).count(*ALL_DAYS).items():
            counts[group.language] += count
    return tuple(sorted(counts, key=lambda name: (-counts[name], name)))


def words(db: Database, search: CommentSearch, most: int = 40) -> pd.DataFrame:
    """The words that most comments of a search contain, without the small words of either script.

    One row per word. Columns: word, comments (how many contain it), examples (a few of them, newest
    first). Counted in the newest 20 000 comments.
    """
    where, values = conditions(search)
    with db.read() as connection:
        rows = connection.execute(
            text(f"SELECT text FROM comment {where} ORDER BY written_on DESC LIMIT :rows"),
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
