"""Stretches of time that a platform lets one query request, cut on a grid so that every run cuts alike."""

from __future__ import annotations

from datetime import date, timedelta

from etl.platforms.base import DAY, Resource, TimeWindow
from etl.platforms.records import ParseContext, utc

MARGIN = 3600  # the platform's limit of history moves on while a long run works


def span(resource: Resource, now: int, cursor: int | None, since: int | None) -> TimeWindow | None:
    """What a run has to read: from the cursor less the look-back, or from `since`; None for nothing.

    A list without time is read whole, and nothing is read again within its rest.
    """
    if since is None and cursor is not None and 0 <= now - cursor < resource.rest:
        return None
    if not resource.window:
        return TimeWindow(0, now)
    oldest = now - resource.history + MARGIN
    usual = oldest if cursor is None else cursor - resource.look_back
    start = usual if since is None else since
    return TimeWindow(max(start, oldest), now) if max(start, oldest) < now else None


def split(resource: Resource, whole: TimeWindow, context: ParseContext) -> list[TimeWindow]:
    """The stretch in half-open pieces no longer than the platform's limit, in order of time.

    A limit as long as the history cuts nothing: the list is then read once for all of it.
    """
    if not resource.window or whole.end - whole.start <= resource.window == resource.history:
        return [whole]
    if resource.whole_days:
        return _split_days(resource.window // DAY, whole, context)
    pieces, start = [], whole.start
    while start < whole.end:
        end = min((start // resource.window + 1) * resource.window, whole.end)
        pieces.append(TimeWindow(start, end))
        start = end
    return pieces


def _split_days(longest: int, whole: TimeWindow, context: ParseContext) -> list[TimeWindow]:
    """Pieces of whole days of the shop, the day of the end included."""
    first, last = context.day(whole.start), context.day(whole.end)
    assert first is not None and last is not None
    pieces, day, after = [], date.fromisoformat(first), date.fromisoformat(last) + timedelta(days=1)
    while day < after:
        grid = (day.toordinal() // longest + 1) * longest
        following = min(date.fromordinal(grid), after)
        pieces.append(
            TimeWindow(utc(day.isoformat(), context.time_zone), utc(following.isoformat(), context.time_zone))
        )
        day = following
    return pieces
