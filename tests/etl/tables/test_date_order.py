from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.errors import AmbiguousDates
from etl.files.fields import FileField
from etl.files.rows import Rows
from etl.tables.base import Chunk
from etl.tables.date_order import DateOrder


def order_of(*cells: str) -> str:
    order = DateOrder()
    order.see(pa.array(cells, pa.string()))
    return order.decide("file.csv", None)


def test_one_day_beyond_twelve_settles_the_date_order_of_the_file():
    assert order_of("03/04/2026", "13/04/2026") == "dmy"
    assert order_of("03/04/2026 10:00", "04/13/2026 10:00") == "mdy"
    assert order_of("2026-04-03") == "ymd"


def test_nothing_is_guessed():
    with pytest.raises(AmbiguousDates) as result:
        order_of("03/04/2026", "05/06/2026")
    assert result.value.details["sample"] == "03/04/2026"


def test_one_slip_does_not_make_a_file_ambiguous():
    assert order_of(*["25/04/2026"] * 30, "04/25/2026") == "dmy"
    with pytest.raises(AmbiguousDates):
        order_of(*["25/04/2026"] * 3, "04/25/2026")


def moments(cells: list[str], order: str) -> tuple[list[int], list[int]]:
    chunk = Chunk({"at": pa.array(cells, pa.string())}, np.arange(2, 2 + len(cells)))
    rows = Rows(chunk, (FileField("at", ("At",), required=True),))
    result = rows.instant("at", "UTC", order=order)
    return result.tolist(), sorted(rows.problems)


@given(st.datetimes(min_value=datetime(1991, 1, 1), max_value=datetime(2099, 1, 1)))
def test_all_ways_of_writing_one_moment_are_read_alike(moment):
    moment = moment.replace(second=0, microsecond=0)
    wanted = int(moment.replace(tzinfo=UTC).timestamp())
    for order, day in (("dmy", "%d/%m/%Y"), ("mdy", "%m/%d/%Y"), ("dmy", "%d.%m.%Y"), ("ymd", "%Y-%m-%d")):
        clocks = ["%H:%M:%S", "%H:%M"] + ([] if order == "ymd" else ["%I:%M:%S %p"])
        cells = [moment.strftime(f"{day} {clock}") for clock in clocks]
        assert moments(cells, order) == ([wanted] * len(cells), [])


def test_a_day_that_its_month_does_not_have_is_no_day():
    cells = ["31/02/2026 10:00:00", "2026-02-30 10:00:00", "29/02/2024 10:00:00"]
    assert moments(cells, "dmy")[1] == [0, 1]
