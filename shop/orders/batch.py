"""Rows of one table and one platform as columns, on their way into the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

MISSING = np.int64(-(2**62))  # in a column of integers: no value, stored as NULL
# Characters of an id or code: an index of PostgreSQL takes 2,700 bytes, of all its columns together.
LONGEST_KEY = 200


@dataclass(frozen=True)
class IngestBatch:
    """Rows of one table and one platform as equally long columns: lists, or numpy arrays.

    In an int64 array MISSING stands for no value. Every column of the table that has no default must
    be there, with `updated_at` (seconds UTC) and `payload_hash`; `shop_id`, `platform` and `source_id`
    are set by the load. `rows` is the source row of each record, for the balance
    read = stored + unchanged + rejected.
    """

    table: str
    platform: str
    columns: Mapping[str, Any]
    rows: Sequence[int]

    def __len__(self) -> int:
        return len(self.rows)

    def plain(self) -> IngestBatch:
        """The same batch as lists of plain Python values, as the database takes them."""
        columns = {name: plain_values(values) for name, values in self.columns.items()}
        return IngestBatch(self.table, self.platform, columns, plain_values(self.rows))


def plain_values(values: Any) -> list[Any]:
    """A column as a list of plain Python values, MISSING as None."""
    if not isinstance(values, np.ndarray):
        return list(values)
    plain: list[Any] = values.tolist()
    if values.dtype == np.int64:
        for place in np.flatnonzero(values == MISSING).tolist():
            plain[place] = None
    return plain
