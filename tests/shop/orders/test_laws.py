"""Laws of loading: twice is once, any order gives the same rows, roll-ups equal the lines."""

import tempfile
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.access.roles import OWNER
from shop.core.money import split
from shop.db.database import Database
from shop.maintenance import figures_are_true
from shop.metrics import deferred_rollups
from shop.metrics.query import Query, answer
from shop.orders.batch import IngestBatch
from shop.orders.upsert import Upsert
from shop.profit.gross_to_net import waterfall
from tests.oracles.payout_delays import NAMES, delays_by_line
from tests.support.fresh import new_database

DAYS = ("2026-01-30", "2026-01-31", "2026-02-01", None)
FACTS = (
    "order_line",
    "refund",
    "fact_day",
    "fact_sku_day",
    "fact_sku_month",
    "fact_payout",
    "fact_refund",
    *deferred_rollups.TABLES,
    "sold_sku",
    "sold_name",
)

lines = st.fixed_dictionaries(
    {
        "order_id": st.sampled_from(("A", "B", "C")),
        "line_id": st.sampled_from(("1", "2")),
        "paid_on": st.sampled_from(DAYS),
        "sku": st.sampled_from(("cup", "bowl")),
        "title": st.sampled_from(("杯", "碗", "杯 new")),
        "quantity": st.integers(1, 3),
        "buyer_paid_cents": st.integers(0, 500),
        "platform_discount_cents": st.integers(0, 50),
        "carrier": st.sampled_from(("live", "video")),
        "is_gift": st.booleans(),
        "buyer_key": st.sampled_from((7, 8, None)),
        "version": st.integers(1, 4),
    }
)
refunds = st.fixed_dictionaries(
    {
        "refund_id": st.sampled_from(("r1", "r2", "r3")),
        "order_id": st.sampled_from(("A", "B", "unheard of")),
        "line_id": st.sampled_from(("1", "2", None)),
        "refunded_on": st.sampled_from(DAYS[:3]),
        "amount_cents": st.integers(0, 300),
        "status": st.sampled_from(("refunded", "asked")),
        "kind": st.sampled_from(("return_refund", "refund_only")),
        "stage": st.sampled_from(("before_ship", "after_ship")),
        "is_estimate": st.booleans(),
        "version": st.integers(1, 4),
    }
)
payouts = st.fixed_dictionaries(
    {
        "settlement_id": st.sampled_from(("p1", "p2", "p3")),
        "order_id": st.sampled_from(("A", "B", "unheard of")),
        "line_id": st.sampled_from(("1", "2", None)),
        "settled_on": st.sampled_from(DAYS[:3]),
        "paid_out_cents": st.integers(-100, 300),
        "income_cents": st.integers(-100, 400),
        "platform_fee_cents": st.integers(0, 20),
        "shipping_cents": st.integers(0, 10),
        "version": st.integers(1, 4),
    }
)


def line_batch(result: list[dict[str, Any]]) -> IngestBatch:
    columns: dict[str, list[Any]] = defaultdict(list)
    for number, line in enumerate(result):
        rest = {name: value for name, value in line.items() if name != "version"}
        paid = line["buyer_paid_cents"] + line["platform_discount_cents"]
        content = hash_of(rest)
        for name, value in {
            **rest,
            "status": "paid",
            "currency": "CNY",
            "list_cents": paid,
            "updated_at": line["version"],
            "paid_at": None if line["paid_on"] is None else 1_000 + number,
            "payload_hash": content,
        }.items():
            columns[name].append(value)
        columns["paid_at"][-1] = None if line["paid_on"] is None else 5_000
    return IngestBatch("order_line", "douyin", columns, list(range(len(result))))


def refund_batch(result: list[dict[str, Any]], table: str = "refund") -> IngestBatch:
    columns: dict[str, list[Any]] = defaultdict(list)
    for refund in result:
        rest = {name: value for name, value in refund.items() if name != "version"}
        more = {"currency": "CNY", "updated_at": refund["version"], "payload_hash": hash_of(rest)}
        for name, value in (rest | more).items():
            columns[name].append(value)
    return IngestBatch(table, "douyin", columns, list(range(len(result))))


def payout_batch(result: list[dict[str, Any]]) -> IngestBatch:
    return refund_batch(result, "settlement")


def hash_of(content: dict[str, Any]) -> int:
    import hashlib

    digest = hashlib.blake2b(repr(sorted(content.items(), key=str)).encode(), digest_size=7)
    return int.from_bytes(digest.digest(), "big")


