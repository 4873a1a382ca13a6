"""A list of numbers typed one after another, or changed together: plain fields, saved at once, with conflicts shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text import errors
from shop.core.errors import ShopError

WORDS = (
    *("discard", "unsaved", "conflict", "mine", "theirs"),
    *("find", "change", "apply", "down", "unclear", "no_first"),
)


@dataclass(frozen=True)
class NumberRow:
    """One field: its key, what it is of, and the number that is stored, as text ("" for none)."""

    key: str
    title: str
    note: str
    value: str


@dataclass(frozen=True)
class TypedNumber:
    """One number as typed, with what was shown in its field when it was typed."""

    key: str
    value: str
    before: str


@dataclass
class Outcome:
    """What came of a save: the numbers that are stored now, and what is wrong with others by their key.

    A number that is in neither was changed by somebody else meanwhile; the list shows both.
    """

    saved: list[TypedNumber] = field(default_factory=list)
    problems: dict[str, ShopError] = field(default_factory=dict)
    batch: int = 0


@cache
def _source(kind: str) -> str:
    return files(__name__).joinpath(f"number_list.{kind}").read_text("utf-8")


@st.cache_resource(show_spinner=False)
def _list() -> Any:
    return st.components.v2.component(
        "kilnboard_number_list", html=_source("html"), css=_source("css"), js=_source("js")
    )


def show(
    name: str, rows: Sequence[NumberRow], save: Callable[[list[TypedNumber]], Outcome], label: str
) -> None:
    """Draw the fields; `save` stores what was typed. `label` is the word on the button that saves."""
    key = f"numbers-{name}"
    last: Outcome = st.session_state.get(f"{key}-outcome", Outcome())
    data = {
        "name": name,
        "batch": last.batch,
        "rows": [vars(row) for row in rows],
        "saved": [vars(number) for number in last.saved],
        "problems": {name: errors.error(problem) for name, problem in last.problems.items()},
        "words": {"save": label, **{word: t(f"numbers.{word}") for word in WORDS}},
    }
    _list()(key=key, data=data, on_save_change=lambda: _saved(key, save))


def _saved(key: str, save: Callable[[list[TypedNumber]], Outcome]) -> None:
    sent = (st.session_state.get(key) or {}).get("save") or {}
    numbers = [
        TypedNumber(str(item["key"]), str(item["value"]), str(item["before"]))
        for item in sent.get("numbers") or ()
    ]
    if numbers:
        outcome = save(numbers)
        outcome.batch = int(sent["batch"])
        st.session_state[f"{key}-outcome"] = outcome
