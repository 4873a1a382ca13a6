"""How long the first page takes in the browser, against a bare Streamlit page with one Plotly
chart.

    python -m tests.benchmarks.first_page [LOADS]

Both are served at the same time by servers that are warm; loads alternate, each in a fresh browser
context; measured until the chart is drawn. Prints both medians and their ratio as JSON.
"""

import json
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from etl.imports.importer import import_file
from sample_data.generator.spring import FOLDER
from shop.connect import connect
from tests.browser.conftest import NAMES, ROOT, SWITCHES, served

LIMIT = 1.3
BARE = """
import plotly.graph_objects as go
import streamlit as st

st.title("A page")
st.plotly_chart(go.Figure(go.Bar(x=list(range(60)), y=list(range(60)))))
"""


def seconds_until_drawn(browser: Browser, address: str) -> float:
    """One load in a fresh context, until the chart is drawn."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    start = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_selector(".js-plotly-plot .bars .point", state="attached", timeout=60_000)
    taken = time.perf_counter() - start
    context.close()
    return taken


def measure(loads: int) -> dict[str, float | int]:
    """Median seconds of our first page and of the bare page, loaded in turns."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "bare.py").write_text(BARE, "utf-8")
        database = connect(str(place / "shop.db"))
        for file in sorted(FOLDER.iterdir()):
            if file.suffix in (".csv", ".xlsx"):
                import_file(database, file)
        database.close()
        ours_app = served(ROOT / "dashboard" / "app.py", KILNBOARD_DB=str(place / "shop.db"))
        with ours_app as ours, served(place / "bare.py") as bare, sync_playwright() as playwright:
            path = next(filter(None, map(shutil.which, NAMES)))
            browser = playwright.chromium.launch(executable_path=path, args=SWITCHES)
            for address in (ours, bare, ours, bare):
                seconds_until_drawn(browser, address)
            taken: dict[str, list[float]] = {ours: [], bare: []}
            for _ in range(loads):
                for address, times in taken.items():
                    times.append(seconds_until_drawn(browser, address))
            browser.close()
            first, plain = (statistics.median(taken[address]) for address in (ours, bare))
    return {
        "loads": loads,
        "ours": round(first, 3),
        "bare": round(plain, 3),
        "ratio": round(first / plain, 3),
        "limit": LIMIT,
    }


if __name__ == "__main__":
    result = measure(max(int(sys.argv[1]), 7) if len(sys.argv) > 1 else 9)
    print(json.dumps(result))
    sys.exit(result["ratio"] > LIMIT)
