"""One live session with its figures as the platform states them, what was typed about it, and its sums."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from shop.access.roles import require_reader
from shop.core.clock import day_of, now_seconds
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.metrics.settings import shop_settings
from shop.metrics.stream_rollups import END, RUNNING_SECONDS

FIGURES = (
    "peak_viewers",
    "average_viewers",
    "impressions",
    "exposed_viewers",
    "views",
    "viewers",
    "watch_seconds",
    "average_watch_seconds",
    "views_over_minute",
    "followers_gained",
    "club_joined",
    "negative_feedback",
    "comments",
    "likes",
    "shares",
    "product_viewers",
    "product_impressions",
    "product_clicks",
    "product_clickers",
    "orders_created",
    "orders",
    "units",
    "buyers",
    "gmv_cents",
)
ROW = f"""
SELECT s.platform, s.session_id, s.account, s.title, s.started_at, s.ended_at, s.started_on, s.seconds, s.currency,
  s.is_inferred, {END} AS supposed_end, {", ".join(f"s.{name}" for name in FIGURES)}, n.host, n.replay_url,
  n.spend_cents, n.spend_currency
FROM live_session s LEFT JOIN session_note n ON n.shop_id = s.shop_id AND n.platform = s.platform
  AND n.session_id = s.session_id
WHERE s.shop_id = :shop AND s.session_id = :session AND (:platform IS NULL OR s.platform = :platform)
ORDER BY s.started_at DESC LIMIT 1
"""
STARTED = """
SELECT platform, session_id FROM live_session
WHERE shop_id = :shop AND started_at > :since AND NOT is_inferred ORDER BY started_at DESC
"""
FOLLOWING = """
SELECT MIN(started_at) FROM live_session
WHERE shop_id = :shop AND platform = :platform AND started_at > :started AND NOT is_inferred
"""
LATE = "SELECT COALESCE((SELECT late_seconds FROM attribution_rules WHERE shop_id = :shop), 900)"


class UnknownSession(ShopError):
    """No live session of this id."""

    message = "There is no live session {session}. `kilnboard live list` shows the sessions with their ids."


@dataclass(frozen=True)
class SessionRecord:
    """One live session: moments in seconds UTC, `figures` as the platform states them (None: unknown).

    `supposed_end`: `ended_at`, or where no source states it, what is supposed (shop/metrics/stream_rollups.py).
    `window_end`: until when an order placed still belongs to it; now, while it runs. `host` is the typed one, else
    the account. `spend_cents` is what was typed for it, in `spend_currency`.
    """

    shop_id: int
    platform: str
    session_id: str
    account: str | None
    title: str | None
    started_at: int
    ended_at: int | None
    supposed_end: int
    started_on: date
    seconds: int | None
    currency: str
    is_inferred: bool
    figures: dict[str, int | None]
    host: str | None
    replay_url: str | None
    spend_cents: int | None
    spend_currency: str | None
    window_end: int
    time_zone: str

    @property
    def is_running(self) -> bool:
        """Whether no source states its end yet and it started within RUNNING_SECONDS."""
        return _runs(self.started_at, self.ended_at, now_seconds(), is_inferred=self.is_inferred)

    @property
    def has_supposed_end(self) -> bool:
        """Whether it is over and no source states when it ended."""
        return self.ended_at is None and self.seconds is None and not self.is_running

    @property
    def length(self) -> int:
        """Seconds from its start to its end, or to now while it runs; at least 60."""
        end = now_seconds() if self.ended_at is None and self.is_running else self.supposed_end
        return max(end - self.started_at, 60)

    def per_hour(self, amount: int | None) -> float | None:
        """An amount of the session per hour on air; None where it is unknown, or how long it was."""
        return None if amount is None or self.is_inferred else amount * 3600 / self.length

    def local(self, moment: int) -> datetime:
        """A moment (seconds UTC) on the shop's own clock."""
        return datetime.fromtimestamp(moment, UTC).astimezone(ZoneInfo(self.time_zone))


def _runs(started_at: int, ended_at: int | None, now: int, *, is_inferred: bool) -> bool:
    has_ended = ended_at is not None and ended_at <= now
    return not has_ended and not is_inferred and 0 <= now - started_at < RUNNING_SECONDS


def running_sessions(db: Database, *, shop: int = 1) -> list[SessionRecord]:
    """The sessions that go on now, the latest first. Raises NotAllowed for a role that sees no sums."""
    require_reader(db, "see_sums")
    with db.read() as connection:
        rows = connection.execute(
            text(STARTED), {"shop": shop, "since": now_seconds() - RUNNING_SECONDS}
        ).all()
        listed = [read_session(connection, row[1], row[0], shop=shop) for row in rows]
    return [session for session in listed if session.is_running]


def find_session(
    db: Database, session_id: str, platform: str | None = None, *, shop: int = 1
) -> SessionRecord:
    """The session of an id, of one platform where named.

    Raises UnknownSession, and NotAllowed for a role that sees no sums.
    """
    require_reader(db, "see_sums")
    with db.read() as connection:
        return read_session(connection, session_id, platform, shop=shop)


def read_session(
    connection: Connection, session_id: str, platform: str | None = None, *, shop: int = 1
) -> SessionRecord:
    """The same within a transaction."""
    values: dict[str, Any] = {"shop": shop, "session": session_id, "platform": platform}
    row = connection.execute(text(ROW), values).mappings().first()
    if row is None or row["started_at"] is None:
        raise UnknownSession(session=session_id)
    values |= {"platform": row["platform"], "started": row["started_at"]}
    following = connection.execute(text(FOLLOWING), values).scalar()
    late = int(connection.execute(text(LATE), values).scalar_one())
    now = now_seconds()
    is_running = _runs(row["started_at"], row["ended_at"], now, is_inferred=bool(row["is_inferred"]))
    end = now if is_running else row["supposed_end"] + late
    zone = shop_settings(connection, shop).time_zone
    return SessionRecord(
        shop_id=shop,
        platform=row["platform"],
        session_id=row["session_id"],
        account=row["account"],
        title=row["title"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        supposed_end=row["supposed_end"],
        started_on=date.fromisoformat(row["started_on"])
        if row["started_on"]
        else day_of(row["started_at"], zone),
        seconds=row["seconds"],
        currency=row["currency"],
        is_inferred=bool(row["is_inferred"]),
        figures={name: row[name] for name in FIGURES},
        host=row["host"] or row["account"],
        replay_url=row["replay_url"],
        spend_cents=row["spend_cents"],
        spend_currency=row["spend_currency"],
        window_end=min(end, following or end),
        time_zone=zone,
    )
