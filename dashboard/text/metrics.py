"""Metrics in words: label, meaning, unit, figure, change and direction; the columns of a table."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.i18n import format
from dashboard.i18n.language import language
from dashboard.i18n.messages import t
from shop.growth.comparison.growth import Comparison
from shop.metrics.definitions import Ratio, metric
from shop.metrics.query import describe, unit_of

KINDS = {"cents": "money", "count": "count", "days": "count", "seconds": "seconds", "rate": "rate"}
UNCHANGED_BELOW = 0.0005  # shown as 0.0%


@dataclass(frozen=True)
class Column:
    """One column of a table: its name in the data, its label, and its format.

    kinds: text, day, moment, count, pieces (a change of them), number, money (cents), rate, change,
    seconds, link, photo (JPEG).
    """

    name: str
    label: str
    kind: str = "text"
    tip: str = ""


def label_of(name: str) -> str:
    """The name of a metric in the language of this run."""
    return describe(metric(name), language())[0]


def meaning_of(name: str) -> str:
    """The definition of a metric in the language of this run."""
    return describe(metric(name), language())[1]


def formula_of(name: str) -> str:
    """What a ratio divides, by the names of its parts; of a sum its formula in English, "" in other languages."""
    definition = metric(name)
    if isinstance(definition, Ratio):
        times = f" × {definition.scale:,}" if definition.scale != 1 else ""
        return f"{label_of(definition.over)} ÷ {label_of(definition.under)}{times}"
    return definition.formula if language() == "en" else ""


def unit_name(name: str) -> str:
    """The unit of a metric, for the axis of a chart."""
    unit = unit_of(name)
    return format.symbol().strip() if unit == "cents" else t(f"unit.{unit}")


def kind_of(name: str) -> str:
    """The kind of column (see Column) of a metric."""
    return KINDS.get(unit_of(name), "number")


def columns(*names: str) -> list[Column]:
    """The columns of metrics, with the label and format of each metric."""
    return [Column(name, label_of(name), kind_of(name), meaning_of(name)) for name in names]


def direction(change: float | None) -> str:
    """up, down, same or unknown, for a relative change."""
    if change is None:
        return "unknown"
    if abs(change) < UNCHANGED_BELOW:
        return "same"
    return "up" if change > 0 else "down"


def direction_of(comparison: Comparison) -> str:
    """up, down or same, with " quiet" where it may be noise or is neither good nor bad; "" if unknown."""
    if comparison.change is None:
        return ""
    way = direction(comparison.change)
    is_quiet = comparison.is_noise or metric(comparison.metric).good != 1
    return f"{way} quiet" if is_quiet and way != "same" else way


def change_of(comparison: Comparison) -> str:
    """The change of a comparison: +68.0%, points for a rate, "new" where the base is zero."""
    if comparison.change is None:
        now, before = comparison.headline
        return t("change.new") if now and before == 0 else ""
    is_rate = unit_of(comparison.metric) == "rate"
    return format.points(comparison.change) if is_rate else format.change(comparison.change)


def figure_of(comparison: Comparison) -> str:
    """The total of the current range."""
    return format.by_unit(unit_of(comparison.metric))(comparison.now.total)
