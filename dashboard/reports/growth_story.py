"""The growth of two ranges as one story: how much, is it real, why, and at what effort.

Page, command, printed report and picture card all tell it from here. `ask` reads the shop: with the
page's cache, or straight from the database.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from dashboard.text import confidence, drivers
from dashboard.text import per_session as effort_told
from dashboard.views.growth import comparison
from shop.db.database import Database
from shop.growth.comparison import calendars
from shop.growth.comparison.calendars import Pair
from shop.growth.comparison.drivers import MONEY, DriverReport, why
from shop.growth.comparison.growth import Comparison
from shop.growth.comparison.per_session import Effort, effort
from shop.growth.maturity import expected_refunds
from shop.growth.maturity.expected_refunds import Maturity
from shop.growth.maturity.same_age import SameAgeChange, at_same_age
from shop.metrics.query import Query

Ask = Callable[..., Any]
Asked = Callable[..., Query]

METRICS = ("gmv", "net_by_order", "net_sales", "orders", "units", "aov")
BESIDE = {
    "gmv": ("net_by_order", "orders", "aov"),
    "net_by_order": ("gmv", "orders", "aov"),
    "net_sales": ("gmv", "orders", "aov"),
    "orders": ("gmv", "units", "aov"),
    "units": ("gmv", "orders", "aov"),
    "aov": ("gmv", "orders", "units"),
}


@dataclass(frozen=True)
class Story:
    """One metric over the two ranges of a calendar, with the figures beside it, causes and effort."""

    metric: str
    pair: Pair
    every: dict[str, Comparison]
    why: DriverReport
    effort: Effort
    ripe: Maturity
    aged: SameAgeChange | None

    @property
    def found(self) -> Comparison:
        """The comparison that the story is about."""
        return self.every[self.metric]


def straight(db: Database) -> Ask:
    """Ask without a cache: for commands, which tell a story once."""
    return lambda reader, *arguments, **named: reader(db, *arguments, **named)


def tell(ask: Ask, asked: Asked, chosen: Pair, metric: str, on: date) -> Story:
    """Read all that the story needs; `asked` makes a question of metrics over the range now, and `on`
    is the day on which it is told. What late refunds still move is compared at the same age.
    """
    money = metric if metric in MONEY else MONEY[0]
    query = replace(asked("gmv"), start=chosen.now.start, end=chosen.now.end)
    as_of = ask(expected_refunds.known_until, on)
    aged = ask(at_same_age, replace(query, metrics=("net_by_order",)), chosen.before, as_of)
    plain = ask(calendars.compare, asked(*METRICS), chosen)
    return Story(
        metric,
        chosen,
        {**plain, **{name: one.fair for name, one in aged.items()}},
        ask(why, asked(money), chosen.before, money),
        ask(effort, asked("gmv"), chosen.before),
        ask(expected_refunds.maturity, query, as_of)["refunds"],
        aged.get(metric),
    )


def sentences(story: Story) -> Sequence[str]:
    """The story in plain sentences, the answer first; *…* marks what stands out."""
    told = [
        comparison.sentence(story.found),
        confidence.interval(story.found),
        confidence.same_age(story.aged) if story.aged else "",
        drivers.sentence(story.why),
        effort_told.sentence(story.effort),
        effort_told.per_hour(story.effort),
        confidence.to_come(story.ripe) if story.ripe.to_come and not story.ripe.is_mature else "",
    ]
    return [line for line in told if line]
