"""Why sales changed, in words: the two largest drivers, and factors that could not be separated."""

from collections.abc import Iterator
from datetime import date

import pytest

from dashboard.charts.base import cut
from dashboard.charts.forecast import NARROW
from dashboard.i18n.language import LANGUAGES, use_language
from dashboard.i18n.messages import words
from dashboard.text import drivers
from dashboard.text.markdown import strong
from shop.core.periods import Period
from shop.growth.comparison.drivers import Driver, DriverReport, why
from shop.metrics.query import Query

NOW = Period(date(2022, 1, 1), date(2022, 2, 28))
BEFORE = Period(date(2021, 11, 1), date(2021, 12, 31))


@pytest.fixture(autouse=True)
def _chinese_again() -> Iterator[None]:
    yield
    use_language("zh")


def report_of(*parts: Driver, figure: int, base: int = 0, sessions: str = "known") -> DriverReport:
    return DriverReport("net_sales", NOW, NOW, "total", figure, base, parts, sessions)  # type: ignore[arg-type]


def test_the_spring_set_in_both_languages(spring):
    report = why(spring, Query(("gmv",), NOW.start, NOW.end), BEFORE)
    use_language("zh")
    assert strong(drivers.sentence(report)) == (
        "成交金额日均增加 <b>¥1,814</b>，影响最大的是<b>直播以外的订单数</b>上升（+¥685）"
        "和<b>每小时观看人数</b>上升（+¥614）。"
    )
    use_language("en")
    assert strong(drivers.sentence(report)) == (
        "GMV rose by <b>¥1,814</b> a day: the two largest causes are <b>orders outside live</b> up (+¥685) "
        "and <b>viewers per live hour</b> up (+¥614)."
    )
    assert drivers.notes(report) == []


def test_more_refunds_are_worded_as_an_increase_although_they_reduce_sales():
    use_language("en")
    report = report_of(
        Driver("refunds", None, "all", -900, 9, 0), Driver("gmv", "units", "all", 100, 2, 1), figure=-800
    )
    assert strong(drivers.sentence(report)) == (
        "Net sales fell by <b>¥8</b>: the two largest causes are <b>refunds</b> up (−¥9) "
        "and <b>price per piece</b> up (+¥1)."
    )


def test_one_driver_and_none():
    use_language("en")
    alone = report_of(Driver("sessions", None, "live", 500, 2, 1), figure=500)
    assert strong(drivers.sentence(alone)) == (
        "Net sales rose by <b>¥5</b>: the cause is <b>live sessions</b> up (+¥5)."
    )
    assert drivers.sentence(report_of(figure=0)) == "Net sales stayed the same."
    use_language("zh")
    assert drivers.sentence(report_of(figure=0)) == "净成交金额持平。"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_possible_driver_has_a_name(language):
    use_language(language)
    chain = (
        "sessions",
        "live_seconds",
        "viewers",
        "product_clicks",
        "product_clickers",
        "orders",
        "units",
        "gmv",
    )
    for place, over in enumerate(chain):
        assert drivers.name(Driver(over, None, "live", 0, None, None))
        for under in chain[:place]:
            if {under, over} != {"product_clicks", "product_clickers"}:
                assert drivers.name(Driver(over, under, "live", 0, None, None))
    for over in ("orders", "units", "gmv"):
        assert drivers.name(Driver(over, None, "elsewhere", 0, None, None))


def test_factors_that_could_not_be_separated_are_named():
    use_language("en")
    gaps = (("viewers", "unknown"), ("orders", "zero"))
    report = report_of(Driver("gmv", "sessions", "live", 5, 1, 0, gaps), figure=5, sessions="unknown")
    first, unknown, zero = drivers.notes(report)
    assert "no live session on file" in first
    assert unknown.endswith("every session: viewers.")
    assert zero.endswith("two ranges: orders.")


def test_a_factor_that_the_waterfall_shows_for_other_sales_is_not_called_missing():
    use_language("en")
    report = report_of(
        Driver("gmv", "sessions", "live", 5, 1, 0, (("viewers", "unknown"), ("orders", "zero"))),
        Driver("viewers", "sessions", "live", 5, 1, 0),
        Driver("gmv", "orders", "all", 5, 1, 0),
        figure=15,
    )
    assert drivers.notes(report) == [
        "Separated only for sales of platforms that state it for every session: viewers.",
        "Separated only for sales that had some in both ranges: orders.",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_steps_of_a_waterfall_are_called_by_names_that_fit_beside_it_on_a_phone(language):
    groups = ("drivers.alone.", "drivers.factor.", "drivers.over.", "gross_to_net.steps.")
    long = [
        text for key, text in words(language).items() if key.startswith(groups) and cut(text, NARROW) != text
    ]
    assert long == []
