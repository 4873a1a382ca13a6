"""One field of many rows, typed one after another or changed together: plain inputs, saved at once, conflicts shown.

It works with a finger as with a keyboard; a table of cells does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text import errors
from dashboard.ui.components import component
from shop.core.errors import ShopError

Kind = Literal["number", "text", "choice"]
NO_OPTIONS: Mapping[str, str] = {}
WORDS = (
    *("discard", "unsaved", "conflict", "mine", "theirs"),
    *("find", "change", "apply", "down", "unclear", "no_first"),
)


@dataclass(frozen=True)
class FieldRow:
    """One row: its key, what it is of, and the value that is stored, as text ("" for none)."""

    key: str
    title: str
    note: str
    value: str


@dataclass(frozen=True)
class TypedValue:
    """One value as typed, with what was shown in its field when it was typed."""

    key: str
    value: str
    before: str


@dataclass
class Outcome:
    """What came of a save: the values that are stored now, and what is wrong with others by their key.

    A value that is in neither was changed by somebody else meanwhile; the list shows both.
    """

    saved: list[TypedValue] = field(default_factory=list)
    problems: dict[str, ShopError] = field(default_factory=dict)
    batch: int = 0


def show(
    name: str,
    rows: Sequence[FieldRow],
    save: Callable[[list[TypedValue]], Outcome],
    label: str,
    *,
    kind: Kind = "number",
    options: Mapping[str, str] = NO_OPTIONS,
) -> None:
    """Draw the fields; `save` stores what was typed. `label` is the word on the button that saves.

    `options` are the values of a choice, with what they are called.
    """
    key = f"fields-{name}"
    last: Outcome = st.session_state.get(f"{key}-outcome", Outcome())
    data = {
        "name": name,
        "kind": kind,
        "options": list(options.items()),
        "batch": last.batch,
        "rows": [vars(row) for row in rows],
        "saved": [vars(value) for value in last.saved],
        "problems": {name: errors.error(problem) for name, problem in last.problems.items()},
        "words": {"save": label, **{word: t(f"numbers.{word}") for word in WORDS}},
    }
    component("field_list")(key=key, data=data, on_save_change=lambda: _saved(key, save))


def _saved(key: str, save: Callable[[list[TypedValue]], Outcome]) -> None:
    sent = (st.session_state.get(key) or {}).get("save") or {}
    values = [
        TypedValue(str(item["key"]), str(item["value"]), str(item["before"]))
        for item in sent.get("values") or ()
    ]
    if values:
        outcome = save(values)
        outcome.batch = int(sent["batch"])
        st.session_state[f"{key}-outcome"] = outcome
