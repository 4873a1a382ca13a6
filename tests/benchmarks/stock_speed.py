"""What the stock costs an import: the same file into a shop without stock and into one that tracks it.

    python -m tests.benchmarks.stock_speed [LINES [RUNS]]

Three shops, each new and filled by a process of its own, in turn: one without tracked stock; one
that tracks 2,000 SKUs counted after all these orders (history read in later); one that tracked them
before, so that every line takes its pieces. Prints rows per second, the ratios, and peak memory.
"""

import json
import statistics
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

from tests.benchmarks.import_speed import make_file, with_peak

SKUS = 2_000
CASES = ("none", "counted after", "kept before")


def prepare(source: Path, target: Path, case: str) -> None:
    """A catalog with the file's SKUs and others up to 2,000, and their counts."""
    import csv

    from shop.access.roles import OWNER
    from shop.connect import connect
    from shop.stock import counts

    with source.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        codes = {row["商家编码"] or row["商品ID"] for row in csv.DictReader(file)}
    skus = [*sorted(codes), *(f"SPARE-{number}" for number in range(SKUS - len(codes)))]
    db = connect(str(target))
    with db.write() as connection:
        run = connection.connection.driver_connection.executemany
        run(
            "INSERT INTO product (shop_id, product_code, title, updated_at, payload_hash) "
            "VALUES (1, ?, 'p', 0, 0)",
            [(sku,) for sku in skus],
        )
        run(
            "INSERT INTO variant (shop_id, sku, product_code, currency, updated_at, payload_hash) "
            "VALUES (1, ?, ?, 'CNY', 0, 0)",
            [(sku, sku) for sku in skus],
        )
    moment = datetime.fromisoformat(
        "2000-01-01T00:00:00Z" if case == "kept before" else "2090-01-01T00:00:00Z"
    )
    counts.set_counts(db, dict.fromkeys(skus, 500_000), at=moment, actor=OWNER)
    db.close()


def child(source: Path, target: Path) -> None:
    """Import in this process and print seconds and rows."""
    from etl.imports.importer import import_file
    from shop.connect import connect

    db = connect(str(target))
    start = time.perf_counter()
    report = import_file(db, source)
    seconds = time.perf_counter() - start
    with db.read() as connection:
        changed = connection.exec_driver_sql("SELECT COUNT(*) FROM stock_movement").scalar()
    db.close()
    print(json.dumps({"seconds": seconds, "rows": report.read, "moved": changed}))


def run(source: Path, target: Path) -> dict[str, float]:
    """Import in a process of its own, watching its memory."""
    command = [sys.executable, "-m", "tests.benchmarks.stock_speed", "--child", str(source), str(target)]
    return with_peak(command, "the import")


def main(lines: int, runs: int = 3) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        source = make_file(Path(folder), lines)
        result: dict[str, list[dict[str, float]]] = {case: [] for case in CASES}
        for number in range(runs):
            for case in CASES:
                target = Path(folder) / f"{number}.{case.split()[0]}.db"
                if case != "none":
                    prepare(source, target, case)
                result[case].append(run(source, target))
                for left in Path(folder).glob("*.db*"):
                    left.unlink()
    base = [item["seconds"] for item in result["none"]]
    for case, several in result.items():
        rows = statistics.median(item["rows"] / item["seconds"] for item in several)
        ratio = statistics.median(item["seconds"] / own for item, own in zip(several, base, strict=True))
        peak = max(item["peak_mb"] for item in several)
        changed = int(several[0]["moved"])
        print(
            f"{case:14} {rows:>9,.0f} rows/s  {ratio:5.2f}x the time  {peak:5.0f} MB  {changed:>9,} movements"
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        main(*map(int, sys.argv[1:3])) if len(sys.argv) > 1 else main(200_000)
