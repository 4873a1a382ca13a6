"""METRICS: every figure defined once, with its unit, its formula and what it means in two languages.

A `Measure` is one SQL aggregate over one fact; a `Ratio` is one metric over another, divided after
adding up, so that a rate is never averaged. docs/metrics.md and the dictionary in the app are generated from
here; figures are read through `shop.metrics.query.answer` alone. Imports shop.core only.
"""

from __future__ import annotations

from shop.core.errors import UnknownMetric
from shop.metrics.definitions.audience import AUDIENCE
from shop.metrics.definitions.kiln import KILN, KILN_RATIOS
from shop.metrics.definitions.model import Measure, Metric, Ratio
from shop.metrics.definitions.payouts import PAYOUTS
from shop.metrics.definitions.sales import SALES, SALES_RATIOS
from shop.metrics.definitions.sessions import SESSION_RATIOS, SESSIONS
from shop.metrics.definitions.stock import STOCK, STOCK_RATIOS

__all__ = ["METRICS", "Measure", "Metric", "Ratio", "measures_of", "metric"]

METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        *SALES,
        *PAYOUTS,
        *SALES_RATIOS,
        *SESSIONS,
        *SESSION_RATIOS,
        *AUDIENCE,
        *STOCK,
        *STOCK_RATIOS,
        *KILN,
        *KILN_RATIOS,
    )
}


def metric(name: str) -> Metric:
    """The metric of this name; raises UnknownMetric with the names that there are."""
    try:
        return METRICS[name]
    except KeyError as problem:
        raise UnknownMetric(name=name, known=", ".join(METRICS)) from problem


def measures_of(name: str) -> tuple[Measure, ...]:
    """The measures of a metric: itself, or those that its ratio divides."""
    definition = metric(name)
    if isinstance(definition, Measure):
        return (definition,)
    return (*measures_of(definition.over), *measures_of(definition.under))
