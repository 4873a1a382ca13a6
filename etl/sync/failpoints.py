"""Named steps of a sync at which a test may end the process, as a power cut would, or pause it.

KILNBOARD_KILL_AT=step or step:3 (its third passing) ends the process there with os._exit: nothing is
rolled back, closed or flushed. `KILNBOARD_HOLD_AT=step` prints the step's name there and waits for a line
on standard input. Without these variables a step does nothing.
"""

from __future__ import annotations

import os
import sys
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
    """Pass a named step; the process may end or wait here."""
    _passed[name] += 1
    if _is_wanted(name, "KILNBOARD_KILL_AT"):
        os._exit(KILLED)
    if _is_wanted(name, "KILNBOARD_HOLD_AT"):
        print(name, flush=True)
        sys.stdin.readline()


def _is_wanted(name: str, variable: str) -> bool:
    where, _, number = os.environ.get(variable, "").partition(":")
    return where == name and _passed[name] == int(number or 1)
