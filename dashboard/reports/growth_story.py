"""The growth of two ranges as one report: how much, is it real, why, and at what effort.

Page, command, printed report and picture card all use it. `cached` reads the shop: with the
page's cache, or straight from the database.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from dashboard.text import comparison, confidence, drivers
from dashboard.text.audience import per_session
from shop.db.database import Database
from shop.growth.comparison import calendars
from shop.growth.comparison.calendars import RangePair
from shop.growth.comparison.drivers import MONEY, DriverReport, why
from shop.growth.comparison.growth import Comparison, Counted
from shop.growth.comparison.per_session import Effort, effort
from shop.growth.maturity import expected_refunds
from shop.growth.maturity.expected_refunds import Maturity
from shop.growth.maturity.same_age import SameAgeChange, at_same_age
from shop.metrics.query import Query

Cached = Callable[..., Any]
Answers = Callable[..., Query]

METRICS = ("gmv", "net_by_order", "net_sales", "orders", "units", "aov")
CONTEXT = {
    "gmv": ("net_by_order", "orders", "aov"),
    "net_by_order": ("gmv", "orders", "aov"),
    "net_sales": ("gmv", "orders", "aov"),
    "orders": ("gmv", "units", "aov"),
    "units": ("gmv", "orders", "aov"),
    "aov": ("gmv", "orders", "units"),
}


@dataclass(frozen=True)
class GrowthStory:
    """One metric over the two ranges of a calendar, with the figures next to it, drivers and effort."""

    metric: str
    pair: RangePair
    every: dict[str, Comparison]
    why: DriverReport
    effort: Effort
    maturity: Maturity
    aged: SameAgeChange | None
    counted: tuple[Counted, Counted] | None = None

    @property
    def result(self) -> Comparison:
        """The comparison that the report is about."""
        return self.every[self.metric]


def straight(db: Database) -> Cached:
    """Read without a cache: for commands, which build a report once."""
    return lambda reader, *arguments, **named: reader(db, *arguments, **named)


def build_story(cached: Cached, options: Answers, chosen: RangePair, metric: str, on: date) -> GrowthStory:
    """Read all that the report needs; `options` makes a question of metrics over the range now, and `on`
    is the day on which it is shown. What late refunds still change is measured at the same age.
    """
    money = metric if metric in MONEY else MONEY[0]
    query = replace(options("gmv"), start=chosen.now.start, end=chosen.now.end)
    as_of = cached(expected_refunds.known_until, on)
    counted = cached(calendars.counted_days, query, chosen)
    # net sales at the same age count every day: not next to figures per selling or working day
    is_aged = counted is None
    net = replace(query, metrics=("net_by_order",))
    aged = cached(at_same_age, net, chosen.before, as_of) if is_aged else {}
    plain = cached(calendars.compare, options(*METRICS), chosen)
    return GrowthStory(
        metric,
        chosen,
        {**plain, **{name: item.fair for name, item in aged.items()}},
        cached(
            why,
            replace(options(money), start=chosen.now.start, end=chosen.now.end),
            chosen.before,
            money,
            counted,
        ),
        cached(effort, options("gmv"), chosen.before),
        cached(expected_refunds.maturity, query, as_of)["refunds"],
        aged.get(metric),
        counted,
    )


def reason(growth_story: GrowthStory) -> str:
    """The drivers with the largest parts of the change in one sentence; empty where none is known."""
    return drivers.sentence(growth_story.why)


def sentences(growth_story: GrowthStory) -> Sequence[str]:
    """The report in plain sentences, the answer first; what stands out is between marks."""
    report = [
        comparison.sentence(growth_story.result),
        confidence.interval(growth_story.result),
        confidence.same_age(growth_story.aged) if growth_story.aged else "",
        reason(growth_story),
        per_session.sentence(growth_story.effort),
        per_session.per_hour(growth_story.effort),
        confidence.to_come(growth_story.maturity)
        if growth_story.maturity.to_come and not growth_story.maturity.is_mature
        else "",
    ]
    return [line for line in report if line]
