"""Whether a page leaves late figures (hours, buyers, payouts) to the thread that works in the background."""

from __future__ import annotations

import threading

from shop.db.database import Database
from shop.metrics.deferred_rollups import stale_days

THREAD = "background"
MOST_DAYS = 62  # whose late figures a page computes itself where it needs them


def computes_late_figures(db: Database) -> bool:
    """Whether the thread has late figures of so many days to compute that no page should do so or wait for them."""
    return any(thread.name == THREAD for thread in threading.enumerate()) and stale_days(db) > MOST_DAYS
