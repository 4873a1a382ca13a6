"""Why sales changed: small shops, hand-computed parts, and the spring set to the last 分."""

import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.catalog import matching
from shop.core.errors import UnknownDimension
from shop.core.periods import Period
from shop.db.database import Database
from shop.growth.comparison.drivers import two_largest, why
from shop.growth.comparison.growth import compare
from shop.growth.comparison.segments import CUTS, cut
from shop.metrics.dimensions import UNMATCHED
from shop.metrics.query import Query
from tests.support.fresh import new_database
from tests.support.shops.small_shop import line, refund, session, store

NOW = Period(date(2026, 2, 1), date(2026, 2, 10))
BEFORE = Period(date(2026, 1, 1), date(2026, 1, 10))
NEW_YEAR = Query(("gmv",), date(2022, 1, 1), date(2022, 2, 28))
AUTUMN = Period(date(2021, 11, 1), date(2021, 12, 31))


def gmv_query(period: Period = NOW, **more: Any) -> Query:
    return Query(("gmv",), period.start, period.end, **more)


def by_name(result: Any) -> dict[str, int]:
    return {driver.name: driver.part for driver in result.drivers}


def aired(name: str, day: str, orders: int, cents: int, **more: Any) -> dict[str, Any]:
    """One session of an hour with as many live orders."""
    return {
        "lines": [
            line(
                f"{name}.{n}", f"{day} 20:{n:02d}:00", cents, carrier="live", content_id=name, attribution="B"
            )
            for n in range(orders)
        ],
        "sessions": [session(name, f"{day} 19:55:00", 3600, **more)],
    }


def air(db: Database, *shows: dict[str, Any]) -> None:
    store(db, **{name: [row for show in shows for row in show[name]] for name in shows[0]})


def test_two_more_sessions_that_sell_the_same_are_the_only_driver(db: Database) -> None:
    shows = [aired(f"b{n}", f"2026-01-0{n}", 5, 2_000, viewers=100, product_clicks=20) for n in (1, 2)]
    shows += [aired(f"n{n}", f"2026-02-0{n}", 5, 2_000, viewers=100, product_clicks=20) for n in (1, 2, 3, 4)]
    air(db, *shows)
    result = why(db, gmv_query(), BEFORE)
    assert (result.figure, result.base, result.change, result.basis) == (40_000, 20_000, 20_000, "total")
    assert {name: part for name, part in by_name(result).items() if part} == {"sessions@live": 20_000}
    assert result.sessions == "known"
    first = two_largest(result)
    assert [driver.over for driver in first] == ["sessions"]
    assert (first[0].now, first[0].before) == (4, 2)


def test_a_higher_price_and_more_orders_share_by_hand(db: Database) -> None:
    store(
        db,
        lines=[
            *(line(f"b{n}", "2026-01-03 10:00:00", 1_000) for n in range(2)),
            *(line(f"n{n}", "2026-02-03 10:00:00", 1_500) for n in range(4)),
        ],
    )
    result = why(db, gmv_query(), BEFORE)
    # orders 2 -> 4 at the mean price of 1250; price 1000 -> 1500 at the mean of 3 orders
    assert by_name(result) == {"orders@elsewhere": 2_500, "units/orders@all": 0, "gmv/units@all": 1_500}
    assert result.sessions == "none"


def test_ranges_of_different_length_use_daily_averages_as_growth_does(spring: Database) -> None:
    for metric in ("gmv", "net_sales"):
        result = why(spring, NEW_YEAR, AUTUMN, metric)
        growth = compare(spring, Query((metric,), NEW_YEAR.start, NEW_YEAR.end), AUTUMN)[metric]
        assert result.basis == "per_day"
        assert (result.figure, result.base) == (growth.now.per_day, growth.before.per_day)
        assert sum(driver.part for driver in result.drivers) == result.change
        assert growth.change == pytest.approx(result.change / result.base, abs=1e-5)


