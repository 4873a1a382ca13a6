"""Events by day as markers of a chart."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from html import escape
from textwrap import wrap

from dashboard.charts.timeseries import DayMark
from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text import confidence
from dashboard.text.comparison import occasion
from dashboard.ui import cache
from shop.core.periods import Period
from shop.growth.alerts.anomalies import Anomaly
from shop.growth.alerts.events import EventMark, marks
from shop.overview import ReportClock

LINE_WIDTH = 52  # characters in a line of a hover; Chinese ones are twice as wide


def markers(period: Period, platforms: tuple[str, ...] = ()) -> list[DayMark]:
    """The signs above the days of a range."""
    return signs(cache.cached(marks, period, platforms))


def signs(result: Iterable[EventMark]) -> list[DayMark]:
    """Marks with their words."""
    return [DayMark(mark.day, mark.kind, t(f"events.kinds.{mark.kind}"), _label(mark)) for mark in result]


def outliers(result: Iterable[Anomaly]) -> list[DayMark]:
    """Days that stand out, with what may be behind them; a low week at its last day."""
    kind = t("events.kinds.anomaly")
    return [
        DayMark(item.on.isoformat(), "anomaly", kind, _lines(escape(confidence.anomaly(item))))
        for item in result
    ]


def whole_days(period: Period, at: ReportClock) -> Period:
    """The days of a range that are over: the running one is not judged yet."""
    last = at.today - timedelta(days=1)
    return Period(min(period.start, last), min(period.end, last))


def _lines(text: str) -> str:
    """A sentence over several lines, so that it fits a hover."""
    return (
        "<br>".join(wrap(text, LINE_WIDTH))
        if text.isascii()
        else "<br>".join(
            text[start : start + LINE_WIDTH // 2] for start in range(0, len(text), LINE_WIDTH // 2)
        )
    )


def _label(mark: EventMark) -> str:
    name = occasion(mark.name) if mark.name else t(f"events.{mark.kind}", count=mark.count)
    return f"{format.day(mark.day)} {name}"
