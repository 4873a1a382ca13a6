"""The fuzzer finds faults: ten are put in on purpose, one at a time, as they happen to people."""

import math
import re
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from sqlalchemy import text

from dashboard.i18n import format
from dashboard.i18n.messages import t
from tests.dashboard.views.test_page_fuzz import FULL, SMALL, shop_file, walk
from tests.support.shops.generated_shops import build

pytestmark = pytest.mark.proof
SHOPS = (
    FULL,
    replace(FULL, seed=9, money="negative", absent="some", language="en"),
    replace(FULL, seed=6, money="zero"),
    *SMALL.values(),
)
Broken = Callable[..., Any]


def share_of_nil(right: Broken, values: Any) -> str:
    return right([value * 100 // sum(values) for value in values])


def root_below_nil(right: Broken, comparison: Any) -> str:
    math.sqrt(comparison.change or 0)
    return right(comparison)


def word_of_nan(right: Broken, name: str) -> str:
    return t(f"kiln.stage.{float('nan')}")


def raw_key(right: Broken, name: str) -> str:
    return f"stock.no_words.{name}"


def none_written(right: Broken, thousandths: Any, unit: str) -> str:
    return f"{None} {unit}"


def largest_of_none(right: Broken, *given: Any) -> Any:
    table = right(*given)
    table["views"].astype(float).idxmax()
    return table


def same_day_last_year(right: Broken, choice: str, at: Any) -> Any:
    at.on.replace(year=at.on.year - 1)
    return right(choice, at)


def only_known_signs(right: Broken) -> str:
    return format.SYMBOLS[format.currency()]


def table_that_is_not_there(right: Broken, db: Any, **given: Any) -> Any:
    with db.read() as connection:
        connection.execute(text("SELECT 1 FROM shelf_place"))
    return right(db, **given)


def first_of_no_rows(right: Broken, name: str, table: Any, *given: Any, **more: Any) -> None:
    table.iloc[0]
    right(name, table, *given, **more)


FAULTS: dict[str, tuple[str, str, Broken, str]] = {
    "division by nil": (
        "dashboard.ui.tiles",
        "sparkline",
        share_of_nil,
        "division or modulo by zero|division by zero",
    ),
    "a root below nil": (
        "dashboard.text.metrics",
        "change_of",
        root_below_nil,
        "math domain error|nonnegative",
    ),
    "a missing cell as a word": ("dashboard.views.kiln.common", "stage", word_of_nan, r"kiln\.stage\.nan"),
    "a key instead of words": ("dashboard.text.catalog", "state", raw_key, r"stock\.no_words"),
    "None written out": ("dashboard.views.kiln.common", "amount", none_written, "'None'"),
    "the largest of no videos": ("shop.streams.sessions", "videos", largest_of_none, "empty sequence"),
    "the leap day a year ago": (
        "dashboard.ui.filters",
        "named",
        same_day_last_year,
        "day is out of range|day 29 must be",
    ),
    "a currency without a sign": ("dashboard.i18n.format", "symbol", only_known_signs, "'KRW'"),
    "a table that is not there": ("shop.stock.levels", "places", table_that_is_not_there, "no such table"),
    "a filter without rows": ("dashboard.ui.tables", "show", first_of_no_rows, "out-of-bounds"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_seeded_fault_is_detected(name: str, shop_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module, attribute, broken, message = FAULTS[name]
    right = getattr(import_module(module), attribute)
    monkeypatch.setattr(
        import_module(module), attribute, wraps(right)(lambda *a, **b: broken(right, *a, **b))
    )
    for spec in SHOPS:
        build(spec, shop_file)
        if any(re.search(message, fault) for fault in walk(spec).faults):
            return
        st.cache_data.clear()
        st.cache_resource.clear()
    pytest.fail(f"{name}: not found on {len(SHOPS)} shops")


__all__ = ["shop_file"]
