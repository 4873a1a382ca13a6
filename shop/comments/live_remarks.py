"""Remarks of live sessions, each joined to its session whichever came first.

A remark's session is the one that the file or the user names, else the only one of its platform that ran at its
moment. Its second is counted from the session's start; where only the second is known, the moment follows.
"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

LEAD, TAIL = 60, 600  # seconds: a recorder starts before the platform's clock and stops after it
OPEN = "shop_id = :shop AND is_live AND (session_id IS NULL OR second IS NULL OR written_at IS NULL)"
RUNNING = """
SELECT {} FROM live_session s WHERE s.shop_id = comment.shop_id AND s.platform = comment.platform
  AND comment.written_at BETWEEN s.started_at - :lead AND s.ended_at + :tail
"""
STARTED = """
(SELECT s.started_at FROM live_session s WHERE s.shop_id = comment.shop_id
  AND s.platform = comment.platform AND s.session_id = comment.session_id)
"""


def start_of_session(connection: Connection, shop_id: int, session_id: str) -> int | None:
    """The start of a session that a source states, in seconds UTC; None where none does."""
    start: int | None = connection.execute(
        text(
            "SELECT MIN(started_at) FROM live_session WHERE shop_id = :shop AND session_id = :session "
            "AND NOT is_inferred"
        ),
        {"shop": shop_id, "session": session_id},
    ).scalar()
    return start


def join_sessions(connection: Connection, shop_id: int, time_zone: str) -> int:
    """Join the remarks whose session, second or moment is still open; how many changed."""
    values = {"shop": shop_id, "lead": LEAD, "tail": TAIL}
    if connection.execute(text(f"SELECT 1 FROM comment WHERE {OPEN} LIMIT 1"), values).first() is None:
        return 0
    changed = connection.execute(
        text(
            f"UPDATE comment SET session_id = ({RUNNING.format('s.session_id')}) WHERE {OPEN} "
            "AND session_id IS NULL AND written_at IS NOT NULL "
            f"AND ({RUNNING.format('COUNT(*)')}) = 1"
        ),
        values,
    ).rowcount
    changed += connection.execute(
        text(
            f"UPDATE comment SET second = MAX(written_at - {STARTED}, 0) WHERE {OPEN} AND second IS NULL "
            f"AND written_at IS NOT NULL AND {STARTED} IS NOT NULL"
        ),
        values,
    ).rowcount
    rows = connection.execute(
        text(
            f"SELECT platform, comment_id, {STARTED} + second AS at FROM comment WHERE {OPEN} "
            f"AND written_at IS NULL AND second IS NOT NULL AND {STARTED} IS NOT NULL"
        ),
        values,
    ).all()
    zone = ZoneInfo(time_zone)
    placed = [
        {
            "shop": shop_id,
            "platform": row.platform,
            "comment": row.comment_id,
            "at": row.at,
            "day": datetime.fromtimestamp(row.at, UTC).astimezone(zone).date().isoformat(),
        }
        for row in rows
    ]
    if placed:
        connection.execute(
            text(
                "UPDATE comment SET written_at = :at, written_on = :day WHERE shop_id = :shop "
                "AND platform = :platform AND comment_id = :comment"
            ),
            placed,
        )
    return changed + len(placed)
