"""Ten million order lines in one shop against a tenth of them: import, late figures, first page, every question.

    python -m tests.benchmarks.ten_million [LINES] [--times 10] [`--keep FOLDER`] [--only WORDS]

Imports a practice shop of LINES order lines (three years of days, 50,000 SKUs, refunds, settlements, sessions, and a
comment for every ten lines) and one of a tenth, each part in a process of its own, and gives them a catalog and stock.
Every page is opened part by part; its questions are recorded and answered again straight from the shop, without the
page's cache. Prints the median of the CPU time of each and its growth, and compares day totals and a month by SKU with
DuckDB over the same lines.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from tests.benchmarks.import_speed import with_peak
from tests.benchmarks.proc import cpu_seconds

DAYS, SKUS, LINES_PER_COMMENT = 1096, 50_000, 10
KINDS = ("商品", "orders", "aftersale", "settlement", "sessions", "works", "comments")
REPEATS = 5
LIMIT_MS, LIMIT_GROWTH = 50.0, 1.3
Question = Callable[[Any], Any]


def write_files(folder: Path, lines: int) -> None:
    """The export files of the shop; more comments than a practice shop has by itself."""
    from sample_data.generator import comments, videos
    from sample_data.generator.practice import plan_shop, write_plan
    from tests.benchmarks.growth_page import LAST, NOW

    plan = plan_shop(orders=lines, until=LAST, days=DAYS, platforms=("douyin",), now=NOW)
    plan = replace(plan, pieces=min(SKUS, lines // 20))
    write_plan(folder, plan)
    works = videos.make_videos(plan.start, plan.days, plan.now, plan.seed)
    remarks: list[comments.Comment] = []
    while len(remarks) < lines // LINES_PER_COMMENT:
        remarks += comments.make_comments(works, plan.now, lines, plan.seed + len(remarks))
    comments.write_comments(folder, remarks)


def _files(path: Path) -> Path:
    return path.with_name(f"files{path.stem}")


def import_files(path: Path) -> dict[str, float]:
    """Import all files; rows and CPU seconds of each kind, and the size of the shop."""
    from etl.imports.importer import import_file
    from shop.connect import connect

    db = connect(str(path))
    result: dict[str, float] = {}
    for kind in KINDS:
        cpu, rows = cpu_seconds(os.getpid()), 0
        for file in sorted(_files(path).glob(f"{'' if kind == '商品' else 'douyin_'}{kind}*.csv")):
            rows += import_file(db, file).read
        seconds = cpu_seconds(os.getpid()) - cpu
        result |= {
            f"{kind} rows": rows,
            f"{kind} CPU s": seconds,
            f"{kind} rows/s": rows / max(seconds, 0.01),
        }
    db.close()
    return result | {"GB": path.stat().st_size / 1e9}


def late_figures(path: Path) -> dict[str, float]:
    """Compute what the import left for later, as the dashboard does in the background."""
    from shop.connect import connect
    from shop.metrics.deferred_rollups import up_to_date

    db = connect(str(path))
    up_to_date(db)
    db.close()
    return {}


def furnish(path: Path) -> dict[str, float]:
    """A catalog of all that was sold, and stock that is tracked for the last weeks."""
    from shop.connect import connect
    from tests.benchmarks.product_questions import furnished

    furnished(connect(str(path))).close()
    return {}


def first_pages(path: Path) -> dict[str, float]:
    """CPU seconds of each part of Growth and of Today for the first who opens them; the program is warm."""
    from dashboard.server.late_figures import THREAD
    from shop.connect import connect
    from tests.benchmarks.growth_page import noted

    with tempfile.TemporaryDirectory() as folder:
        connect(f"{folder}/empty.db").close()
        with noted(Path(folder) / "empty.db"):
            _open("today", {})
    ended = threading.Event()  # as the thread of the server, which has not come to the late figures yet
    thread = threading.Thread(target=ended.wait, name=THREAD)
    thread.start()
    result = {}
    with noted(path):
        for name, (view, link) in pages("").items():
            start = time.process_time()
            _open(view, link)
            result[name] = time.process_time() - start
    ended.set()
    return result


def pages(only: str) -> dict[str, tuple[str, dict[str, str]]]:
    """Every part of the pages that read many rows, with its link."""
    from tests.benchmarks.growth_page import pages as of_growth

    result = of_growth() | {
        f"{view}, {part}": (view, {name: part})
        for view, (name, parts) in OTHER_PAGES.items()
        for part in parts
    }
    result |= {
        f"comments, {name}": ("comments", {"comments": "all"} | link) for name, link in SEARCHES.items()
    }
    return {name: page for name, page in result.items() if name.startswith(only)}


OTHER_PAGES = {
    "products": ("look", ("sold", "one", "shelf", "returns", "waiting", "origins", "next")),
    "orders": ("orders", ("send", "pick", "waiting", "presale", "all")),
    "live": ("live", ("sessions", "session", "videos", "video", "next")),
    "stock": ("stock", ("todo", "table", "count", "holds", "one", "history")),
    "comments": ("comments", ("queue", "demand", "leads", "words", "all")),
    "listings": ("part", ("new", "table", "prices", "one", "queue", "files", "history")),
    "data": ("data", ("import",)),
    "search": ("find", ("青瓷", "GP-00012", "699")),
}
SEARCHES = {
    f"{text} {name}": {"q": text} | range
    for text in ("微波炉", "链接", "贵", "天青茶壶咋卖", "没有这样的话")
    for name, range in (("month", {}), ("all", {"period": "all"}))
}


def _open(view: str, link: dict[str, str]) -> None:
    from tests.support.pages import no_error, open_page

    shown = open_page("today", lang="en")
    shown.switch_page(f"views/{view}/page.py")
    for name, value in ({"lang": "en"} | link).items():
        shown.query_params[name] = value
    assert no_error(shown.run())


def page_questions(path: Path, only: str) -> dict[str, Question]:
    """The questions that all pages ask, each with the first page that asks it."""
    from tests.benchmarks.growth_page import KNOWN, noted

    result: dict[str, Question] = {}
    KNOWN.clear()
    with noted(path) as asked:
        for page, (view, link) in pages(only).items():
            asked.clear()
            _open(view, link)
            new = {name: question for name, question in asked.items() if name not in known_names(result)}
            result |= {f"{page}: {name}": question for name, question in new.items()}
    return result


def known_names(questions: dict[str, Question]) -> set[str]:
    """The questions without their pages."""
    return {name.partition(": ")[2] for name in questions}


def answer_questions(path: Path, only: str = "") -> dict[str, float]:
    """Milliseconds of CPU of each question, the median of several, the first time left out."""
    from shop.connect import connect
    from shop.growth.alerts.candidates import candidates
    from tests.benchmarks import product_questions, questions
    from tests.benchmarks.growth_page import LAST

    wanted: dict[str, Question] = page_questions(path, only)
    if not only:
        wanted |= {f"figures, {name}": _asked(query) for name, query in questions.questions().items()}
        wanted |= {f"products, {name}": ask for name, ask in product_questions.questions().items()}
        wanted["today: alerts"] = lambda db: candidates(db, LAST, 1)
    db = connect(str(path))
    result = {}
    for name, ask in wanted.items():
        result[name] = cpu_ms(lambda ask=ask: ask(db))
        print(f"{name:70} {result[name]:9.1f} ms", file=sys.stderr, flush=True)
    db.close()
    return result


def _asked(query: Any) -> Question:
    from shop.metrics.query import answer

    return lambda db: answer(db, query)


def cpu_ms(ask: Callable[[], object]) -> float:
    """The median milliseconds of CPU of a question, asked once before; of one of seconds the second time alone."""
    start = time.process_time()
    ask()
    repeats = REPEATS if time.process_time() - start < 1 else 1
    taken = []
    for _ in range(repeats):
        start = time.process_time()
        ask()
        taken.append((time.process_time() - start) * 1000)
    return statistics.median(taken)


def against_duckdb(path: Path) -> dict[str, float]:
    """Milliseconds of CPU of our answers and of DuckDB's over the same lines; both give the same sums."""
    import duckdb
    import pyarrow as pa

    from shop.connect import connect
    from shop.metrics.query import Query, answer

    db = connect(str(path))
    duck = duckdb.connect()
    with db.read() as connection:
        rows = connection.exec_driver_sql(LINES)
        first = True
        while some := rows.fetchmany(500_000):
            batch = pa.table(dict(zip(LINE_COLUMNS, map(list, zip(*some, strict=True)), strict=True)))  # noqa: F841
            duck.execute(f"{'CREATE TABLE line AS' if first else 'INSERT INTO line'} SELECT * FROM batch")
            first = False
    result = {}
    for name, (by, sql) in AGAINST.items():
        query = Query(("gmv", "units"), *SPANS[name], by)
        table = answer(db, query)
        values = [day.isoformat() for day in SPANS[name]]
        theirs = duck.execute(sql, values).fetchdf()
        assert int(table["gmv"].sum()) == int(theirs["gmv"].sum()), name
        result[f"{name}, ours"] = cpu_ms(lambda query=query: answer(db, query))
        result[f"{name}, DuckDB"] = cpu_ms(lambda sql=sql, values=values: duck.execute(sql, values).fetchdf())
    with db.read() as connection:
        result["a year, month x SKU, our roll-up alone"] = cpu_ms(
            lambda: connection.exec_driver_sql(ROLLED_UP).fetchall()
        )
    db.close()
    return result


