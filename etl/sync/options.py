"""What the caller of a sync sets, and what it gets back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from etl.http.rate_limit import Clock
from shop.core.errors import ShopError


@dataclass(frozen=True)
class RunReport:
    """What came of one run; `cursor` is up to when (seconds UTC) the resource has been read.

    read = stored + unchanged + rejected, in records as the platform gives them. `wait_seconds` and
    `network_seconds` were spent in waits (rate limit, back-off) and in exchange with the platform.
    """

    platform: str
    kind: str
    requests: int = 0
    read: int = 0
    stored: int = 0
    unchanged: int = 0
    rejected: int = 0
    cursor: int | None = None
    error: ShopError | None = None
    wait_seconds: float = 0.0
    network_seconds: float = 0.0


@dataclass(frozen=True)
class SyncProgress:
    """What a running sync is at: the share of its windows that are done, records read so far."""

    platform: str
    kind: str
    done: float
    read: int
    requests: int


Progress = Callable[[SyncProgress], None]


@dataclass
class Options:
    """Options of a sync: the clock, a budget of requests, who is called with progress."""

    clock: Clock = field(default_factory=Clock)
    budget: int = 0  # requests per connector and run; 0: the usual
    progress: Progress = lambda doing: None
    client: dict[str, Any] = field(default_factory=dict)
