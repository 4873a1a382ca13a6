"""One product: what sold it, and the platform's funnel without counting a period twice."""

from datetime import date, timedelta

import pytest

from shop.access.roles import OWNER
from shop.catalog import products
from shop.catalog.products import ProductFields, VariantFields
from shop.db.database import Database
from shop.metrics.query import Query
from shop.orders.batch import IngestBatch
from shop.orders.upsert import Upsert
from shop.performance import one_product
from tests.support.shops.outgoing import NOW, put_lines

pytestmark = pytest.mark.usefixtures("outgoing_clock")

QUERY = Query(("gmv",), date(2020, 1, 1), (NOW + timedelta(days=2)).date(), currency="CNY")


def put(db: Database, table: str, rows: list[dict[str, object]]) -> None:
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    with db.write() as connection:
        load = Upsert(connection, 1)
        load.put(IngestBatch(table, "douyin", columns, list(range(1, len(rows) + 1))))
        load.finish()


def test_sessions_and_videos_that_sold_it_by_gmv(db: Database) -> None:
    for code in ("CUP", "BOWL"):
        products.add(db, ProductFields(code), [VariantFields(sku=code)], actor=OWNER, code=code)
    started = int(NOW.timestamp())
    session = {"session_id": "s1", "title": "周三开播", "started_at": started, "started_on": "2026-01-01"}
    put(db, "live_session", [{**session, "currency": "CNY", "updated_at": started, "payload_hash": 1}])
    put_lines(
        db,
        [
            {
                "order_id": "1",
                "sku": "CUP",
                "carrier": "live",
                "content_id": "s1",
                "attribution": "A",
                "quantity": 2,
            },
            {
                "order_id": "2",
                "sku": "CUP",
                "carrier": "video",
                "content_id": "v1",
                "attribution": "A",
                "quantity": 3,
            },
            {"order_id": "3", "sku": "CUP", "carrier": "unknown", "content_id": None, "attribution": "D"},
            {"order_id": "4", "sku": "BOWL", "carrier": "live", "content_id": "s1", "attribution": "A"},
        ],
    )
    table = one_product.contents(db, QUERY, "CUP")
    shown = table[["carrier", "title", "grade", "units", "gmv"]].values.tolist()
    assert shown == [["video", "", "A", 3, 38_400], ["live", "周三开播", "A", 2, 25_600]]
    assert one_product.product_titles(db) == {"BOWL": "BOWL", "CUP": "CUP"}
    assert one_product.skus_of(db, "CUP") == ("CUP",)


def test_a_period_inside_a_longer_one_counts_once(db: Database) -> None:
    products.add(db, ProductFields("CUP"), [VariantFields(sku="CUP")], actor=OWNER, code="CUP")
    put_lines(db, [{"order_id": "1", "sku": "CUP", "product_id": "77"}])

    def report(first: str, last: str, carrier: str, orders: int) -> dict[str, object]:
        return {
            "product_id": "77", "first_on": first, "last_on": last, "carrier": carrier, "currency": "CNY",
            "impressions": 100 * orders, "product_clicks": 10 * orders, "orders": orders, "units": orders,
            "gmv_cents": 1_000 * orders, "updated_at": 1, "payload_hash": orders,
        }  # fmt: skip

    put(
        db,
        "product_statement",
        [
            report("2026-01-01", "2026-01-31", "all", 9),
            report("2026-01-05", "2026-01-11", "all", 4),  # inside January
            report("2026-02-01", "2026-02-28", "all", 5),
            report("2026-01-01", "2026-01-31", "live", 7),
        ],
    )
    table = one_product.funnel(db, QUERY, "CUP")
    assert table[["carrier", "orders", "impressions", "gmv"]].values.tolist() == [
        ["all", 14, 1_400, 14_000],
        ["live", 7, 700, 7_000],
    ]


def test_list_prices_in_runs_of_days(db: Database) -> None:
    """88.00 for two days, 98.00 for one with a coupon, 88.00 again."""
    products.add(db, ProductFields("CUP"), [VariantFields(sku="CUP")], actor=OWNER, code="CUP")
    prices = ((9, 8_800, 8_800), (8, 8_800, 8_800), (6, 9_800, 9_000), (2, 8_800, 8_800))
    put_lines(
        db,
        [
            {
                "order_id": str(back),
                "sku": "CUP",
                "paid": NOW - timedelta(days=back),
                "list_cents": listed,
                "buyer_paid_cents": paid,
                "seller_discount_cents": listed - paid,
            }
            for back, listed, paid in prices
        ],
    )
    table = one_product.price_history(db, QUERY, "CUP")
    assert table[["list_price", "units", "per_unit"]].values.tolist() == [
        [8_800, 1, 8_800],
        [9_800, 1, 9_000],
        [8_800, 2, 8_800],
    ]
    assert (table["first_on"] <= table["last_on"]).all()
