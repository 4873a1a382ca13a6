"""Figures day by day as plain arrays, with the live sessions of each day: what chance is judged
from.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from sqlalchemy import text

from shop.core.periods import Period
from shop.db.database import Database
from shop.metrics.definitions import Measure, metric
from shop.metrics.query import Query, answer
from shop.stats.variance import Floats, Ints, Mask


@dataclass(frozen=True)
class Daily:
    """Every day of a range in order: its ordinal number, its figures (NaN where unknown), sessions.

    `counts` shows which days count, where not all do.
    """

    day: Ints
    figures: dict[str, Floats]
    sessions: Ints
    counts: Mask | None = None

    def within(self, period: Period) -> Mask:
        """Which of the days lie in a period."""
        return (self.day >= period.start.toordinal()) & (self.day <= period.end.toordinal())

    def sum(self, name: str | None, period: Period) -> float:
        """A figure added up over a period, unknown days left out."""
        return 0.0 if name is None else float(np.nansum(self.figures[name][self.within(period)]))

    @property
    def weekday(self) -> Ints:
        """The weekday of each day, Monday 0."""
        return (self.day - 1) % 7


def daily(db: Database, query: Query, names: Iterable[str], period: Period) -> Daily:
    """The named figures of every day of a period, with the filters and currency of the query."""
    wanted = tuple(sorted(set(names)))
    days = np.arange(period.start.toordinal(), period.end.toordinal() + 1)
    figures: dict[str, Floats] = {}
    if wanted:
        table = answer(
            db, replace(query, metrics=wanted, start=period.start, end=period.end, by=("day",), cut_at=None)
        )
        figures = {name: table[name].to_numpy(float, na_value=_missing(name)) for name in wanted}
    return Daily(days, figures, sessions_of_days(db, query, period))


def _missing(name: str) -> float:
    """What stands for a day without a figure: sales of a day without a file are masked by its coverage."""
    definition = metric(name)
    return 0.0 if isinstance(definition, Measure) and definition.fact == "sales" else np.nan


def sessions_of_days(db: Database, query: Query, period: Period) -> Ints:
    """How many live sessions started on each day of a period, on the platforms requested."""
    platforms = dict(query.where).get("platform")
    result = np.zeros(period.days, dtype=np.int64)
    values = {"shop": query.shop, "start": period.start.isoformat(), "end": period.end.isoformat()}
    with db.read() as connection:
        for day, platform, sessions in connection.execute(text(SESSIONS), values):
            if platforms is None or platform in platforms:
                result[(date.fromisoformat(str(day)) - period.start).days] += int(sessions)
    return result


SESSIONS = """
SELECT started_on, platform, COUNT(*) FROM live_session
WHERE shop_id = :shop AND started_on BETWEEN :start AND :end GROUP BY started_on, platform
"""
