"""Late figures of many months: computed month by month, with others writing in between, whole however it ends."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shop.core.errors import DatabaseBusy
from shop.db.database import Database
from shop.maintenance import figures_are_true
from shop.metrics.deferred_rollups import is_stale, stale_days, up_to_date
from tests.support.shops.catalogs import sell

MONTHS = ("2026-01", "2026-02", "2026-03", "2026-04")


@pytest.fixture
def months(db: Database) -> Database:
    """Four months in which the same two people buy."""
    for number, month in enumerate(MONTHS):
        for day, buyer in (("05", 1), ("06", 2), ("20", 1)):
            sell(db, f"{number}-{day}", f"{month}-{day} 10:00:00", 9_000, buyer_key=buyer)
    return db


def once(do: Callable[[], None]) -> Callable[[], None]:
    """The first time alone."""
    rest = [do]
    return lambda: rest.pop()() if rest else None


def test_what_was_computed_stays_where_the_work_ends_early_and_the_rest_follows(months: Database) -> None:
    before = stale_days(months)

    def stop() -> None:
        raise DatabaseBusy

    with pytest.raises(DatabaseBusy):
        up_to_date(months, after_each=stop)
    assert 0 < stale_days(months) < before
    left: list[int] = []
    up_to_date(months, after_each=lambda: left.append(stale_days(months)))
    assert left == sorted(left, reverse=True) and len(left) == len(MONTHS) - 1
    assert not is_stale(months) and figures_are_true(months)


@pytest.mark.parametrize("day", ["2025-12-05", "2026-01-01", "2026-04-30"])
def test_an_import_between_two_months_changes_who_is_new(months: Database, day: str) -> None:
    """An older order moves the first day of a buyer whose months are computed already."""
    up_to_date(months, after_each=once(lambda: sell(months, "more", f"{day} 09:00:00", 5_000, buyer_key=2)))
    assert not is_stale(months) and figures_are_true(months)


def test_a_first_order_that_is_closed_between_two_months(months: Database) -> None:
    def close() -> None:
        sell(
            months, "0-06", "2026-01-06 10:00:00", 0, buyer_key=3, updated_at=1_900_000_000, payload_hash=2
        )  # the order was another one's

    up_to_date(months, after_each=once(close))
    assert not is_stale(months) and figures_are_true(months)
