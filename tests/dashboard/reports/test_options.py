"""The days that the options of a report request."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from dashboard.cli import root_command
from dashboard.reports.options import days
from shop.core.errors import BadPeriod

DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@given(start=DAYS, end=DAYS, on=DAYS)
def test_no_day_to_come_is_in_a_range_that_has_begun(start: date, end: date, on: date) -> None:
    if end < start:
        with pytest.raises(BadPeriod):
            days(str(start), str(end), on)
        return
    period = days(str(start), str(end), on)
    assert period.start == start
    assert period.end == (start if on < start else min(end, on))


def test_days_to_come_divide_no_figure(spring_shop: Path) -> None:
    def answer(*arguments: str) -> Any:
        result = CliRunner().invoke(root_command(), ["report", *arguments, "--json"], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return json.loads(result.output)

    with time_machine.travel(datetime(2022, 1, 20, 12, tzinfo=UTC)):
        whole = answer("units", "units_per_day", "--from", "2022-01-01", "--to", "2022-02-28")
        known = answer("units", "units_per_day", "--from", "2022-01-01", "--to", "2022-01-20")
        growth = answer("growth", "--from", "2022-01-01", "--to", "2022-02-28")
    assert whole == known
    assert growth["ranges"]["now"] == ["2022-01-01", "2022-01-20"]
