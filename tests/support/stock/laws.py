"""Laws of stock, shared by the tests that check them: the demand by hand, the check, and strategies."""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import strategies as st

from shop.db.database import Database
from tests.support.fresh import new_database
from tests.support.stock.shop import START, catalog, ledger_is_sound, line, refund

TABLES = (
    "order_line",
    "refund",
    "sold_name",
    "sold_match",
    "sold_sku",
    "fact_day",
    "fact_sku_day",
    "fact_sku_month",
    "stock_movement",
    "stock_balance",
    "stock_claim",
    "stock_hold",
    "stocktake",
    "stocktake_line",
    "return_receipt",
    "set_part",
    "audit",
)
SKUS = ("cup", "mug", "jar")
SET = "duo"  # now and then a set of other SKUs
BACK = ("return_refund", "exchange", "resend")


class Clock:
    """The shop's time in a machine: it advances only by an explicit step."""

    now = START


@contextmanager
def fresh() -> Iterator[Database]:
    """An empty shop in memory's folder, where there is one: without disk access."""
    place = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with tempfile.TemporaryDirectory(dir=place) as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "time", lambda: Clock.now)
        db = new_database(Path(folder) / "shop.db")
        catalog(db, cup="stocked", mug="stocked", jar="one_of_a_kind", duo="stocked")
        yield db
        db.close()


def wipe(db: Database) -> None:
    with db.write() as connection:
        for table in TABLES:
            connection.exec_driver_sql(f"DELETE FROM {table}")
        connection.exec_driver_sql("UPDATE variant SET parts = NULL")
    Clock.now = START


def demand_by_hand(db: Database) -> dict[tuple[str, str, str, int], tuple[str, int]]:
    """The demand of each line, of a set's by part, by its stored state and its refunds: the rule computed by hand."""
    with db.read() as connection:
        run = connection.exec_driver_sql
        tracked = dict(map(tuple, run("SELECT sku, tracked_from FROM stock_balance")))
        matched = dict(map(tuple, run("SELECT name_key, sku FROM sold_match WHERE sku IS NOT NULL")))
        lines = run(
            "SELECT platform, order_id, line_id, name_key, quantity, status, paid_at, shipped_at, "
            "buyer_paid_cents FROM order_line"
        ).all()
        made_of = run("SELECT set_sku, from_at, until_at, place, part_sku, pieces FROM set_part").all()
        cases = run("SELECT platform, order_id, line_id, kind, stage, status, amount_cents FROM refund").all()
    result = {}
    for platform, order, number, key, pieces, status, paid, shipped, cents in lines:
        if paid is None or status == "unpaid":
            continue
        is_sent = shipped is not None or status in ("shipped", "delivered", "completed")
        back = [
            case
            for case in cases
            if case[:2] == (platform, order)
            and case[5] == "refunded"
            and case[4] != "after_ship"
            and case[3] not in BACK
            and case[6] > 0
        ]
        own = sum(case[6] for case in back if case[2] == number)
        whole = sum(item[8] for item in lines if item[:2] == (platform, order))
        undone = 0 < cents <= own or 0 < whole <= sum(case[6] for case in back)
        if not is_sent and (status == "cancelled" or undone):
            pieces = 0
        sku = matched.get(key)
        valid = [row for row in made_of if row[0] == sku and row[1] <= paid < (row[2] or paid + 1)]
        for part, name, count in [(100 * row[3], row[4], row[5]) for row in valid] or [(0, sku, 1)]:
            if name in tracked and paid >= tracked[name]:
                result[platform, order, number, part] = (name, pieces * count)
    return result


def check(db: Database) -> None:
    """Never below zero, balances are sums, every line changed stock exactly by its demand."""
    assert ledger_is_sound(db)
    wants = demand_by_hand(db)
    with db.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT platform, order_id, line_id, part, sku, wanted, taken, returned, agreed FROM stock_claim"
        ).all()
        free = connection.exec_driver_sql(
            "SELECT b.sku FROM stock_balance b JOIN stock_claim c USING (sku) WHERE c.short > 0 "
            "AND b.on_hand - b.reserved + b.presale > 0"
        ).all()
        assert not free, f"pieces lie about while orders wait for them: {free}"
    own = {row[:4]: row for row in rows if row.part % 100 == 0}
    for key, (sku, pieces) in wants.items():
        row = own.get(key)
        agreed, back = (row.agreed, row.returned) if row else (0, 0)
        report = (key, sku, pieces, row)
        assert (row.wanted if row else 0) == max(pieces - agreed, back, 0), report
        assert row is None or row.sku == sku or back
    for row in rows:
        if row.part % 100 == 0 and tuple(row[:4]) not in wants:
            assert row.wanted == row.returned


orders = st.sampled_from([("douyin", "A"), ("douyin", "B"), ("tiktok", "C")])
statuses = st.sampled_from(["unpaid", "paid", "paid", "shipped", "completed", "cancelled"])
line_records = st.builds(
    lambda place, number, sku, pieces, status, paid, sent, version: line(
        place[1],
        sku,
        pieces,
        number=number,
        status=status,
        platform=place[0],
        version=version,
        paid=None if status == "unpaid" else paid,
        shipped=paid + sent if sent else None,
    ),
    orders,
    st.sampled_from("12"),
    st.sampled_from([*SKUS, "cup", SET, SET, "stranger"]),
    st.integers(1, 4),
    statuses,
    st.integers(-5, 60),
    st.sampled_from([0, 0, 1, 20]),
    st.integers(1, 9),
)
refund_records = st.builds(
    lambda place, number, kind, stage, status, cents, version: refund(
        place[1],
        number=number,
        kind=kind,
        stage=stage,
        status=status,
        cents=cents,
        version=version,
        platform=place[0],
    ),
    orders,
    st.sampled_from(["1", "2", None]),
    st.sampled_from(["return_refund", "refund_only", "exchange", "unknown"]),
    st.sampled_from(["before_ship", "after_ship", "unknown"]),
    st.sampled_from(["asked", "refunded", "closed"]),
    st.sampled_from([300, 1000, 2000]),
    st.integers(1, 5),
)
SENT = ("shipped", "completed", "cancelled")
definitions = st.sampled_from([None, "cup*2; mug", "cup", "jar; mug*3; cup", "mug; cup*3"])
skus, few = st.sampled_from(SKUS), st.integers(1, 4)