ROLLED_UP = (
    "SELECT month, sku, SUM(buyer_paid_cents + platform_discount_cents), SUM(units) FROM fact_sku_month "
    "WHERE shop_id = 1 AND month BETWEEN '2025-11-01' AND '2026-10-01' GROUP BY month, sku"
)
LINE_COLUMNS = ("day", "sku", "units", "gmv")
LINES = (
    "SELECT paid_on, sku, quantity, buyer_paid_cents + platform_discount_cents FROM order_line "
    "WHERE shop_id = 1 AND paid_on IS NOT NULL AND NOT is_gift"
)
SPANS = {
    "a year of days": (date(2025, 11, 1), date(2026, 10, 31)),
    "all days": (date(2023, 11, 1), date(2026, 10, 31)),
    "a year, month x SKU": (date(2025, 11, 1), date(2026, 10, 31)),
}
TO_DAY = "SELECT day, SUM(gmv) AS gmv, SUM(units) AS units FROM line WHERE day BETWEEN ? AND ? GROUP BY day"
AGAINST = {
    "a year of days": (("day",), TO_DAY),
    "all days": (("day",), TO_DAY),
    "a year, month x SKU": (
        ("month", "sku"),
        "SELECT day[:7] AS month, sku, SUM(gmv) AS gmv, SUM(units) AS units FROM line "
        "WHERE day BETWEEN ? AND ? GROUP BY month, sku",
    ),
}


