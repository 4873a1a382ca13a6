"""How long a long session and a long list take in the browser, each against its empty kind, in turns.

    python -m tests.benchmarks.live_page [LOADS]

Two shops served at the same time by servers that are warm: one whose latest session has six hours, 20,000 comments
and 2,000 orders and whose list has 2,000 sessions; one with a single session in which nothing happened. Loads
alternate, each in a fresh browser context; measured until the curve of the session (the last row of the list) is drawn.
Prints medians and ratios as JSON; both ratios are checked against the limit.
"""

from __future__ import annotations

import json
import sys
import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.benchmarks.page_loads import chromium, median_seconds
from tests.support.fresh import new_database
from tests.support.servers import opened
from tests.support.shops.live_evenings import Evening, fill_evenings

LIMIT = 1.5
SESSIONS = 2_000


def evenings(last: datetime) -> list[Evening]:
    """The long session, and many short ones before it, one every eight hours."""
    short = [
        Evening(
            last - timedelta(hours=8 * number), 60, comments=0, orders=2, with_marks=False, with_minutes=False
        )
        for number in range(1, SESSIONS)
    ]
    return [*short, Evening(last, 360, comments=20_000, orders=2_000)]


def measure(loads: int) -> dict[str, float | int]:
    """Median seconds of the four pages, loaded in turns, and their ratios."""
    last = datetime.now(UTC).replace(hour=4, minute=0, second=0, microsecond=0) - timedelta(days=1)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        empty = Evening(last, 360, comments=0, orders=0, with_marks=False, with_minutes=False)
        for name, rows in (("full", evenings(last)), ("empty", [empty])):
            with closing(new_database(place / f"{name}.db")) as db:
                fill_evenings(db, rows)
        with (
            opened(place / "full.db", KILNBOARD_CONFIG=str(place)) as full,
            opened(place / "empty.db", KILNBOARD_CONFIG=str(place)) as bare,
            chromium() as browser,
        ):
            session, listed = "live?live=session", "live?live=sessions&period=all"
            request = {
                "session": (f"{full}/{session}", ".st-key-marks-actions button"),
                "session_empty": (f"{bare}/{session}", ".st-key-marks-actions button"),
                "list": (f"{full}/{listed}", ".kb-sessions tr:last-child"),
                "list_empty": (f"{bare}/{listed}", ".kb-sessions tr:last-child"),
            }
            result = median_seconds(browser, request, loads)
    return {
        "loads": loads,
        **{name: round(value, 3) for name, value in result.items()},
        "ratio_session": round(result["session"] / result["session_empty"], 3),
        "ratio_list": round(result["list"] / result["list_empty"], 3),
        "limit": LIMIT,
    }


if __name__ == "__main__":
    result = measure(max(int(sys.argv[1]), 3) if len(sys.argv) > 1 else 9)
    print(json.dumps(result))
    sys.exit(max(result["ratio_session"], result["ratio_list"]) > LIMIT)
