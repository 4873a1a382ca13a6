"""Sessions in a table and added up by host: each sum of what is known, the rate of sessions in which both parts are."""

from datetime import date

import pandas as pd

from shop.db.database import Database
from shop.metrics.query import Query
from shop.metrics.tables import cells
from shop.streams.session import find_session
from shop.streams.sessions import by_group, sessions
from tests.support.shops.small_shop import session, store

TABLE = pd.DataFrame(
    {
        "host": ["Chen", "Chen", "Chen", "Li"],
        "seconds": pd.array([3_600, 7_200, None, 1_800], "Int64"),
        "session_orders": pd.array([3, None, 2, None], "Int64"),
        "session_gmv": pd.array([30_000, None, 5_000, None], "Int64"),
    }
)


def test_a_session_of_unknown_sales_counts_its_time_but_not_in_the_rate() -> None:
    chen, li = by_group(TABLE, "host").to_numpy().tolist()
    assert chen == ["Chen", 3, 10_800, 5, 35_000, 30_000]
    assert li[:3] == ["Li", 1, 1_800] and all(pd.isna(value) for value in li[3:])


def test_a_session_without_a_shop_day_started_on_the_day_of_its_moment(db: Database) -> None:
    store(db, sessions=[session("a", "2026-01-05 19:30", 3_600) | {"started_on": None}])
    assert find_session(db, "a").started_on == date(2026, 1, 5)


def test_a_session_of_which_only_the_day_is_known_has_no_slot(db: Database) -> None:
    known, unknown = (session(name, "2026-01-05 19:30", 3_600) for name in ("a", "b"))
    store(db, sessions=[known, unknown | {"started_at": None, "ended_at": None}])
    table = sessions(db, Query((), date(2026, 1, 5), date(2026, 1, 6))).sort_values("session")
    assert cells(table["started"]) == ["2026-01-05 19:30", None]
    assert cells(table["slot"]) == ["evening", None]
