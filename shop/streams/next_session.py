"""When the shop's next live session is due, judged by when it went on air in the last four weeks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from sqlalchemy import text

from shop.access.roles import require_reader
from shop.core.clock import now_seconds
from shop.db.database import Database
from shop.metrics.settings import shop_settings

WEEKS, LEAST_WEEKS = 4, 3  # how far back, and in how many of these weeks a session began about then
WEEK = timedelta(days=7)
AROUND = timedelta(minutes=45)
STARTS = """
SELECT s.started_at, COALESCE(n.host, s.account) FROM live_session s LEFT JOIN session_note n ON n.shop_id = s.shop_id
  AND n.platform = s.platform AND n.session_id = s.session_id
WHERE s.shop_id = :shop AND s.started_at BETWEEN :since AND :now AND NOT s.is_inferred
"""


@dataclass(frozen=True)
class NextSession:
    """A session that is due: when on the shop's clock, its usual host, in how many of the last WEEKS it was."""

    at: datetime
    host: str | None
    weeks: int


def next_session(db: Database, *, shop: int = 1) -> NextSession | None:
    """The next session that is due within a week; None without a habit. Raises NotAllowed."""
    require_reader(db, "see_sums")
    now = now_seconds()
    with db.read() as connection:
        zone = ZoneInfo(shop_settings(connection, shop).time_zone)
        values = {"shop": shop, "since": now - WEEKS * 7 * 86_400, "now": now}
        rows = connection.execute(text(STARTS), values).all()
    starts = [
        (datetime.fromtimestamp(at, UTC).astimezone(zone).replace(tzinfo=None), host) for at, host in rows
    ]
    return due_after(datetime.fromtimestamp(now, UTC).astimezone(zone).replace(tzinfo=None), starts)


def due_after(now: datetime, starts: Sequence[tuple[datetime, str | None]]) -> NextSession | None:
    """The first session after a moment that starts of the weeks before it let expect; all on the shop's clock."""
    due_again = sorted(((now + (at - now) % WEEK, at, host) for at, host in starts), key=lambda item: item[0])
    for due, *_ in due_again:
        like = [item for item in due_again if abs(item[0] - due) <= AROUND]
        weeks = len({(at - now) // WEEK for _, at, _ in like})
        if weeks >= LEAST_WEEKS:
            minutes = median((due - now) / timedelta(minutes=1) for due, *_ in like)
            usual = now + timedelta(minutes=minutes)
            hosts = Counter(host for *_, host in like if host)
            rounded = usual.replace(minute=0, second=0, microsecond=0) + timedelta(
                minutes=5 * round((usual.minute + usual.second / 60) / 5)
            )
            return NextSession(rounded, hosts.most_common(1)[0][0] if hosts else None, weeks)
    return None
