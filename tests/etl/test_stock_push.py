"""Stock goes to the platform: the number stands there, whatever way the platform takes it."""

from pathlib import Path

import pytest
from pulls import SHOPS, at_standin, pull

from etl.client import Unsure
from etl.errors import UnknownListing
from etl.stock import push_stock
from etl.sync import Options
from sample_data.standin import Faults
from shop.db import Database


def listings(db: Database) -> dict[str, int]:
    with db.read() as connection:
        rows = connection.exec_driver_sql("SELECT listing_id, quantity FROM listing")
        return {row[0]: row[1] for row in rows}


@pytest.mark.parametrize("platform", SHOPS)
def test_the_quantity_stands_on_the_platform_afterwards(
    platform: str, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with at_standin(platform, tmp_path, monkeypatch, rate=1000.0) as standin:
        how = Options(clock=standin.clock)
        pull(db, standin, platform, kinds=("listings",))
        first, second, *_ = sorted(listings(db))
        for quantity in (17, 3, 0, 3):
            push_stock(db, platform, first, quantity, options=how)
        push_stock(db, platform, second, 5, options=how)
        standin.advance(days=1)
        pull(db, standin, platform, kinds=("listings",))
        found = listings(db)
        assert (found[first], found[second]) == (3, 5)


def test_an_unknown_listing_is_said(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with at_standin("douyin_shop", tmp_path, monkeypatch) as standin, pytest.raises(UnknownListing):
        push_stock(db, "douyin_shop", "1", 5, options=Options(clock=standin.clock))


def test_a_change_whose_answer_got_lost_is_not_made_twice(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with at_standin("kuaishou_shop", tmp_path, monkeypatch, rate=1000.0) as standin:
        how = Options(clock=standin.clock)
        pull(db, standin, "kuaishou_shop", kinds=("listings",))
        first = min(listings(db))
        standin.set_faults(Faults(seed=3, truncate=0.5))
        for quantity in (40, 12, 31, 8):
            try:
                push_stock(db, "kuaishou_shop", first, quantity, options=how)
            except Unsure:
                push_stock_until_sure(db, first, quantity, how)
            standin.set_faults(Faults())
            standin.advance(days=1)
            pull(db, standin, "kuaishou_shop", kinds=("listings",))
            assert listings(db)[first] == quantity
            standin.set_faults(Faults(seed=quantity, truncate=0.5))


def push_stock_until_sure(db: Database, listing: str, quantity: int, how: Options) -> None:
    for _ in range(20):
        try:
            return push_stock(db, "kuaishou_shop", listing, quantity, options=how)
        except Unsure:
            continue
