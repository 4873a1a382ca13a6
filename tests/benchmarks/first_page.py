"""How long the first page takes in the browser, against a bare Streamlit page with one Plotly
chart.

    python -m tests.benchmarks.first_page [LOADS]

Both are served at the same time by servers that are warm, ours as `kilnboard open` serves it; loads alternate,
each in a fresh browser context; measured until the chart is drawn. Prints as JSON the medians and their ratios: CPU
seconds of the server and of all the browser's processes, by which the limit is judged, and seconds of the clock, which
only count on a quiet machine.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser

from etl.imports.importer import import_file
from sample_data.generator.spring import FOLDER
from shop.connect import connect
from tests.benchmarks.page_loads import chromium
from tests.benchmarks.proc import cpu_seconds
from tests.browser.conftest import served
from tests.support.servers import opened

LIMIT = 1.3
BARE = """
import plotly.graph_objects as go
import streamlit as st

st.title("A page")
st.plotly_chart(go.Figure(go.Bar(x=list(range(60)), y=list(range(60)))))
"""


@dataclass(frozen=True)
class Load:
    """What one load took, in seconds: CPU of the servers and the browser, and the clock."""

    cpu: float
    clock: float


def loaded(browser: Browser, address: str) -> Load:
    """One load in a fresh context, until the chart is drawn."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    cpu, start = cpu_seconds(os.getpid()), time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_selector(".js-plotly-plot .bars .point", state="attached", timeout=60_000)
    result = Load(cpu_seconds(os.getpid()) - cpu, time.perf_counter() - start)
    context.close()
    return result


def measure(loads: int) -> dict[str, float | int]:
    """Medians of our first page and of the bare page, loaded in turns."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "bare.py").write_text(BARE, "utf-8")
        database = connect(str(place / "shop.db"))
        for file in sorted(FOLDER.iterdir()):
            if file.suffix in (".csv", ".xlsx"):
                import_file(database, file)
        database.close()
        ours_app = opened(
            place / "shop.db", KILNBOARD_CONFIG=str(place / "config"), KILNBOARD_BACKGROUND="on"
        )
        with ours_app as ours, served(place / "bare.py") as bare, chromium() as browser:
            for address in (ours, bare, ours, bare):
                loaded(browser, address)
            taken: dict[str, list[Load]] = {ours: [], bare: []}
            for _ in range(loads):
                for address, times in taken.items():
                    times.append(loaded(browser, address))
    result: dict[str, float | int] = {"loads": loads, "limit": LIMIT}
    for name in ("cpu", "clock"):
        first, plain = (statistics.median(getattr(load, name) for load in taken[it]) for it in (ours, bare))
        result |= {
            f"ours_{name}": round(first, 3),
            f"bare_{name}": round(plain, 3),
            f"ratio_{name}": round(first / plain, 3),
        }
    return result


if __name__ == "__main__":
    result = measure(max(int(sys.argv[1]), 7) if len(sys.argv) > 1 else 9)
    print(json.dumps(result))
    sys.exit(result["ratio_cpu"] > LIMIT)
