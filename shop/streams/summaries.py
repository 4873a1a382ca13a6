"""Live sessions as a list: one row each with its headline sum and its place among the shop's own; by host and slot."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import text

from shop.db.database import Database
from shop.metrics.query import Query
from shop.metrics.settings import currency_of, shop_settings

Slot = Literal["morning", "noon", "afternoon", "evening", "night"]
SLOTS: tuple[Slot, ...] = ("morning", "noon", "afternoon", "evening", "night")
SLOT_STARTS = {5: "morning", 11: "noon", 14: "afternoon", 18: "evening", 21: "night"}
Length = Literal["under_1h", "1_to_2h", "2_to_4h", "over_4h"]
LENGTHS: dict[Length, tuple[int, int]] = {
    "under_1h": (0, 3600),
    "1_to_2h": (3600, 7200),
    "2_to_4h": (7200, 14_400),
    "over_4h": (14_400, 10**9),
}
LEAST_OTHERS = 3
PAST_DAYS = 365  # percentiles are among the sessions of so many days before

SESSIONS = """
SELECT s.platform, s.session_id, s.title, COALESCE(n.host, s.account) AS host, s.started_at, s.started_on,
  COALESCE(s.seconds, s.ended_at - s.started_at) AS seconds, s.is_inferred, s.views, s.viewers, s.peak_viewers,
  s.comments, s.followers_gained, s.product_clicks, s.gmv_cents, o.basis, o.orders, o.units, o.gmv_cents AS gmv
FROM live_session s INDEXED BY live_session_started_on
LEFT JOIN session_note n ON n.shop_id = s.shop_id AND n.platform = s.platform AND n.session_id = s.session_id
LEFT JOIN session_sum o ON o.shop_id = s.shop_id AND o.platform = s.platform AND o.session_id = s.session_id
  AND o.currency = s.currency AND o.is_headline
WHERE s.shop_id = :shop AND s.currency = :currency
  AND s.started_on BETWEEN date(:start, '-{days} days') AND :end {{platforms}}
ORDER BY s.started_at DESC, s.session_id
""".format(days=PAST_DAYS)


@dataclass(frozen=True)
class SessionSummary:
    """One session of the list: its figures, and the percentile (0 to 100) of its GMV per hour among the platform's
    other sessions of the year before and of the range.

    `started` is on the shop's clock. `gmv_cents`, `orders` and `units` are the headline sum, whose basis is
    stated, room or time; None where nothing is known.
    """

    platform: str
    session_id: str
    title: str | None
    host: str | None
    started: datetime | None
    seconds: int | None
    is_inferred: bool
    views: int | None
    viewers: int | None
    peak_viewers: int | None
    comments: int | None
    followers_gained: int | None
    product_clicks: int | None
    stated_cents: int | None
    basis: str | None
    orders: int | None
    units: int | None
    gmv_cents: int | None
    percentile: int | None = None

    @property
    def key(self) -> str:
        """Platform and id, as links name a session."""
        return f"{self.platform}/{self.session_id}"

    @property
    def gmv_per_hour(self) -> float | None:
        """Cents of GMV per hour."""
        return per_hour(self.gmv_cents, self.seconds)

    @property
    def slot(self) -> Slot | None:
        """The time of day at which it started."""
        if self.started is None:
            return None
        hours = list(SLOT_STARTS)
        return SLOTS[bisect_right(hours, self.started.hour) - 1]


@dataclass(frozen=True)
class SessionFilter:
    """Which sessions to list: of a host, started in a time slot, of a length; None for any."""

    host: str | None = None
    slot: str | None = None
    length: str | None = None

    def holds(self, row: SessionSummary) -> bool:
        """Whether a session belongs to the list."""
        if self.host is not None and row.host != self.host:
            return False
        if self.slot is not None and row.slot != self.slot:
            return False
        if self.length is None:
            return True
        first, last = next(span for name, span in LENGTHS.items() if name == self.length)
        return row.seconds is not None and first <= row.seconds < last


@dataclass(frozen=True)
class SessionGroup:
    """The sessions of one host or time slot together; sums count only what is known."""

    name: str
    sessions: int
    seconds: int
    orders: int | None
    gmv_cents: int | None
    gmv_per_hour: float | None
    viewers: float | None


def per_hour(value: int | None, seconds: int | None) -> float | None:
    """A sum per hour of a session; None where either is unknown."""
    return None if value is None or not seconds else value * 3600 / seconds


def session_list(db: Database, query: Query) -> tuple[SessionSummary, ...]:
    """The sessions that started in the range, the latest first, in the query's platforms and currency."""
    wanted = dict(query.where).get("platform", ())
    marks = ", ".join(f":p{place}" for place in range(len(wanted)))
    sql = SESSIONS.format(platforms=f"AND s.platform IN ({marks})" if wanted else "")
    values = {"shop": query.shop, "start": query.start.isoformat(), "end": query.end.isoformat()}
    values |= {f"p{place}": name for place, name in enumerate(wanted)}
    with db.read() as connection:
        zone = ZoneInfo(shop_settings(connection, query.shop).time_zone)
        rows = connection.execute(text(sql), values | {"currency": currency_of(connection, query)}).all()
    paces: dict[str, list[float]] = {}
    for row in rows:
        if (pace := per_hour(row.gmv, row.seconds)) is not None and not row.is_inferred:
            paces.setdefault(row.platform, []).append(pace)
    for values_ in paces.values():
        values_.sort()
    return tuple(_summary(row, zone, paces) for row in rows if row.started_on >= query.start.isoformat())


