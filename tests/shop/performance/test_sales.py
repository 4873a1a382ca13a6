"""Products: shares that add up, classes by the ones before, bands by the price per piece."""

from datetime import date

import pytest

from shop.metrics.dimensions import IGNORED, UNMATCHED
from shop.metrics.query import Query, total
from shop.performance.sales import CUTS, band, bands, sold, summary
from tests.shop.metrics.test_query import JANUARY
from tests.support.shops.catalogs import sell

ALL = Query(("gmv",), date(2021, 11, 1), date(2022, 3, 15))


@pytest.mark.parametrize("by", ["product", "sku"])
def test_the_table_adds_up_to_the_shop(spring, by):
    table = sold(spring, ALL, by=by)
    whole = total(spring, Query(("gmv", "units", "refunds"), ALL.start, ALL.end))
    for name, value in whole.items():
        assert int(table[name].sum()) == value
    assert table["share"].sum() == pytest.approx(1)
    assert table["cumulative"].iloc[-1] == pytest.approx(1)
    assert table["gmv"].is_monotonic_decreasing


def test_classes_are_cut_at_80_and_95_percent(spring):
    table = sold(spring, ALL)
    by_class = table.groupby("class")["gmv"].sum() / table["gmv"].sum()
    assert by_class["A"] >= 0.80
    assert by_class["A"] + by_class["B"] >= 0.95
    a = table[table["class"] == "A"]
    assert float(a["share"].iloc[:-1].sum()) < 0.80


@pytest.mark.parametrize(
    ("cents", "name"),
    [
        (0, "<50"),
        (4_999, "<50"),
        (5_000, "50-100"),
        (9_999, "50-100"),
        (10_000, "100-200"),
        (50_000, "500-1000"),
        (99_999, "500-1000"),
        (100_000, ">=1000"),
        (None, None),
    ],
)
def test_bands_begin_at_their_lower_edge(cents, name):
    assert band(cents, "CNY") == name


def test_bands_add_up(spring):
    table = sold(spring, ALL)
    result = bands(table)
    assert len(result) == 6
    assert int(result["gmv"].sum()) == int(table["gmv"].sum())


def test_a_summary_of_nothing_is_empty(db):
    result = summary(sold(db, ALL))
    assert (result.products, result.gmv, result.leaders_share, result.best) == (0, 0, None, "")


def test_a_share_of_sums_that_cancel_out_is_unknown(db):
    sell(db, "1", "2026-01-02 10:00:00", 9_000, sku="a", title="杯")
    sell(db, "2", "2026-01-02 11:00:00", -9_000, sku="b", title="盘")
    result = summary(sold(db, Query(("gmv",), *JANUARY)))
    assert (result.products, result.gmv, result.best, result.best_share) == (1, 0, "杯", None)


def test_what_is_not_matched_comes_last_and_has_no_class(kiln_shop):
    table = sold(kiln_shop, Query(("gmv",), *JANUARY), by="variant")
    assert table["code"].tolist() == ["cup-s", "bowl", "cup-l", UNMATCHED, IGNORED]
    assert table["class"].tolist() == ["A", "A", "A", "", ""]  # the third begins at 72 % of the matched
    assert table["title"].tolist()[:3] == ["celadon cup", "tenmoku bowl", "tall cup"]
    assert table["family"].tolist() == ["tea", "", "tea", "", ""]
    assert table["family_class"].tolist() == ["A", "A", "A", "", ""]
    assert table["share"].sum() == pytest.approx(1)
    assert summary(table).products == 3


@pytest.mark.parametrize("by", CUTS)
def test_every_cut_of_the_products_adds_up(kiln_shop, by):
    query = Query(("gmv",), *JANUARY)
    table = sold(kiln_shop, query, by=by)
    assert int(table["gmv"].sum()) == total(kiln_shop, query)["gmv"]
    assert table["title"].notna().all()
