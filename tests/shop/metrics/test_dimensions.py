"""Sales by form, glaze, size and family: nothing is dropped, whatever is matched and whatever not."""

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.db.database import Database
from shop.metrics.dimensions import CATALOG, IGNORED, UNMATCHED
from shop.metrics.query import Query, answer, total
from tests.shop.metrics.test_query import JANUARY, at
from tests.shop.orders.test_laws import line_batch, lines, refund_batch, refunds, stored
from tests.support.odd_inputs.examples import examples
from tests.support.shops.catalogs import design, match

FIGURES = ("gmv", "net_sales", "units", "lines", "refunds", "refunds_by_order", "list_value", "shipping_paid")


def rows(db: Database, by: str, *metrics: str) -> dict[str, list[int]]:
    table = answer(db, Query(metrics, *JANUARY, (by,)))
    return {row[by]: [int(row[name]) for name in metrics] for row in table.to_dict("records")}


def test_one_code_that_stands_for_two_sizes_is_distinguished_by_its_lines(kiln_shop: Database) -> None:
    assert rows(kiln_shop, "variant", "gmv", "units", "refunds", "orders") == {
        "cup-s": [9_000, 2, 0, 1],
        "cup-l": [6_500, 2, 2_100, 2],
        "bowl": [8_000, 1, 0, 1],
        IGNORED: [1_000, 1, 0, 1],
        UNMATCHED: [3_000, 1, 650, 1],
    }
    assert rows(kiln_shop, "size", "gmv") == {
        "small": [9_000],
        "large": [6_500],
        "": [8_000],
        IGNORED: [1_000],
        UNMATCHED: [3_000],
    }


def test_a_family_that_nobody_typed_is_not_the_queue_of_the_unmatched(kiln_shop: Database) -> None:
    assert rows(kiln_shop, "family", "gmv", "buyers") == {
        "tea": [15_500, 1],
        "": [8_000, 1],
        IGNORED: [1_000, 1],
        UNMATCHED: [3_000, 1],
    }


def test_a_cut_can_be_narrowed_and_crossed(kiln_shop: Database) -> None:
    cups = Query(("gmv", "units"), *JANUARY, where=(("form", ("cup",)),))
    assert total(kiln_shop, cups) == {"gmv": 15_500, "units": 4}
    crossed = answer(kiln_shop, Query(("gmv",), *JANUARY, ("form", "carrier", "product")))
    assert crossed[crossed["form"] == "bowl"].values.tolist() == [["bowl", "video", "碗", 8_000]]
    unmatched = Query(("orders",), *JANUARY, where=(("form", (UNMATCHED,)), ("platform", ("douyin",))))
    assert total(kiln_shop, unmatched) == {"orders": 1}


def test_a_match_moves_the_past_and_its_end_moves_it_back(kiln_shop: Database) -> None:
    match(kiln_shop, {"sku": "?"}, "bowl")
    assert rows(kiln_shop, "variant", "gmv", "refunds")["bowl"] == [11_000, 600]
    match(kiln_shop, {"sku": "?"}, "a SKU that was deleted")
    assert rows(kiln_shop, "variant", "gmv", "refunds")[UNMATCHED] == [3_000, 650]


@pytest.mark.parametrize("cut_at", [None, at("2026-01-31 11:00:00")])
@pytest.mark.parametrize("by", CATALOG)
def test_every_cut_adds_up(kiln_shop: Database, by: str, cut_at: int | None) -> None:
    adds_up(kiln_shop, Query(FIGURES, *JANUARY, cut_at=cut_at), by)
    adds_up(kiln_shop, Query(FIGURES, date(2026, 1, 6), date(2026, 1, 31), cut_at=cut_at), by)


def adds_up(db: Database, query: Query, by: str) -> None:
    whole = total(db, query)
    for cuts in ((by,), ("week", by), (by, "carrier"), ("month", by, "sku")):
        table = answer(db, Query(query.metrics, query.start, query.end, cuts, cut_at=query.cut_at))
        for name in query.metrics:
            assert table[name].sum() == whole[name], (cuts, name)


matches = st.dictionaries(
    st.tuples(st.sampled_from(("cup", "bowl")), st.sampled_from(("杯", "碗", "杯 new"))),
    st.sampled_from(("v1", "v2", "gone", None)),
    max_size=6,
)


@settings(max_examples=examples(6), deadline=None)
@given(st.lists(lines, min_size=1, max_size=8), st.lists(refunds, max_size=4), matches)
def test_whatever_is_matched_days_and_cuts_add_up(
    some_lines: list[Any], some_refunds: list[Any], matched: dict[tuple[str, str], str | None]
) -> None:
    batches = [line_batch(some_lines)]
    batches += [refund_batch(some_refunds)] if some_refunds else []
    with tempfile.TemporaryDirectory() as folder:
        db, _ = stored(Path(folder), batches, read_between=False)
        design(db, "one", "v1", form="cup", family="tea")
        design(db, "two", "v2", form="bowl")
        for (sku, title), ours in matched.items():
            match(db, {"sku": sku, "title": title}, ours, "rule" if ours else "ignored")
        query = Query(FIGURES, date(2026, 1, 30), date(2026, 2, 1))
        for by in ("variant", "family"):
            adds_up(db, query, by)
            table = answer(db, Query(FIGURES, query.start, query.end, ("day", by)))
            days = answer(db, Query(FIGURES, query.start, query.end, ("day",)))
            for name in FIGURES if len(table) else ():
                assert table.groupby("day")[name].sum().tolist() == days[name].tolist()
        db.close()
