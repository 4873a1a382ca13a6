"""What the tests of pulling share: a mock platform that is logged in to, dumps of a database, kills."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from etl import credentials, platforms
from etl.platforms.base import Keys
from etl.sync.engine import sync
from etl.sync.options import Options, RunReport
from sample_data.mock_platforms import Faults, ManualClock, MockPlatforms, Shop, serve
from sample_data.mock_platforms.history.figures import day
from shop.db.database import Database, sqlite_driver
from shop.metrics.query import Query, answer, plain
from tests.oracles.mock_platforms import expected_store
from tests.support.copies import Process, start

UNTIL = date(2025, 10, 31)
SMALL = Shop(orders=360, until=UNTIL, days=60)
WITH_RARE_ORDERS = Shop(orders=900, until=UNTIL, days=60)
SHOPS = ("douyin_shop", "kuaishou_shop", "tiktok_shop")
FAULTS = {
    "rate_429": 0.15,
    "rate_5xx": 0.15,
    "drop": 0.06,
    "truncate": 0.06,
    "html": 0.02,
    "duplicate": 0.1,
    "reorder": 0.3,
    "shift": 0.1,
}
# Run by run, key by key: how a run went, who has a lease, how often something was written.
LEFT_OUT = {"sync_run", "lease", "alembic_version", "meta", "sqlite_stat1", "order_numbers"}


def at_mock(
    platform: str,
    folder: Path,
    monkeypatch: Any,
    *,
    shop: Shop = SMALL,
    faults: Faults | None = None,
    rate: float = 10.0,
) -> MockPlatforms:
    """Mock platforms whose clock moves by sleeping only, with this process logged in to it."""
    mock = serve(shop, platforms=[platform], faults=faults, clock=ManualClock(shop.moment), rate=rate)
    for name, value in environment(mock, platform, folder, rate).items():
        monkeypatch.setenv(name, value)
    log_in(mock, platform)
    return mock


def environment(mock: MockPlatforms, platform: str, folder: Path, rate: float) -> dict[str, str]:
    prefix = f"KILNBOARD_{platform.upper()}_"
    return {
        "KILNBOARD_CONFIG": str(folder / "config"),
        f"{prefix}URL": mock.url(platform),
        f"{prefix}RATE": str(rate),
    }


def log_in(mock: MockPlatforms, platform: str) -> None:
    connector, given = platforms.connector(platform), mock.credentials(platform)
    names = {item.name for item in connector.CREDENTIALS} - {"code", "refresh_token"}
    values = {name: given[name] for name in names if name in given}
    keys = Keys(values, given["access_token"], given["refresh_token"], int(given["access_token_expires"]))
    credentials.save(connector, keys)


def pull(
    db: Database, mock: MockPlatforms, platform: str, kinds: tuple[str, ...] = (), **options: Any
) -> list[RunReport]:
    since = options.pop("since", None)
    how = Options(clock=mock.clock, **options)
    reports = sync(db, platform, kinds=kinds, since=since, options=how)
    problems = [report.error for report in reports if report.error is not None]
    assert not problems, problems
    return reports


def dump(path: Path, without: set[str] = LEFT_OUT) -> dict[str, list[str]]:
    """Every table's rows, sorted, as text; columns in the order of their names, which each engine has in its own.

    By the same SQLite as the program: two copies of it in one process lose each other's locks.
    """
    connection = sqlite_driver().connect(path)
    tables = [
        row[0]
        for row in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        )
    ]
    result = {}
    for table in tables:
        if table not in without:
            rows = connection.execute(f"SELECT * FROM {table}")
            names = [column[0] for column in rows.description]
            order = sorted(range(len(names)), key=names.__getitem__)
            result[table] = sorted(repr(tuple(row[place] for place in order)) for row in rows)
    connection.close()
    return result


MEASURES = (
    "gmv",
    "buyer_paid",
    "list_value",
    "seller_discounts",
    "platform_discounts",
    "units",
    "lines",
    "orders",
)
REFUNDS = ("refunds", "refunds_by_order")


def figures(db: Database, by: str, names: tuple[str, ...], shop: Shop) -> dict[str, dict[str, int]]:
    """Figures that add up, by day or SKU, rows of nothing but zero left out."""
    start = date(2000, 1, 1) if by == "sku" else shop.plan.start
    table = answer(db, Query(names, start, date(2026, 2, 1), by=(by,)))
    rows = {
        str(row[by])[:10] if by == "day" else str(row[by]): {name: plain(row[name]) or 0 for name in names}
        for row in table.to_dict("records")
    }
    return {key: row for key, row in rows.items() if any(row.values())}


def truth_of(
    mock: MockPlatforms, platform: str, by: str, names: tuple[str, ...]
) -> dict[str, dict[str, int]]:
    """The mock platforms' truth; Kuaishou reports one refunded sum, including shipping."""
    truth = expected_store(mock, platform)
    rows = {key: {name: row[name] for name in names} for key, row in truth[f"by_{by}"].items()}
    if platform == "kuaishou_shop" and "refunds" in names:
        for case in truth["refunds"].values():
            if not case["refunded_at"]:
                continue
            order = truth["orders"][case["order_id"]]
            keys = {"refunds": case["refunded_at"], "refunds_by_order": order["paid_at"]}
            for name, moment in keys.items():
                sku = order["lines"][case["line_id"]]["sku"]
                rows[day(moment) if by == "day" else sku][name] += case["shipping_cents"]
    return {key: row for key, row in rows.items() if any(row.values())}


# --- a sync in a process of its own, that may be killed ------------------------------------------

DRIVER = """
import os, time
from etl.http.rate_limit import Clock
from etl.sync.engine import Options, sync
from shop.connect import connect
moment, slept = float(os.environ["MOMENT"]), [0.0]

def sleep(seconds):
    slept[0] += seconds
    time.sleep(seconds)

clock = Clock(lambda: moment, lambda: slept[0], sleep)
db = connect()
reports = sync(db, os.environ["PLATFORM"], options=Options(clock=clock))
for report in reports:
    if report.error is not None:
        print(report.error)
raise SystemExit(max([r.error.exit_code for r in reports if r.error is not None], default=0))
"""


@contextmanager
def started(mock: MockPlatforms, platform: str, folder: Path, **more: str) -> Iterator[Process]:
    """A process that pulls into folder/shop.db; it ends with the block.

    Its wall clock stands still and its stopwatch counts what it sleeps, not how slow the machine is: pages
    are landed with the same time however long they took.
    """
    value = {
        **environment(mock, platform, folder, 100_000.0),
        **more,
        "KILNBOARD_DB": str(folder / "shop.db"),
        "PLATFORM": platform,
        "MOMENT": str(mock.shop.moment),
    }
    with start(DRIVER, environment=value) as process:
        try:
            yield process
        finally:
            process.kill()
