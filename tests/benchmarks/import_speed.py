"""Import speed against a bare loop: rows per second of both, their ratio, peak memory, and a re-import.

    python tests/benchmarks/import_speed.py [LINES] [--runs N]

The baseline reads the same file with `csv`, parses the same dates and money, and upserts the same
columns into one table with `executemany`; it validates nothing, folds no orders and stores no figures.
Both run as processes of their own, in turn, each on a new database; the medians are printed.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

TEXTS = (
    "选购商品",
    "商品规格",
    "商品ID",
    "商家编码",
    "订单状态",
    "售后状态",
    "流量体裁",
    "流量来源",
    "达人ID",
    "省",
)
TIMES = ("订单提交时间", "支付完成时间", "发货时间", "订单完成时间")
MONEY = ("商品单价", "订单应付金额", "运费", "平台实际承担优惠金额", "达人实际承担优惠金额", "支付优惠")
BEIJING_SECONDS = 8 * 3600
COLUMNS = (
    "shop_id",
    "platform",
    "source_id",
    "order_id",
    "line_id",
    "quantity",
    *(f"text{number}" for number in range(len(TEXTS))),
    "created_at",
    "paid_at",
    "shipped_at",
    "completed_at",
    "updated_at",
    "paid_on",
    "currency",
    "shipping_cents",
    "list_cents",
    "platform_discount_cents",
    "buyer_paid_cents",
    "seller_discount_cents",
    "buyer_key",
    "payload",
)


def baseline(source: Path, target: Path) -> int:
    """The bare loop: csv, dates, money, executemany upsert; the number of rows."""
    import csv

    from shop.db.database import sqlite_driver

    connection = sqlite_driver().connect(str(target), isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA cache_size = -98304")
    connection.execute(
        f"CREATE TABLE line ({', '.join(COLUMNS)}, PRIMARY KEY (shop_id, platform, order_id, line_id))"
    )
    connection.execute("CREATE INDEX line_paid_on ON line (shop_id, paid_on)")
    sets = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS[5:])
    sql = (
        f"INSERT INTO line VALUES ({', '.join('?' * len(COLUMNS))}) "
        f"ON CONFLICT (shop_id, platform, order_id, line_id) DO UPDATE SET {sets}"
    )
    count = 0
    with source.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        place = {name: number for number, name in enumerate(next(reader))}
        rows = (_bare_row(row, place) for row in reader)
        connection.execute("BEGIN")
        while chunk := list(islice(rows, 10_000)):
            connection.executemany(sql, chunk)
            count += len(chunk)
        connection.execute("COMMIT")
    connection.close()
    return count


def _bare_row(row: list[str], place: dict[str, int]) -> tuple[Any, ...]:
    texts = [row[place[name]].strip() for name in TEXTS]
    times = [
        None
        if len(row[place[name]]) < 19
        else int(datetime.fromisoformat(row[place[name]]).timestamp()) - BEIJING_SECONDS
        for name in TIMES
    ]
    unit, due, shipping, by_platform, by_creator, by_payment = (
        _bare_cents(row[place[name]]) for name in MONEY
    )
    quantity = int(row[place["商品数量"]])
    listed, paid, others = (
        unit * quantity,
        due - shipping - by_payment,
        by_platform + by_creator + by_payment,
    )
    identity = f"{row[place['收件人']]}|{row[place['收件人手机号']]}"
    buyer = int.from_bytes(hmac.digest(b"key", identity.encode(), "sha256")[:8], "big") >> 1
    return (
        1,
        "douyin",
        1,
        row[place["主订单编号"]].strip(),
        row[place["子订单编号"]].strip(),
        quantity,
        *texts,
        *times,
        max(time or 0 for time in times),
        row[place["支付完成时间"]][:10],
        "CNY",
        shipping,
        listed,
        others,
        paid,
        listed - paid - others,
        buyer,
        0,
    )


def _bare_cents(cell: str) -> int:
    return 0 if cell in ("", "-") else round(float(cell) * 100)


def ours(source: Path, target: Path) -> int:
    """The real import, with checks, upsert, folded orders and roll-ups; the number of rows."""
    from etl.imports.importer import import_file
    from shop.connect import connect

    db = connect(str(target))
    report = import_file(db, source)
    db.close()
    assert report.read == report.stored + report.unchanged + report.rejected
    return report.read


def again(source: Path, target: Path) -> int:
    """The import once more over what it stored, all rows read and checked (the file has new bytes)."""
    before = _dump(target)
    copy = source.with_suffix(".again.csv")
    copy.write_bytes(source.read_bytes() + b"\r\n")
    start = time.perf_counter()
    count = ours(copy, target)
    seconds = time.perf_counter() - start
    copy.unlink()
    if _dump(target) != before:
        raise SystemExit("importing again changed a table")
    print(json.dumps({"seconds": seconds, "rows": count}))
    return count


def _dump(target: Path) -> str:
    """One hash over all rows of all tables but the files read and what they state (and the data version)."""
    from shop.db.database import sqlite_driver

    connection = sqlite_driver().connect(str(target))
    digest = hashlib.sha256()
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    for (table,) in tables.fetchall():
        if table not in ("source_file", "row_statement", "order_numbers", "meta", "sqlite_sequence"):
            width = len(connection.execute(f'PRAGMA table_info("{table}")').fetchall())
            order = ", ".join(map(str, range(1, width + 1)))
            for row in connection.execute(f'SELECT * FROM "{table}" ORDER BY {order}'):
                digest.update(repr(row).encode())
    connection.close()
    return digest.hexdigest()


def child(what: str, source: Path, target: Path) -> None:
    """Run one of the three in this process and print its time and peak memory."""
    if what == "again":
        again(source, target)
        return
    start = time.perf_counter()
    rows = {"baseline": baseline, "ours": ours}[what](source, target)
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "rows": rows}))


def run(what: str, source: Path, target: Path) -> dict[str, float]:
    """Run one of the three in a process of its own."""
    command = [sys.executable, __file__, "--child", what, str(source), str(target)]
    return with_peak(command, what)


def with_peak(command: list[str], what: str) -> dict[str, float]:
    """The figures that a command prints as JSON in its last line, with the peak memory of its processes (MB)."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, memory(process.pid))
        time.sleep(0.1)
    output = process.communicate()[0]
    if process.returncode:
        raise SystemExit(f"{what} failed")
    return {**json.loads(output.strip().splitlines()[-1]), "peak_mb": peak}


