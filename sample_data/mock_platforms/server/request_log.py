"""Counters of a mock platform: requests by resource and outcome, and violations of its rate limit."""

from collections import Counter, deque
from dataclasses import dataclass, field

JITTER = 0.1


@dataclass(frozen=True)
class Violation:
    """A request that a correct client does not send, and when (stopwatch seconds)."""

    kind: str
    number: int
    at: float
    allowed_at: float


@dataclass
class RequestLog:
    """The counters of one platform.

    `by_resource` counts requests by method or path, `by_outcome` by what was answered ("ok", a
    fault's name, a platform's code). `cpu` is the server's own processor time in seconds.
    """

    total: int = 0
    by_resource: Counter[str] = field(default_factory=Counter)
    by_outcome: Counter[str] = field(default_factory=Counter)
    violations: list[Violation] = field(default_factory=list)
    cpu: float = 0.0

    def clear(self) -> None:
        """Reset the counters; request numbers go on."""
        self.by_resource.clear()
        self.by_outcome.clear()
        self.violations.clear()
        self.total, self.cpu = 0, 0.0


class RateLimit:
    """One app's rate limit and its last Retry-After, by the server's stopwatch.

    More than `rate` requests within a second (less a tenth for the network's jitter) are too
    many; for slow rates, more than one within the time that each one takes.
    """

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self._recent: deque[float] = deque()
        self._not_before = 0.0

    def set_retry_after(self, now: float, seconds: float) -> None:
        """Set the end of the Retry-After that was sent."""
        self._not_before = max(self._not_before, now + seconds)

    def breach(self, now: float, number: int) -> Violation | None:
        """Count one request and return the breach that it is, if any."""
        if now < self._not_before - 1e-6:
            return Violation("before Retry-After", number, now, self._not_before)
        window = max(1.0, 1 / self.rate) * (1 - JITTER)
        while self._recent and self._recent[0] <= now - window:
            self._recent.popleft()
        if len(self._recent) >= max(1.0, self.rate * window):
            return Violation("above the rate limit", number, now, self._recent[0] + window)
        self._recent.append(now)
        return None
