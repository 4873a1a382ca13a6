"""Words and feelings over time: what is written more than before, by more than chance; sentiment with its interval.

A word rises when its share of the comments is larger than in the shop's own past (the stretch of the same length times
BACK before, comments of the same kind and language), by an exact one-sided binomial test of its count given both, with
a false discovery rate of 5 % over all words (Benjamini & Hochberg 1995, Journal of the Royal Statistical Society B 57).
"""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from math import exp, lgamma, log
from typing import Any

import pandas as pd
from sqlalchemy import text

from shop.comments.search import CommentSearch, conditions, find_comments, words_of
from shop.core.periods import Period
from shop.db.database import Database
from shop.metrics.comment_days.arrays import KIND
from shop.metrics.comment_days.find import CommentDays
from shop.metrics.query import Query, answer
from shop.metrics.tables import cells
from shop.stats.proportions import Rate

BACK = 3
LEAST_BEFORE = 20  # comments of a kind and language before
LEAST = 3  # comments that a rising word is in
FALSE_RATE = 0.05
SENTIMENTS = ("pos", "neu", "neg", "unsure")


@dataclass(frozen=True)
class RisingWord:
    """One word: comments with it now and before, and how many times its share of before it has."""

    word: str
    now: int
    before: int
    ratio: float


def rising(db: Database, search: CommentSearch, most: int = 20) -> list[RisingWord]:
    """The words of a search's days that rise against the stretch before, the surest first.

    Comments of one kind (video, live, review) and language are compared with those of the same, and only where the
    stretch before has LEAST_BEFORE of them: the first live session does not make all of its words rise. The test
    uses the mean share over the groups of a word, which makes it careful (Hoeffding 1956, Annals of Mathematical
    Statistics 27).
    """
    days = (search.end - search.start).days + 1
    past = replace(
        search, start=search.start - timedelta(days=BACK * days), end=search.start - timedelta(days=1)
    )
    now, before = _counts(db, search), _counts(db, past)
    share = {
        group: now[group][1] / (now[group][1] + before[group][1])
        for group in now
        if group in before and before[group][1] >= LEAST_BEFORE
    }
    words_now: Counter[str] = Counter()
    words_before: Counter[str] = Counter()
    # of all comments with a word, those that would be now by the group's share
    expected: dict[str, float] = defaultdict(float)
    for group, of_now in share.items():
        words_now.update(now[group][0])
        words_before.update(before[group][0])
        for word in {*now[group][0], *before[group][0]}:
            expected[word] += of_now * (now[group][0][word] + before[group][0][word])
    mean = {word: expected[word] / (count + words_before[word]) for word, count in words_now.items()}
    tested = sorted(
        (binomial_tail(count, count + words_before[word], mean[word]), word)
        for word, count in words_now.items()
        if count >= LEAST
    )
    passed = max(
        (rank for rank, (p, _) in enumerate(tested, 1) if p <= FALSE_RATE * rank / len(tested)), default=0
    )
    return [
        RisingWord(
            word,
            words_now[word],
            words_before[word],
            (words_now[word] + 0.5) / (words_before[word] + 0.5) * (1 - mean[word]) / mean[word],
        )
        for _, word in tested[:passed][:most]
    ]


Group = tuple[str, str]


def _counts(db: Database, search: CommentSearch) -> dict[Group, tuple[Counter[str], int]]:
    """By kind and language of the comments: how many have each word, and how many there are."""
    where, values = conditions(search)
    words: dict[Group, Counter[str]] = defaultdict(Counter)
    totals: Counter[Group] = Counter()
    with db.read() as connection:
        for kind, language, remark in connection.execute(
            text(f"SELECT {KIND}, language, text FROM comment {where}"), values
        ):
            words[kind, language].update(words_of(remark))
            totals[kind, language] += 1
    return {group: (words[group], total) for group, total in totals.items()}


def binomial_tail(count: int, trials: int, share: float) -> float:
    """The chance of at least `count` successes in `trials`, each with the chance `share` (0 < share < 1)."""
    whole = lgamma(trials + 1)
    chances = (
        exp(whole - lgamma(k + 1) - lgamma(trials - k + 1) + k * log(share) + (trials - k) * log(1 - share))
        for k in range(count, trials + 1)
    )
    return min(sum(chances), 1.0)


def word_days(db: Database, search: CommentSearch, word: str) -> pd.DataFrame:
    """Comments per day that contain a word, days without any included. Columns: day, comments."""
    with db.read() as connection:
        counts = find_comments(CommentDays.of(connection, search.shop), replace(search, text=word)).by_day()
    days = [search.start + timedelta(days=n) for n in range((search.end - search.start).days + 1)]
    return pd.DataFrame({"day": days, "comments": [counts.get(day.isoformat(), 0) for day in days]})


def session_words(db: Database, search: CommentSearch, most: int = 30) -> pd.DataFrame:
    """Comments per live session with its most frequent words.

    Columns: platform, session_id, session (its title, else its id), started, comments, words.
    """
    where, values = conditions(search)
    by_session: dict[tuple[str, str], list[str]] = defaultdict(list)
    with db.read() as connection:
        for platform, session, remark in connection.execute(
            text(f"SELECT platform, session_id, text FROM comment {where} AND session_id IS NOT NULL"), values
        ):
            by_session[platform, session].append(remark)
        started = {
            (row[0], row[1]): (row[2], row[3] or "")
            for row in connection.execute(
                text(
                    "SELECT platform, session_id, started_on, title FROM live_session WHERE shop_id = :shop"
                ),
                {"shop": search.shop},
            )
        }
    rows = []
    for key, remarks in by_session.items():
        counts = Counter(word for remark in remarks for word in words_of(remark))
        on, title = started.get(key, (None, ""))
        rows.append(
            (*key, title or key[1], on, len(remarks), " ".join(word for word, _ in counts.most_common(8)))
        )
    table = pd.DataFrame(rows, columns=["platform", "session_id", "session", "started", "comments", "words"])
    return table.sort_values("started", ascending=False, na_position="last").head(most)


