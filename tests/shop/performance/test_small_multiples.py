"""The largest groups as small multiples."""

from datetime import date

from shop.db.database import Database
from shop.metrics.query import Query, total
from shop.performance.small_multiples import multiples

JANUARY = (date(2022, 1, 1), date(2022, 1, 31))


def test_without_families_products_are_shown_largest_first(spring: Database) -> None:
    result = multiples(spring, Query(("gmv",), *JANUARY), most=5)
    assert result.by == "product"
    assert len(result.days) == 31
    sums = [sum(panel.values) for panel in result.panels]
    assert len(sums) == 5 and sums == sorted(sums, reverse=True)
    assert len({panel.title for panel in result.panels}) == 5


def test_all_panels_together_are_the_whole(spring: Database) -> None:
    query = Query(("units",), *JANUARY)
    result = multiples(spring, query, most=10_000)
    assert sum(sum(panel.values) for panel in result.panels) == total(spring, query)["units"]
    assert result.others == 0


def test_nothing_sold_gives_no_panels(db: Database) -> None:
    assert multiples(db, Query(("gmv",), *JANUARY)).panels == ()
