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
), person AS (
  SELECT p.platform, p.session_id, p.video_id, c.author_key, MIN(c.written_at) AS since
  FROM place p JOIN comment c ON c.shop_id = :shop AND c.platform = p.platform
    AND (c.session_id = p.session_id OR (p.session_id IS NULL AND c.session_id IS NULL AND c.video_id = p.video_id))
  WHERE c.author_key IS NOT NULL AND c.written_at IS NOT NULL AND NOT c.is_own AND NOT c.is_review
  GROUP BY 1, 2, 3, 4
), sale AS (
  SELECT platform, buyer_key, paid_at FROM order_line
  WHERE shop_id = :shop AND buyer_key IN (SELECT author_key FROM person) AND paid_at IS NOT NULL
    AND NOT is_gift AND status <> 'cancelled'
), bought AS (
  SELECT n.platform, n.session_id, n.video_id, n.author_key, MIN(s.paid_at - n.since) AS after
  FROM person n LEFT JOIN sale s ON s.platform = n.platform AND s.buyer_key = n.author_key AND s.paid_at >= n.since
  GROUP BY 1, 2, 3, 4
)
SELECT CASE WHEN b.session_id IS NULL THEN 'video' ELSE 'live' END,
  COALESCE(l.title, v.title, b.session_id, b.video_id), b.platform, COUNT(*),
  SUM(b.after < :first), SUM(b.after < :second)
FROM bought b
LEFT JOIN live_session l ON l.shop_id = :shop AND l.platform = b.platform AND l.session_id = b.session_id
LEFT JOIN video v ON v.shop_id = :shop AND v.platform = b.platform AND v.video_id = b.video_id
GROUP BY b.platform, b.session_id, b.video_id HAVING COUNT(*) >= :least
ORDER BY COUNT(*) DESC, 2
"""


def commenters_who_bought(db: Database, search: CommentSearch) -> pd.DataFrame:
    """Each session and video that was commented on in a search's days: its commenters and the shares that bought.

    Columns: place (live or video), name, platform, people, bought_7 and bought_30 (shares of the people from 0 to 1;
    missing where withheld).
    """
    values = {
        "shop": search.shop,
        "start": search.start.isoformat(),
        "end": search.end.isoformat(),
        "first": SPANS[0] * DAY,
        "second": SPANS[1] * DAY,
        "least": LEAST,
    }
    with db.read() as connection:
        rows = connection.execute(text(PEOPLE), values).all()
    table = pd.DataFrame([(*row[:4], *_shares(*row[3:])) for row in rows], columns=list(COLUMNS))
    if search.platforms:
        table = table[table["platform"].isin(search.platforms)]
    return table.reset_index(drop=True)


def _shares(people: int, first: int | None, second: int | None) -> tuple[float | None, float | None]:
    """The shares that bought within the two spans, each None where a group that it shows is too small."""
    early, late = first or 0, second or 0
    shown_late = min(late, people - late) >= LEAST
    shown_early = min(early, people - early) >= LEAST
    if shown_early and shown_late and 0 < late - early < LEAST:
        shown_early = False
    return early / people if shown_early else None, late / people if shown_late else None
