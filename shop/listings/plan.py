"""The plan of an edit: what typed cells would change, and what is rejected with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from shop.core.errors import ShopError
from shop.listings.readiness import Readiness

Key = tuple[str, ...]
Where = TypeVar("Where")


@dataclass(frozen=True)
class Cell:
    """One typed cell: the field, the row (its key), and what was typed."""

    field: str
    key: Key
    value: Any


@dataclass(frozen=True)
class CellChange:
    """One cell that would change, as the database stores it before and after."""

    field: str
    key: Key
    before: Any
    after: Any
    currency: str = ""


@dataclass(frozen=True)
class Rejected(Generic[Where]):
    """What is not saved, and why; `where` is the typed cell, or the row number of a file."""

    where: Where
    problem: ShopError


@dataclass(frozen=True)
class EditPlan:
    """What a set of typed cells would change; `ready` has the checks of listings that go live."""

    changes: tuple[CellChange, ...] = ()
    rejected: tuple[Rejected[Cell], ...] = ()
    ready: Mapping[Key, Readiness] = field(default_factory=dict)
