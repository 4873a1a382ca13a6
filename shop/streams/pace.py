"""One session among the shop's own: percentiles of its figures, and its pace at the same minute as past sessions."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from sqlalchemy import text

from shop.db.database import Database
from shop.metrics.stream_rollups import CREATED, DAYS_AFTER
from shop.streams.session import SessionRecord

LEAST_OTHERS = 3
OTHERS = 60  # of the platform's last sessions
PAST = """
SELECT s.session_id, s.seconds, s.viewers, s.product_clickers, s.comments, s.followers_gained, o.orders, o.gmv_cents
FROM live_session s LEFT JOIN session_sum o ON o.shop_id = s.shop_id AND o.platform = s.platform
  AND o.session_id = s.session_id AND o.currency = s.currency AND o.is_headline
WHERE s.shop_id = :shop AND s.platform = :platform AND s.currency = :currency AND NOT s.is_inferred
  AND s.session_id <> :session AND s.started_at < :started ORDER BY s.started_at DESC LIMIT :limit
"""
OWN = PAST.replace("s.session_id <> :session AND s.started_at < :started", "s.session_id = :session")
UPTO = f"""
SELECT s.session_id, COUNT(DISTINCT l.order_id), SUM(l.buyer_paid_cents + l.platform_discount_cents)
FROM (
  SELECT * FROM live_session WHERE shop_id = :shop AND platform = :platform AND NOT is_inferred
    AND currency = :currency AND started_at <= :started AND started_at > :since
) s LEFT JOIN order_line l INDEXED BY order_line_paid_on ON l.shop_id = s.shop_id AND l.platform = s.platform
  AND l.currency = s.currency AND NOT l.is_gift
  AND l.paid_on BETWEEN s.started_on AND date(s.started_on, '+{DAYS_AFTER} days')
  AND {CREATED} >= s.started_at AND {CREATED} < s.started_at + :seconds
  AND l.carrier IN ('live', 'unknown') AND (l.content_id IS NULL OR l.content_id = s.session_id)
GROUP BY s.session_id
"""
PACE_DAYS = 120


@dataclass(frozen=True)
class FigureRank:
    """One figure of a session among the shop's own earlier sessions of its platform.

    `percentile`: the share of them (0 to 100) that it is above, equals counted half.
    """

    name: str
    value: float
    median: float
    percentile: int
    others: int


@dataclass(frozen=True)
class Pace:
    """Orders and cents of GMV that were placed up to a second of the session, and the median of past ones then."""

    second: int
    orders: int
    gmv_cents: int
    usual_orders: float | None
    usual_gmv_cents: float | None
    others: int


def percentile(value: float, others: Sequence[float]) -> int:
    """The share of the others (0 to 100) that a value is above; equal ones count half."""
    ordered = sorted(others)
    rank = bisect_left(ordered, value) + bisect_right(ordered, value)
    return (100 * rank + len(ordered)) // (2 * len(ordered))


def figure_ranks(db: Database, session: SessionRecord) -> list[FigureRank]:
    """Where a session stands among the earlier ones of its platform; figures known of at least LEAST_OTHERS others."""
    values = {
        "shop": session.shop_id,
        "platform": session.platform,
        "session": session.session_id,
        "currency": session.currency,
        "started": session.started_at,
        "limit": OTHERS,
    }
    with db.read() as connection:
        own = connection.execute(text(OWN), values).all()
        past = connection.execute(text(PAST), values).all()
    result = []
    for name, value in _figures(own[0] if own else None).items():
        others = [one for row in past if (one := _figures(row)[name]) is not None]
        if value is not None and len(others) >= LEAST_OTHERS:
            result.append(FigureRank(name, value, median(others), percentile(value, others), len(others)))
    return result


def _figures(row: Sequence[float | None] | None) -> dict[str, float | None]:
    names = (
        "gmv_per_hour",
        "orders_per_hour",
        "viewers",
        "click_rate",
        "comments_per_hour",
        "followers_gained",
    )
    if row is None:
        return dict.fromkeys(names)
    _, seconds, viewers, clickers, comments, followers, orders, gmv = row
    values = (
        _over(gmv, seconds, 3600),
        _over(orders, seconds, 3600),
        viewers,
        _over(clickers, viewers),
        _over(comments, seconds, 3600),
        followers,
    )
    return dict(zip(names, values, strict=True))


def _over(value: float | None, base: float | None, scale: int = 1) -> float | None:
    return None if value is None or not base else value * scale / base


def pace(db: Database, session: SessionRecord, second: int | None = None) -> Pace:
    """What was ordered up to a second of the session (now, while it runs), and what is usual by then."""
    until = min(second if second is not None else session.length, session.length)
    values = {
        "shop": session.shop_id,
        "platform": session.platform,
        "currency": session.currency,
        "started": session.started_at,
        "since": session.started_at - PACE_DAYS * 86_400,
        "seconds": until,
    }
    with db.read() as connection:
        rows = {row[0]: (row[1], row[2] or 0) for row in connection.execute(text(UPTO), values)}
    own = rows.pop(session.session_id, (0, 0))
    orders, gmv = ([row[place] for row in rows.values()] for place in (0, 1))
    known = len(rows) >= LEAST_OTHERS
    return Pace(
        until, own[0], own[1], median(orders) if known else None, median(gmv) if known else None, len(rows)
    )
