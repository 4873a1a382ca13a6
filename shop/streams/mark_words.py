"""What was talked about while each piece was shown: the words of a session between its marks."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from itertools import pairwise

import pandas as pd
from sqlalchemy import text

from shop.comments.search import words_of
from shop.db.database import Database
from shop.streams.marks import marks
from shop.streams.session import UnknownSession, find_session

REMARKS = """
SELECT written_at, text FROM comment WHERE shop_id = :shop AND platform = :platform AND session_id = :session
  AND written_at IS NOT NULL AND NOT is_own ORDER BY written_at
"""
WORDS = 6
COLUMNS = ["minute", "kind", "item", "comments", "words"]


def mark_words(db: Database, platform: str, session_id: str, shop: int = 1) -> pd.DataFrame:
    """Each mark of a session with the comments from it until the next one, and the words that most of these have.

    Columns: minute (of the session), kind, item (as it was written), comments, words. Empty without marks, or where
    the session itself is not known.
    """
    try:
        session = find_session(db, session_id, platform, shop=shop)
    except UnknownSession:
        return pd.DataFrame(columns=COLUMNS)
    marked = marks(db, session)
    values = {"shop": shop, "platform": platform, "session": session_id}
    with db.read() as connection:
        remarks = connection.execute(text(REMARKS), values).all() if marked else []
    moments = [remark[0] for remark in remarks]
    starts = [bisect_left(moments, mark.marked_at) for mark in marked]
    rows = []
    for mark, (first, after) in zip(marked, pairwise([*starts, len(remarks)]), strict=True):
        counts = Counter(word for _, remark in remarks[first:after] for word in words_of(remark))
        top = sorted(counts, key=lambda word: (-counts[word], word))[:WORDS]
        minute = (mark.marked_at - session.started_at) // 60
        rows.append((minute, mark.kind, mark.item or "", after - first, " ".join(top)))
    return pd.DataFrame(rows, columns=COLUMNS)
