"""Comments of the audience by day, platform and language, counted in the arrays of their days.

What depends on more, open questions and a moment of the last day, is counted in the rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from shop.metrics.comment_days.arrays import AUTHOR, NOBODY, NUMBER, Group
from shop.metrics.comment_days.find import CommentDays, Marks, Numbers
from shop.metrics.definitions import Measure
from shop.metrics.readers import rows
from shop.metrics.refund_sources import TIME_NAMES
from shop.metrics.request import Query
from shop.metrics.tables import TIME, FactRows, Key

COUNTED = ("remarks", "questions", "authors")


def read(connection: Connection, query: Query, measures: Sequence[Measure]) -> FactRows:
    """Measures of comments."""
    counted = [measure.name for measure in measures if measure.name in COUNTED]
    if not counted or query.cut_at is not None or any(name in TIME for name, _ in query.where):
        return rows.read(connection, query, measures)
    result = _counted(CommentDays.of(connection, query.shop), query, counted)
    others = [measure for measure in measures if measure.name not in COUNTED]
    if not others:
        return result
    more = rows.read(connection, query, others)
    names = tuple(measure.name for measure in others)
    return FactRows(
        query.by,
        (*counted, *names),
        {
            key: (*result.rows.get(key, (0,) * len(counted)), *more.rows.get(key, (0,) * len(names)))
            for key in dict.fromkeys([*result.rows, *more.rows])
        },
    )


def _counted(days: CommentDays, query: Query, names: Sequence[str]) -> FactRows:
    """Measures of COUNTED by the dimensions of a query."""
    sums: dict[Key, dict[str, int]] = defaultdict(lambda: dict.fromkeys(COUNTED, 0))
    authors: dict[Key, list[Numbers]] = defaultdict(list)
    columns = ("authors",) if "authors" in names else ()
    known = days.groups.known
    cuts, of_group, of_others, is_question = _cuts(known, query)
    for some in days.read_some(query.start.isoformat(), query.end.isoformat(), *columns):
        if len(of_group) < len(known):  # days computed just now have groups of their own
            cuts, of_group, of_others, is_question = _cuts(known, query)
        numbers = np.frombuffer(b"".join(day.groups for day in some), NUMBER)
        sizes = [len(day.groups) // NUMBER.itemsize for day in some]
        place = np.repeat(np.arange(len(some)) * len(cuts), sizes) + of_group[numbers]
        is_there = of_group[numbers] >= 0
        is_counted = is_there & of_others[numbers]
        there, remarks, questions = (
            np.bincount(place[chosen], minlength=len(some) * len(cuts)).tolist()
            for chosen in (is_there, is_counted, is_counted & is_question[numbers])
        )
        writers = np.frombuffer(b"".join(day.authors for day in some), AUTHOR) if columns else None
        by_key: dict[Key, list[int]] = defaultdict(list)
        for number in (number for number, count in enumerate(there) if count):
            key = _key(query, some[number // len(cuts)].day, cuts[number % len(cuts)])
            sums[key]["remarks"] += remarks[number]
            sums[key]["questions"] += questions[number]
            by_key[key].append(number)
        if writers is not None:
            for key, places in by_key.items():
                chosen = is_counted if len(by_key) == 1 else is_counted & np.isin(place, places)
                authors[key].append(pd.unique(writers[chosen]))
    for key, parts in authors.items():
        different = pd.unique(np.concatenate(parts))
        sums[key]["authors"] = len(different) - int(NOBODY in different)
    return FactRows(query.by, tuple(names), {key: [row[name] for name in names] for key, row in sums.items()})


def _cuts(groups: Sequence[Group], query: Query) -> tuple[list[dict[str, str]], Numbers, Marks, Marks]:
    """The combinations of platform and language that the query groups by, and of each group the number of its own, else
    -1, whether others than the shop wrote it, and whether it is of questions.
    """
    names = [name for name in query.by if name not in TIME]
    places: dict[tuple[str, ...], int] = {}
    of_group = [
        places.setdefault(tuple(getattr(group, name) for name in names), len(places))
        if all(getattr(group, name) in allowed for name, allowed in query.where)
        else -1
        for group in groups
    ]
    return (
        [dict(zip(names, cut, strict=True)) for cut in places] or [{}],
        np.array(of_group, np.int64),
        np.array([not group.is_own for group in groups], bool),
        np.array([group.is_question for group in groups], bool),
    )


def _key(query: Query, day: str, cut: Mapping[str, str]) -> Key:
    return tuple(
        TIME_NAMES[name](date.fromisoformat(day)) if name in TIME else cut[name] for name in query.by
    )
