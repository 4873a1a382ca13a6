"""The tiles of a comparison: one figure with its change and the comparison."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text.metrics import change_of, direction_of, figure_of, label_of, meaning_of
from shop.growth.comparison.growth import Comparison
from shop.metrics.query import unit_of


@dataclass(frozen=True)
class Row:
    """One small line of a tile: a label, its figure, its change and the direction of the change.

    `link` is where its list is: the name of a page and parameters (`stock?stock=todo`).
    """

    label: str
    figure: str
    change: str = ""
    direction: str = ""
    tip: str = ""
    link: str = ""


@dataclass(frozen=True)
class Tile:
    """One figure with its change, its comparison in words, and its recent days; `link` as that of a Row."""

    label: str
    figure: str
    change: str = ""
    direction: str = ""
    base: str = ""
    tip: str = ""
    days: tuple[int | None, ...] = ()
    rows: tuple[Row, ...] = ()
    link: str = ""


def total_tile(comparison: Comparison) -> Tile:
    """The tile of both totals."""
    write = format.by_unit(unit_of(comparison.metric))
    plain = replace(comparison, change=comparison.change_total)
    key = "tile.total" if comparison.is_per_day else "tile.plain"
    return Tile(
        label=t(key, metric=label_of(comparison.metric)),
        figure=write(comparison.now.total),
        change=change_of(plain),
        direction=direction_of(plain),
        base=t("tile.base", range=comparison.before.period, figure=write(comparison.before.total)),
        tip=meaning_of(comparison.metric),
    )


def per_day_tile(comparison: Comparison) -> Tile:
    """The tile of the figure per day, with the lengths of both ranges."""
    write = format.money if unit_of(comparison.metric) == "cents" else format.number
    now, before = comparison.headline
    return Tile(
        label=t("tile.per_day", metric=label_of(comparison.metric)),
        figure=write(now),
        change=change_of(comparison),
        direction=direction_of(comparison),
        base=t(
            "tile.base_days",
            range=comparison.before.period,
            days=comparison.before.period.days,
            figure=write(before),
        ),
        tip=t("tile.per_day_tip", days=comparison.now.period.days),
    )


def first_tile(comparison: Comparison) -> Tile:
    """The tile that compares fairly: per day where the metric adds up over days."""
    return per_day_tile(comparison) if comparison.is_per_day else total_tile(comparison)


def comparison_tiles(comparison: Comparison) -> list[Tile]:
    """The fair tile first, then the total."""
    first = first_tile(comparison)
    return [first, total_tile(comparison)] if comparison.is_per_day else [first]


def row_of(comparison: Comparison) -> Row:
    """A small line of a tile for one metric."""
    return Row(
        label_of(comparison.metric),
        figure_of(comparison),
        change_of(comparison),
        direction_of(comparison),
        meaning_of(comparison.metric),
    )


def figure_tiles(totals: Mapping[str, Any]) -> list[Tile]:
    """One tile per metric, without a comparison."""
    return [
        Tile(label_of(name), format.by_unit(unit_of(name))(value), tip=meaning_of(name))
        for name, value in totals.items()
    ]