def test_the_spring_set_names_its_drivers(spring: Database) -> None:
    """Thirty sessions in 59 days against 27 in 61; clicks are given in people by the creator centre."""
    result = why(spring, NEW_YEAR, AUTUMN)
    assert result.sessions == "known"
    assert [driver.over for driver in result.drivers] == [
        "sessions",
        "live_seconds",
        "viewers",
        "product_clickers",
        "orders",
        "orders",
        "units",
        "gmv",
    ]
    assert result.drivers[0].now == pytest.approx(30 / 59)
    assert result.drivers[0].before == pytest.approx(27 / 61)
    assert [driver.name for driver in two_largest(result)] == [
        "orders@elsewhere",
        "viewers/live_seconds@live",
    ]


def test_refunds_are_one_more_driver_of_net_sales(db: Database) -> None:
    store(
        db,
        lines=[line("b", "2026-01-03 10:00:00", 3_000), line("n", "2026-02-03 10:00:00", 3_000)],
        refunds=[refund("r", "n", "2026-02-05 10:00:00", 1_200)],
    )
    result = why(db, gmv_query(), BEFORE, "net_sales")
    assert result.change == -1_200
    assert {name: part for name, part in by_name(result).items() if part} == {"refunds@all": -1_200}


def test_live_sales_without_imported_sessions_are_counted_by_orders(db: Database) -> None:
    store(
        db,
        lines=[line(f"b{n}", "2026-01-03 10:00:00", 500, carrier="live") for n in range(4)]
        + [line(f"n{n}", "2026-02-03 10:00:00", 500, carrier="live") for n in range(6)],
        sessions=[session("s", "2026-02-09 10:00:00", 600, viewers=5, product_clicks=1)],
    )
    result = why(db, gmv_query(), BEFORE)
    assert result.sessions == "unknown"
    assert by_name(result)["orders@live"] == 1_000
    assert "sessions@live" not in by_name(result)


def test_a_subset_of_products_is_explained_without_sessions(db: Database) -> None:
    air(db, aired("b", "2026-01-02", 2, 1_000), aired("n", "2026-02-02", 6, 1_000))
    result = why(db, gmv_query(where=(("sku", ("cup",)),)), BEFORE)
    assert result.sessions == "none"
    assert by_name(result)["orders@live"] == 4_000


def test_clicks_missing_in_one_session_are_left_out_by_name(db: Database) -> None:
    air(
        db,
        aired("b", "2026-01-02", 2, 1_000, viewers=50, product_clicks=None),
        aired("n", "2026-02-02", 6, 1_000, viewers=60, product_clicks=9),
    )
    result = why(db, gmv_query(), BEFORE)
    merged = next(driver for driver in result.drivers if driver.over == "orders")
    assert (merged.under, merged.left_out) == ("viewers", (("product_clicks", "unknown"),))
    assert sum(driver.part for driver in result.drivers) == 4_000


def test_a_range_without_any_live_sale_gives_its_whole_to_live_sales(db: Database) -> None:
    air(db, aired("n", "2026-02-02", 3, 700, viewers=60, product_clicks=9))
    result = why(db, gmv_query(), BEFORE)
    assert by_name(result) == {"gmv@live": 2_100}
    assert ("sessions", "zero") in result.drivers[0].left_out


def test_an_empty_shop_has_no_driver(db: Database) -> None:
    result = why(db, gmv_query(), BEFORE)
    assert (result.change, result.drivers, two_largest(result)) == (0, (), ())
    assert cut(db, gmv_query(), BEFORE).parts == ()


def test_other_figures_have_no_drivers(db: Database) -> None:
    with pytest.raises(UnknownDimension):
        why(db, gmv_query(), BEFORE, "orders")
    with pytest.raises(UnknownDimension):
        cut(db, gmv_query(), BEFORE, "gmv", "weather")


@pytest.mark.parametrize("by", CUTS)
@pytest.mark.parametrize("metric", ["gmv", "net_sales"])
def test_every_cut_adds_up_to_the_last_fen(spring: Database, by: str, metric: str) -> None:
    result = cut(spring, NEW_YEAR, AUTUMN, metric, by)
    assert sum(part.part for part in result.parts) == result.change
    assert sum(part.now for part in result.parts) == result.figure
    assert sum(part.before for part in result.parts) == result.base


