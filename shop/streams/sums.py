"""The sums of one session: what the platform states, what orders that name it and what orders of its time add
up to. They are never mixed; the headline is the complete one (the rule: shop/metrics/stream_rollups.py).
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from shop.db.database import Database
from shop.metrics.stream_rollups import Sum
from shop.streams.session import SessionRecord

SUMS = """
SELECT basis, orders, units, gmv_cents, is_headline FROM session_sum
WHERE shop_id = :shop AND platform = :platform AND session_id = :session AND currency = :currency
"""
MINUTES = """
SELECT COUNT(*), SUM(orders), SUM(units), SUM(gmv_cents) FROM live_minute
WHERE shop_id = :shop AND platform = :platform AND session_id = :session AND currency = :currency
"""
GRADES = """
SELECT attribution, SUM(orders), SUM(units), SUM(gmv_cents) FROM fact_session
WHERE shop_id = :shop AND platform = :platform AND session_id = :session AND currency = :currency
GROUP BY attribution ORDER BY attribution
"""


@dataclass(frozen=True)
class SessionSums:
    """The sums of one session in its currency; None where a source gives nothing.

    `basis` names the headline: stated, room, time; None where no sum is known. `by_minute` adds up the platform's
    minutes. `grades` are the orders that belong to the session, by grade A, B, C; each order counts in one grade.
    """

    currency: str
    stated: Sum | None
    by_room: Sum | None
    by_time: Sum | None
    by_minute: Sum | None
    basis: str | None
    grades: dict[str, Sum]

    @property
    def headline(self) -> Sum:
        """The sum that figures use; without one all parts are None."""
        known = {"stated": self.stated, "room": self.by_room, "time": self.by_time}
        return known.get(self.basis or "") or Sum(None, None, None)

    @property
    def matched(self) -> tuple[int, int] | None:
        """How many of the stated orders are matched by orders that name the room, or else of its time; None where
        the platform states none. More own orders than stated ones match all of them.
        """
        if self.stated is None or self.stated.orders is None:
            return None
        own = self.by_time if self.basis == "time" else self.by_room or self.by_time
        return min((own.orders if own else 0) or 0, self.stated.orders), self.stated.orders

    @property
    def minute_difference(self) -> int | None:
        """Cents by which the platform's minutes differ from its stated sum; None where either is unknown."""
        if self.stated is None or self.by_minute is None:
            return None
        if self.stated.gmv_cents is None or self.by_minute.gmv_cents is None:
            return None
        return self.by_minute.gmv_cents - self.stated.gmv_cents


def session_sums(db: Database, session: SessionRecord) -> SessionSums:
    """The sums of a session."""
    values = {
        "shop": session.shop_id,
        "platform": session.platform,
        "session": session.session_id,
        "currency": session.currency,
    }
    with db.read() as connection:
        rows = connection.execute(text(SUMS), values).all()
        minutes, *by_minute = connection.execute(text(MINUTES), values).one()
        grades = connection.execute(text(GRADES), values).all()
    sums = {row[0]: Sum(*row[1:4]) for row in rows}
    return SessionSums(
        currency=session.currency,
        stated=sums.get("stated"),
        by_room=sums.get("room"),
        by_time=sums.get("time"),
        by_minute=Sum(*by_minute) if minutes else None,
        basis=next((row[0] for row in rows if row[4]), None),
        grades={row[0]: Sum(*row[1:]) for row in grades},
    )