# --- parts in processes of their own ---------------------------------------------------------------

PARTS: dict[str, Callable[[Path], dict[str, float]]] = {
    "import": import_files,
    "first pages": first_pages,
    "late figures": late_figures,
    "furnish": furnish,
    "questions": answer_questions,
    "DuckDB": against_duckdb,
}


def run(part: str, path: Path, only: str = "") -> dict[str, float]:
    """Run a part; what it says, with its CPU seconds and the peak memory of its processes together."""
    command = [sys.executable, "-m", "tests.benchmarks.ten_million", "--child", part, str(path), only]
    return with_peak(command, part)


def child(part: str, path: Path, only: str) -> None:
    """Run a part in this process and print what it says."""
    wall = time.perf_counter()
    result = answer_questions(path, only) if part == "questions" else PARTS[part](path)
    print(json.dumps(result | {"CPU s": cpu_seconds(os.getpid()), "wall s": time.perf_counter() - wall}))


def shop_of(folder: Path, lines: int, only: str) -> dict[str, dict[str, float]]:
    """What each part says of a shop of this many lines; one that is stored is only asked."""
    path = folder / f"{lines}.db"
    parts = list(PARTS)
    if path.exists():
        parts = parts[parts.index("questions") :]
    else:
        write_files(_files(path), lines)
    return {part: run(part, path, only) for part in parts}


def main() -> None:
    """Build both shops, ask, and print the tables."""
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], Path(sys.argv[3]), sys.argv[4])
        return
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("lines", nargs="?", type=int, default=10_000_000)
    arguments.add_argument("--times", type=int, default=10)
    arguments.add_argument("--keep", type=Path, help="keep the shops here, for another run")
    arguments.add_argument("--only", default="", help="only pages whose names begin with this")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        sizes = given.lines // given.times, given.lines
        small, large = (shop_of(folder, lines, given.only) for lines in sizes)
    for part in large:
        print(f"\n{part:72}{sizes[0]:>14,}{sizes[1]:>14,}")
        for name, value in large[part].items():
            _row(part, name, small.get(part, {}).get(name), value)


def _row(part: str, name: str, before: float | None, value: float) -> None:
    """One figure of both shops, its growth, and which limit it misses."""
    growth = value / before if before else 0.0
    mark = ""
    if part == "questions" and name not in ("CPU s", "wall s", "peak_mb"):
        over = [
            words
            for words, is_over in (
                (f"over {LIMIT_MS:.0f} ms", value > LIMIT_MS),
                (f"over {LIMIT_GROWTH}x", value > 5 and growth > LIMIT_GROWTH),
            )
            if is_over
        ]
        mark = "  " + ", ".join(over)
    print(f"  {name:70}{before or 0:14,.1f}{value:14,.1f}{growth:8.2f}x{mark}")


if __name__ == "__main__":
    main()
