"""What the options of a command request: days, a calendar, where, in which currency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shop.core.errors import BadPeriod
from shop.core.periods import Period


@dataclass(frozen=True)
class ReportOptions:
    """What the options of `report` and `card` request."""

    start: str | None = None
    end: str | None = None
    against: str | None = None
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    currency: str | None = None


def days(start: str | None, end: str | None, on: date) -> Period:
    """The days requested, those after `on` left out; without any the month up to `on`. Raises BadPeriod."""
    try:
        last = date.fromisoformat(end) if end else on
        return Period(date.fromisoformat(start) if start else last.replace(day=1), last).until(on)
    except ValueError as problem:
        raise BadPeriod(text=f"{start or ''}..{end or ''}") from problem
