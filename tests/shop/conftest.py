"""A small kiln shop whose figures are counted by hand."""

from collections.abc import Iterator

import pytest

from shop.db.database import Database
from tests.shop.metrics.test_query import refund
from tests.support.shops.catalogs import design, match, sell


@pytest.fixture
def kiln_shop(db: Database) -> Iterator[Database]:
    """A celadon cup in two sizes, a tenmoku bowl; one code sold for two of them; postage; a riddle."""
    design(db, "celadon cup", "cup-s", form="cup", glaze="celadon", family="tea", size="small")
    design(db, "tall cup", "cup-l", form="cup", glaze="celadon", family="tea", size="large")
    design(db, "tenmoku bowl", "bowl", form="bowl", glaze="tenmoku", family=None, size=None)
    sell(db, "1", "2026-01-05 10:00:00", 9_000, platform_sku="11", quantity=2)
    sell(db, "2", "2026-01-06 10:00:00", 6_000, platform_sku="12")
    sell(db, "3", "2026-01-06 11:00:00", 8_000, sku="B", title="碗", carrier="video")
    sell(db, "4", "2026-01-07 10:00:00", 1_000, sku="post", title="补差价")
    sell(db, "5", "2026-01-31 10:00:00", 3_000, sku="?", title="谜")
    sell(db, "5", "2026-01-31 10:00:00", 500, sku="code", platform_sku="12", line_id="5b")
    refund(db, "r1", "2", "2026-01-20 12:00:00", 2_000)
    refund(db, "r2", "5", "2026-01-31 12:00:00", 700)  # 600 of the riddle, 100 of the tall cup
    refund(db, "r3", "unheard of", "2026-01-31 12:00:00", 50)
    match(db, {"platform_sku": "11"}, "cup-s")
    match(db, {"platform_sku": "12"}, "cup-l")
    match(db, {"sku": "B"}, "bowl")
    match(db, {"sku": "post"}, None, "ignored")
    yield db