@dataclass(frozen=True)
class SentimentWeek:
    """One week (its first day): comments by sentiment, unsure counted as neutral, and the interval of the shares."""

    week: date
    comments: int
    positive: Rate
    negative: Rate


def sentiment_weeks(db: Database, search: CommentSearch) -> list[SentimentWeek]:
    """The sentiment of each week with comments, oldest first."""
    weeks: dict[date, Counter[str]] = defaultdict(Counter)
    with db.read() as connection:
        days = CommentDays.of(connection, search.shop)
        for name in SENTIMENTS:
            for day, count in find_comments(days, replace(search, sentiment=name)).by_day().items():
                on = date.fromisoformat(day)
                weeks[on - timedelta(days=on.weekday())][name] += count
    return [
        SentimentWeek(
            week, total := sum(counts.values()), Rate(counts["pos"], total), Rate(counts["neg"], total)
        )
        for week, counts in sorted(weeks.items())
    ]


@cache
def pains() -> dict[str, tuple[str, ...]]:
    """The kinds of complaint with their words, from pains.toml."""
    source = files("shop.comments").joinpath("pains.toml").read_text("utf-8")
    return {name: tuple(words) for name, words in tomllib.loads(source)["pains"].items()}


def pains_of(remark: str) -> list[str]:
    """The kinds of complaint whose words a text has."""
    plain = remark.lower()
    return [name for name, words in pains().items() if any(word in plain for word in words)]


def complaint_weeks(db: Database, search: CommentSearch, query: Query) -> pd.DataFrame:
    """Complaints per week by kind, with the refunds of the same weeks. Columns: week, the kinds, refunds (cents)."""
    counts: dict[date, Counter[str]] = defaultdict(Counter)
    for day, _, remark, _ in _complaints(db, search):
        counts[day - timedelta(days=day.weekday())].update(pains_of(remark))
    refunds = answer(db, replace(query, metrics=("refunds",), by=("day",)))
    money: Counter[date] = Counter()
    for day, cents in zip(cells(refunds["day"]), cells(refunds["refunds"]), strict=True):
        on = day if isinstance(day, date) else date.fromisoformat(str(day)[:10])
        money[on - timedelta(days=on.weekday())] += int(cents or 0)
    weeks = sorted({*counts, *(week for week, cents in money.items() if cents)})
    return pd.DataFrame(
        [(week, *(counts[week][name] for name in pains()), money[week]) for week in weeks],
        columns=["week", *pains(), "refunds"],
    )


def review_pains(db: Database, period: Period, shop_id: int = 1) -> pd.DataFrame:
    """What reviews complain of, by product. Columns: sku, title, reviews, stars (average), the kinds of complaint."""
    rows: dict[str, dict[str, Any]] = {}
    with db.read() as connection:
        reviews = connection.execute(
            text(
                "SELECT COALESCE(m.sku, l.sku, c.product_id), COALESCE(p.title, n.title, c.product_id), c.stars, "
                "c.text "
                "FROM comment c LEFT JOIN order_line l ON l.shop_id = c.shop_id AND l.platform = c.platform "
                "AND l.order_id = c.order_id LEFT JOIN sold_match m ON m.shop_id = l.shop_id "
                "AND m.name_key = l.name_key LEFT JOIN sold_name n ON n.shop_id = l.shop_id "
                "AND n.name_key = l.name_key LEFT JOIN variant v ON v.shop_id = c.shop_id AND v.sku = m.sku "
                "LEFT JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code "
                "WHERE c.shop_id = :shop AND c.is_review AND NOT c.is_own AND c.written_on BETWEEN :start AND :end "
                "GROUP BY c.platform, c.comment_id"
            ),
            {"shop": shop_id, "start": period.start.isoformat(), "end": period.end.isoformat()},
        )
        for sku, title, stars, remark in reviews:
            row = rows.setdefault(sku or "", {"title": title, "stars": [], "reviews": 0, "pains": Counter()})
            row["reviews"] += 1
            row["pains"].update(pains_of(remark))
            if stars is not None:
                row["stars"].append(stars)
    table = pd.DataFrame(
        [
            (
                sku,
                row["title"] or sku,
                row["reviews"],
                sum(row["stars"]) / len(row["stars"]) if row["stars"] else None,
                *(row["pains"][name] for name in pains()),
            )
            for sku, row in rows.items()
        ],
        columns=["sku", "title", "reviews", "stars", *pains()],
    )
    return table.sort_values("reviews", ascending=False)


def _complaints(db: Database, search: CommentSearch) -> list[tuple[date, str, str, str]]:
    """Comments about what was bought or received: day, platform, text, intents."""
    where, values = conditions(search)
    with db.read() as connection:
        rows = connection.execute(
            text(
                "SELECT written_on, platform, text, intents FROM comment JOIN comment_label "
                f"USING (shop_id, platform, comment_id) {where} AND (is_review OR intents LIKE '%after_sale%')"
            ),
            values,
        )
        return [(date.fromisoformat(row[0]), row[1], row[2], row[3]) for row in rows]
