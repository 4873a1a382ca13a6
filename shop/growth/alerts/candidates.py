"""What would be worth reporting on a shop day, before it is decided whether it is reported.

A day that a festival, a campaign, more or fewer sessions or one dear order may explain is marked on
the page, but alarms nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from shop.core.periods import Period
from shop.coverage import sources
from shop.db.database import Database
from shop.growth.alerts.anomalies import Anomaly, AnomalyReason, anomalies
from shop.metrics.query import Query

KINDS = ("missing_import", "drop", "week_low", "spike")
"""The kinds of alert, the most pressing first."""
LATE_DAYS = 3  # orders not read for so long
GAP_DAYS = 30  # gaps older than that were left on purpose
TROUBLE = {"stock_out"}  # a reason that is itself a reason to act


@dataclass(frozen=True)
class AlertCandidate:
    """What could be reported, before it is decided whether it is."""

    kind: str
    about: Period
    metric: str | None
    figure: int
    usual: int | None = None
    name: str | None = None
    reasons: tuple[AnomalyReason, ...] = ()


def candidates(db: Database, on: date, shop: int) -> list[AlertCandidate]:
    """Everything that could be reported on a day, the most pressing first."""
    yesterday = on - timedelta(days=1)
    outliers = anomalies(db, Query(("gmv",), yesterday, yesterday, shop=shop))
    result = [_of(item) for item in outliers if _is_alarming(item)]
    result += [gap] if (gap := _gap(db, on, shop)) else []
    return sorted(result, key=lambda item: KINDS.index(item.kind))


def _is_alarming(item: Anomaly) -> bool:
    """Whether a day that stands out needs somebody: nothing explains it, or what does is trouble."""
    drivers = {reason.explanation for reason in item.reasons}
    return not drivers or ("missing_import" not in drivers and bool(drivers & TROUBLE))


def _of(item: Anomaly) -> AlertCandidate:
    return AlertCandidate(item.kind, item.period, item.metric, item.figure, item.usual, reasons=item.reasons)


def _gap(db: Database, on: date, shop: int) -> AlertCandidate | None:
    """Orders that were not read: a hole of the last month, or nothing new for some days."""
    since, yesterday = on - timedelta(days=GAP_DAYS), on - timedelta(days=1)
    result: list[AlertCandidate] = []
    for source in sources(db, shop, subject="orders"):
        late = Period(source.last + timedelta(days=1), yesterday) if source.last < yesterday else None
        holes = [hole for hole in source.missing if hole.end >= since]
        if late and LATE_DAYS <= late.days <= GAP_DAYS:
            holes.append(late)
        result += [
            AlertCandidate("missing_import", hole, None, hole.days, name=source.kind) for hole in holes
        ]
    return max(result, key=lambda item: (item.about.end, item.figure), default=None)
