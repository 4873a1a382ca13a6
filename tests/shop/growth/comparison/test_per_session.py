"""Fair to effort: two more sessions that each sell the same are no growth per session."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.core.periods import Period
from shop.db.database import Database
from shop.growth.comparison.per_session import effort
from shop.metrics.query import Query, total
from tests.support.fresh import new_database
from tests.support.odd_inputs.examples import examples
from tests.support.shops.small_shop import line, session, store

NOW = Period(date(2026, 2, 1), date(2026, 2, 28))
BEFORE = Period(date(2026, 1, 1), date(2026, 1, 31))
QUERY = Query(("gmv",), NOW.start, NOW.end)


def on_air(db: Database, month: str, sessions: int, cents: list[int], hours: int = 2) -> None:
    """As many sessions on days of a month; each sells a piece for each of the amounts."""
    names = [f"2026-{month}-{day:02d}" for day in range(1, sessions + 1)]
    store(
        db,
        lines=[
            line(f"{day}.{n}", f"{day} 20:{n:02d}:00", amount, carrier="live")
            for day in names
            for n, amount in enumerate(cents)
        ],
        sessions=[session(day, f"{day} 19:55:00", hours * 3600) for day in names],
    )


def changes(result):
    return {name: item.change for name, item in result.items()}


def test_two_more_sessions_with_the_same_sales_change_nothing_per_session(db: Database) -> None:
    on_air(db, "01", 9, [12_345, 9_999, 100])
    on_air(db, "02", 11, [12_345, 9_999, 100])
    result = effort(db, QUERY, BEFORE)
    assert (result.sessions, result.seconds) == ((11, 9), (79_200, 64_800))
    assert changes(result.per_session) == {"gmv": 0.0, "orders": 0.0, "units": 0.0}
    assert changes(result.per_hour) == {"gmv": 0.0, "orders": 0.0, "units": 0.0}
    assert total(db, QUERY)["gmv"] == 11 * 22_444  # while the total grew


@settings(max_examples=examples(4), deadline=None)
@given(st.integers(1, 26), st.lists(st.integers(0, 90_000), min_size=1, max_size=5), st.integers(1, 6))
def test_so_it_is_for_any_history(tmp_path_factory, sessions, cents, hours) -> None:
    db = new_database(tmp_path_factory.mktemp("effort") / "shop.db")
    on_air(db, "01", sessions, cents, hours)
    on_air(db, "02", sessions + 2, cents, hours)
    result = effort(db, QUERY, BEFORE)
    assert result.per_session["orders"].change == 0.0
    if sum(cents) >= hours:  # less is nothing per hour, of which nothing grows
        assert result.per_session["gmv"].change == 0.0
        assert result.per_hour["gmv"].change == 0.0
    db.close()


def test_longer_sessions_that_sell_the_same_bring_less_per_hour(db: Database) -> None:
    on_air(db, "01", 4, [6_000], hours=2)
    on_air(db, "02", 4, [6_000], hours=3)
    result = effort(db, QUERY, BEFORE)
    assert result.per_session["gmv"].change == 0.0
    assert (result.per_hour["gmv"].now.total, result.per_hour["gmv"].before.total) == (2_000, 3_000)
    assert result.per_hour["gmv"].change == pytest.approx(-1 / 3)


def test_a_session_without_a_sale_counts_as_a_session(db: Database) -> None:
    on_air(db, "01", 2, [6_000])
    on_air(db, "02", 2, [6_000])
    store(db, sessions=[session("quiet", "2026-02-01 09:00:00", 3_600)])
    result = effort(db, QUERY, BEFORE).per_session
    assert (result["gmv"].now.total, result["orders"].now.total) == (4_000, pytest.approx(2 / 3))


def test_a_session_whose_orders_were_not_imported_is_unknown(db: Database) -> None:
    on_air(db, "01", 2, [6_000])
    store(db, sessions=[session("later", "2026-02-20 09:00:00", 3_600)])
    result = effort(db, QUERY, BEFORE)
    assert result.sessions == (1, 2)
    assert result.per_session["gmv"].now.total is None
    assert result.per_session["gmv"].change is None


def test_sessions_in_another_currency_are_not_sessions_without_a_sale(db: Database) -> None:
    on_air(db, "01", 2, [6_000])
    store(db, sessions=[session("abroad", "2026-01-01 09:00:00", 3_600, currency="USD")])
    january = Query(("gmv_per_session", "orders_per_session"), BEFORE.start, BEFORE.end)
    assert total(db, january) == {"gmv_per_session": 6_000, "orders_per_session": 1.0}


def test_no_session_gives_no_comparison(db: Database) -> None:
    result = effort(db, QUERY, BEFORE)
    assert result.sessions == (0, 0) and not result.is_comparable
    assert result.per_session["gmv"].change is None


def test_the_spring_set_per_session(spring: Database) -> None:
    result = effort(
        spring,
        Query(("gmv",), date(2022, 1, 1), date(2022, 2, 28)),
        Period(date(2021, 11, 1), date(2021, 12, 31)),
    )
    assert result.sessions == (30, 27)
    whole = total(spring, Query(("session_gmv",), date(2022, 1, 1), date(2022, 2, 28)))
    assert result.per_session["gmv"].now.total == (whole["session_gmv"] * 2 + 30) // 60


def test_the_sessions_counted_are_those_that_the_figures_divide_by(db: Database) -> None:
    on_air(db, "01", 4, [10_000])
    on_air(db, "02", 4, [10_000])
    store(db, sessions=[session("usd", "2026-02-20 20:00:00", 3_600, gmv_cents=5_000, currency="USD")])
    result = effort(db, QUERY, BEFORE)
    assert (result.sessions, result.seconds) == ((4, 4), (28_800, 28_800))
    gmv = result.per_session["gmv"].now.total
    assert gmv is not None and gmv * result.sessions[0] == total(db, QUERY)["gmv"]
