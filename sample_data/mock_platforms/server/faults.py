"""Faults on demand: what goes wrong with an answer, decided by a seed and the request's number."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import numpy as np


class Fault(Enum):
    """What can happen to one answer; at most one of these at a time."""

    TOO_MANY = "HTTP 429 with Retry-After"
    SERVER_ERROR = "HTTP 5xx"
    BUSY = "HTTP 200 with the platform's own code for a transient failure"
    DROP = "connection closed before or within the answer"
    TRUNCATE = "fewer bytes than announced"
    HTML = "a login page instead of JSON"
    DRIP = "bytes that come one by one"


@dataclass(frozen=True)
class Faults:
    """How often what goes wrong, each a share of requests from 0 to 1; nothing by default.

    `duplicate` lets a page begin with the last things of the page before, `reorder` shuffles a
    page, `shift` lets an order of the list change or a new one come in while pages are read.
    `retry_after` is in seconds (a random one up to it). After `expire_tokens_every` requests
    with a token that token has ended. `clock_skew` is by how many seconds the
    platform's clock is ahead. `tamper` gives other bytes in the place of an answer's, by the request's number.
    """

    seed: int = 1
    rate_429: float = 0.0
    rate_5xx: float = 0.0
    busy: float = 0.0
    drop: float = 0.0
    truncate: float = 0.0
    html: float = 0.0
    drip: float = 0.0
    duplicate: float = 0.0
    reorder: float = 0.0
    shift: float = 0.0
    retry_after: float = 2.0
    expire_tokens_every: int = 0
    clock_skew: float = 0.0
    tamper: Callable[[int, bytes], bytes] | None = None

    def of_request(self, number: int) -> "RequestFaults":
        """Return what happens to a request, by its number; the same for the same seed."""
        draws = np.random.default_rng([self.seed, number]).random(8).tolist()
        shares = (self.rate_429, self.rate_5xx, self.busy, self.drop, self.truncate, self.html, self.drip)
        reached, chosen = 0.0, None
        for fault, share in zip(Fault, shares, strict=True):
            reached += share
            if draws[0] < reached:
                chosen = fault
                break
        return RequestFaults(
            number,
            chosen,
            duplicate=draws[1] < self.duplicate,
            reorder=draws[2] < self.reorder,
            shift=draws[3] < self.shift,
            wait=self.retry_after * (0.2 + 0.8 * draws[4]),
            draw=draws[5],
            choice=int(draws[6] * 2**31),
        )


@dataclass(frozen=True)
class RequestFaults:
    """The faults of one request."""

    number: int
    fault: Fault | None = None
    duplicate: bool = False
    reorder: bool = False
    shift: bool = False
    wait: float = 0.0
    draw: float = 0.0
    choice: int = 0
