"""Named steps of a sync at which a test may end the process, as a power cut would.

KILNBOARD_KILL_AT=step or step:3 (its third passing) ends the process there with os._exit: nothing is
rolled back, closed or flushed. Without the variable a step does nothing.
"""

from __future__ import annotations

import os
from collections import Counter

NAMES = (
    "lease-taken",
    "run-opened",
    "page-fetched",
    "token-renewed",
    "token-stored",
    "rows-put",
    "page-landed",
    "cursor-moved",
    "window-committed",
    "run-closed",
)
OF_A_PUSH = ("push-begun", "push-answered")
KILLED = 137
_passed: Counter[str] = Counter()


def step(name: str) -> None:
    """Pass a named step; the process may end here."""
    wanted = os.environ.get("KILNBOARD_KILL_AT")
    if wanted:
        _passed[name] += 1
        where, _, number = wanted.partition(":")
        if where == name and _passed[name] == int(number or 1):
            os._exit(KILLED)
