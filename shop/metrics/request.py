"""The parts of a query of figures: metrics, days, dimensions, filters; and which of them go together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from shop.core.errors import BadPeriod, UnknownDimension
from shop.metrics import kiln_facts
from shop.metrics.definitions import measures_of
from shop.metrics.dimensions import CATALOG, SALES_KEYS
from shop.metrics.tables import TIME

DIMENSIONS: dict[str, tuple[str, ...]] = {
    "sales": (*TIME, *SALES_KEYS, "sku", "product", *CATALOG),
    "buyers": (*TIME, *SALES_KEYS, "sku", "product", *CATALOG),
    "cancelled": (*TIME, *SALES_KEYS, "sku", "product", *CATALOG),
    "payout": (*TIME, *SALES_KEYS),
    "session": (*TIME, "platform", "currency", "session"),
    "video": (*TIME, "platform", "video"),
    "comment": (*TIME, "platform", "language"),
    "calendar": (*TIME, *SALES_KEYS, "sku", "product", *CATALOG, "session", "video", "language"),
    "pieces": (*TIME, *SALES_KEYS, "sku", "product", *CATALOG),
    "held": (*TIME, *SALES_KEYS, "sku", "product", *CATALOG),
    "kiln": (*TIME, *kiln_facts.FIRED, *kiln_facts.PRODUCTION_DIMENSIONS),
    "batch": (*TIME, *kiln_facts.PRODUCTION_DIMENSIONS),
    "stock": CATALOG,  # over the whole range only; stock belongs to no platform
}
ANY_CURRENCY = "any"  # for pieces, which add up whatever they were paid in
CUT_FACTS = ("sales", "session", "comment", "calendar", "held", "pieces")


@dataclass(frozen=True)
class Query:
    """One query: which metrics, over which days (both inclusive), by which dimensions, narrowed to what.

    `by` names dimensions in order; `where` lists (dimension, allowed values) pairs. Money is of one
    currency: `currency`, else the shop's own; two currencies are never added. `cut_at` (seconds UTC)
    counts the last day only up to that moment, so that a running day compares with an earlier one.
    """

    metrics: tuple[str, ...]
    start: date
    end: date
    by: tuple[str, ...] = ()
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    shop: int = 1
    currency: str | None = None
    cut_at: int | None = None

    def __post_init__(self) -> None:
        """Refuse a period that ends before it starts, unknown metrics and impossible dimensions."""
        if self.end < self.start:
            raise BadPeriod(text=f"{self.start}..{self.end}")
        for name in self.metrics:
            for measure in measures_of(name):
                if self.cut_at is not None and measure.fact not in CUT_FACTS:
                    raise UnknownDimension(metric=name, name="cut_at", known=", ".join(CUT_FACTS))
                for dimension in (*self.by, *(pair[0] for pair in self.where)):
                    if dimension not in DIMENSIONS[measure.fact]:
                        known = ", ".join(DIMENSIONS[measure.fact])
                        raise UnknownDimension(metric=name, name=dimension, known=known)

    @property
    def days(self) -> int:
        """How many days the range has."""
        return (self.end - self.start).days + 1

    @property
    def dimensions(self) -> set[str]:
        """All dimensions that the query names, in `by` or in `where`."""
        return {*self.by, *(pair[0] for pair in self.where)}

    @property
    def is_of_any_currency(self) -> bool:
        """Whether rows of all currencies count: each in its own group, or pieces alone."""
        return self.currency == ANY_CURRENCY or "currency" in self.dimensions

    def shape(self) -> Query:
        """The query without its values: queries of one shape are read by one statement."""
        return replace(
            self,
            start=date.min,
            end=date.min,
            where=tuple((name, ()) for name, _ in self.where),
            shop=0,
            currency=ANY_CURRENCY if self.currency == ANY_CURRENCY else None,
            cut_at=None if self.cut_at is None else 0,
        )

    def axis_days(self) -> list[date]:
        """The days of the range, of them those alone that the query is narrowed to."""
        days = [self.start + timedelta(days=shift) for shift in range(self.days)]
        for name, values in self.where:
            if name == "day":
                days = [day for day in days if day.isoformat() in values]
        return days