def test_families_come_from_the_catalog(db: Database) -> None:
    store(
        db,
        lines=[
            line("b", "2026-01-03 10:00:00", 1_000, sku="C1"),
            line("n", "2026-02-03 10:00:00", 1_700, sku="C2"),
            line("m", "2026-02-03 10:00:00", 300, sku="nameless"),
        ],
    )
    about = {"updated_at": 1, "payload_hash": 1}
    store(
        db,
        product=[{"product_code": "P", "title": "杯", "family": "cups", **about}],
        variant=[{"sku": sku, "product_code": "P", "currency": "CNY", **about} for sku in ("C1", "C2")],
    )
    with db.write() as connection:
        matching.resolve(connection, 1)
    result = cut(db, gmv_query(), BEFORE, by="family")
    assert {part.key: (part.now, part.before) for part in result.parts} == {
        "cups": (1_700, 1_000),
        UNMATCHED: (300, 0),
    }


def test_a_running_day_is_cut_in_both_ranges(db: Database) -> None:
    store(
        db,
        lines=[
            line("b", "2026-01-10 09:00:00", 1_000),
            line("late", "2026-01-10 15:00:00", 9_000),
            line("n", "2026-02-10 09:00:00", 1_300),
        ],
    )
    noon = line("x", "2026-02-10 12:00:00", 0)["paid_at"]
    result = why(db, gmv_query(cut_at=noon), BEFORE)
    assert (result.figure, result.base) == (1_300, 1_000)
    assert sum(driver.part for driver in result.drivers) == 300


# --- any small shop ------------------------------------------------------------------------------

days = st.sampled_from(
    [(period.start + timedelta(days=n)).isoformat() for period in (NOW, BEFORE) for n in (0, 3, 9)]
)
orders = st.fixed_dictionaries(
    {
        "day": days,
        "cents": st.integers(0, 5_000),
        "quantity": st.integers(1, 4),
        "carrier": st.sampled_from(("live", "video", "product_card")),
        "seller": st.sampled_from(("own", "own", "partner")),
    }
)
shows = st.fixed_dictionaries(
    {
        "day": days,
        "seconds": st.sampled_from((0, 1_800, 3_600)),
        "viewers": st.one_of(st.none(), st.integers(0, 40)),
        "product_clicks": st.one_of(st.none(), st.integers(0, 9)),
    }
)
refunded = st.lists(st.tuples(st.integers(0, 9), days, st.integers(1, 900)), max_size=3)


def check_small_shop(sold: list[Any], on_air: list[Any], back: list[Any], earlier: Period) -> None:
    with tempfile.TemporaryDirectory() as folder:
        db = new_database(Path(folder) / "shop.db")
        store(
            db,
            lines=[
                line(
                    f"o{n}",
                    f"{item['day']} 20:10:00",
                    item["cents"],
                    quantity=item["quantity"],
                    carrier=item["carrier"],
                    seller=item["seller"],
                )
                for n, item in enumerate(sold)
            ],
            sessions=[
                session(
                    f"s{n}",
                    f"{item['day']} 20:00:00",
                    item["seconds"],
                    viewers=item["viewers"],
                    product_clicks=item["product_clicks"],
                )
                for n, item in enumerate(on_air)
            ],
            refunds=[
                refund(f"r{n}", f"o{of}", f"{day} 21:00:00", cents) for n, (of, day, cents) in enumerate(back)
            ],
        )
        for metric in ("gmv", "net_sales"):
            result = why(db, gmv_query(), earlier, metric)
            assert sum(driver.part for driver in result.drivers) == result.change
            for by in ("carrier", "platform", "product"):
                parts = cut(db, gmv_query(), earlier, metric, by).parts
                assert sum(part.part for part in parts) == result.change
        db.close()


earlier_ranges = st.sampled_from((BEFORE, Period(date(2026, 1, 1), date(2026, 1, 31))))


@settings(max_examples=6, deadline=None)
@given(st.lists(orders, max_size=10), st.lists(shows, max_size=4), refunded, earlier_ranges)
def test_any_small_shop_adds_up(sold: Any, on_air: Any, back: Any, earlier: Period) -> None:
    check_small_shop(sold, on_air, back, earlier)


@pytest.mark.proof
@settings(max_examples=300, deadline=None)
@given(st.lists(orders, max_size=10), st.lists(shows, max_size=4), refunded, earlier_ranges)
def test_hundreds_of_small_shops_add_up(sold: Any, on_air: Any, back: Any, earlier: Period) -> None:
    check_small_shop(sold, on_air, back, earlier)
