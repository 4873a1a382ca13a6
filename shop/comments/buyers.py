"""Commenters who bought: how many of those who wrote in a session or under a video paid for something soon after.

A commenter is a buyer where comments and orders of a platform carry the same id of a person: both are stored as the
same keyed hash, and equal hashes are equal ids (proof of grade B: an id, not a statement of the platform). Platforms
that give ids of their own to each side never match, and nothing is guessed from names.

Nobody can be picked out: figures are of whole sessions and videos, whatever days are chosen, so that two ranges cannot
be subtracted, and a share is withheld where either side of it, or who joined between the two spans, is one to
LEAST - 1 people (or nobody); a place with fewer than LEAST commenters is left out.
"""

from __future__ import annotations

import pandas as pd
from sqlalchemy import text

from shop.comments.search import CommentSearch
from shop.db.database import Database

LEAST = 5  # people of a group that is shown
SPANS = (7, 30)  # days after somebody's first comment there
DAY = 86_400
COLUMNS = ("place", "name", "platform", "people", *(f"bought_{days}" for days in SPANS))

PEOPLE = """
WITH place AS (
  SELECT DISTINCT platform, session_id, CASE WHEN session_id IS NULL THEN video_id END AS video_id FROM comment
  WHERE shop_id = :shop AND written_on BETWEEN :start AND :end AND NOT is_own AND NOT is_review
    AND (session_id IS NOT NULL OR video_id IS NOT NULL)
), remark AS (
  SELECT c.platform, 'live' AS kind, c.session_id AS content, c.author_key, c.written_at
  FROM place p CROSS JOIN comment c ON c.shop_id = :shop AND c.platform = p.platform AND c.session_id = p.session_id
  WHERE c.author_key IS NOT NULL AND c.written_at IS NOT NULL AND NOT c.is_own AND NOT c.is_review
  UNION ALL
  SELECT c.platform, 'video', c.video_id, c.author_key, c.written_at
  FROM place p CROSS JOIN comment c ON c.shop_id = :shop AND c.platform = p.platform AND c.video_id = p.video_id
  WHERE p.session_id IS NULL AND c.session_id IS NULL
    AND c.author_key IS NOT NULL AND c.written_at IS NOT NULL AND NOT c.is_own AND NOT c.is_review
)
SELECT platform, kind, content, author_key, MIN(written_at) FROM remark GROUP BY 1, 2, 3, 4
"""
SALES = """
SELECT platform, buyer_key, paid_at FROM order_line
WHERE shop_id = :shop AND buyer_key IS NOT NULL AND paid_at BETWEEN :first AND :last
  AND NOT is_gift AND status <> 'cancelled'
"""
TITLES = """
SELECT platform, 'live', session_id, title FROM live_session WHERE shop_id = :shop
UNION ALL SELECT platform, 'video', video_id, title FROM video WHERE shop_id = :shop
"""


def commenters_who_bought(db: Database, search: CommentSearch) -> pd.DataFrame:
    """Each session and video that was commented on in a search's days: its commenters and the shares that bought.

    Columns: place (live or video), name, platform, people, bought_7 and bought_30 (shares of the people from 0 to 1;
    missing where withheld).
    """
    values = {"shop": search.shop, "start": search.start.isoformat(), "end": search.end.isoformat()}
    with db.read() as connection:
        rows = connection.execute(text(PEOPLE), values).all()
        people = pd.DataFrame(
            list(map(tuple, rows)), columns=["platform", "place", "content", "person", "since"]
        )
        if people.empty:
            return pd.DataFrame(columns=list(COLUMNS))
        within = {"first": int(people["since"].min()), "last": int(people["since"].max()) + SPANS[-1] * DAY}
        rows = connection.execute(text(SALES), {"shop": search.shop, **within}).all()
        sales = pd.DataFrame(list(map(tuple, rows)), columns=["platform", "person", "paid"])
        titles = {tuple(row[:3]): row[3] for row in connection.execute(text(TITLES), {"shop": search.shop})}
    of_place = _after(people, sales).groupby(["platform", "place", "content"])["after"]
    counts = of_place.agg(
        people="size",
        first=lambda after: int((after < SPANS[0] * DAY).sum()),
        second=lambda after: int((after < SPANS[1] * DAY).sum()),
    )
    table = pd.DataFrame(
        [
            (key[1], key[2] if titles.get(key) is None else titles[key], key[0], row.people, *_shares(*row))
            for key, row in zip(counts.index, counts.itertuples(index=False), strict=True)
            if row.people >= LEAST
        ],
        columns=list(COLUMNS),
    ).sort_values(["people", "name"], ascending=[False, True], kind="stable")
    if search.platforms:
        table = table[table["platform"].isin(search.platforms)]
    return table.reset_index(drop=True)


def _after(people: pd.DataFrame, sales: pd.DataFrame) -> pd.DataFrame:
    """The people with the seconds from their first comment to their next order, missing where there is none."""
    next_sale = pd.merge_asof(
        people.sort_values("since"),
        sales.astype({"person": "int64", "paid": "int64"}).sort_values("paid"),
        left_on="since",
        right_on="paid",
        by=["platform", "person"],
        direction="forward",
    )
    return next_sale.assign(after=next_sale["paid"] - next_sale["since"])


def _shares(people: int, first: int | None, second: int | None) -> tuple[float | None, float | None]:
    """The shares that bought within the two spans, each None where a group that it shows is too small."""
    early, late = first or 0, second or 0
    shown_late = min(late, people - late) >= LEAST
    shown_early = min(early, people - early) >= LEAST
    if shown_early and shown_late and 0 < late - early < LEAST:
        shown_early = False
    return early / people if shown_early else None, late / people if shown_late else None
