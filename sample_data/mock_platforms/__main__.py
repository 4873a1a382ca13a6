"""Run the mock platforms by hand: `python -m sample_data.mock_platforms --orders N --port P`."""

import argparse
import json
import sys
import time
from datetime import date

from sample_data.mock_platforms import PLATFORMS, Faults, Shop, serve
from sample_data.mock_platforms.server.http import BANNER


def main(arguments: list[str] | None = None) -> None:
    """Serve until Ctrl-C; addresses and credentials go to standard output as share line of JSON."""
    parser = argparse.ArgumentParser(prog="python -m sample_data.mock_platforms", description=BANNER)
    parser.add_argument("--orders", type=int, default=6000, help="order lines of the Douyin shop")
    parser.add_argument("--until", help="the shop's last day; without it the shop ends now")
    parser.add_argument("--days", type=int, default=80)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--port", type=int, default=0, help="the first of four ports in a row")
    parser.add_argument("--host", default="127.0.0.1", help="loopback addresses only")
    parser.add_argument("--rate", type=float, default=10.0, help="requests a second per app")
    parser.add_argument("--faults", type=float, default=0.0, help="share of answers that go wrong")
    chosen = parser.parse_args(arguments)
    until = date.fromisoformat(chosen.until) if chosen.until else None
    shop = Shop(orders=chosen.orders, until=until, days=chosen.days, seed=chosen.seed)
    share = chosen.faults / 5
    faults = Faults(rate_429=share, rate_5xx=share, drop=share, truncate=share, html=share)
    with serve(shop, faults=faults, port=chosen.port, rate=chosen.rate, host=chosen.host) as mock:
        print(BANNER, file=sys.stderr)
        addresses = {name: {"url": mock.url(name), **mock.credentials(name)} for name in PLATFORMS}
        print(json.dumps(addresses), flush=True)
        _wait()


def _wait() -> None:
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
