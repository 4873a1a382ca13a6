"""How long to wait before a request is repeated: Retry-After, and exponential back-off with jitter.

Neither urllib3's Retry nor tenacity: a failure may be a code in a JSON answer with HTTP 200, every repeat
counts against the budget and is signed again for its moment, and the wait renews the lease of the run.
"""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime

ATTEMPTS = 20
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0  # seconds
MAX_WAIT = 15 * 60.0  # seconds: a Retry-After beyond this ends the run: try later


def pause(attempt: int, requested: float, jitter: float) -> float:
    """Seconds to wait after attempt number `attempt` (1, 2, ...), never fewer than the platform requested.

    `jitter` (0 to 1) picks from the upper half of the back-off, so that clients do not repeat together.
    """
    longest = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** (attempt - 1))
    return max(requested, longest * (0.5 + jitter / 2))


def requested_wait(retry_after: str, now: float) -> float:
    """The seconds of a Retry-After header, a number or a date (`now`: the platform's time); 0 where there is none."""
    text = retry_after.strip()
    if re.fullmatch(r"\d{1,7}(\.\d+)?", text):
        return float(text)
    try:
        until = parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError):
        return 0.0
    return max(0.0, until - now)
