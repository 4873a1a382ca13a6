"""A wide table shows each figure as a phone's list writes it: a true minus below zero, days as in sentences."""

import json
import re
from datetime import date, datetime

import pandas as pd
import pytest
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df
from streamlit.testing.v1 import AppTest

from dashboard.i18n import format
from dashboard.i18n.language import LANGUAGES, use_language
from dashboard.ui import row_list, tables

FIGURES = {
    "money": [-123_450, -1, 0, None, 99],
    "count": [-3, 0, 12_345, None, 1],
    "pieces": [-3, 0, 4, None, 1],
    "number": [-0.25, 0.0, 5.25, None, 1.0],
    "rate": [-0.125, 0.0, 0.5, None, 1.0],
    "change": [-0.125, 0.0, 0.5, None, 1.0],
}
DAYS = ["2026-03-05", "2025-12-31", None, "2026-01-01", "2026-11-30"]


def one_table(language: str, figures: dict[str, list[float | None]], days: list[str | None]) -> None:
    import pandas as pd

    from dashboard.i18n.language import use_language
    from dashboard.text.metrics import Column
    from dashboard.ui import tables

    use_language(language)
    frame = pd.DataFrame({kind: pd.array(values, "Float64") for kind, values in figures.items()})
    frame["day"] = days
    frame["moment"] = [day and f"{day} 20:05" for day in days]
    tables.show("one", frame, [Column(kind, kind, kind) for kind in frame.columns])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wide_table_writes_each_figure_as_the_list_does(language: str) -> None:
    assert set(FIGURES) == set(tables.NUMBERS)
    page = AppTest.from_function(one_table, args=(language, FIGURES, DAYS), default_timeout=120).run()
    assert not page.exception
    table = page.dataframe[0].proto
    written = convert_arrow_bytes_to_pandas_df(table.arrow_data.styler.display_values)
    columns = json.loads(table.columns)
    use_language(language)
    for kind, values in FIGURES.items():
        assert "format" not in columns[kind]["type_config"], kind  # a format of its own would win
        expected = [format.UNKNOWN if value is None else row_list.WRITE[kind](value) for value in values]
        assert list(written[kind]) == expected, kind
        assert expected[0].startswith(format.MINUS)
    shown = convert_arrow_bytes_to_pandas_df(table.arrow_data.data)
    for kind, clock in (("day", ""), ("moment", " 20:05")):
        pattern = columns[kind]["type_config"]["format"]
        assert [None if pd.isna(moment) else by_pattern(moment, pattern) for moment in shown[kind]] == [
            day and row_list.WRITE[kind](day + clock) for day in DAYS
        ]


def long_table() -> None:
    import pandas as pd

    from dashboard.text.metrics import Column
    from dashboard.ui import tables

    columns = [Column(f"c{number}", f"c{number}", "count") for number in range(10)]
    tables.show("long", pd.DataFrame({column.name: [-1] * 30_000 for column in columns}), columns)


def test_a_table_of_any_length_is_shown() -> None:
    """More cells than the library takes with words of their own."""
    assert not AppTest.from_function(long_table, default_timeout=60).run().exception


def by_pattern(moment: date | datetime, pattern: str) -> str:
    """A day or a moment by a pattern of momentjs.com."""
    day = {"YYYY": f"{moment.year}", "MMM": f"{moment:%b}", "M": f"{moment.month}", "D": f"{moment.day}"}
    parts = day | {"HH": f"{moment:%H}", "mm": f"{moment:%M}"}
    return re.sub("YYYY|MMM|HH|mm|M|D", lambda part: parts[part[0]], pattern)
