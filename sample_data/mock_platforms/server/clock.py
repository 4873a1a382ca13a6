"""The mock platforms' time, which its clients may share: running, or advanced by hand."""

import time
from typing import Protocol


class Clock(Protocol):
    """Wall clock, stopwatch and sleep, as a client's own clock has them."""

    def now(self) -> float:
        """Return Unix seconds."""

    def stopwatch(self) -> float:
        """Return seconds since some moment, never going back."""

    def sleep(self, seconds: float) -> None:
        """Let seconds pass."""


class RunningClock:
    """Real time, begun at any moment: `RunningClock(start)` shows `start` now and runs on."""

    def __init__(self, start: float | None = None) -> None:
        self._ahead = 0.0 if start is None else start - time.time()

    def now(self) -> float:
        """Return Unix seconds."""
        return time.time() + self._ahead

    def stopwatch(self) -> float:
        """Return seconds since some moment; those skipped by `advance` do not count."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Let seconds pass."""
        time.sleep(seconds)

    def advance(self, seconds: float) -> None:
        """Set the clock forward."""
        self._ahead += seconds


class ManualClock:
    """Time that passes only when somebody sleeps: waits cost nothing, nothing depends on the machine."""

    def __init__(self, start: float) -> None:
        self._now = start

    def now(self) -> float:
        """Return Unix seconds."""
        return self._now

    def stopwatch(self) -> float:
        """Return the same seconds; this clock never goes back."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Let seconds pass at once."""
        self._now += max(0.0, seconds)

    advance = sleep

    def set(self, moment: float) -> None:
        """Show this moment: a test begins again at the same one."""
        self._now = moment
