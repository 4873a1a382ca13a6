"""Cached queries: every page reads the shop here, and each query runs once per data version.

Results are stored by (reader, arguments, shop, role, data version): any write to the database makes
all of them new on the next run, and no role is given what another one read. Arguments are plain or frozen values,
never a table.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

import pandas as pd
import streamlit as st

from dashboard.ui.actor import current_shop
from dashboard.ui.run import read_once
from shop.db.database import Database
from shop.metrics.query import Query
from shop.metrics.query import answer as run_query

P = ParamSpec("P")
T = TypeVar("T")


def database() -> Database:
    """The database of the chosen shop, read as the current user; raises SignedOut, and what opening it raises."""
    return current_shop().db


@st.cache_data(max_entries=512, show_spinner=False)
def _stored(*, _reader: Callable[..., Any], _db: Database, _given: Any, key: Any) -> Any:
    return _reader(_db, *_given[0], **dict(_given[1]))


def cached(reader: Callable[Concatenate[Database, P], T], *arguments: P.args, **named: P.kwargs) -> T:
    """The result of a reader of the shop for these arguments, stored until the data change."""
    return cached_of(database(), reader, *arguments, **named)


def cached_of(
    db: Database, reader: Callable[Concatenate[Database, P], T], *arguments: P.args, **named: P.kwargs
) -> T:
    """The same of another shop, read as the role of its database."""
    name = f"{reader.__module__}.{reader.__qualname__}"
    given = (arguments, tuple(sorted(named.items())))
    place = (
        str(db.path),
        db.shown_name,
        db.identity,
    )  # no two shops have all of it, nor two files of one name
    version = read_once(("version", place), db.version)
    key = _key((name, place, db.role, version, given))
    result: T = _stored(_reader=reader, _db=db, _given=given, key=key)
    return result


def _key(parts: tuple[Any, ...]) -> Any:
    """The parts as text, which Streamlit hashes in a tenth of the time; as they are where two may have the same text.

    Tables and lists cannot be hashed, and the text of an object without one of its own is its place in memory.
    """
    try:
        hash(parts)
    except TypeError:
        return parts
    text = repr(parts)
    return parts if " at 0x" in text else text


def answer(query: Query) -> pd.DataFrame:
    """The figures of one question."""
    return cached(run_query, query)