def stored(
    folder: Path, batches: list[IngestBatch], *, read_between: bool
) -> tuple[Database, dict[str, Any]]:
    db = new_database(folder / f"{len(list(folder.iterdir()))}.db")
    for batch in batches:
        with db.write() as connection:
            load = Upsert(connection, 1)
            load.put(batch)
            load.finish()
        if read_between:
            deferred_rollups.up_to_date(db)
    deferred_rollups.up_to_date(db)
    return db, dump(db)


def dump(db: Database) -> dict[str, Any]:
    with db.read() as connection:
        cursor = connection.connection.driver_connection
        assert cursor is not None
        return {
            table: sorted(cursor.execute(f"SELECT * FROM {table}").fetchall(), key=repr)
            for table in FACTS
            if table != "sold_name"
        }


LOADS = st.tuples(
    st.lists(st.lists(lines, min_size=1, max_size=4), max_size=3),
    st.lists(st.lists(refunds, min_size=1, max_size=3), max_size=2),
    st.lists(st.lists(payouts, min_size=1, max_size=3), max_size=2),
    st.randoms(),
)


@settings(max_examples=6, deadline=None)
@given(LOADS)
def test_any_order_of_loads_gives_the_same_rows_and_twice_is_once(loads: Any) -> None:
    load_in_any_order(*loads)


@pytest.mark.proof
@settings(max_examples=500, deadline=None)
@given(LOADS)
def test_five_hundred_orders_of_loads_give_the_same_rows(loads: Any) -> None:
    load_in_any_order(*loads)


def load_in_any_order(
    some_lines: list[Any], some_refunds: list[Any], some_payouts: list[Any], random: Any
) -> None:
    batches = [
        *map(line_batch, some_lines),
        *map(refund_batch, some_refunds),
        *map(payout_batch, some_payouts),
    ]
    shuffled = batches * 2
    random.shuffle(shuffled)
    with tempfile.TemporaryDirectory() as folder:
        item, first = stored(Path(folder), batches, read_between=True)
        other, second = stored(Path(folder), shuffled, read_between=False)
        assert first == second
        assert figures_are_true(item)
        assert figures_are_true(other)
        version = other.version()
        with other.write() as connection:
            load = Upsert(connection, 1)
            assert not any(new for batch in batches for new in load.put(batch))
            load.finish()
        assert other.version() == version
        days_add_up(item)
        delays_are_those_of_the_lines(item)
        waterfall_reconciles(item)
        item.close()
        other.close()


def days_add_up(db: Database) -> None:
    whole = Query(
        ("gmv", "orders", "units", "refunds", "refunds_by_order"), date(2026, 1, 1), date(2026, 2, 28)
    )
    total = answer(db, whole).iloc[0]
    for cut in ("day", "week", "month", "carrier", "platform"):
        cuts = answer(db, Query(whole.metrics, whole.start, whole.end, (cut,)))
        for name in whole.metrics:
            is_counted_twice = (cut, name) == ("carrier", "orders")  # where it has lines of two carriers
            same = cuts[name].sum() >= total[name] if is_counted_twice else cuts[name].sum() == total[name]
            assert same, (cut, name)
    skus = answer(db, Query(whole.metrics, whole.start, whole.end, ("sku",)))
    for name in ("gmv", "units", "refunds", "refunds_by_order"):
        assert skus[name].sum() == total[name]


def delays_are_those_of_the_lines(db: Database) -> None:
    """The roll-up of payouts by their delay has the sums of the lines themselves."""
    stored: Counter[tuple[Any, ...]] = Counter()
    with db.read() as connection:
        for row in connection.exec_driver_sql(
            "SELECT day, platform, currency, seller, settled_on, void_on, "
            f"{', '.join(NAMES)} FROM fact_payout_delay WHERE shop_id = 1"
        ):
            stored.update({(*row[:6], name): value for name, value in zip(NAMES, row[6:], strict=True)})
    assert +stored == +delays_by_line(db) and -stored == -delays_by_line(db)


def waterfall_reconciles(db: Database) -> None:
    """What is credited is what was settled and what waits, whatever came in which order."""
    result = waterfall(db, Query(("gmv",), date(2026, 1, 1), date(2026, 2, 28)), OWNER)
    credited = result.step("credited")
    assert credited is not None
    assert credited.cents == result.settled + (result.unsettled.cents or 0)
    assert result.unsettled.count >= 0
    running = 0
    for step in result.steps:
        if step.is_total and step.name != "list_value":
            assert step.cents in (None, running), step.name
        else:
            running += step.cents or 0


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=20))
def test_a_split_adds_up_and_no_part_is_a_cent_off(total: int, weights: list[int]) -> None:
    parts = split(total, weights)
    assert sum(parts) == total
    whole = sum(weights)
    if whole:
        for part, weight in zip(parts, weights, strict=True):
            assert abs(part * whole - total * weight) < whole
