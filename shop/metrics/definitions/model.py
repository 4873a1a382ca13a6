"""Measures over a fact, and ratios of two figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["cents", "count", "seconds", "rate", "number", "days"]
Fact = Literal[
    "sales",
    "buyers",
    "cancelled",
    "session",
    "video",
    "comment",
    "calendar",
    "held",
    "pieces",
    "stock",
    "payout",
    "kiln",
    "batch",
]
Basis = Literal[
    "payment", "refund", "session", "published", "written", "calendar", "own days", "stock", "done", "ended"
]


@dataclass(frozen=True)
class Measure:
    """One SQL aggregate over one fact. `good` is 1 where more is better, -1 where less is, else 0."""

    name: str
    unit: Unit
    fact: Fact
    sql: str
    basis: Basis
    formula: str
    en: str
    zh: str
    means_en: str
    means_zh: str
    good: int = 1
    additive: bool = True


@dataclass(frozen=True)
class Ratio:
    """One metric over another times `scale`, divided after adding up; no value where the base is 0."""

    name: str
    unit: Unit
    over: str
    under: str
    basis: Basis
    formula: str
    en: str
    zh: str
    means_en: str
    means_zh: str
    scale: int = 1
    good: int = 1
    additive: bool = False


Metric = Measure | Ratio
