"""The rows behind a figure are those in the sum: whatever is asked, they add up to it exactly."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.connect import connect
from shop.db.database import Database
from shop.metrics.definitions import METRICS, Measure, metric
from shop.metrics.query import Query, total
from shop.metrics.rows_behind import PARTS, rows_behind

FIRST, LAST = date(2021, 11, 1), date(2022, 3, 15)
SUMS = (*PARTS, "refunds", "net_sales")
STREAMS = ("session_gmv", "session_orders", "live_seconds", "sessions", "videos", "video_views")


@pytest.fixture(scope="module")
def shop(spring_path: Path) -> Iterator[Database]:
    database = connect(str(spring_path))
    yield database
    database.close()


@settings(max_examples=60)
@given(
    name=st.sampled_from((*SUMS, *STREAMS)),
    start=st.integers(0, (LAST - FIRST).days),
    length=st.integers(0, 70),
    hour=st.integers(0, 23) | st.none(),
    where=st.sampled_from([(), (("platform", ("douyin",)),), (("carrier", ("live",)),)]),
)
def test_the_rows_add_up_to_the_figure(
    shop: Database,
    name: str,
    start: int,
    length: int,
    hour: int | None,
    where: tuple[tuple[str, tuple[str, ...]], ...],
) -> None:
    first = FIRST + timedelta(days=start)
    last = min(first + timedelta(days=length), LAST)
    if name in STREAMS:
        where = tuple(pair for pair in where if pair[0] == "platform")
    is_cut = hour is not None and name not in ("videos", "video_views")
    moment = datetime(last.year, last.month, last.day, hour or 0, tzinfo=UTC)
    query = Query((name,), first, last, where=where, cut_at=int(moment.timestamp()) if is_cut else None)
    behind = rows_behind(shop, query, name)
    assert behind is not None
    assert behind.total == (total(shop, query)[name] or 0), (name, query)
    assert behind.count >= len(behind.rows)
    if behind.count == len(behind.rows):
        assert sum(row.part for row in behind.rows) == behind.total


def test_what_cannot_be_listed_says_so(shop: Database) -> None:
    query = Query(("aov",), FIRST, LAST)
    assert rows_behind(shop, query, "aov") is None
    assert rows_behind(shop, Query(("gmv",), FIRST, LAST, where=(("family", ("x",)),)), "gmv") is None
    for name in METRICS:
        if isinstance(metric(name), Measure):
            rows_behind(shop, Query((name,), FIRST, LAST), name, most=1)
