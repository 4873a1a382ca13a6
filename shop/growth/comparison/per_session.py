"""Fair to effort: what a live session and an hour on air brought in, in two ranges.

Nine sessions against fourteen mean little by their totals; per session and per hour they compare. All
figures are those of the sessions that are counted here: that started in the range and whose sales are known in the
currency; one without a sale counts as a session.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from shop.core.periods import Period
from shop.db.database import Database
from shop.growth.comparison.growth import Comparison, compare
from shop.metrics.query import Query

Per = Literal["session", "hour"]

FIGURES: dict[Per, dict[str, str]] = {
    "session": {"gmv": "gmv_per_session", "orders": "orders_per_session", "units": "units_per_session"},
    "hour": {"gmv": "gmv_per_hour", "orders": "orders_per_hour", "units": "units_per_hour"},
}
EFFORT = ("sessions_with_sales", "seconds_with_sales", "sessions")


@dataclass(frozen=True)
class Effort:
    """How much was broadcast in two ranges, and what came of it per session and per hour.

    `sessions` and `seconds` are (now, before) of the sessions that the figures divide by (of all sessions where the
    sales of none are known), seconds None where no session has a known length. `per_session`
    and `per_hour` have a comparison each for gmv, orders and units; its change is None without sessions
    to divide by.
    """

    now: Period
    before: Period
    sessions: tuple[int, int]
    seconds: tuple[int | None, int | None]
    per_session: dict[str, Comparison]
    per_hour: dict[str, Comparison]

    @property
    def is_comparable(self) -> bool:
        """Whether both ranges have sessions to compare by."""
        return min(self.sessions) > 0


def effort(db: Database, query: Query, before: Period) -> Effort:
    """The live effort of a question's range against an earlier one, and what each session and hour
    brought; `query` brings shop, platform, currency and days, its metrics are replaced.
    """
    names = (*EFFORT, *(name for per in FIGURES.values() for name in per.values()))
    where = tuple(pair for pair in query.where if pair[0] == "platform")
    result = compare(db, replace(query, metrics=names, by=(), where=where), before)
    sessions, seconds, broadcast = (result[name] for name in EFFORT)
    return Effort(
        sessions.now.period,
        before,
        (
            int(sessions.now.total or broadcast.now.total or 0),
            int(sessions.before.total or broadcast.before.total or 0),
        ),
        (_whole(seconds.now.total), _whole(seconds.before.total)),
        {name: result[metric] for name, metric in FIGURES["session"].items()},
        {name: result[metric] for name, metric in FIGURES["hour"].items()},
    )


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)
