"""What happened on which day, as signs above a chart, in words."""

from __future__ import annotations

from collections.abc import Iterable

from dashboard import data, figures
from dashboard.calendars_told import occasion
from dashboard.charts import DayMark
from dashboard.words import t
from shop.marks import Mark, marks
from shop.seasons import Period


def above(period: Period, platforms: tuple[str, ...] = ()) -> list[DayMark]:
    """The signs above the days of a range."""
    return signs(data.ask(marks, period, platforms))


def signs(found: Iterable[Mark]) -> list[DayMark]:
    """Marks with their words."""
    return [
        DayMark(mark.day, mark.kind, t(f"marks.kinds.{mark.kind}"), _said(mark)) for mark in found
    ]


def _said(mark: Mark) -> str:
    name = occasion(mark.name) if mark.name else t(f"marks.{mark.kind}", count=mark.count)
    return f"{figures.day(mark.day)} {name}"
