"""What ten thousand orders cost the mock platform's own server.

    python tests/benchmarks/mock_platform.py [ORDERS]

Reads all orders of a Douyin shop page by page, three times, each from a server of its own, and prints the
median CPU seconds of the server and seconds by the clock.
"""

from __future__ import annotations

import argparse
import statistics
import time
from datetime import date

from sample_data.mock_platforms import ManualClock, Shop, serve
from tests.support.mock_platform_calls import DAY, Douyin

RUNS = 3


def read_all(orders: int) -> tuple[int, float, float]:
    """Orders read, CPU seconds of the server, seconds by the clock."""
    shop = Shop(orders=orders, until=date(2025, 10, 31), days=80)
    with serve(shop, clock=ManualClock(shop.moment), rate=1e9) as server:
        now, began = int(server.clock.now()), time.perf_counter()
        read = sum(1 for _ in Douyin(server, "douyin_shop").orders(now - 80 * DAY, now + 1))
        return read, server.cpu, time.perf_counter() - began


def main() -> None:
    """Read, and print medians."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("orders", type=int, nargs="?", default=12_500)
    runs = [read_all(options.parse_args().orders) for _ in range(RUNS)]
    read, cpu, clock = (statistics.median(column) for column in zip(*runs, strict=True))
    print(f"{read:.0f} orders: {cpu:.2f} CPU s of the server, {clock:.2f} s")


if __name__ == "__main__":
    main()
