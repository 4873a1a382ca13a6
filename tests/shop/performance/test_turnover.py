"""Turnover of a small studio: what sells through, what does not sell, and why."""

from datetime import date

import pandas as pd
import pytest

from shop.db.database import Database
from shop.metrics.query import Query
from shop.metrics.stock_facts import largest_stock
from shop.performance.turnover import slow, slow_sellers, turnover
from tests.support.shops.catalogs import design, match, put, sell
from tests.support.stock.simple import book_stock

SPRING = Query(("gmv",), date(2026, 1, 1), date(2026, 3, 31))


@pytest.fixture
def studio(db: Database) -> Database:
    design(db, "cup", "cup-s", form="cup", glaze="celadon", price_cents=8_800)
    design(db, "vase", "vase", form="vase", price_cents=60_000)
    design(db, "plate", "plate", "old plate", price_cents=3_000)
    design(db, "jar", "jar")
    with db.write() as connection:
        put(connection, "listing", platform="douyin", listing_id="1", sku="cup-s", currency="CNY")
        put(connection, "listing", platform="tiktok", listing_id="1", sku="cup-s", currency="USD")
        put(connection, "listing", platform="douyin", listing_id="2", sku="plate", currency="CNY")
        put(
            connection,
            "listing",
            platform="douyin",
            listing_id="3",
            sku="vase",
            currency="CNY",
            status="paused",
        )
    sell(db, "1", "2026-03-01 10:00:00", 8_800, quantity=6)
    sell(db, "0", "2025-12-24 10:00:00", 3_000, sku="P")
    match(db, {"sku": "code"}, "cup-s")
    match(db, {"sku": "P"}, "plate")
    book_stock(db, "cup-s", ("2026-01-10", "counted", 10), ("2026-03-01", "sold", -6))
    book_stock(db, "vase", ("2025-11-30", "counted", 2))
    book_stock(db, "plate", ("2026-01-15", "counted", 40))
    book_stock(db, "jar", ("2026-03-20", "made", 3))
    return db


def test_the_stock_list_shows_when_each_sku_last_sold(studio: Database) -> None:
    table = turnover(studio, SPRING).set_index("sku")
    assert table.index.tolist() == ["plate", "cup-s", "jar", "vase"]
    assert table["last_on"].tolist() == ["2025-12-24", "2026-03-01", None, None]
    assert table["quiet_days"].tolist() == [97, 30, 11, 121]
    assert table["live"].tolist() == [1, 2, 0, 0]
    assert table.loc["cup-s", "sell_through"] == pytest.approx(6 / 10)
    assert table.loc["cup-s", "stock_cover_days"] == pytest.approx(4 * 90 / 6)
    assert "old plate" not in table.index


def test_slow_movers_name_their_reason_and_the_dearest_comes_first(studio: Database) -> None:
    result = slow(turnover(studio, SPRING))
    assert [(item.sku, item.tied_up) for item in result] == [
        ("plate", 120_000),
        ("vase", 120_000),
        ("jar", 0),
    ]
    by_sku = {item.sku: item for item in result}
    assert by_sku["vase"].reasons == ("never_sold", "not_live")
    assert by_sku["plate"].reasons == ("quiet",)
    assert by_sku["jar"].reasons == ("not_live",)  # days old: not slow, but nobody can buy it
    stricter = {item.sku: item.reasons for item in slow(turnover(studio, SPRING), long_cover=59)}
    assert stricter["cup-s"] == ("long_cover",)  # 60 days at this pace
    for most in (None, 1, 2, 3, 4):
        assert slow_sellers(studio, SPRING, most) == result[:most]


def test_the_turnover_of_some_skus_is_that_of_all(studio: Database) -> None:
    table = turnover(studio, SPRING)
    for skus in (["vase", "plate"], ["cup-s", "old plate", "jar"]):
        of_some = table[table["sku"].isin(skus)].reset_index(drop=True)
        pd.testing.assert_frame_equal(turnover(studio, SPRING, skus), of_some)
    with studio.read() as connection:
        days = SPRING.start, SPRING.end
        assert largest_stock(connection, 1, *days, "to_sell") == ["plate", "cup-s", "jar", "vase"]
        assert largest_stock(connection, 1, *days, "tied_up") == ["plate", "vase", "cup-s", "jar"]


def test_a_sku_without_stock_is_not_slow(db: Database) -> None:
    assert slow(turnover(db, SPRING)) == slow_sellers(db, SPRING, 9) == []
