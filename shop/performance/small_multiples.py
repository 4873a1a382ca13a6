"""Small multiples: the largest families day by day; products where the catalog knows no families yet."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shop.db.database import Database
from shop.metrics.dimensions import UNMATCHED
from shop.metrics.query import Query, answer
from shop.performance.sales import titles

MOST = 8


@dataclass(frozen=True)
class Panel:
    """One family or product with its figure on each day of the range, in the metric's unit."""

    key: str
    title: str
    values: tuple[int, ...]


@dataclass(frozen=True)
class Panels:
    """The largest groups of a cut, the greatest first; the rest is not shown, `others` counts of how
    many groups.
    """

    by: str
    days: tuple[str, ...]
    panels: tuple[Panel, ...]
    others: int


def multiples(db: Database, query: Query, *, most: int = MOST) -> Panels:
    """One additive metric of the question by family and day; by product without families."""
    by = "family" if _has_families(db, query) else "product"
    name = query.metrics[0]
    largest = answer(db, replace(query, metrics=(name,), by=(by,)))
    largest = largest[largest[name] > 0].sort_values([name, by], ascending=[False, True])
    shown = [str(key) for key in largest[by].head(most)]
    where = (*query.where, (by, tuple(shown)))
    table = answer(db, replace(query, metrics=(name,), by=("day", by), where=where))
    cells = table.pivot(index="day", columns=by, values=name).fillna(0)
    names = titles(db, query.shop, by) if by == "product" else {}
    called = [names.get(key, (key, ""))[0] for key in shown]
    panels = [
        Panel(
            key,
            title if called.count(title) == 1 else f"{title} {key}",
            tuple(int(value) for value in cells[key]),
        )
        for key, title in zip(shown, called, strict=True)
    ]
    return Panels(by, tuple(cells.index), tuple(panels), max(len(largest) - len(shown), 0))


def _has_families(db: Database, query: Query) -> bool:
    table = answer(db, replace(query, metrics=("lines",), by=("family",), cut_at=None))
    return bool((table["family"] != UNMATCHED).any())
