"""The practice shop's clock: in the middle of a business day at whatever hour the demo is run.

The moment is the true one; what is chosen is the time zone of the shop, so that no clock is falsified.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

BEIJING, BEIJING_HOURS = "Asia/Shanghai", 8
OPENS, CLOSES = 10, 22  # the hours of business
EARLY = 6  # from this hour on the zone ahead is nearer to the business day, before it the zones behind
EVENING = 20
ON_AIR_SINCE = timedelta(minutes=40)


@dataclass(frozen=True)
class BusinessDay:
    """The shop's time zone, its hours ahead of UTC, and the present moment on its clock (without a zone)."""

    time_zone: str
    hours: int
    now: datetime

    @property
    def on_air(self) -> datetime:
        """When the session that goes on began."""
        return (self.now - ON_AIR_SINCE).replace(second=0, microsecond=0)

    def clock(self) -> AbstractContextManager[None]:
        """Let the practice shop's files and mock platforms live by this clock."""
        from sample_data.generator.clock import studio_clock

        return studio_clock(self.hours)


def business_day(now: datetime) -> BusinessDay:
    """The business day for a moment: Beijing's from 10 to 22 o'clock, else that of the next zone in business."""
    hour = now.astimezone(ZoneInfo(BEIJING)).hour
    zone, hours = BEIJING, BEIJING_HOURS
    if EARLY <= hour < OPENS:
        hours += OPENS - EARLY
    elif not OPENS <= hour < CLOSES:
        hours -= (hour - EVENING) % 24
    if hours != BEIJING_HOURS:
        zone = f"Etc/GMT{-hours:+d}"  # POSIX counts the other way round
    return BusinessDay(zone, hours, now.astimezone(ZoneInfo(zone)).replace(tzinfo=None))
