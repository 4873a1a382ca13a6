"""Write a practice shop from the command line: `python -m sample_data FOLDER --orders N`."""

import argparse
import sys
from datetime import date, datetime
from pathlib import Path

from sample_data.generator.clock import BEIJING
from sample_data.generator.practice import write_shop


def main(arguments: list[str] | None = None) -> None:
    """Read the options and write the shop's files into the folder."""
    parser = argparse.ArgumentParser(prog="python -m sample_data", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the files go")
    parser.add_argument("--orders", type=int, default=6000, help="order lines of the Douyin shop")
    parser.add_argument("--until", default="2025-10-31", help="a day or `today`")
    parser.add_argument("--days", type=int, default=430)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only", choices=["douyin_orders"], help="write the order files alone")
    chosen = parser.parse_args(arguments)
    now = datetime.now(BEIJING) if chosen.until == "today" else None
    truth = write_shop(
        chosen.folder,
        orders=chosen.orders,
        until=now.date() if now else date.fromisoformat(chosen.until),
        now=now,
        days=chosen.days,
        seed=chosen.seed,
        only_orders=chosen.only is not None,
        progress=_progress if sys.stderr.isatty() else None,
    )
    print(f"{chosen.folder}: {sum(truth.files.values())} rows in {len(truth.files)} files")


def _progress(written: int, lines: int) -> None:
    print(f"\r{written} of {lines} lines", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
