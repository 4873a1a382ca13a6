"""How long the Stock page with 2,000 SKUs takes in the browser, against an empty page.

    python -m tests.benchmarks.stock_page [LOADS]

Three pages served at the same time by servers that are warm: ours with 2,000 SKUs (500 designs, half of
them with a photo), ours of a shop without anything, and a bare Streamlit page with nothing but a title.
Loads alternate, each in a fresh browser context; measured until the last row of the stock list (the sentence,
the title) is drawn. Prints the medians and the ratios as JSON: of the Stock page to the bare page
(`ratio`, checked against the limit), and to our own empty page. In addition, twenty SKUs are counted on a phone.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

from shop.connect import connect
from tests.benchmarks.page_loads import chromium, median_seconds
from tests.browser.conftest import served
from tests.browser.phone import count_location
from tests.support.servers import opened
from tests.support.stock.places import fill

LIMIT = 1.5
SKUS = 2_000
BARE = """
import streamlit as st

st.title("A page")
"""
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def measure(loads: int) -> dict[str, float | int]:
    """Median seconds of the three pages, loaded in turns, and of the count."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "bare.py").write_text(BARE, "utf-8")
        for name, skus, pictures in (("full", SKUS, 250), ("empty", 0, 0), ("twenty", 20, 5)):
            database = connect(str(place / f"{name}.db"))
            fill(database, skus, places=1 if skus == 20 else 40, pictures=pictures) if skus else None
            database.close()
        with (
            opened(place / "full.db", KILNBOARD_CONFIG=str(place)) as full,
            opened(place / "empty.db", KILNBOARD_CONFIG=str(place)) as empty,
            served(place / "bare.py") as bare,
            chromium() as browser,
        ):
            request = {
                "stock": (f"{full}/stock?stock=table", ".kb-shelf tr:nth-child(40)"),
                "empty": (f"{empty}/stock", "h1.kb-sentence"),
                "bare": (bare, "h1"),
            }
            result = median_seconds(browser, request, loads)
            with opened(place / "twenty.db", KILNBOARD_CONFIG=str(place)) as twenty:
                page = browser.new_context(**PHONE).new_page()
                start = time.perf_counter()
                taps = count_location(page, twenty)
                counted = time.perf_counter() - start
    return {
        "loads": loads,
        "skus": SKUS,
        **{name: round(value, 3) for name, value in result.items()},
        "ratio": round(result["stock"] / result["bare"], 3),
        "limit": LIMIT,
        "ratio_to_our_empty": round(result["stock"] / result["empty"], 3),
        "count_of_20_taps": taps,
        "count_of_20_seconds": round(counted, 1),
    }


if __name__ == "__main__":
    result = measure(max(int(sys.argv[1]), 7) if len(sys.argv) > 1 else 9)
    print(json.dumps(result))
    sys.exit(result["ratio"] > LIMIT)
