"""What happened on which day next to the sales: live sessions, festivals, campaigns, kiln openings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import text

from shop.core import holidays
from shop.core.periods import Period
from shop.db.database import Database
from shop.growth.comparison import campaigns

Kind = Literal["session", "festival", "campaign", "firing"]
SESSIONS = """
SELECT started_on, COUNT(*) FROM live_session
WHERE shop_id = :shop AND started_on BETWEEN :start AND :end AND (:all OR platform IN (
  SELECT value FROM json_each(:platforms)))
GROUP BY started_on ORDER BY started_on
"""
FIRINGS = """
SELECT COALESCE(opened_on, fired_on), COUNT(*) FROM firing
WHERE shop_id = :shop AND status IN ('fired', 'opened')
  AND COALESCE(opened_on, fired_on) BETWEEN :start AND :end
GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True)
class EventMark:
    """One thing of one shop day: how many sessions or kilns, or the name of a festival or campaign.

    A festival or campaign is marked once, on its first day within the range.
    """

    day: str
    kind: Kind
    name: str = ""
    count: int = 1


def marks(
    db: Database, period: Period, platforms: tuple[str, ...] = (), shop: int = 1
) -> tuple[EventMark, ...]:
    """All marks of a range, by day; sessions of these platforms only, of all where none is named."""
    import json

    values = {
        "shop": shop,
        "start": period.start.isoformat(),
        "end": period.end.isoformat(),
        "all": not platforms,
        "platforms": json.dumps(platforms),
    }
    with db.read() as connection:
        result = [
            EventMark(str(day), "session", count=count)
            for day, count in connection.execute(text(SESSIONS), values)
        ]
        result += [
            EventMark(str(day), "firing", count=count)
            for day, count in connection.execute(text(FIRINGS), values)
        ]
    result += _festivals(period) + _campaigns(db, period, shop)
    return tuple(sorted(result, key=lambda mark: (mark.day, mark.kind, mark.name)))


def _festivals(period: Period) -> list[EventMark]:
    names: dict[str, EventMark] = {}
    for day in period:
        name = holidays.festival_of(day)
        if name and name not in names:
            names[name] = EventMark(day.isoformat(), "festival", name)
    return list(names.values())


def _campaigns(db: Database, period: Period, shop: int) -> list[EventMark]:
    years = range(period.start.year - 1, period.end.year + 2)
    return [
        EventMark(max(item.period.start, period.start).isoformat(), "campaign", item.name)
        for item in campaigns.editions(db, years, shop)
        if item.period.start <= period.end and period.start <= item.period.end
    ]