def memory(pid: int) -> float:
    """MB that a process and its workers use together, shared pages counted once (Linux)."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        pids = [str(pid), *children.read_text().split()]
        report = [Path(f"/proc/{item}/smaps_rollup").read_text() for item in pids]
    except OSError:
        return 0.0
    lines = "".join(report).splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def main() -> None:
    """Print the figures."""
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
        return
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("lines", nargs="?", type=int, default=1_000_000)
    arguments.add_argument("--runs", type=int, default=3)
    arguments.add_argument("--file", type=Path, help="a Douyin order export to use instead of a new one")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source = given.file or make_file(Path(folder), given.lines)
        report(source, Path(folder), given.runs)


def make_file(folder: Path, lines: int) -> Path:
    """One Douyin order export of the practice shop with this many lines."""
    from sample_data.generator.practice import write_shop

    shop = folder / "shop"
    write_shop(shop, orders=lines, until=date(2026, 10, 31), platforms=("douyin",), only_orders=True)
    return joined(sorted(shop.glob("douyin_orders_*.csv")), folder / "orders.csv")


def joined(files: list[Path], target: Path) -> Path:
    """Exports of one header layout as one file; the last month comes in the other layout."""
    with target.open("wb") as out:
        for number, path in enumerate(files[:-1]):
            with path.open("rb") as file:
                header = file.readline()
                if number == 0:
                    out.write(header)
                shutil.copyfileobj(file, out)
    return target


def report(source: Path, folder: Path, runs: int) -> None:
    """Run baseline and import in turn and print medians and ratios."""
    results: dict[str, list[dict[str, float]]] = {"baseline": [], "ours": [], "again": []}
    for number in range(runs):
        results["baseline"].append(run("baseline", source, folder / f"bare{number}.db"))
        results["ours"].append(run("ours", source, folder / f"ours{number}.db"))
        results["again"].append(run("again", source, folder / f"ours{number}.db"))
        for path in folder.glob("*.db*"):
            path.unlink()
    speeds = {
        name: statistics.median(result["rows"] / result["seconds"] for result in several)
        for name, several in results.items()
    }
    ratios = [
        bare["seconds"] / own["seconds"]
        for bare, own in zip(results["baseline"], results["ours"], strict=True)
    ]
    print(f"rows                 {int(results['ours'][0]['rows']):>12,}")
    print(f"bare loop            {speeds['baseline']:>12,.0f} rows/s")
    print(f"kilnboard import     {speeds['ours']:>12,.0f} rows/s")
    print(
        f"ratio                {statistics.median(ratios):>12.2f}x  ({min(ratios):.2f} to {max(ratios):.2f})"
    )
    print(f"peak memory          {max(result['peak_mb'] for result in results['ours']):>12,.0f} MB")
    print(f"imported again       {speeds['again']:>12,.0f} rows/s, no table changed")


if __name__ == "__main__":
    main()
