"""The sources of a figure: formula, numerator and denominator, the files, the last change."""

from dataclasses import replace
from datetime import date

import pytest

from shop.db.database import Database
from shop.metrics.definitions import METRICS
from shop.metrics.lineage import provenance
from shop.metrics.query import CUT_FACTS, Query, total

JANUARY = (date(2022, 1, 1), date(2022, 1, 31))


def test_a_ratio_shows_its_numerator_and_denominator(spring: Database) -> None:
    result = provenance(spring, Query(("aov",), *JANUARY), "aov")
    assert result.under is not None
    assert (result.over.name, result.under.name) == ("gmv", "orders")
    assert result.figure == round(result.over.figure / result.under.figure)
    assert [item.name for item in result.sources] == ["douyin_orders_2022-01.xlsx"]
    assert result.changed_on is not None


def test_refunds_name_the_after_sale_files_too(spring: Database) -> None:
    result = provenance(spring, Query(("net_sales",), *JANUARY), "net_sales")
    assert {item.table for item in result.sources} == {"order_line", "refund"}
    cohort = provenance(spring, Query(("refund_rate",), *JANUARY), "refund_rate")
    with spring.read() as connection:
        of_paid = connection.exec_driver_sql(
            "SELECT COUNT(*) FROM refund WHERE order_id IN (SELECT order_id FROM order_line "
            "WHERE paid_on LIKE '2022-01%')"
        ).scalar()
    assert sum(item.rows for item in cohort.sources if item.table == "refund") == of_paid


def test_another_platform_has_no_sources(spring: Database) -> None:
    elsewhere = Query(("gmv",), *JANUARY, where=(("platform", ("tiktok",)),))
    result = provenance(spring, elsewhere, "gmv")
    assert (result.figure, result.sources, result.changed_on) == (0, (), None)


@pytest.mark.parametrize(
    ("where", "currency"),
    [
        ((("currency", ("USD",)),), None),
        ((), "USD"),
        ((("carrier", ("live",)),), None),
        ((("platform", ("douyin",)), ("seller", ("creator",))), None),
    ],
)
def test_the_rows_that_are_counted_are_those_in_the_sum(
    spring: Database, where: tuple[tuple[str, tuple[str, ...]], ...], currency: str | None
) -> None:
    query = Query(("lines",), *JANUARY, where=where, currency=currency)
    result = provenance(spring, query, "lines")
    assert result.rows == result.figure
    returned = provenance(spring, replace(query, metrics=("net_sales",)), "net_sales")
    assert returned.rows < provenance(spring, Query(("net_sales",), *JANUARY), "net_sales").rows


def test_every_figure_can_be_explained(spring: Database) -> None:
    for name in METRICS:
        query = Query((name,), *JANUARY)
        result = provenance(spring, query, name)
        assert result.formula and result.basis, name
        assert result.figure == total(spring, query)[name], name


def test_a_running_day_is_cut_where_the_figure_can_be(spring: Database) -> None:
    query = Query(("gmv",), *JANUARY, cut_at=1_643_600_000)
    assert provenance(spring, query, "gmv").figure == total(spring, query)["gmv"]
    assert "sales" in CUT_FACTS
    assert provenance(spring, query, "gpm").figure is not None
