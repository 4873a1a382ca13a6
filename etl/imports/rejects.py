"""The rejected rows of a chunk as they are stored: why, and their cells minus personal ones."""

from __future__ import annotations

import numpy as np

from etl.files.fields import Context, Reject
from etl.files.rows import Rows
from shop.core.personal import MASK


def rejects_of(rows: Rows, context: Context) -> list[Reject]:
    """The rejected rows; a person is only a keyed hash, also where the cell is why the row was rejected."""
    places = sorted(set(rows.problems) - rows.skipped)
    if not places:
        return []
    personal = [item for item in rows.fields.values() if item.personal]
    hidden = [item.name for item in personal]
    shown = [name for name in rows.chunk.columns if name not in hidden]
    if "person_key" not in rows.extra:
        rows.extra["person_key"] = rows.people(context, *hidden) if hidden else np.full(len(rows), None)
    result = []
    for place in places:
        column, code, details = rows.problems[place]
        if column in [item.headers[0] for item in personal] and "found" in details:
            details = {**details, "found": MASK}
        raw = {name: rows.chunk.columns[name][place].as_py() for name in shown}
        raw |= {name: str(cells[place]) for name, cells in rows.extra.items() if cells[place] is not None}
        result.append(Reject(int(rows.numbers[place]), column, code, details, raw))
    return result