def _summary(row: object, zone: ZoneInfo, paces: dict[str, list[float]]) -> SessionSummary:
    (platform, session_id, title, host, started_at, _, seconds, is_inferred, *figures) = row  # type: ignore[misc]
    views, viewers, peak, comments, followers, clicks, stated, basis, orders, units, gmv = figures
    started = None if started_at is None else datetime.fromtimestamp(started_at, UTC).astimezone(zone)
    pace = None if is_inferred else per_hour(gmv, seconds)
    return SessionSummary(
        platform,
        session_id,
        title,
        host,
        started,
        seconds,
        bool(is_inferred),
        views,
        viewers,
        peak,
        comments,
        followers,
        clicks,
        stated,
        basis,
        orders,
        units,
        gmv,
        None if pace is None else _rank(pace, paces[platform]),
    )


def _rank(value: float, ordered: Sequence[float]) -> int | None:
    """The share of the others (0 to 100) that a value is above, equal ones counted half; the value is one of them."""
    others = len(ordered) - 1
    if others < LEAST_OTHERS:
        return None
    rank = bisect_left(ordered, value) + bisect_right(ordered, value) - 1
    return (100 * rank + others) // (2 * others)


def grouped(
    rows: Sequence[SessionSummary], name_of: Callable[[SessionSummary], str | None]
) -> list[SessionGroup]:
    """The sessions by host or time slot, the most GMV per hour first; sessions without a name are left out."""
    groups: dict[str, list[SessionSummary]] = {}
    for row in rows:
        if name := name_of(row):
            groups.setdefault(name, []).append(row)
    result = [_group(name, group) for name, group in groups.items()]
    return sorted(result, key=lambda group: (-(group.gmv_per_hour or -1.0), group.name))


def _group(name: str, rows: Sequence[SessionSummary]) -> SessionGroup:
    paced = [row for row in rows if row.gmv_per_hour is not None]
    orders, gmv = ([value for row in rows if (value := getattr(row, key)) is not None] for key in SUMMED)
    viewers = [row.viewers for row in rows if row.viewers is not None]
    return SessionGroup(
        name,
        len(rows),
        sum(row.seconds or 0 for row in rows),
        sum(orders) if orders else None,
        sum(gmv) if gmv else None,
        per_hour(sum(row.gmv_cents or 0 for row in paced), sum(row.seconds or 0 for row in paced)),
        sum(viewers) / len(viewers) if viewers else None,
    )


SUMMED = ("orders", "gmv_cents")
