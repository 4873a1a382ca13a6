"""Sell-through and cover, counted by hand on a small stock."""

from contextlib import closing
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.core.errors import UnknownDimension
from shop.db.database import Database
from shop.metrics.definitions import METRICS
from shop.metrics.dimensions import UNMATCHED
from shop.metrics.query import Query, answer, total
from shop.metrics.stock_facts import best_sellers
from tests.shop.metrics.test_query import JANUARY
from tests.support.fresh import new_database
from tests.support.odd_inputs.examples import examples
from tests.support.shops.catalogs import design, match, put, sell
from tests.support.stock.simple import book_stock, moment


@pytest.fixture
def stocked(db: Database) -> Database:
    """Ten cups in December, six more out of the kiln in January; eight sell, one comes back."""
    design(db, "cup", "cup-s", "cup-l", form="cup", family="tea")
    design(db, "bowl", "bowl", form="bowl")
    book_stock(
        db,
        "cup-s",
        ("2025-12-01", "counted", 10),
        ("2025-12-31", "sold", -2),
        ("2026-01-05", "sold", -5),
        ("2026-01-10", "made", 6),
        ("2026-01-15", "returned", 1),
        ("2026-01-20", "broken", -1),
        ("2026-01-31", "sold", -3),
        ("2026-02-01", "made", 9),
    )
    book_stock(db, "cup-l", ("2026-01-20", "counted", 4), ("2026-01-25", "counted", -1))
    for number, quantity in (("1", 2), ("2", 3)):
        sell(db, number, "2026-01-05 10:00:00", 9_000, quantity=quantity)
    sell(db, "3", "2026-01-31 10:00:00", 9_000, quantity=3, carrier="product_card", currency="USD")
    sell(db, "4", "2026-01-31 11:00:00", 500, sku="?", title="?")
    match(db, {"sku": "code"}, "cup-s")
    return db


FLOW = ("stock_start", "stock_received", "stock_base", "stock_sold", "stock_broken", "on_hand")


def test_the_stock_of_a_month_adds_up(stocked: Database) -> None:
    result = answer(stocked, Query((*FLOW, "sell_through"), *JANUARY, ("variant",)))
    table = {row["variant"]: row for row in result.to_dict("records")}
    assert [table["cup-s"][name] for name in FLOW] == [8, 6, 14, 7, 1, 6]
    assert table["cup-s"]["sell_through"] == pytest.approx(7 / 14)
    assert [table["cup-l"][name] for name in FLOW] == [0, 3, 3, 0, 0, 3]
    assert "bowl" not in table  # its stock is not tracked: not known, which is not 0
    whole = total(stocked, Query((*FLOW, "sell_through"), *JANUARY, where=(("form", ("cup",)),)))
    assert [whole[name] for name in FLOW] == [8, 9, 17, 7, 1, 9]
    assert whole["sell_through"] == pytest.approx(7 / 17)
    assert whole["stock_base"] - whole["stock_sold"] - whole["stock_broken"] == whole["on_hand"]  # type: ignore[operator]


def test_one_month_ends_where_the_next_begins(stocked: Database) -> None:
    months = [(date(2025, 12, 1), date(2025, 12, 31)), JANUARY, (date(2026, 2, 1), date(2026, 2, 9))]
    ends = [total(stocked, Query(("stock_start", "on_hand"), *month)) for month in months]
    assert [(end["stock_start"], end["on_hand"]) for end in ends] == [(0, 8), (8, 9), (9, 18)]


def test_cover_is_stock_over_the_pace_of_sales(stocked: Database) -> None:
    with stocked.write() as connection:
        for number in (1, 2):
            put(
                connection,
                "live_session",
                platform="douyin",
                session_id=str(number),
                currency="CNY",
                started_on="2026-01-05",
                started_at=moment("2026-01-05"),
                updated_at=1,
                payload_hash=1,
            )
    names = ("on_hand", "pieces", "live_pieces", "sessions_held", "stock_cover_days", "stock_cover_sessions")
    table = answer(stocked, Query(names, *JANUARY, ("variant",))).set_index("variant")
    assert table.loc["cup-s", ["on_hand", "pieces", "live_pieces", "sessions_held"]].tolist() == [6, 8, 5, 2]
    assert table.loc["cup-s", "stock_cover_days"] == pytest.approx(6 / (8 / 31))
    assert table.loc["cup-s", "stock_cover_sessions"] == pytest.approx(6 / (5 / 2))
    assert table.loc["cup-l", ["stock_cover_days", "stock_cover_sessions"]].isna().all()
    assert table.loc[UNMATCHED, "pieces"] == 1
    assert table["on_hand"].isna()[UNMATCHED]


def test_stock_figures_have_no_platform_and_no_single_days() -> None:
    for cut in ("platform", "day", "sku"):
        with pytest.raises(UnknownDimension):
            Query(("sell_through",), *JANUARY, (cut,))
    assert METRICS["sell_through"].unit == "rate"


DAYS = [f"2026-01-{number:02}" for number in range(1, 11)]
MOVES = st.tuples(
    st.sampled_from("abcdefg"),
    st.sampled_from(DAYS),
    st.sampled_from([("sold", -1), ("returned", 1), ("broken", -1), ("made", 1)]),
    st.integers(1, 4),
)


@settings(max_examples=examples(6), deadline=None)
@given(moves=st.lists(MOVES, max_size=25), start=st.integers(0, 9), length=st.integers(0, 9))
def test_best_sellers_are_those_of_which_most_was_sold_from_stock(
    tmp_path_factory: pytest.TempPathFactory,
    moves: list[tuple[str, str, tuple[str, int], int]],
    start: int,
    length: int,
) -> None:
    with closing(new_database(tmp_path_factory.mktemp("stock") / "shop.db")) as db:
        for sku in "abcdefg":
            design(db, sku, sku)
            book_stock(db, sku, ("2025-12-01", "counted", 200))
        for sku, day, (reason, sign), pieces in moves:
            book_stock(db, sku, (day, reason, sign * pieces))
        span = date.fromisoformat(DAYS[start]), date.fromisoformat(DAYS[min(start + length, 9)])
        table = answer(db, Query(("stock_sold",), *span, ("variant",)))
        sold = dict(zip(table["variant"], table["stock_sold"], strict=True))
        expected = sorted((sku for sku in sold if sold[sku] > 0), key=lambda sku: (-sold[sku], sku))
        with db.read() as connection:
            assert best_sellers(connection, 1, *span, 3) == expected[:3]
