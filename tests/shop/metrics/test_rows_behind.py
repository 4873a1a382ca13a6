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
from shop.metrics.request import CUT_FACTS, DIMENSIONS
from shop.metrics.rows_behind.rows import NARROWED_BY, rows_behind
from tests.support.odd_inputs.examples import examples
from tests.support.shops.practice_studio import Studio

LISTED = [name for name, item in METRICS.items() if isinstance(item, Measure) and item.fact != "calendar"]
FILTERS = {
    "platform": ("douyin", "kuaishou", "tiktok"),
    "carrier": ("live", "card", "video", "unknown"),
    "seller": ("own", "creator"),
    "currency": ("CNY", "USD"),
    "language": ("zh", "en"),
}
CATALOG = {"size": ("小号", "大号", "M", "S"), "form": ("杯", "碗", "盖碗")}


@pytest.fixture(scope="module")
def spring_db(spring_path: Path) -> Iterator[Database]:
    database = connect(str(spring_path))
    yield database
    database.close()


def check(db: Database, query: Query, name: str) -> None:
    figure = total(db, query)[name]
    behind = rows_behind(db, query, name)
    assert behind is not None, name
    if figure is None:  # unknown, as where no payout or no file of refunds covers the range
        return
    assert behind.total == figure, (name, query)
    assert behind.count >= len(behind.rows)
    if behind.count == len(behind.rows):
        assert sum(row.part for row in behind.rows) == behind.total


@st.composite
def queries(draw: st.DrawFn, first: date, last: date, skus: tuple[str, ...]) -> Query:
    """A query of one measure: any range, perhaps up to an hour, perhaps narrowed."""
    name = draw(st.sampled_from(LISTED))
    measure = metric(name)
    assert isinstance(measure, Measure)
    start = first + timedelta(days=draw(st.integers(0, (last - first).days)))
    end = min(start + timedelta(days=draw(st.integers(0, 120))), last)
    hour = draw(st.integers(0, 23) | st.none())
    cut = datetime(end.year, end.month, end.day, hour or 0, tzinfo=UTC)
    is_cut = hour is not None and measure.fact in CUT_FACTS
    filters = FILTERS | {"sku": skus}
    by_thing = measure.fact in ("stock", "kiln", "batch")
    possible = [
        dimension
        for dimension in DIMENSIONS[measure.fact]
        if (dimension in CATALOG if by_thing else dimension in NARROWED_BY and dimension in filters)
    ]
    chosen = draw(st.lists(st.sampled_from(possible), max_size=2, unique=True)) if possible else []
    values = filters | CATALOG
    where = tuple(
        (
            dimension,
            tuple(draw(st.lists(st.sampled_from(values[dimension]), min_size=1, max_size=2, unique=True))),
        )
        for dimension in chosen
    )
    return Query((name,), start, end, where=where, cut_at=int(cut.timestamp()) if is_cut else None)


@settings(max_examples=examples(40))
@given(data=st.data())
def test_the_rows_add_up_to_every_figure(spring_db: Database, data: st.DataObject) -> None:
    with spring_db.read() as connection:
        skus = connection.exec_driver_sql(
            "SELECT DISTINCT sku FROM order_line ORDER BY sku LIMIT 6"
        ).scalars()
        codes = tuple(skus)
    query = data.draw(queries(date(2021, 11, 1), date(2022, 3, 15), codes))
    check(spring_db, query, query.metrics[0])


def test_the_rows_of_a_studio_with_stock_kiln_and_payouts_add_up(
    studio: Studio, workshop_db: Database
) -> None:
    days = studio.truth.days()
    for name in LISTED:
        for first, last in ((days[0], days[-1]), (days[20], days[60]), (days[-9], days[-1])):
            check(workshop_db, Query((name,), first, last), name)


def test_what_cannot_be_listed_says_so(spring_db: Database) -> None:
    first, last = date(2021, 11, 1), date(2022, 3, 15)
    for name in ("aov", "days"):
        assert rows_behind(spring_db, Query((name,), first, last), name) is None
    by_family = Query(("gmv",), first, last, where=(("family", ("x",)),))
    assert rows_behind(spring_db, by_family, "gmv") is None
