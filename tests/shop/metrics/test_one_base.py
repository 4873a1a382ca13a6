"""Orders, AOV and GMV of any filter stand on one base: every order with a line under it, once."""

import tempfile
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shop.maintenance import figures_are_true
from shop.metrics.query import Query, total
from shop.metrics.query import answer as frame_of
from shop.metrics.rows_behind.rows import rows_behind
from shop.metrics.tables import records
from shop.orders.batch import IngestBatch
from shop.orders.upsert import Upsert
from tests.support.fresh import new_database
from tests.support.odd_inputs.examples import examples

JANUARY = (date(2026, 1, 1), date(2026, 1, 31))
VALUES = {
    "platform": ("douyin", "kuaishou"),
    "carrier": ("live", "video", "product_card"),
    "seller": ("own", "partner"),
    "sku": ("CUP", "BOWL"),
}
NOON = datetime(2026, 1, 31, 4, tzinfo=UTC)
lines = st.fixed_dictionaries(
    {
        "order": st.integers(1, 4),
        **{name: st.sampled_from(values) for name, values in VALUES.items()},
        "cents": st.integers(1, 500),
    }
)
filters = st.fixed_dictionaries(
    {}, optional={name: st.sets(st.sampled_from(values), min_size=1) for name, values in VALUES.items()}
)


def moment(line: dict[str, Any]) -> datetime:
    """An order is paid on the day of its number; every fourth on the last day, before or after noon."""
    number = line["order"]
    after = number == 4 and line["platform"] == "kuaishou"
    return datetime(2026, 1, 31 if number >= 3 else number, 6 if after else 2, tzinfo=UTC)


def currency(line: dict[str, Any]) -> str:
    return "USD" if line["order"] == 2 else "CNY"


def batches(sold: list[dict[str, Any]]) -> Iterable[IngestBatch]:
    for platform in VALUES["platform"]:
        rows = [
            {
                "order_id": str(line["order"]),
                "line_id": str(number),
                **{name: line[name] for name in ("sku", "carrier", "seller")},
                "currency": currency(line),
                "title": line["sku"],
                "quantity": 1,
                "status": "paid",
                "list_cents": line["cents"],
                "buyer_paid_cents": line["cents"],
                "created_at": int(moment(line).timestamp()),
                "paid_at": int(moment(line).timestamp()),
                "paid_on": moment(line).date().isoformat(),
                "updated_at": int(moment(line).timestamp()),
                "payload_hash": 1,
            }
            for number, line in enumerate(sold)
            if line["platform"] == platform
        ]
        if rows:
            columns = {name: [row[name] for row in rows] for name in rows[0]}
            yield IngestBatch("order_line", platform, columns, list(range(len(rows))))


def refunds(orders: set[int]) -> IngestBatch:
    at = int(datetime(2026, 1, 31, 1, tzinfo=UTC).timestamp())
    names = [str(order) for order in sorted(orders)]
    same = {"status": "refunded", "refunded_at": at, "refunded_on": "2026-01-31", "amount_cents": 8_000}
    same |= {"updated_at": at, "payload_hash": 1}
    columns: dict[str, list[Any]] = {name: [value] * len(names) for name, value in same.items()}
    columns["currency"] = [currency({"order": order}) for order in sorted(orders)]
    columns |= {"refund_id": names, "order_id": names}
    return IngestBatch("refund", "douyin", columns, list(range(len(names))))


def is_counted(line: dict[str, Any], where: dict[str, set[str]], *, is_cut: bool) -> bool:
    so_far = not is_cut or moment(line) < NOON
    return currency(line) == "CNY" and so_far and all(line[name] in of for name, of in where.items())


@settings(max_examples=examples(5), deadline=None)
@given(st.lists(lines, min_size=1, max_size=8), st.sets(st.integers(1, 4)), st.lists(filters, max_size=6))
def test_orders_times_aov_is_gmv_under_every_filter(
    sold: list[dict[str, Any]], refunded: set[int], chosen: list[dict[str, set[str]]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        db = new_database(Path(folder) / "shop.db")
        with db.write() as connection:
            load = Upsert(connection, 1)
            for batch in (*batches(sold), *([refunds(refunded)] if refunded else [])):
                load.put(batch)
            load.finish()
        for where in ({}, *chosen):
            for cut_at in (None, int(NOON.timestamp())):
                pairs = tuple((name, tuple(sorted(of))) for name, of in where.items())
                query = Query(("orders", "gmv", "aov"), *JANUARY, (), pairs, 1, "CNY", cut_at)
                counted = [line for line in sold if is_counted(line, where, is_cut=cut_at is not None)]
                orders = {(line["platform"], line["order"]) for line in counted}
                gmv = sum(line["cents"] for line in counted)
                aov = (2 * gmv + len(orders)) // (2 * len(orders)) if orders else None
                assert total(db, query) == {"orders": len(orders), "gmv": gmv, "aov": aov}
                behind = rows_behind(db, query, "orders")
                assert behind is not None and behind.total == len(orders)
                for name in VALUES:
                    by = {row[name]: row["orders"] for row in records(frame_of(db, _by(query, name)))}
                    for value in VALUES[name]:
                        under = {(line["platform"], line["order"]) for line in counted if line[name] == value}
                        assert by.get(value, 0) == len(under)
            back = {
                (p, n)
                for p, n in {(x["platform"], x["order"]) for x in sold}
                if p == "douyin" and n in refunded
            }
            query = Query(("refunded_orders",), *JANUARY, (), pairs, 1, "CNY")
            expected = len(
                back & {(x["platform"], x["order"]) for x in sold if is_counted(x, where, is_cut=False)}
            )
            if "sku" not in where:  # of a SKU counts what came back of it
                assert total(db, query) == {"refunded_orders": expected}
            behind = rows_behind(db, query, "refunded_orders")
            assert behind is not None and behind.total == total(db, query)["refunded_orders"]
        assert figures_are_true(db)
        db.close()


def _by(query: Query, name: str) -> Query:
    return replace(query, by=(name,))
