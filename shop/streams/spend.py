"""What advertising cost for a session or a day, and what came of each unit of it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import text

from shop.access.roles import may_read
from shop.db.database import Database
from shop.metrics.ad_costs import ads_by_day, ads_of_session
from shop.streams.session import SessionRecord

CURRENCIES = """
SELECT currency FROM ad_spend WHERE shop_id = :shop AND platform = :platform AND day = :day
GROUP BY currency ORDER BY SUM(amount_cents) DESC
"""
SESSIONS_OF_DAY = """
SELECT COUNT(*) FROM live_session WHERE shop_id = :shop AND platform = :platform AND started_on = :day
"""


@dataclass(frozen=True)
class Spend:
    """Advertising spend in cents of `currency`.

    `source`: typed (for this session), file (a file states it for this session) or day (of the whole day, from files;
    `sessions` ran on it). `roi`: GMV over spend, only in the same currency and where the spend is above 0.
    """

    amount_cents: int
    currency: str
    source: str
    sessions: int
    roi: Fraction | None


def session_spend(db: Database, session: SessionRecord, gmv_cents: int | None) -> Spend | None:
    """The spend of a session: what was typed for it, else what a file states for it, else that of its day; None where
    nothing is known, and for a role that sees no costs.

    A day's spend has a ROI only where the session was the only one of its platform that day.
    """
    if not may_read(db, "see_margins"):
        return None
    if session.spend_cents is not None:
        currency = session.spend_currency or session.currency
        return Spend(
            session.spend_cents, currency, "typed", 1, _roi(gmv_cents, session.spend_cents, currency, session)
        )
    values = {"shop": session.shop_id, "platform": session.platform}
    own = {"session": session.session_id, "started": session.started_at}
    day = session.started_on.isoformat()
    with db.read() as connection:
        if own_ads := ads_of_session(connection, {**values, **own}):
            return Spend(own_ads[1], own_ads[0], "file", 1, _roi(gmv_cents, own_ads[1], own_ads[0], session))
        most_used = connection.execute(text(CURRENCIES), {**values, "day": day}).scalar()
        if most_used is None:
            return None
        range_of_day = {"shop": session.shop_id, "start": day, "end": day, "currency": most_used}
        cents = ads_by_day(connection, range_of_day)[session.platform, day].cents
        count = int(connection.execute(text(SESSIONS_OF_DAY), {**values, "day": day}).scalar_one())
    roi = _roi(gmv_cents, cents, most_used, session) if count == 1 else None
    return Spend(cents, most_used, "day", count, roi)


def _roi(gmv_cents: int | None, spend_cents: int, currency: str, session: SessionRecord) -> Fraction | None:
    if gmv_cents is None or spend_cents <= 0 or currency != session.currency:
        return None
    return Fraction(gmv_cents, spend_cents)
