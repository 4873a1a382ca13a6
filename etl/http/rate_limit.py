"""The rate and the number of requests of one run: a token bucket and a budget, both by an injected clock.

Own code: maintained rate limiter libraries count by their own clock and start full, so that two runs of one
app, one right after the other, could send twice the rate.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from etl.http.errors import BudgetSpent

SAFETY_MARGIN = 0.95  # of the documented rate, for clocks that differ
MOST_REQUESTS = 20_000


@dataclass(frozen=True)
class Clock:
    """Wall clock, stopwatch and sleep (all in seconds), injected so that tests need not wait."""

    now: Callable[[], float] = time.time
    stopwatch: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass
class Budget:
    """How many requests one run may make."""

    limit: int = MOST_REQUESTS
    spent: int = 0

    def spend(self, platform: str) -> None:
        """Count one request, or raise BudgetSpent."""
        if self.spent >= self.limit:
            raise BudgetSpent(platform=platform, limit=self.limit)
        self.spent += 1


class Bucket:
    """A token bucket: `rate` requests a second, at most `burst` of them at once.

    It starts empty: another run of the same app may have sent requests a moment ago.
    """

    def __init__(self, rate: float, clock: Clock, burst: float = 1.0) -> None:
        self.rate, self.clock, self.burst = rate * SAFETY_MARGIN, clock, burst
        self._tokens, self._updated = 0.0, clock.stopwatch()

    def wait(self) -> float:
        """Seconds until the next request may go; take its token."""
        now = self.clock.stopwatch()
        self._tokens = min(self.burst, self._tokens + (now - self._updated) * self.rate) - 1
        self._updated = now
        return max(0.0, -self._tokens / self.rate)
