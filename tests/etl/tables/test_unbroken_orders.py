"""The rows of an order that follow each other come in one chunk, and every row comes once, in its place."""

from itertools import pairwise

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from etl.tables.base import Chunk, joined, unbroken

IDS = st.lists(st.lists(st.sampled_from(("A", "B", None)), max_size=6), min_size=1, max_size=6)


def chunks_of(ids: list[list[str | None]]) -> list[Chunk]:
    starts = np.cumsum([0, *map(len, ids)])
    return [
        Chunk({"order_id": pa.array(some, pa.string())}, np.arange(start, start + len(some), dtype=np.int64))
        for start, some in zip(starts.tolist(), ids, strict=False)
    ]


@given(IDS)
def test_rows_of_an_order_stay_together(ids: list[list[str | None]]) -> None:
    result = list(unbroken(chunks_of(ids), "order_id"))
    whole = joined(result)
    assert whole.columns["order_id"].to_pylist() == [one for some in ids for one in some]
    assert whole.rows.tolist() == list(range(len(whole)))
    orders = [chunk.columns["order_id"].to_pylist() for chunk in result if len(chunk)]
    for before, after in pairwise(orders):  # but for one that fills chunks alone
        assert before[-1] != after[0] or before[-1] is None or len(set(before)) == 1


def test_a_table_without_orders_stays_as_it_is() -> None:
    chunk = Chunk({"sku": pa.array(["M"])}, np.array([2]))
    assert list(unbroken([chunk], "order_id")) == [chunk]
