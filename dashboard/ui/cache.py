"""The one cached door to the shop: every page asks here, and nothing is asked twice.

Answers are kept by (reader, arguments, database, data version): any write to the database makes
all of them new on the next run. Arguments are plain or frozen values, never a table.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

import pandas as pd
import streamlit as st

from shop.connect import connect
from shop.db.database import Database, default_url
from shop.metrics.query import Query
from shop.metrics.query import answer as ask_shop

P = ParamSpec("P")
T = TypeVar("T")


@st.cache_resource(show_spinner=False)
def _open(url: str) -> Database:
    return connect(url)


def database() -> Database:
    """The shop's database: the one that KILNBOARD_DB names."""
    return _open(default_url())


@st.cache_data(max_entries=512, show_spinner=False)
def _kept(_reader: Callable[..., Any], name: str, url: str, version: int, arguments: Any) -> Any:
    return _reader(_open(url), *arguments[0], **dict(arguments[1]))


def ask(reader: Callable[Concatenate[Database, P], T], *arguments: P.args, **named: P.kwargs) -> T:
    """What a reader of the shop answers to these arguments, kept until the data change."""
    name = f"{reader.__module__}.{reader.__qualname__}"
    given = (arguments, tuple(sorted(named.items())))
    found: T = _kept(reader, name, default_url(), database().version(), given)
    return found


def answer(query: Query) -> pd.DataFrame:
    """The figures of one question."""
    return ask(ask_shop, query)
