"""How long finding one of a million orders takes, and the Orders page on them against the page of an empty shop.

    python -m tests.benchmarks.orders_page [ORDERS] [LOADS]

Stores ORDERS orders (a million without) of one line each on two years of days, most of them sent, and looks for some
by their number as people type or paste it: whole, a part, with a tab, with an apostrophe, as a formula, one that is not
there; medians in milliseconds of the processor. Then loads the page in the browser, in turns with that of a shop
without anything, until the first order (the sentence) is drawn; medians in seconds. Prints both as JSON.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from shop.connect import connect
from shop.db.database import Database
from shop.orders.search import OrderFilter, find_orders
from tests.benchmarks.page_loads import chromium, median_seconds
from tests.support.servers import opened
from tests.support.shops.outgoing import NOW, number, put_lines

LIMIT_MS, LIMIT_RATIO = 100.0, 1.3
AT_ONCE, DAYS, TO_SEND, REPEATS = 20_000, 730, 40, 9


def fill(db: Database, count: int) -> None:
    """Store so many orders, the newest last; the last TO_SEND still have to be sent."""
    for start in range(0, count, AT_ONCE):
        lines = []
        for place in range(start, min(start + AT_ONCE, count)):
            paid = NOW - timedelta(days=DAYS * (count - place) / count)
            is_sent = place < count - TO_SEND
            lines.append(
                {
                    "order_id": number(place),
                    "sku": f"SKU{place % 200}",
                    "paid": paid,
                    "status": "shipped" if is_sent else "paid",
                    "shipped_at": int(paid.timestamp()) + 3600 if is_sent else None,
                }
            )
        put_lines(db, lines)


def cpu_ms(run: Callable[[], object]) -> float:
    """Milliseconds of the processor, the median of several."""
    taken = []
    for _ in range(REPEATS):
        start = time.process_time()
        run()
        taken.append((time.process_time() - start) * 1000)
    return round(statistics.median(taken), 1)


def searches(db: Database, count: int) -> dict[str, float]:
    """Each way to look for an order, with its milliseconds; each finds what it should."""
    wanted = number(count // 2)
    result = {}
    for name, text, is_there in (
        ("whole", wanted, True),
        ("last_eight", wanted[-8:], True),
        ("middle", wanted[6:15], True),
        ("tab", f"\t{wanted}\t", True),
        ("apostrophe", f"'{wanted}", True),
        ("formula", f'="{wanted}"', True),
        ("absent", "990099009900", False),
    ):
        rows = find_orders(db, OrderFilter(text=text)).rows
        assert (wanted in {row.order_id for row in rows}) == is_there, name
        result[name] = cpu_ms(lambda text=text: find_orders(db, OrderFilter(text=text)))
    return result


def pages(folder: Path, count: int, loads: int) -> dict[str, float]:
    """Seconds until the page is drawn: the orders to send, all of them, a search, and the page of the empty shop."""
    with ExitStack() as servers, chromium() as browser:
        full, empty = (
            servers.enter_context(opened(folder / f"{name}.db", KILNBOARD_CONFIG=str(folder)))
            for name in ("full", "empty")
        )
        requests = {
            "empty": (f"{empty}/orders", "h1.kb-sentence"),
            "to_send": (f"{full}/orders", ".kb-line"),
            "all": (f"{full}/orders?orders=all", ".kb-open"),
            "search": (f"{full}/orders?q={number(count // 3)[-8:]}", ".kb-open"),
        }
        taken = median_seconds(browser, requests, loads)
    return {name: round(seconds, 3) for name, seconds in taken.items()}


def main() -> int:
    """Print the figures; 1 where one is above its limit."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    loads = int(sys.argv[2]) if len(sys.argv) > 2 else REPEATS
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        connect(str(folder / "empty.db")).close()
        db = connect(str(folder / "full.db"))
        fill(db, count)
        milliseconds = searches(db, count)
        db.close()
        shown = pages(folder, count, loads)
    ratios = {name: round(seconds / shown["empty"], 2) for name, seconds in shown.items()}
    print(json.dumps({"orders": count, "search_ms": milliseconds, "page_s": shown, "page_ratio": ratios}))
    return int(max(milliseconds.values()) > LIMIT_MS or max(ratios.values()) > LIMIT_RATIO)


if __name__ == "__main__":
    sys.exit(main())
